"""Campaigns and admins who forward, at the console: each act once, in one transaction, through the
core that the chat uses (`bot/campaign_effects.py`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from bot import broadcasts, campaign_effects, campaigns, outbox, relays, repeats
from bot.campaign_effects import OfficerCampaignEvent
from bot.not_allowed import NotAllowed
from bot.officer_at_work import OfficerAtWork
from bot.sealing import new_receipt
from flows.campaign_plan import (
    Act,
    CampaignMade,
    Kind,
    RelayInvited,
    RepeatDecided,
    RepeatMade,
    RepeatPlan,
    RepeatPreview,
)
from flows.campaigns import title_of
from flows.nodes import AskAgain
from flows.plain_text import typed
from flows.relays import label_of

DAYS_SHOWN = 14
"""Days on which somebody came, the newest; `kentongan campaign counts` has all."""
STATES = {"proposed": "menunggu persetujuan", "active": "berjalan", "paused": "dijeda",
          "stopped": "dihentikan"}  # fmt: skip
RELAY_STATES = {"forwards": "meneruskan", "waits": "kodenya belum dipakai"}
Hour = Annotated[int, msgspec.Meta(ge=6, le=19)]


class Link(msgspec.Struct, tag_field="kind", tag="poster", kw_only=True):
    """A join code with its links and its poster."""

    place: str
    title: str


class Lesson(msgspec.Struct, tag_field="kind", tag="lesson", kw_only=True):
    """A lesson a week."""

    place: str
    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    """0 = Monday."""
    hour: Hour = 9


class Hours(msgspec.Struct, tag_field="kind", tag="hours", kw_only=True):
    """The office's hours, once a month."""

    place: str
    day: Annotated[int, msgspec.Meta(ge=1, le=28)]
    hour: Hour = 9


Draft = Link | Lesson | Hours


@dataclass(frozen=True, slots=True)
class CampaignShown:
    number: int
    kind: str
    title: str
    place: str
    code: str
    links: tuple[str, ...]
    """To chat by."""
    poster: str
    """PDF with the QR code."""
    counts: dict[str, int]
    """How many arrived, joined, were there already; since the first day."""
    days: tuple[tuple[date, dict[str, int]], ...]
    """The same for each of the last days on which somebody came."""
    status: str
    """Of a repeating one; else ""."""
    state: str
    """The same in words; "selesai" for a code whose last day is over."""
    next_at: datetime | None
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class RelayShown:
    """The admin of a group, by village and the group's name alone."""

    number: int
    place: str
    label: str
    status: str
    state: str
    may_stop: bool


