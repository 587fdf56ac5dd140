"""In a village's group: one introduction, short answers when asked, and reports moved away at once."""

from collections.abc import Callable

from flows.curriculum import Lesson
from flows.free_text import card_nodes
from flows.group_plan import (
    GroupBound,
    GroupLessonsChosen,
    GroupUnbound,
    GroupView,
    NewsTopicChosen,
)
from flows.nodes import Decide, Emit, End, Flow, Node, Say, Scene, Slots
from flows.offers_read import is_only_a_name, names_a_company
from flows.retrieval import Retrieval
from flows.safety import hotline_lines

VERDICTS = ("listed", "similar", "conflict", "sanctioned", "not_found", "not_a_company",
            "register_unavailable")  # fmt: skip
ASKS_FOR_ADMIN = frozenset({"bind", "unbind", "topic", "look", "lessons"})
"""Nodes for which it matters whether a group's admin speaks."""
KINDS = {"residents": "grup warga", "coordination": "grup koordinasi"}


def flow(lessons: tuple[Lesson, ...], retrieval: Retrieval) -> Flow:
    def about(scene: Scene) -> str:
        """Before everybody only what is sure is said; nothing is guessed or offered there."""
        found = retrieval.find(scene.words)
        return found.candidates[0].id if found.verdict == "sure" else "unsure"

    exits, cards = card_nodes(lessons, then="more")
    return Flow(
        "village_group",
        {
            "start": Say("village_group.hello", "looked", slots=_link_for("mulai")),
            "help": Say("village_group.help", "end", slots=_link_for("mulai")),
            "ask": Decide(about, exits | {"unsure": "private"}),
            "heard": Decide(about, exits | {"unsure": "end"}),
            **cards,
            "more": Say("village_group.more", "end", slots=_link_for("belajar")),
            "private": Say("village_group.private", "end", slots=_link_for("tanya")),
            **_checking(),
            "danger": Say("village_group.danger", "end", slots=_danger),
            "report": Say("village_group.report", "end", slots=_link_for("lapor")),
            "code": Say("village_group.code", "end", slots=_link_for("kode")),
            **_whom_to_ask(),
            **_binding(),
            **_looking(),
            **_wishes(),
            "admins_only": Say("village_group.admins_only", "end"),
            "ask_again": Say("village_group.ask_again", "end"),
            "not_bound": Say("village_group.not_bound", "end"),
            "end": End(),
        },
        entries=("help", "ask", "heard", "check", "schedule", "contact", "code", "danger", "report",
                 "bind", "unbind", "topic", "look", "lessons"),
    )  # fmt: skip


def command_of(text: str) -> tuple[str, str]:
    """`/cek@bot PT X` → (`cek`, `PT X`)."""
    command, _, words = text.strip()[1:].partition(" ")
    return command.partition("@")[0].casefold(), words.strip()


def _checking() -> dict[str, Node]:
    exits = {v: v for v in VERDICTS} | {"empty": "check_how", "offer": "check_offer"}
    return {
        "check": Decide(_verdict, exits),
        "check_offer": Say("village_group.check_offer", "end", slots=_link_for("cek")),
        **{v: Say(f"village_group.{v}", "end", slots=_check) for v in VERDICTS},
        "check_how": Say("village_group.check_how", "end"),
    }


def _whom_to_ask() -> dict[str, Node]:
    """When the village meets, and who its officer is: the role and its hours, never a name."""

    def meetings(scene: Scene) -> str:
        return "some" if scene.ports.village_meetings() else "none"

    def bound(scene: Scene) -> str:
        return "yes" if _here(scene).place_code else "no"

    return {
        "schedule": Decide(meetings, {"some": "meetings", "none": "no_meetings"}),
        "meetings": Say("village_group.meetings", "end", slots=_meetings),
        "no_meetings": Say("village_group.no_meetings", "end", slots=_link_for("tanya")),
        "contact": Decide(bound, {"yes": "officer", "no": "no_officer"}),
        "officer": Say("village_group.contact", "end", slots=_officer),
        "no_officer": Say("village_group.contact_unbound", "end", slots=_danger),
    }


def _binding() -> dict[str, Node]:
    return {
        "bind": Decide(
            _may_bind,
            {"yes": "bound", "no": "bad_code", "other_kind": "other_kind", "taken": "taken",
             "unknown": "ask_again"},
        ),
        "bound": Emit(lambda scene: [GroupBound(scene.words.strip()[:40])], "bound_text"),
        "bound_text": Say("village_group.bound", "end", slots=_bound_to),
        "bad_code": Say("village_group.bad_code", "end"),
        "other_kind": Say("village_group.other_kind", "end", slots=_bound_to),
        "taken": Say("village_group.taken", "end", slots=_place),
        "unbind": Decide(_by_admin("unbinding"), _for_admins("unbinding")),
        "unbinding": Emit(lambda _: [GroupUnbound()], "unbound"),
        "unbound": Say("village_group.unbound", "end"),
    }  # fmt: skip


