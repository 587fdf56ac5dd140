"""Where the register says two things of one number or one name, nobody hears that it is listed."""

import random
import time
from datetime import date
from pathlib import Path

import pytest

from bot.recruiters import Register
from flows.check_words import verdict_node
from tests.bot.register_lines import LIFTED, LISTED, REVOKED, SUSPENDED, TODAY, a_line, a_register

NIB = "9120307770001"
OTHER = "9120307770002"
DECREE = "KEP. 123/PPTKPKK/2020"
AGESA = "9120307772741"


@pytest.mark.parametrize("act", [REVOKED, SUSPENDED])
@pytest.mark.parametrize(
    "text", ["PT Alfa Raya Perkasa", "alfa raya perkasa", NIB, f"PT Alfa Raya Perkasa nib {NIB}"]
)
def test_a_number_that_is_sanctioned_under_another_name_shows_both(
    tmp_path: Path, act: str, text: str
) -> None:
    lines = (
        a_line("ALFA RAYA PERKASA", LISTED, number=NIB),
        a_line("BETA KENCANA SEJATI", act, number=NIB),
    )
    for order in (lines, lines[::-1]):
        register = a_register(tmp_path, *order)
        answer = register.find(text, TODAY)
        assert answer.verdict == "conflict"
        assert [row.name for row in answer.rows] == ["ALFA RAYA PERKASA", "BETA KENCANA SEJATI"]
        assert verdict_node(answer) == "two_names"
        assert register.find("PT Beta Kencana Sejati", TODAY).verdict == "sanctioned"
        assert register.standing(answer.rows[0].key, TODAY) == "conflict"


def test_two_sanctioned_names_of_one_number_are_sanctioned(tmp_path: Path) -> None:
    lines = [a_line(name, REVOKED, number=NIB) for name in ("Alfa Raya", "Beta Kencana")]
    register = a_register(tmp_path, *lines, a_line("Lain Sekali", LISTED))
    answer = register.find(NIB, TODAY)
    assert answer.verdict == "sanctioned"
    assert {row.name for row in answer.rows} == {"Alfa Raya", "Beta Kencana"}


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([(SUSPENDED, NIB, "01-05"), (LIFTED, NIB, "05-05")], "listed"),
        ([(SUSPENDED, NIB, "05-05"), (LIFTED, NIB, "05-05")], "conflict"),
        ([(SUSPENDED, NIB, "05-05"), (LIFTED, NIB, "01-05")], "sanctioned"),
        ([(SUSPENDED, NIB, "01-05"), (LIFTED, "", "05-05")], "conflict"),
        ([(SUSPENDED, NIB, "01-05"), (LIFTED, OTHER, "05-05")], "conflict"),
        ([(SUSPENDED, "", "01-05"), (LIFTED, NIB, "05-05")], "conflict"),
        ([(REVOKED, NIB, "01-05"), (LIFTED, NIB, "05-05")], "conflict"),
        ([(REVOKED, NIB, "05-05"), (LIFTED, NIB, "01-05")], "sanctioned"),
        (
            [(SUSPENDED, NIB, "01-05"), (LIFTED, NIB, "03-05"), (REVOKED, NIB, "02-05")],
            "conflict",
        ),
        (
            [(SUSPENDED, NIB, "01-05"), (LIFTED, NIB, "03-05"), (REVOKED, NIB, "04-05")],
            "sanctioned",
        ),
    ],
)
def test_an_end_ends_only_an_older_suspension_of_its_number(
    tmp_path: Path, lines: list[tuple[str, str, str]], verdict: str
) -> None:
    told = [a_line("Alam Rimba", text, number=n, on=f"2026-{day}") for text, n, day in lines]
    register = a_register(tmp_path, a_line("Alam Rimba", LISTED, number=NIB), *told)
    assert register.find("PT Alam Rimba", TODAY).verdict == verdict


def test_an_act_and_an_end_that_does_not_fit_it_are_two_records(tmp_path: Path) -> None:
    told = [(REVOKED, "2026-01-05"), (LIFTED, "2026-05-05")]
    lines = [a_line("Alam Rimba", text, on=on) for text, on in told]
    answer = a_register(tmp_path, a_line("Lain", LISTED), *lines).find("PT Alam Rimba", TODAY)
    assert (answer.verdict, verdict_node(answer)) == ("conflict", "conflict_ended")
    assert [row.status for row in answer.rows] == ["revoked", "lifted_watch"]


