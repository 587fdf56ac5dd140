"""Is this recruiter real? The register's answer, the signs in the offer, and what to do next.

Free text or a forward is enough to begin. The verdict comes first, the signs with their words
second, the next step third. At most three questions are asked, each only when its answer is
missing. Nothing here looks at reports: a recruiter would ask about himself (`design.md` 8, 5).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from flows import check_words, offers_read
from flows.check_facts import Way
from flows.check_judge import judge, offer_of, which_signs
from flows.check_words import answer_of, asked_name
from flows.company_names import could_be_a_name
from flows.events import Event, RegisterWatched
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Emit,
    Flow,
    Goto,
    Node,
    Pick,
    Say,
    Scene,
    Slots,
)
from flows.offers_read import Offer, OfferReader
from flows.places import read_words
from flows.safety import mask_identity_numbers

MOST_TOLD = 4000
"""Characters of a forward that are kept to be judged, gone with the conversation."""
TOLD_STAYS = timedelta(hours=24)
_MENU = Choice("menu", "check_recruiter.to_menu", "welcome:menu")
_REPORT = Choice("report", "check_recruiter.report", "report")
_ANOTHER = Choice("another", "check_recruiter.another", "check_recruiter:ask_name")
_QUESTIONS = Choice("questions", "check_recruiter.what_to_ask", "questions")
_OFFER = Choice("offer", "check_recruiter.check_offer", "ask_pay")
_WATCH = Choice("watch", "check_recruiter.watch", "watch")
_SUMMARY = Choice("summary", "check_recruiter.summary_for_family", "summary")


def flow(reader: OfferReader, ways: Mapping[str, Way]) -> Flow:
    """The conversation; its words are content/texts/check_recruiter.yaml."""
    return Flow(
        "check_recruiter",
        _naming(reader) | _verdicts(ways) | _signs(reader, ways) | _afterwards(reader, ways),
        entries=("ask_name", "questions"),
        expires=TOLD_STAYS,
    )


def _naming(reader: OfferReader) -> dict[str, Node]:
    """What was told, and of which company; each question only when it is needed."""
    return {
        "start": Decide(_has_words(reader), {"told": "judge", "ask": "ask_name"}),
        "ask_name": Ask(
            "check_recruiter.ask_name",
            "told",
            "judge",
            _read_told(reader),
            skip=Choice("unknown", "check_recruiter.name_unknown", "ask_pay"),
        ),
        "judge": Decide(
            partial(judge, reader),
            {
                name: name
                for name in (*_VERDICTS, "not_a_company", *_KINDS, "similar", "ask_company")
            }
            | {"offer": "reasons"},
        ),
        "similar": Pick(
            "check_recruiter.similar",
            check_words.options,
            "name",
            "judge",
            other=Choice("none", "check_recruiter.none_of_them", "not_found"),
            free="renamed",
            slots=check_words.copy_of,
        ),
        "renamed": Decide(_rename, {"told": "judge", "ask": "ask_name"}),
        "ask_company": Ask(
            "check_recruiter.ask_company",
            "name",
            "judge",
            _read_told(reader),
            skip=Choice("unknown", "check_recruiter.name_unknown", "ask_pay"),
        ),
        "ask_pay": Ask(
            "check_recruiter.ask_pay",
            "pay",
            "ask_visa",
            _read_words,
            skip=Choice("unknown", "common.unknown", "ask_visa"),
        ),
        "ask_visa": Ask(
            "check_recruiter.ask_visa",
            "visa",
            "reasons",
            _read_words,
            skip=Choice("unknown", "common.unknown", "reasons"),
        ),
    }


_VERDICTS: dict[str, tuple[Slots | None, Slots]] = {
    "listed": (check_words.listed, check_words.source),
    "listed_near": (check_words.listed, check_words.source),
    "listed_before": (check_words.listed, check_words.source),
    "conflict": (check_words.conflict, check_words.source),
    "conflict_ended": (check_words.conflict, check_words.source),
    "two_names": (check_words.conflict, check_words.source),
    "mismatch": (check_words.mismatch, check_words.source),
    "sanctioned": (check_words.sanctioned, check_words.source),
    "sanctioned_near": (check_words.sanctioned, check_words.source),
    "not_found": (check_words.copy_of, check_words.source),
    "not_found_before": (check_words.sanctioned, check_words.source),
    "register_unavailable": (None, check_words.source),
}  # fmt: skip
"""What the register may say, each in words of its own."""

_LISTED = ("listed", "listed_near", "listed_before")
_ENDS = ("signs_danger", "signs_caution", "no_signs", "no_signs_no_pt", "next", "next_watch")
_KINDS = ("gtog", "lpk_so", "lpk", "magang", "own_company", "perseorangan")
"""Who may send somebody abroad beside a P3MI; the answers are content/ways.yaml."""


def _verdicts(ways: Mapping[str, Way]) -> dict[str, Node]:
    said: dict[str, Node] = {
        name: Say(f"check_recruiter.{name}", "reasons", slots=slots, source=source)
        for name, (slots, source) in _VERDICTS.items()
    }
    for name in _LISTED:
        slots, source = _VERDICTS[name]
        said[name] = Say(f"check_recruiter.{name}", "branch_or_not", slots=slots, source=source)
    said["branch_or_not"] = Decide(_branch, {"branch": "branch", "not": "reasons"})
    said["branch"] = _way(ways["branch"])
    return said | {name: _way(way) for name, way in _senders(ways).items()}


def _senders(ways: Mapping[str, Way]) -> dict[str, Way]:
    """By node: what is answered to who is no P3MI."""
    return {name: ways[name] for name in _KINDS} | {"not_a_company": ways["individuals"]}


def _way(way: Way) -> Say:
    return Say("check_recruiter.say", "reasons", slots=_dated(way), source=_sourced(way))


def _dated(way: Way) -> Slots:
    return lambda scene: {"say": way.say + offers_read.stale(way, scene.ports.now.date())}


def _sourced(way: Way) -> Slots:
    return lambda _: {"source": way.source.shown()}


def _signs(reader: OfferReader, ways: Mapping[str, Way]) -> dict[str, Node]:
    """The signs of the offer, gravest first, and the ways on that fit them."""

    def offer(scene: Scene) -> Offer:
        return offer_of(reader, scene)

    def slots(scene: Scene) -> dict[str, str]:
        ask = next((sign.flag.ask for sign in offer(scene).signs if sign.flag.ask), "")
        return {"signs": offers_read.lines(offer(scene), scene.ports.now.date()), "ask": ask}

    source = _all_sources(reader, ways)

    def closed(scene: Scene) -> dict[str, str]:
        return {"say": offers_read.closed_line(offer(scene), scene.ports.now.date())}

    def closed_source(scene: Scene) -> dict[str, str]:
        return {"source": offers_read.closed_source(offer(scene), scene.ports.now.date())}

    grave = (_REPORT, _SUMMARY, _QUESTIONS, _ANOTHER, _MENU)
    calm = (_QUESTIONS, _SUMMARY, _REPORT, _ANOTHER, _MENU)
    return {
        "reasons": Decide(
            lambda scene: "closed" if offer(scene).closed else "open",
            {"closed": "closed", "open": "which_signs"},
        ),
        "closed": Say("check_recruiter.say", "which_signs", slots=closed, source=closed_source),
        "which_signs": Decide(
            partial(which_signs, reader),
            {name: name for name in _ENDS},
        ),
        "signs_danger": _menu("signs_danger", grave, slots=slots, source=source),
        "signs_caution": _menu("signs_caution", grave, slots=slots, source=source),
        "no_signs": _menu("no_signs", calm, source=source),
        "no_signs_no_pt": _menu("no_signs_no_pt", calm, source=source),
        "next": _menu("next", (_OFFER, _QUESTIONS, _REPORT, _ANOTHER, _MENU), source=source),
        "next_watch": _menu("next", (_OFFER, _QUESTIONS, _WATCH, _REPORT, _ANOTHER), source=source),
    }  # fmt: skip


def _all_sources(reader: OfferReader, ways: Mapping[str, Way]) -> Slots:
    """What the whole answer rests on: the register or the law, the country's line, the signs."""
    senders = _senders(ways)

    def sources(scene: Scene) -> dict[str, str]:
        offer, today, node = offer_of(reader, scene), scene.ports.now.date(), judge(reader, scene)
        parts = []
        if node in senders:
            parts.append(senders[node].source.shown())
        elif _of_a_company(scene, node):
            parts.append(check_words.source(scene)["source"])
        if node in _LISTED and _branch(scene) == "branch":
            parts.append(ways["branch"].source.shown())
        parts += [offers_read.closed_source(offer, today), offers_read.sources(offer, today)]
        return {"source": "\n".join(filter(None, parts))}

    return sources


