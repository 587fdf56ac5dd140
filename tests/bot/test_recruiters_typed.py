"""Names as people type them: slips, sentences, letters in disguise, hostile lengths. Fixed seeds.

The figures of more rows and seeds are in docs/performance.md.
"""

import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.recruiters import Register
from flows.company_names import company_words
from tests.bot.register_lines import TODAY, names_of, one_name


def a_typo(chance: random.Random, name: str, edits: int) -> str:
    letters = list(name.lower())
    for _ in range(edits):
        at = chance.randrange(len(letters))
        kind = chance.choice(["drop", "add", "change", "swap"])
        if kind == "drop":
            del letters[at]
        elif kind == "add":
            letters.insert(at, chance.choice(string.ascii_lowercase))
        elif kind == "change":
            letters[at] = chance.choice(string.ascii_lowercase)
        elif at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


SENTENCES = (
    "mau tanya pt {} yg di cirebon itu resmi gak",
    "saya ditawari kerja ke taiwan lewat PT {} katanya gaji 15 juta, aman gak?",
    "assalamualaikum kak mau nanya, kalau {} itu terdaftar nggak ya?",
    "adik saya diajak pak joko sponsor dari pt {} ke malaysia",
    "info pt {} jakarta timur dong",
    "punten bade naros pt {} teh resmi henteu",
    "opo pt {} iku resmi?",
    "PT {}, Bekasi",
    "PT{}",
    "P-T {}",
    "p t {}",
    "lpk {}",
    "namanya {}",
    "loker hongkong PT {} gaji 9jt potongan 6 bulan",
    "halo admin saya siti dari ponorogo mau tanya tentang pt {} apakah sudah terdaftar di bp2mi",
    "{} (pt) apakah masih aktif izinnya",
    "dapet brosur {} di pasar, bener ga ya",
    "perusahaan bernama {} beralamat di jl raya bekasi no 12",
    "saya liat di tiktok {} buka lowongan ke korea",
    "lapor, {} nahan paspor saya",
    "https://pt-{}.com",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name of the register as somebody typed it, and what was found; the names are folded."""

    name: str
    typed: str
    verdict: str
    found: list[str]


def ask_for_each(
    register: Register,
    chance: random.Random,
    *,
    edits: Callable[[], int],
    sentence: Callable[[], str],
) -> list[Asked]:
    """Every name but those that only a company says of itself, with slips, in a sentence."""
    asked = []
    for name in (seen.row.name for seen in register.observations if seen.row.status != "claimed"):
        typed = a_typo(chance, " ".join(company_words(name)), edits())
        answer = register.find(sentence().format(typed), TODAY)
        found = [one_name(row.name) for row in answer.rows]
        asked.append(Asked(one_name(name), typed, answer.verdict, found))
    return asked


def assert_found_among_the_first(asked: list[Asked]) -> None:
    assert sum(one.found[:1] == [one.name] for one in asked) / len(asked) >= 0.95
    assert sum(one.name in one.found[:3] for one in asked) / len(asked) >= 0.97


@pytest.mark.parametrize("edits", [0, 1, 2])
def test_a_name_inside_a_sentence_is_found(register: Register, edits: int) -> None:
    chance = random.Random(edits)
    asked = ask_for_each(
        register, chance, edits=lambda: edits, sentence=lambda: chance.choice(SENTENCES)
    )
    assert_found_among_the_first(asked)
    for one in asked:
        if one.verdict not in ("similar", "not_found", "not_a_company"):
            assert one.found[0] in (one.name, one_name(one.typed)), one.typed


CYRILLIC = str.maketrans("AEOPCTXHKMB", "АЕОРСТХНКМВ")
GREEK = str.maketrans("AEOPTXHKMBINZ", "ΑΕΟΡΤΧΗΚΜΒΙΝΖ")
LEET = str.maketrans("AEIOST", "431057")


@pytest.mark.parametrize(
    "disguise",
    [
        lambda name: name.translate(CYRILLIC),
        lambda name: name.translate(GREEK),
        lambda name: name.translate(LEET),
        "\u200b".join,
        lambda name: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in name),
        lambda name: "".join(chr(0x1D400 + ord(c) - 65) if c.isalpha() else c for c in name),
        lambda name: "".join(chr(0x1F170 + ord(c) - 65) if c.isalpha() else c for c in name),
        lambda name: " ".join(name.replace(" ", "")),
        lambda name: name.replace(" ", "_"),
        lambda name: name.replace(" ", ""),
    ],
    ids=[
        "cyrillic",
        "greek",
        "leet",
        "zero-width",
        "wide",
        "bold",
        "squared",
        "spaced",
        "_",
        "joined",
    ],
)
def test_letters_in_disguise_are_the_same_letters(
    register: Register, disguise: Callable[[str], str]
) -> None:
    for name in names_of(register, "listed")[::5]:
        words = " ".join(company_words(name))
        answer = register.find(f"PT {disguise(words)}", TODAY)
        assert answer.rows, name
        assert one_name(answer.rows[0].name) == one_name(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PT Antar Citra Bangsa Dharmaindo", "ANTAR BANGSA CITRA DHARMAINDO"),
        ("pt abul prtmjy", "ABUL PRATAMAJAYA"),
        ("pt arni f", "ARNI FAMILY"),
        ("pt yanbu al", "YANBU AL BAHAR"),
        ("PTannur jlaya", "ANNUR JAYA"),
        ("PT citra karya sejati, Bekasi", "CITRA KARYA SEJATI"),
        ("p.t. @gesa asa jaya", "AGESA ASA JAYA"),
    ],
)
def test_other_ways_to_write_a_name_are_a_question(
    register: Register, text: str, name: str
) -> None:
    answer = register.find(text, TODAY)
    assert answer.verdict == "similar"
    assert name in [row.name for row in answer.rows]


@pytest.mark.parametrize(
    "text", ["gaji 5jt potongan 3bulan", "ptsd itu apa", "bayar 15jt aman ga", "apa itu sip2mi"]
)
def test_what_names_no_company_finds_none(register: Register, text: str) -> None:
    assert register.find(text, TODAY).verdict == "not_found"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_or_two_slips_still_find_the_company(register: Register, seed: int) -> None:
    chance = random.Random(seed)
    asked = ask_for_each(
        register, chance, edits=lambda: chance.choice([1, 2]), sentence=lambda: "pt {}"
    )
    assert_found_among_the_first(asked)
    for one in asked:
        if one.verdict != "similar" and one.found:
            assert one.found[0] in (one.name, one_name(one.typed)), one.typed
        if one_name(one.typed) != one.name:
            assert one.verdict != "listed", one.typed


def hostile_texts(register: Register) -> list[str]:
    chance = random.Random(7)
    words = [word for seen in register.observations for word in company_words(seen.row.name)]
    salad = [" ".join(chance.choices(words, k=9)) for _ in range(60)]
    return [
        *("".join(chance.choices(string.printable, k=4096)) for _ in range(40)),
        *("".join(chr(chance.randrange(0x20, 0xD7FF)) for _ in range(4096)) for _ in range(40)),
        *(mark.join(salad) for mark in (" PT ", " di ", " ", " sponsor ", ", ")),
        *("PT " * 1365, "P T " * 1024, "P.T." * 1024, "1 " * 2048, "9 1 2 " * 680, "'" * 4096),
        *("\u0301\u0316" * 2048, "\ufdfa" * 4096, "A" * 4096, "a b " * 1024, "\x00" * 4096),
        *("А" * 20_000, "m4ju j4ya " * 2_000, "@" * 20_000, "4 5 " * 5_000, "PT" * 10_000),
        *("9120307772741 " * 290, "\ud800" * 4096, "pt x " * 800, "PT AGESA ASA JAYA " * 220),
    ]


def test_hostile_text_is_answered_and_takes_no_turn_s_time(register: Register) -> None:
    """No figure of speed (those are in docs/performance.md): what grows with a square takes minutes."""
    for text in hostile_texts(register):
        start = time.thread_time()
        answer = register.find(text, TODAY)
        assert time.thread_time() - start < 5, text[:40]
        assert answer.verdict == "similar" or len(answer.rows) <= 4
