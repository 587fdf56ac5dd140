"""What an officer's desk asks beside what everybody may (`flows/ports.py`): the work of others."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from bot import (
    audit,
    case_work,
    conflicts,
    leave,
    officers,
    rewrapping,
    tip_clock,
    tip_lists,
    tip_seal,
    tips,
)
from bot import lessons as learned
from bot.case_rights import Reader, access_to, may_read, reader_in_chat
from bot.officers import duties
from bot.telling import Telling
from bot.world import World
from flows.ports import Colleague, LeaveView, OfficeTip, PauseRules


class OfficerWorld(World):
    """The world of a turn. For who is no officer every answer here is empty."""

    def leads_office(self) -> bool:
        reader = self.reader()
        return reader is not None and reader.leader

    def reader(self) -> Reader | None:
        """The officer of this turn, as the rules of a case see them."""
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            return None
        return reader_in_chat(self._connection, officer_id, self._today)

    def has_read(self, number: int) -> bool:
        reader = self.reader()
        return reader is not None and audit.has_read(self._connection, number, reader.officer_id)

    def office_tips(self) -> tuple[OfficeTip, ...]:
        """Open tips of the office that this officer leads, but for those that name them."""
        reader = self.reader()
        if reader is None or not reader.leader:
            return ()
        hidden = conflicts.passing_over(self._connection, self._service.ring, reader.officer_id)
        found = [
            tip
            for tip in tip_lists.of_office(self._connection, reader.office_code)
            if tip.number not in hidden
        ]
        names = officers.names(self._connection, [tip.officer_id for tip in found])
        return tuple(
            OfficeTip(tip.number, tip.urgency, tip.status, names.get(tip.officer_id, ""),
                      self._local(tip.due_at))
            for tip in found
        )  # fmt: skip

    def heirs(self, number: int) -> tuple[Colleague, ...]:
        """Who can have the tip from here on, and could open it without a browser's help."""
        reader = self.reader()
        if reader is None:
            return ()
        view = access_to(self._connection, self._service, reader, number, self._at)
        if view is None or not view.directs:
            return ()
        telling = Telling(self._connection, self._service, self, self._at)
        return tuple(
            Colleague(one.id, one.name, officers.ROLE_NAMES[one.role])
            for one in case_work.heirs(telling, view, reader.officer_id)
            if one.id != reader.officer_id
            and tip_seal.wrap_for(self._connection, number, [one.key.id, tip_seal.SERVER])
        )

    def deputies(self) -> tuple[Colleague, ...]:
        """Colleagues who could stand in, and open something of what the officer has taken: those
        who serve the same villages first, then leaders."""
        reader = self.reader()
        if reader is None:
            return ()
        own = set(officers.villages_of(self._connection, reader.officer_id, self._today))
        mine = tip_lists.owned_by(self._connection, reader.officer_id)
        taken = [tip.number for tip in mine if tip.status in tips.TAKEN]
        rows = self._connection.execute(
            select(officers.officers.c.id, officers.officers.c.name, duties.c.role,
                   duties.c.place_code)
            .join(duties, duties.c.officer_id == officers.officers.c.id)
            .where(
                officers.officers.c.id != reader.officer_id,
                may_read(reader.office_code),
                duties.c.role.in_(officers.ROLE_ORDER),
                *officers.holds(duties, self._today),
            )
        ).all()  # fmt: skip
        found: dict[int, Colleague] = {}
        for row in sorted(rows, key=lambda row: (row.place_code not in own, row.name, row.id)):
            here = leave.of(self._connection, row.id, self._at) is None
            if here and (not taken or any(self._opens(row.id, number) for number in taken)):
                role = officers.ROLE_NAMES[row.role]
                found.setdefault(row.id, Colleague(row.id, row.name, role))
        return tuple(found.values())

    def _opens(self, officer_id: int, number: int) -> bool:
        return rewrapping.can_open(self._connection, officer_id, number, self._today)

    def learners_near(self, lessons: Collection[str]) -> int:
        villages = [place.code for place in self.officer_villages()]
        return learned.finished_all(self._connection, villages, lessons)

    def pause_rules(self) -> PauseRules:
        rules = self._office.deadlines
        return PauseRules(rules.pause_at_most, rules.pause_reasons)

    def may_pause(self, number: int) -> bool:
        reader = self.reader()
        return reader is not None and tip_clock.may_pause(
            self._connection, number, reader.officer_id, self._office.deadlines, self._today
        )

    def leave(self) -> LeaveView | None:
        reader = self.reader()
        found = leave.coming(self._connection, reader.officer_id, self._at) if reader else None
        if found is None:
            return None
        local = self._office.calendar.local
        names = officers.names(self._connection, [found.deputy_id])
        return LeaveView(local(found.begins_at), local(found.ends_at), found.deputy_id,
                         names.get(found.deputy_id, ""))  # fmt: skip

    def chat_report(self, number: int) -> Mapping[str, str]:
        """Mode `chat`: the report, for who owns it or may take it. Empty in the other modes."""
        tip = tips.by_number(self._connection, number)
        if self._service.settings.tip_mode != "chat" or tip is None or not self._is_mine(tip):
            return {}
        private = tip_seal.key_of_ring(self._connection, self._service.ring, tip.number, tip.id)
        if private is None:  # it was opened before the office chose this mode
            return {}
        return next(
            tip_seal.open_part(private, tip.id, part).content
            for part in tip_seal.sealed_parts(self._connection, tip.number)
            if part.kind == "report"
        )

    def _local(self, at: datetime | None) -> datetime | None:
        return self._office.calendar.local(at) if at else None
