"""The answers to a flow's questions (`flows/ports.py`), read inside one turn's transaction."""

import secrets
from functools import cached_property

from bot import (
    audit,
    broadcasts,
    conflicts,
    draft_media,
    groups,
    officers,
    outbox,
    partners,
    pictures,
    receipts,
    returns,
    tip_lists,
    tip_seal,
    tips,
    watches,
)
from bot.learner_world import LearnerWorld
from bot.recruiters import Register
from bot.routing import Chart, Question, Route, leaders, load_chart, route
from bot.sealing import new_receipt
from flows.catalog import HotlineEntry
from flows.company_names import company_words, fold
from flows.ports import (
    Attachments,
    Audience,
    BroadcastView,
    CaseChange,
    Desk,
    Hotline,
    OfficerCard,
    PartnerView,
    Place,
    PlaceAnswer,
    RecruiterAnswer,
    TipView,
    Urgency,
)


class World(LearnerWorld):
    """One turn's view of the world. Nothing here writes."""

    # ---- the office, places, the register

    def office_name(self) -> str:
        return self._office.name

    def public_url(self) -> str:
        return self._service.settings.public_base_url

    def private_link(self, start: str) -> str:
        """A link from a group into the private chat."""
        username = self._service.telegram_username
        if username:
            return f"https://t.me/{username}?start={start}"
        return f"{self.public_url()}/simulator/" if self._service.settings.simulator else ""

    def find_place(self, text: str) -> PlaceAnswer:
        return self._service.gazetteer.find(text, within=self._office.regencies)

    def find_recruiter(self, text: str) -> RecruiterAnswer:
        return self._register.find(text, self._today)

    @cached_property
    def _register(self) -> Register:
        """The same for the whole turn, even when an import is committed meanwhile."""
        return self._service.register_now(self._connection)

    def wish(self, key: str, name: str) -> watches.Wish:
        """To hear of a company, with what the register says of it today."""
        key = key or fold(company_words(name))
        return watches.Wish(key, name, self._register.standing(key, self._today))

    def watches(self) -> tuple[str, ...]:
        """The companies whose status this contact waits to hear of, as they were shown."""
        if self._known is None:
            return ()
        return watches.names(self._connection, self._service.ring, self._known.id)

    def hotlines(self, purpose: str) -> tuple[Hotline, ...]:
        """Numbers inside their review date; when none is, the three fallbacks, marked."""
        entries = [e for e in self._service.catalog.hotlines if purpose in e.purpose]
        fresh = [e for e in entries if self._today <= e.review_by]
        # The few that everybody needs stay, marked, when their review is late (law.md 9).
        shown = [e for e in entries if e in fresh or e.fallback] if fresh else []
        shown = shown or [e for e in self._service.catalog.hotlines if e.fallback]
        return tuple(self._hotline(entry) for entry in shown)

    def _hotline(self, entry: HotlineEntry) -> Hotline:
        return Hotline(
            entry.id, entry.name, entry.number, entry.hours, self._today <= entry.review_by
        )

    # ---- who answers

    def desk(self, place_code: str, urgency: Urgency, *, told: str = "") -> Desk:
        """`told` are the words of a report: whom they name does not count as its owner."""
        skip = self.named_in(place_code, told)
        route = self.route(place_code, skip=skip)
        office, owner = self._service.office_of(route.office_code), route.owner
        there = owner.officer_id is not None or bool(self.desk_readers(owner.office_code, skip))
        return Desk(
            served=route.promised,
            office_name=office.name,
            owner=f"{owner.shown} {office.name}",
            reachable=there,
            hours=office.hours,
            on_duty=there and office.calendar.is_open(self._at),
            due_at=office.calendar.local(office.due(self._at, urgency)) if route.promised else None,
            other_office="" if route.promised else _other_office(route),
            ask_district=route.ask_district,
        )

    def route(
        self,
        place_code: str,
        *,
        home: str = "",
        topic: str = "report",
        skip: frozenset[int] = frozenset(),
        everybody: bool = False,
    ) -> Route:
        """Who is responsible for that place now (`bot/routing.py`)."""
        question = Question(place_code, self._at, home, topic, skip, everybody)
        return route(self._chart(place_code, home), question)

    def desk_readers(self, office_code: str, skip: frozenset[int]) -> list[int]:
        """The officers who see what waits on the desks of an office."""
        if not office_code:
            return []
        there = leaders(self._chart(), office_code, self._at, skip)
        return [row.id for row in there]

    def _chart(self, *codes: str) -> Chart:
        service = self._service
        return load_chart(
            self._connection, self._office, service.offices(), service.gazetteer.place,
            service.office_list, codes,
        )  # fmt: skip

    def named_in(
        self, place_code: str, told: str, *, home: str = "", office_code: str = ""
    ) -> frozenset[int]:
        """Officers who must not handle what was told; `office_code` is where the tip is now."""
        if not told:
            return frozenset()
        route = self.route(place_code, home=home)
        there = {route.office_code, office_code, *(copy.office_code or "" for copy in route.copies)}
        return conflicts.named_in(self._connection, there, route.place_code, told, self._today)

    def owns(self, tip: tips.TipRow, officer_id: int) -> bool:
        """It is the officer's, or waits on a desk that the officer leads and may see."""
        if tip.officer_id is not None or tip.status not in tips.OPEN_STATUSES:
            return tip.officer_id == officer_id
        if not officers.leads(self._connection, officer_id, self._today, tip.office_code):
            return False
        return officer_id not in conflicts.passed_over(
            self._connection, self._service.ring, tip.number
        )

    def pimpasa(self, place_code: str) -> tuple[OfficerCard, ...]:
        place = self.place(place_code)
        return tuple(
            OfficerCard(step.name, step.shown, place.name if place else "")
            for step in self.route(place_code).chain
            if step.role == "pimpasa"
        )

    # ---- pictures

    def reads_pictures(self) -> bool:
        return self._service.reads_pictures

    def pictures_waiting(self) -> int:
        return pictures.waiting(self._connection, self._known.id) if self._known else 0

    def attachments(self, tip_id: str) -> Attachments:
        if self._known is None:
            return Attachments(0, 0)
        tip = tips.by_id(self._connection, tip_id) if tip_id else None
        return Attachments(
            len(tip_seal.attached(self._connection, tip.number))
            if tip
            else draft_media.kept(self._connection, self._known.id),
            pictures.waiting(self._connection, self._known.id, keeps=True),
        )

    # ---- chance

    def new_receipt(self) -> str:
        return new_receipt()

    def new_token(self) -> str:
        return secrets.token_urlsafe(24)

    # ---- tips, for their officer and their reporter

    def tip_by_number(self, number: int) -> TipView | None:
        """Only what is or was this officer's and doesn't name them: of any other, not even that it
        exists."""
        tip = tips.by_number(self._connection, number)
        officer_id = self._known.officer_id if self._known else None
        if tip is None or officer_id is None:
            return None
        if officer_id in conflicts.passed_over(self._connection, self._service.ring, number):
            return None
        known = self._is_mine(tip) or (officer_id, "") in tip_lists.tried(self._connection, number)
        return self._view(tip) if known else None

    def tip_by_receipt(self, receipt: str) -> TipView | None:
        """Nothing is done with what was found but to show it: a refusal is no slower."""
        if self._known is None:
            return None
        tip = receipts.look_up(
            self._connection, self._service.ring, self._known.id, receipt, self._at
        )
        return self._view(tip) if tip else None

    def reporter_tip(self, tip_id: str) -> TipView | None:
        tip = tips.by_id(self._connection, tip_id)
        return self._view(tip) if tip else None

    def since_last_look(self, tip_id: str) -> tuple[CaseChange, ...]:
        tip = tips.by_id(self._connection, tip_id)
        return returns.since_last_look(self._connection, tip) if tip else ()

    def readers(self, tip_id: str) -> tuple[tuple[str, int], ...]:
        tip = tips.by_id(self._connection, tip_id)
        if tip is None:
            return ()
        return returns.readers(self._connection, self._service, tip.number)

    def handed_to(self, tip_id: str) -> tuple[str, ...]:
        tip = tips.by_id(self._connection, tip_id)
        return returns.handed_to(self._connection, tip.number) if tip else ()

    def contact_shared(self, tip_id: str) -> bool:
        tip = tips.by_id(self._connection, tip_id)
        return tip is not None and bool(
            audit.times(self._connection, ["contact_shared"], f"tip:{tip.number}")
        )

    def news_may_come(self) -> bool:
        asked = self._known.opted_out_at if self._known else None
        return any(
            view.status in tips.OPEN_STATUSES
            and not view.quiet
            and (asked is None or view.opened_at > asked)
            for view in self.reporter_tips()
        )

    def reporter_tips(self) -> tuple[TipView, ...]:
        """This chat's own cases, but for those that now need their code."""
        if self._known is None:
            return ()
        mine = tip_lists.of_reporter(self._connection, self._service.ring, self._known.id, self._at)
        before = self._known.code_before
        return tuple(self._view(tip) for tip in mine if before is None or tip.opened_at > before)

    def reporter_messages(self, tip_id: str) -> tuple[str, ...]:
        """What the officer wrote to the reporter, oldest first; nothing once it is withdrawn."""
        tip = tips.by_id(self._connection, tip_id)
        if tip is None or tip.status == "withdrawn":
            return ()
        return tuple(tip_seal.relayed(self._connection, self._service.ring, tip.number, tip.id))

    def new_messages(self, tip_id: str) -> tuple[str, ...]:
        tip = tips.by_id(self._connection, tip_id)
        return returns.new_messages(self._connection, self._service.ring, tip) if tip else ()

    def officer_tips(self) -> tuple[TipView, ...]:
        known = self._known
        if known is None or known.officer_id is None or known.office_code is None:
            return ()
        found = tip_lists.of_officer(
            self._connection,
            known.officer_id,
            office_code=known.office_code,
            leads=officers.leads(self._connection, known.officer_id, self._today),
        )
        return tuple(self._view(tip) for tip in found if self.owns(tip, known.officer_id))

    def _view(self, tip: tips.TipRow) -> TipView:
        place = self.place(tip.place_code)
        office = self._service.office_of(tip.office_code)
        local = office.calendar.local
        return TipView(
            id=tip.id,
            number=tip.number,
            topic=tip.topic,
            status=tip.status,
            urgency=tip.urgency,
            place_name=place.name if place else "",
            owner=officers.ROLE_NAMES[tip.role],
            mine=self._is_mine(tip),
            due_at=local(tip.due_at) if tip.due_at else None,
            opened_at=local(tip.opened_at),
            can_reply=tip.may_ask,
            quiet=self._is_quiet(tip),
            paused_until=local(tip.paused_until) if tip.paused_until else None,
            pause_reason=office.deadlines.pause_reasons.get(tip.pause_reason, ""),
        )

    def _is_quiet(self, tip: tips.TipRow) -> bool:
        before = self._known.quiet_before if self._known else None
        return before is not None and tip.opened_at <= before

    def _is_mine(self, tip: tips.TipRow) -> bool:
        officer_id = self._known.officer_id if self._known else None
        return officer_id is not None and self.owns(tip, officer_id)

    # ---- the officer's desk

    def officer_villages(self) -> tuple[Place, ...]:
        if self._known is None or self._known.officer_id is None:
            return ()
        codes = officers.villages_of(self._connection, self._known.officer_id, self._today)
        return tuple(place for code in codes if (place := self.place(code)))

    def officer_invitation(self, code: str) -> str | None:
        """The name of the officer whom a code invites, while it is good."""
        found = officers.invited(self._connection, self._service.ring, code, self._at)
        return found[1] if found else None

    # ---- partners

    def partners_for(self, tip_number: int) -> tuple[PartnerView, ...]:
        """Who of the tip's place can be asked in chat; nobody for a tip that isn't this officer's."""
        tip = tips.by_number(self._connection, tip_number)
        if tip is None or not self._is_mine(tip):
            return ()
        near = partners.for_place(
            self._connection, self._service.partner_directory, self._service.gazetteer,
            office_code=self._office.code, code=tip.place_code, concern="", today=self._today,
        )  # fmt: skip
        return tuple(
            PartnerView(one.partner_id, one.kind, one.name)
            for one in near
            if one.enrolled and one.partner_id is not None
        )

    def group_invitation(self, code: str) -> Place | None:
        place = groups.invited_to(self._connection, self._service.ring, code, self._at)
        return self.place(place) if place else None

    def audience(self, place_codes: tuple[str, ...]) -> Audience:
        found = broadcasts.recipients(self._connection, place_codes, self._at)
        channels = [channel for _, channel in found.people]
        calendar = self._office.calendar
        return Audience(
            groups=len(found.groups),
            telegram=sum(channel != "whatsapp" for channel in channels),
            whatsapp=sum(channel == "whatsapp" for channel in channels),
            outside_window=len(found.outside_window),
            opted_out=found.opted_out,
            send_at=calendar.local(calendar.quiet_until(self._at)),
        )

    def broadcast(self, number: int) -> BroadcastView | None:
        office = self._known.office_code if self._known else None
        if office is None or not broadcasts.of_office(self._connection, number, office):
            return None
        counted = outbox.counts(self._connection, number)
        return BroadcastView(number, "", tuple(counted.items()))


def _other_office(route: Route) -> str:
    """Who is responsible, as far as that is known; the Kanwil where it is unclear."""
    return route.responsible or next(
        (step.name for step in route.chain if step.role in ("kanwil", "kanwil_inbox")), ""
    )
