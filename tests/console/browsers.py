"""What an officer's browser does with keys, in Python: for rows that need no real browser."""

import base64
import os
import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from bot import demo
from bot.keys import office_key_info
from bot.sealing import new_key_pair, open_with, seal_to
from bot.sign_in import code_at
from bot.tip_seal import wrap_info
from console.setup import totp_secret
from tests.console.office import Bot, csrf_of


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


@dataclass
class Keys:
    """A key pair made in a browser."""

    id: str
    private: bytes
    public: bytes

    @classmethod
    def made(cls) -> "Keys":
        private, public = new_key_pair()
        return cls(secrets.token_hex(8), private, public)

    def test_word(self, sealed: str) -> str:
        return open_with(
            self.private, f"kentongan/test-report/v1|{self.id}", unb64(sealed)
        ).decode()


async def post(client: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    """As `post` of keys.js."""
    headers = {"x-csrf": csrf_of(client)} if client.cookies else {}
    return await client.post(f"/console{path}", json=body, headers=headers)


async def account_body(
    bot: Bot, client: httpx.AsyncClient, path: str, pair: Keys
) -> dict[str, Any]:
    """What the last step of the set-up page posts; `path` as the chat's link has it."""
    token = path.rsplit("/", 1)[1]
    code = code_at(totp_secret(bot.service.ring, token), bot.service.clock.now())
    shown = (await client.post(f"{path}/code", json={"code": code})).json()
    key = {"key_id": pair.id, "public": b64(pair.public)}
    sealed = (await client.post(f"{path}/test", json=key)).json()["sealed"]
    return {
        **shown, **key, "word": pair.test_word(sealed), "salt": b64(os.urandom(16)),
        "proof": b64(os.urandom(32)), "by_password": b64(os.urandom(60)),
        "by_recovery": b64(os.urandom(60)),
    }  # fmt: skip


def rewrapped(staff_no: str, work: dict[str, Any]) -> list[dict[str, str]]:
    """The wraps that this officer's browser makes of what `/keys/work` asked."""
    own_id, own = demo.private_key(staff_no)
    opening = {own_id: own} | {
        key: open_with(own, office_key_info(key, own_id), unb64(held["wrap"]))
        for key, held in work["held"].items()
    }
    made = []
    for each in work["tips"]:
        key, wrap = next(iter(each["wraps"].items()))
        private = open_with(opening[key], wrap_info(each["tip"], key), unb64(wrap))
        made.append(wrapped(private, each["tip"], each["recipient"], unb64(each["public"])))
    return made


def wrapped(private: bytes, tip: str, recipient: str, public: bytes) -> dict[str, str]:
    sealed = seal_to(public, wrap_info(tip, recipient), private)
    return {"tip": tip, "recipient": recipient, "wrap": b64(sealed)}


def demo_proof(staff_no: str) -> str:
    """Of the example officers' password."""
    return b64(demo._secrets_of(staff_no).proof)
