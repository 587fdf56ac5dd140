"""My departure: what is needed by the way of going and the country, ticked off one by one.

Kept only for who says yes to that; for all others it lives in the session and goes with it. The
relatives' part is `flows/departure_family.py`, what is read from typed words `departure_words.py`.
"""

from collections.abc import Callable
from datetime import date, timedelta

from flows import lessons
from flows.check_facts import ClosedDestination
from flows.departure_facts import WAYS, Document, documents_for
from flows.departure_family import family_nodes
from flows.departure_plan import Plan
from flows.departure_words import Typed, read_typed
from flows.desk_words import read_days
from flows.entities import Extractor
from flows.events import ConsentGiven, DepartureForgotten, DepartureKept, Event
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
    Option,
    Say,
    Scene,
    Slots,
)
from flows.offers_read import stale
from flows.paging import on_page, paged
from flows.times import say_date

LONGEST = timedelta(days=2 * 365)
"""A date further ahead is a slip of the finger."""
CONSENT = ("departure.consent",)
REMINDING = ("departure.remind", "departure.remind_whatsapp")
_WAY_NAMES = {
    "p3mi": "lewat PT (P3MI)",
    "g_to_g": "program pemerintah",
    "own_company": "perusahaan sendiri",
    "perseorangan": "berangkat sendiri",
    "seafarer": "pelaut atau ABK",
}
_MENU = Choice("menu", "common.to_menu", "welcome:menu")
_LIST = Choice("list", "departure.whole_list", "list")
_OVERVIEW = Choice("overview", "departure.back", "overview")


class Checklist:
    """The rows of content/ that a departure's answers are made of."""

    def __init__(
        self,
        documents: tuple[Document, ...],
        destinations: tuple[ClosedDestination, ...],
        extractor: Extractor,
    ) -> None:
        self.documents = documents
        self._closed = {row.code: row for row in destinations}
        self._extractor = extractor

    def of(self, plan: Plan) -> tuple[Document, ...]:
        return documents_for(self.documents, plan.way, plan.country)

    def next_of(self, plan: Plan) -> Document | None:
        return next((row for row in self.of(plan) if row.id not in plan.done), None)

    def document(self, scene: Scene) -> Document | None:
        wanted = scene.answers.get("item")
        return next((row for row in self.documents if row.id == wanted), None)

    def closed(self, scene: Scene) -> ClosedDestination | None:
        return self._closed.get(scene.answers.get("country", ""))

    def read_country(self, text: str, scene: Scene) -> str:
        found = self._extractor.extract(text[:200]).destinations
        if not found:
            raise AskAgain("departure.country_unknown")
        return found[0].code.lower()

    def country_name(self, code: str) -> str:
        return self._extractor.countries.get(code, "negara belum tahu")


def flow(checklist: Checklist, consent: str, reminding: str, following: str) -> Flow:
    """The versions name the words that are agreed to: keeping, reminding, being followed."""
    return Flow(
        "departure",
        _setting_out(checklist, consent)
        | _reminding(reminding)
        | _looking(checklist)
        | _changing()
        | family_nodes(checklist.documents, following),
        entries=("tick", "follow", "family_ask"),
    )


# ---- the present plan


def plan_of(scene: Scene) -> Plan | None:
    """As it is in this conversation, which a turn may have changed; else as it is kept."""
    answers = scene.answers
    if not answers.get("way"):
        return scene.ports.departure()
    day = answers.get("day", "")
    return Plan(
        answers["way"],
        answers.get("country", ""),
        date.fromisoformat(day) if day else None,
        frozenset(answers.get("done", "").split()),
        answers.get("remind") == "yes",
    )


def _take_up(scene: Scene) -> Plan | None:
    """The plan, with its parts among the answers, where the following nodes change them."""
    plan = plan_of(scene)
    if plan is not None and not scene.answers.get("way"):
        scene.answers |= {
            "way": plan.way,
            "country": plan.country,
            "day": plan.day.isoformat() if plan.day else "",
            "done": " ".join(sorted(plan.done)),
            "remind": "yes" if plan.remind else "",
            "kept": "yes",
        }
    return plan


def _keep(scene: Scene) -> list[Event]:
    plan = plan_of(scene)
    return [DepartureKept(plan)] if plan and scene.answers.get("kept") else []


def _put(name: str, value: str, then: str) -> Decide:
    def put(scene: Scene) -> str:
        scene.answers[name] = value
        return "next"

    return Decide(put, {"next": then})


