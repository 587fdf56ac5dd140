"""How far a badly written word can still be the name that other words of the text point to.

Only for checking a name that is expected ("Tlogorejo ... poti": Kabupaten Pati has a Tlogorejo),
never for finding one: among all names of the country such a word is like too many.
"""

from rapidfuzz.distance import OSA

ENOUGH = 0.6
_SHORTENED = 0.75
_BEGINNING = 0.8
_LONGEST_SHORT_FORM = 6
_LEAST_TO_COMPARE = 4


def likeness(written: str, expected: str) -> float:
    """1 for the name itself, 0.6 to 1 for something like it, 0 for anything else."""
    if written == expected:
        return 1.0
    if len(written) < 2 or written[0] != expected[0]:
        return 0.0
    if len(written) <= _LONGEST_SHORT_FORM and _is_short_form(written, expected):
        return _SHORTENED
    if len(written) < _LEAST_TO_COMPARE:
        return 0.0
    if len(written) >= 5 and expected.startswith(written):
        return _BEGINNING
    like = OSA.normalized_similarity(written, expected, score_cutoff=ENOUGH)
    return like if like >= ENOUGH else 0.0


def _is_short_form(written: str, expected: str) -> bool:
    """ "crb" of cirebon, "skbmi" of sukabumi: letters left out, vowels first, none changed."""
    if sum(letter in "aeiou" for letter in written) > (len(written) <= 5):
        return False
    rest = iter(expected)
    return all(letter in rest for letter in written)
