"""A tip on its way from owner to owner, and its clock: the ladder, leave, pauses, words to and fro.

Every change of owner goes through `tips.escalate`, and whoever it concerns is told in the same
transaction, once: the new owner, the old one, the reporter.
"""

from datetime import datetime, timedelta
from typing import Literal

from bot import (
    audit,
    case_rights,
    case_work,
    conflicts,
    leave,
    officers,
    order,
    partner_requests,
    rewrapping,
    tip_clock,
    tip_lists,
    tips,
)
from bot.deadlines import STAGE_OF, Stage
from bot.leave import Leave
from bot.not_allowed import NotAllowed, must
from bot.officers import Step
from bot.service import OurOffice
from bot.telling import Telling
from bot.tips import TipRow
from flows.officer_events import LeaveTaken

__all__ = ["NotAllowed", "TipMoves", "Why", "must"]

Why = Literal["overdue", "leave", "transferred", "conflict"]

_TO_NEW = {"overdue": "notice.escalated", "conflict": "notice.escalated",
           "leave": "notice.handed_over", "transferred": "notice.handed_over"}  # fmt: skip
_TO_OLD = {"overdue": "notice.taken_over", "leave": "notice.moved", "transferred": "notice.moved"}
"""Whoever the tip speaks of hears nothing."""


def _at_desk(role: str, key: str) -> str:
    """What a desk's leaders are told, instead of `key`."""
    if role == "kanwil_inbox":
        return "notice.kanwil_unanswered" if key == "notice.escalated" else "notice.kanwil"
    return "notice.desk_unplaced" if role == "unrouted" else "notice.desk"


