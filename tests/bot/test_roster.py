"""An office from nothing, and a roster that is imported as one or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot import demo, enrolment, officers, roster
from bot.database import Database
from bot.gazetteer import Gazetteer
from bot.office_setup import init_office, office_code
from bot.rehearsal import Rehearsal
from bot.roster import COLUMNS, Change, RosterError, import_roster, read_roster
from bot.sealing import KeyRing
from bot.service import migrate
from bot.territory import Offices
from tests.bot.steps import first_tip, heard, report

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = NOW.date()
HEAD = ",".join(COLUMNS)
SRI = "P-1,Sri,pimpasa,35.02.02.2009,SK 1,2026-01-01,"
BAGUS = "P-2,Bagus,deputy,35.02.02.2009,SK 1,2026-01-01,"
DEWI = "P-3,Dewi,head,,SK 2,2026-01-01,"
RING = KeyRing.fresh()
GAZETTEER = Gazetteer()


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A database with the office and nobody in it."""
    database = Database(database_url)
    migrate(database)
    with database.write() as open_connection:
        found(open_connection)
        yield open_connection
    database.close()


def found(connection: Connection, **other: object) -> list[Change]:
    given = {"name": "Kanim Ponorogo", "code": "kanim-ponorogo", "regencies": (), "time_zone": "",
             "now": NOW} | other  # fmt: skip
    return init_office(connection, Offices(), GAZETTEER, **given)  # type: ignore[arg-type]


def read(tmp_path: Path, *lines: str, head: str = HEAD) -> list[roster.RosterRow]:
    path = tmp_path / "roster.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return read_roster(path, GAZETTEER, TODAY)


def load(
    connection: Connection, tmp_path: Path, *lines: str, now: datetime = NOW
) -> dict[str, list[str]]:
    """Import, and the difference report by kind."""
    changes = import_roster(connection, RING, "kanim-ponorogo", read(tmp_path, *lines), now)
    kinds: dict[str, list[str]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change.what)
    return kinds


# ---- the office


def test_an_office_takes_its_sure_area_from_the_list(connection: Connection) -> None:
    held = connection.execute(select(officers.areas.c.place_code)).scalars().all()
    assert sorted(held) == ["35.01", "35.02", "35.03"]
    row = connection.execute(select(officers.offices)).one()
    assert (row.time_zone, row.hours, row.kind) == ("Asia/Jakarta", "Mon-Fri 08:00-16:00", "kanim")


def test_the_same_office_again_is_no_difference(connection: Connection) -> None:
    assert found(connection) == []
    assert [change.kind for change in found(connection, hours="Mon-Fri 08:00-15:00")] == ["changed"]


def test_an_area_given_by_the_operator_replaces_the_list(connection: Connection) -> None:
    changes = found(connection, regencies=("35.02", "35.20"))
    assert {(c.kind, c.what.split(" (")[0]) for c in changes} == {
        ("new", "area 35.20 Kab. Magetan"),
        ("gone", "area 35.01"),
        ("gone", "area 35.03"),
    }
    tomorrow = TODAY + timedelta(days=1)
    assert officers.served(connection, "kanim-ponorogo", "35.20.01.2001", tomorrow)
    assert not officers.served(connection, "kanim-ponorogo", "35.01.01.2001", tomorrow)


def test_an_office_that_the_list_does_not_know_needs_its_regencies(connection: Connection) -> None:
    with pytest.raises(RosterError, match="--regency"):
        found(connection, name="Kanim Entah", code="entah")


@pytest.mark.parametrize(
    ("regency", "zone"),
    [("35.02", "Asia/Jakarta"), ("53.01", "Asia/Makassar"), ("94.01", "Asia/Jayapura")],
)
def test_an_office_lives_in_the_zone_of_its_province(
    connection: Connection, regency: str, zone: str
) -> None:
    found(connection, code="other", regencies=(regency,))
    row = connection.execute(
        select(officers.offices.c.time_zone).where(officers.offices.c.code == "other")
    ).scalar_one()
    assert row == zone


def test_an_offices_code_comes_from_its_name() -> None:
    assert office_code("Kanim Tanjung Perak") == "kanim-tanjung-perak"


