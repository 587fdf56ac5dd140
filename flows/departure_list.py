"""Looking at a departure's list, document by document, and ticking off what is there."""

from collections.abc import Callable

from flows.departure_checklist import (
    Checklist,
    described,
    keep_plan,
    marked,
    plan_of,
    take_up,
)
from flows.departure_plan import Plan
from flows.departure_words import Typed, read_typed
from flows.nodes import Choice, Choose, Decide, Emit, Goto, Node, Option, Say, Scene, Slots
from flows.paging import on_page, paged
from flows.triggers import fold

_HOME = frozenset(["ceklis", "checklist", "ceklist", "cek list", "daftar periksa"])
"""At a question of the list these words do not begin a conversation: it is there already."""
_MENU = Choice("menu", "common.to_menu", "welcome:menu")
_LIST = Choice("list", "departure.whole_list", "list")
_OVERVIEW = Choice("overview", "departure.back", "overview")


def list_nodes(checklist: Checklist) -> dict[str, Node]:
    def overview(scene: Scene) -> str:
        scene.answers.pop("listing", None)
        scene.answers.pop("item", None)
        plan = take_up(scene)
        if plan is None:
            return "new"
        return "some" if checklist.next_of(plan) else "all"

    def go_next(scene: Scene) -> str:
        plan = take_up(scene)
        row = checklist.next_of(plan) if plan else None
        scene.answers["item"] = row.id if row else ""
        return "item" if row else "overview"

    def show(scene: Scene) -> str:
        scene.answers.pop("listing", None)
        plan, row = take_up(scene), checklist.document(scene)
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
        "real": Choose(
            "departure.real",
            (Choice("done", "departure.have_it", "tick_this"), *go_on),
            slots=detail,
            source=source,
            free="typed",
        ),
        **_ticking(checklist),
    }  # fmt: skip


def _begin_list(scene: Scene) -> str:
    scene.answers["listing"] = "yes"
    return "list" if take_up(scene) else "new"


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
        return described(checklist, plan) | {"next": following.title if following else ""}

    return slots


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
            "label": marked(row, scene.ports.now.date()),
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
        if fold(scene.words) in _HOME:
            return "home"
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
            typed,
            {"ticked": "save_ticks", "which": "which", "elsewhere": "elsewhere", "home": "start"},
        ),
        "elsewhere": Goto("free_text"),
        "which": Say("departure.which", "list"),
        "tick_this": Decide(this(done=True), {"save": "save_ticks"}),
        "untick_this": Decide(this(done=False), {"save": "save_ticks"}),
        "save_ticks": Emit(keep_plan, "noted"),
        "noted": Say("departure.noted", "overview"),
    }


def _read_typed(checklist: Checklist, scene: Scene) -> Typed | None:
    plan = take_up(scene)
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
