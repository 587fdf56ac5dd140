"""`kentongan register import` at its edges: keys, locks, signals, and what a file may take away."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot import cli, register_cli, register_snapshots
from bot.register_file import Reading, read_register_file
from bot.register_import import Origin, Overtaken, import_register, plan_import
from bot.register_rows import RegisterFileError
from bot.sealing import KeyRing
from tests.bot.register_files import (
    DATED,
    FIRST,
    NOW,
    SECOND,
    SOURCE,
    TODAY,
    Office,
    a_file,
    row,
)

IMPORT = ["register", "import", "register.csv", "--drop-share", "1"]


def database(folder: Path) -> Path:
    return folder / "var" / "kentongan.db"


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err
    return told.err


def test_watchers_and_no_key_ring_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_file(folder, row("Alam Rimba", FIRST))
    assert cli.main(IMPORT) == 0
    with sqlite3.connect(database(folder)) as connection:
        connection.execute(
            "INSERT INTO contact (id, channel, address_index, address, place_code, created_at)"
            " VALUES (1, 'telegram', x'01', x'01', '', 0)"
        )
        connection.execute(
            "INSERT INTO watch (contact_id, company_index, name, since) VALUES (1, x'01', x'01', 0)"
        )
    capsys.readouterr()
    a_file(folder, row("Bukit Seroja", SECOND))
    assert cli.main(IMPORT) == 2
    assert "no key ring is there" in one_line(capsys)
    assert cli.main(["register", "show"]) == 2
    KeyRing.load(folder / "var" / "keyring.json", create=True)
    capsys.readouterr()
    assert cli.main(IMPORT) == 2
    assert "doesn't open what watchers left" in one_line(capsys)


def test_a_dry_run_makes_no_database(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_file(folder, row("Alam Rimba", FIRST))
    assert cli.main([*IMPORT, "--dry-run"]) == 0
    assert "new      Alam Rimba" in capsys.readouterr().out
    assert not (folder / "var").exists()


@pytest.mark.parametrize("at", ["read_register_file", "import_register", "print_json"])
def test_ctrl_c_is_no_success(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    a_file(folder, row("Alam Rimba", FIRST))
    monkeypatch.setattr(register_cli, at, stop)
    assert cli.main([*IMPORT, "--json"]) == 130
    assert "stopped" in one_line(capsys)


def test_a_lock_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    a_file(folder, row("Alam Rimba", FIRST))
    monkeypatch.setattr(register_cli, "import_register", locked)
    assert cli.main(IMPORT) == 2
    assert "the database is busy" in one_line(capsys)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--map", "name=status"], "is taken for name and for status"),
        (["--map", "name=name", "--map", "name=nama"], "names one column twice"),
        (["--status", "aktif (diskors)=entah"], "write TEXT=STATUS"),
        (["--status", "aktif", "--status", "dicabut"], "one status only"),
    ],
)
def test_options_that_contradict_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], problem: str
) -> None:
    a_file(folder, row("Alam Rimba", FIRST))
    assert cli.main([*IMPORT, *options]) == 2
    assert problem in one_line(capsys)


def test_the_mend_of_a_doubtful_status_works(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_file(folder, row("Alam Rimba", FIRST), row("Bukit Seroja", SECOND, "aktif (diskors)"))
    assert cli.main(IMPORT) == 2
    assert '--status "aktif (diskors)=' in one_line(capsys)
    assert cli.main([*IMPORT, "--status", "aktif (diskors)=suspended"]) == 0
    cli.main(["recruiter", "PT Bukit Seroja"])
    assert "verdict: sanctioned" in capsys.readouterr().out


# ---- planning


def test_a_plan_is_made_before_the_lock_and_checked_inside(office: Office) -> None:
    service = office.service
    rows = read_register_file(a_file(office.folder, row("Alam Rimba", FIRST)), Reading(today=TODAY))
    origin = Origin("list", "register.csv", b"", third_party=True)
    with service.database.read() as connection:
        plan = plan_import(connection, service, rows, origin, drop_share=1, now=NOW)
    office.take(row("Cahaya Timur", "3333333333333"))
    with pytest.raises(Overtaken), service.database.write() as connection:
        import_register(connection, service, rows, origin, drop_share=1, now=NOW, plan=plan)
    assert office.verdict("PT Cahaya Timur") == "listed"


def test_an_overtaken_import_is_planned_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def overtaken(*given: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise Overtaken
        return import_register(*given, **named)  # type: ignore[arg-type]

    a_file(folder, row("Alam Rimba", FIRST))
    monkeypatch.setattr(register_cli, "import_register", overtaken)
    assert cli.main(IMPORT) == 0
    assert len(calls) == 2


def test_a_watch_s_standing_looks_at_no_look_alikes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """15,000 standings with their look-alikes took two minutes inside the write lock."""
    register = office.register
    monkeypatch.setattr(register.index, "near", None)
    assert register.standing(register.observations[0].row.key, TODAY) == "listed"


# ---- what a file may take away


@pytest.mark.parametrize(
    ("lines", "mend"),
    [
        (["terdaftar,,2026-11-01"] * 2, "2 stand in it and are not listed"),
        (["tidak aktif,,", "terdaftar,,2026-11-01"], "2 stand in it and are not listed"),
        (["diskors,,", "terdaftar,,2026-11-01"], "2 stand in it and are not listed"),
    ],
)
def test_listings_that_would_be_over_count_as_gone(
    office: Office, lines: list[str], mend: str
) -> None:
    told = [
        f"{name},{number},{line.split(',')[0]},{SOURCE},2026-11-20,{line.split(',')[2]}"
        for name, number, line in zip(
            ("Alam Rimba", "Bukit Seroja"), (FIRST, SECOND), lines, strict=True
        )
    ]
    rows = read_register_file(a_file(office.folder, *told, head=DATED), Reading(today=TODAY))
    origin = Origin("list", "register.csv", b"", third_party=True)
    with (
        pytest.raises(
            RegisterFileError, match=r"2 of 2 companies would be gone \(100%\)"
        ) as caught,
        office.service.database.write() as connection,
    ):
        import_register(connection, office.service, rows, origin, drop_share=0.2, now=NOW)
    assert mend in str(caught.value)
    assert "--drop-share" not in str(caught.value)
    assert office.verdict("PT Alam Rimba") == "listed"


def test_current_acts_leave_the_old_revocations(office: Office) -> None:
    def revoked() -> int:
        return sum(seen.row.status == "revoked" for seen in office.register.observations)

    before = revoked()
    assert before > 160
    office.take(row("Alam Rimba", FIRST, "diskors"), kind="sanctions", share=0.2)
    assert revoked() == before
    office.take(row("Kali Biru Jernih", "", "dicabut (SK 9)"), kind="sanctions", share=0.2)
    assert revoked() == before
    assert office.verdict("PT Alam Rimba") == "listed"


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        (row("Kali Biru", "3333333333333", "pengakhiran sanksi", "2026-11-21"), False),
        (row("Kali Biru", "4444444444444", "pengakhiran sanksi", "2026-11-21"), True),
        (row("Kali Biru", "3333333333333", "pengakhiran sanksi", "2026-11-19"), True),
        (row("Kali Biru", "", "pengakhiran sanksi", "2026-11-21"), False),
        (row("Lain Sekali", "3333333333333", "pengakhiran sanksi", "2026-11-21"), False),
    ],
)
def test_a_revocation_goes_when_a_later_row_of_its_number_or_name_says_so(
    office: Office, line: str, stays: bool
) -> None:
    office.take(row("Kali Biru", "3333333333333", "dicabut"), kind="sanctions")
    office.take(line, kind="sanctions")
    seen = office.register.index.by_fold.get("KALIBIRU")
    assert bool(seen and seen.has(("revoked",))) == stays


def test_a_snapshot_s_number_is_none_before_the_first(office: Office) -> None:
    assert isinstance(office.register.date, date)
    with office.service.database.read() as connection:
        assert register_snapshots.newest_id(connection)
