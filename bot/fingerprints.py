"""Tips that name the same company, licence, phone, account, or say the same, without keeping what.

The fingerprints are keyed (HMAC under the key ring) and computed in the turn that seals the words.
They order an officer's list and link cases; nothing a villager gets depends on them.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bot.database import Database
from bot.sealing import KeyRing
from bot.tip_rows import fingerprints
from flows.company_names import company_words, fold, mentions, name_words
from flows.entities import Extractor
from flows.ports import RecruiterAnswer

MOST = 12
"""Fingerprints of one kind that one message may leave."""
NAME_WORDS = 3
"""Of a company's name: what people write on behind it is not its name."""
LEAST_TEXT = 40
"""Letters from which the same words twice are no chance."""


def of_words(
    told: str, extractor: Extractor, register: RecruiterAnswer
) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything the words name; `register` is its answer about them."""
    found = extractor.extract(told)
    named = {
        fold(mention.trimmed()[:NAME_WORDS])
        for mention in mentions(name_words(told))
        if mention.marked
    }
    exact = [row for row in register.rows if row.score == 100]
    values = {
        "company": named | {fold(company_words(row.name)[:NAME_WORDS]) for row in exact},
        "licence": {licence.digits for licence in found.licences}
        | {"".join(filter(str.isdigit, row.licence_no)) for row in exact},
        "phone": {phone.number for phone in found.phones},
        "account": {account.number for account in found.accounts},
        "text": {text} if len(text := "".join(filter(str.isalnum, told.casefold()))) >= LEAST_TEXT
        else set(),
    }  # fmt: skip
    for kind, several in values.items():
        yield from ((kind, value) for value in sorted(filter(None, several))[:MOST])


def remember(
    connection: Connection,
    database: Database,
    ring: KeyRing,
    number: int,
    values: Iterator[tuple[str, str]],
) -> None:
    rows = [
        {
            "tip_number": number,
            "kind": kind,
            "fingerprint": ring.index(f"fingerprint/{kind}", value),
        }
        for kind, value in values
    ]
    if rows:
        connection.execute(database.insert(fingerprints).on_conflict_do_nothing(), rows)


def alike(connection: Connection, number: int) -> dict[int, frozenset[str]]:
    """Other tips of any office that share a fingerprint with this one, and of which kinds."""
    other = fingerprints.alias()
    rows = connection.execute(
        select(other.c.tip_number, other.c.kind)
        .join(
            fingerprints,
            (fingerprints.c.kind == other.c.kind)
            & (fingerprints.c.fingerprint == other.c.fingerprint),
        )
        .where(fingerprints.c.tip_number == number, other.c.tip_number != number)
        .distinct()
        .order_by(other.c.tip_number)
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.tip_number, set()).add(row.kind)
    return {tip: frozenset(kinds) for tip, kinds in found.items()}
