"""Who may help with a place, and an office's own partners from its file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot import partners
from bot.cli import main
from bot.contacts import contacts
from bot.database import Database
from bot.gazetteer import Gazetteer
from bot.office_setup import init_office
from bot.partner_import import (
    COLUMNS,
    PartnerFileError,
    PartnerRow,
    import_partners,
    invite,
    read_partners,
)
from bot.partner_rows import partners as table
from bot.partners import Directory, Listed
from bot.roster import RosterRow, import_roster
from bot.sealing import KeyRing
from bot.service import migrate
from bot.settings import read_settings
from bot.territory import Offices
from flows.catalog import load_hotlines
from flows.partners import CONCERNS, load_directory

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = NOW.date()
OFFICE = "kanim-ponorogo"
NGRAYUN = "35.02.02.2009"
RING = KeyRing.fresh()
GAZETTEER = Gazetteer()
DIRECTORY = Directory(load_directory(), load_hotlines())
HEAD = ",".join(COLUMNS)
BABINSA = (
    "babinsa-ngrayun,babinsa,Babinsa Desa Ngrayun,35.02.02.2009,tppo tppm other question,,,,"
    "Surat Kodim,2026-11-01,2027-04-01,P-1,yes"
)
POLRES = (
    "polres-ponorogo,polres,Polres Ponorogo unit PPA,35.02,tppo tppm,(0352) 123456,,Jl. Contoh 1,"
    "Surat Polres,2026-11-01,2027-04-01,P-1,"
)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A database with the office, its officer P-1, and no partner."""
    database = Database(database_url)
    migrate(database)
    with database.write() as open_connection:
        init_office(
            open_connection, Offices(), GAZETTEER, name="Kanim Ponorogo", code=OFFICE,
            regencies=(), now=NOW,
        )  # fmt: skip
        sri = RosterRow(2, "P-1", "Sri", "pimpasa", NGRAYUN, "", date(2026, 1, 1), None)
        import_roster(open_connection, RING, OFFICE, [sri], NOW)
        yield open_connection
    database.close()


def read(tmp_path: Path, *lines: str, head: str = HEAD) -> list[PartnerRow]:
    path = tmp_path / "partners.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return read_partners(path, GAZETTEER, TODAY)


def load(connection: Connection, tmp_path: Path, *lines: str) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for change in import_partners(connection, RING, OFFICE, read(tmp_path, *lines), NOW):
        kinds.setdefault(change.kind, []).append(change.what)
    return kinds


def near(
    connection: Connection, code: str = NGRAYUN, concern: str = "", today: date = TODAY
) -> list[Listed]:
    return partners.for_place(
        connection,
        DIRECTORY,
        GAZETTEER,
        office_code=OFFICE,
        code=code,
        concern=concern,
        today=today,
    )


# ---- the shipped directory


def shipped(code: str, concern: str = "", today: date = TODAY) -> dict[str, Listed]:
    return {one.key: one for one in DIRECTORY.for_place(GAZETTEER, code, concern, today)}


@pytest.mark.parametrize("concern", CONCERNS)
@pytest.mark.parametrize("code", [NGRAYUN, "35.02.02", "35.02", "32.14", "91.03", "my", "kh"])
def test_every_place_and_concern_has_somebody_to_turn_to(code: str, concern: str) -> None:
    found = shipped(code, concern)
    assert found
    for one in found.values():
        assert one.reason and one.source and not one.stale
        assert one.reached_by
        assert one.partner_id is None and not one.enrolled


def test_trafficking_goes_to_the_police_first_and_papers_do_not() -> None:
    assert next(iter(shipped(NGRAYUN, "tppo"))) == "polres_ppa"
    assert "polres_ppa" not in shipped(NGRAYUN, "question")
    assert next(iter(shipped(NGRAYUN, "other"))) == "pppa"


def test_a_partner_is_named_with_the_area_it_is_for() -> None:
    found = shipped(NGRAYUN)
    assert found["polres_ppa"].area == "Kab. Ponorogo"
    assert found["polres_ppa"].channels == ("110",)
    assert found["camat"].area.startswith("Kec. Ngrayun")
    assert found["babinsa"].area.startswith("Desa Ngrayun")
    assert found["bp3mi"].area == "Jawa Timur"
    assert found["lpsk"].area == "" and found["lpsk"].reached_by == "cari di kantor"


