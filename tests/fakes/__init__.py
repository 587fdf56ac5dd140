"""Stand-ins for the providers, written from the vendors' documents and not from our code."""

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class _Server(uvicorn.Server):
    """Ends when told to, without waiting for the next tick of uvicorn's own clock."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._running = threading.Event()

    def wait_until_running(self) -> None:
        if not self._running.wait(10):
            raise RuntimeError("the fake server did not start")

    def end(self) -> None:
        self.should_exit = self.force_exit = True
        self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._running.set()
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up at once: uvicorn's own shutdown gives each connection a tenth of a second."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()


class Running(ABC):
    """What runs as long as its `with` block."""

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class LoopbackServer(Running):
    """An ASGI app on 127.0.0.1 and a free port, in a thread of its own.

    It can cut a connection in the middle of a call (`drop`), as a real network does.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            http=self._protocol(),
            loop="asyncio",
            lifespan="off",
            log_level="critical",
            access_log=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def _protocol(self) -> type[asyncio.Protocol]:
        transports = self._transports

        class Traced(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                transports[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

        return Traced

    def drop(self, scope: Scope) -> None:
        """Cut the connection of this request; the caller gets no answer."""
        self._transports[tuple(scope["client"])].abort()

    def start(self) -> None:
        self._thread.start()
        self._server.wait_until_running()

    def stop(self) -> None:
        self._server.end()
        self._thread.join(10)
        self._socket.close()


class FakeProvider(Running):
    """A server of a provider; whoever inherits it says what its app answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._server = LoopbackServer(app)

    @property
    def url(self) -> str:
        """What the setting with the address of this provider's API is set to."""
        return self._server.url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
