"""What a chat may ask about campaigns and about what it is to forward (`flows/campaign_plan.py`)."""

from typing import Any

from bot import broadcasts, campaigns, press_kit, relay_kits, relays, repeats
from bot.campaign_rows import PROPOSED
from bot.group_world import GroupWorld
from flows.broadcast_plan import Preview
from flows.campaign_plan import (
    CampaignView,
    RelayTaskView,
    RelayView,
    RepeatPlan,
    RepeatPreview,
)


class CampaignWorld(GroupWorld):
    def campaign(self, code: str) -> CampaignView | None:
        row = campaigns.by_code(self._connection, code)
        return self._campaign_view(row) if row else None

    def campaign_by_number(self, number: int) -> CampaignView | None:
        office = self._known.office_code if self._known else None
        row = campaigns.get(self._connection, number, office) if office else None
        return self._campaign_view(row) if row else None

    def campaigns(self) -> tuple[CampaignView, ...]:
        office = self._known.office_code if self._known else None
        if office is None:
            return ()
        views = map(self._campaign_view, campaigns.listed(self._connection, office))
        going = [view for view in views if view.status != "stopped" and not view.ended]
        return tuple(sorted(going, key=lambda view: (not view.status, -view.id)))

    def new_campaign_code(self) -> str:
        return campaigns.new_code(self._connection)

    def campaign_links(self, code: str) -> tuple[str, ...]:
        return campaigns.all_links(self._service, code)

    def repeat_preview(self, plan: RepeatPlan) -> RepeatPreview:
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            stranger = Preview(problems=(("officer_desk.stranger", ()),))
            return RepeatPreview("", self._at, stranger)
        return repeats.preview(self._connection, self._service, officer_id, plan, self._at)

    def news_a_week(self) -> int:
        return self._service.settings.broadcasts_a_week

    def relay_invitation(self, code: str) -> RelayView | None:
        row = relays.invited(self._connection, self._service.ring, code, self._at)
        if row is None:
            return None
        place = self.place(row.place_code)
        office = self._service.office_of(row.office_code).name
        return RelayView(place.name if place else "", office, row.label)

    def relay_tasks(self) -> tuple[RelayTaskView, ...]:
        known = self._known
        return relay_kits.waiting_for(self._connection, known.id) if known else ()

    def forwarded(self, number: int) -> tuple[int, int, int]:
        return relays.report(self._connection, number)

    def kit_problem(self, what: str) -> str:
        office = self._known.office_code if self._known else None
        if office is None:
            return "campaigns.kit_unknown"
        return press_kit.problem(self._connection, self._service, what, office, self._at)

    def _campaign_view(self, row: Any) -> CampaignView:
        officer_id = self._known.officer_id if self._known else None
        place = self.place(row.place_code)
        repeat = repeats.get(self._connection, row.id)
        counted = campaigns.counted(self._connection, [row.id])[row.id]
        waits = repeat is not None and repeat.status == PROPOSED and officer_id is not None
        return CampaignView(
            id=row.id,
            code=row.code,
            kind=row.kind,
            title=row.title,
            place_code=row.place_code,
            place_name=place.name if place else "",
            ended=campaigns.is_over(row, self._today),
            links=self.campaign_links(row.code),
            counts=tuple(counted.items()),
            status=repeat.status if repeat else "",
            next_at=self._office.calendar.local(repeat.next_at)
            if repeat and repeat.next_at
            else None,
            mine=row.officer_id is not None and row.officer_id == officer_id,
            may_approve=waits
            and officer_id is not None
            and broadcasts.may_approve(
                self._connection, self._service, repeat, officer_id, self._at
            ),
        )
