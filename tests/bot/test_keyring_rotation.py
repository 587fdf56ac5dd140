"""A new key: everything is sealed anew, nothing is lost, and the old key is let go only then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, update
from sqlmodel import SQLModel

from bot import cli, demo, resealing, tip_seal, tips
from bot.clock import Clock
from bot.contacts import contacts
from bot.rehearsal import Rehearsal
from bot.resealing import SEALED, reseal, under_old_keys
from bot.schedule import hold
from bot.sealing import KeyRing
from bot.service import migrate
from bot.tip_rows import relays
from tests.bot.steps import heard, report, settle_in
from tests.console.office import Bot

OLD = "aaaa"


def first_ring() -> KeyRing:
    return KeyRing({OLD: b"a" * 32}, OLD)


def values(bot: Rehearsal) -> dict[str, list[bytes]]:
    """Every binary value of every table, by column."""
    with bot.service.database.read() as connection:
        return {
            f"{table.name}.{column.name}": [
                bytes(value)
                for value in connection.execute(select(column)).scalars()
                if value is not None
            ]
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
        }


def under(bot: Rehearsal, kid: str) -> set[str]:
    """Columns with a value under that key."""
    beginning = b"\x01" + kid.encode()
    return {
        name for name, found in values(bot).items() if any(v.startswith(beginning) for v in found)
    }


@pytest.fixture
def bot(database_url: str) -> Any:
    rehearsal = Rehearsal(database_url, ring=first_ring())
    yield rehearsal
    rehearsal.close()


async def live(bot: Rehearsal) -> str:
    """Something in every place that the ring seals, as far as one village can bring it about."""
    await settle_in(bot, "budi")
    for words in ("cek PT Kanari Abadi", "pantau"):
        await bot.say("budi", words)
    code = await report(bot, what="Calonya teman Dewi Lestari kepala seksi imigrasi")
    await report(bot, "siti")
    await bot.say(demo.OFFICER, "GRUP")
    await bot.say(demo.OFFICER, "Kode koordinasi")
    (said,) = await bot.say(demo.OFFICER, "2")
    typed = said.text.partition("/pasang ")[2].split()[0]
    for words in ("/lepas", f"/pasang {typed}", "/saya kepala desa", "/tugas pasang poster"):
        await bot.group(words)
    await bot.say(demo.OFFICER, "ambil 2")
    await bot.say(demo.OFFICER, "tanya 2 Kapan berangkat?")
    for words in ("MITRA 2", "1", "Apakah PT itu dikenal?", "kirim"):
        await bot.say(demo.OFFICER, words)
    return code


async def test_everything_is_sealed_anew_and_still_opens(bot: Rehearsal) -> None:
    code = await live(bot)
    before = under(bot, OLD)
    assert {"contact.address", "session.state", "officer_account.totp", "tip.return_address",
            "tip_relay.sealed", "tip_conflict.sealed", "partner_request.sealed",
            "coordination_member.sealed", "coordination_item.sealed"} <= before  # fmt: skip
    assert before <= {sealed.name for sealed in SEALED}, "a sealed column is not listed"
    ring = bot.service.ring.with_new_key()
    with bot.service.database.read() as connection:
        assert set(under_old_keys(connection, ring)) == before
    assert {name for name, count in reseal(bot.service.database, ring) if count} == before
    assert under(bot, OLD) == set()
    alone = ring.without_old_keys()
    assert alone.old_keys() == frozenset()
    _use(bot, alone)
    said = heard(await bot.say("siti", "buka"), "siti")
    assert "Kapan berangkat?" in said
    assert "Keadaan: " in heard(await bot.say("wati", f"KODE {code}"), "wati")
    with bot.service.database.read() as connection:
        assert tips.by_receipt(connection, alone, code) is not None
        assert tips.reporter_of(connection, alone, 2) is not None


def _use(bot: Rehearsal, ring: KeyRing) -> None:
    """As after a restart with the new file."""
    bot.service.ring = ring


async def test_a_batch_after_the_other_and_what_does_not_open_stays(
    bot: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    for who in ("a", "b", "c", "d"):
        await bot.say(who, "halo")
    with bot.service.database.write() as connection:
        number = connection.execute(select(contacts.c.id).order_by(contacts.c.id)).scalars().first()
        broken = b"\x01" + OLD.encode() + bytes(40)
        change = update(contacts).where(contacts.c.id == number)
        connection.execute(change.values(address=broken))
    ring = bot.service.ring.with_new_key()
    assert sum(name == "contact.address" for name, _ in reseal(bot.service.database, ring)) > 2
    with bot.service.database.read() as connection:
        assert under_old_keys(connection, ring) == {"contact.address": 1}


async def test_what_changed_meanwhile_is_not_put_back(bot: Rehearsal) -> None:
    await bot.say("a", "halo")
    ring = bot.service.ring.with_new_key()
    sealed = next(one for one in SEALED if one.name == "session.state")
    with bot.service.database.write() as connection:
        row = connection.execute(select(sealed.column.table)).first()
        assert row is not None
        newer = ring.seal("session", str(row.contact_id), b"newer")
        table = sealed.column.table
        connection.execute(
            update(table).where(table.c.contact_id == row.contact_id).values(state=newer)
        )
        assert resealing._anew(connection, ring, sealed, row) == 0
        mine = table.c.contact_id == row.contact_id
        kept = connection.execute(select(table.c.state).where(mine)).scalar_one()
    assert bytes(kept) == newer


def test_a_report_under_the_ring_is_sealed_anew_and_people_s_wraps_are_not(bot: Rehearsal) -> None:
    now = bot.clock.now()
    with bot.service.database.write() as connection:
        connection.execute(
            tips.tips.insert().values(
                id="t", office_code=demo.OFFICE, topic="report", category="", urgency="none",
                rank=0, place_code="", status="assigned", outcome="", may_ask=False,
                public_key=bytes(32), receipt_index=b"r", opened_at=now,
            )
        )  # fmt: skip
        tip_seal.give_key_to_ring(connection, bot.service.ring, 1, "t", b"k" * 32)
        people = b"\x01" + OLD.encode() + bytes(75)  # a wrap may begin like anything
        connection.execute(tips.wraps.insert().values(tip_number=1, recipient="x", wrap=people))
        connection.execute(relays.insert().values(
            tip_number=1, sealed=bot.service.ring.seal("tip-relay", "t", b"halo"), at=now
        ))  # fmt: skip
    ring = bot.service.ring.with_new_key()
    done = dict(reseal(bot.service.database, ring))
    assert (done["tip_wrap.wrap"], done["tip_relay.sealed"]) == (1, 1)
    alone = ring.without_old_keys()
    with bot.service.database.read() as connection:
        assert tip_seal.key_of_ring(connection, alone, 1, "t") == b"k" * 32
        assert tip_seal.relayed(connection, alone, 1, "t") == ["halo"]
        left = select(tips.wraps.c.wrap).where(tips.wraps.c.recipient == "x")
        assert bytes(connection.execute(left).scalar_one()) == people


# ---- the ring and its file


def test_fingerprints_outlive_the_key_they_hang_on(tmp_path: Path) -> None:
    first, path = first_ring(), tmp_path / "ring.json"
    for _ in range(2):
        alone = first.with_new_key().without_old_keys()
        alone.save(path)
        read = KeyRing.load(path)
        assert read.index("contact", "x") == first_ring().index("contact", "x")
        first = read
        path.unlink()


def test_a_purpose_that_nobody_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="INDEX_PURPOSES"):
        first_ring().index("new", "x")


def test_a_process_that_runs_opens_what_another_sealed_under_a_new_key(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    first_ring().save(path)
    running = KeyRing.load(path)
    added = running.with_new_key()
    added.replace(path)
    assert running.open("tip", "1", added.seal("tip", "1", b"isi")) == b"isi"
    assert KeyRing.load(path).open("tip", "1", running.seal("tip", "1", b"isi")) == b"isi"


# ---- the command


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line works on its database and key ring."""
    bot = Bot(tmp_path)
    migrate(bot.service.database)
    demo.seed(bot.service)
    settings = bot.service.settings
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KENTONGAN_KEYRING_PATH", str(settings.keyring_path))
    yield bot
    bot.close()


