"""What learning costs: messages counted by day and channel, never by person, and their prices.

content/prices.yaml holds dated prices. What has no price there is left out and named, so that a
sum says "at least".
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, func, select
from sqlmodel import Field, SQLModel

from bot.database import Database
from flows.catalog import CONTENT, ContentError, Source, load_yaml, need, short_path, source_of
from flows.engine import Sprint
from flows.events import LessonReached, MessageCreated
from flows.session import Input, Session

What = Literal["in", "out", "push", "template", "lesson"]
"""`out` are all messages to learners, pushes among them; `template` those pushes that WhatsApp
takes only as one; `lesson` a lesson finished."""
Counts = Counter[tuple[str, What]]
"""(channel, what) → how often."""
CHANNELS = ("whatsapp", "telegram", "simulator")
PRICED = ("message", "service", "utility", "marketing")
"""By message in either direction; then Meta's own categories, by message out."""
PRICES_FILE = "prices.yaml"


class LearningCount(SQLModel, table=True):
    """How often something happened on a day (UTC), over all learners of a channel."""

    __tablename__ = "learning_count"

    day: date = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    count: int


counts = LearningCount.__table__  # type: ignore[attr-defined]


def is_learning(session: Session) -> bool:
    return session.flow in ("lessons", "review") or session.flow.startswith("lesson_")


def counted(channel: str, before: Session, sprint: Sprint, given: Input, template: str) -> Counts:
    """One turn's share: what came, what leaves, which lesson was finished."""
    if not (is_learning(before) or is_learning(sprint.session)):
        return Counts()
    out = sum(isinstance(event, MessageCreated) for event in sprint.events)
    pushed = out if given.kind == "push" else 0
    return Counts({
        (channel, "in"): int(given.kind in ("text", "choice")),
        (channel, "out"): out,
        (channel, "push"): pushed,
        (channel, "template"): pushed if template else 0,
        (channel, "lesson"): sum(isinstance(event, LessonReached) for event in sprint.events),
    })  # fmt: skip


def add(connection: Connection, database: Database, counted: Counts, now: datetime) -> None:
    """Sorted, so that two processes take the rows in one order."""
    for (channel, what), count in sorted(counted.items()):
        if count:
            insert = database.insert(counts).values(
                day=now.date(), channel=channel, what=what, count=count
            )
            key = ["day", "channel", "what"]
            more = counts.c.count + insert.excluded.count
            connection.execute(
                insert.on_conflict_do_update(index_elements=key, set_={"count": more})
            )


def totals(connection: Connection, since: date | None = None) -> dict[str, Counter[str]]:
    """Per channel: what → how often."""
    query = select(counts.c.channel, counts.c.what, func.sum(counts.c.count))
    if since:
        query = query.where(counts.c.day >= since)
    found: dict[str, Counter[str]] = {}
    for channel, what, count in connection.execute(query.group_by(counts.c.channel, counts.c.what)):
        found.setdefault(channel, Counter())[what] = int(count)
    return found


# ---- prices


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for one message; None where no source for Indonesia was found."""

    channel: str
    what: str
    usd: Decimal | None
    source: Source


def load_prices(folder: Path = CONTENT) -> tuple[Price, ...]:
    """content/prices.yaml. Raises ContentError in one line."""
    path = folder / PRICES_FILE
    listed, file = load_yaml(path), short_path(path)
    if not isinstance(listed, list) or not all(isinstance(raw, dict) for raw in listed):
        raise ContentError(f"{file}: must be a list of prices")
    return tuple(_price(raw, f"{file}: {raw.get('channel')} {raw.get('what')}") for raw in listed)


def _price(raw: Mapping[str, Any], where: str) -> Price:
    channel, what = need(raw, "channel", where), need(raw, "what", where)
    if channel not in CHANNELS or what not in PRICED:
        raise ContentError(f"{where}: `channel` or `what` is not known")
    text = need(raw, "usd", where)
    try:
        usd = None if text == "unknown" else Decimal(text)
    except InvalidOperation:
        raise ContentError(f"{where}: `usd` must be a number or unknown") from None
    if usd is not None and not (usd.is_finite() and 0 <= usd < 10):
        raise ContentError(f"{where}: `usd` is no price of one message")
    return Price(channel, what, usd, source_of(raw, where))


@dataclass(frozen=True, slots=True)
class Cost:
    """A channel's learning and what it cost at least; `unpriced` names what the sum leaves out."""

    channel: str
    lessons: int
    messages_in: int
    messages_out: int
    pushes: int
    usd: Decimal
    unpriced: tuple[str, ...]
    past_review: bool
    """A price that was used is past its review date."""

    @property
    def per_lesson(self) -> Decimal | None:
        return self.usd / self.lessons if self.lessons else None


def cost(channel: str, counted: Counter[str], prices: tuple[Price, ...], today: date) -> Cost:
    """Twilio bills each message both ways; Meta each one out: those inside the window as service,
    templates as utility (channels' own pages, see content/prices.yaml)."""
    billed = {
        "message": counted["in"] + counted["out"],
        "service": counted["out"] - counted["template"],
        "utility": counted["template"],
    }
    mine = {price.what: price for price in prices if price.channel == channel}
    used = [price for what, price in mine.items() if billed.get(what) and price.usd is not None]
    return Cost(
        channel=channel,
        lessons=counted["lesson"],
        messages_in=counted["in"],
        messages_out=counted["out"],
        pushes=counted["push"],
        usd=sum((price.usd * billed[price.what] for price in used if price.usd), Decimal(0)),
        unpriced=tuple(w for w, p in mine.items() if billed.get(w) and p.usd is None),
        past_review=any(today > price.source.review_by for price in used),
    )