# ---- mistakes in the file


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("P-1,Sri,pimpasa,35.02.02.9999,,2026-01-01,", "'35.02.02.9999' is no place"),
        ("P-1,Sri,pimpasa,,,2026-01-01,", "a pimpasa needs the place_code"),
        ("P-1,Sri,raja,35.02.02.2009,,2026-01-01,", "role 'raja' is none of"),
        ("P-1,Sri,auditor,35.02.02.2009,,2026-01-01,", "role auditor is for the whole office"),
        (",Sri,head,,,2026-01-01,", "staff_no is empty"),
        ("P-1,,head,,,2026-01-01,", "name is empty"),
        ("P-1,Sri,head,,,,", "valid_from is empty"),
        ("P-1,Sri,head,,,01/02/2026,", "'01/02/2026' is no date"),
        ("P-1,Sri,head,,,2026-01-01,2026-11-22", "is in the past"),
        ("P-1,Sri,head,,,2027-02-01,2027-01-01", "is before valid_from"),
        ("P-1,Sri", "role is empty"),
    ],
)
def test_a_bad_line_is_named_with_its_number(line: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        read(tmp_path, DEWI, line)
    assert len(raised.value.problems) == 1
    assert raised.value.problems[0].startswith("roster.csv: line 3: ")
    assert says in raised.value.problems[0]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        read(tmp_path, "P-1,Sri,raja,,,2026-01-01,", DEWI, "P-2,,head,,,2026-01-01,")
    assert [problem.split(": ")[1] for problem in raised.value.problems] == ["line 2", "line 4"]


def test_two_owners_of_one_village_at_one_time_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"line 3: 35\.02\.02\.2009 already has a pimpasa"):
        read(tmp_path, SRI, "P-9,Tono,pimpasa,35.02.02.2009,,2026-06-01,")


def test_one_owner_after_the_other_is_no_contradiction(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "P-1,Sri,pimpasa,35.02.02.2009,,2026-01-01,2026-12-31",
        "P-9,Tono,pimpasa,35.02.02.2009,,2027-01-01,",
    )
    assert [row.staff_no for row in rows] == ["P-1", "P-9"]


def test_one_number_with_two_names_and_a_doubled_line_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        read(tmp_path, SRI, SRI, "P-1,Tono,head,,,2026-01-01,")
    assert "the same duty stands in line 2" in str(raised.value)
    assert "staff_no P-1 is 'Sri' above" in str(raised.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"line 1: no column decree, valid_to"):
        read(tmp_path, "x", head="staff_no,name,role,place_code,valid_from")


def test_an_empty_or_an_endless_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="has 0 rows"):
        read(tmp_path)
    with pytest.raises(RosterError, match="has 5001 rows"):
        read(tmp_path, *[DEWI] * 5001)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_in_another_encoding_is_one_clear_line(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(f"{HEAD}\nP-1,Renée,head,,,2026-01-01,\n".encode(encoding))
    with pytest.raises(RosterError) as raised:
        read_roster(path, GAZETTEER, TODAY)
    assert raised.value.problems == [
        "roster.csv: can't be read as a UTF-8 CSV file (UnicodeDecodeError)"
    ]


def test_a_file_from_a_spreadsheet_with_its_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}\r\n{SRI}\r\n".encode())
    assert [row.name for row in read_roster(path, GAZETTEER, TODAY)] == ["Sri"]


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="FileNotFoundError"):
        read_roster(tmp_path / "none.csv", GAZETTEER, TODAY)


# ---- the import


def test_the_first_import_names_everybody_and_gives_codes(
    connection: Connection, tmp_path: Path
) -> None:
    report_ = load(connection, tmp_path, SRI, BAGUS, DEWI)
    assert report_["new"][:3] == ["officer P-1 Sri", "officer P-2 Bagus", "officer P-3 Dewi"]
    assert "head whole office: P-3 Dewi" in report_["new"]
    codes = [line.partition("MASUK ")[2] for line in report_["invited"]]
    assert len(set(codes)) == 3
    for code, name in zip(codes, ("Sri", "Bagus", "Dewi"), strict=True):
        invited = enrolment.invited(connection, RING, code.lower(), NOW)
        assert invited is not None
        assert invited[1] == name
    late = NOW + roster.INVITATION_LASTS + timedelta(seconds=1)
    assert enrolment.invited(connection, RING, codes[0], late) is None
    assert roster.summary(connection, "kanim-ponorogo") == (3, 0)


def test_the_same_roster_again_is_no_difference(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, SRI, BAGUS, DEWI)
    assert load(connection, tmp_path, SRI, BAGUS, DEWI) == {}


