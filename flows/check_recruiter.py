"""Is this recruiter real? The register's answer in words, and what to ask the recruiter next.

Nothing here looks at reports: a recruiter would ask about himself (`design.md` section 8, 5).
"""

import re
from datetime import date

from flows.company_names import company_words, could_be_a_name, fold
from flows.nodes import (
    Ask,
    AskAgain,
    Choice,
    Choose,
    Decide,
    Flow,
    Node,
    Option,
    Pick,
    Scene,
    Slots,
)
from flows.ports import RecruiterAnswer, RegisterRow

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_STATUS_WORDS = {
    "listed": "ada di daftar",
    "suspended": "kena sanksi",
    "revoked": "izin dicabut",
    "lifted": "sanksi diakhiri",
    "expired": "izin lewat masa",
}
_SANCTIONS = ("suspended", "revoked")
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_MENU = Choice("menu", "check_recruiter.to_menu", "welcome:menu")
_REPORT = Choice("report", "check_recruiter.report", "tip_off:start")
_ANOTHER = Choice("another", "check_recruiter.another", "ask_name")
_QUESTIONS = Choice("questions", "check_recruiter.what_to_ask", "questions")
_NEXT = (_QUESTIONS, _ANOTHER, _REPORT, _MENU)


def flow() -> Flow:
    """The conversation; its words are content/texts/check_recruiter.yaml."""
    verdicts = _verdict_nodes()
    exits = {name: name for name in (*verdicts, "similar")}
    nodes: dict[str, Node] = {
        "start": Decide(_has_name, {"name": "look_up", "ask": "ask_name"}),
        "ask_name": Ask(
            "check_recruiter.ask_name",
            "name",
            "look_up",
            _read_name,
            skip=Choice("unknown", "check_recruiter.name_unknown", "questions"),
        ),
        "look_up": Decide(_verdict, exits),
        "similar": Pick(
            "check_recruiter.similar",
            _options,
            "name",
            "look_up",
            other=Choice("none", "check_recruiter.none_of_them", "not_found"),
            free="start",
            slots=_copy,
        ),
        **verdicts,
        "questions": Choose(
            "check_recruiter.questions", (_ANOTHER, _REPORT, _MENU), source=_permit, open=True
        ),
    }
    return Flow("check_recruiter", nodes, entries=("ask_name", "questions"))


def _verdict_nodes() -> dict[str, Node]:
    """One message per verdict, each with the same ways on: what to ask, check, report, menu."""
    answers: dict[str, tuple[Slots | None, Slots]] = {
        "listed": (_listed, _source),
        "listed_near": (_listed, _source),
        "listed_before": (_listed, _source),
        "conflict": (_conflict, _source),
        "mismatch": (_mismatch, _source),
        "sanctioned": (_sanctioned, _source),
        "sanctioned_near": (_sanctioned, _source),
        "not_found": (_copy, _source),
        "not_found_before": (_sanctioned, _source),
        "not_a_company": (None, _individuals),
        "register_unavailable": (None, _source),
    }
    return {
        name: Choose(f"check_recruiter.{name}", _NEXT, slots=slots, source=source, open=True)
        for name, (slots, source) in answers.items()
    }


def _has_name(scene: Scene) -> str:
    """Keep the words that led here when more stands in them than the question itself."""
    if not could_be_a_name(scene.words):
        return "ask"
    scene.answers["name"] = scene.words
    return "name"


def _read_name(text: str, scene: Scene) -> str:
    """The name as it was typed; too little of one is asked for again (`recruiters.md` 5.3)."""
    if not could_be_a_name(text):
        raise AskAgain("check_recruiter.name_too_short")
    return text


def _answer(scene: Scene) -> RecruiterAnswer:
    return scene.ports.find_recruiter(scene.answers.get("name", ""))