class TipMoves(Telling):
    def office_of(self, tip: TipRow) -> OurOffice:
        return self.service.office_of(tip.office_code)

    # ---- owners

    def give_to_next(self, tip: TipRow, why: Why = "overdue", *, first: Step | None = None) -> bool:
        """Hand an open tip to `first` or the next of the chain; False when there is nobody else.

        An owner who is no longer of the chain (gone, away, or named by the tip) starts it anew.
        """
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        chain = self.world.route(tip.place_code, topic=tip.topic, skip=skip).chain
        following = first or self._following(tip, chain)
        if following is None:
            return False
        office = self.service.office_of(following.office_code or tip.office_code)
        now, due = self.now, office.due(self.now, tip.urgency)
        if why == "conflict":  # it moves because of what its reporter has just written
            now, due = tip.kept_time(now), tip.kept_due(due, tip.urgency)
        old = self._hearers(tip.officer_id, tip.role, tip.office_code, skip)
        if not tips.escalate(self.connection, tip.number, following, due, now, seen=tip, why=why):
            return True  # somebody was faster: it moved, ended, or was taken meanwhile
        new = self._hearers(following.officer_id, following.role, office.code, skip)
        self.take_back(tip.number, self._contacts(old))
        if why in _TO_OLD:
            gone = [who for who in old if who not in new and tip.officer_id is not None]
            self.tell_officers(gone, _TO_OLD[why], number=tip.number)
        self._tell_owner(following, tip.number, _TO_NEW[why], skip=skip)
        self.tell_reporter(tip)
        return True

    def _following(self, tip: TipRow, chain: tuple[Step, ...]) -> Step | None:
        """Upwards; somebody below who was not there before comes after those above."""
        keys = [step.key for step in chain]
        present, desk = tip.step_key, None
        if present not in keys:  # who took it from a desk stands where the desk stands
            present = (None, tip_lists.taken_from(self.connection, tip.number))
            if present not in keys:
                return chain[0]
            desk = chain[keys.index(present)]
        place = keys.index(present)
        tried = tip_lists.tried(self.connection, tip.number)
        left = [step for step in chain[place + 1 :] + chain[:place] if step.key not in tried]
        return left[0] if left else desk

    def tell_again(self, tip: TipRow) -> None:
        """The chain has nobody else: its last one is told again, and later again."""
        office = self.office_of(tip)
        due = self.now + office.again(tip.urgency, self.now - tip.opened_at)
        tip_clock.restart_clock(self.connection, tip.number, due)
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        who = self._hearers(tip.officer_id, tip.role, tip.office_code, skip)
        self.take_back(tip.number, self._contacts(who))
        self.tell_officers(who, "notice.still_yours", number=tip.number)

    def _tell_owner(
        self, owner: Step, number: int, key: str, *, skip: frozenset[int] = frozenset()
    ) -> None:
        """A person is told that it is theirs; a desk's leaders, that it waits for one of them."""
        if owner.is_desk and not key.endswith(".urgent"):
            key = _at_desk(owner.role, key)
        who = self._hearers(owner.officer_id, owner.role, owner.office_code, skip)
        self.tell_officers(who, key, number=number)

    def _hearers(
        self, officer_id: int | None, role: str, office_code: str, skip: frozenset[int]
    ) -> list[int]:
        """Who hears what the owner hears: the person, or everybody who sees the desk."""
        if officer_id is not None:
            return [officer_id]
        return self.world.desk_readers(office_code, skip) if office_code else []

    def _contacts(self, officer_ids: list[int]) -> list[int]:
        found = (officers.contact_of(self.connection, officer_id) for officer_id in officer_ids)
        return [contact_id for contact_id in found if contact_id is not None]

    def pass_on(self, tip: TipRow, officer_id: int, to: int) -> None:
        """As from the console, but only to who can open it already: a chat makes no wraps."""
        reader = case_rights.reader_in_chat(self.connection, officer_id, self.world.now.date())
        view = case_rights.access_to(self.connection, self.service, reader, tip.number, self.now)
        if view is None:
            raise NotAllowed("the tip names this officer")
        case_work.reassign(self, view, officer_id, to)

    # ---- leave and transfer

    def begin_leave(self, away: Leave) -> None:
        """What the officer has not taken goes along the chain, the rest to the deputy."""
        audit.wait_in_line(self.connection)
        if not leave.mark_moved(self.connection, away, self.now):
            return
        for tip in tip_lists.owned_by(self.connection, away.officer_id):
            first = self._deputy(away, tip) if tip.status in tips.TAKEN else None
            self.give_to_next(tip, "leave", first=first)

    def take_leave(self, officer_id: int, event: LeaveTaken) -> None:
        """Enter it; what it moves moves at once when it has begun, else with the schedule."""
        away = leave.begin(
            self.connection, officer_id, event.begins, event.ends, event.reason, self.now,
            deputy_id=event.deputy,
        )  # fmt: skip
        if away.begins_at <= self.now:
            self.begin_leave(away)

    def _deputy(self, away: Leave, tip: TipRow) -> Step | None:
        """Unless the deputy is away too, can't open it, or is named by the tip."""
        deputy = away.deputy_id
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        if deputy is None or deputy in skip or leave.of(self.connection, deputy, self.now):
            return None
        today = self.world.now.date()
        if not rewrapping.can_open(self.connection, deputy, tip.number, today):
            return None
        return Step(deputy, None, "", "deputy", "deputy during leave")

    # ---- the clock

    def acknowledge(self, tip: TipRow, officer_id: int) -> None:
        """Somebody has it: nobody else is bothered about it any more."""
        due = self.office_of(tip).due(self.now, tip.urgency, "answer")
        role = officers.leading_role(self.connection, officer_id, self.world.now.date())
        must(tips.acknowledge(self.connection, tip.number, officer_id, due, self.now, role=role))
        mine = self._contacts([officer_id])
        self.take_back(tip.number, mine, all_others=True)
        self.tell_reporter(tip)

    def ask_reporter(self, tip: TipRow, officer_id: int, text: str) -> None:
        """Seal the officer's words into the case and tell the reporter that something waits.

        The first words stop the answer clock; later ones put the decision clock back, which the
        reporter's own words may have shortened. Raises NotAllowed for a tip that has ended.
        """
        must(tips.hold(self.connection, tip.number) in tips.OPEN_STATUSES)
        tips.add_message(self.connection, self.service.ring, tip, "to_reporter", text, self.now)
        decide_by = tip.decide_by or self.office_of(tip).due(self.now, tip.urgency, "decision")
        if tip.answered_at is None:
            must(tip_clock.answered(self.connection, tip.number, decide_by, self.now))
        elif tip.paused_until is None:
            tip_clock.restart_clock(self.connection, tip.number, decide_by)
        audit.record(self.connection, self.now, actor=f"officer:{officer_id}", action="asked",
                     subject=f"tip:{tip.number}")  # fmt: skip
        self.tell_reporter(tip)

    def hear_reporter(self, tip: TipRow, *, danger: bool) -> None:
        """The reporter wrote: the clock is re-armed (the earlier deadline wins), a pause ends."""
        self._tell_hearers(tip, "notice.urgent_answer" if danger else "notice.answer")
        if danger and tip.urgency != "now":
            self.raise_alarm(tip)
        stage: Stage = "answer" if tip.status == "answered" else STAGE_OF[tip.status]
        urgency = "now" if danger else tip.urgency
        due = tip.kept_due(self.office_of(tip).due(self.now, urgency, stage), urgency)
        if tip.paused_until is not None:
            tip_clock.resume(self.connection, tip.number, min(due, tip.due_after_pause or due))
        elif tip.due_at is None or due < tip.due_at:
            tip_clock.restart_clock(self.connection, tip.number, due)

    def raise_alarm(self, tip: TipRow) -> None:
        """What was a report is an emergency now: for its clocks, and for whoever hears of those."""
        tip_clock.raise_urgency(self.connection, tip.number)
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        chain = self.world.route(tip.place_code, topic=tip.topic, skip=skip).chain
        told = self._hearers(tip.officer_id, tip.role, tip.office_code, skip)
        more = [who for who in officers.on_alarm(chain) if who is not None and who not in told]
        self.tell_officers(more, "notice.alarm", number=tip.number)

    def hear_partner(self, tip: TipRow, *, danger: bool) -> None:
        """A partner answered: the owner is told; only danger sets the clock."""
        self._tell_hearers(tip, "notice.urgent_answer" if danger else "notice.partner_answer")
        due = self.office_of(tip).due(self.now, "now", "answer")
        if danger and (tip.due_at is None or due < tip.due_at):
            tip_clock.restart_clock(self.connection, tip.number, due)

    def _tell_hearers(self, tip: TipRow, key: str) -> None:
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        who = self._hearers(tip.officer_id, tip.role, tip.office_code, skip)
        self.tell_officers(who, key, number=tip.number)

    def pause(self, tip: TipRow, officer_id: int, reason: str, until: datetime) -> None:
        """The clock stands still for a reason of the list; the reporter is told.

        Raises NotAllowed: never in danger, never without an end, never twice at once, never for ever.
        """
        office = self.office_of(tip)
        rules = office.deadlines
        if tip.status not in tips.TAKEN or tip.officer_id != officer_id or tip.due_at is None:
            raise NotAllowed("only who has taken the tip may pause its clock")
        if (
            tip.urgency == "now"
            or tip.paused_until is not None
            or reason not in rules.pause_reasons
        ):
            raise NotAllowed("no pause in danger, none inside another, none without its reason")
        length = until - self.now
        if not timedelta(0) < length <= rules.pause_at_most:
            raise NotAllowed(f"a pause lasts at most {rules.pause_at_most.days} days")
        today = self.service.today(self.now)
        if not tip_clock.may_pause(self.connection, tip.number, officer_id, rules, today):
            raise NotAllowed(f"a tip is paused {rules.pause_times} times; then a leader decides")
        after = office.calendar.add_working(tip.due_at + length, timedelta(0))
        must(tip_clock.pause(self.connection, tip.number, reason, until, due_after=after))
        audit.record(self.connection, self.now, actor=f"officer:{officer_id}",
                     action=f"paused:{reason}", subject=f"tip:{tip.number}")  # fmt: skip
        self.tell_reporter(tip)

    def end_pause(self, tip: TipRow) -> None:
        """Its time is over: the deadline that stood still runs on."""
        due = max(tip.due_after_pause or self.now, self.now + timedelta(minutes=1))
        tips.hold(self.connection, tip.number)
        if tip_clock.resume(self.connection, tip.number, due):
            self.tell_officer(tip.officer_id, "notice.pause_over", number=tip.number)

    def close(self, tip: TipRow, officer_id: int, outcome: str) -> None:
        """Raises NotAllowed: nobody calls a report false without having read it."""
        if outcome == "false":
            must(audit.has_read(self.connection, tip.number, officer_id))
        must(tips.close(self.connection, tip.number, officer_id, outcome, self.now))
        partner_requests.end_of_tip(self.connection, tip.number, self.now)
        self.take_back(tip.number, [], all_others=True)
        self.tell_reporter(tip)
        if outcome == "false":
            self._flag_sender(tip)
            self._tell_leaders_of_false(tip, officer_id)

    def _tell_leaders_of_false(self, tip: TipRow, officer_id: int) -> None:
        """A second pair of eyes on what could bury a report."""
        skip = conflicts.passed_over(self.connection, self.service.ring, tip.number)
        leaders = self.world.desk_readers(tip.office_code, skip | {officer_id})
        self.tell_officers(leaders, "notice.closed_false", number=tip.number)

    def _flag_sender(self, tip: TipRow) -> None:
        """It changes in which order the sender's next reports are read, and nothing else."""
        ring = self.service.ring
        contact_id = tips.reporter_of(self.connection, ring, tip.number)
        if contact_id is not None:
            order.flag(self.connection, self.service.database, ring, contact_id, self.now)
