"""Has waiting pictures and voice notes read, and hands what was read back into their conversations.

Nothing slow runs inside a turn: a turn only promises (`bot/pictures.py`). Here a picture is
fetched, read in a process of its own (`bot/reading.py`) and comes back as one more input of the
same session, under an event id of its own, so that whatever is killed or tried again, it is
answered once. One process holds the lease; it reads `WORKERS` pictures at a time. When none is to
be read, the copies of those that are answered, erased or declined are deleted at their provider.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from prometheus_client import Counter

from bot import draft_media, erasures, keeping, listening, pictures, reading
from bot.channels.base import (
    TOO_LARGE,
    ChannelDown,
    Inbound,
    OutcomeUnknown,
    PictureSource,
    Refused,
    RetryLater,
    SendError,
)
from bot.draft_media import Attachment
from bot.erasures import Erasure
from bot.keeping import Kept
from bot.listening import Heard
from bot.pictures import Claimed, Leftover
from bot.reading import Read
from bot.schedule import LEASE, hold, let_go
from bot.service import Service
from bot.shelf import CannotMake
from bot.turns import Turns
from flows.attachments import NAMES
from flows.broadcast_photo import FOR_BROADCAST

log = logging.getLogger(__name__)

READ = Counter("kentongan_pictures", "Pictures by what became of them.", ["channel", "outcome"])

ERASED = Counter(
    "kentongan_erasures",
    "Copies and messages that a provider was asked to delete.",
    ["channel", "what", "outcome"],
)

WORKERS = 2
"""So that a provider that does not answer holds up one of them only."""
IDLE = 0.5
"""Seconds between looks. Nobody wakes a reader: pictures are rare, and the commits of all other
turns should not pay for them."""
FETCH_SECONDS = 25.0
RETRY_SECONDS = 5.0
LONGEST_PAUSE = 160.0
LONGEST_KEPT = 3600.0
"""Seconds to which the pause grows between two tries to have a provider's copy deleted."""
LEASE_NAME = "pictures"


