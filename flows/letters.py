"""The letters behind what is typed: capitals without accents or disguises, and one form for all
spellings of a name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

_LOOK_ALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХԌԚԜаеѕіјкмнорстухԛԝьо"  # Cyrillic
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχηω"  # Greek
        "ıłøđħɑɡᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢꜱ",
        "ABESIJKMHOPCTYXGQWAESIJKMHOPCTYXQWBO"
        "ABEZHIKMNOPTYXABEIKVOPTUXNW"
        "ILODHAGABCDEGHIJKLMNOPRTUVWYZS",
        strict=True,
    )
)
"""Letters of other alphabets that look like ours."""
_LETTER_BLOCKS = (0x1F150, 0x1F170, 0x1F1E6)
"""Where Unicode has A to Z once more in white on black, and as flags, without saying so."""
_DIGIT_LETTERS = str.maketrans("0134578", "OIEASTB")
_QUANTITY = re.compile(
    r"[0-9]+(?:RB|RIBU|JT|JUTA|K|M|X|TH|THN|TAHUN|BLN|BULAN|HARI|JAM|NT|RM|USD|AN|NYA|KG|CM)"
)
_WITH_DIGITS = frozenset(
    ["P3MI", "SIP2MI", "SIP3MI", "KP2MI", "BP2MI", "BP3MI", "BNP2TKI", "P4MI", "P2MI", "G2G"]
)
_SPELLINGS = (
    "OE>U TJ>C DJ>J NJ>NY SJ>SY KH>H CH>C SH>S SY>S TH>T DH>D GH>G PH>F CK>K Q>K X>KS V>F Z>J Y>I"
    " IE>I TIONAL>SIONAL"
)
"""Old and new spellings of one sound, in the order of `recruiters.md` 5.2."""
_SOUNDS = tuple((old, new) for old, _, new in (pair.partition(">") for pair in _SPELLINGS.split()))


def plain(text: str) -> str:
    """Capitals of our alphabet, digits, and whatever marks stand between."""
    text = re.sub(r"['`’ʼ]", "", text)
    text = (text if text.isascii() else "".join(map(ascii_of, text))).upper()
    if "@" in text or "$" in text:
        text = re.sub(r"(?<=[A-Z])@(?=[A-Z]{1,12}(?![A-Z.]))", "A", text)
        text = re.sub(r"(?<=[A-Z])\$(?=[A-Z ])", "S", text)
    return text


@lru_cache(maxsize=4096)
def ascii_of(letter: str) -> str:
    """One letter of ours for any other that looks like it, "" for a mark, " " for a sign; one at a
    time: a long run of accents makes the whole-text form quadratic."""
    if letter.isascii():
        return letter
    for start in _LETTER_BLOCKS:
        if 0 <= ord(letter) - start < 26:
            return chr(ord("A") + ord(letter) - start)
    if (digit := unicodedata.decimal(letter, -1)) >= 0:
        return str(digit)
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(_LOOK_ALIKES.get(part, part) for part in parts)
    kept = kept.encode("ascii", "ignore").decode()
    return kept or ("" if unicodedata.category(letter)[0] in "MC" else " ")


def in_letters(words: Sequence[str]) -> list[str]:
    """M4JU J4Y4 is MAJU JAYA, and 4514 beside such a word is ASIA."""
    letters = [_without_digits(word) for word in words]
    changed = [one != other for one, other in zip(words, letters, strict=True)]
    for at, word in enumerate(words if any(changed) else ()):
        beside = changed[max(at - 1, 0) : at + 2]
        if 1 < len(word) < 6 and word.isdigit() and any(beside):
            letters[at] = letters_for(word)
    return letters


def _without_digits(word: str) -> str:
    """15JT, P3MI and a bare number stay what they are."""
    if word.isalpha() or word.isdigit() or word in _WITH_DIGITS or _QUANTITY.fullmatch(word):
        return word
    return letters_for(word)


def letters_for(word: str) -> str:
    """In capitals, with letters where digits stand for them; the word itself if others do."""
    letters = word.translate(_DIGIT_LETTERS)
    return letters if letters.isalpha() else word


def fold(words: Iterable[str]) -> str:
    """The letters that make two spellings one name: no spaces, sounds, or doubled letters."""
    letters = "".join(words)
    for old, new in _SOUNDS:
        letters = letters.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", letters)


def skeleton(folded: str) -> str:
    """The consonants, for names that are typed without vowels: INTRNSNL."""
    return re.sub(r"(.)\1+", r"\1", folded[:1] + re.sub("[AEIOU]", "", folded[1:]))
