"""A card's words as a voice has to be given them: numbers, laws and abbreviations written out.

The grammar of numbers is Indonesian's own; what a letter or an abbreviation sounds like stands in
content/speech.yaml. A voice reads whole numbers by itself ("18" is "delapan belas").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.catalog import CONTENT, ContentError, load_yaml, short_path

_DOMAIN = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:go\.id|id|com|org|int)\b")
_RUPIAH = re.compile(r"\bRp\.?\s?(\d[\d.]*(?:,\d+)?)(\s(?:ribu|juta|miliar))?(?:,-)?")
_DAY = re.compile(r"\b(\d{1,2})-(\d{1,2})-(\d{4})\b")
_LAW = re.compile(r"\b(\d{1,3})/(\d{4})\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-4])\.([0-5]\d)\b(?!\.?\d)")
_THOUSANDS = re.compile(r"\b\d{1,3}(?:\.\d{3})+\b")
_DECIMAL = re.compile(r"(\d),(\d)")
_RANGE = re.compile(r"(\d)\s?[-–]\s?(\d)")
_CAPITALS = re.compile(r"\b(?=[A-Z0-9]*[A-Z][A-Z0-9]*[A-Z])[A-Z0-9]{2,}\b")
_SIGNS = (("%", " persen"), ("&", " dan "), ("/", " atau "), ("+", " lebih "))
_SILENT = re.compile(r"[“”\"'‘’*_()\[\]]")


_ENDS = (".", "?", "!", ":")


def sentences(text: str) -> list[str]:
    """The lines of a card, joined where a sentence runs on over the end of one."""
    found: list[str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if found and not found[-1].endswith(_ENDS) and (line[0].islower() or found[-1][-1] == ","):
            found[-1] += f" {line}"
        else:
            found.append(line)
    return found


@dataclass(frozen=True, slots=True)
class Speech:
    """content/speech.yaml."""

    letters: Mapping[str, str]
    months: tuple[str, ...]
    words: Mapping[str, str]
    after_card: str

    def spoken(self, text: str) -> str:
        """One line that a voice reads as people say it."""
        text = " ".join(line if line.endswith(_ENDS) else f"{line}." for line in sentences(text))
        text = self._words(self._numbers(text))
        for sign, said in _SIGNS:
            text = text.replace(sign, said)
        text = _CAPITALS.sub(lambda found: self._spelt(found[0]), _SILENT.sub(" ", text))
        return re.sub(r"\s+([,.?!:;])", r"\1", " ".join(text.split()))

    def unknown(self, text: str) -> list[str]:
        """Abbreviations of which nobody has said how they sound, and with a digit among them: those
        are spelt as if each digit were a number of its own."""
        said = self._words(text)
        return [word for word in _CAPITALS.findall(said) if any(c.isdigit() for c in word)]

    def _numbers(self, text: str) -> str:
        text = _DOMAIN.sub(lambda found: found[0].replace(".", " titik "), text)
        text = _DAY.sub(self._day, text)
        text = _LAW.sub(r"nomor \1 tahun \2", text)
        text = _RUPIAH.sub(lambda found: f"{found[1].rstrip('.')}{found[2] or ''} rupiah", text)
        text = _THOUSANDS.sub(lambda found: found[0].replace(".", ""), text)
        text = _CLOCK.sub(lambda found: _clock(found[1], found[2]), text)
        return _RANGE.sub(r"\1 sampai \2", _DECIMAL.sub(r"\1 koma \2", text))

    def _day(self, found: re.Match[str]) -> str:
        month = int(found[2])
        if not 1 <= month <= 12:
            return found[0]
        return f"{int(found[1])} {self.months[month - 1]} {found[3]}"

    def _words(self, text: str) -> str:
        known = sorted(self.words, key=len, reverse=True)
        pattern = "|".join(re.escape(word) for word in known)
        return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: self.words[found[0]], text)

    def _spelt(self, word: str) -> str:
        return " ".join(self.letters.get(letter.lower(), letter) for letter in word)


def _clock(hour: str, minute: str) -> str:
    return str(int(hour)) if minute == "00" else f"{int(hour)} lewat {int(minute)} menit"


def load_speech(folder: Path = CONTENT) -> Speech:
    """Raises ContentError."""
    path = folder / "speech.yaml"
    raw = load_yaml(path)
    try:
        speech = Speech(
            letters=dict(raw["letters"]), months=tuple(raw["months"]),
            words=dict(raw["words"]), after_card=str(raw["after_card"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(
            f"{short_path(path)}: {error} is missing or has the wrong form"
        ) from None
    if len(speech.months) != 12 or len(speech.letters) != 26:
        raise ContentError(f"{short_path(path)}: needs 12 months and 26 letters")
    return speech
