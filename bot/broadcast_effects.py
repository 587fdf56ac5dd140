"""What an officer's words do to a broadcast, and who is told of it."""

from typing import TYPE_CHECKING

from bot import broadcasts, officers
from bot.broadcast_preview import look
from bot.broadcast_rows import PROPOSED
from bot.broadcast_words import message, unpacked
from bot.not_allowed import NotAllowed
from flows.broadcast_plan import BroadcastDecided, BroadcastEvent, BroadcastOrdered

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", officer_id: int, event: BroadcastEvent) -> None:
    """Raises NotAllowed with the text key of what is in the way."""
    connection, service, now = effects.connection, effects.service, effects.now
    office = service.office_of(officers.office_of(connection, officer_id))
    if not officers.serves(connection, officer_id, office.calendar.local(now).date()):
        raise NotAllowed("broadcasts.not_mine")
    if isinstance(event, BroadcastOrdered):
        if broadcasts.by_nonce(connection, event.nonce) is not None:
            return  # a second tap: whoever approves has been told
        number = broadcasts.order(connection, service, officer_id, event.plan, event.nonce, now)
        tell_approvers(effects, number)
        return
    decide(effects, officer_id, event)


def decide(effects: "Effects", officer_id: int, event: BroadcastDecided) -> None:
    connection, service, now = effects.connection, effects.service, effects.now
    number = event.number
    asked = _asked(effects, number) if event.act == "cancel" else []
    match event.act:
        case "approve":
            broadcasts.approve(connection, service, officer_id, number, now)
        case "reject":
            broadcasts.reject(connection, service, officer_id, number, event.words, now)
        case "pause":
            broadcasts.pause(connection, officer_id, number, now)
        case "resume":
            broadcasts.resume(connection, officer_id, number, now)
        case "cancel":
            broadcasts.cancel(connection, officer_id, number, now)
        case "withdraw":
            broadcasts.withdraw(connection, service, officer_id, number, event.words, now)
    if event.act in ("approve", "reject"):
        _tell_author(effects, officer_id, event)
    for contact_id in asked:
        effects.tell(contact_id, "broadcasts.was_cancelled", {"number": str(number)})


def _asked(effects: "Effects", number: int) -> list[int]:
    """The phones of those who were asked to approve one that still waits for it."""
    row = broadcasts.by_number(effects.connection, number)
    if row.status != PROPOSED:
        return []
    ids = broadcasts.approvers(effects.connection, effects.service, number, effects.now)
    phones = (officers.contact_of(effects.connection, officer_id) for officer_id in ids)
    return [phone for phone in phones if phone is not None]


def tell_approvers(effects: "Effects", number: int) -> None:
    """Those who can say yes hear that somebody waits for it."""
    row = broadcasts.by_number(effects.connection, number)
    if row.status != PROPOSED:
        return
    office = effects.service.office_of(row.office_code)
    plan = unpacked(row.plan)
    seen = look(effects.connection, effects.service, row.officer_id, plan, effects.now)
    slots = {
        "number": str(number),
        "text": message(effects.service, office, plan, number, group=True).text,
        "groups": str(seen.groups),
        "people": str(sum(count for _, count in seen.people)),
    }
    author = officers.names(effects.connection, [row.officer_id])[row.officer_id]
    for officer_id in broadcasts.approvers(
        effects.connection, effects.service, number, effects.now
    ):
        contact_id = officers.contact_of(effects.connection, officer_id)
        if contact_id is not None:
            effects.tell(
                contact_id,
                "broadcasts.please_approve",
                slots | {"author": author},
            )


def _tell_author(effects: "Effects", officer_id: int, event: BroadcastDecided) -> None:
    row = broadcasts.by_number(effects.connection, event.number)
    contact_id = officers.contact_of(effects.connection, row.officer_id)
    if contact_id is not None and row.officer_id != officer_id:
        name = officers.names(effects.connection, [officer_id])[officer_id]
        effects.tell(
            contact_id,
            "broadcasts.was_approved" if event.act == "approve" else "broadcasts.was_rejected",
            {"number": str(event.number), "name": name}
            | ({"why": event.words or "tanpa keterangan"} if event.act == "reject" else {}),
        )
