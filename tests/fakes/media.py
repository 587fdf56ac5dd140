"""Where the providers keep what people send: Telegram's file server and Twilio's media store.

https://core.telegram.org/bots/api#getfile and
https://www.twilio.com/docs/messaging/api/media-resource; how Twilio sends whoever asks on to its
store, and that the store refuses a second authentication: twilio-python#840, Abilityai/trinity#1932.
"""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.fakes import FakeProvider

MAX_GET_FILE = 20 * 1024 * 1024
"""https://core.telegram.org/bots/api#getfile: "files of up to 20MB in size"."""

Trouble = Literal["hang", "404", "429", "500"]


@dataclass
class TelegramFiles:
    """What lies behind file_ids; `trouble` is what the next downloads get instead of the file."""

    held: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    trouble: deque[Trouble] = field(default_factory=deque)

    def put(self, data: bytes) -> str:
        file_id = "AgAC" + secrets.token_hex(16)
        self.held[file_id] = data
        return file_id

    def describe(self, file_id: str) -> dict[str, object] | str:
        """A File, or the words of the refusal (Client.cpp)."""
        if file_id not in self.held:
            return "Bad Request: wrong file_id or the file is temporarily unavailable"
        if len(self.held[file_id]) > MAX_GET_FILE:
            return "Bad Request: file is too big"
        size, unique = len(self.held[file_id]), "U" + file_id[-12:]
        path = f"photos/{file_id}.jpg"
        return {"file_id": file_id, "file_unique_id": unique, "file_size": size, "file_path": path}

    async def download(self, request: Request) -> Response:
        file_id = request.path_params["path"].removeprefix("photos/").removesuffix(".jpg")
        self.fetched.append(file_id)
        if self.trouble:
            return await _in_trouble(self.trouble.popleft())
        if file_id not in self.held:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(self.held[file_id], media_type="application/octet-stream")


class TwilioMedia(FakeProvider):
    """Media of messages; asked for with credentials it sends on to the store, which wants none."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.deleted: list[str] = []
        self.trouble: deque[Trouble] = deque()
        self.keeps: deque[Trouble] = deque()
        """What the next requests to delete get instead."""
        self.leaked: list[str] = []
        """Credentials that arrived at the store."""
        self.send_on_to = ""
        """Another place than the store, as a forger would want it."""
        super().__init__(Starlette(routes=[Route("/{name}", self._stored, methods=["GET"])]))

    def put(self, data: bytes) -> tuple[str, str]:
        """(message, media) ids of a picture."""
        message, media = "MM" + secrets.token_hex(16), "ME" + secrets.token_hex(16)
        self.held[f"{message}/{media}"] = data
        return message, media

    async def serve(self, request: Request) -> Response:
        ids = "{message}/{media}".format(**request.path_params).removesuffix(".json")
        if request.method == "DELETE":
            if self.keeps:
                return await _in_trouble(self.keeps.popleft())
            self.deleted.append(ids)
            return Response(status_code=204 if self.held.pop(ids, None) else 404)
        self.asked.append(ids)
        if self.trouble:
            return await _in_trouble(self.trouble.popleft())
        if ids not in self.held:
            return JSONResponse({"code": 20404, "status": 404}, 404)
        name = ids.replace("/", "-")
        return RedirectResponse(self.send_on_to or f"{self.url}/{name}", 307)

    async def _stored(self, request: Request) -> Response:
        if given := request.headers.get("authorization"):
            self.leaked.append(given)
            return Response("Only one auth mechanism allowed", status_code=400)
        data = self.held[request.path_params["name"].replace("-", "/")]
        return Response(data, media_type="image/jpeg")


async def _in_trouble(trouble: Trouble) -> Response:
    if trouble == "hang":
        await asyncio.sleep(3600)
    return Response("trouble", status_code=int(trouble))