def _looking() -> dict[str, Node]:
    """What the bot can see and do here, in one line, and what to change, if anything."""

    def look(scene: Scene) -> str:
        admin = _here(scene).by_admin
        return {True: "look", False: "no", None: "unknown"}[admin]

    exits = {"member": "look_member", "admin": "look_admin", "muted": "look_muted",
             "reads_all": "look_reads_all"}  # fmt: skip
    lines: dict[str, Node] = {
        name: Say(f"village_group.{name}", "end", slots=_where) for name in exits.values()
    }
    return {
        "look": Decide(look, {"look": "looking", "no": "admins_only", "unknown": "ask_again"}),
        "looking": Decide(_standing, exits | {"unknown": "ask_again"}),
        "looked": Decide(_standing, exits | {"unknown": "end"}),
        **lines,
    }


def _wishes() -> dict[str, Node]:
    """What a group's admin decides: whether the weekly lesson comes, and in which topic."""

    def wanted(scene: Scene) -> str:
        group = _here(scene)
        if group.by_admin is not True or not group.place_code:
            return _by_admin("how")(scene)
        if group.kind != "residents":
            return "how"
        words = scene.words.casefold().strip()
        return {"mati": "off", "hidup": "on"}.get(words, "how")

    return {
        "lessons": Decide(wanted, _for_admins("how") | {"on": "turn_on", "off": "turn_off",
                                                        "how": "lessons_how"}),
        "turn_on": Emit(lambda _: [GroupLessonsChosen(True)], "lessons_on"),
        "turn_off": Emit(lambda _: [GroupLessonsChosen(False)], "lessons_off"),
        "lessons_on": Say("village_group.lessons_on", "end"),
        "lessons_off": Say("village_group.lessons_off", "end"),
        "lessons_how": Say("village_group.lessons_how", "end"),
        "topic": Decide(_by_admin("topic_chosen"), _for_admins("topic_chosen")),
        "topic_chosen": Emit(lambda _: [NewsTopicChosen()], "topic_where"),
        "topic_where": Decide(
            lambda scene: "topic" if _here(scene).in_topic else "general",
            {"topic": "topic_here", "general": "topic_general"},
        ),
        "topic_here": Say("village_group.topic_here", "end"),
        "topic_general": Say("village_group.topic_general", "end"),
    }  # fmt: skip


# ---- who may


def _by_admin(then: str) -> Callable[[Scene], str]:
    def decide(scene: Scene) -> str:
        group = _here(scene)
        if group.by_admin is None:
            return "unknown"
        if not group.by_admin:
            return "no"
        return then if group.place_code else "not_bound"

    return decide


def _for_admins(then: str) -> dict[str, str]:
    return {then: then, "no": "admins_only", "unknown": "ask_again", "not_bound": "not_bound"}


def _may_bind(scene: Scene) -> str:
    """Whoever holds a good code may bind a group that is free; one that is bound only its admin
    may give to another village, and never from residents to officials or back."""
    invitation, group = scene.ports.group_invitation(scene.words), _here(scene)
    if invitation is None:
        return "no"
    scene.answers["place"], scene.answers["group_kind"] = invitation.place_name, invitation.kind
    if not group.place_code:
        return "yes"
    if group.kind != invitation.kind:
        scene.answers["place"], scene.answers["group_kind"] = group.place_name, group.kind
        return "other_kind"
    return {True: "yes", False: "taken", None: "unknown"}[group.by_admin]


def _standing(scene: Scene) -> str:
    words = _here(scene).standing.split()
    if "muted" in words:
        return "muted"
    if "admin" in words:
        return "admin"
    return "reads_all" if "reads_all" in words else "member" if words else "unknown"


# ---- words


def _here(scene: Scene) -> GroupView:
    group = scene.ports.group()
    assert group is not None, "this flow is entered from a group only"
    return group


def _where(scene: Scene) -> dict[str, str]:
    group = _here(scene)
    if not group.place_code:
        where = "Belum terhubung ke desa: minta kode kepada petugas imigrasi desa."
    else:
        topic = "topik pilihan" if group.news_in_topic else "General"
        where = f"Terhubung sebagai {KINDS[group.kind]} {group.place_name}, kabar masuk di {topic}."
    return {"where": where}


def _place(scene: Scene) -> dict[str, str]:
    return {"place": _here(scene).place_name}


def _bound_to(scene: Scene) -> dict[str, str]:
    return {"place": scene.answers["place"], "kind": KINDS[scene.answers["group_kind"]]}


def _meetings(scene: Scene) -> dict[str, str]:
    return {"meetings": "\n".join(one.line for one in scene.ports.village_meetings()[:3])}


def _officer(scene: Scene) -> dict[str, str]:
    desk = scene.ports.desk(_here(scene).place_code, "none")
    return _danger(scene) | {"owner": desk.owner, "hours": desk.hours}


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
