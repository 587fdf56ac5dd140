"""In a village's group: one introduction, short answers when asked, and reports moved away at once."""

from flows.curriculum import Lesson
from flows.events import Event, GroupBound
from flows.free_text import card_nodes
from flows.nodes import Decide, Emit, End, Flow, Say, Scene, Slots
from flows.offers_read import is_only_a_name, names_a_company
from flows.retrieval import Retrieval
from flows.safety import hotline_lines

VERDICTS = ("listed", "similar", "conflict", "sanctioned", "not_found", "not_a_company",
            "register_unavailable")  # fmt: skip


def flow(lessons: tuple[Lesson, ...], retrieval: Retrieval) -> Flow:
    def about(scene: Scene) -> str:
        """Before everybody only what is sure is said; nothing is guessed or offered there."""
        found = retrieval.find(scene.words)
        return found.candidates[0].id if found.verdict == "sure" else "unsure"

    exits, cards = card_nodes(lessons, then="more")
    return Flow(
        "village_group",
        {
            "start": Say("village_group.hello", "end", slots=_link_for("mulai")),
            "ask": Decide(about, exits | {"unsure": "private"}),
            "heard": Decide(about, exits | {"unsure": "end"}),
            **cards,
            "more": Say("village_group.more", "end", slots=_link_for("belajar")),
            "private": Say("village_group.private", "end", slots=_link_for("tanya")),
            "check": Decide(
                _verdict, {v: v for v in VERDICTS} | {"empty": "check_how", "offer": "check_offer"}
            ),
            "check_offer": Say("village_group.check_offer", "end", slots=_link_for("cek")),
            **{
                verdict: Say(f"village_group.{verdict}", "end", slots=_check)
                for verdict in VERDICTS
            },
            "check_how": Say("village_group.check_how", "end"),
            "danger": Say("village_group.danger", "end", slots=_danger),
            "report": Say("village_group.report", "end", slots=_link_for("lapor")),
            "code": Say("village_group.code", "end", slots=_link_for("kode")),
            "bind": Decide(_invited, {"yes": "bound", "no": "bad_code"}),
            "bound": Emit(_bind, "bound_text"),
            "bound_text": Say("village_group.bound", "end", slots=_place),
            "bad_code": Say("village_group.bad_code", "end"),
            "end": End(),
        },
        entries=("ask", "heard", "check", "code", "danger", "report", "bind"),
    )


def _link_for(start: str) -> Slots:
    return lambda scene: {
        "link": scene.ports.private_link(start),
        "office": scene.ports.office_name(),
    }


def _danger(scene: Scene) -> dict[str, str]:
    return {
        "numbers": hotline_lines(scene.ports, "emergency"),
        "link": scene.ports.private_link("lapor"),
    }


def _verdict(scene: Scene) -> str:
    if not scene.words.strip():
        return "empty"
    verdict = scene.ports.find_recruiter(scene.words).verdict
    named = names_a_company(scene.words) or is_only_a_name(scene.words)
    return "offer" if verdict == "not_found" and not named else verdict


def _check(scene: Scene) -> dict[str, str]:
    answer = scene.ports.find_recruiter(scene.words)
    first = answer.rows[0] if answer.rows else None
    return {
        "name": first.name if first else "",
        "date": f"{answer.register_date:%d-%m-%Y}" if answer.register_date else "-",
        "names": ", ".join(dict.fromkeys(row.name for row in answer.rows[:3])),
        "link": scene.ports.private_link("cek"),
    }


def _invited(scene: Scene) -> str:
    place = scene.ports.group_invitation(scene.words)
    scene.answers["place"] = place.name if place else ""
    return "yes" if place else "no"


def _bind(scene: Scene) -> list[Event]:
    return [GroupBound(scene.words.strip()[:40])]


def _place(scene: Scene) -> dict[str, str]:
    return {"place": scene.answers["place"]}
