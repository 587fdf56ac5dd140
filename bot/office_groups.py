"""The groups of an office's villages, as console and command line show and undo them. A group's
address is nowhere in here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot import contacts, group_effects, officers, outbox
from bot.audience import lies_in
from bot.broadcast_preview import reachable
from bot.effects import Effects
from bot.groups import groups
from bot.not_allowed import NotAllowed
from bot.service import Service
from bot.world import World
from flows.group_plan import GroupInvited, GroupKind
from flows.village_group import KINDS

TROUBLE = {"left": "bot sudah dikeluarkan", "muted": "bot tidak boleh menulis"}
CHANNELS = {"telegram": "Telegram", "simulator": "Simulator"}


@dataclass(frozen=True, slots=True)
class GroupShown:
    number: int
    kind: str
    kind_words: str
    channel: str
    place: str
    place_code: str
    since: datetime
    """When the bot came in, on the office's clock."""
    trouble: str
    """Why nothing can be sent there, in words; "" while all is well."""
    may_unbind: bool
    """By the officer who asks: it belongs to a place of theirs."""


def listed(
    connection: Connection,
    service: Service,
    office_code: str,
    officer_id: int | None,
    now: datetime,
) -> list[GroupShown]:
    """Bound groups of the office's area, by village."""
    office = service.office_of(office_code)
    local, place = office.calendar.local, service.gazetteer.place
    theirs = _theirs(connection, service, officer_id, now)
    rows = connection.execute(
        select(groups)
        .where(lies_in(groups.c.place_code, office.regencies))
        .order_by(groups.c.place_code, groups.c.id)
    )
    return [
        GroupShown(
            number=row.id,
            kind=row.kind,
            kind_words=KINDS[row.kind],
            channel=CHANNELS.get(row.channel, row.channel),
            place=found.name if (found := place(row.place_code)) else row.place_code,
            place_code=row.place_code,
            since=local(row.joined_at),
            trouble="" if row.active else TROUBLE.get(row.trouble, TROUBLE["left"]),
            may_unbind=any(f"{row.place_code}.".startswith(f"{code}.") for code in theirs),
        )
        for row in rows
    ]


def unbind(
    connection: Connection, service: Service, officer_id: int, number: int, now: datetime
) -> None:
    """Raises LookupError for a group that is not of the officer's places."""
    office_code = officers.office_of(connection, officer_id)
    found = listed(connection, service, office_code, officer_id, now)
    if not any(one.number == number and one.may_unbind for one in found):
        raise LookupError(number)
    effects = Effects(connection, service, World(connection, service, None, now), now)
    group_effects.unbind(effects, number, f"officer:{officer_id}")
    outbox.queue(connection, effects.rows)


def invite(
    connection: Connection,
    service: Service,
    officer_id: int,
    place_code: str,
    kind: GroupKind,
    now: datetime,
) -> str:
    """A one-time code for a group of one of the officer's villages. Raises NotAllowed."""
    contact_id = officers.contact_of(connection, officer_id)
    if contact_id is None:
        raise NotAllowed("not enrolled: nobody would hear that the code was used")
    (known,) = contacts.load_by_id(connection, service.database, service.ring, [contact_id])
    world = World(connection, service, known, now)
    code = world.new_receipt()[:9]
    effects = Effects(connection, service, world, now, known=known)
    effects.apply(GroupInvited(code, place_code, kind))
    outbox.queue(connection, effects.rows)
    return code


def _theirs(
    connection: Connection, service: Service, officer_id: int | None, now: datetime
) -> tuple[str, ...]:
    if officer_id is None:
        return ()
    office = service.office_of(officers.office_of(connection, officer_id))
    return reachable(connection, service, officer_id, office.calendar.local(now).date())