def test_a_regency_alone_names_no_village_partner() -> None:
    assert not {"babinsa", "camat", "kades"} & shipped("35.02").keys()


def test_a_row_of_one_area_stands_in_for_the_general_one() -> None:
    jabar = shipped("32.14.01")
    assert {"bp3mi_jawa_barat", "disnakertrans_purwakarta", "kodim_0619"} <= jabar.keys()
    assert not {"bp3mi", "disnaker", "kodim"} & jabar.keys()
    assert "bp3mi_jawa_barat" not in shipped(NGRAYUN)


def test_abroad_there_are_the_missions_and_what_is_for_all() -> None:
    malaysia = shipped("my")
    assert {"kemlu", "kbri_kuala_lumpur", "kjri_johor_bahru", "lpsk"} <= malaysia.keys()
    assert "polres_ppa" not in malaysia and "kemlu" not in shipped(NGRAYUN)
    assert shipped("kh")["kemlu"].channels == ("https://peduliwni.kemlu.go.id",)
    assert "kbri_kuala_lumpur" not in shipped("kh")


def test_what_is_past_its_day_says_so() -> None:
    late = shipped("my", today=date(2026, 12, 23))
    assert late["kbri_kuala_lumpur"].stale
    assert late["kbri_kuala_lumpur"].channels == ("+60 17-668 8032 (cek ulang)",)
    assert not late["kemlu"].stale
    assert shipped(NGRAYUN, today=date(2026, 12, 22))["polres_ppa"].channels == ("110 (cek ulang)",)


# ---- the office's own


def test_the_offices_own_partner_stands_before_and_instead(
    connection: Connection, tmp_path: Path
) -> None:
    changes = load(connection, tmp_path, BABINSA, POLRES)
    assert changes["new"] == [
        "partner babinsa-ngrayun Babinsa Desa Ngrayun",
        "partner polres-ponorogo Polres Ponorogo unit PPA",
    ]
    found = near(connection, concern="tppo")
    assert [one.key for one in found if one.kind == "polres"] == ["polres-ponorogo"]
    assert found[0].channels == ("(0352) 123456", "Jl. Contoh 1")
    assert found[0].reason == "Dicatat kantor, diketahui oleh P-1"
    assert [one.key for one in found if one.kind == "babinsa"] == ["babinsa-ngrayun"]
    elsewhere = {one.key for one in near(connection, "35.02.01", "tppo")}
    assert "polres-ponorogo" in elsewhere and "babinsa-ngrayun" not in elsewhere
    assert "polres-ponorogo" not in {one.key for one in near(connection, concern="question")}


def test_an_own_partner_past_its_day_is_labelled_and_the_general_one_is_back(
    connection: Connection, tmp_path: Path
) -> None:
    load(connection, tmp_path, POLRES)
    own, general, *_ = near(connection, concern="tppo", today=date(2027, 4, 2))
    assert (own.key, own.stale, general.key) == ("polres-ponorogo", True, "polres_ppa")
    assert own.channels == ("(0352) 123456 (cek ulang)", "Jl. Contoh 1 (cek ulang)")


def test_the_same_file_again_is_no_difference(connection: Connection, tmp_path: Path) -> None:
    assert len(load(connection, tmp_path, BABINSA, POLRES)["invited"]) == 1
    assert load(connection, tmp_path, BABINSA, POLRES) == {}


def test_what_is_not_in_the_file_is_gone_and_can_come_back(
    connection: Connection, tmp_path: Path
) -> None:
    load(connection, tmp_path, BABINSA, POLRES)
    assert load(connection, tmp_path, BABINSA)["gone"] == [
        "partner polres-ponorogo Polres Ponorogo unit PPA"
    ]
    assert next(one.key for one in near(connection, concern="tppo")) == "polres_ppa"
    assert load(connection, tmp_path, BABINSA, POLRES)["changed"] == [
        "partner polres-ponorogo Polres Ponorogo unit PPA: active"
    ]


