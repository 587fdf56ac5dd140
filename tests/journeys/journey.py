"""Plays a dialogue of `tests/journeys/*.yaml` on the real bot and says where it went another way.

A step is one line; README.md in this folder lists them.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from bot import demo
from bot.channels.base import Outgoing
from bot.keeping import Kept
from bot.reading import Read
from bot.rehearsal import NoSuchButton, Rehearsal

FOLDER = Path(__file__).parent
PHONES = (demo.VILLAGER, demo.OFFICER, demo.DEPUTY, demo.HEAD, demo.GROUP)
"""Of the demo; any further phone is named under `phones` at the top of a journey."""
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_LETTERS = re.compile(r"\{(\d+) letters\}")
_SLOT = re.compile(r"\{([a-z ]+)\}")
LONGEST = 1024
"""Characters that WhatsApp takes in a message with choices."""


def read_aloud(picture: bytes) -> Read:
    """Tesseract's part in a journey: a picture is its own words."""
    return Read("read", picture.decode()) if picture else Read("nothing")


def as_sent(data: bytes) -> Kept:
    """What cleans evidence, in a journey: a file is its own words."""
    return Kept("kept", "image/jpeg", data=data) if data != b"broken" else Kept("damaged")


class WentOtherwise(Exception):
    """A step did not hold; the message is what a reader needs to see."""


@dataclass(frozen=True)
class Journey:
    path: Path
    title: str
    start: datetime
    phones: tuple[str, ...]
    villagers: dict[str, str]
    """Who has agreed and said where they live before the first step."""
    steps: tuple[dict[str, object], ...]

    @classmethod
    def read(cls, path: Path) -> "Journey":
        """Strings only, so that `1`, `ya` and `no` stay what a villager types."""
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        unknown = raw.keys() - {"title", "start", "phones", "villagers", "steps"}
        if unknown:
            raise ValueError(f"{path.name}: {', '.join(unknown)} is no part of a journey")
        villagers = dict(raw.get("villagers") or {})
        return cls(
            path=path,
            title=raw["title"],
            start=datetime.fromisoformat(raw["start"]),
            phones=(*PHONES, *raw.get("phones", ()), *villagers),
            villagers=villagers,
            steps=tuple(raw["steps"]),
        )


def all_journeys() -> list[Journey]:
    return [Journey.read(path) for path in sorted(FOLDER.glob("*.yaml"))]


