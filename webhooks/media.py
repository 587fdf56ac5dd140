"""GET /media/EXPIRES/MARK/NAME: a lesson's sound or picture, for whoever was given its address.

Twilio fetches what it sends, and can't sign in. Only public files lie here (cards, photos of
broadcasts); an
address can't be guessed and ends after some hours (`bot/shelf.py`).
"""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.channels.base import TYPES
from bot.running import Running

HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def routes() -> list[Route]:
    return [Route("/media/{expires:int}/{mark}/{name}", serve)]


async def serve(request: Request) -> Response:
    """The same answer to every wrong address: it tells nobody what there is."""
    running: Running = request.app.state.running
    service, asked = running.service, request.path_params
    path = await asyncio.to_thread(
        service.shelf.behind, asked["name"], asked["expires"], asked["mark"], service.clock.now()
    )
    if path is None:
        return Response(status_code=404)
    return FileResponse(path, media_type=TYPES[path.suffix], headers=HEADERS)
