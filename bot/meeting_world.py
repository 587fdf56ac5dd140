"""What may be asked about village meetings (`flows/meeting_plan.py`)."""

from dataclasses import replace
from typing import Any

from bot import meeting_questions, meeting_report, meetings
from bot.campaign_world import CampaignWorld
from flows.broadcast_plan import Preview
from flows.meeting_plan import (
    MeetingPlan,
    MeetingReport,
    MeetingView,
    QuestionGroup,
    VillageMeeting,
)


class MeetingWorld(CampaignWorld):
    # ---- a villager, a group

    def meetings(self) -> tuple[MeetingView, ...]:
        known = self._known
        if known is None or not known.consented or not known.place_code:
            return ()
        rows = meetings.of_village(self._connection, known.place_code, self._at)
        return tuple(
            replace(
                self._meeting_view(row),
                coming=meetings.coming_of(self._connection, row.id, known.id),
                asked=meeting_questions.asked_count(self._connection, row.id, known.id),
            )
            for row in rows
        )

    def village_meetings(self) -> tuple[VillageMeeting, ...]:
        code = self._village_that_asks()
        rows = meetings.of_village(self._connection, code, self._at) if code else []
        views = [self._meeting_view(row) for row in rows if row.ends_at > self._at]
        return tuple(
            VillageMeeting(one.plan.title, one.plan.where, one.plan.starts_at) for one in views
        )

    def _village_that_asks(self) -> str:
        if (group := self.group()) is not None:
            return group.place_code
        return self._known.place_code if self._known and self._known.consented else ""

    def ready_answer(self, number: int, text: str) -> str:
        return meeting_questions.ready_answer(self._connection, self._service.ring, number, text)

    # ---- an officer

    def office_meetings(self) -> tuple[MeetingView, ...]:
        office = self._known.office_code if self._known else None
        if office is None:
            return ()
        rows = meetings.of_office(self._connection, office)
        return tuple(self._meeting_view(row) for row in rows if self._may(row))

    def office_meeting(self, number: int) -> MeetingView | None:
        row = meetings.by_number(self._connection, number)
        return self._meeting_view(row) if row is not None and self._may(row) else None

    def meeting_preview(self, plan: MeetingPlan) -> Preview:
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            return Preview(problems=(("officer_desk.stranger", ()),))
        return meetings.preview(self._connection, self._service, officer_id, plan, self._at)

    def meeting_report(self, number: int) -> MeetingReport | None:
        view = self.office_meeting(number)
        if view is None:
            return None
        return meeting_report.of(self._connection, self._service, number, view)

    def meeting_summary(self, number: int) -> str:
        report = self.meeting_report(number)
        return meeting_report.summary(self._service, report) if report else ""

    def meeting_question(self, question: int) -> tuple[int, QuestionGroup] | None:
        found = meeting_questions.group_of(self._connection, self._service.ring, question)
        return found if found and self.office_meeting(found[0]) else None

    def _may(self, row: Any) -> bool:
        officer_id = self._known.officer_id if self._known else None
        return officer_id is not None and meetings.may(
            self._connection, self._service, officer_id, row, self._at
        )

    def _meeting_view(self, row: Any) -> MeetingView:
        place = self.place(row.place_code)
        return meetings.view_of(self._service, row, place.name if place else "", self._at)
