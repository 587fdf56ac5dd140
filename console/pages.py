"""The officer's pages: a PIN form, one report for its owner, and a PIN of one's own.

Server-rendered and without a script. A GET changes nothing: chat apps fetch a link to preview it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot import links
from bot.officers import ROLE_NAMES
from bot.pins import PinTooWeak, check_strength
from bot.service import Service
from console import desk
from console.edge import Page, RefusedError, check_origin, origin_of, read_form, same
from console.plain_text import plain
from flows.catalog import HotlineEntry
from flows.officer_desk import OUTCOMES
from flows.safety import mask_identity_numbers
from flows.times import say_time

_HERE = Path(__file__).resolve().parent
_STYLE = _HERE.parent / "webhooks" / "static" / "console.css"
ASK_LEAST, ASK_MOST = 3, 1000
_PIN_SHAPE = re.compile(r"[0-9]{6,12}", re.ASCII)
_PARTS = ("what", "where", "when", "who")
_KNOWN = frozenset(
    {"what", "where_words", "where_name", "when", "who", "question", "contact", "partner"}
)


def routes(service: Service, wake: Callable[[], None]) -> list[Route]:
    """The console's routes; `wake` is called when a message waits in the outbox."""
    pages = Console(service, wake)
    return [
        Route("/console/t/{token}", pages.page(GET=pages.door, POST=pages.enter)),
        Route("/console/tip/{number}", pages.page(GET=pages.tip)),
        Route("/console/tip/{number}/ask", pages.page(POST=pages.ask)),
        Route("/console/tip/{number}/close", pages.page(POST=pages.close)),
        Route("/console/pin/{token}", pages.page(GET=pages.pin_form, POST=pages.keep_pin)),
        Route("/console/static/console.css", pages.page(GET=pages.style)),
    ]