class _NotNow(Exception):
    """The picture can't be had now; `seconds` until the first look after that."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class PictureReader:
    """The pictures of all channels, oldest first, of each person one after the other."""

    def __init__(
        self,
        service: Service,
        turns: Turns,
        sources: Sequence[PictureSource],
        *,
        read: Callable[[bytes], Read] = reading.read,
        keep: Callable[[bytes], Kept] = keeping.keep,
        listen: Callable[[bytes], Heard] | None = None,
    ) -> None:
        self._service = service
        self._turns = turns
        self._sources = {source.name: source for source in sources}
        self._read = read
        self._keep = keep
        self._listen = listen or self._with_model
        self._lease_until = 0.0

    async def run(self) -> None:
        """Read until cancelled; what is in hand then is handed back at once."""
        workers = [asyncio.create_task(self._work()) for _ in range(WORKERS)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            let_go(self._service.database, LEASE_NAME)

    async def drain(self) -> None:
        """Read all that may be read now (command line, tests)."""
        while await self._next():
            pass

    async def _work(self) -> None:
        while True:
            try:
                while await self._next():
                    pass
            except Exception as error:  # the loop that must not die
                log.error("pictures: %s", type(error).__name__)
            await asyncio.sleep(IDLE)

    async def _next(self) -> bool:
        """Take one picture to its end, or to its next try; False when none may be taken."""
        job = await asyncio.to_thread(self._claim)
        if job is None:
            return False
        if isinstance(job, Leftover | Erasure):
            await self._discard(job)
            return True
        try:
            found = await self._look_at(job)
        except _NotNow as later:
            pause = min(later.seconds * 2 ** (job.attempts - 1), LONGEST_PAUSE)
            await asyncio.to_thread(self._put_back, job, pause)
            READ.labels(job.channel, "retried").inc()
        except asyncio.CancelledError:
            self._put_back(job, 0)
            raise
        else:
            await self._answer(job, found)
        return True

    # ---- one picture

    async def _look_at(self, job: Claimed) -> Read | Kept | Heard:
        """Raises _NotNow."""
        answer = Kept if job.keeps else Heard if _is_voice(job) else Read
        source = self._sources.get(job.channel)
        if job.late or source is None:
            return answer("not_fetched")
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                data = await source.fetch(job.told.media)
        except Refused as error:
            return answer("too_large" if error.code == TOO_LARGE else "not_fetched")
        except (RetryLater, OutcomeUnknown, ChannelDown, TimeoutError) as error:
            raise _NotNow(getattr(error, "seconds", RETRY_SECONDS)) from None
        except SendError:
            return answer("not_fetched")
        work = self._keep if job.keeps else self._listen if _is_voice(job) else self._read
        return await asyncio.to_thread(work, data)

    def _with_model(self, sound: bytes) -> Heard:
        model = self._service.settings.speech_model
        return listening.listen(sound, listening.command(model))

    async def _answer(self, job: Claimed, found: Read | Kept | Heard) -> None:
        """The turn that answers also takes the row away; a turn that failed has apologised."""
        if isinstance(found, Kept) and job.told.tip_id == FOR_BROADCAST:
            found, name = await asyncio.to_thread(self._shelve, found)
            inbound = Inbound(
                job.channel, job.token, "attachment", job.address,
                payload=found.outcome, media=name, medium=job.told.medium,
            )  # fmt: skip
        elif isinstance(found, Kept):
            await asyncio.to_thread(self._store, job, found)
            inbound = Inbound(
                job.channel, job.token, "attachment", job.address,
                payload=found.outcome, medium=job.told.medium,
            )  # fmt: skip
        elif isinstance(found, Heard):
            inbound = Inbound(
                job.channel, job.token, "voice_heard", job.address,
                text=found.text, payload=found.outcome,
            )  # fmt: skip
        else:
            inbound = Inbound(
                job.channel, job.token, "picture_read", job.address,
                text=found.text, payload=found.outcome, caption=job.told.caption,
            )  # fmt: skip
        outcome = await self._turns.accept(inbound)
        READ.labels(job.channel, found.outcome).inc()
        if outcome != "done":
            await asyncio.to_thread(self._take_off, job, failed=outcome == "failed")

    def _shelve(self, found: Kept) -> tuple[Kept, str]:
        """A broadcast's photo goes out to many, so it lies on the shelf; its name there."""
        if found.outcome != "kept":
            return found, ""
        if found.media_type != "image/jpeg":
            return Kept("unknown"), ""
        try:
            return found, self._service.shelf.keep_photo(found.data)
        except CannotMake:
            return Kept("not_fetched"), ""

    async def _discard(self, left: Leftover | Erasure) -> None:
        """The row goes only once the provider has said that its copy is gone, however long it takes."""
        try:
            source = self._sources.get(left.channel)
            if source is None:
                raise ChannelDown("closed")
            async with asyncio.timeout(FETCH_SECONDS):
                if isinstance(left, Erasure):
                    await source.erase(left.message.id, left.message.chat)
                else:
                    await source.discard(left.media)
        except (SendError, TimeoutError) as error:
            code = getattr(error, "code", "no answer")
            what = "message" if isinstance(left, Erasure) else "picture"
            log.warning("a %s stays at %s: %s", what, left.channel, code)
            pause = min(RETRY_SECONDS * 2 ** min(left.attempts - 1, 10), LONGEST_KEPT)
            await asyncio.to_thread(self._put_back, left, pause, code)
            ERASED.labels(left.channel, what, "refused").inc()
        except asyncio.CancelledError:
            self._put_back(left, 0)
            raise
        else:
            await asyncio.to_thread(self._deleted, left)
            what = "message" if isinstance(left, Erasure) else "picture"
            ERASED.labels(left.channel, what, "gone").inc()

    # ---- the database side

    def _claim(self) -> Claimed | Leftover | Erasure | None:
        database, now = self._service.database, self._service.clock.now()
        with database.read() as connection:
            due = pictures.any_due(connection, now)
            if not due and not erasures.any_due(connection, now, self._sources):
                return None
        if not self._hold(now):
            return None
        with database.write() as connection:
            ring = self._service.ring
            return (
                pictures.claim(connection, ring, now)
                or pictures.claim_leftover(connection, ring, now)
                or erasures.claim(connection, ring, now, self._sources)
            )

    def _hold(self, now: datetime) -> bool:
        if time.monotonic() < self._lease_until:
            return True
        if not hold(self._service.database, LEASE_NAME, now):
            return False
        self._lease_until = time.monotonic() + LEASE.total_seconds() / 3
        return True

    def _put_back(self, job: Claimed | Leftover | Erasure, seconds: float, why: str = "") -> None:
        later = self._service.clock.now() + timedelta(seconds=seconds)
        with self._service.database.write() as connection:
            if isinstance(job, Erasure):
                erasures.put_back(connection, job.token, later, why)
            else:
                pictures.put_back(connection, job.token, later)

    def _store(self, job: Claimed, kept: Kept) -> None:
        """Sealed before the turn that tells of it; not when another reader was faster."""
        service, now = self._service, self._service.clock.now()
        with service.database.write() as connection:
            if kept.outcome == "kept" and pictures.is_waiting(connection, job.token):
                attachment = Attachment(
                    NAMES[job.told.medium], kept.media_type, kept.as_it_came, kept.data
                )
                draft_media.store(connection, service.database, service.ring, job.token,
                                  job.contact_id, attachment, now)  # fmt: skip

    def _take_off(self, job: Claimed, *, failed: bool) -> None:
        """What another reader has brought in already is left alone."""
        now = self._service.clock.now()
        with self._service.database.write() as connection:
            taken = pictures.take_off(connection, self._service.ring, job.token, now)
            if taken or failed:
                draft_media.drop(connection, token=job.token)

    def _deleted(self, left: Leftover | Erasure) -> None:
        with self._service.database.write() as connection:
            if isinstance(left, Erasure):
                erasures.done(connection, left.token)
            else:
                pictures.deleted(connection, left.token)


def _is_voice(job: Claimed) -> bool:
    """To be written down; one that is kept with a case is a file like any other."""
    return not job.keeps and job.told.medium == pictures.VOICE
