"""Village meetings at the console: what an officer sees of them and does to them, each act once, in
one transaction, through the core that chat and command line use (`bot/meeting_effects.py`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from bot import meeting_effects, meeting_report, meetings, outbox
from bot.broadcast_preview import look
from bot.meeting_rows import OPEN, PLANNED
from bot.not_allowed import NotAllowed
from bot.officer_at_work import OfficerAtWork
from flows.broadcast_plan import Plan, Preview
from flows.meeting_desk import MOST_PRESENT, STATES
from flows.meeting_plan import (
    MeetingChanged,
    MeetingEnded,
    MeetingPlan,
    MeetingPlanned,
    MeetingReport,
    OfficerMeetingEvent,
    QuestionsAnswered,
)
from flows.meeting_planning import line_of
from flows.meeting_session import answer_of, check_words
from flows.meeting_times import FARTHEST, USUAL
from flows.nodes import AskAgain
from flows.plain_text import typed

Act = Literal["change", "cancel", "held", "close", "answer"]
LAST_OVER = 20
"""Closed and called-off meetings that are listed, the newest first."""
LONGEST = timedelta(days=1)


class Draft(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new meeting. Times without an offset are the office's own."""

    place: str
    """The village's code."""
    title: str
    where: str
    starts_at: datetime
    ends_at: datetime | None = None
    """Two hours later if left out."""
    speakers: str = ""


