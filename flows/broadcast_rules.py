"""What a broadcast may say (design.md promise 5): plain words, facts of today, no private person,
a company only by its official act, links only where we know what is behind them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows.broadcast_accused import accusations, companies
from flows.broadcast_links import strange
from flows.broadcast_names import bare_number, contacts, persons
from flows.broadcast_plan import Plan
from flows.catalog import HotlineEntry
from flows.quoting import Fact, outdated

MAX_TEXT = 800
"""Fits every channel with the sender line, and a phone's screen."""
MIN_LETTERS = 10
LONGEST_WARNING = timedelta(days=90)
"""How far ahead a warning may still be in force."""
MAX_WITHDRAWAL = 200
"""A withdrawal needs no second person: it says that something is wrong, and no news of its own."""

Problem = tuple[str, tuple[tuple[str, str], ...]]
"""(text key, slots)."""


def _no_register(text: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Ours:
    """What a text may point to, beside go.id."""

    hosts: frozenset[str] = frozenset()
    """The office's own addresses."""
    chats: frozenset[str] = frozenset()
    """Our own way into a chat: `wa.me/62…`, `t.me/name`, in small letters."""
    hotlines: tuple[HotlineEntry, ...] = ()
    companies: Callable[[str], tuple[str, ...]] = _no_register
    """The names of the licence register that stand in a text, with or without PT."""


def problems(
    plan: Plan, *, facts: Iterable[Fact], day: date, ours: Ours, now: datetime
) -> list[Problem]:
    """Everything that keeps the plan's words from being sent on that day, the first thing first.

    `now` is the moment it begins, in the office's zone.
    """
    return [
        *_length(plan),
        *_warning(plan, now),
        *_named(plan, ours, day),
        *(("broadcasts.bad_link", (("host", host),))
          for host in strange(plan.text, ours.hosts, ours.chats)),
        *_old(plan.text, facts, ours.hotlines, day),
    ]  # fmt: skip


def _length(plan: Plan) -> list[Problem]:
    if sum(letter.isalnum() for letter in plan.text) < MIN_LETTERS:
        return [("broadcasts.too_short", ())]
    most = MAX_WITHDRAWAL if plan.kind == "withdrawal" else MAX_TEXT
    if len(plan.text) > most:
        slots = (("characters", str(len(plan.text))), ("most", str(most)))
        return [("broadcasts.too_long", slots)]
    return []


def _warning(plan: Plan, now: datetime) -> list[Problem]:
    """A warning says whose it is and how long it holds; only it may wake people."""
    found: list[Problem] = []
    if plan.kind == "warning":
        if not plan.source.strip() or plan.source_date is None:
            found.append(("broadcasts.needs_source", ()))
        if plan.expires is None or plan.expires <= now:
            found.append(("broadcasts.needs_expiry", ()))
        elif plan.expires > now + LONGEST_WARNING:
            found.append(("broadcasts.expires_late", (("days", str(LONGEST_WARNING.days)),)))
    elif plan.danger and plan.kind != "withdrawal":
        found.append(("broadcasts.no_danger", ()))
    if plan.source_date and plan.source_date > now.date():
        found.append(("broadcasts.source_ahead", ()))
    return found


def _named(plan: Plan, ours: Ours, day: date) -> list[Problem]:
    known = {bare_number(one.number) for one in ours.hotlines}
    known |= {bare_number(chat.rpartition("/")[2]) for chat in ours.chats}
    found: list[Problem] = []
    # The source and the act go out with the text, and are read like it.
    told = "\n".join(filter(None, (plan.text, plan.source, plan.act)))
    # The lessons tell of Bu Sri, who is nobody; a campaign sends them as they stand in content/.
    if plan.kind != "lesson" and (names := persons(told)):
        found.append(("broadcasts.names_person", (("found", _listed(names)),)))
    if numbers := contacts(told, known=frozenset(known - {""})):
        found.append(("broadcasts.names_contact", (("found", _listed(numbers)),)))
    by_act = bool(plan.act.strip() and plan.source.strip() and plan.source_date)
    named = [*companies(plan.text), *ours.companies(plan.text)]
    if named and not by_act:
        found.append(("broadcasts.names_company", (("found", _listed(named)),)))
    if accused := accusations(plan.text, named):
        found.append(("broadcasts.accuses", (("found", _listed(accused)),)))
    return found


def _old(
    text: str, facts: Iterable[Fact], hotlines: Iterable[HotlineEntry], day: date
) -> list[Problem]:
    found: list[Problem] = []
    if old := outdated(text, facts, day):
        slots = (("quoted", old.words[:60]), ("day", f"{old.source.review_by:%d-%m-%Y}"))
        found.append(("broadcasts.old_fact", slots))
    for line in hotlines:
        if day > line.review_by and _tells(text, line.number):
            slots = (("number", line.number), ("day", f"{line.review_by:%d-%m-%Y}"))
            found.append(("broadcasts.old_number", slots))
    return found


_CALLED = (
    r"(?:telepon|telpon|telp|tlp|hubungi|hub|kontak|call|nomor|nomer|no|wa|sms|ke|lapor|polisi|"
    r"sapa|darurat|hotline|halo)\W{1,3}"
)


def _tells(text: str, number: str) -> bool:
    """The text gives this number; three digits are one only behind "telepon" and its like."""
    if "://" in number:
        return number.partition("://")[2].rstrip("/").casefold() in text.casefold()
    digits = "".join(filter(str.isdecimal, number))
    if len(digits) < 6:
        return re.search(rf"\b{_CALLED}{digits}\b", text, re.IGNORECASE) is not None
    bare = re.sub(r"(?<=\d)[ .()-]{1,2}(?=\d)", "", text)
    return bare_number(number) in bare


def _listed(found: Iterable[str]) -> str:
    """A few of them, each short: they are read back to their writer."""
    return ", ".join(f"“{' '.join(one.split())[:40]}”" for one in list(dict.fromkeys(found))[:3])
