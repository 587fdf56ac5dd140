"""A report begins: whom it names, who owns it, who can open it, who hears of it first."""

from collections.abc import Sequence
from dataclasses import replace

from bot import (
    conflicts,
    draft_media,
    fingerprints,
    keys,
    officers,
    order,
    partner_effects,
    rewrapping,
    tip_clock,
    tip_seal,
    tips,
)
from bot.case_rows import merges
from bot.contacts import Known
from bot.officers import Step
from bot.outbox_rows import to_the_hour
from bot.routing import Route
from bot.tip_moves import TipMoves
from flows.events import TipOpened

_NAMING = ("what", "who", "victim", "proof", "question")
"""Parts of a report in which somebody or something is named."""


class TipOpening(TipMoves):
    def open(self, known: Known, event: TipOpened) -> None:
        told = " ".join(event.report.values())
        place, home = event.place_code, event.home_code
        named = self.world.named_in(place, told, home=home)
        route = self.world.route(place, home=home, topic=event.topic, skip=named)
        files = draft_media.NOTHING
        if event.topic == "report":
            files = draft_media.take(self.connection, self.service.ring, contact_id=known.id)
        office, owner = self.service.office_of(route.office_code), route.owner
        readers = self._readers(office.code, route.chain, named)
        number = tips.open_tip(
            self.connection,
            self.service.ring,
            replace(files.marked(partner_effects.marked(self, event)), place_code=route.place_code),
            office_code=office.code,
            contact_id=known.id,
            owner=owner,
            due_at=office.due(self.now, event.urgency),
            now=self.now,
            recipients=readers,
            for_ring=self.service.settings.server_reads
            or not keys.any_of_office(self.connection, office.code, readers),
            rank=order.rank(
                self.connection,
                self.service.database,
                self.service.ring,
                contact_id=known.id,
                place_code=event.place_code,
                office_code=office.code,
                now=self.now,
            ),
        )
        tip = tips.by_number(self.connection, number)
        if tip and event.topic == "report":
            draft_media.put(self.connection, tip, files, tip.opened_at)
            draft_media.end(self.connection, self.service.ring, tip, known.id, self.now)
        conflicts.remember(self.connection, self.service.database, self.service.ring, number, named)
        self.remember_names(number, " ".join(event.report.get(name, "") for name in _NAMING))
        if tip and (before := self._said_before(tip, known, route)):
            self._join(tip, before, danger=event.urgency == "now")
            return
        self._tell_owner(owner, number, _first_notice(event), skip=named)
        self._send_copies(number, route, named)
        if event.urgency == "now":
            for officer_id in officers.on_alarm(route.chain):
                if officer_id != owner.officer_id:
                    self.tell_officer(officer_id, "notice.alarm", number=number)

    def _said_before(self, tip: tips.TipRow, known: Known, route: Route) -> tips.TipRow | None:
        """An open report of the same chat in the same words, whose owner this one would reach too:
        a second tap, or fear. Who keeps no return address can't be known again."""
        if not tip.has_return:
            return None
        owners = {step.officer_id for step in route.chain}
        for number, kinds in fingerprints.alike(self.connection, tip.number).items():
            other = tips.by_number(self.connection, number)
            if "text" not in kinds or other is None or other.status not in tips.OPEN_STATUSES:
                continue
            mine = tips.reporter_of(self.connection, self.service.ring, number) == known.id
            if mine and other.office_code == tip.office_code and other.officer_id in owners:
                return other
        return None

    def _join(self, tip: tips.TipRow, before: tips.TipRow, *, danger: bool) -> None:
        """Its code leads to the one before, whose owner hears of it once; nothing is dropped."""
        tips.end(self.connection, tip.number, "merged", self.now, actor="system")
        self.connection.execute(
            merges.insert().values(
                tip_number=tip.number, into_number=before.number, merged_at=self.now
            )
        )
        words = self.service.message("notice.merged_words").text
        ring = self.service.ring
        tips.add_message(self.connection, ring, tip, "to_reporter", words, self.now)
        self.tell_officer(before.officer_id, "notice.merged_into", number=before.number)
        if danger and before.urgency != "now":
            self.raise_alarm(before)

    def remember_names(self, number: int, told: str) -> None:
        found = fingerprints.of_words(told, self.service.extractor, self.world.find_recruiter(told))
        fingerprints.remember(
            self.connection, self.service.database, self.service.ring, number, found
        )

    def _readers(
        self, office_code: str, chain: Sequence[Step], named: frozenset[int]
    ) -> list[keys.Recipient]:
        """Everybody who may come to own it, and the leaders: at night an escalation can't wait for
        somebody's browser. The console shows it only to whoever has it (`console/`)."""
        ids = [step.officer_id for step in chain if step.officer_id is not None]
        found = keys.recipients(self.connection, office_code, ids)
        for other in {step.office_code for step in chain if step.is_desk} - {"", office_code}:
            found += keys.office_recipient(self.connection, other)
        return conflicts.usable(self.connection, found, named)

    def hand_to_people(self, tip: tips.TipRow) -> None:
        """A report that waited under the key ring for somebody with a key."""
        readers = rewrapping.Entitled(self.connection, self.service, self.now).to(tip)
        private = tip_seal.key_of_ring(self.connection, self.service.ring, tip.number, tip.id)
        if private is None:
            return
        tip_seal.give_key(self.connection, tip.number, tip.id, private, readers)
        if keys.any_of_office(self.connection, tip.office_code, readers):
            tip_seal.take_from_ring(self.connection, tip.number)

    def _send_copies(self, number: int, route: Route, named: frozenset[int]) -> None:
        """The second office of a case is told; one that is not on this system is on record."""
        for copy in route.copies:
            if copy.office_code == route.office_code:
                continue  # its leaders see every tip of their office
            tip_clock.copy_to(self.connection, number, copy.office, copy.office_code, copy.reason,
                         to_the_hour(self.now))  # fmt: skip
            if copy.office_code:
                readers = self.world.desk_readers(copy.office_code, named)
                self.tell_officers(readers, "notice.copy", number=number)


def _first_notice(event: TipOpened) -> str:
    if event.urgency == "now":
        return "notice.urgent"
    if event.urgency == "soon":
        return "notice.soon"
    return "notice.question" if event.topic == "question" else "notice.report"