def _menu(
    text: str, choices: tuple[Choice, ...], slots: Slots | None = None, source: Slots | None = None
) -> Choose:
    """An open menu that forgets within a day what was told, since it keeps it until then."""
    return Choose(f"check_recruiter.{text}", choices, slots=slots, source=source, open=True,
                  expires=TOLD_STAYS)  # fmt: skip


def _of_a_company(scene: Scene, judged: str) -> bool:
    """The answer begins with what the register says of a name."""
    return bool(asked_name(scene)) and (judged in _VERDICTS or judged == "similar")


def _afterwards(reader: OfferReader, ways: Mapping[str, Way]) -> dict[str, Node]:
    def summary(scene: Scene) -> dict[str, str]:
        """For the family: names no person, so without the words that raised a sign."""
        signs = offers_read.names(offer_of(reader, scene), scene.ports.now.date())
        return {
            "day": check_words.day(scene.ports.now.date()),
            "verdict": check_words.verdict_line(
                scene, named=_of_a_company(scene, judge(reader, scene))
            ),
            "signs": signs or "tidak ada yang kami kenali, dan itu tidak membuktikan apa-apa",
        }

    return {
        "summary": Decide(_remembered, {"told": "summary_text", "gone": "ask_name"}),
        "summary_text": _menu("summary", (_REPORT, _QUESTIONS, _ANOTHER, _MENU), slots=summary),
        "questions": _menu(
            "say", (_ANOTHER, _REPORT, _MENU), _dated(ways["permit"]), _sourced(ways["permit"])
        ),
        "watch": Decide(_may_watch, {"told": "watch_it", "gone": "ask_name"}),
        "watch_it": Emit(_watch, "watching"),
        "watching": _menu("watching", (_OFFER, _QUESTIONS, _REPORT, _ANOTHER, _MENU)),
        "report": Decide(_as_story, {"next": "to_report"}),
        "to_report": Goto("tip_off:start", carry=("what",)),
    }