def test_the_difference_report_says_what_changes(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, SRI, BAGUS, DEWI)
    changed = load(
        connection,
        tmp_path,
        "P-1,Sri Wahyuni,pimpasa,35.02.02.2009,SK 9,2026-01-01,",
        "P-4,Tono,deputy,35.02.02.2009,,2026-11-01,",
        DEWI,
    )
    assert changed["new"] == ["officer P-4 Tono", "deputy 35.02.02.2009: P-4 Tono"]
    assert changed["changed"] == [
        "officer P-1: Sri → Sri Wahyuni",
        "pimpasa 35.02.02.2009: P-1 Sri Wahyuni",
    ]
    assert changed["gone"] == ["officer P-2 Bagus", "deputy 35.02.02.2009: P-2"]
    assert [line.split(":")[0] for line in changed["invited"]] == ["P-4"]


def test_a_place_outside_the_area_stops_the_whole_import(
    connection: Connection, tmp_path: Path
) -> None:
    with pytest.raises(RosterError, match=r"line 3: 35\.05\.01\.2001 is not in the area"):
        load(connection, tmp_path, SRI, "P-5,Ani,pimpasa,35.05.01.2001,,2026-01-01,")
    assert roster.summary(connection, "kanim-ponorogo") == (0, 0)


def test_a_dry_run_is_the_import_rolled_back(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    migrate(database)
    with database.write() as connection:
        found(connection)
    with database.write() as connection:
        dry = connection.begin_nested()
        assert load(connection, tmp_path, SRI)["new"]
        dry.rollback()
    with database.read() as connection:
        assert connection.execute(select(officers.officers)).all() == []
    database.close()


async def test_who_leaves_the_office_hands_over_what_is_open(
    on_both: Rehearsal, tmp_path: Path
) -> None:
    await report(on_both)
    await on_both.say("petugas", "ambil 1")
    path = tmp_path / "roster.csv"
    path.write_text(
        f"{HEAD}\nD-002,Bagus,deputy,{demo.VILLAGE},,2026-01-01,\nD-003,Dewi,section_head,,,2026-01-01,\n"
    )
    service = on_both.service
    with service.database.write() as connection:
        rows = read_roster(path, service.gazetteer, TODAY)
        changes = import_roster(connection, service.ring, demo.OFFICE, rows, on_both.clock.now())
    assert "officer D-001 Sri Wahyuni (contoh)" in [c.what for c in changes if c.kind == "gone"]
    sent = await on_both.wait(timedelta(minutes=1))
    assert "#1 diteruskan kepada Anda" in heard(sent, "wakil")
    assert "Ada pesan untuk Anda" in heard(sent, "warga")
    assert heard(sent, "petugas") == ""
    with service.database.read() as connection:
        tip = first_tip(connection)
    assert (tip.status, tip.role) == ("assigned", "deputy")


async def test_a_roster_keeps_the_enrolment_of_those_who_stay(
    on_both: Rehearsal, tmp_path: Path
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"{HEAD}\nD-003,Dewi,section_head,,,2026-01-01,\n")
    service = on_both.service
    with service.database.write() as connection:
        rows = read_roster(path, service.gazetteer, TODAY)
        changes = import_roster(connection, service.ring, demo.OFFICE, rows, on_both.clock.now())
    assert not [change for change in changes if change.kind == "invited"]
    assert "Tidak ada laporan" in heard(await on_both.say("kepala", "tugas"), "kepala")


async def test_an_officer_enrols_with_the_code_once(on_both: Rehearsal, tmp_path: Path) -> None:
    service = on_both.service
    with service.database.write() as connection:
        officer_id = roster.officer_by_staff_no(connection, demo.OFFICE, "D-002")
        assert officer_id
        code = roster.invite(connection, service.ring, officer_id, on_both.clock.now())
    sent = await on_both.say("hp-baru", f"masuk {code.lower()}")
    assert "Selamat datang, Bagus Prasetyo" in heard(sent, "hp-baru")
    assert "/console/setup/" in heard(sent, "hp-baru")
    assert "tidak berlaku" in heard(await on_both.say("maling", f"masuk {code}"), "maling")
    assert "Tidak ada laporan" in heard(await on_both.say("hp-baru", "tugas"), "hp-baru")
    assert "Tidak ada laporan" not in heard(await on_both.say("wakil", "tugas"), "wakil")
