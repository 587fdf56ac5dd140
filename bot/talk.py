"""`kentongan talk`: a conversation with the example office on the terminal.

One message per line. `@ADDRESS text` speaks as somebody else, `/wait 3d` lets time pass,
`/foto PATH` sends a picture, and a number presses that choice as typed words would.
Nothing leaves this machine and nothing is kept.
"""

import asyncio
import dataclasses
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from bot import demo
from bot.channels.base import Inbound, Outgoing
from bot.lesson_preview import preview
from bot.rehearsal import Rehearsal
from bot.terminal import WrongUse
from flows.catalog import Catalog
from flows.languages import INDONESIAN

_WAIT = re.compile(r"/wait\s+(\d{1,4})\s*([mhd])$")
_PICTURE = re.compile(r"/foto\s+(\S.*)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_SPEAKS_AS = re.compile(r"@(\S+)\s+(.*)$", re.DOTALL)


def talk(
    lines: TextIO,
    *,
    address: str,
    group: str | None,
    at: datetime | None,
    as_json: bool,
    language: str = INDONESIAN,
) -> int:
    """Talk until the lines end. `group` speaks in a group instead of a private chat. Another
    `language` is spoken from the first word, also where nobody has stamped its texts yet."""
    rehearsal = Rehearsal(start=at or datetime.now().astimezone())
    if language != INDONESIAN:
        rehearsal.service.catalog = _spoken(rehearsal.service.catalog, language)
    try:
        asyncio.run(_talk(rehearsal, lines, group or address, as_json, in_group=group is not None))
    finally:
        rehearsal.close()
    return 0


def read_through(lesson: str, *, at: datetime | None, as_json: bool) -> int:
    """Print a whole lesson. Raises WrongUse when there is none of this name."""
    said = [
        Outgoing(number, "warga", message.text, message.buttons)
        for number, message in enumerate(preview(lesson, at))
    ]
    _print(said, as_json, "warga")
    return 0


def _spoken(catalog: Catalog, language: str) -> Catalog:
    drafts = [one for one in catalog.locales if one.language == language]
    said = {key: text for one in drafts for key, text in one.said(catalog.wording).items()}
    return dataclasses.replace(catalog, wording=catalog.wording.plus(said))


async def _talk(
    rehearsal: Rehearsal, lines: TextIO, speaker: str, as_json: bool, *, in_group: bool
) -> None:
    if not as_json and lines.isatty():
        print(f"Anda berbicara sebagai {speaker}. /wait 3d memajukan waktu, /foto BERKAS "
              "mengirim foto, @petugas tugas berbicara sebagai petugas, Ctrl+D selesai.")  # fmt: skip
    for line in lines:
        text = line.rstrip("\n")
        if waits := _WAIT.match(text.strip()):
            said = await rehearsal.wait(timedelta(**{_UNITS[waits[2]]: int(waits[1])}))
        elif not in_group and (photo := _PICTURE.match(text.strip())):
            said = await rehearsal.photograph(speaker, _file(photo[1]))
        elif speaks_as := _SPEAKS_AS.match(text):
            said = await rehearsal.say(speaks_as[1], speaks_as[2])
        elif in_group:
            said = await rehearsal.take(_in_group(rehearsal, speaker, text))
        else:
            said = await rehearsal.say(speaker, text)
        _print(said, as_json, speaker)


def _file(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise WrongUse(f"/foto {path}: {error.strerror or 'cannot be read'}") from None


def _in_group(rehearsal: Rehearsal, group: str, text: str) -> Inbound:
    """Whoever types is the group's admin."""
    said = demo.inbound(rehearsal.event_id(), demo.GROUP, text)
    return replace(said, group=group)


def _print(said: Sequence[Outgoing], as_json: bool, speaker: str) -> None:
    for message in said:
        if as_json:
            print(json.dumps(_as_dict(message), ensure_ascii=False), flush=True)
            continue
        to = "" if message.to == speaker else f"[{message.to}] "
        print("\n".join(_lines(message, to)), end="\n\n", flush=True)


def _lines(message: Outgoing, to: str) -> Iterable[str]:
    text = message.poll.spelled_out(message.text) if message.poll else message.text
    yield from (f"  {to}{line}" for line in text.splitlines())
    yield from (f"  {to}  {button.number}. {button.label}" for button in message.buttons)
    if message.media:
        yield f"  {to}  [{message.media.path}]"


def _as_dict(message: Outgoing) -> dict[str, object]:
    """The contract's shape (design.md 9)."""
    return {
        "to": message.to,
        "channel": demo.CHANNEL,
        "text": message.poll.spelled_out(message.text) if message.poll else message.text,
        "buttons": [
            {"number": button.number, "label": button.label, "payload": button.payload}
            for button in message.buttons
        ],
        "media": [{"type": message.media.type, "file": str(message.media.path)}]
        if message.media
        else [],
    }
