"""The console: one object with its templates, static files and routes.

Pages are written by the server; reports are opened in the officer's browser only. A GET changes
nothing: chat apps fetch a link to preview it.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.officers import ROLE_NAMES
from bot.service import Service
from console import (
    account,
    broadcasts,
    campaigns,
    entrance,
    groups,
    inbox,
    keywork,
    meetings,
    oversight,
    refusals,
    setup,
    words,
)
from console.edge import Handler, Page, RefusedError, origin_of, wants_json
from console.entrance import home
from console.sessions import Signed, csrf, signed_in
from flows.catalog import HotlineEntry
from flows.desk_text import harmless
from flows.meeting_desk import few
from flows.plain_text import plain
from flows.times import say_time

_HERE = Path(__file__).resolve().parent


def routes(service: Service, wake: Callable[[], None]) -> list[Route]:
    """The console's routes; `wake` is called when a message waits in the outbox."""
    console = Console(service, wake)
    return [
        *entrance.routes(console),
        *inbox.routes(console),
        *broadcasts.routes(console),
        *groups.routes(console),
        *meetings.routes(console),
        *campaigns.routes(console),
        *setup.routes(console),
        *account.routes(console),
        *keywork.routes(console),
        *oversight.routes(console),
        Route("/console/static/{version}/{name:path}", console.page(GET=console.static)),
        Route("/console/{rest:path}", console.page(GET=console.nothing)),
    ]


class Console:
    """What all its pages share, over one service."""

    def __init__(self, service: Service, wake: Callable[[], None]) -> None:
        self.service = service
        self.wake = wake
        self.root = f"{urlsplit(service.settings.public_base_url).path}/console"
        self.origin = origin_of(service.settings.public_base_url)
        self._static = _Static(_HERE / "static")
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals |= {
            "root": self.root,
            "static": f"{self.root}/static/{self._static.version}",
            "statuses": words.STATUSES,
            "endings": words.ENDINGS,
            "outcomes": self._outcome,
        }
        self._templates.filters |= {
            "b64": _b64,
            "plain": plain,
            "moment": self.moment,
            "left": inbox.say_left,
            "call": _call,
            "role": lambda role: ROLE_NAMES.get(role, role),
            "duty": lambda role: words.DUTIES.get(role, role),
            "action": words.action,
            "say_time": say_time,
            "subject": words.subject,
            "few": few,
            "harmless": harmless,
        }

    def moment(self, at: datetime) -> str:
        """As the office's clock shows it."""
        return say_time(self.service.office().calendar.local(at))

    def _outcome(self, outcome: str) -> str:
        key = f"officer_desk.outcome_{outcome}"
        wording = self.service.catalog.wording
        return wording.say(key) if key in wording else "Digabung"

    def page(self, **handlers: Handler) -> Page:
        return Page(self, **handlers)

    def show(
        self, template: str, status: int = 200, *, signed: Signed | None = None, **slots: object
    ) -> Response:
        """A page; with `signed` it carries the session's half and token for the scripts."""
        slots |= {"signed": signed, "csrf": csrf(signed) if signed else ""}
        slots |= {"now": self.service.clock.now()}
        return HTMLResponse(self._templates.get_template(template).render(slots), status)

    def go(self, path: str) -> RedirectResponse:
        """After a post: see the page at this path below the console."""
        return RedirectResponse(f"{self.root}{path}", 303)

    def refusal(self, request: Request, refused: RefusedError) -> Response:
        if refused.status == 303:
            return RedirectResponse(refused.headers["location"], 303)
        if wants_json(request):
            told = " ".join(refusals.WORDS.get(refused.page, refusals.TROUBLE)[1:])
            response: Response = JSONResponse({"error": told}, refused.status)
        else:
            title, *lines = refusals.WORDS.get(refused.page, refusals.TROUBLE)
            signed: Signed | None = getattr(request.state, "signed", None)
            response = self.show(
                "refused.html", refused.status, title=title, lines=lines,
                home=home(signed.roles) if signed else "",
            )  # fmt: skip
        response.headers.update(refused.headers)
        return response

    async def nothing(self, request: Request) -> Response:
        """Any other address: the same words as for what is not the asker's."""
        with suppress(RefusedError):
            await signed_in(request, touch=False)
        raise RefusedError(404, "not_here")

    async def static(self, request: Request) -> Response:
        """One of the scripts and styles, under an address that changes with their content."""
        found = self._static.find(request.path_params["name"])
        if found is None:
            raise RefusedError(404, "not_here")
        body, zipped, media_type = found
        headers = {"Vary": "Accept-Encoding"}
        if request.path_params["version"] == self._static.version:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                zipped, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"}
            )
        return Response(body, media_type=media_type, headers=headers)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _call(entry: HotlineEntry) -> str:
    """Where a partner's number leads: a call, or its site."""
    if entry.number.startswith("https://"):
        return entry.number
    return "tel:" + re.sub(r"[^0-9+]", "", entry.number)


class _Static:
    """The folder's scripts and styles, compressed once: a phone on a weak signal loads them."""

    _KINDS: ClassVar = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, tuple[bytes, bytes, str]] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.suffix not in self._KINDS or path.stem.endswith("_entry"):
                continue
            name, body = path.relative_to(folder).as_posix(), path.read_bytes()
            zipped = gzip.compress(body, 9, mtime=0)
            self._files[name] = (body, zipped, self._KINDS[path.suffix])
            digest.update(name.encode() + b"\0" + body)
        self.version = digest.hexdigest()[:12]

    def find(self, name: str) -> tuple[bytes, bytes, str] | None:
        """(bytes, the same compressed, media type)."""
        return self._files.get(name)
