"""What each event of a conversation does. The only place where a turn changes the world."""

from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from bot import (
    alarms,
    attachment_effects,
    audit,
    broadcast_effects,
    campaign_effects,
    conflicts,
    contacts,
    departure_effects,
    enrolment,
    group_effects,
    learner_effects,
    leave,
    links,
    meeting_effects,
    outbox,
    partner_effects,
    pictures,
    relays,
    reminders,
    returns,
    tips,
    watches,
)
from bot.contacts import Known
from bot.service import OurOffice, Service
from bot.tip_moves import NotAllowed, must
from bot.tip_opening import TipOpening
from bot.world import World
from flows.broadcast_plan import BroadcastEvent
from flows.campaign_plan import CampaignEvent
from flows.events import (
    AlarmWithdrawn,
    AttachmentSent,
    AttachmentTaken,
    CaseNewsStopped,
    ConsentGiven,
    ConsentWithdrawn,
    ContactShared,
    DangerConfirmed,
    DepartureEvent,
    DraftDropped,
    Event,
    ForgetMe,
    Hushed,
    ItemAnswered,
    LanguageChosen,
    LessonReached,
    MessageCreated,
    OptedIn,
    OptedOut,
    PictureSent,
    PlaceChosen,
    ReceiptTried,
    RegisterUnwatched,
    RegisterWatched,
    RemindersChosen,
    TipDetailAdded,
    TipOpened,
    TipSeen,
    TipWithdrawn,
    VoiceSent,
)
from flows.group_plan import GroupEvent
from flows.meeting_plan import MeetingEvent
from flows.officer_events import (
    LeaveEnded,
    LeaveTaken,
    OfficerEnrolled,
    PartnerAsked,
    PartnerEvent,
    TipAcknowledged,
    TipClosed,
    TipPassedOn,
    TipPaused,
    TipQuestionAsked,
    TipShown,
)


