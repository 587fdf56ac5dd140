"""The slots of the recruiter check's texts: what the register said, with its dates and sources."""

import re
from datetime import date

from flows.company_names import company_words, fold
from flows.nodes import Option, Scene
from flows.ports import RecruiterAnswer, RegisterRow

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_STATUS_WORDS = {
    "listed": "ada di daftar",
    "warned": "dapat peringatan",
    "suspended": "kena sanksi",
    "revoked": "izin dicabut",
    "sip2mi_revoked": "izin rekrut dicabut",
    "lifted_watch": "sanksi diakhiri",
    "expired": "izinnya sudah tidak berlaku",
}
_SANCTIONS = ("suspended", "revoked")
_BEFORE = ("warned", "sip2mi_revoked", "lifted_watch", "expired")
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def asked_name(scene: Scene) -> str:
    """The name that was picked or typed for the company, else all that was told."""
    return scene.answers.get("name") or scene.answers.get("told", "")


def answer_of(scene: Scene) -> RecruiterAnswer:
    return scene.ports.find_recruiter(asked_name(scene))


def verdict_node(answer: RecruiterAnswer) -> str:
    """The node for the register's verdict, with the cases that need words of their own."""
    exact = [row for row in answer.rows if row.score == 100]
    near = len(exact) < len(answer.rows)
    if answer.verdict == "listed":
        if near:
            return "listed_near"
        return "listed_before" if any(row.status in _BEFORE for row in exact) else "listed"
    if answer.verdict == "conflict":
        names = {fold(company_words(row.name)) for row in answer.rows}
        listing, act = _first(answer, ("listed",)), _first(answer, _SANCTIONS)
        if act is None or listing is None:
            return "conflict_ended" if act else "mismatch"
        if len(names) == 1:
            return "conflict"
        one_number = _digits(listing) == _digits(act) != ""
        return "two_names" if one_number else "mismatch"
    if answer.verdict == "sanctioned" and near:
        return "sanctioned_near"
    if answer.verdict == "not_found" and answer.rows:
        return "not_found_before"
    return answer.verdict


def options(scene: Scene) -> tuple[Option, ...]:
    """The register's names, each with its status when one choice alone could mislead (5.5)."""
    rows = answer_of(scene).rows
    differ = len({row.status for row in rows}) > 1
    return tuple(
        Option(row.name, _with_status(row) if differ else row.name, words=(row.name,))
        for row in rows
    )


def _with_status(row: RegisterRow) -> str:
    return f"{row.name} ({_STATUS_WORDS[row.status]})"


def listed(scene: Scene) -> dict[str, str]:
    """The listing, and as `other` a look-alike of the other side or this name's own past."""
    rows = answer_of(scene).rows
    other = next((row for row in rows if row.score < 100), rows[-1])
    return {
        **copy_of(scene),
        "name": rows[0].name,
        "licence": rows[0].licence_no or "tidak tertulis",
        "other_name": other.name,
        "other": _act(other),
    }


def conflict(scene: Scene) -> dict[str, str]:
    sanction = _first(answer_of(scene), _SANCTIONS)
    slots = {**listed(scene), "sanction": _act(sanction) if sanction else ""}
    return slots | {"other_name": sanction.name} if sanction else slots


def mismatch(scene: Scene) -> dict[str, str]:
    """Whose the number is, and what the register has of the name that was written beside it."""
    owner, *others = answer_of(scene).rows
    own = fold(company_words(owner.name))
    written = [_with_status(row) for row in others if fold(company_words(row.name)) != own]
    unknown = answer_of(scene).written
    return {
        **copy_of(scene),
        "name": owner.name,
        "written": ", ".join(written) or f"{unknown} (tidak ketemu)".strip(),
    }


def sanctioned(scene: Scene) -> dict[str, str]:
    """The act, and as `other_name` a listed look-alike that must not be taken for it."""
    rows = answer_of(scene).rows
    return {
        **copy_of(scene),
        "name": rows[0].name,
        "sanction": _act(rows[0]),
        "other_name": rows[-1].name,
    }


def copy_of(scene: Scene) -> dict[str, str]:
    """Which copy of the register this is, whose, and that it is old when it is (30 days)."""
    answer = answer_of(scene)
    kind = "salinan pihak ketiga" if answer.third_party else "daftar resmi"
    if answer.register_date is None:
        return {"copy": kind}
    copy = f"{kind}, {day(answer.register_date)}"
    return {"copy": f"{copy}, sudah lama" if answer.stale else copy}


def verdict_line(scene: Scene, *, named: bool) -> str:
    """One line for the family: every record as it stands, a sanction with its source and date.

    `named`: the register was asked for a company.
    """
    answer, copy = answer_of(scene), copy_of(scene)["copy"]
    exact = [row for row in answer.rows if row.score == 100]
    if not named:
        return "nama PT belum disebut"
    if answer.verdict == "register_unavailable":
        return "daftar P3MI sedang tidak bisa dibaca"
    if not exact:
        return f"nama PT belum ketemu di daftar P3MI ({copy})"
    name, first = exact[0].name, _record(exact[0], copy)
    node = verdict_node(answer)
    if node == "mismatch":
        written = mismatch(scene)["written"]
        others = "; ".join(f"{row.name}: {_record(row, copy)}" for row in exact[1:])
        owner = f"nomor izin dan nama TIDAK COCOK. Nomor itu milik {name}, {first}"
        return f"{owner}. Nama yang ditulis: {others or written}"
    if answer.verdict == "conflict":
        other = _first(answer, _SANCTIONS)
        other = other if other and other is not exact[0] else exact[-1]
        whose = "" if node != "two_names" else f"{other.name}: "
        two = f"satu: {first}, dua: {whose}{_record(other, copy)}"
        return f"{name}: ada DUA catatan yang berbeda, {two}"
    if node == "not_found_before":
        return f"{name}: TIDAK KETEMU di daftar P3MI ({copy}). Catatan lama: {first}"
    if answer.verdict == "sanctioned":
        return f"{name}: catatan SANKSI, {first}"
    old = f". Catatan lama: {_record(exact[-1], copy)}" if node == "listed_before" else ""
    return f"{name}: {first}{old}"


def _record(row: RegisterRow, copy: str) -> str:
    """A listing has the date of the copy that it stands in, an act its own."""
    return f"ada di daftar P3MI ({copy})" if row.status == "listed" else _act(row)


def source(scene: Scene) -> dict[str, str]:
    """Every source behind the answer, the copy of the list first."""
    answer = answer_of(scene)
    parts = [f"Daftar P3MI: {copy_of(scene)['copy']}"]
    for row in answer.rows:
        part = f"{row.name}: {row.source} ({day(row.seen_on)})"
        if part not in parts:
            parts.append(part)
    return {"source": "\n".join(parts)}


def _act(row: RegisterRow) -> str:
    """The act as its source words it, with the source and the day it was written down there."""
    text = _ISO_DAY.sub(lambda found: day(date.fromisoformat(found[0])), row.status_text)
    return f"{text}, menurut {_site(row.source)}, {day(row.seen_on)}"


def _first(answer: RecruiterAnswer, statuses: tuple[str, ...]) -> RegisterRow | None:
    return next((row for row in answer.rows if row.status in statuses), None)


def _digits(row: RegisterRow) -> str:
    return re.sub(r"\D", "", row.licence_no).lstrip("0")


def _site(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url).partition("/")[0]


def day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
