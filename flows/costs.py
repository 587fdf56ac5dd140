"""Who pays what: what was asked of a villager, read back, and what the law says of each.

The law and its details are in conflict since 2025, so the answer says only what is certain: what
the law forbids, what stood on the list of 2020, what is unclear and whom to ask. It accuses nobody.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from flows import lessons
from flows.costs_read import LONGEST, Asked, CostReader
from flows.departure_facts import Mark
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Flow,
    Goto,
    Node,
    Option,
    Say,
    Scene,
    Slots,
)
from flows.paging import paged
from flows.safety import mask_identity_numbers

TOLD_STAYS = timedelta(hours=24)
MOST = 10
"""Things that fit one answer; the others are checked afterwards."""
MOST_WHYS = 5
_LINES: dict[Mark, str] = {
    "forbidden": "- Dilarang hukum: ",
    "placement": "- Ada di daftar biaya penempatan 2020: ",
    "unclear": "- Belum jelas, tanya dulu: ",
    "own": "- Biasanya keperluan sendiri: ",
}
"""What stands before the things of each kind, gravest first."""
_PERSON = "person"
_BY_PERSON = re.compile(
    r"\b(?:sama|ama|oleh|ke|kepada|dari|karo|kalih|ka|ku)\s+(?:si|pak|bapak|bu|ibu|mas|mbak|mba|bang"
    r"|kang|teh|cak|om|tante|haji|h)\b\.?\s+(?!pt\b|cv\b|petugas\b|kantor\b)\w"
    r"|\brekening\s+(?:pribadi|orang|atas nama)\b",
    re.IGNORECASE,
)
"""Money for "pak Budi", and no PT: who takes it is a person."""
_MENU = Choice("menu", "common.to_menu", "welcome:menu")
_CHECK = Choice("check", "costs.check_company", "check_recruiter:ask_name")
_REPORT = Choice("report", "costs.report", "report")
_PROOF = Choice("proof", "costs.save_proof", "proof")


def flow(reader: CostReader) -> Flow:
    """The conversation; its words are content/texts/costs.yaml."""
    return Flow("costs", _telling(reader) | _judging(reader), expires=TOLD_STAYS)


# ---- what was asked


def _telling(reader: CostReader) -> dict[str, Node]:
    def start(scene: Scene) -> str:
        if not reader.read(scene.words):
            return "ask"
        scene.answers["told"] = _kept(scene.words)
        return "told"

    def read(text: str, scene: Scene) -> str:
        if not reader.read(text):
            raise AskAgain("costs.nothing_read")
        return _kept(text)

    def options(scene: Scene) -> tuple[Option, ...]:
        return tuple(Option(cost.id, cost.name, cost.words) for cost in reader.costs.values())

    def add(scene: Scene) -> str:
        """A thing that is picked from the list, or typed while the list is shown."""
        picked = scene.answers.pop("one", "")
        if picked:
            scene.answers["picked"] = f"{scene.answers.get('picked', '')} {picked}".strip()
        elif reader.read(scene.words):
            told = f"{scene.answers.get('told', '')}\n{scene.words}"
            scene.answers["told"] = _kept(told)
        else:
            return "none"
        return "told"

    def clear(scene: Scene) -> str:
        scene.answers.clear()
        return "ask"

    def items(scene: Scene) -> dict[str, str]:
        asked = _asked(reader, scene)
        rest = len(asked) - MOST
        more = (f"{rest} lagi: cek sesudah ini",) if rest > 0 else ()
        return {"items": "; ".join((*(one.words for one in asked[:MOST]), *more))}

    return {
        "start": Decide(start, {"told": "read_back", "ask": "ask"}),
        "ask": Ask("costs.ask", "told", "read_back", read,
                   skip=Choice("pick", "costs.from_list", "pick")),
        "read_back": Choose(
            "costs.read_back",
            (Choice("right", "costs.right", "judge"), Choice("add", "costs.add", "pick"),
             Choice("again", "costs.again", "clear")),
            slots=items,
        ),
        "clear": Decide(clear, {"ask": "ask"}),
        **paged("pick", options, "one", "add", text="costs.pick", other="lessons.other",
                free="add"),
        "add": Decide(add, {"told": "read_back", "none": "not_read"}),
        "not_read": Say("costs.nothing_read", "pick"),
    }  # fmt: skip


def _kept(text: str) -> str:
    return mask_identity_numbers(text.strip()[:LONGEST])


def _asked(reader: CostReader, scene: Scene) -> tuple[Asked, ...]:
    typed = reader.read(scene.answers.get("told", ""))
    known = {one.cost.id for one in typed if one.cost}
    picked = dict.fromkeys(scene.answers.get("picked", "").split())
    return typed + tuple(one for key in picked if key not in known for one in reader.picked(key))


def _with_law(reader: CostReader, scene: Scene) -> tuple[Asked, ...]:
    """What was asked, and what the law says of persons where a person asks."""
    asked = _asked(reader, scene)[:MOST]
    return asked + reader.picked("sponsor") if _verdict(asked, scene) == _PERSON else asked


def _slots(reader: CostReader, of: Callable[[tuple[Asked, ...], date], dict[str, str]]) -> Slots:
    return lambda scene: of(_with_law(reader, scene), scene.ports.now.date())


# ---- what the law says


def _judging(reader: CostReader) -> dict[str, Node]:
    source = _slots(reader, _sources)
    whys, label = _slots(reader, _whys), _slots(reader, _lines)

    def verdict(scene: Scene) -> dict[str, str]:
        lines = _lines(_asked(reader, scene)[:MOST], scene.ports.now.date())
        return {**lines, "label": label(scene)["label"]}

    ways = (Choice("why", "costs.why_so", "why"), _CHECK, _REPORT, _PROOF, _MENU)
    return {
        "judge": Decide(
            lambda scene: _verdict(_asked(reader, scene)[:MOST], scene),
            {**{mark: mark for mark in (*_LINES, _PERSON)}, "none": "ask"},
        ),
        **{
            mark: Choose(f"costs.{mark}", ways, slots=verdict, source=source, open=True,
                         expires=TOLD_STAYS)
            for mark in (*_LINES, _PERSON)
        },
        "why": Decide(
            lambda scene: "told" if _asked(reader, scene) else "gone",
            {"told": "why_each", "gone": "ask"},
        ),
        "why_each": Choose("costs.why", (_CHECK, _REPORT, _PROOF, _MENU), slots=whys,
                           source=source, open=True, expires=TOLD_STAYS),
        "proof": Choose("costs.proof", (_CHECK, _REPORT, _MENU), open=True, expires=TOLD_STAYS),
        "report": Decide(_as_story(reader), {"next": "to_report"}),
        "to_report": Goto("tip_off:start", carry=("what",)),
    }  # fmt: skip


def mark_of(asked: Asked) -> Mark:
    return asked.cost.mark if asked.cost else "unclear"


def _gravest(asked: tuple[Asked, ...]) -> str:
    there = {mark_of(one) for one in asked}
    return next((mark for mark in _LINES if mark in there), "none")


def _verdict(asked: tuple[Asked, ...], scene: Scene) -> str:
    """As the gravest thing is; what is unclear has a verdict of its own where a person asks for it."""
    gravest = _gravest(asked)
    asked_by_person = _BY_PERSON.search(scene.answers.get("told", ""))
    return _PERSON if gravest == "unclear" and asked_by_person else gravest


def _lines(asked: tuple[Asked, ...], today: date) -> dict[str, str]:
    """A line for each kind of mark, and behind the last step what the facts are worth."""
    by_mark = {mark: [one.words for one in asked if mark_of(one) == mark] for mark in _LINES}
    lines = [_LINES[mark] + "; ".join(words) + "." for mark, words in by_mark.items() if words]
    costs = [one.cost for one in asked if one.cost]
    said = dict.fromkeys(
        mark for cost in costs for mark in lessons.marks(cost.source, cost.reviewed, today)
    )
    return {"lines": "\n".join(lines), "label": "".join(f" ({mark})" for mark in said)}


def _whys(asked: tuple[Asked, ...], today: date) -> dict[str, str]:
    """One line a reason, with all things that it is about."""
    about: dict[str, list[str]] = {}
    for one in asked:
        if one.cost:
            about.setdefault(one.cost.why, []).append(one.cost.name)
    lines = [f"- {', '.join(names)}: {why}" for why, names in about.items()]
    if len(lines) > MOST_WHYS:
        rest = len(lines) - MOST_WHYS + 1
        lines = [*lines[: MOST_WHYS - 1], f"- dan {rest} alasan lain: tulis SUMBER."]
    return {"whys": "\n".join(lines) or "- Yang Anda tulis tidak ada di daftar kami."}


def _sources(asked: tuple[Asked, ...], today: date) -> dict[str, str]:
    rows = dict.fromkeys(one.cost.source.shown() for one in asked if one.cost)
    return {"source": "\n".join(rows)}


def _as_story(reader: CostReader) -> Callable[[Scene], str]:
    """What was told and picked is the report's beginning."""

    def as_story(scene: Scene) -> str:
        told, picked = (scene.answers.get(name, "") for name in ("told", "picked"))
        names = [one.words for key in picked.split() for one in reader.picked(key)]
        if words := "; ".join(filter(None, (told, *names))):
            scene.answers["what"] = " ".join(f"Diminta bayar: {words}".split())[:1000]
        return "next"

    return as_story
