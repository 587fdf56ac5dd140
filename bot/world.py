"""The answers to a flow's questions (`flows/ports.py`), read inside one turn's transaction."""

import secrets
from functools import cached_property

from bot import (
    audit,
    conflicts,
    contacts,
    draft_media,
    enrolment,
    officers,
    partners,
    pictures,
    receipts,
    returns,
    tip_lists,
    tip_seal,
    tips,
    watches,
)
from bot.meeting_world import MeetingWorld
from bot.recruiters import Register
from bot.sealing import new_receipt
from flows import hear_see
from flows.catalog import HotlineEntry
from flows.company_names import company_words, fold
from flows.ports import (
    Attachments,
    CaseChange,
    Hotline,
    PartnerView,
    Place,
    PlaceAnswer,
    RecruiterAnswer,
    TipView,
)


class World(MeetingWorld):
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
        """Numbers inside their review date; only when none is, the three fallbacks, marked: nobody
        in danger is sent to a doubtful number while there is a sure one."""
        listed = self._service.catalog.hotlines
        fresh = [e for e in listed if purpose in e.purpose and self._today <= e.review_by]
        return tuple(map(self._hotline, fresh or [e for e in listed if e.fallback]))

    def _hotline(self, entry: HotlineEntry) -> Hotline:
        return Hotline(
            entry.id, entry.name, entry.number, entry.hours, self._today <= entry.review_by
        )

    # ---- whose tip it is

    def owns(self, tip: tips.TipRow, officer_id: int) -> bool:
        """It is the officer's, or waits on a desk that the officer leads and may see."""
        if tip.officer_id is not None or tip.status not in tips.OPEN_STATUSES:
            return tip.officer_id == officer_id
        if not officers.leads(self._connection, officer_id, self._today, tip.office_code):
            return False
        return officer_id not in conflicts.passed_over(
            self._connection, self._service.ring, tip.number
        )

    # ---- pictures

    def reads_pictures(self) -> bool:
        return self._service.reads_pictures

    def hears_voices(self) -> bool:
        return self._service.hears_voices

    def has_audio(self) -> bool:
        return self._service.shelf.has_audio

    def draws_cards(self) -> bool:
        return self._service.shelf.draws_cards

    def wants_voice(self) -> bool:
        known = self._known
        return known is not None and contacts.agrees(self._connection, known.id, hear_see.WISH)

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
        """What the officer wrote to the reporter, oldest first; nothing once its content is gone."""
        tip = tips.by_id(self._connection, tip_id)
        if tip is None or tip.status in tips.GONE:
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
        found = enrolment.invited(self._connection, self._service.ring, code, self._at)
        return found[1] if found else None

    # ---- partners

    def partners_for(self, tip_number: int) -> tuple[PartnerView, ...]:
        """Who of the tip's place can be asked in chat; nobody for a tip that isn't this officer's."""
        tip = tips.by_number(self._connection, tip_number)
        if tip is None or not self._is_mine(tip):
            return ()
        near = partners.for_place(
            self._connection, self._service.partner_directory, self._service.gazetteer,
            office_code=tip.office_code, code=tip.place_code, concern="", today=self._today,
        )  # fmt: skip
        return tuple(
            PartnerView(one.partner_id, one.kind, one.name)
            for one in near
            if one.enrolled and one.partner_id is not None
        )