class Given(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What goes with an act. Of `change`, whatever is left out stays as it is."""

    where: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    present: Annotated[int, msgspec.Meta(ge=0, le=MOST_PRESENT)] = 0
    question: int = 0
    """Number of the group that `answer` answers."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class MeetingShown:
    report: MeetingReport
    state: str
    invitation: int
    """Number of its broadcast; 0 where there was nobody to invite."""
    acts: tuple[Act, ...]
    """What may be done with it now."""


class OfficerMeetings(OfficerAtWork):
    def listed(self) -> list[MeetingShown]:
        """Those that the officer may see: the ones to come, then the last that are over."""
        every = meetings.of_office(self._connection, self._office_code, every=True)
        mine = [row for row in every if self._may(row)]
        over = [row for row in mine if row.status not in OPEN][-LAST_OVER:]
        return [self._shown(row) for row in (*(r for r in mine if r.status in OPEN), *over[::-1])]

    def find(self, number: int) -> MeetingShown:
        """Raises LookupError for one that is not there or not theirs."""
        return self._shown(self._row(number))

    def look(self, draft: Draft) -> Preview:
        """Of its invitation, which may reach nobody yet. Raises Declined."""
        plan = self._plan_of(draft)
        seen = meetings.preview(self._connection, self._service, self._officer_id, plan, self._now)
        for key, slots in seen.problems:
            if key != meetings.NOBODY:
                raise self._declined(key, dict(slots), otherwise="meetings.cannot_send")
        return seen

    def plan(self, draft: Draft, nonce: str) -> int:
        """Its number; the same nonce again is the same meeting. Raises Declined."""
        planned = MeetingPlanned(self._plan_of(draft), f"{self._officer_id}-{nonce}")
        return self._carry_out(planned, tell=self._first_time(f"meeting-{nonce}"))

    def _plan_of(self, draft: Draft) -> MeetingPlan:
        if not self.serves:
            raise self._declined("broadcasts.not_mine")
        place = self._service.gazetteer.place(draft.place)
        if place is None or place.level != "village":
            raise self._declined("meetings.no_village")
        starts = self._ours(draft.starts_at)
        ends = self._ours(draft.ends_at) if draft.ends_at else starts + USUAL
        plan = MeetingPlan(
            place.code, self._words(line_of, draft.title), self._words(line_of, draft.where),
            starts, ends, self._words(line_of, draft.speakers) if draft.speakers.strip() else "",
        )  # fmt: skip
        self._check_times(plan)
        return plan

    def act(self, number: int, act: Act, given: Given, nonce: str) -> None:
        """Raises Declined, or LookupError for a meeting that is not theirs."""
        row = self._row(number)
        if not self.serves:
            raise self._declined("broadcasts.not_mine")
        if not self._first_time(f"meeting-{act}-{number}-{nonce}"):
            return
        self._carry_out(self._event(row, act, given))

    def _event(self, row: Any, act: Act, given: Given) -> OfficerMeetingEvent:
        match act:
            case "change":
                return MeetingChanged(row.id, self._changed(row, given))
            case "answer":
                groups = self._shown(row).report.groups
                if all(group.number != given.question for group in groups):
                    raise self._declined("meetings.no_question")
                return QuestionsAnswered(given.question, self._words(answer_of, given.text))
            case _:
                return MeetingEnded(row.id, act, given.present)

    def _changed(self, row: Any, given: Given) -> MeetingPlan:
        """A new beginning alone keeps how long it takes."""
        if row.starts_at <= self._now:
            raise self._declined("meetings.too_late")
        old = meetings.as_plan(row)
        starts = self._ours(given.starts_at) if given.starts_at else old.starts_at
        ends = starts + (old.ends_at - old.starts_at)
        plan = replace(
            old,
            where=self._words(line_of, given.where) if given.where.strip() else old.where,
            starts_at=starts,
            ends_at=self._ours(given.ends_at) if given.ends_at else ends,
        )
        self._check_times(plan)
        return plan

    def _check_times(self, plan: MeetingPlan) -> None:
        if not timedelta(0) < plan.ends_at - plan.starts_at <= LONGEST:
            raise self._declined("meetings.bad_end")
        if plan.starts_at <= self._now:
            raise self._declined("meetings.past")
        if plan.starts_at - self._now > FARTHEST:
            raise self._declined("meetings.too_far")

    def _carry_out(self, event: OfficerMeetingEvent, *, tell: bool = True) -> int:
        """`tell`: whoever is to hear of it; not a second time."""
        effects = self._effects()
        try:
            number = meeting_effects.by_officer(effects, self._officer_id, event)
        except NotAllowed as refused:
            raise self._declined(str(refused), otherwise="meetings.cannot_send") from None
        if tell:
            outbox.queue(self._connection, effects.rows)
        return number

    # ----

    def _words(self, read: Callable[[str], str], text: str) -> str:
        """As the chat reads them, with the chat's refusals."""
        try:
            words = read(typed(text))
            plan = Plan(words, self.places()[:1])
            check_words(look(self._connection, self._service, self._officer_id, plan, self._now))
        except AskAgain as again:
            raise self._declined(again.text, again.slots) from None
        return words

    def _ours(self, at: datetime) -> datetime:
        return at if at.tzinfo else at.replace(tzinfo=self.office.calendar.tz)

    def _may(self, row: Any) -> bool:
        return meetings.may(self._connection, self._service, self._officer_id, row, self._now)

    def _row(self, number: int) -> Any:
        row = meetings.by_number(self._connection, number)
        if row is None or not self._may(row):
            raise LookupError(number)
        return row

    def _shown(self, row: Any) -> MeetingShown:
        place = self._service.gazetteer.place(row.place_code)
        village = place.name if place else row.place_code
        view = meetings.view_of(self._service, row, village, self._now)
        invited = meetings.invitation_of(self._connection, row.id)
        report = meeting_report.of(self._connection, self._service, row.id, view)
        return MeetingShown(
            report, STATES[row.status], invited.id if invited else 0,
            tuple(self._acts(row, report)),
        )  # fmt: skip

    def _acts(self, row: Any, report: MeetingReport) -> list[Act]:
        begun, acts = row.starts_at <= self._now, list[Act]()
        if row.status == PLANNED:
            acts += ["cancel"] if begun else ["change", "cancel"]
        if row.status in OPEN and begun:
            acts += ["held", "close"]
        return [*acts, "answer"] if report.open() else acts