# ---- setting out: way, country, day, and whether it may be kept


def _setting_out(checklist: Checklist, version: str) -> dict[str, Node]:
    def begin(scene: Scene) -> str:
        if scene.ports.family_asks():
            return "asked"
        return "plan" if _take_up(scene) else "new"

    def agree(scene: Scene) -> list[Event]:
        scene.answers["kept"] = "yes"
        return [ConsentGiven("departure", version), *_keep(scene)]

    return {
        "start": Decide(begin, {"asked": "family_ask", "plan": "overview", "new": "way"}),
        "way": Choose(
            "departure.way",
            tuple(Choice(way, f"departure.way_{way}", f"way_{way}") for way in WAYS),
        ),
        **{f"way_{way}": _put("way", way, "country") for way in WAYS},
        "country": Ask(
            "departure.country",
            "country",
            "country_told",
            checklist.read_country,
            skip=Choice("unknown", "common.unknown", "no_country"),
        ),
        "no_country": _put("country", "", "day"),
        "country_told": Decide(
            lambda scene: "closed" if checklist.closed(scene) else "not",
            {"closed": "closed", "not": "day"},
        ),
        "closed": Say("departure.say", "day", slots=_closed(checklist), source=_why(checklist)),
        "day": Ask(
            "departure.day",
            "day",
            "settled",
            _read_day,
            skip=Choice("unknown", "common.unknown", "no_day"),
        ),
        "no_day": _put("day", "", "settled"),
        "settled": Decide(_settled, {"kept": "save", "ask": "consent", "not": "overview"}),
        "consent": Choose(
            "departure.consent",
            (
                Choice("yes", "departure.keep", "agreed"),
                Choice("no", "departure.keep_not", "not_kept"),
            ),
        ),
        "agreed": Emit(agree, "may_remind"),
        "not_kept": Say("departure.not_kept", "not_kept_now"),
        "not_kept_now": _put("asked", "yes", "overview"),
        "save": Emit(_keep, "may_remind"),
    }


def _settled(scene: Scene) -> str:
    if scene.answers.get("kept"):
        return "kept"
    return "not" if scene.answers.get("asked") else "ask"


def _read_day(text: str, scene: Scene) -> str:
    """A day ahead: `24 Januari`, `24-1-2027`; in the office's zone."""
    today = scene.ports.now.date()
    days, _ = read_days(text[:200], today)
    if days is None or not today < days[0] <= today + LONGEST:
        raise AskAgain("departure.day_not_read")
    return days[0].isoformat()


def _closed(checklist: Checklist) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        row = checklist.closed(scene)
        today = scene.ports.now.date()
        return {"say": row.say + stale(row, today) + _marked(row, today) if row else ""}

    return slots


def _why(checklist: Checklist) -> Slots:
    def source(scene: Scene) -> dict[str, str]:
        row = checklist.closed(scene)
        return {"source": row.source.shown() if row else ""}

    return source


def _marked(row: ClosedDestination | Document, today: date) -> str:
    return lessons.marks(row.source, row.reviewed, today)


# ---- reminders


def _reminding(version: str) -> dict[str, Node]:
    def on(scene: Scene) -> list[Event]:
        scene.answers["remind"] = "yes"
        return [ConsentGiven("departure_reminders", version), *_keep(scene)]

    def off(scene: Scene) -> list[Event]:
        scene.answers["remind"] = ""
        return _keep(scene)

    choices = (Choice("yes", "departure.remind_me", "remind_on"),
               Choice("no", "common.rather_not", "overview"))  # fmt: skip
    return {
        "may_remind": Decide(
            _may_remind, {"no": "overview", "whatsapp": "remind_whatsapp", "else": "remind"}
        ),
        "remind": Choose("departure.remind", choices),
        "remind_whatsapp": Choose("departure.remind_whatsapp", choices),
        "remind_on": Emit(on, "will_remind"),
        "will_remind": Say("departure.will_remind", "overview"),
        "reminders": Decide(
            _reminders,
            {"off": "remind_off", "ask": "may_remind", "day": "day", "keep": "consent",
             "stopped": "stopped"},
        ),
        "stopped": Say("departure.after_stop", "overview"),
        "remind_off": Emit(off, "reminds_not"),
        "reminds_not": Say("departure.reminds_not", "overview"),
    }  # fmt: skip


