"""What the words of officers and villagers do to a meeting, and who is told of it."""

from typing import TYPE_CHECKING

from bot import broadcast_effects, meeting_clock, meeting_questions, meetings
from bot.contacts import Known
from bot.meeting_words import details
from bot.not_allowed import NotAllowed, must
from flows.meeting_plan import (
    MeetingAnswered,
    MeetingAsked,
    MeetingChanged,
    MeetingEnded,
    MeetingEvent,
    MeetingPlanned,
    OfficerMeetingEvent,
    QuestionsAnswered,
    QuestionsGrouped,
)

if TYPE_CHECKING:
    from bot.effects import Effects


def carry_out(effects: "Effects", known: Known, event: MeetingEvent) -> None:
    """Raises NotAllowed with the text key of what is in the way."""
    connection, service, now = effects.connection, effects.service, effects.now
    match event:
        case MeetingAnswered(number=number, coming=coming):
            must(
                known.consented
                and meetings.answer(
                    connection, service.database, known.id, known.place_code, number, coming, now
                )
            )
        case MeetingAsked(number=number, text=text):
            row = meetings.by_number(connection, number)
            must(
                row is not None
                and known.consented
                and row.place_code == known.place_code
                and meetings.takes_questions(row, now)
            )
            meeting_questions.ask(connection, service.ring, number, known.id, text, now)
        case _:
            if known.officer_id is None:
                raise NotAllowed("only officers may do this")
            by_officer(effects, known.officer_id, event)


def by_officer(effects: "Effects", officer_id: int, event: OfficerMeetingEvent) -> int:
    """The meeting's number, where it is a new one; else 0."""
    connection, service, now = effects.connection, effects.service, effects.now
    match event:
        case MeetingPlanned(plan=plan, nonce=nonce):
            number, invitation = meetings.plan(connection, service, officer_id, plan, nonce, now)
            if invitation:
                broadcast_effects.tell_approvers(effects, invitation)
            return number
        case MeetingChanged(number=number, plan=plan):
            left = meetings.change(connection, service, officer_id, number, plan, now)
            _tell(effects, number, left, "meetings.told_changed")
            if (waits := meetings.proposed(connection, number)) is not None:
                broadcast_effects.tell_approvers(effects, waits)
        case MeetingEnded(number=number, act="cancel"):
            left = meetings.cancel(connection, service, officer_id, number, now)
            _tell(effects, number, left, "meetings.told_cancelled")
        case MeetingEnded(number=number, act="held", present=present):
            meetings.hold(connection, service, officer_id, number, present, now)
        case MeetingEnded(number=number):
            meetings.close(connection, service, officer_id, number, now)
            meetings.reported(connection, number, now)  # the report follows in the chat
        case QuestionsAnswered(question=question, text=text):
            effects.rows += meeting_questions.answer(
                connection, service, officer_id, question, text, now
            )
        case QuestionsGrouped(question=question, same_as=0):
            meeting_questions.split(connection, service, officer_id, question, now)
        case QuestionsGrouped(question=question, same_as=other):
            effects.rows += meeting_questions.merge(
                connection, service, officer_id, question, other, now
            )
    return 0


def _tell(effects: "Effects", number: int, contact_ids: list[int], key: str) -> None:
    """Those who come although no invitation reached them."""
    if not contact_ids:
        return
    connection, service = effects.connection, effects.service
    row = meetings.by_number(connection, number)
    if row is None:
        raise NotAllowed("meetings.unknown")
    office = service.office_of(row.office_code)
    message = service.message(key, {"text": details(service, office, meetings.as_plan(row))})
    effects.rows += meeting_clock.to_contacts(
        connection, service, contact_ids, message, effects.now
    )
