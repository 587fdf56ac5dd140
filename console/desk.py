"""What the pages of an officer's work with villages share: who may, and one transaction each."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bot.officer_at_work import OfficerAtWork
from bot.service import Service
from console.edge import RefusedError
from console.sessions import Signed
from flows.ports import Place

if TYPE_CHECKING:
    from console.app import Console

T = TypeVar("T")
Work = TypeVar("Work", bound=OfficerAtWork)
ROLES = "officer leader"
"""Who serves people; the office's other duties have nothing to do here."""
_OURS = ("csrf", "nonce", "sure")
_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Desk(Generic[Work]):
    def __init__(self, console: "Console", work: type[Work]) -> None:
        self._console, self._work = console, work
        self._service = console.service

    async def ask(self, signed: Signed, question: Callable[[Work], T]) -> T:
        def ask() -> T:
            with self._service.database.read() as connection:
                return question(self._at_work(connection, signed))

        return await run_in_threadpool(ask)

    async def do(self, signed: Signed, work: Callable[[Work], T]) -> T:
        """Do it and let the senders look. Raises Declined."""

        def change() -> T:
            with self._service.database.write() as connection:
                return work(self._at_work(connection, signed))

        done = await run_in_threadpool(change)
        self._console.wake()
        return done

    def _at_work(self, connection: Connection, signed: Signed) -> Work:
        now = self._service.clock.now()
        return self._work(connection, self._service, signed.officer_id, now)


def number_of(request: Request) -> int:
    """Raises RefusedError for what is no number."""
    text = request.path_params["number"]
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise RefusedError(404, "not_here")


def check_nonce(nonce: str) -> None:
    if not _NONCE.fullmatch(nonce):
        raise RefusedError(400, "unreadable")


def filled(fields: dict[str, str]) -> dict[str, str]:
    """What a person has put in."""
    return {name: text for name, text in fields.items() if name not in _OURS}


def shaped(fields: dict[str, str], shape: Any) -> Any:
    """A form's filled fields as a script would send them. Raises RefusedError for another shape."""
    given = {name: text for name, text in filled(fields).items() if text}
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError:
        raise RefusedError(400, "unreadable") from None


def villages(service: Service, places: tuple[str, ...]) -> list[tuple[str, list[Place]]]:
    """(kecamatan, its villages) of all that an officer reaches, to choose from."""
    found: dict[str, list[Place]] = {}
    for code in places:
        for one in _villages_of(service, code):
            above = service.gazetteer.place(one.code.rpartition(".")[0])
            found.setdefault(above.name if above else "", []).append(one)
    return list(found.items())


def _villages_of(service: Service, code: str) -> Iterator[Place]:
    place = service.gazetteer.place(code)
    if place is None:
        return
    if place.level == "village":
        yield place
        return
    for below in service.gazetteer.children(code):
        yield from _villages_of(service, below.code)
