"""One message in → one committed turn: session, effects and replies, or nothing of it.

All messages that wait right now share one transaction (group commit). The provider's event id is
inserted once, so a repeated delivery changes nothing. A message whose turn fails is taken back to
its savepoint, apologised for, and logged without its text; the others of the batch go on.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from prometheus_client import Counter
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from bot import (
    contacts,
    draft_media,
    erasures,
    feeding,
    funnel,
    group_turns,
    held_picture,
    meter,
    outbox,
    pictures,
)
from bot.channels.base import Inbound
from bot.contacts import Known
from bot.database import GroupCommit
from bot.effects import Effects
from bot.inbox import inbox, log_failure
from bot.meter import Counts
from bot.officer_world import OfficerWorld
from bot.service import Service
from bot.sessions import SessionRow, seal_session
from flows import engine
from flows.events import AttachmentSent, Event, MessageCreated, PictureSent, VoiceSent
from flows.session import Input, InputKind
from flows.waits import wakes_at

log = logging.getLogger(__name__)

Outcome = Literal["done", "duplicate", "failed"]

TURNS = Counter("kentongan_turns", "Turns by channel and outcome.", ["channel", "outcome"])

_TALK: dict[str, InputKind] = {
    "text": "text",
    "choice": "choice",
    "unreadable": "unreadable",
    "edited": "edited",
    "picture": "picture",
    "picture_read": "picture_read",
    "attachment": "attachment",
    "voice_heard": "voice_heard",
}
_COMES_BACK = frozenset({"picture_read", "voice_heard", "attachment"})
"""What became of something that was sent before: a row of `picture_job` ends with it."""
_NOT_SPOKEN = _COMES_BACK | {"blocked", "unblocked"}
"""Of a person, but nothing they said just now: WhatsApp's window does not open anew."""


sessions = SessionRow.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class _Batch:
    """What a batch has read and will write."""

    connection: Connection
    now: datetime
    people: dict[tuple[str, str], Known] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    spoke: set[int] = field(default_factory=set)
    """Contacts whose message opened WhatsApp's window anew."""
    template: str = ""
    """A WhatsApp template that is sent instead of each text of this batch."""
    learning: Counts = field(default_factory=Counts)
    steps: list[funnel.Step] = field(default_factory=list)