def test_rotate_then_retire(office: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    path = office.service.settings.keyring_path
    office.report()
    before = KeyRing.load(path)
    assert cli.main(["keyring", "rotate"]) == 0
    assert "restart every process" in capsys.readouterr().out
    assert len(KeyRing.load(path).old_keys()) == 1
    office.report()  # the running process goes on, whichever key it has
    assert cli.main(["keyring", "rotate", "--retire", "--json"]) == 0
    assert '"under_old_keys": {}' in capsys.readouterr().out
    after = KeyRing.load(path)
    assert after.old_keys() == frozenset()
    assert path.stat().st_mode & 0o777 == 0o600
    assert after.index("receipt", "x") == before.index("receipt", "x")
    done = [action for _, action, subject in office.actions() if subject == "keyring"]
    assert done == ["keyring_rotated", "keyring_retired"]


def test_nothing_is_retired_while_the_service_runs(
    office: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hold(office.service.database, "schedule", Clock().now() + timedelta(minutes=1))
    assert cli.main(["keyring", "rotate", "--retire"]) == 2
    assert "stop the service first" in capsys.readouterr().err


def test_a_key_that_something_still_needs_stays(
    office: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    path = office.service.settings.keyring_path
    (kid,) = KeyRing.load(path).with_new_key().old_keys()
    with office.service.database.write() as connection:
        first = select(contacts.c.id).limit(1).scalar_subquery()
        broken = b"\x01" + kid.encode() + bytes(40)
        connection.execute(update(contacts).where(contacts.c.id == first).values(address=broken))
    assert cli.main(["keyring", "rotate"]) == 1
    assert cli.main(["keyring", "rotate", "--retire"]) == 1
    assert "no key was taken out" in capsys.readouterr().out
    assert kid in KeyRing.load(path).old_keys()
