"""Numbers as a speaker reads them: words for amounts and years, digit by digit for a phone."""

import re

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
         "sepuluh", "sebelas")  # fmt: skip
_STEPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))
LARGEST = 10**15


def say_number(number: int) -> str:
    """`8700000` → `delapan juta tujuh ratus ribu`."""
    if number >= LARGEST:
        return say_digits(str(number))
    if number < 12:
        return _ONES[number]
    if number < 20:
        return f"{_ONES[number - 10]} belas"
    if number < 100:
        return _with_rest(f"{_ONES[number // 10]} puluh", number % 10)
    for step, name in _STEPS:
        if number >= step:
            many, rest = divmod(number, step)
            one = many == 1 and name in ("ratus", "ribu")
            return _with_rest(f"se{name}" if one else f"{say_number(many)} {name}", rest)
    raise AssertionError("every number below a hundred was said")


def say_digits(text: str) -> str:
    return " ".join(_ONES[int(digit)] for digit in text if digit.isdecimal())


def in_words(text: str) -> str:
    """Every number that stands in a text that is otherwise ready to be read."""
    return re.sub(r"\d+", lambda found: say_number(int(found[0])), text)


def _with_rest(said: str, rest: int) -> str:
    return f"{said} {say_number(rest)}" if rest else said