def code_of(changes: dict[str, list[str]]) -> str:
    return changes["invited"][0].partition("MITRA ")[2]


def contact(connection: Connection) -> int:
    return int(
        connection.execute(
            contacts.insert()
            .values(channel="simulator", address_index=b"x", address=b"x", created_at=NOW)
            .returning(contacts.c.id)
        ).scalar_one()
    )


def test_a_code_enrols_once_and_only_who_is_meant(connection: Connection, tmp_path: Path) -> None:
    code = code_of(load(connection, tmp_path, BABINSA, POLRES))
    assert partners.invited(connection, RING, "0000-0000", NOW) is None
    assert partners.invited(connection, RING, code, NOW.replace(month=12)) is None
    found = partners.invited(connection, RING, code.lower(), NOW)
    assert found and (found.key, found.kind) == ("babinsa-ngrayun", "babinsa")
    who = contact(connection)
    partners.enrol(connection, found.id, who)
    assert partners.invited(connection, RING, code, NOW) is None
    assert partners.of_contact(connection, who) == replace(found, contact_id=who)
    assert [one.key for one in near(connection) if one.enrolled] == ["babinsa-ngrayun"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("Ngrayun,35.02.02.2009", "Selur,35.02.02.2003"), ("2027-04-01,P-1,yes", "2027-04-01,P-1,no")],
)
def test_a_row_that_is_somebody_else_now_is_shut_out(
    connection: Connection, tmp_path: Path, old: str, new: str
) -> None:
    code = code_of(load(connection, tmp_path, BABINSA))
    found = partners.invited(connection, RING, code, NOW)
    assert found
    who = contact(connection)
    partners.enrol(connection, found.id, who)
    load(connection, tmp_path, BABINSA.replace(old, new))
    assert partners.of_contact(connection, who) is None


def test_a_new_code_shuts_the_old_chat_out(connection: Connection, tmp_path: Path) -> None:
    found = partners.invited(connection, RING, code_of(load(connection, tmp_path, BABINSA)), NOW)
    assert found
    who = contact(connection)
    partners.enrol(connection, found.id, who)
    code = invite(connection, RING, OFFICE, "babinsa-ngrayun", NOW)
    assert partners.of_contact(connection, who) is None
    assert partners.invited(connection, RING, code, NOW) is not None


def test_only_a_partner_that_writes_gets_a_code(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, POLRES)
    for key in ("polres-ponorogo", "nobody"):
        with pytest.raises(PartnerFileError, match="no active partner with that key"):
            invite(connection, RING, OFFICE, key, NOW)


# ---- mistakes in the file


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("babinsa-ngrayun,", ",", "line 2: key is empty"),
        ("babinsa-ngrayun,", "Babinsa Ngrayun,", "key 'Babinsa Ngrayun' is not like"),
        (",babinsa,", ",tentara,", "kind 'tentara' is none of polres"),
        ("35.02.02.2009", "35.99", "place_code '35.99' is no place"),
        ("35.02.02.2009", "my", "place_code 'my' is no place"),
        ("tppo tppm", "tppo tppx", "concerns has 'tppx'"),
        ("question,,,,", "question,ada,,,", "phone 'ada' is no telephone number"),
        ("question,,,,Surat Kodim", "question,0811111111,,,", "needs its source"),
        ("2026-11-01", "1 Nov", "checked '1 Nov' is no date"),
        ("2026-11-01", "2026-12-01", "checked 2026-12-01 is in the future"),
        ("2027-04-01", "2026-11-20", "review_by 2026-11-20 must be"),
        ("2027-04-01", "2027-11-01", "at most six months"),
        ("P-1,yes", "P-1,mungkin", "writes 'mungkin' is neither"),
        ("Babinsa Desa Ngrayun", "=1+1", "name holds a formula"),
        ("Surat Kodim", "@SUM(A1)", "source holds a formula"),
        ("Babinsa Desa Ngrayun", "Babinsa\x1b[31m", "name holds a control character"),
        ("Babinsa Desa Ngrayun", "x" * 201, "name has 201 letters"),
    ],
)
def test_each_mistake_is_one_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(PartnerFileError) as raised:
        read(tmp_path, BABINSA.replace(old, new, 1))
    assert len(raised.value.problems) == 1
    assert says in str(raised.value) and str(raised.value).startswith("partners.csv: line 2: ")


