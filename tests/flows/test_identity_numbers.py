"""A NIK is hidden however it is written; telephone numbers and NIBs stay readable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ports import Person
from flows.safety import HIDDEN_NIK, mask_identity_numbers
from flows.session import Session
from tests.flows.talking import WAITS, at, person_of, say

NIK = "3502140408900001"


@pytest.mark.parametrize(
    "written",
    [
        NIK,
        "35021404\n08900001",
        "3502 1404 0890 0001",
        "35.02.14.040890.0001",
        "350214_040890_0001",
        "350214/040890/0001",
        "350214 - 040890 - 0001",
        "350214–040890–0001",
        "35 0 2140 40 8900 001",
        "3502140408\u200b900001",
        "\u200b".join(NIK),
        "35021404089OOOO1",
        "35O2l404O890000I",
        "350214O4O89000Ol",
        "3 5 0 2 1 4 0 4 0 8 9 0 0 0 0 1",
        "３５０２１４０４０８９００００１",
        "35021404 \r\n 0890\n0001",
    ],
)
def test_a_nik_is_hidden(written: str) -> None:
    for text in ("{}", "NIK{}", "nik: {} ya", "a {}\nb", "1. {}", "({}),", "umur {} th"):
        masked = mask_identity_numbers(text.format(written))
        assert masked == text.format(HIDDEN_NIK), (text, masked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("NIK 350214040890001", f"NIK {HIDDEN_NIK}"),
        ("no KTP saya: 3502 140408 90001", f"no KTP saya: {HIDDEN_NIK}"),
        ("nomor ktp\n9999999999999999", f"nomor ktp\n{HIDDEN_NIK}"),
        ("NIK 99 99 99 99 99 99 99 99", f"NIK {HIDDEN_NIK}"),
        ("hp 081234567890 " + NIK, f"hp 081234567890 {HIDDEN_NIK}"),
        ("hp 081234567890 350214 0408900001", f"hp 081234567890 {HIDDEN_NIK}"),
        (NIK + " 081234567890", f"{HIDDEN_NIK} 081234567890"),
        (f"{NIK}, {NIK}", f"{HIDDEN_NIK}, {HIDDEN_NIK}"),
        (NIK + " 2 orang", f"{HIDDEN_NIK} 2 orang"),
    ],
)
def test_what_stands_beside_it_stays(text: str, masked: str) -> None:
    assert mask_identity_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "081234567890 2026",
        "0812-3456-7890 2026",
        "0812 3456 7890 2026",
        "0812-3401-0203 081-234-010203",
        "0812-3401-0203 / 0812-3401-0204",
        "081234567890 15.30",
        "0812-3401-0203\n2026-11-22",
        "081234567890 081234567891",
        "6281234567890 123",
        "62 812 3456 7890 2026",
        "+62 812-3401-0203 2026",
        "+62 812-3456-7890/+62 812-3401-0203",
        "+65 9123 4567 20261122",
        "NIB 9120307772741",
        "NIB 9120307772741 123",
        "NIB: 1234 5601 0112 3",
        "NIB 9120 1010 1000 1 123",
        "9120307772741 123",
        "KTP 081234567890 2026",
        "NIK dan KTP diminta, hubungi 081234567890",
        "gaji 12.000.000 15.000.000",
        "35.000.000 - 12.000.000",
        "Rp 3.500.000/bulan, kontrak 2024-2026",
        "Taiwan 2026 lolo Ilo oooooooooooooooo",
        "",
    ],
)
def test_other_numbers_stay_readable(text: str) -> None:
    assert mask_identity_numbers(text) == text


@st.composite
def niks(draw: st.DrawFn) -> str:
    two = st.integers(0, 99)
    parts = [
        draw(st.integers(11, 96)), draw(st.integers(0, 79)), draw(two),
        draw(st.integers(1, 71)), draw(st.integers(1, 12)), draw(two), draw(two), draw(two),
    ]  # fmt: skip
    return "".join(f"{part:02}" for part in parts)


GAPS = st.sampled_from(["", "", "", " ", "  ", "\n", "\r\n", "_", "/", ".", "-", " - ", "\u200b"])


@settings(max_examples=600)
@given(
    nik=niks(),
    gaps=st.lists(GAPS, min_size=15, max_size=15),
    looks=st.lists(st.booleans(), min_size=16, max_size=16),
    before=st.sampled_from(["", "NIK ", "nama Siti, ", "KTP:", "x\n", "\u200b "]),
    after=st.sampled_from(["", " ya", "\nTaiwan", ", hp 081234567890", "."]),
)
def test_no_nik_survives_any_way_of_writing(
    nik: str, gaps: list[str], looks: list[bool], before: str, after: str
) -> None:
    written, letters = "", 0
    for digit, looks_like, gap in zip(nik, looks, [*gaps, ""], strict=True):
        if looks_like and digit in "01" and letters < 4:
            digit, letters = {"0": "O", "1": "l"}[digit], letters + 1  # noqa: PLW2901
        written += digit + gap
    assert mask_identity_numbers(before + written + after) == before + HIDDEN_NIK + after


@settings(max_examples=300)
@given(
    phone=st.from_regex(r"(08|628|\+628)[1-9][0-9]{8,9}", fullmatch=True),
    gap=st.sampled_from([" ", "\n", " / ", " - ", "."]),
    more=st.from_regex(r"(19|20)[0-9]{2}|[01][0-9]\.[0-5][0-9]|08[0-9]{9,10}", fullmatch=True),
)
def test_a_telephone_number_with_something_behind_it_stays(phone: str, gap: str, more: str) -> None:
    text = f"{phone}{gap}{more}"
    assert mask_identity_numbers(text) == text


@given(st.text(alphabet="0123456789OolI \n_./-\u200bNIKaz+", max_size=120))
def test_nothing_breaks_it_and_twice_is_once(text: str) -> None:
    once = mask_identity_numbers(text)
    assert mask_identity_numbers(once) == once


@pytest.mark.parametrize(("flow", "node"), WAITS)
def test_no_conversation_keeps_a_number_that_was_typed(flow: str, node: str) -> None:
    """Whatever was asked for: a place, a question, a beginning that is asked about first."""
    nik = "3502011203980001"
    for words in (
        f"Desa Ngrayun {nik} Ponorogo",
        f"lapor NIK saya {nik}",
        f"kenapa {nik} ditolak?",
    ):
        sprint = say(at(flow, node), words, person_of(flow))
        assert nik not in repr(sprint.session), words


def test_a_new_persons_first_question_is_kept_without_it() -> None:
    new = Person("telegram", is_new=True)
    sprint = say(Session(), "kenapa 3502011203980001 saya ditolak PT Maju?", new)
    assert "ditolak PT Maju" in repr(sprint.session)
    assert "3502011203980001" not in repr(sprint.session)