def _verdict(scene: Scene) -> str:
    """The node for the register's verdict, with the cases that need words of their own."""
    answer = _answer(scene)
    exact = [row for row in answer.rows if row.score == 100]
    near = len(exact) < len(answer.rows)
    if answer.verdict == "listed":
        if near:
            return "listed_near"
        return "listed_before" if any(row.status == "lifted" for row in exact) else "listed"
    if answer.verdict == "conflict":
        names = {fold(company_words(row.name)) for row in answer.rows}
        both = len(names) == 1 and _first(answer, _SANCTIONS)
        return "conflict" if both else "mismatch"
    if answer.verdict == "sanctioned" and near:
        return "sanctioned_near"
    if answer.verdict == "not_found" and answer.rows:
        return "not_found_before"
    return answer.verdict


def _options(scene: Scene) -> tuple[Option, ...]:
    """The register's names, each with its status when one choice alone could mislead (5.5)."""
    rows = _answer(scene).rows
    differ = len({row.status for row in rows}) > 1
    return tuple(
        Option(row.name, _with_status(row) if differ else row.name, words=(row.name,))
        for row in rows
    )


def _with_status(row: RegisterRow) -> str:
    return f"{row.name} ({_STATUS_WORDS[row.status]})"


def _listed(scene: Scene) -> dict[str, str]:
    """The listing, and as `other` a look-alike of the other side or this name's own past."""
    rows = _answer(scene).rows
    other = next((row for row in rows if row.score < 100), rows[-1])
    return {
        **_copy(scene),
        "name": rows[0].name,
        "licence": rows[0].licence_no or "tidak tertulis",
        "other_name": other.name,
        "other": _act(other),
    }


def _conflict(scene: Scene) -> dict[str, str]:
    sanction = _first(_answer(scene), _SANCTIONS)
    return {**_listed(scene), "sanction": _act(sanction) if sanction else ""}


def _mismatch(scene: Scene) -> dict[str, str]:
    """Whose the number is, and what the register has of the name that was written beside it."""
    owner, *others = _answer(scene).rows
    own = fold(company_words(owner.name))
    written = [_with_status(row) for row in others if fold(company_words(row.name)) != own]
    return {
        **_copy(scene),
        "name": owner.name,
        "written": ", ".join(written) or "tidak ketemu",
    }


def _sanctioned(scene: Scene) -> dict[str, str]:
    """The act, and as `other_name` a listed look-alike that must not be taken for it."""
    rows = _answer(scene).rows
    return {
        **_copy(scene),
        "name": rows[0].name,
        "sanction": _act(rows[0]),
        "other_name": rows[-1].name,
    }


def _copy(scene: Scene) -> dict[str, str]:
    """Which copy of the register this is, and that it is old when it is (30 days)."""
    answer = _answer(scene)
    if answer.register_date is None:
        return {"copy": "salinan pihak ketiga"}
    copy = f"salinan pihak ketiga, {_day(answer.register_date)}"
    return {"copy": f"{copy}, sudah lama" if answer.stale else copy}


def _act(row: RegisterRow) -> str:
    """The act as its source words it, with the source and the day it was written down there."""
    text = _ISO_DAY.sub(lambda day: _day(date.fromisoformat(day[0])), row.status_text)
    return f"{text}, menurut {_site(row.source)}, {_day(row.seen_on)}"


def _source(scene: Scene) -> dict[str, str]:
    """Every source behind the answer, the copy of the list first."""
    answer = _answer(scene)
    parts = [f"Daftar P3MI: {_copy(scene)['copy']}"]
    for row in answer.rows:
        part = f"{row.name}: {row.source} ({_day(row.seen_on)})"
        if part not in parts:
            parts.append(part)
    return {"source": "\n".join(parts)}


def _individuals(scene: Scene) -> dict[str, str]:
    return {"source": "UU 18/2017 Pasal 69, dan Pasal 81 untuk ancamannya"}


def _permit(scene: Scene) -> dict[str, str]:
    return {"source": "UU 18/2017 Pasal 59 dan 72 huruf c; PP 59/2021 Pasal 47"}


def _first(answer: RecruiterAnswer, statuses: tuple[str, ...]) -> RegisterRow | None:
    return next((row for row in answer.rows if row.status in statuses), None)


def _site(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url).partition("/")[0]


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
