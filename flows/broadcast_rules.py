"""What a broadcast may say (design.md promise 5): plain words, facts of today, no private person,
a company only by its official act, links only where we know what is behind them."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from flows.broadcast_plan import Plan
from flows.quoting import Fact, outdated

MAX_TEXT = 800
"""Fits every channel with the sender line, and a phone's screen."""
MIN_LETTERS = 10

_LINK = re.compile(
    r"https?://\S+|\b(?:[a-z0-9-]+\.)+"
    r"(?:com|net|org|id|me|info|link|site|online|shop|top|xyz|ly|io|co|app|biz|click|store)\b\S*",
    re.IGNORECASE,
)
"""Written links, also bare ones: what a phone makes tappable."""

Problem = tuple[str, tuple[tuple[str, str], ...]]
"""(text key, slots)."""


def problems(
    plan: Plan, *, facts: Iterable[Fact], day: date, hosts: frozenset[str], now: datetime
) -> list[Problem]:
    """Everything that keeps the plan's words from being sent on that day, the first thing first.
    `hosts` are the office's own addresses beside go.id."""
    found: list[Problem] = []
    letters = sum(letter.isalnum() for letter in plan.text)
    if letters < MIN_LETTERS:
        found.append(("broadcasts.too_short", ()))
    if len(plan.text) > MAX_TEXT:
        slots = (("characters", str(len(plan.text))), ("most", str(MAX_TEXT)))
        found.append(("broadcasts.too_long", slots))
    found += [("broadcasts.bad_link", (("host", host),)) for host in _strange(plan.text, hosts)]
    if old := outdated(plan.text, facts, day):
        slots = (("quoted", old.words[:60]), ("day", f"{old.source.review_by:%d-%m-%Y}"))
        found.append(("broadcasts.old_fact", slots))
    return found


def _strange(text: str, hosts: frozenset[str]) -> list[str]:
    """Hosts that are linked to and not ours to vouch for."""
    found = []
    for link in _LINK.findall(text):
        host = (urlsplit(link if "//" in link else f"//{link}").hostname or "").removeprefix("www.")
        if host != "go.id" and not host.endswith(".go.id") and host not in hosts:
            found.append(host)
    return list(dict.fromkeys(found))