def _may_remind(scene: Scene) -> str:
    plan = plan_of(scene)
    if plan is None or plan.day is None or plan.remind or scene.person.opted_out:
        return "no"
    return "whatsapp" if scene.person.channel == "whatsapp" else "else"


def _reminders(scene: Scene) -> str:
    plan = _take_up(scene)
    if plan and plan.remind:
        return "off"
    if scene.person.opted_out:
        return "stopped"
    if not scene.answers.get("kept"):
        return "keep"
    return "ask" if plan and plan.day else "day"


# ---- looking and ticking


def _looking(checklist: Checklist) -> dict[str, Node]:
    def overview(scene: Scene) -> str:
        scene.answers.pop("listing", None)
        scene.answers.pop("item", None)
        plan = _take_up(scene)
        if plan is None:
            return "new"
        return "some" if checklist.next_of(plan) else "all"

    def go_next(scene: Scene) -> str:
        plan = _take_up(scene)
        row = checklist.next_of(plan) if plan else None
        scene.answers["item"] = row.id if row else ""
        return "item" if row else "overview"

    def show(scene: Scene) -> str:
        scene.answers.pop("listing", None)
        plan, row = _take_up(scene), checklist.document(scene)
        if plan is None or row is None:
            return "gone"
        return "ticked" if row.id in plan.done else "open"

    def options(scene: Scene) -> tuple[Option, ...]:
        return _options(checklist, plan_of(scene))

    menu = (
        _LIST,
        Choice("change", "departure.change", "change"),
        Choice("family", "departure.family", "family"),
        _MENU,
    )
    go_on = (Choice("next", "departure.next_step", "next_item"), _LIST, _OVERVIEW)
    detail, source = _detail(checklist), _source(checklist)
    return {
        "overview": Decide(overview, {"new": "way", "some": "progress", "all": "complete"}),
        "progress": Choose(
            "departure.progress",
            (Choice("next", "departure.next_step", "next_item"), *menu),
            slots=_progress(checklist), open=True, free="typed",
        ),
        "complete": Choose(
            "departure.complete", menu, slots=_progress(checklist), open=True, free="typed"
        ),
        "next_item": Decide(go_next, {"item": "item", "overview": "overview"}),
        "list": Decide(_begin_list, {"list": "listed", "new": "way"}),
        **paged("listed", options, "item", "item", text="departure.list",
                other="lessons.other", free="typed"),
        "item": Decide(show, {"gone": "overview", "open": "document", "ticked": "document_done"}),
        "document": Choose(
            "departure.document",
            (Choice("done", "departure.have_it", "tick_this"),
             Choice("real", "departure.how_real", "real"), *go_on),
            slots=detail, source=source, free="typed",
        ),
        "document_done": Choose(
            "departure.document_done",
            (Choice("undone", "departure.have_not", "untick_this"),
             Choice("real", "departure.how_real", "real"), *go_on),
            slots=detail, source=source, free="typed",
        ),
        "real": Say("departure.real", "item", slots=detail, source=source),
        **_ticking(checklist),
    }  # fmt: skip


def _begin_list(scene: Scene) -> str:
    scene.answers["listing"] = "yes"
    return "list" if _take_up(scene) else "new"


def _options(checklist: Checklist, plan: Plan | None) -> tuple[Option, ...]:
    rows = checklist.of(plan) if plan else ()
    done = plan.done if plan else frozenset()
    return tuple(
        Option(row.id, row.title + (" ✓" if row.id in done else ""), (row.title,)) for row in rows
    )


def _progress(checklist: Checklist) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        plan = plan_of(scene)
        if plan is None:
            return {"done": "0", "of": "0", "next": "", "way": "", "country": "", "day": ""}
        following = checklist.next_of(plan)
        return _described(checklist, plan) | {"next": following.title if following else ""}

    return slots


def _described(checklist: Checklist, plan: Plan) -> dict[str, str]:
    return {
        **counted(checklist.documents, plan),
        "way": _WAY_NAMES[plan.way],
        "country": checklist.country_name(plan.country),
        "day": say_date(plan.day) if plan.day else "belum tahu",
    }


def data(checklist: Checklist) -> Slots:
    """What "Data saya" tells of the kept plan, and of the one this chat follows."""

    def slots(scene: Scene) -> dict[str, str]:
        plan, followed = scene.ports.departure(), scene.ports.followed()
        shown = (
            _described(checklist, plan)
            if plan
            else dict.fromkeys(("way", "country", "day", "done", "of"), "-")
        )
        return shown | {
            "remind": "ya" if plan and plan.remind else "tidak",
            "followers": str(scene.ports.followers()),
            "following": "ya" if followed else "tidak",
        }

    return slots


