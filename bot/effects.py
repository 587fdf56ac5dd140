"""What each event of a conversation does. The only place where a turn changes the world."""

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, select

from bot import (
    audit,
    broadcasts,
    conflicts,
    contacts,
    groups,
    lessons,
    links,
    officers,
    outbox,
    pictures,
    tips,
    watches,
)
from bot.contacts import Known
from bot.officers import Step
from bot.service import OurOffice, Service
from bot.world import World
from flows.events import (
    BroadcastOrdered,
    ConsentGiven,
    DangerConfirmed,
    Event,
    ForgetMe,
    GroupBound,
    GroupInvited,
    LessonReached,
    LinkIssued,
    MessageCreated,
    OfficerEnrolled,
    OptedIn,
    OptedOut,
    PictureSent,
    PlaceChosen,
    RegisterUnwatched,
    RegisterWatched,
    TipAcknowledged,
    TipClosed,
    TipDetailAdded,
    TipOpened,
    TipQuestionAsked,
    TipWithdrawn,
)


class NotAllowed(Exception):
    """A flow asked for something that this person may not do; a bug, or a race that was lost."""


class Effects:
    """Carries out one turn's events; messages to others collect in `rows` until the turn is kept."""

    def __init__(
        self,
        connection: Connection,
        service: Service,
        world: World,
        now: datetime,
        *,
        known: Known | None = None,
        group_id: int | None = None,
    ) -> None:
        self.connection = connection
        self.service = service
        self.world = world
        self.now = now
        self.known = known
        self.group_id = group_id
        self.rows: list[dict[str, Any]] = []

    @property
    def _office(self) -> OurOffice:
        return self.service.office()

    def apply(self, event: Event) -> None:
        """Raises NotAllowed; the turn's savepoint then takes everything back."""
        match event:
            case MessageCreated():
                raise NotAllowed("messages are queued by the turn itself")
            case GroupBound(code=code):
                if self.group_id is None:
                    raise NotAllowed("a group is bound from inside the group")
                groups.bind(self.connection, self.service.ring, self.group_id, code, self.now)
            case TipAcknowledged() | LinkIssued() | TipQuestionAsked() | TipClosed():
                self._officer_event(event)
            case BroadcastOrdered() | GroupInvited():
                self._village_event(event)
            case TipOpened() | TipDetailAdded() | TipWithdrawn():
                self._reporter_event(event)
            case DangerConfirmed(told=told):
                self._alarm(told)
            case RegisterWatched() | RegisterUnwatched():
                self._watch_event(event)
            case (
                ConsentGiven() | PlaceChosen() | OptedOut() | OptedIn() | ForgetMe()
                | LessonReached() | OfficerEnrolled() | PictureSent()
            ):  # fmt: skip
                self._person_event(event)
            case _:
                assert_never(event)

    # ---- the person talking

    def _person_event(
        self,
        event: ConsentGiven
        | PlaceChosen
        | OptedOut
        | OptedIn
        | ForgetMe
        | LessonReached
        | OfficerEnrolled
        | PictureSent,
    ) -> None:
        known = self._someone()
        connection, now = self.connection, self.now
        match event:
            case ConsentGiven(purpose=purpose, text_version=version):
                contacts.give_consent(connection, known.id, purpose, version, now)
                known.consented |= purpose == "service"
            case PlaceChosen(code=code):
                if known.consented:
                    contacts.change(connection, known.id, place_code=code)
                    known.place_code = code
            case OptedOut():
                contacts.change(connection, known.id, opted_out_at=now)
                watches.forget(connection, known.id)
                outbox.cancel_unasked(connection, known.id)
                known.opted_out = True
            case OptedIn():
                contacts.change(connection, known.id, opted_out_at=None)
                known.opted_out = False
            case ForgetMe():
                contacts.forget(connection, known.id, now)
                lessons.forget(connection, known.id)
                watches.forget(connection, known.id)
                outbox.cancel_unasked(connection, known.id)
                pictures.forget(connection, self.service.ring, known.id, now)
                known.place_code, known.consented, known.done_lessons = "", False, frozenset()
            case LessonReached():
                lessons.reached(
                    connection, self.service.database, known.id, lesson=event.lesson,
                    finished=event.finished, score=event.score, of=event.of, now=now,
                )  # fmt: skip
                known.done_lessons = (known.done_lessons or frozenset()) | {event.lesson}
            case OfficerEnrolled(code=code, token=token):
                self._enrol(known, code, token)
            case PictureSent(media=media, caption=caption):
                pictures.put(connection, self.service.ring, known, media, caption, now)

    def _watch_event(self, event: RegisterWatched | RegisterUnwatched) -> None:
        known, ring = self._someone(), self.service.ring
        if isinstance(event, RegisterWatched):
            wish = self.world.wish(event.key, event.name)
            watches.watch(self.connection, self.service.database, ring, known.id, wish, self.now)
        else:
            watches.forget(self.connection, known.id, watches.index_of(ring, event.key))

    def _enrol(self, known: Known, code: str, token: str) -> None:
        found = officers.invited(self.connection, self.service.ring, code, self.now)
        if found is None:
            raise NotAllowed("the invitation is no longer good")
        officer_id, known.officer_name = found
        links.revoke_all(self.connection, officer_id)  # what the old chat still holds is void
        officers.enrol(self.connection, officer_id, known.id)
        links.issue(self.connection, token, "pin", officer_id, self.now)
        audit.record(self.connection, self.now, actor=f"officer:{officer_id}", action="enrolled",
                     subject=f"officer:{officer_id}")  # fmt: skip

    # ---- the reporter

    def _reporter_event(self, event: TipOpened | TipDetailAdded | TipWithdrawn) -> None:
        if isinstance(event, TipOpened):
            return self._open(event)
        tip = tips.by_id(self.connection, event.tip_id)
        if tip is None:
            raise NotAllowed("no such tip")
        if isinstance(event, TipWithdrawn):
            _must(tips.withdraw(self.connection, tip.number, self.now))
            if tip.officer_id is not None:
                links.revoke(self.connection, tip.officer_id, tip.number)
            self.tell_officer(tip.officer_id, "notice.withdrawn", number=tip.number)
            return None
        if tip.status not in tips.OPEN_STATUSES:
            raise NotAllowed("the tip has ended: nobody would read this")
        tips.add_message(
            self.connection, self.service.ring, tip, "from_reporter", event.text, self.now
        )
        if tip.officer_id in self._pass_over(tip.number, tip.place_code, event.text):
            self.give_to_next(tip)
            return None
        key = "notice.urgent_answer" if event.danger else "notice.answer"
        self.tell_officer(tip.officer_id, key, number=tip.number)
        # A reporter who writes re-arms the clock: silence after an answer is silence again.
        urgency = "now" if event.danger else tip.urgency
        due = self._office.due(self.now, urgency, acknowledged=tip.status == "acknowledged")
        if tip.due_at is None or due < tip.due_at:
            tips.restart_clock(self.connection, tip.number, due)
        return None

    def _open(self, event: TipOpened) -> None:
        known = self._someone()
        event = replace(event, place_code=event.home_code or event.place_code)
        told = " ".join(event.report.values())
        named = self.world.named_in(event.place_code, told)
        chain = self.world.chain(event.place_code, named)
        owner = chain[0] if chain else tips.UNROUTED
        number = tips.open_tip(
            self.connection,
            self.service.ring,
            event,
            office_code=self._office.code,
            contact_id=known.id,
            owner=owner,
            due_at=self._office.due(self.now, event.urgency),
            now=self.now,
        )
        conflicts.remember(self.connection, self.service.database, self.service.ring, number, named)
        self.hand_over(owner, number, event.topic, urgent=event.urgency == "now")
        if event.urgency == "now":
            for officer_id in officers.on_alarm(chain):
                if officer_id != owner.officer_id:
                    self.tell_officer(officer_id, "notice.alarm", number=number)

    def _alarm(self, told: str) -> None:
        """Before there is a report."""
        place_code = self._someone().place_code or ""
        chain = self.world.chain(place_code, self.world.named_in(place_code, told))
        for officer_id in officers.on_alarm(chain):
            self.tell_officer(officer_id, "notice.danger")

    def _pass_over(self, number: int, place_code: str, told: str) -> frozenset[int]:
        """All officers whom the tip has named so far, with those of the new words."""
        named = self.world.named_in(place_code, told)
        conflicts.remember(self.connection, self.service.database, self.service.ring, number, named)
        return conflicts.passed_over(self.connection, self.service.ring, number)

    def give_to_next(self, tip: tips.TipRow) -> bool:
        """Hand an open tip to the next of the chain; False when there is nobody else.

        An owner who is no longer of the chain (gone, or named by the tip) starts it anew.
        """
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        chain = self.world.chain(tip.place_code, skip)
        tried = tips.tried(self.connection, tip.number)
        owns = any(step.officer_id == tip.officer_id for step in chain)
        left = [step for step in chain if step.officer_id not in tried or not owns]
        following = left[0] if left else None if owns else tips.UNROUTED
        if following is None or (following is tips.UNROUTED and tip.officer_id is None):
            return False
        due = self._office.due(self.now, tip.urgency)
        if not tips.escalate(self.connection, tip.number, following, due, self.now, seen=tip):
            return True  # somebody was faster: it moved, ended, or was taken meanwhile
        if tip.officer_id not in skip:
            self.tell_officer(tip.officer_id, "notice.taken_over", number=tip.number)
        self.tell_officer(following.officer_id, "notice.escalated", number=tip.number)
        self.tell_reporter(tip, "notice.news")
        return True

    # ---- the officer

    def _officer_event(
        self, event: TipAcknowledged | LinkIssued | TipQuestionAsked | TipClosed
    ) -> None:
        officer_id = self._an_officer()
        tip = tips.by_id(self.connection, event.tip_id)
        if tip is None or not self._owns(tip, officer_id):
            raise NotAllowed("the tip has another owner")
        match event:
            case TipAcknowledged(token=token):
                due = self._office.due(self.now, tip.urgency, acknowledged=True)
                _must(tips.acknowledge(self.connection, tip.number, officer_id, due, self.now))
                links.issue(self.connection, token, "tip", officer_id, self.now, tip=tip.number)
                self.tell_reporter(tip, "notice.news")
            case LinkIssued(token=token):
                links.issue(self.connection, token, "tip", officer_id, self.now, tip=tip.number)
            case TipQuestionAsked(text=text):
                self.ask_reporter(tip, officer_id, text)
            case TipClosed(outcome=outcome):
                self.close(tip, officer_id, outcome)

    def ask_reporter(self, tip: tips.TipRow, officer_id: int, text: str) -> None:
        """Seal the officer's words into the case and tell the reporter that something waits.

        An answer to a question somebody asked is sent as it is; words about a report never are.
        """
        tips.add_message(self.connection, self.service.ring, tip, "to_reporter", text, self.now)
        due = self._office.due(self.now, tip.urgency, acknowledged=True)
        tips.restart_clock(self.connection, tip.number, due)
        audit.record(self.connection, self.now, actor=f"officer:{officer_id}", action="asked",
                     subject=f"tip:{tip.number}")  # fmt: skip
        if tip.topic == "question":
            self.tell_reporter(tip, "notice.reply", text=text)
        else:
            self.tell_reporter(tip, "notice.news")

    def close(self, tip: tips.TipRow, officer_id: int, outcome: str) -> None:
        _must(tips.close(self.connection, tip.number, officer_id, outcome, self.now))
        self.tell_reporter(tip, "notice.news")

    def hand_over(self, owner: Step, number: int, topic: str, *, urgent: bool) -> None:
        """Tell a new owner that a tip waits; what nobody owns waits for `doctor` and enrolment."""
        kind = (
            "notice.urgent"
            if urgent
            else f"notice.{'question' if topic == 'question' else 'report'}"
        )
        self.tell_officer(owner.officer_id, kind, number=number)

    # ---- villages

    def _village_event(self, event: BroadcastOrdered | GroupInvited) -> None:
        officer_id = self._an_officer()
        allowed = {place.code for place in self.world.officer_villages()}
        if isinstance(event, GroupInvited):
            if event.place_code not in allowed:
                raise NotAllowed("the village is another officer's")
            groups.invite(
                self.connection,
                self.service.ring,
                event.code,
                event.place_code,
                officer_id,
                self.now,
            )
            return
        if not set(event.place_codes) <= allowed:
            raise NotAllowed("the village is another officer's")
        audience = self.world.audience(event.place_codes)
        if audience.total > self.service.settings.broadcast_limit:
            raise NotAllowed("more recipients than KENTONGAN_BROADCAST_LIMIT")
        slots = {"text": event.text, "office": self._office.name}
        broadcasts.order(
            self.connection,
            self.service.ring,
            office_code=self._office.code,
            officer_id=officer_id,
            place_codes=event.place_codes,
            text=event.text,
            to_group=self.service.message("broadcasts.message", slots),
            to_person=self.service.message("broadcasts.message_stop", slots),
            not_before=self._office.calendar.quiet_until(self.now),
            now=self.now,
        )

    # ---- telling people

    def tell_reporter(self, tip: tips.TipRow, key: str, **slots: str) -> None:
        """A neutral line in the reporter's chat; without a return address the news waits."""
        contact_id = tips.reporter_of(self.connection, self.service.ring, tip.number)
        if contact_id is not None:
            self.tell(contact_id, key, slots)

    def tell_officer(self, officer_id: int | None, key: str, *, number: int | None = None) -> None:
        """A line without any of the report in the officer's chat."""
        contact_id = officers.contact_of(self.connection, officer_id) if officer_id else None
        if contact_id is not None:
            self.tell(contact_id, key, {"number": str(number)} if number else {})

    def tell(self, contact_id: int, key: str, slots: dict[str, str]) -> None:
        """A message of the service to one contact, behind the replies that already wait."""
        channel = self.connection.execute(
            select(contacts.contacts.c.channel).where(contacts.contacts.c.id == contact_id)
        ).scalar_one()
        message = self.service.message(key, slots)
        self.rows.append(
            outbox.row_for(self.service.ring, message, self.now, channel=channel,
                           contact_id=contact_id, priority=outbox.NOTICE)
        )  # fmt: skip

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
        if tip.officer_id is None:
            return officers.leads(self.connection, officer_id, self.world.now.date())
        return tip.officer_id == officer_id


def _must(done: bool) -> None:
    if not done:
        raise NotAllowed("the tip has ended or moved to somebody else meanwhile")
