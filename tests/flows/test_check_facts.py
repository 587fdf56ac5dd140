"""Warning signs and closed destinations: what is shipped, and what is refused, in one line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.content_check import run
from flows.catalog import CONTENT, ContentError, lesson_hash, load_yaml
from flows.check_facts import (
    ILO,
    SEVERITIES,
    WAYS,
    load_destinations,
    load_red_flags,
    load_ways,
    read_destinations,
    read_red_flags,
    read_ways,
)

IDS = {
    "identity": """calo_perorangan orang_dekat rekrut_medsos hanya_chat nama_tidak_terdaftar
        izin_dicabut_diskors tanpa_sip2mi catut_nama cabang_tidak_jelas petugas_tanpa_surat_tugas
        magang_tanpa_so menolak_beri_dokumen bantuan_palsu""",
    "offer": """gaji_tinggi_tanpa_keahlian admin_cs_online kamboja_myanmar_laos negara_moratorium
        negara_berubah kerja_tidak_sesuai_janji semua_ditanggung berangkat_cepat kuota_mendesak
        ganti_orang magang_fiktif abk pengantin_pesanan jual_organ eksploitasi_seksual
        visa_kerja_palsu whv_calo""",
    "documents": """visa_wisata visa_umrah_ziarah tanpa_kontrak kontrak_bahasa_asing paspor_ditahan
        dokumen_ditahan dokumen_palsu ganti_alamat_ktp bohong_imigrasi minta_data_pribadi
        tanpa_izin_keluarga tanpa_pelatihan_opp tidak_lapor_disnaker tanpa_bpjs""",
    "money": """minta_uang_muka rekening_pribadi jeratan_utang pinjaman_dipaksa uang_fee_keluarga
        denda_batal gadai_harta wajib_rekrut""",
    "movement": """penampungan jalur_tikus berangkat_hari_ini rombongan_dikawal dijual_dipindah
        hp_disita_isolasi disekap kekerasan_ancaman tebusan hilang_kontak anak_dibawah_umur
        upah_tidak_dibayar jam_kerja_berlebih kondisi_buruk target_penalti""",
}
"""As in recruiters.md 2.1–2.5; the same words name the flags in the held-out quotes."""
URGENT = """jual_organ eksploitasi_seksual berangkat_hari_ini dijual_dipindah hp_disita_isolasi
    disekap kekerasan_ancaman tebusan hilang_kontak anak_dibawah_umur"""
HOUSEHOLD = "sa dz bh iq kw lb ly ma mr eg om ps ae qa sd sy tn ye jo"
"""The nineteen states of Kepmenaker 260/2015 (law.md 6.1)."""
TODAY = date(2026, 11, 22)


def flag(**changed: Any) -> dict[str, Any]:
    """A good row, as YAML gives it, with some fields changed; None takes a field away."""
    row = {
        "id": "visa_wisata",
        "group": "documents",
        "severity": "danger",
        "ilo": ["1", "11"],
        "element": ["P", "C"],
        "name": "berangkat pakai visa wisata",
        "why": "Visa wisata bukan visa kerja.",
        "ask": "Mana visa kerja atas nama saya?",
        "source": "UU 18/2017 Pasal 13 huruf f",
        "checked": "2026-11-21",
        "review_by": "2027-05-21",
        "reviewed": "",
    }
    return {name: value for name, value in (row | changed).items() if value is not None}


def destination(**changed: Any) -> dict[str, Any]:
    row = {
        "code": "kh",
        "name": "Kamboja",
        "what": "penempatan pekerja",
        "status": "no_placement_cooperation",
        "since": "2025-04-10",
        "source": "KP2MI, 10 April 2025",
        "checked": "2026-11-21",
        "review_by": "2027-02-21",
        "reviewed": "",
        "say": "Tidak ada kerja sama penempatan (10 April 2025). Tanya BP3MI.",
    }
    return {name: value for name, value in (row | changed).items() if value is not None}


# ---- what is shipped


def test_the_shipped_flags_are_those_of_the_fact_pack() -> None:
    flags = load_red_flags()
    assert [one.id for one in flags] == " ".join(IDS.values()).split()
    assert len(flags) == 67
    for group, ids in IDS.items():
        assert [one.id for one in flags if one.group == group] == ids.split()
    assert [one.id for one in flags if one.severity == "urgent"] == URGENT.split()
    assert SEVERITIES.index("danger") > SEVERITIES.index("caution")


def test_shipped_flags_read_well_where_they_are_shown() -> None:
    for one in load_red_flags():
        assert one.why.endswith("."), one.id
        assert one.ask == "" or one.ask[-1] in "?.", one.id
        assert not one.name.endswith((".", "?")), one.id
        assert bool(one.ask) == (one.severity != "urgent"), one.id
        assert not one.reviewed


def test_shipped_destinations() -> None:
    places = {place.code: place for place in load_destinations()}
    assert set(places) == {*HOUSEHOLD.split(), "kh", "mm", "la", "th", "my", "sg"}
    for code in HOUSEHOLD.split():
        assert places[code].since == "2015"
        assert "perseorangan" in places[code].what
    for place in places.values():
        assert place.name in place.say
        assert place.since[:4] in place.say
        assert "BP3MI" in place.say and "Disnaker" in place.say


def test_what_is_uncertain_stays_so() -> None:
    places = {place.code: place.status for place in load_destinations()}
    for code in ("sa", "kw", "bh", "om", "qa", "ae", "la", "my", "sg"):
        assert places[code] == "uncertain", code


def test_codes_are_those_of_countries_csv() -> None:
    rows = (CONTENT / "countries.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = dict(row.split(",")[:2] for row in rows)
    for place in load_destinations():
        assert names.get(place.code, place.name) == place.name


def test_fresh_until_the_day_itself() -> None:
    (one,) = read_red_flags([flag()], "f")
    (place,) = read_destinations([destination()], "f")
    assert one.fresh(date(2027, 5, 21)) and not one.fresh(date(2027, 5, 22))
    assert place.fresh(date(2027, 2, 21)) and not place.fresh(date(2027, 2, 22))


def test_a_row_as_an_object() -> None:
    (one,) = read_red_flags([flag(source_url="https://peraturan.info/uu/2017/18")], "f")
    assert (one.ilo, one.element) == ((1, 11), ("P", "C"))
    assert one.source.shown() == "UU 18/2017 Pasal 13 huruf f (diperiksa 21-11-2026)"
    assert one.source.url == "https://peraturan.info/uu/2017/18"
    assert len(ILO) == 11


def test_a_stamp_fits_one_wording() -> None:
    stamp = {"by": "Sri", "on": "2026-11-22", "sha": lesson_hash(flag())}
    assert read_red_flags([flag(reviewed=stamp)], "f")[0].reviewed
    assert not read_red_flags([flag(reviewed=stamp, ask="Mana visanya?")], "f")[0].reviewed
    assert not read_red_flags([flag(reviewed=stamp | {"by": ""})], "f")[0].reviewed
    assert not read_red_flags([flag(reviewed="null")], "f")[0].reviewed


# ---- what is refused


@pytest.mark.parametrize("name", sorted(flag().keys() - {"id"}))
def test_a_flag_without_a_field(name: str) -> None:
    refused_flag({name: None}, f"`{name}` is missing")


@pytest.mark.parametrize("name", sorted(destination().keys() - {"code"}))
def test_a_destination_without_a_field(name: str) -> None:
    refused_destination({name: None}, f"`{name}` is missing")


def test_a_row_without_a_key() -> None:
    for read, row in ((read_red_flags, flag(id=None)), (read_destinations, destination(code=""))):
        with pytest.raises(ContentError, match=r"^file: row 1: `(id|code)` is missing$"):
            read([row], "file")


def refused_flag(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_red_flags([flag(**changed)], "content/red_flags.yaml")
    assert str(caught.value).startswith(f"content/red_flags.yaml: visa_wisata: {problem}")
    assert "\n" not in str(caught.value)


def refused_destination(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_destinations([destination(**changed)], "content/destinations.yaml")
    assert str(caught.value).startswith(f"content/destinations.yaml: kh: {problem}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"nama": "x"}, "`nama` is no field here"),
        ({"group": "people"}, "`group` is “people”, not one of identity, "),
        ({"severity": "URGENT"}, "`severity` is “URGENT”, not one of info, "),
        ({"severity": ["danger"]}, "`severity` is missing"),
        ({"ilo": ["12"]}, "`ilo` has “12”, not one of 1, 2"),
        ({"ilo": ["0"]}, "`ilo` has “0”, "),
        ({"ilo": ["1", "1"]}, "`ilo` has one value twice"),
        ({"ilo": "1"}, "`ilo` must be a list such as [1, 2]"),
        ({"ilo": [["1"]]}, "`ilo` has “['1']”, "),
        ({"element": ["Q"]}, "`element` has “Q”, not one of P, C, T"),
        ({"name": "a" * 46}, "`name` has 46 characters, at most 45"),
        ({"name": "Berangkat pakai visa wisata"}, "`name` must begin with a small letter"),
        ({"why": "a" * 141}, "`why` has 141 characters, at most 140"),
        ({"why": "Satu.\nDua."}, "`why` must be one line"),
        ({"why": "Ini pasti salah."}, "`why` judges or promises: “pasti”"),
        ({"why": "Jalur Ilegal."}, "`why` judges or promises: “Ilegal”"),
        ({"ask": "a" * 111}, "`ask` has 111 characters, at most 110"),
        ({"ask": ""}, "`ask` is missing"),
        ({"ask": "Mana {visa}?"}, "`ask` has a brace"),
        ({"severity": "urgent"}, "`ask` must be empty: this flag is urgent"),
        ({"source": ""}, "`source` is missing"),
        ({"source_url": ["x"]}, "`source_url` must be an address"),
        ({"checked": "kemarin"}, "`checked` must be a day such as 2026-11-21"),
        ({"review_by": "2027-13-01"}, "`review_by` must be a day such as 2026-11-21"),
        ({"review_by": "2026-11-21"}, "`review_by` must be after `checked`"),
        ({"review_by": "2027-05-25"}, "`review_by` is more than six months after `checked`"),
        ({"reviewed": "Sri"}, "`reviewed` must be empty, or hold by, on and sha"),
    ],
)
def test_a_broken_flag(changed: dict[str, Any], problem: str) -> None:
    refused_flag(changed, problem)


def test_an_id_that_is_none() -> None:
    with pytest.raises(ContentError, match=r"^f: Visa: `id` must be small letters"):
        read_red_flags([flag(id="Visa")], "f")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"kode": "kh"}, "`kode` is no field here"),
        ({"status": "open"}, "`status` is “open”, not one of closed, "),
        ({"since": "lama"}, "`since` must be a year or a day"),
        ({"since": "2025-4-1"}, "`since` must be a year or a day"),
        ({"say": "a" * 201}, "`say` has 201 characters, at most 200"),
        ({"say": "Kamboja aman."}, "`say` judges or promises: “aman”"),
        ({"source": ""}, "`source` is missing"),
        ({"checked": ""}, "`checked` is missing"),
        ({"review_by": "2027-05-25"}, "`review_by` is more than six months after `checked`"),
        ({"reviewed": ["Sri"]}, "`reviewed` must be empty, or hold by, on and sha"),
    ],
)
def test_a_broken_destination(changed: dict[str, Any], problem: str) -> None:
    refused_destination(changed, problem)


def test_a_code_that_is_none() -> None:
    with pytest.raises(ContentError, match=r"^f: KH: `code` must be two small letters"):
        read_destinations([destination(code="KH")], "f")


def test_one_key_twice() -> None:
    with pytest.raises(ContentError, match=r"^f: visa_wisata: `id` is there twice$"):
        read_red_flags([flag(), flag()], "f")
    with pytest.raises(ContentError, match=r"^f: kh: `code` is there twice$"):
        read_destinations([destination(), destination()], "f")


def ways(**changed: Any) -> list[dict[str, Any]]:
    """Nine rows that can be loaded, the first with some fields changed; None takes one away."""
    rows = [
        {"id": name, "say": "Tanya Disnaker.", "source": "UU 18/2017 Pasal 50",
         "checked": "2026-11-21", "review_by": "2027-05-21", "reviewed": ""}
        for name in WAYS
    ]  # fmt: skip
    rows[0] = {k: v for k, v in (rows[0] | changed).items() if v is not None}
    return rows


def test_the_shipped_ways_are_those_the_conversation_has() -> None:
    assert {way.id for way in load_ways()} == set(WAYS)
    assert read_ways(ways(), "content/ways.yaml")[0].fresh(date(2027, 5, 21))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"id": "pelayaran"}, "individuals: missing, or no conversation leads there"),
        ({"say": None}, "`say` is missing"),
        ({"say": "\n".join(["a"] * 7)}, "7 lines, at most 6"),
        ({"say": "x" * 111}, "111 characters, at most 110"),
        ({"say": "Lewat sini pasti aman."}, "judges or promises"),
        ({"source": ""}, "`source` is missing"),
        ({"review_by": "2027-12-31"}, "more than six months"),
        ({"extra": "x"}, "`extra` is no field here"),
    ],
)
def test_a_broken_way(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ContentError, match=problem):
        read_ways(ways(**changed), "content/ways.yaml")


@pytest.mark.parametrize("listed", ["", [], {}, "x", ["x"], [[]], None])
def test_no_list_of_rows(listed: Any) -> None:
    for read in (read_red_flags, read_destinations):
        with pytest.raises(ContentError, match=r"^f: (row 1: )?must "):
            read(listed, "f")


# ---- kentongan content check


def found(folder: Path, capsys: pytest.CaptureFixture[str], today: date = TODAY) -> list[str]:
    run(False, folder=folder, today=today)
    return capsys.readouterr().out.splitlines()


def test_unreviewed_text_is_a_warning(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = found(content, capsys)
    nobody = "no named person has reviewed"
    assert f"warning content/red_flags.yaml: {nobody} 67 of 67 texts" in out
    assert f"warning content/destinations.yaml: {nobody} 25 of 25 texts" in out
    assert not [line for line in out if line.startswith("error")]


def test_a_row_past_its_date_is_named(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = found(content, capsys, date(2027, 5, 22))
    late = "past its review date, "
    assert f"warning content/red_flags.yaml visa_wisata: {late}2027-05-21" in out
    assert f"warning content/destinations.yaml kh: {late}2027-02-21" in out


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("red_flags.yaml", "severity: danger", "severity: bahaya",
         "error content/red_flags.yaml calo_perorangan: `severity` is “bahaya”, not one of "),
        ("red_flags.yaml", "  reviewed:\n", "  reviewed:\n  catatan: x\n",
         "error content/red_flags.yaml calo_perorangan: `catatan` is no field here"),
        ("red_flags.yaml", "  ilo: [1, 2]\n", "  ilo: [1, 2]\n  ilo: [1]\n",
         "error content/red_flags.yaml line "),
        ("destinations.yaml", "since: \"2015\"", "since: dulu",
         "error content/destinations.yaml sa: `since` must be a year or a day"),
    ],
)  # fmt: skip
def test_a_broken_row_is_one_error(
    content: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, line: str
) -> None:
    text = (content / file).read_text(encoding="utf-8")
    assert old in text
    (content / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    errors = [one for one in found(content, capsys) if one.startswith("error")]
    assert len(errors) == 1 and errors[0].startswith(line), errors


@pytest.mark.parametrize("file", ["red_flags.yaml", "destinations.yaml", "ways.yaml"])
def test_a_missing_or_senseless_file(
    content: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    (content / file).unlink()
    expected = f"error content/{file}: can't be read (FileNotFoundError)"
    assert expected in found(content, capsys)
    for broken in ("a: 'b\n", "a: \x00\n", "", "- x\n", "x\n", "a: [", "- id: [x]\n"):
        (content / file).write_text(broken, encoding="utf-8")
        out = found(content, capsys)
        assert [line for line in out if line.startswith(f"error content/{file}")], broken
        assert out[-1].startswith("checked ")


def test_yaml_lists_are_lists_of_strings() -> None:
    for row in load_yaml(CONTENT / "red_flags.yaml"):
        assert all(isinstance(value, str) for value in [*row["ilo"], *row["element"]])