@dataclass
class Player:
    journey: Journey
    rehearsal: Rehearsal
    said: Sequence[Outgoing] = ()
    """What left since the last thing somebody did."""
    speaker: str = ""
    known: dict[str, str] = field(default_factory=dict)
    number: int = 0
    written: Counter[str] = field(default_factory=Counter)
    """How many messages each phone has sent since the first step."""

    async def play(self) -> None:
        """Raises WentOtherwise at the first step that does not hold."""
        for who, village in self.journey.villagers.items():
            await self._settle_in(who, village)
        for number, step in enumerate(self.journey.steps, 1):
            self.number = number
            if len(step) != 1:
                raise self._unreadable("one thing a step")
            ((what, value),) = step.items()
            await self._step(what, value)

    async def _settle_in(self, who: str, village: str) -> None:
        for words in ("halo", "setuju", village, "ya"):
            self.said = await self.rehearsal.say(who, words)
        if "Desa Anda:" not in self._heard_by(who):
            raise self._otherwise(f"{who} settles in {village}")

    async def _step(self, what: str, value: object) -> None:
        who, _, verb = what.partition(" ")
        group, _, member = who.partition("/")
        if group == demo.GROUP and member and verb in ("", "presses"):
            return await self._act(group, self._in_group(member, verb, self._filled(str(value))))
        acts: dict[str, Callable[[str, str], Awaitable[Sequence[Outgoing]]]] = {
            "": self.rehearsal.say,
            "presses": self._press,
            "sends": self._send,
            "photographs": self._photograph,
            "records": self._record,
            "attaches": self._attach,
        }
        if what == "wait":
            await self._act("", self.rehearsal.wait(_duration(str(value))))
        elif what == "until":
            by = datetime.fromisoformat(str(value)) - self.rehearsal.clock.now()
            await self._act("", self.rehearsal.wait(by))
        elif who in self.journey.phones and verb in acts:
            await self._act(who, acts[verb](who, self._filled(str(value))))
        else:
            self._check(what, value)

    async def _act(self, who: str, doing: Awaitable[Sequence[Outgoing]]) -> None:
        self.speaker = who
        self.written[who] += 1
        try:
            self.said = await doing
        except NoSuchButton as error:
            raise self._otherwise(str(error)) from None
        for message in self.said:
            if len(message.text) > LONGEST or "{" in message.text:
                raise self._otherwise(f"at most {LONGEST} characters and no unfilled {{slot}}")
        # Promise 10, no silence: whoever writes alone with the bot hears something.
        if who and who != demo.GROUP and not self._heard_by(who):
            self._unless_expected_silence(who)

    def _unless_expected_silence(self, who: str) -> None:
        following = self.journey.steps[self.number : self.number + 1]
        if not following or following[0].get("bot") != []:
            raise self._otherwise(f"{who} gets an answer")

    # ---- expectations

    def _check(self, what: str, value: object) -> None:
        listed = [self._filled(str(item)) for item in value] if isinstance(value, list) else None
        if what == "remember":
            self._remember(value)
        elif listed is None:
            raise self._unreadable(f"no such step: {what}")
        elif what == "not":
            self._forbid(listed)
        elif what == "buttons":
            self._buttons(listed)
        elif what == "only to":
            self._only_to(listed)
        elif what == "bot":
            self._expect(self.speaker, listed)
        elif what.endswith(" has written"):
            self._count(what.removesuffix(" has written"), listed)
        elif what.startswith("bot to ") and what.removeprefix("bot to ") in self.journey.phones:
            self._expect(what.removeprefix("bot to "), listed)
        else:
            raise self._unreadable(f"no such step: {what}")

    def _expect(self, who: str, parts: list[str]) -> None:
        heard = self._heard_by(who)
        if not parts and heard:
            raise self._otherwise(f"nothing at all to {who}")
        missing = [part for part in parts if part not in heard]
        if missing:
            raise self._otherwise(f"to {who}: {missing}")

    def _forbid(self, parts: list[str]) -> None:
        for part in parts:
            if any(part.casefold() in message.text.casefold() for message in self.said):
                raise self._otherwise(f"nobody hears {part!r}")

    def _buttons(self, labels: list[str]) -> None:
        to_speaker = [message for message in self.said if message.to == self.speaker]
        shown = [button.label for button in to_speaker[-1].buttons] if to_speaker else []
        if shown != labels:
            raise self._otherwise(f"exactly the buttons {labels}; they are {shown}")

    def _only_to(self, phones: list[str]) -> None:
        if {message.to for message in self.said} != set(phones):
            raise self._otherwise(f"messages to {phones} and nobody else")

    def _count(self, who: str, listed: list[str]) -> None:
        if listed != [str(self.written[who])]:
            raise self._otherwise(f"{listed[0]} messages of {who}; they are {self.written[who]}")

    def _remember(self, value: object) -> None:
        if not isinstance(value, dict):
            raise self._unreadable("`name: words before it` is needed")
        for name, before in value.items():
            heard = "\n".join(message.text for message in self.said)
            found = re.search(re.escape(str(before)) + r"\s*(\S+)", heard)
            if not found:
                raise self._otherwise(f"something behind {before!r} to remember as {name}")
            self.known[str(name)] = found[1]

    # ---- words

    def _heard_by(self, who: str) -> str:
        return "\n".join(
            message.poll.spelled_out(message.text) if message.poll else message.text
            for message in self.said
            if message.to == who
        )

    def _filled(self, text: str) -> str:
        """`{kode}` is what an earlier step remembered; `{900 letters}` a text of that length."""

        def letters(slot: re.Match[str]) -> str:
            return ("warga desa " * int(slot[1]))[: int(slot[1])]

        return _SLOT.sub(lambda slot: self.known[slot[1]], _LETTERS.sub(letters, text))

    async def _press(self, who: str, label: str) -> Sequence[Outgoing]:
        """A label; with `old: ` before it, a button of an earlier message."""
        if not label.startswith("old: "):
            return await self.rehearsal.press(who, label)
        label = label.removeprefix("old: ")
        for message in self.rehearsal.channel.sent:
            for button in message.buttons:
                if message.to == who and button.label == label:
                    return await self.rehearsal.say(who, label, button.payload)
        raise NoSuchButton(f"{who} never had a button {label!r}")

    async def _in_group(self, member: str, verb: str, words: str) -> Sequence[Outgoing]:
        """Somebody who is not the group's admin writes there, or presses a button there."""
        if verb:
            return await self.rehearsal.press(demo.GROUP, words, by=member)
        return await self.rehearsal.group(words, by=member)

    async def _send(self, who: str, what: str) -> Sequence[Outgoing]:
        kinds = {"a voice note": "unreadable", "a changed message": "edited", "blocked": "blocked"}
        if what == "an invitation" and who == demo.GROUP:
            return await self.rehearsal.join_group()
        return await self.rehearsal.send_kind(who, kinds[what])  # type: ignore[arg-type]

    async def _photograph(self, who: str, what: str) -> Sequence[Outgoing]:
        """The lines of a poster, parted by " / "; `nothing` is a picture without words."""
        poster = "" if what == "nothing" else what.replace(" / ", "\n")
        return await self.rehearsal.photograph(who, poster.encode())

    async def _record(self, who: str, what: str) -> Sequence[Outgoing]:
        return await self.rehearsal.attach(who, "voice", what.encode())

    async def _attach(self, who: str, what: str) -> Sequence[Outgoing]:
        return await self.rehearsal.attach(who, "document", what.encode())

    def _unreadable(self, problem: str) -> ValueError:
        return ValueError(f"{self.journey.path.name}, step {self.number}: {problem}")

    def _otherwise(self, expected: str) -> WentOtherwise:
        step = self.journey.steps[self.number - 1] if self.number else "(before the first step)"
        heard = "\n".join(
            f"    to {message.to}: {message.text.replace(chr(10), chr(10) + '        ')}\n"
            f"        {[button.label for button in message.buttons]}"
            for message in self.said
        )
        return WentOtherwise(
            f"{self.journey.path.name}, step {self.number}: {step}\n"
            f"  expected: {expected}\n  the bot said:\n{heard or '    nothing'}"
        )


def _duration(text: str) -> timedelta:
    """`15 minutes`, `3 hours`, `1 day`."""
    amount, _, unit = text.partition(" ")
    return timedelta(seconds=float(amount) * _UNITS[unit.removesuffix("s")])