class OfficerCampaigns(OfficerAtWork):
    def listed(self) -> list[CampaignShown]:
        rows = campaigns.listed(self._connection, self._office_code)
        counted = campaigns.counted(self._connection, [row.id for row in rows])
        return [self._shown(row, counted[row.id]) for row in rows]

    def forwarding(self) -> list[RelayShown]:
        """Those who forward, and the codes that wait."""
        rows = relays.of_office(self._connection, self._office_code)
        theirs = self.places()
        return [
            RelayShown(
                row.id, self._name(row.place_code), row.label, status, RELAY_STATES[status],
                campaigns.lies_within(row.place_code, theirs),
            )
            for row in rows
            if (status := relays.state_of(row)) in RELAY_STATES
        ]  # fmt: skip

    def look(self, draft: Lesson | Hours) -> RepeatPreview:
        """What its first message is, and whom it would reach now. Raises Declined."""
        self._must_serve()
        seen = repeats.preview(
            self._connection, self._service, self._officer_id, _plan_of(draft), self._now
        )
        for key, slots in seen.preview.problems:
            if key != repeats.NOBODY_YET:
                raise self._declined(key, dict(slots), otherwise="campaigns.cannot")
        return seen

    def add(self, draft: Draft, nonce: str) -> None:
        """Raises Declined."""
        self._must_serve()
        if not self._first_time(f"campaign-{nonce}"):
            return
        code = campaigns.new_code(self._connection)
        match draft:
            case Link():
                title = self._words(title_of, draft.title)
                self._carry_out(CampaignMade(code, "poster", draft.place, title))
            case Lesson() | Hours():
                self._carry_out(RepeatMade(_plan_of(draft), code, f"{self._officer_id}-{nonce}"))

    def act(self, number: int, act: Act, nonce: str) -> None:
        """Raises Declined, or LookupError for a number that the office does not have."""
        if campaigns.get(self._connection, number, self._office_code) is None:
            raise LookupError(number)
        self._must_serve()
        if self._first_time(f"campaign-{act}-{number}-{nonce}"):
            self._carry_out(RepeatDecided(number, act))

    def invite(self, place: str, label: str, nonce: str) -> str:
        """The code for one admin. It is told once: the same nonce again raises Declined."""
        self._must_serve()
        if not self._first_time(f"relay-{nonce}"):
            raise self._declined("relays.code_told")
        code = new_receipt()[:9]
        self._carry_out(RelayInvited(code, place, self._words(label_of, label)))
        return code

    def stop(self, number: int) -> None:
        """Raises Declined, or LookupError for one of another village."""
        if not any(one.number == number and one.may_stop for one in self.forwarding()):
            raise LookupError(number)
        self._must_serve()
        relays.end(self._connection, number, self._office_code, self._officer_id, self._now)

    # ----

    def _carry_out(self, event: OfficerCampaignEvent) -> None:
        effects = self._effects()
        try:
            campaign_effects.by_officer(effects, self._officer_id, event)
        except NotAllowed as refused:
            raise self._declined(str(refused), otherwise="campaigns.cannot") from None
        outbox.queue(self._connection, effects.rows)

    def _must_serve(self) -> None:
        if not self.serves:
            raise self._declined("campaigns.not_mine")

    def _words(self, read: Callable[[str], str], text: str) -> str:
        try:
            return read(typed(text))
        except AskAgain as again:
            raise self._declined(again.text, again.slots) from None

    def _name(self, code: str) -> str:
        place = self._service.gazetteer.place(code)
        return place.name if place else code

    def _shown(self, row: Any, counts: dict[str, int]) -> CampaignShown:
        repeat = repeats.get(self._connection, row.id)
        codes = repeat.place_codes.split() if repeat else [row.place_code]
        status, next_at = (repeat.status, repeat.next_at) if repeat else ("", None)
        *links, poster = campaigns.all_links(self._service, row.code)
        over = campaigns.is_over(row, self._today)
        return CampaignShown(
            number=row.id,
            kind=row.kind,
            title=row.title,
            place=", ".join(self._name(code) for code in codes if code),
            code=row.code,
            links=tuple(links),
            poster=poster,
            counts=counts,
            days=self._days(row.id),
            status=status,
            state=STATES[status] if status else "selesai" if over else "",
            next_at=self.office.calendar.local(next_at) if next_at else None,
            acts=self._acts(repeat) if repeat else (),
        )

    def _days(self, number: int) -> tuple[tuple[date, dict[str, int]], ...]:
        found: dict[date, dict[str, int]] = {}
        for day, what, count in campaigns.by_day(self._connection, number):
            found.setdefault(day, {})[what] = count
        return tuple(sorted(found.items(), reverse=True)[:DAYS_SHOWN])

    def _acts(self, repeat: Any) -> tuple[Act, ...]:
        match repeat.status:
            case "proposed":
                second = broadcasts.may_approve(
                    self._connection, self._service, repeat, self._officer_id, self._now
                )
                return ("approve", "stop") if second else ("stop",)
            case "active":
                return ("pause", "stop")
            case "paused":
                return ("resume", "stop")
        return ()


def _plan_of(draft: Lesson | Hours) -> RepeatPlan:
    kind: Kind = "lesson" if isinstance(draft, Lesson) else "hours"
    return RepeatPlan(kind, (draft.place,), draft.day, draft.hour)
