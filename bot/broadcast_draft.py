"""A broadcast as a form, a script or the command line asks for it, made into a plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection

from bot import broadcasts
from bot.broadcast_words import kept_plan
from bot.not_allowed import NotAllowed
from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan, To
from flows.departure_facts import WAYS
from flows.languages import NAMES
from flows.plain_text import typed
from flows.safety import mask_identity_numbers


class DraftError(ValueError):
    """Something in it is not there to be chosen; the message is one line and names the mend."""


class Draft(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The fields are those of `Plan`, but for the photo, which comes with a chat or a command; times
    without an offset are the office's own."""

    text: str
    places: list[str] = []
    kind: Literal["news", "warning"] = "news"
    to: To = "residents"
    languages: list[str] = []
    ways: list[str] = []
    lesson: str = ""
    template: str = ""
    source: str = ""
    source_date: date | None = None
    act: str = ""
    until: datetime | None = None
    danger: bool = False
    at: datetime | None = None
    corrects: int = 0
    """Number of the broadcast that this one puts right: it goes to all who got that one, and only
    the text counts."""


def plan_of(connection: Connection, service: Service, office: OurOffice, draft: Draft) -> Plan:
    """Raises DraftError, or NotAllowed when it corrects what is not the office's."""
    text = mask_identity_numbers(typed(draft.text))
    if draft.corrects:
        row = broadcasts.get(connection, draft.corrects, office.code)
        if row is None:
            raise NotAllowed("broadcasts.unknown")
        return correction(kept_plan(row), draft.corrects, text)
    _known("place", draft.places, service.gazetteer.place,
           "no such code in the Kemendagri list; see `kentongan place NAME`")  # fmt: skip
    _known("language", draft.languages, NAMES.__contains__, f"one of {', '.join(NAMES)}")
    _known("way", draft.ways, WAYS.__contains__, f"one of {', '.join(WAYS)}")
    lessons = [lesson.id for lesson in service.catalog.lessons]
    _known("lesson", [draft.lesson] if draft.lesson else [], lessons.__contains__,
           f"one of {', '.join(lessons)}")  # fmt: skip
    return Plan(
        text=text,
        places=tuple(dict.fromkeys(draft.places)),
        kind=draft.kind,
        to=draft.to,
        languages=tuple(draft.languages),
        ways=tuple(draft.ways),
        lesson=draft.lesson,
        template=draft.template,
        source=typed(draft.source),
        source_date=draft.source_date,
        act=typed(draft.act),
        expires=_aware(office, draft.until),
        danger=draft.danger and draft.kind == "warning",
        at=_aware(office, draft.at),
    )


def correction(plan: Plan, number: int, text: str) -> Plan:
    """The words that put broadcast `number` right, for all who got it, at once."""
    return replace(plan, text=text, kind="correction", corrects=number, photo="", at=None,
                   expires=None, danger=False)  # fmt: skip


def _known(what: str, given: list[str], is_known: Callable[[str], object], mend: str) -> None:
    for one in given:
        if not is_known(one):
            raise DraftError(f"{what} {one[:60]}: {mend}")


def _aware(office: OurOffice, at: datetime | None) -> datetime | None:
    if at is None or at.tzinfo is not None:
        return at
    return at.replace(tzinfo=office.calendar.tz)
