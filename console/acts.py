"""What an officer does to a case from its page: every act a post, once however often it comes.

Who may is asked inside the transaction that does it. A refusal is a sentence for the officer; the
page keeps what was typed.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import audit, case_work, outbox, partner_requests, tip_clock, tips
from bot.case_rights import Access, Reader
from bot.case_work import NotPossible, Wrap, WrapNeeded
from bot.effects import Effects
from bot.tip_moves import NotAllowed
from bot.world import World
from console.case import may_forward, must_access, number_of, partners_of, reader_of
from console.entrance import json_answer
from console.sessions import posted_json
from flows.officer_desk import OUTCOMES
from flows.partners import load_grounds
from flows.plain_text import typed
from flows.safety import mask_identity_numbers

if TYPE_CHECKING:
    from console.app import Console

WORDS_LEAST, WORDS_MOST = 3, 1000
MAX_NOTE = 24 * 1024
"""Bytes of a sealed note: some thousand words."""
_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOVED = "Laporan ini sudah berubah: ditutup, atau pindah ke petugas lain. Muat ulang halaman."


class Declined(Exception):
    """The act was not done; the message tells the officer why."""

    def __init__(self, words: str, status: int = 422) -> None:
        super().__init__(words)
        self.status = status


class Form(msgspec.Struct, kw_only=True):
    nonce: str
    """Made with the page: the same form sent again does nothing."""


class Words(Form):
    words: str


class Note(Form):
    uid: str
    sealed: bytes


class Pause(Form):
    reason: str
    days: int


class ToOfficer(Form):
    officer: int
    key_id: str = ""
    wrap: bytes = b""


class Merge(Form):
    into: int
    key_id: str = ""
    wrap: bytes = b""


class Close(Form):
    outcome: str
    words: str = ""


class PartnerAnswer(Form):
    request: int
    words: str


class Forward(Form):
    partner: str
    ground: str
    digest: str


Body = TypeVar("Body", bound=Form)
Act = Callable[[Effects, Access, Reader, Body], str]
"""Does it and says where the officer goes next, below the console."""


def routes(console: "Console") -> list[Route]:
    def act(name: str, shape: type[Body], do: Act[Body]) -> Route:
        async def handle(request: Request) -> Response:
            return await _post(console, request, shape, do)

        return Route(f"/console/tip/{{number}}/{name}", console.page(POST=handle))

    return [
        act("take", Form, take),
        act("reply", Words, reply),
        act("note", Note, note),
        act("pause", Pause, pause),
        act("hand-on", ToOfficer, hand_on),
        act("share", ToOfficer, share),
        act("unshare", ToOfficer, unshare),
        act("merge", Merge, merge),
        act("close", Close, close),
        act("forwarded", Forward, forwarded),
        act("partner-answer", PartnerAnswer, partner_answer),
    ]


async def _post(console: "Console", request: Request, shape: type[Body], do: Act[Body]) -> Response:
    signed, body = await posted_json(request, shape)
    reader, number = reader_of(signed), number_of(request)
    try:
        where = await run_in_threadpool(_perform, console, reader, number, body, do)
    except WrapNeeded as needed:
        # Not a failure: the browser seals the tip's key to this one and sends the form again.
        key = {"id": needed.key.id, "public": needed.key.public}
        return json_answer({"wrap_for": key})
    except Declined as declined:
        return json_answer({"error": str(declined)}, declined.status)
    except (NotPossible, NotAllowed):
        return json_answer({"error": _MOVED}, 409)
    console.wake()
    return json_answer({"go": where})


def _perform(console: "Console", reader: Reader, number: int, body: Body, do: Act[Body]) -> str:
    service, now = console.service, console.service.clock.now()
    if not _NONCE.fullmatch(body.nonce):
        raise Declined("Muat ulang halaman, lalu coba lagi.")
    with service.database.write() as connection:
        tips.hold(connection, number)
        if not case_work.first_time(
            connection, service.database, reader.officer_id, body.nonce, now
        ):
            return "/inbox"  # done before: its answer was lost on the way
        view = must_access(connection, service, reader, number)
        effects = Effects(connection, service, World(connection, service, None, now), now)
        where = do(effects, view, reader, body)
        outbox.queue(connection, effects.rows)
    return where


# ---- the acts


def take(effects: Effects, view: Access, reader: Reader, form: Form) -> str:
    if not view.owns:
        raise NotPossible("not theirs")
    if view.tip.status == "assigned":
        effects.acknowledge(view.tip, reader.officer_id)
    return _page(view)


def reply(effects: Effects, view: Access, reader: Reader, form: Words) -> str:
    words = _words_of(form.words)
    if not view.taken:
        raise NotPossible("not theirs, or not taken")
    effects.ask_reporter(view.tip, reader.officer_id, words)
    return _page(view)


def note(effects: Effects, view: Access, reader: Reader, form: Note) -> str:
    if not view.is_open:
        raise NotPossible("it has ended")
    if len(form.sealed) > MAX_NOTE:
        raise Declined("Catatan terlalu panjang.")
    case_work.note(effects, view.tip, reader.officer_id, form.uid, form.sealed)
    return _page(view)


def pause(effects: Effects, view: Access, reader: Reader, form: Pause) -> str:
    rules = effects.service.deadlines
    if form.reason not in rules.pause_reasons:
        raise Declined("Pilih dulu alasannya.")
    if not 1 <= form.days <= rules.pause_at_most.days:
        raise Declined(f"Jeda paling lama {rules.pause_at_most.days} hari.")
    today = effects.service.today(effects.now)
    if not tip_clock.may_pause(
        effects.connection, view.tip.number, reader.officer_id, rules, today
    ):
        raise Declined("Laporan ini sudah beberapa kali ditunda. Serahkan ke pimpinan.")
    until = effects.now + timedelta(days=form.days)
    effects.pause(view.tip, reader.officer_id, form.reason, until)
    return _page(view)


def hand_on(effects: Effects, view: Access, reader: Reader, form: ToOfficer) -> str:
    case_work.reassign(effects, view, reader.officer_id, form.officer, _wrap(form))
    stays = view.leads or form.officer == reader.officer_id
    return _page(view) if stays else "/inbox"


def share(effects: Effects, view: Access, reader: Reader, form: ToOfficer) -> str:
    case_work.share(effects, view, reader.officer_id, form.officer, _wrap(form))
    return _page(view)


def unshare(effects: Effects, view: Access, reader: Reader, form: ToOfficer) -> str:
    case_work.unshare(effects, view, reader.officer_id, form.officer)
    return _page(view) if view.owns or view.leads else "/inbox"


def merge(effects: Effects, view: Access, reader: Reader, form: Merge) -> str:
    into = must_access(effects.connection, effects.service, reader, form.into)
    case_work.merge(effects, view, into, reader.officer_id, _wrap(form))
    return _page(into)


def close(effects: Effects, view: Access, reader: Reader, form: Close) -> str:
    """With words for the reporter, who is told once that something waits."""
    if form.outcome not in OUTCOMES:
        raise Declined("Pilih dulu hasilnya.")
    words = _words_of(form.words) if form.words.strip() else ""
    tip = view.tip
    if not view.taken or tip.officer_id != reader.officer_id:
        raise NotPossible("not theirs, or not taken")
    if form.outcome == "false" and not audit.has_read(
        effects.connection, tip.number, reader.officer_id
    ):
        raise Declined("Baca dulu laporannya, baru bisa ditutup sebagai sengaja palsu.")
    if words and tip.topic == "question":
        effects.ask_reporter(tip, reader.officer_id, words)
    elif words:
        tips.add_message(
            effects.connection, effects.service.ring, tip, "to_reporter", words, effects.now
        )
    effects.close(tip, reader.officer_id, form.outcome)
    return "/inbox"


def forwarded(effects: Effects, view: Access, reader: Reader, form: Forward) -> str:
    """That a letter leaves the office, before the browser makes the file: never its words."""
    tip = view.tip
    if not may_forward(view):
        raise NotPossible("not theirs")
    listed = partners_of(effects.connection, effects.service, tip)
    partner = next((one for one in listed if one.key == form.partner), None)
    grounds = {ground.id: ground for ground in load_grounds()}
    ground = grounds.get(form.ground)
    if partner is None or ground is None or partner.kind not in ground.partners:
        raise Declined("Pilih dulu mitra dan dasar hukumnya.")
    if not _DIGEST.fullmatch(form.digest):
        raise Declined("Muat ulang halaman, lalu coba lagi.")
    partner_requests.record_forward(
        effects.connection, tip, office_code=tip.office_code, officer_id=reader.officer_id,
        partner_key=partner.key, partner_kind=partner.kind, partner_id=partner.partner_id,
        ground=ground.id, digest=form.digest,
        due_at=effects.now + partner_requests.ANSWER_WITHIN, now=effects.now,
    )  # fmt: skip
    return _page(view)


def partner_answer(effects: Effects, view: Access, reader: Reader, form: PartnerAnswer) -> str:
    """What a partner wrote or said to a letter, typed in by the officer and sealed into the case."""
    if not may_forward(view):
        raise NotPossible("not theirs")
    kept = partner_requests.record_answer(
        effects.connection, effects.service.ring, view.tip, form.request,
        officer_id=reader.officer_id, words=_words_of(form.words), now=effects.now,
    )  # fmt: skip
    if not kept:
        raise Declined("Surat ini sudah dijawab.", 409)
    return _page(view)


# ---- what was typed


def _words_of(written: str) -> str:
    """For the reporter: without hidden letters or a NIK. Raises Declined."""
    words = mask_identity_numbers(typed(written))
    if len(words) < WORDS_LEAST or sum(letter.isalnum() for letter in words) < 2:
        raise Declined("Tulisan terlalu pendek. Tulis paling sedikit satu kata.")
    if len(words) > WORDS_MOST:
        raise Declined(f"Tulisan terlalu panjang. Paling banyak {WORDS_MOST} huruf.")
    return words


def _wrap(form: ToOfficer | Merge) -> Wrap | None:
    return Wrap(form.key_id, form.wrap) if form.key_id else None


def _page(view: Access) -> str:
    return f"/tip/{view.tip.number}"