def test_a_key_twice_and_a_missing_column(tmp_path: Path) -> None:
    with pytest.raises(PartnerFileError, match="line 3: key babinsa-ngrayun stands in line 2"):
        read(tmp_path, BABINSA, BABINSA)
    with pytest.raises(PartnerFileError, match="no column writes"):
        read(tmp_path, BABINSA, head=HEAD.removesuffix(",writes"))


def test_semicolons_of_excel(tmp_path: Path) -> None:
    (row,) = read(tmp_path, BABINSA.replace(",", ";"), head=HEAD.replace(",", ";"))
    assert row.key == "babinsa-ngrayun" and row.values["writes"] is True


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("35.02.02.2009", "33.01.01.2001", "has nothing of the area of kanim-ponorogo"),
        ("P-1,yes", "P-9,yes", "vouched_by P-9 is no active officer"),
    ],
)
def test_a_partner_of_elsewhere_or_that_nobody_vouches_for(
    connection: Connection, tmp_path: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(PartnerFileError, match=says):
        load(connection, tmp_path, BABINSA.replace(old, new))
    assert connection.execute(select(table)).first() is None


def test_a_partner_of_the_whole_province_is_near(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, POLRES.replace(",35.02,", ",35,"))
    assert near(connection, concern="tppo")[0].key == "polres-ponorogo"


# ---- the command


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["office", "init", "--name", "Kanim Ponorogo"]) == 0
    (tmp_path / "roster.csv").write_text(
        "staff_no,name,role,place_code,decree,valid_from,valid_to\n"
        f"P-1,Sri,pimpasa,{NGRAYUN},,2026-01-01,\n"
    )
    assert main(["roster", "import", "roster.csv"]) == 0
    today = datetime.now(UTC).date()
    line = POLRES.replace("2026-11-01", f"{today}")
    line = line.replace("2027-04-01", f"{today + timedelta(days=30)}")
    (tmp_path / "partners.csv").write_text(f"{HEAD}\n{line}\n")
    return tmp_path


def test_the_command_shows_the_difference_before_it_writes(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["partners", "import", "partners.csv", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "new      partner polres-ponorogo" in out and "nothing was written" in out
    assert main(["partners", "show", "--place", NGRAYUN, "--for", "tppo"]) == 0
    assert "Polres Ponorogo" not in capsys.readouterr().out
    assert main(["partners", "import", "partners.csv"]) == 0
    assert main(["partners", "show", "--place", NGRAYUN, "--for", "tppo", "--json"]) == 0
    assert '"key": "polres-ponorogo"' in capsys.readouterr().out
    assert main(["partners", "show", "--place", "my"]) == 0
    assert "KBRI Kuala Lumpur" in capsys.readouterr().out


def test_the_command_refuses_in_one_line(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for wrong, says in (
        (["partners", "import", "none.csv"], "none.csv: can't be read"),
        (["partners", "show", "--place", "99"], "--place 99: no such code"),
        (["partners", "invite", "nobody"], "nobody: no active partner"),
    ):
        assert main(wrong) == 2
        err = capsys.readouterr().err
        assert err.startswith(says) and err.count("\n") == 1


def test_the_doctor_counts_who_is_late_and_whose_officer_left(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["partners", "import", "partners.csv"]) == 0
    capsys.readouterr()
    main(["doctor"])
    assert " partners: " not in capsys.readouterr().out
    database = Database(read_settings().database_url)
    with database.write() as connection:
        connection.execute(table.update().values(review_by=date(2026, 1, 1), vouched_by="P-9"))
    database.close()
    main(["doctor"])
    out = capsys.readouterr().out
    assert "warn  partners: 1 are past their review date" in out
    assert "warn  partners: for 1 nobody vouches" in out
