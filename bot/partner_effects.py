"""What the events of partners do: enrol, be asked, try a code, read, answer; and the mark on a
report that a partner sends."""

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot import audit, conflicts, partner_requests, partners, tips
from bot.contacts import Known
from flows.events import TipOpened
from flows.officer_events import (
    PartnerAnswered,
    PartnerAsked,
    PartnerCodeMissed,
    PartnerEnrolled,
    PartnerEvent,
    PartnerRequestRead,
)
from flows.partners import KINDS

if TYPE_CHECKING:
    from bot.effects import Effects
    from bot.tip_moves import TipMoves


def carry_out(effects: "Effects", known: Known, event: PartnerEvent) -> bool:
    """False when it can't be done any more: a code used up, a question that has ended."""
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    if isinstance(event, PartnerEnrolled):
        return _enrol(effects, known, event.code)
    partner = effects.world.writer
    if partner is None:
        return False
    match event:
        case PartnerCodeMissed(request_id=number):
            partner_requests.missed(connection, partner.id, number, now)
        case PartnerRequestRead(request_id=number):
            partner_requests.opened(connection, partner.id, number, now)
        case PartnerAnswered(request_id=number, text=text, danger=danger):
            tip = partner_requests.answer(connection, ring, partner, number, text, now)
            if tip is None:
                return False
            _pass_on(effects, tip, text, danger=danger)
    return True


def _pass_on(effects: "Effects", tip: tips.TipRow, text: str, *, danger: bool) -> None:
    """Tell the owner that an answer is there; an owner whom it names never gets it."""
    connection, service, now = effects.connection, effects.service, effects.now
    named = conflicts.named_in(
        connection, [tip.office_code], tip.place_code, text, service.today(now), officials=False
    )
    conflicts.remember(connection, service.database, service.ring, tip.number, named)
    if tip.officer_id in named:
        effects.give_to_next(tip, "conflict")
        return
    effects.hear_partner(tip, danger=danger)


def ask(effects: "Effects", tip: tips.TipRow, officer_id: int, event: PartnerAsked) -> bool:
    """Seal the question into the tip and tell the partner that something waits, not what."""
    partner = partners.by_id(effects.connection, event.partner_id)
    near = {view.id for view in effects.world.partners_for(tip.number)}
    if partner is None or partner.contact_id is None or partner.id not in near:
        return False
    partner_requests.ask(
        effects.connection, effects.service.ring, tip, partner,
        office_code=tip.office_code, officer_id=officer_id, words=event.text,
        code=event.code, now=effects.now,
    )  # fmt: skip
    effects.tell(partner.contact_id, "notice.partner_request", {})
    return True


def leave(connection: Connection, contact_id: int, now: datetime) -> None:
    """STOP and erasure end it: a new code is needed to be a partner again."""
    partner = partners.of_contact(connection, contact_id)
    if partner is not None:
        partner_requests.end_of_partner(connection, partner.id, now)
        partners.leave(connection, contact_id)


def marked(effects: "TipMoves", event: TipOpened) -> TipOpened:
    """A partner's report says of which kind its sender is, inside the seal.

    Not when the sender asked not to be known: a village has one Babinsa. Whom the report accuses
    is looked at before, since the mark itself names an official.
    """
    partner = effects.world.writer
    if partner is None or event.topic != "report" or not event.keep_return_address:
        return event
    report = event.report | {"partner": KINDS[partner.kind]}
    return dataclasses.replace(event, report=report)


def _enrol(effects: "Effects", known: Known, code: str) -> bool:
    connection, now = effects.connection, effects.now
    found = partners.invited(connection, effects.service.ring, code, now)
    if found is None or known.officer_id is not None:
        return False
    leave(connection, known.id, now)  # whoever was a partner in this chat before
    partners.enrol(connection, found.id, known.id)
    audit.record(connection, now, actor=f"partner:{found.id}", action="enrolled",
                 subject=f"partner:{found.id}")  # fmt: skip
    return True