class Turns:
    """Takes inbound messages and makes turns of them."""

    def __init__(self, service: Service, *, wake: Callable[[], None] = lambda: None) -> None:
        """`wake` is called after each commit, so that the senders look at the outbox at once."""
        self._service = service
        self.wake = wake
        insert = service.database.insert(inbox).on_conflict_do_nothing()
        self._insert_event = insert.returning(inbox.c.channel, inbox.c.event_id)
        upsert = service.database.insert(sessions)
        self._save_session = upsert.on_conflict_do_update(
            index_elements=["contact_id"],
            set_={name: upsert.excluded[name] for name in ("state", "last_inbound_at", "wake_at")},
        ).returning(sessions.c.contact_id)  # one statement for all: see outbox.queue
        self._keep_window = (
            sessions.update()
            .where(sessions.c.contact_id == bindparam("row_id"))
            .values(state=bindparam("new_state"), wake_at=bindparam("new_wake_at"))
        )
        self.commits: GroupCommit[Inbound, Outcome] = GroupCommit(
            "turns", service.database, self._commit, alone=self._apologise, after=wake
        )

    async def accept(self, inbound: Inbound) -> Outcome:
        """Returns once the turn is committed. Raises when the database can't take it."""
        outcome = await self.commits.put(inbound)
        TURNS.labels(inbound.channel, outcome).inc()
        return outcome

    def pass_time(self, connection: Connection, now: datetime, most: int = 500) -> int:
        """Time itself as input: nudges and quiet ends of waits that are due."""
        due = connection.execute(
            select(sessions.c.contact_id)
            .where(sessions.c.wake_at <= now)
            .order_by(sessions.c.wake_at)
            .limit(most)
        )
        ids = [row.contact_id for row in due]
        service = self._service
        people = contacts.load_by_id(connection, service.database, service.ring, ids, due=now)
        self.unasked(connection, people, Input("timeout"), now)
        return len(ids)

    def unasked(
        self, connection: Connection, people: list[Known], given: Input, now: datetime,
        *, template: str = "",
    ) -> int:  # fmt: skip
        """An input that nobody typed, for each of them; to how many conversations it came."""
        batch = _Batch(connection, now, template=template)
        reached = 0
        for known in people:
            batch.people[known.channel, str(known.id)] = known
            try:
                self._converse(batch, known, given, priority=outbox.NEWS)
                reached += 1
            except SQLAlchemyError:
                raise
            except Exception as error:  # one conversation must not hold up everybody's time
                log.error("time can't pass for a conversation: %s", type(error).__name__)
        self._flush(batch)
        return reached

    def close(self) -> None:
        self.commits.close()

    # ---- one batch, one transaction

    def _commit(self, connection: Connection, inbounds: list[Inbound]) -> list[Outcome]:
        now = self._service.clock.now()
        fresh = self._take_events(connection, inbounds, now)
        batch = _Batch(connection, now)
        outcomes: list[Outcome] = []
        mine = [inbound for inbound in inbounds if (inbound.channel, inbound.event_id) in fresh]
        people = {(i.channel, i.address) for i in mine if i.address and not i.group}
        batch.people = contacts.load(
            connection, self._service.database, self._service.ring, people, now
        )
        for inbound in inbounds:
            if (inbound.channel, inbound.event_id) not in fresh:
                outcomes.append("duplicate")
                continue
            fresh.discard((inbound.channel, inbound.event_id))
            outcomes.append(self._isolated(batch, inbound))
        self._flush(batch)
        return outcomes

    def _take_events(
        self, connection: Connection, inbounds: list[Inbound], now: datetime
    ) -> set[tuple[str, str]]:
        """The events that nobody has taken yet; a second delivery is not among them."""
        events = sorted({(inbound.channel, inbound.event_id) for inbound in inbounds})
        rows = [{"channel": c, "event_id": e, "received_at": now} for c, e in events]
        taken = connection.execute(self._insert_event, rows)
        return {(channel, event_id) for channel, event_id in taken}

    def _isolated(self, batch: _Batch, inbound: Inbound) -> Outcome:
        known = batch.people.get((inbound.channel, inbound.address))
        try:
            self._take(batch, inbound, known)
        except SQLAlchemyError:
            raise  # the transaction itself is in doubt: each message is tried alone
        except Exception as error:
            log_failure(inbound, error)
            if known:
                self._queue(batch, self._service.message("common.failed"), known)
            self._decline(batch.connection, inbound, batch.now)
            return "failed"
        if known and inbound.kind not in _NOT_SPOKEN:
            batch.spoke.add(known.id)
        return "done"

    def _take(self, batch: _Batch, inbound: Inbound, known: Known | None) -> None:
        if inbound.kind.startswith("group"):
            turn = group_turns.GroupTurn(batch.connection, self._service, batch.now)
            batch.rows += turn.take(inbound)
            return None
        if known is None:
            return None
        if inbound.kind in ("blocked", "unblocked"):
            gone = batch.now if inbound.kind == "blocked" else None
            contacts.change(batch.connection, known.id, unreachable_at=gone)
            return None
        tip_id = ""
        if inbound.kind in _COMES_BACK:
            told = pictures.take_off(
                batch.connection, self._service.ring, inbound.event_id, batch.now
            )
            if told is None:
                return self._too_late(batch, inbound)
            tip_id = told.tip_id
        if inbound.kind not in _NOT_SPOKEN:
            contacts.heard_from(batch.connection, known, batch.now)
        media = inbound.event_id if inbound.kind == "attachment" else inbound.media
        given = Input(
            _TALK[inbound.kind], inbound.text, inbound.payload, media, inbound.caption,
            inbound.medium, tip_id,
        )  # fmt: skip
        before = known.session
        events = self._converse(batch, known, given, callback_id=inbound.callback_id)
        secret = erasures.confidential(before, known.session, events)
        sent = {type(event) for event in events} & {PictureSent, VoiceSent, AttachmentSent}
        if inbound.kind not in _NOT_SPOKEN:
            held = held_picture.holds(known.session, inbound.media)
            if not sent and not held:
                self._decline(batch.connection, inbound, batch.now)
            # The message of an attachment goes once its file was fetched.
            if inbound.channel in erasures.KEEPS_BODIES and AttachmentSent not in sent:
                erasures.hear(batch.connection, self._service.ring, inbound.event_id,
                              known.session, batch.now, secret=secret and not held,
                              fetched=bool(sent))  # fmt: skip

    def _too_late(self, batch: _Batch, inbound: Inbound) -> None:
        """Its sender had everything deleted meanwhile, or gave up the draft it was for."""
        draft_media.drop(batch.connection, token=inbound.event_id)

    def _decline(self, connection: Connection, inbound: Inbound, now: datetime) -> None:
        """What came with a message and will not be read stays nowhere, whoever declined it."""
        if inbound.media:
            pictures.decline(connection, self._service.ring, inbound.channel, inbound.media, now)

    def _converse(
        self,
        batch: _Batch,
        known: Known,
        given: Input,
        *,
        callback_id: str = "",
        priority: int = outbox.REPLY,
    ) -> list[Event]:
        """Compute the sprint, carry its events out in a savepoint, keep the session and replies.

        Returns what happened.
        """
        world = OfficerWorld(batch.connection, self._service, known, batch.now)
        before = known.session
        sprint = engine.resume(self._service.catalog, known.session, given, world.person(), world)
        effects = Effects(batch.connection, self._service, world, batch.now, known=known)
        secret = erasures.confidential(before, sprint.session, sprint.events)
        # The replies are sealed first: a reply that can't be written keeps the effects away too.
        replies = []
        for event in sprint.events:
            if isinstance(event, MessageCreated):
                erase = erasures.when(
                    known.channel, sprint.session, fixed=event.fixed, secret=secret
                )
                replies.append(self._row(batch, event, known, callback_id, priority, erase))
                callback_id = ""
        effects.carry_out(sprint.events)
        batch.steps.extend(funnel.steps(before, sprint.session))
        held_picture.let_go(batch.connection, self._service.ring, known.channel, before,
                            sprint.session, sprint.events, batch.now)  # fmt: skip
        batch.learning += meter.counted(known.channel, before, sprint, given, batch.template)
        known.session = sprint.session
        known.touched = True
        known.is_new = False
        batch.rows += replies + effects.rows
        return sprint.events

    # ---- writing

    def _queue(self, batch: _Batch, message: MessageCreated, known: Known) -> None:
        batch.rows.append(self._row(batch, message, known, "", outbox.REPLY))

    def _row(
        self,
        batch: _Batch,
        message: MessageCreated,
        known: Known,
        callback_id: str,
        priority: int,
        erase: str = "",
    ) -> dict[str, Any]:
        # A reply is waited for; what comes unasked lets people sleep.
        calendar = self._service.office().calendar if priority != outbox.REPLY else None
        return outbox.row_for(
            self._service.ring, message, batch.now, channel=known.channel,
            contact_id=known.id, callback_id=callback_id, priority=priority, erase=erase,
            template=batch.template,
            not_before=calendar.quiet_until(batch.now) if calendar else None,
        )  # fmt: skip

    def _flush(self, batch: _Batch) -> None:
        spoke, slept = [], []
        for known in batch.people.values():
            if known.id in batch.spoke:
                state, wake_at = self._at_rest(known)
                spoke.append({"contact_id": known.id, "state": state,
                              "last_inbound_at": batch.now, "wake_at": wake_at})  # fmt: skip
            elif known.touched:
                state, wake_at = self._at_rest(known)
                slept.append({"row_id": known.id, "new_state": state, "new_wake_at": wake_at})
        if spoke:
            batch.connection.execute(self._save_session, spoke)
        if slept:
            batch.connection.execute(self._keep_window, slept)
        there = {k.id for k in batch.people.values() if k.channel == "whatsapp"} & batch.spoke
        outbox.unpark(batch.connection, there, batch.now)  # only WhatsApp has a window
        feeding.deliver_parked(batch.connection, self._service, there, batch.now)
        outbox.queue(batch.connection, batch.rows)
        meter.add(batch.connection, self._service.database, batch.learning, batch.now)
        funnel.keep(batch.connection, self._service, batch.now, batch.steps)

    def _at_rest(self, known: Known) -> tuple[bytes, datetime | None]:
        wakes = wakes_at(self._service.catalog, known.session)
        state = seal_session(self._service.ring, known.id, known.session)
        return state, datetime.fromtimestamp(wakes, UTC) if wakes else None

    def _apologise(self, inbound: Inbound, error: Exception) -> Outcome:
        """The turn could not even be written: take the event, say sorry, change nothing else."""
        log_failure(inbound, error)
        now = self._service.clock.now()
        with self._service.database.write() as connection:
            if not self._take_events(connection, [inbound], now) or not inbound.address:
                return "failed"
            people = contacts.load(
                connection, self._service.database, self._service.ring,
                [(inbound.channel, inbound.address)], now,
            )  # fmt: skip
            batch = _Batch(connection, now)
            for known in people.values():
                self._queue(batch, self._service.message("common.failed"), known)
            self._decline(connection, inbound, now)
            outbox.queue(connection, batch.rows)
        return "failed"
