"""What an older release has written is understood by this one."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import IntegrityError

from bot import tip_seal, tips
from bot.database import Database, milliseconds
from bot.outbox import BULK, NEWS
from bot.sealing import KeyRing, KeyRingError
from bot.service import alembic_config, migrate


def test_a_broadcast_that_an_older_release_queued_is_still_bulk(database_url: str) -> None:
    """Its priority was 2, which is news now."""
    database = Database(database_url)
    migrate(database)
    config = alembic_config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003_register")
        connection.execute(
            text(
                "INSERT INTO outbox (lane, channel, priority, status, not_before, attempts, resent,"
                " provider_id, error_code, created_at) VALUES ('bg1', 'simulator', 2, 'queued', 0,"
                " 0, false, '', '', 0)"
            )
        )
    migrate(database)
    with database.read() as connection:
        (found,) = connection.execute(text("SELECT priority FROM outbox")).scalars()
    database.close()
    assert found == BULK != NEWS


# ---- reports of before officers had keys


NUMBER, TIP_ID = 7, "0b7f5a52-6d1c-4a9e-9c39-4d0a6f2d1e10"
REPORT = {"what": "Ada calo mengumpulkan paspor", "who": "kanarinama"}
PARTS = (("report", REPORT), ("to_reporter", {"text": "Di mana rumahnya?"}))
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def old_reports(database: Database, ring: KeyRing) -> None:
    """Release 0005 with two reports, each part under the report's one secret key; the second was
    withdrawn."""
    migrate(database)
    config = alembic_config()
    key = AESGCM.generate_key(256)
    cipher = AESGCM(key)
    at = milliseconds(AT)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005_watch_standing")

        def insert(table: str, **values: object) -> None:
            names = ", ".join(values)
            into = f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{v}' for v in values)})"
            connection.execute(text(into), values)

        for number, tip_id, status in ((NUMBER, TIP_ID, "assigned"), (8, "gone", "withdrawn")):
            insert("tip", number=number, id=tip_id, office_code="po", topic="report",
                   urgency="normal", place_code="35.02.02.2009", status=status, outcome="",
                   may_ask=True, receipt_index=tip_id.encode(), opened_at=at)  # fmt: skip
        wrap = ring.seal("tip", TIP_ID, key)
        insert("tip_wrap", tip_number=NUMBER, recipient="server", wrap=wrap)
        insert("assignment", tip_number=NUMBER, role="head", reason="", assigned_at=at, due_at=at,
               end_reason="")  # fmt: skip
        for kind, content in PARTS:
            plain, nonce = json.dumps(content).encode(), os.urandom(12)
            plain += b" " * (-len(plain) % 256)
            sealed = nonce + cipher.encrypt(nonce, plain, f"tip:{TIP_ID}|v1".encode())
            insert("tip_part", tip_number=NUMBER, kind=kind, sealed=sealed, at=at)


def test_an_old_report_is_opened_and_sealed_anew_with_the_key_ring(database_url: str) -> None:
    database, ring = Database(database_url), KeyRing.fresh()
    old_reports(database, ring)
    migrate(database, ring)
    with database.read() as connection:
        tip = tips.by_number(connection, NUMBER)
        assert tip is not None
        private = tip_seal.key_of_ring(connection, ring, NUMBER, TIP_ID)
        assert private is not None
        found = [
            tip_seal.open_part(private, TIP_ID, part)
            for part in tip_seal.sealed_parts(connection, NUMBER)
        ]
        relayed = tip_seal.relayed(connection, ring, NUMBER, TIP_ID)
        gone = tips.by_number(connection, 8)
    assert [(part.kind, part.content, part.at) for part in found] == [
        (kind, content, AT) for kind, content in PARTS
    ]
    assert relayed == ["Di mana rumahnya?"]
    assert (tip.status, tip.role, tip.opened_at) == ("assigned", "head", AT)
    assert gone is not None and gone.status == "withdrawn"
    with database.write() as connection:  # the case goes on
        tips.add_message(connection, ring, tip, "from_reporter", "Di Ngrayun", AT)
        assert len(tip_seal.sealed_parts(connection, NUMBER)) == len(PARTS) + 1
    database.close()


@pytest.mark.parametrize("ring", [None, KeyRing.fresh()], ids=["no ring", "another ring"])
def test_without_its_key_ring_an_old_database_stays_as_it_is(
    database_url: str, ring: KeyRing | None
) -> None:
    database = Database(database_url)
    old_reports(database, KeyRing.fresh())
    before = everything(database)
    with pytest.raises(KeyRingError) as refused:
        migrate(database, ring)
    assert "\n" not in str(refused.value)
    assert everything(database) == before
    assert before["alembic_version"] == [("0005_watch_standing",)]
    database.close()


def test_what_refers_to_nothing_is_refused_within_a_migration_and_after_it(
    database_url: str,
) -> None:
    database = Database(database_url)
    migrate(database)
    dangling = text("INSERT INTO tip_wrap (tip_number, recipient, wrap) VALUES (99, 'x', :w)")
    for write in (database.write_tables, database.write):
        with pytest.raises(IntegrityError), write() as connection:
            connection.execute(dangling, {"w": b""})
    with database.read() as connection:
        assert connection.execute(text("SELECT * FROM tip_wrap")).all() == []
    database.close()


def everything(database: Database) -> dict[str, list[Any]]:
    """Every table with its rows, as the database itself has them."""
    with database.read() as connection:
        found = MetaData()
        found.reflect(connection)
        return {
            name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in found.tables.items()
        }