@pytest.mark.parametrize("text", [NIB, f"PT Alam Rimba {NIB}", "PT Alam Rimba"])
@pytest.mark.parametrize("act", [REVOKED, SUSPENDED])
def test_a_sanction_under_a_decree_s_number_is_not_hidden_by_the_nib(
    tmp_path: Path, text: str, act: str
) -> None:
    listed = a_line("Alam Rimba", LISTED, number=NIB)
    register = a_register(tmp_path, listed, a_line("Alam Rimba", act, number=DECREE))
    answer = register.find(text, TODAY)
    assert answer.verdict == "conflict"
    assert {row.status for row in answer.rows} > {"listed"}


def test_the_written_name_that_is_not_found_is_said(register: Register) -> None:
    answer = register.find(f"PT Maju Mundur nib {AGESA}", TODAY)
    assert (answer.verdict, answer.written) == ("conflict", "MAJU MUNDUR")
    assert verdict_node(answer) == "mismatch"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("CV Agesa Asa Jaya", "similar"),
        ("ud. agesa asa jaya", "similar"),
        ("PT Agesa Asa Jaya Palsu", "similar"),
        ("cek PT Agesa Asa Jaya baru", "similar"),
        ("PT Agesa Asa Jaya palsu?", "listed"),
        ("PT Agesa Asa Jaya itu palsu", "listed"),
        ("PT Agesa Asa Jaya (CV Agesa Asa Jaya)", "listed"),
        ("PT Agesa Asa Jaya resmi", "listed"),
    ],
)
def test_another_form_or_word_is_another_name(register: Register, text: str, verdict: str) -> None:
    answer = register.find(text, TODAY)
    assert (answer.verdict, answer.rows[0].name) == (verdict, "AGESA ASA JAYA")


@pytest.mark.parametrize(
    "number",
    [
        "9120307\u200b772741", "9120\u20103077\u201172741", "9120\u20133077\u221272741",
        "９１２０３０７７７２７４１", "9 1 2 0 3 0 7 7 7 2 7 4 1", "9-1-2-0-3-0-7-7-7-2-7-4-1",
        "9120\u00a03077\u202f72741", "٩١٢٠٣٠٧٧٧٢٧٤١", "9\u00ad120307772741", "9120_3077_72741",
    ],
)  # fmt: skip
def test_a_number_in_disguise_is_the_same_number(register: Register, number: str) -> None:
    answer = register.find(f"nib {number}", TODAY)
    assert (answer.verdict, answer.rows[0].name) == ("listed", "AGESA ASA JAYA")


@pytest.mark.parametrize("company", ["PT Ramzy", AGESA])
@pytest.mark.parametrize("filler", ["kerja di luar negeri gaji besar ", "x " * 16, "12 ", "Budi, "])
def test_a_company_at_the_end_of_a_long_forward_is_found(
    register: Register, filler: str, company: str
) -> None:
    long = (filler * 20_000)[: 20_000 - 2 - len(company)]
    names = [row.name for row in register.find(f"{long}. {company}", TODAY).rows]
    assert names[0] in ("PT Ramzy", "AGESA ASA JAYA")


def test_a_name_behind_many_unknown_ones_is_found(register: Register) -> None:
    many = " ".join(f"PT Zxq{chr(97 + n % 26)}{chr(97 + n // 26)} Wvu," for n in range(400))
    answer = register.find(f"{many} PT Agesa Asa Jaya", date(2026, 11, 22))
    assert (answer.verdict, answer.rows[0].name) == ("similar", "AGESA ASA JAYA")


def test_twenty_thousand_hostile_characters_take_no_turn_s_time(register: Register) -> None:
    chance = random.Random(3)
    words = [word for company in register.index.by_fold.values() for word in company.words]
    salad = [" ".join(chance.choices(words, k=4)) for _ in range(900)]
    texts = ["1 " * 10_000, "12345678 " * 2_300, f"{AGESA} " * 1_400, "9-" * 10_000]
    texts += [mark.join(salad) for mark in (" PT ", " di ", ", PT ", " 1 ")]
    texts += ["pt x " * 4_000, "PT AGESA ASA JAYA " * 1_100, "PT ab cd " * 2_200, "１ " * 10_000]
    for text in texts:
        start = time.thread_time()
        register.find(text, TODAY)
        assert time.thread_time() - start < 0.25, text[:40]
