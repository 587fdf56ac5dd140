"""Numbers as a speaker reads them."""

import pytest

from flows.spoken_numbers import in_words, say_digits, say_number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "nol"), (8, "delapan"), (11, "sebelas"), (17, "tujuh belas"), (20, "dua puluh"),
        (45, "empat puluh lima"), (100, "seratus"), (118, "seratus delapan belas"),
        (1000, "seribu"), (2017, "dua ribu tujuh belas"), (100_000, "seratus ribu"),
        (1_000_000, "satu juta"), (8_700_000, "delapan juta tujuh ratus ribu"),
        (3 * 10**9, "tiga miliar"), (10**15, "satu" + " nol" * 15),
    ],
)  # fmt: skip
def test_a_number_in_words(number: int, said: str) -> None:
    assert say_number(number) == said


def test_inside_a_text_and_digit_by_digit() -> None:
    assert in_words("Pasal 5, umur 18 tahun.") == "Pasal lima, umur delapan belas tahun."
    assert say_digits("0812") == "nol delapan satu dua"
