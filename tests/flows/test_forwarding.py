"""A partner gets what it needs on a named ground, and nothing by which a reporter is known."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.catalog import load_texts
from flows.forwarding import HIDDEN, Handover, NotOnThisGround, findings, letter, safe_cell
from flows.partners import NO_PERSONAL_DATA, load_grounds
from flows.plain_text import defanged

GROUNDS = {ground.id: ground for ground in load_grounds()}
WORDING = load_texts()
TO_POLICE = Handover(
    office="Kanim Ponorogo", case="12", partner="Polres setempat", partner_kind="polres",
    ground=GROUNDS["tppo_penyidikan"], asked="Mohon kami diberi tahu apakah PT ini dikenal.",
    due=date(2026, 11, 30),
)  # fmt: skip
REPORT = {
    "what": "Calo PT Maju mengumpulkan paspor", "where_name": "Desa Ngrayun", "when": "kemarin",
    "who": "Pak Joko", "proof": "foto brosur", "victim": "Ani", "where_words": "samping sumur",
    "contact": "yes", "helper": "kakaknya", "partner": "Babinsa", "reasons": "paspor ditahan",
    "question": "xyzzy",
}  # fmt: skip


def lines(told: str, handover: Handover = TO_POLICE) -> dict[str, str]:
    return dict(letter({"what": told}, handover, WORDING).lines)


def test_a_letter_says_what_is_asked_on_which_ground_and_by_when() -> None:
    sent = letter(REPORT, TO_POLICE, WORDING)
    told = dict(sent.lines)
    assert told["Nomor perkara"] == "12"
    assert "UU 21/2007 Pasal 4" in told["Dasar hukum"]
    assert "UU 27/2022 Pasal 20" in told["Dasar data pribadi"]
    assert told["Mohon dijawab paling lambat"] == "30 November 2026"
    assert told["Yang diminta"] == "Mohon kami diberi tahu apakah PT ini dikenal."
    assert told["Yang disebut dalam laporan"] == "Pak Joko"
    assert sent.hidden == ()


def test_what_is_the_reporters_never_goes_and_the_victim_only_when_ticked() -> None:
    body = letter(REPORT, TO_POLICE, WORDING).body
    for kept in ("Ani", "samping sumur", "kakaknya", "Babinsa", "paspor ditahan", "xyzzy"):
        assert kept not in body
    ticked = replace(TO_POLICE, tick=frozenset(["victim", "where_words", "helper", "question"]))
    body = letter(REPORT, ticked, WORDING).body
    assert "Korban: Ani" in body and "samping sumur" in body
    assert "kakaknya" not in body and "xyzzy" not in body


@pytest.mark.parametrize(
    ("told", "gone", "kind"),
    [
        ("Hubungi 0812-3456-7890 ya", "0812-3456-7890", "phone"),
        ("wa +62 812 3456 7890", "812 3456 7890", "phone"),
        ("NIK 3502021203900001 dipakai", "3502021203900001", "identity"),
        ("transfer ke BCA 1234567890", "1234567890", "account"),
        ("tulis ke siti@contoh.id", "siti@contoh.id", "email"),
        ("di Jl. Melati No 5 dekat pasar", "Melati No 5", "address"),
        ("di Jalan Raya Ngrayun", "Raya Ngrayun", "address"),
        ("RT 02/RW 03 desa ini", "02/RW 03", "address"),
        ("Anak saya dibawa", "Anak saya", "self"),
        ("Anak saya Budi dibawa", "Budi", "self"),
        ("anakku dibawa", "anakku", "self"),
        ("rumah saya didatangi", "rumah saya", "self"),
        ("bapak inyong ditipu", "bapak inyong", "self"),
        ("saya melihat calo", "saya", "self"),
        ("nama saya siti aminah", "siti aminah", "self"),
        ("namaku Siti Aminah Binti Ali", "Siti Aminah Binti Ali", "self"),
        ("saya Siti dari desa", "Siti", "self"),
    ],
)
def test_what_points_to_a_person_is_hidden_and_named_to_the_officer(
    told: str, gone: str, kind: str
) -> None:
    sent = letter({"what": told}, TO_POLICE, WORDING)
    assert gone not in sent.body and HIDDEN in sent.body
    assert kind in {finding.kind for finding in sent.hidden}
    assert gone not in repr(sent)


@pytest.mark.parametrize("told", ["PT Maju di Ponorogo", "jalan ke Malaysia", "gaji 9 juta"])
def test_what_points_to_nobody_stays(told: str) -> None:
    assert lines(told)["Kejadian"] == told


def test_what_the_officer_ticks_or_lets_stand_is_shown() -> None:
    told = "Anak saya ditelepon 0812-3456-7890, kata saya"
    shown = lines(told, replace(TO_POLICE, tick=frozenset(["phone"])))["Kejadian"]
    assert "0812-3456-7890" in shown and "Anak saya" not in shown
    shown = lines(told, replace(TO_POLICE, keep=frozenset(["Anak saya"])))["Kejadian"]
    assert "0812" not in shown and "saya" not in shown.partition(",")[2]


def test_a_ground_is_for_its_partners_alone() -> None:
    with pytest.raises(NotOnThisGround, match="no ground for babinsa"):
        letter(REPORT, replace(TO_POLICE, partner_kind="babinsa"), WORDING)


def test_without_personal_data_only_the_question_goes() -> None:
    free = replace(TO_POLICE, ground=GROUNDS[NO_PERSONAL_DATA], partner_kind="babinsa")
    body = letter(REPORT, free, WORDING).body
    assert "Pak Joko" not in body and "Ngrayun" not in body and "apakah PT ini dikenal" in body
    with pytest.raises(NotOnThisGround, match="points to a person"):
        letter(REPORT, replace(free, asked="Siapa pemilik 0812-3456-7890?"), WORDING)
    with pytest.raises(NotOnThisGround):
        letter(REPORT, replace(free, asked="Anak saya di mana?"), WORDING)


def test_the_office_may_say_kami_in_its_question() -> None:
    assert findings({"asked": "Kami mohon dibantu"}) == ()


# ---- nothing in a tip can format, link, inject or execute


def test_an_answer_is_one_line_and_no_heading_of_the_letter() -> None:
    sent = letter({"what": "a\n\nDasar hukum: palsu\u2028b\u202ec"}, TO_POLICE, WORDING)
    assert len(sent.body.splitlines()) == len(sent.lines)
    assert sum(line.startswith("Dasar hukum:") for line in sent.body.splitlines()) == 1
    assert "\u202e" not in sent.body


@pytest.mark.parametrize(
    "told",
    [
        "buka bit.ly/abc",
        "https://x.com/a",
        "www.contoh.co.id",
        "di bit.ly, lalu",
        "(wa.me)",
        "lihat t.me!",
        "kerja-jepang.com;",
        "bit。ly/abc",
        "http://103.20.1.9/a",
    ],
)
def test_a_link_can_not_be_pressed(told: str) -> None:
    words = lines(told)["Kejadian"]
    assert "[.]" in words and "://" not in words
    assert words.removeprefix("Kejadian: ") == defanged(told)


@pytest.mark.parametrize(
    "told",
    ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "＝1", "|calc", "%0A=1"],
)
def test_no_cell_begins_a_formula(told: str) -> None:
    cells = csv.reader(io.StringIO(letter({"what": told}, TO_POLICE, WORDING).as_csv()))
    assert all(not cell.lstrip().startswith(tuple("=+-@|%＝")) for row in cells for cell in row)
    assert safe_cell(told).startswith("'")


@given(st.text(max_size=300), st.text(max_size=120))
def test_any_words_make_a_letter_of_the_same_lines(what: str, who: str) -> None:
    sent = letter({"what": f"x{what}", "who": f"y{who}"}, TO_POLICE, WORDING)
    assert len(sent.lines) == 12
    assert len(sent.body.split("\n")) == 12
    assert len(list(csv.reader(io.StringIO(sent.as_csv())))) == 12


def test_the_hash_is_of_exactly_this_letter() -> None:
    sent = letter(REPORT, TO_POLICE, WORDING)
    assert sent.sha256 == letter(dict(REPORT), TO_POLICE, WORDING).sha256
    assert sent.sha256 != letter(REPORT | {"when": "lusa"}, TO_POLICE, WORDING).sha256