class Console:
    """The handlers, over one service."""

    def __init__(self, service: Service, wake: Callable[[], None]) -> None:
        self._service = service
        self._wake = wake
        base = urlsplit(service.settings.public_base_url)
        self._secure = base.scheme == "https"
        self._root = f"{base.path}/console"
        self._origin = origin_of(service.settings.public_base_url)
        self._style = _STYLE.read_bytes()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals["root"] = self._root
        self._templates.filters |= {
            "plain": plain,
            "moment": lambda at: say_time(service.office().calendar.local(at)),
        }

    def page(self, **handlers: Callable[[Request], object]) -> Page:
        return Page(self._refusal, **handlers)  # type: ignore[arg-type]

    # ---- the link from the chat

    async def door(self, request: Request) -> Response:
        """The PIN form; the same words whatever the link opens."""
        good = await run_in_threadpool(
            desk.is_good, self._service, request.path_params["token"], "tip"
        )
        if not good:
            raise RefusedError(410, "gone")
        return self._show("pin.html", error="")

    async def enter(self, request: Request) -> Response:
        """A right PIN uses the link up and signs this browser in for this one tip."""
        check_origin(request.headers, self._origin)
        pin = _digits((await read_form(request)).get("pin", ""))
        token = request.path_params["token"]
        if not _PIN_SHAPE.fullmatch(pin):
            # No PIN looks like this, so nothing is learnt by trying it and nothing is counted.
            if not await run_in_threadpool(desk.is_good, self._service, token, "tip"):
                raise RefusedError(410, "gone")
            return self._show("pin.html", 422, error="shape")
        attempt = await run_in_threadpool(desk.try_pin, self._service, token, pin)
        if attempt.outcome == "gone":
            raise RefusedError(410, "gone")
        if attempt.outcome in ("void", "spent"):
            raise RefusedError(403, attempt.outcome)
        if attempt.outcome == "wrong":
            return self._show("pin.html", 403, error="wrong")
        response = self._back_to(attempt.number)
        response.set_cookie(
            _cookie(attempt.number),
            attempt.reading,
            max_age=int(links.READING_LASTS.total_seconds()),
            path=self._root,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )
        return response

    # ---- the report

    async def tip(self, request: Request) -> Response:
        number, reading = self._key(request)
        return await self._tip_page(number, reading)

    async def ask(self, request: Request) -> Response:
        """Words for the reporter; when they can't go out, the form again with what was typed."""
        number, reading, fields = await self._posted(request)
        typed = fields.get("words", "").replace("\r\n", "\n")
        words = mask_identity_numbers(_clean(typed))
        if len(words) < ASK_LEAST or sum(letter.isalnum() for letter in words) < 2:
            return await self._tip_page(number, reading, 422, error="short", typed=typed)
        if len(words) > ASK_MOST:
            return await self._tip_page(number, reading, 422, error="long", typed=typed)
        try:
            await run_in_threadpool(desk.ask, self._service, reading, number, words)
        except desk.CannotAskError:
            return await self._tip_page(number, reading, 409, typed=typed)
        except desk.NotYoursError:
            raise RefusedError(403, "closed_door") from None
        self._wake()
        return self._back_to(number, "#percakapan")

    async def close(self, request: Request) -> Response:
        number, reading, fields = await self._posted(request)
        outcome = fields.get("outcome", "")
        if outcome not in OUTCOMES:
            return await self._tip_page(number, reading, 422, error="outcome")
        try:
            await run_in_threadpool(desk.close, self._service, reading, number, outcome)
        except desk.NotYoursError:
            raise RefusedError(403, "closed_door") from None
        self._wake()
        response = self._show("closed.html", number=number)
        response.delete_cookie(_cookie(number), path=self._root)
        return response

    async def _tip_page(
        self, number: int, reading: str, status: int = 200, *, error: str = "", typed: str = ""
    ) -> Response:
        try:
            case = await run_in_threadpool(desk.read_case, self._service, reading, number)
        except desk.NotYoursError:
            raise RefusedError(403, "closed_door") from None
        except desk.UnreadableError:
            raise RefusedError(503, "broken_seal") from None
        say = self._service.catalog.wording.say
        return self._show(
            "tip.html",
            status,
            case=case,
            facts=_facts(case),
            extras=[plain(text) for name, text in case.report.items() if name not in _KNOWN],
            outcomes=[(outcome, say(f"officer_desk.outcome_{outcome}")) for outcome in OUTCOMES],
            hotlines=[(entry, _call(entry)) for entry in case.hotlines],
            roles=ROLE_NAMES,
            csrf=self._csrf(reading),
            error=error,
            typed=typed,
            most=ASK_MOST,
        )

    def _key(self, request: Request) -> tuple[int, str]:
        """(tip, reading token). Raises RefusedError for what no link of ours could have led to."""
        text = request.path_params["number"]
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise RefusedError(403, "closed_door")
        number = int(text)
        reading = request.cookies.get(_cookie(number), "")
        if not desk.is_token(reading):
            raise RefusedError(403, "closed_door")
        return number, reading

    async def _posted(self, request: Request) -> tuple[int, str, dict[str, str]]:
        check_origin(request.headers, self._origin)
        number, reading = self._key(request)
        fields = await read_form(request)
        if not same(fields.get("csrf", ""), self._csrf(reading)):
            raise RefusedError(403, "closed_door")
        return number, reading, fields

    def _csrf(self, reading: str) -> str:
        """Bound to the reading by the key ring's HMAC: no other page can know it."""
        return self._service.ring.index("console-csrf", reading).hex()

    # ---- a PIN of one's own

    async def pin_form(self, request: Request) -> Response:
        good = await run_in_threadpool(
            desk.is_good, self._service, request.path_params["token"], "pin"
        )
        if not good:
            raise RefusedError(410, "gone_pin")
        return self._show("new_pin.html", error="")

    async def keep_pin(self, request: Request) -> Response:
        check_origin(request.headers, self._origin)
        fields = await read_form(request)
        token = request.path_params["token"]
        pin = _digits(fields.get("pin", ""))
        error = "" if same(_digits(fields.get("again", "")), pin) else "differs"
        try:
            check_strength(pin)
        except PinTooWeak:
            error = "weak"
        if error:
            if not await run_in_threadpool(desk.is_good, self._service, token, "pin"):
                raise RefusedError(410, "gone_pin")
            return self._show("new_pin.html", 422, error=error)
        if not await run_in_threadpool(desk.set_pin, self._service, token, pin):
            raise RefusedError(410, "gone_pin")
        return self._show("pin_kept.html")

    async def style(self, request: Request) -> Response:
        return Response(self._style, media_type="text/css")

    # ---- answers

    def _show(self, template: str, status: int = 200, **slots: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(slots), status)

    def _refusal(self, refused: RefusedError) -> Response:
        response = self._show("refused.html", refused.status, page=refused.page)
        response.headers.update(refused.headers)
        return response

    def _back_to(self, number: int, where: str = "") -> RedirectResponse:
        return RedirectResponse(f"{self._root}/tip/{number}{where}", 303)


def _cookie(number: int) -> str:
    """One name per tip, so that a second report opened beside does not shut the first."""
    return f"kentongan_reading_{number}"


def _digits(typed: str) -> str:
    """A PIN as people type it: `246 810`."""
    return "".join(typed.split())


def _clean(typed: str) -> str:
    """Without characters that nobody types on purpose; line breaks stay."""
    spaced = re.sub(r"[^\S\n]", " ", typed)
    return "".join(letter for letter in spaced if letter == "\n" or letter.isprintable()).strip()


def _facts(case: desk.Case) -> list[tuple[str, str]]:
    """(name, words) of the report's parts, "" for what the reporter did not say."""
    told = case.report | {"where": case.report.get("where_name") or case.place}
    names = ["question", "where"] if case.tip.topic == "question" else list(_PARTS)
    typed = told.get("where_words", "")
    if typed and not told["where"]:
        told["where"] = typed
    elif typed and typed != told["where"]:
        # What the reporter typed, beside the place that was understood and confirmed.
        names.insert(names.index("where") + 1, "where_words")
    names += ["partner"] if told.get("partner") else []
    return [(name, plain(told.get(name, ""))) for name in names]


def _call(entry: HotlineEntry) -> str:
    """Where a partner's number leads: a call, or its site."""
    if entry.number.startswith("https://"):
        return entry.number
    return "tel:" + re.sub(r"[^0-9+]", "", entry.number)
