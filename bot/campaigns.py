"""Join codes: made by an officer, printed, forwarded or read out, and counted by day alone."""

import re
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot import audit, officers
from bot.broadcast_preview import reachable
from bot.campaign_rows import campaigns, counts
from bot.database import Database
from bot.not_allowed import NotAllowed
from bot.service import Service
from bot.territory import zone_of
from flows.campaign_plan import ALPHABET, CODE_LETTERS, Came, Kind

LONGEST_TITLE = 80
LISTED = 20


def new_code(connection: Connection) -> str:
    """Seven letters that no campaign has yet, by chance: they tell nothing."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
        if by_code(connection, code) is None:
            return code


def order(
    connection: Connection,
    service: Service,
    officer_id: int,
    *,
    code: str,
    kind: Kind,
    place_code: str,
    title: str,
    now: datetime,
) -> int:
    """By an officer, for a place that they may reach. Raises NotAllowed with a text key."""
    office_code = officers.office_of(connection, officer_id)
    today = service.office_of(office_code).calendar.local(now).date()
    if not lies_within(place_code, reachable(connection, service, officer_id, today)):
        raise NotAllowed("campaigns.not_mine")
    return make(connection, code=code, kind=kind, place_code=place_code, title=title,
                office_code=office_code, officer_id=officer_id, now=now)  # fmt: skip


def make(
    connection: Connection,
    *,
    code: str,
    kind: Kind,
    place_code: str,
    title: str,
    office_code: str,
    officer_id: int | None,
    now: datetime,
    ends_on: date | None = None,
    broadcast_id: int | None = None,
) -> int:
    """Its number. The code must be a fresh one of `new_code`."""
    number = int(
        connection.execute(
            campaigns.insert()
            .values(code=code, office_code=office_code, place_code=place_code, kind=kind,
                    title=title[:LONGEST_TITLE], officer_id=officer_id, made_at=now,
                    ends_on=ends_on, broadcast_id=broadcast_id)
            .returning(campaigns.c.id)
        ).scalar_one()
    )  # fmt: skip
    actor = f"officer:{officer_id}" if officer_id else "operator"
    audit.record(connection, now, actor=actor, action="campaign_made", subject=f"campaign:{number}")
    return number


def by_code(connection: Connection, code: str) -> Any | None:
    return connection.execute(select(campaigns).where(campaigns.c.code == code.upper())).first()


def get(connection: Connection, number: int, office_code: str) -> Any | None:
    """The row, of that office only."""
    return connection.execute(
        select(campaigns).where(campaigns.c.id == number, campaigns.c.office_code == office_code)
    ).first()


def listed(connection: Connection, office_code: str) -> list[Any]:
    """The office's own, newest first, without the links of single broadcasts."""
    mine = campaigns.c.office_code == office_code, campaigns.c.broadcast_id.is_(None)
    query = select(campaigns).where(*mine).order_by(campaigns.c.id.desc()).limit(LISTED)
    return list(connection.execute(query).all())


def is_over(row: Any, today: date) -> bool:
    return row.ends_on is not None and today > row.ends_on


def lies_within(code: str, places: Collection[str]) -> bool:
    return any(code == place or code.startswith(f"{place}.") for place in places)


# ---- counting


def count(connection: Connection, database: Database, row: Any, came: Came, now: datetime) -> None:
    """One more on that day, whoever it was."""
    day = _day(row, now)
    insert = database.insert(counts).values(campaign_id=row.id, day=day, what=came, count=1)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["campaign_id", "day", "what"], set_={"count": counts.c.count + 1}
        )
    )


def counted(connection: Connection, numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """By campaign: how many arrived, joined, and were there already."""
    rows = connection.execute(
        select(counts.c.campaign_id, counts.c.what, func.sum(counts.c.count))
        .where(counts.c.campaign_id.in_(list(numbers)))
        .group_by(counts.c.campaign_id, counts.c.what)
    )
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for number, what, total in rows:
        found[number][what] = int(total)
    return found


def by_day(connection: Connection, number: int) -> list[tuple[date, str, int]]:
    rows = connection.execute(
        select(counts.c.day, counts.c.what, counts.c.count)
        .where(counts.c.campaign_id == number)
        .order_by(counts.c.day, counts.c.what)
    )
    return [(day, what, int(number)) for day, what, number in rows]


def _day(row: Any, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone_of(row.place_code))).date()


# ---- links


def links(service: Service, code: str) -> tuple[str, str]:
    """(WhatsApp's, Telegram's), "" where the bot is not there. Nothing but the code is in them."""
    digits = re.sub(r"\D", "", service.settings.twilio_whatsapp_from)
    username = service.telegram_username
    return (
        f"https://wa.me/{digits}?text={quote(f'DAFTAR {code}')}" if digits else "",
        f"https://t.me/{username}?start=d_{code}" if username else "",
    )


def any_link(service: Service, code: str) -> str:
    """The one link of a text; without channels (a demo) the simulator's door."""
    whatsapp, telegram = links(service, code)
    door = f"{service.settings.public_base_url}/simulator/" if service.settings.simulator else ""
    return whatsapp or telegram or door


def all_links(service: Service, code: str) -> tuple[str, ...]:
    """To chat by, where the bot is, and the poster."""
    poster = f"{service.settings.public_base_url}/poster/{code}.pdf"
    return (*filter(None, links(service, code)), poster)
