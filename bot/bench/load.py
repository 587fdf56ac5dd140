"""A load of ready-made HTTP requests over a few connections, and a provider that says yes."""

import asyncio
import json
import time
from collections.abc import Sequence
from functools import partial
from typing import cast

HEADERS_END = b"\r\n\r\n"


def telegram_request(host: str, secret: str, update_id: int, chat: int, text: str) -> bytes:
    """One webhook call exactly as Telegram makes it."""
    update = {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1795400000,
            "from": {"id": chat, "is_bot": False, "first_name": "Warga", "language_code": "id"},
            "chat": {"id": chat, "type": "private", "first_name": "Warga"},
            "text": text,
        },
    }
    body = json.dumps(update).encode()
    head = (
        f"POST /webhooks/telegram HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends its requests one after the other, each when the last was answered."""

    def __init__(self, requests: Sequence[bytes], done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._next = 0
        self._seen = b""
        self._done = done
        self.times: list[float] = []
        self.bad = 0
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, end, body = self._seen.partition(HEADERS_END)
        if not end:
            return
        if len(body) < _content_length(head):
            return
        self.times.append(time.perf_counter() - self._began)
        self.bad += head[9:10] != b"2"
        self._seen = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        if self._next == len(self._requests):
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._next])
        self._next += 1


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


async def fire(port: int, lanes: Sequence[Sequence[bytes]]) -> tuple[float, list[float], int]:
    """Send each lane's requests over a connection of its own; (seconds, latencies, not 2xx)."""
    loop = asyncio.get_running_loop()
    waits: list[asyncio.Future[None]] = []
    connections = []
    began = time.perf_counter()
    for lane in lanes:
        done = loop.create_future()
        waits.append(done)
        factory = partial(_Connection, lane, done)
        _, connection = await loop.create_connection(factory, "127.0.0.1", port)
        connections.append(connection)
    await asyncio.gather(*waits)
    seconds = time.perf_counter() - began
    latencies = sorted(value for connection in connections for value in connection.times)
    return seconds, latencies, sum(connection.bad for connection in connections)


class _Provider(asyncio.Protocol):
    """Answers every call like Telegram or Twilio would when all is well."""

    _telegram = json.dumps(
        {"ok": True, "result": {"message_id": 1, "date": 1795400000, "text": "x",
                                "chat": {"id": 1, "type": "private", "first_name": "W"}}}
    ).encode()  # fmt: skip
    _twilio = json.dumps(
        {"sid": "SM" + "0" * 32, "status": "queued", "body": "x", "error_code": None}
    ).encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._seen = b""

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while True:
            head, end, rest = self._seen.partition(HEADERS_END)
            if not end or len(rest) < (length := _content_length(head)):
                return
            self._seen = rest[length:]
            is_twilio = b"/2010-04-01/" in head.split(b"\r\n", 1)[0]
            body, status = (
                (self._twilio, b"201 Created") if is_twilio else (self._telegram, b"200 OK")
            )
            self._transport.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: "
                + str(len(body)).encode() + HEADERS_END + body
            )  # fmt: skip


async def provide(port: int) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(_Provider, "127.0.0.1", port)
    await server.serve_forever()
