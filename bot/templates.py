"""WhatsApp's templates: which of content/templates.yaml Meta has approved, and what fills them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlmodel import Field, SQLModel

from bot.broadcast_rows import shares
from bot.database import Database, Moment
from flows import templates as catalogue
from flows.templates import Template, by_use, shipped_templates

APPROVED = "approved"
WAITING = ("", "unsubmitted", "received", "pending")
"""Not yet decided; whatever else is no `approved` was refused."""
DAY = timedelta(hours=24)
REST = DAY
"""After error 63018: Meta's limit of people is one of 24 hours (channels.md 1.8)."""


class TemplateState(SQLModel, table=True):
    """What the provider says of one template; the words are content."""

    __tablename__ = "template_state"

    name: str = Field(primary_key=True)
    content_sid: str = ""
    status: str = ""
    """As WhatsApp names it: unsubmitted, received, pending, approved, rejected, paused, disabled; of
    ours are `missing` (Twilio has it no more) and `mismatched` (its variables are not ours)."""
    category: str = ""
    reason: str = ""
    fingerprint: str = ""
    """Of the words that were registered: others are another template."""
    checked_at: datetime = Field(sa_type=Moment)
    rests_until: datetime | None = Field(default=None, sa_type=Moment)
    """Meta's limit of people a day was met, whatever our own count says."""


states = TemplateState.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Usable:
    """A template that may be sent outside the window."""

    template: Template
    sid: str


def approved(connection: Connection, name: str) -> str:
    """The Content SID that may be sent outside the window; "" while there is none."""
    found = usable(connection, shipped_templates().get(name))
    return found.sid if found else ""


def for_broadcast(connection: Connection, kind: str, name: str = "") -> Usable | None:
    """The one that the order names, else that of its kind."""
    templates = shipped_templates()
    return usable(connection, templates.get(name) if name else by_use(templates, kind))


def for_use(connection: Connection, use: str) -> Usable | None:
    """`knock` or `review`."""
    return usable(connection, by_use(shipped_templates(), use))


def usable(connection: Connection, template: Template | None) -> Usable | None:
    """Approved with exactly today's words: with older ones its variables might be others."""
    if template is None:
        return None
    sid = connection.execute(
        select(states.c.content_sid).where(
            states.c.name == template.name,
            states.c.status == APPROVED,
            states.c.fingerprint == template.fingerprint,
        )
    ).scalar()
    return Usable(template, sid) if sid else None


@dataclass(frozen=True, slots=True)
class Filled:
    """One template's message."""

    sid: str
    variables: str
    """`ContentVariables` as Twilio wants them; "" where there is nothing to fill in."""
    text: str
    """As a phone shows it: by that it is found in Twilio's list."""


def filled(usable: Usable, slots: Mapping[str, str]) -> Filled | None:
    """None where the text is too long for a template."""
    values = catalogue.filled(usable.template, slots)
    if values is None:
        return None
    numbered = {str(number): value for number, value in enumerate(values, 1)}
    variables = json.dumps(numbered, ensure_ascii=False) if numbered else ""
    return Filled(usable.sid, variables, usable.template.rendered(values))


# ---- how many people a day


def room(connection: Connection, most: int, now: datetime) -> tuple[int, datetime]:
    """(how many more people may get a template now, when there is room again if it is none)."""
    rests = connection.execute(
        select(func.max(states.c.rests_until)).where(states.c.rests_until > now)
    ).scalar()
    if rests is not None:
        return 0, rests
    used, oldest = connection.execute(
        select(func.count(func.distinct(shares.c.contact_id)), func.min(shares.c.at)).where(
            shares.c.template, shares.c.at > now - DAY
        )
    ).one()
    again = oldest + DAY if oldest is not None else now + DAY
    return max(0, most - int(used)), max(again, now + timedelta(minutes=1))


def had_one(connection: Connection, contact_ids: list[int], now: datetime) -> set[int]:
    """Those who got a template in the last 24 hours."""
    rows = connection.execute(
        select(shares.c.contact_id).where(
            shares.c.template, shares.c.at > now - DAY, shares.c.contact_id.in_(contact_ids)
        )
    )
    return {row.contact_id for row in rows}


def rest(connection: Connection, now: datetime) -> None:
    """The provider says that the limit of people is met: no template for a day."""
    connection.execute(update(states).values(rests_until=now + REST))


# ---- what the provider says


def keep(
    connection: Connection, database: Database, state: Mapping[str, object], now: datetime
) -> None:
    """Write down what is known of a template, by its name."""
    values = {"checked_at": now, "rests_until": None, **state}
    insert = database.insert(states).values(**values)
    changed = {key: value for key, value in values.items() if key not in ("name", "rests_until")}
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=changed))


def is_waited_for(connection: Connection) -> bool:
    """Meta's answer is due soon: to a request, or at the end of a pause."""
    soon = states.c.status.in_((*WAITING, "paused"))
    return connection.execute(select(states.c.name).where(soon).limit(1)).first() is not None


def mark(connection: Connection, sid: str, status: str, reason: str, now: datetime) -> str:
    """A send has failed for what the template is; its name, or "" where it is none of today's or
    that is known already."""
    return str(
        connection.execute(
            update(states)
            .where(states.c.content_sid == sid, states.c.status == APPROVED)
            .values(status=status, reason=reason, checked_at=now)
            .returning(states.c.name)
        ).scalar()
        or ""
    )