class Effects(TipOpening):
    """Carries out one turn's events; messages to others collect in `rows` until the turn is kept."""

    def __init__(
        self,
        connection: Connection,
        service: Service,
        world: World,
        now: datetime,
        *,
        known: Known | None = None,
    ) -> None:
        super().__init__(connection, service, world, now)
        self.known = known

    @property
    def _office(self) -> OurOffice:
        return self.service.office()

    def carry_out(self, events: list[Event]) -> None:
        """All of a sprint's events but its messages, or none of them."""
        changes = [event for event in events if not isinstance(event, MessageCreated)]
        if not changes:
            return
        before = self.known.snapshot() if self.known else None
        try:
            with self.connection.begin_nested():
                for event in changes:
                    self.apply(event)
        except Exception:
            if self.known and before:
                self.known.restore(before)
            raise

    def apply(self, event: Event) -> None:
        """Raises NotAllowed; the turn's savepoint then takes everything back."""
        if isinstance(event, PartnerEvent):
            return must(partner_effects.carry_out(self, self._someone(), event))
        if isinstance(event, BroadcastEvent):
            return broadcast_effects.carry_out(self, self._an_officer(), event)
        if isinstance(event, MeetingEvent):
            return meeting_effects.carry_out(self, self._someone(), event)
        if isinstance(event, GroupEvent):
            return group_effects.carry_out(self, event)
        if isinstance(event, CampaignEvent):
            return campaign_effects.carry_out(self, self._someone(), event)
        if isinstance(event, DepartureEvent):
            return must(departure_effects.carry_out(self, self._someone(), event))
        match event:
            case MessageCreated():
                raise NotAllowed("messages are queued by the turn itself")
            case (
                TipAcknowledged() | TipShown() | TipQuestionAsked() | TipPaused() | TipPassedOn()
                | TipClosed() | PartnerAsked()
            ):  # fmt: skip
                self._officer_event(event)
            case LeaveTaken() | LeaveEnded():
                self._leave_event(event)
            case TipOpened() | TipDetailAdded() | TipWithdrawn() | TipSeen() | ContactShared():
                self._reporter_event(event)
            case ReceiptTried() | CaseNewsStopped() | Hushed():
                returns.carry_out(self, self._someone(), event)
            case AttachmentSent() | AttachmentTaken() | DraftDropped():
                attachment_effects.carry_out(self, self._someone(), event)
            case DangerConfirmed() | AlarmWithdrawn():
                alarms.carry_out(self, self._someone(), event)
            case LessonReached() | ItemAnswered() | RemindersChosen():
                learner_effects.carry_out(self, self._someone(), event)
            case RegisterWatched() | RegisterUnwatched():
                self._watch_event(event)
            case (
                ConsentGiven() | ConsentWithdrawn() | PlaceChosen() | LanguageChosen() | OptedOut()
                | OptedIn() | ForgetMe() | OfficerEnrolled() | PictureSent() | VoiceSent()
            ):  # fmt: skip
                self._person_event(event)
            case _:
                assert_never(event)

    # ---- the person talking

    def _person_event(
        self,
        event: ConsentGiven
        | ConsentWithdrawn
        | PlaceChosen
        | LanguageChosen
        | OptedOut
        | OptedIn
        | ForgetMe
        | OfficerEnrolled
        | PictureSent
        | VoiceSent,
    ) -> None:
        known = self._someone()
        connection, now = self.connection, self.now
        match event:
            case ConsentGiven(purpose=purpose, text_version=version):
                contacts.give_consent(connection, known.id, purpose, version, now)
                known.consented |= purpose == "service"
            case ConsentWithdrawn(purpose=purpose):
                contacts.withdraw_consent(connection, known.id, now, purpose=purpose)
            case PlaceChosen(code=code):
                if known.consented:
                    contacts.change(connection, known.id, place_code=code)
                    known.place_code = code
            case LanguageChosen(language=language):
                if known.consented:
                    contacts.change(connection, known.id, language=language)
                    known.language = language
            case OptedOut():
                contacts.change(connection, known.id, opted_out_at=now)
                watches.forget(connection, known.id)
                departure_effects.stop(connection, self.service.ring, known.id)
                reminders.stop(connection, known.id, now)
                partner_effects.leave(connection, known.id, now)
                relays.leave(connection, known.id, now)
                outbox.cancel_unasked(connection, known.id)
                known.opted_out_at = now
            case OptedIn():
                contacts.change(connection, known.id, opted_out_at=None, quiet_before=None)
                known.opted_out_at = known.quiet_before = None
            case ForgetMe():
                returns.forget_me(self, known)
            case OfficerEnrolled(code=code, token=token):
                self._enrol(known, code, token)
            case PictureSent(media=media, caption=caption):
                told = pictures.Told(media, caption)
                pictures.put(connection, self.service.ring, known, told, now)
            case VoiceSent(media=media):
                told = pictures.Told(media, medium=pictures.VOICE)
                pictures.put(connection, self.service.ring, known, told, now)

    def _watch_event(self, event: RegisterWatched | RegisterUnwatched) -> None:
        known, ring = self._someone(), self.service.ring
        if isinstance(event, RegisterWatched):
            wish = self.world.wish(event.key, event.name)
            watches.watch(self.connection, self.service.database, ring, known.id, wish, self.now)
        else:
            watches.forget(self.connection, known.id, watches.index_of(ring, event.key))

    def _enrol(self, known: Known, code: str, token: str) -> None:
        found = enrolment.invited(self.connection, self.service.ring, code, self.now)
        if found is None:
            raise NotAllowed("the invitation is no longer good")
        officer_id, known.officer_name = found
        links.revoke_all(self.connection, officer_id)  # what the old chat still holds is void
        enrolment.enrol(self.connection, officer_id, known.id)
        links.issue(self.connection, token, "setup", officer_id, self.now)
        audit.record(self.connection, self.now, actor=f"officer:{officer_id}", action="enrolled",
                     subject=f"officer:{officer_id}")  # fmt: skip

    # ---- the reporter

    def _reporter_event(
        self, event: TipOpened | TipDetailAdded | TipWithdrawn | TipSeen | ContactShared
    ) -> None:
        if isinstance(event, TipOpened):
            return self.open(self._someone(), event)
        tip = tips.held_by_id(self.connection, event.tip_id)
        if tip is None:
            raise NotAllowed("no such tip")
        if isinstance(event, TipWithdrawn):
            return must(returns.withdraw(self, tip))
        if isinstance(event, TipSeen):
            return returns.seen(self.connection, tip, self.now)
        if tip.status not in tips.OPEN_STATUSES:
            raise NotAllowed("the tip has ended: nobody would read this")
        if isinstance(event, ContactShared):
            must(returns.share_contact(self, tip))
        return self._add(tip, event.text, danger=getattr(event, "danger", False))

    def _add(self, tip: tips.TipRow, words: str, *, danger: bool) -> None:
        """Seal the reporter's words into the case; whom they name does not get it."""
        at = tip.kept_time(self.now)
        tips.add_message(self.connection, self.service.ring, tip, "from_reporter", words, at)
        self.remember_names(tip.number, words)
        if tip.officer_id in self._pass_over(tip, words):
            self.give_to_next(tip, "conflict")
        else:
            self.hear_reporter(tip, danger=danger)

    def _pass_over(self, tip: tips.TipRow, told: str) -> frozenset[int]:
        """All officers whom the tip has named so far, with those of the new words."""
        named = self.world.named_in(tip.place_code, told, office_code=tip.office_code)
        ring = self.service.ring
        conflicts.remember(self.connection, self.service.database, ring, tip.number, named)
        return conflicts.passed_over(self.connection, ring, tip.number)

    # ---- the officer

    def _officer_event(
        self,
        event: TipAcknowledged
        | TipShown
        | TipQuestionAsked
        | TipPaused
        | TipPassedOn
        | TipClosed
        | PartnerAsked,
    ) -> None:
        officer_id = self._an_officer()
        tip = tips.held_by_id(self.connection, event.tip_id)
        if tip is None or not self._owns(tip, officer_id):
            raise NotAllowed("the tip has another owner")
        match event:
            case TipAcknowledged():
                self.acknowledge(tip, officer_id)
            case TipShown():
                audit.record(self.connection, self.now, actor=f"officer:{officer_id}",
                             action="read_in_chat", subject=f"tip:{tip.number}")  # fmt: skip
            case TipQuestionAsked(text=text):
                self.ask_reporter(tip, officer_id, text)
            case TipPaused(reason=reason, until=until):
                self.pause(tip, officer_id, reason, until)
            case TipPassedOn(to=to):
                self.pass_on(tip, officer_id, to)
            case TipClosed(outcome=outcome):
                self.close(tip, officer_id, outcome)
            case PartnerAsked():
                must(partner_effects.ask(self, tip, officer_id, event))

    def _leave_event(self, event: LeaveTaken | LeaveEnded) -> None:
        officer_id = self._an_officer()
        if isinstance(event, LeaveEnded):
            must(leave.end(self.connection, officer_id, self.now))
        else:
            self.take_leave(officer_id, event)

    # ---- who is it

    def _someone(self) -> Known:
        if self.known is None:
            raise NotAllowed("nobody in particular is talking")
        return self.known

    def _an_officer(self) -> int:
        officer_id = self._someone().officer_id
        if officer_id is None:
            raise NotAllowed("only officers may do this")
        return officer_id

    def _owns(self, tip: tips.TipRow, officer_id: int) -> bool:
        return self.world.owns(tip, officer_id)