def counted(documents: tuple[Document, ...], plan: Plan) -> dict[str, str]:
    """How many of the plan's documents are ticked."""
    rows = documents_for(documents, plan.way, plan.country)
    return {"done": str(sum(row.id in plan.done for row in rows)), "of": str(len(rows))}


def _detail(checklist: Checklist) -> Slots:
    def slots(scene: Scene) -> dict[str, str]:
        row = checklist.document(scene)
        if row is None:
            return dict.fromkeys(("title", "who", "needs", "cost", "real", "label"), "")
        return {
            "title": row.title,
            "who": row.who,
            "needs": row.needs,
            "cost": row.cost,
            "real": row.real,
            "label": _marked(row, scene.ports.now.date()),
        }

    return slots


def _source(checklist: Checklist) -> Slots:
    def source(scene: Scene) -> dict[str, str]:
        row = checklist.document(scene)
        return {"source": row.source.shown() if row else ""}

    return source


def _ticking(checklist: Checklist) -> dict[str, Node]:
    def typed(scene: Scene) -> str:
        """SUDAH 3, BELUM paspor: by the number on the page, the name, or what is spoken of."""
        read = _read_typed(checklist, scene)
        if read is None:
            return "elsewhere"
        _mark(scene, read.items, done=read.done)
        return "ticked" if read.items else "which"

    def this(*, done: bool) -> Callable[[Scene], str]:
        def mark(scene: Scene) -> str:
            _mark(scene, (scene.answers.get("item", ""),), done=done)
            return "save"

        return mark

    return {
        "tick": Decide(_begin_list, {"list": "tick_typed", "new": "way"}),
        "tick_typed": Decide(
            lambda scene: _tick_from_anywhere(checklist, scene),
            {"ticked": "save_ticks", "which": "which"},
        ),
        "typed": Decide(
            typed, {"ticked": "save_ticks", "which": "which", "elsewhere": "elsewhere"}
        ),
        "elsewhere": Goto("free_text"),
        "which": Say("departure.which", "list"),
        "tick_this": Decide(this(done=True), {"save": "save_ticks"}),
        "untick_this": Decide(this(done=False), {"save": "save_ticks"}),
        "save_ticks": Emit(_keep, "noted"),
        "noted": Say("departure.noted", "overview"),
    }


def _read_typed(checklist: Checklist, scene: Scene) -> Typed | None:
    plan = _take_up(scene)
    every = _options(checklist, plan)
    here = on_page(every, scene) if scene.answers.get("listing") else ()
    following = checklist.next_of(plan) if plan else None
    spoken_of = scene.answers.get("item") or (following.id if following else "")
    return read_typed(scene.words, here, every, spoken_of)


def _tick_from_anywhere(checklist: Checklist, scene: Scene) -> str:
    """CENTANG paspor: the word itself was the beginning, and numbers stand for the first page."""
    scene.words = f"sudah {scene.words}"
    scene.answers.pop("item", None)
    read = _read_typed(checklist, scene) if scene.words.strip() != "sudah" else None
    if read is None or not read.items:
        return "which"
    _mark(scene, read.items, done=True)
    return "ticked"


def _mark(scene: Scene, items: tuple[str, ...], *, done: bool) -> None:
    ticked = set(scene.answers.get("done", "").split())
    ticked = ticked | set(items) if done else ticked - set(items)
    scene.answers["done"] = " ".join(sorted(ticked))


# ---- changing it


def _changing() -> dict[str, Node]:
    def forget(scene: Scene) -> list[Event]:
        kept = bool(scene.answers.get("kept"))
        scene.answers.clear()
        return [DepartureForgotten()] if kept else []

    return {
        "change": Choose(
            "departure.what_to_change",
            (
                Choice("way", "departure.other_way", "way"),
                Choice("day", "departure.other_day", "day"),
                Choice("remind", "departure.reminders", "reminders"),
                Choice("forget", "departure.forget", "forget_sure"),
                _OVERVIEW,
            ),
        ),
        "forget_sure": Choose(
            "departure.forget_sure",
            (
                Choice("yes", "departure.forget", "forgotten"),
                Choice("no", "common.rather_not", "overview"),
            ),
        ),
        "forgotten": Emit(forget, "forgotten_now"),
        "forgotten_now": Say("departure.forgotten", "welcome:menu"),
    }
