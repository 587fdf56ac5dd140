"""GET /poster/CODE.pdf: a campaign's poster to print. It will hang on a wall, so it is public."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import campaigns, posters
from bot.picture_cards import CannotDraw
from bot.running import Running
from flows.campaign_plan import read_code


def routes() -> list[Route]:
    return [Route("/poster/{code}.pdf", serve)]


async def serve(request: Request) -> Response:
    running: Running = request.app.state.running
    code = read_code(request.path_params["code"])
    data = await asyncio.to_thread(_poster, running, code) if code else None
    if data is None:
        return Response(status_code=404)
    name = f'inline; filename="poster-{code}.pdf"'
    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type="application/pdf", headers=headers)


def _poster(running: Running, code: str) -> bytes | None:
    service = running.service
    with service.database.read() as connection:
        row = campaigns.by_code(connection, code)
    if row is None:
        return None
    try:
        return posters.of(service, row)
    except CannotDraw:
        return None