# ---- reading what is told


def _has_words(reader: OfferReader) -> Callable[[Scene], str]:
    def has_words(scene: Scene) -> str:
        """Keep the words that led here when more stands in them than the question itself."""
        told = scene.answers.get("told") or scene.words
        if not _tells_something(reader, told):
            return "ask"
        scene.answers["told"] = _kept(told)
        return "told"

    return has_words


def _tells_something(reader: OfferReader, told: str) -> bool:
    """A name could be in it, or an offer is: "loker admin di Kamboja" is no name and says a lot."""
    return could_be_a_name(told) or bool(reader.understander.signs(told))


def _remembered(scene: Scene) -> str:
    """A button of yesterday's message is pressed, and what was told is gone by now."""
    return "told" if asked_name(scene) or scene.answers.keys() & {"pay", "visa"} else "gone"


def _may_watch(scene: Scene) -> str:
    """A watch would be kept for the owner of the phone, not for who is assisted."""
    return "gone" if scene.person.assisted else _remembered(scene)


def _rename(scene: Scene) -> str:
    """Words instead of a choice among similar names are another name."""
    if not could_be_a_name(scene.words):
        return "ask"
    scene.answers["name"] = _kept(scene.words)
    return "told"


def _read_told(reader: OfferReader) -> Callable[[str, Scene], str]:
    def read_told(text: str, scene: Scene) -> str:
        """A name, an advertisement or a story; too little of one is asked for again (5.3)."""
        if not _tells_something(reader, text):
            raise AskAgain("check_recruiter.name_too_short")
        return _kept(text)

    return read_told


def _read_words(text: str, scene: Scene) -> str:
    return _kept(read_words(text, scene))


def _kept(text: str) -> str:
    return mask_identity_numbers(text[:MOST_TOLD].strip())


# ---- what follows


def _branch(scene: Scene) -> str:
    words = scene.answers.get("told", "").casefold()
    return "branch" if "cabang" in words or "perwakilan" in words else "not"


def _watch(scene: Scene) -> list[Event]:
    row = next((row for row in answer_of(scene).rows if row.score == 100), None)
    return [RegisterWatched(row.key, row.name)] if row else []


def _as_story(scene: Scene) -> str:
    """What was told is the report's beginning; a name alone is not a story yet."""
    answers = scene.answers
    if not offers_read.is_only_a_name(answers.get("told", "")):
        parts = (answers.get(name, "") for name in ("told", "pay", "visa"))
        answers["what"] = " ".join(" ".join(parts).split())[:1000]
    return "next"
