"""Reading the words of a place as villagers type them: level words, hamlets, numbers, spelling.

Nothing here knows which places exist; that is `bot/gazetteer.py`. The text is looked at only up
to a fixed number of words, so that a flood of garbage costs no more than a long address.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from bot.place_everyday import IDIOMS, PLAIN_WORDS

MAX_CHARACTERS = 4096
MAX_WORDS = 40
MAX_WORD_LETTERS = 32
NAME_WORDS = 6
"""No name of the list needs more words than this to be told apart."""

VILLAGE, DISTRICT, KABUPATEN, KOTA, PROVINCE, HAMLET = "desa", "kec", "kab", "kota", "prov", "dusun"


def _split(text: str) -> list[str]:
    return text.split()


_MARKS = {
    VILLAGE: "desa desaku ds dsa deso dessa kelurahan kel klrhn kalurahan gampong nagari pekon",
    DISTRICT: "kec kecamatan kcmtn kcm kecmtn kacamatan distrik",
    KABUPATEN: "kab kabupaten kbptn kabup",
    KOTA: "kota kotamadya kodya kotif",
    PROVINCE: "prov provinsi propinsi prop",
    HAMLET: "dusun dsn dukuh dkh kampung kampong kmpg kp kmp lingkungan lingk blok gang gg"
    " jalan jl jln perum perumahan jorong",
}
_MARK_OF = {word: mark for mark, words in _MARKS.items() for word in words.split()}
_LONG_MARKS = ("kecamatan", "kabupaten", "kelurahan", "kampung", "provinsi", "propinsi")
_GLUED_MARKS = ("kecamatan", "kabupaten", "kelurahan", "desa", "kec", "kab", "ds")

_NAME_STARTS = {"kota": "kota", "dukuh": "dukuh", "kampung": "kampung", "kp": "kampung"} | {
    word: word for word in ("kampong", "nagari", "pekon", "lingkungan", "dusun", "gampong", "desa")
}
"""Level words that also open names: "Kota Agung", "Dukuh Dempok", "Kampung Melayu"."""

_SHORT_WORDS = dict(
    pair.split(":")
    for pair in _split(
        "wtn:wetan kdl:kidul kln:kulon utr:utara brt:barat tmr:timur slt:selatan"
        " tgh:tengah tj:tanjung tjg:tanjung gn:gunung jkt:jakarta pd:pondok kby:kebayoran"
        " kp:kampung mns:meunasah sei:sungai"
    )
)
_NUMERALS = {
    form: str(number)
    for number, forms in enumerate(
        _split(
            "satu/i dua/ii tiga/iii empat/iv lima/v enam/vi tujuh/vii delapan/viii sembilan/ix"
            " sepuluh/x"
        ),
        start=1,
    )
    for form in forms.split("/")
}
_FILLERS = frozenset({"adm", "administrasi", "nya"})
_COMPANIES = frozenset({"pt", "cv", "ud"})
_COMPANY_WORDS = 2
_ALSO_NAMES = frozenset(
    _split("barang situ rumah tolong gaji kejadian lewat mas jadi besar deket kulo bang anak")
)
"""Everyday words that are names right behind a level word: Desa Barang."""
_INSIDE_NAMES = frozenset(_split("desa gampong kampung kampong nagari jorong dusun jalan"))
"""Level words that may end a name: Gampong "Geulanggang Gampong"."""
_NEAR = frozenset(_split("dekat deket dkt cedak caket sebelah depan belakang samping seberang"))
DIRECTIONS = frozenset(
    _split("timur barat utara selatan tengah kidul wetan kulon lor kanan kiri brt tmr utr slt tgh")
)
LANDMARKS = frozenset(
    _split(
        "pasar masjid mesjid musholla mushola langgar sekolah sd sdn smp smpn sma sman terminal"
        " stasiun jembatan spbu pom indomaret alfamart puskesmas lapangan warung toko balai kantor"
        " pertigaan perempatan rs rsud pabrik makam kuburan alun sungai kali pondok ponpes"
    )
)
"""What stands near the house and is no name of the village, nor is the word behind it."""
_RT_RW = re.compile(r"\brt\W{0,3}\d{1,3}(?:\W{0,3}rw\W{0,3}\d{1,3}|\W{1,3}\d{1,3})?|\brw\W{0,3}\d+")
_TOKEN = re.compile(r"[a-z0-9]+|[,;:()|!?]")
_DOUBLED = re.compile(r"([a-z])\1+")
_APOSTROPHES = str.maketrans("", "", "'`\u2019\u02bc")
_BREAKS = str.maketrans("\n\r\t", ",, ")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the text, with the level word that stood before it."""

    text: str
    mark: str = ""
    mark_text: str = ""
    """The level word as it opens a name ("kota", "kampung"), or "" when none ever does."""
    breaks: bool = False
    """A comma, a new line or a removed word stands before it: no name runs across."""


def _fold(key: str) -> str:
    """Old and local spellings brought to one: Soekamadjoe and Sukamaju, Wonodadi and Wonodhadi."""
    key = key.replace("oe", "u").replace("dj", "j").replace("tj", "c").replace("dh", "d")
    key = key.replace("th", "t").replace("f", "p").replace("v", "p")
    return _DOUBLED.sub(r"\1", key)


def key_of(words: Iterable[str]) -> str:
    """The form in which names are compared: no spaces, one spelling, later numerals as digits."""
    first, *others = words
    parts = [_SHORT_WORDS.get(first, first)]
    parts += [_NUMERALS.get(word) or _SHORT_WORDS.get(word, word) for word in others]
    return _fold("".join(parts))


def has_short_forms(words: list[str]) -> bool:
    """Whether `key_of` would read these words differently if they were written as one."""
    return any(word in _NUMERALS or word in _SHORT_WORDS for word in words[1:])


def words_of_name(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.lower().translate(_APOSTROPHES))


def _clean(text: str) -> str:
    """Plain lower-case letters and commas: no marks of direction, no accents, no RT and RW."""
    plain = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS])[: 2 * MAX_CHARACTERS]
    plain = plain.translate(_BREAKS).translate(_APOSTROPHES).lower()
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Mn", "Cc"))
    plain = plain.replace(" dan kepulauan", " kepulauan")  # one regency's name, else a break
    for idiom in IDIOMS:
        plain = plain.replace(idiom, " , ")
    return _RT_RW.sub(" , ", plain)


def _long_mark(word: str) -> str:
    """The long level word that was meant: "kecmatan", "kabupatn"; nobody's village is named so."""
    for known in _LONG_MARKS:
        allowed = 2 if len(known) > 8 else 1
        if word[:1] == known[:1] and OSA.distance(word, known, score_cutoff=allowed) <= allowed:
            return known
    return ""


def _unglue(word: str, level: Callable[[str], int]) -> tuple[str, ...]:
    """ "kecngrayun" and "ngrayunponorogo" as two words, unless a place is really called so."""
    if word in _MARK_OF or len(word) < 6 or level(word):
        return (word,)
    if len(word) >= 7 and (mark := _long_mark(word)):
        return (mark,)
    for mark in _GLUED_MARKS:
        if word.startswith(mark) and len(word) - len(mark) >= 4:
            return (mark, word[len(mark) :])
    for cut in range(4, len(word) - 3):
        if level(word[cut:]) in (1, 2):
            if level(word[:cut]):
                return (word[:cut], word[cut:])
            for inner in range(3, cut - 2):
                if level(word[:inner]) and level(word[inner:cut]) == 3:
                    return (word[:inner], word[inner:cut], word[cut:])
    return (word,)


class _Reader:
    """The state of one pass over the tokens: the level word that waits for its name."""

    def __init__(self, level: Callable[[str], int]) -> None:
        self._level = level
        self.near = False
        """The word before says that what follows is only near."""
        self.words: list[Word] = []
        self.mark = self.mark_text = ""
        self.company_words = 0
        """Words still to pass over behind "PT": a company is no place."""
        self.breaks = True
        self.follows = False
        """The waiting level word stands right behind a name: "Bandung kota"."""

    def take(self, token: str) -> None:
        near, self.near = self.near, token in _NEAR or (self.near and token in DIRECTIONS)
        plain = token in PLAIN_WORDS and not (self.mark and token in _ALSO_NAMES)
        if token in _COMPANIES and not self.mark:
            self.end_of_name()
            self.company_words = _COMPANY_WORDS
        elif self.company_words and token.isalnum() and token not in _MARK_OF:
            self.company_words -= 1
            self.end_of_name()
        elif self._ends_a_name(token):
            self.words.append(Word(token))
        elif near and token in DIRECTIONS:
            self.end_of_name()
        elif near and token in LANDMARKS:
            self.end_of_name()
            self.mark = HAMLET
        elif plain or not token[0].isalnum() or (token.isdigit() and len(token) > 2):
            self.end_of_name()
        elif token in _FILLERS and self.mark:
            return
        elif token in _MARK_OF and not (self.mark and token in _NAME_STARTS):
            follows = not self.breaks
            self.end_of_name()
            self.follows = follows
            self.mark, self.mark_text = _MARK_OF[token], _NAME_STARTS.get(token, "")
        else:
            self.words.append(Word(token, self.mark, self.mark_text, self.breaks))
            self.mark = self.mark_text = ""
            self.breaks = False

    def _ends_a_name(self, token: str) -> bool:
        """ "Jadi" is an everyday word and the end of Desa Suka Jadi; so is "Desa" of Bao Desa."""
        if self.breaks or self.mark or token not in PLAIN_WORDS | _INSIDE_NAMES:
            return False
        return bool(self._level(self.words[-1].text + token))

    def end_of_name(self) -> None:
        """A level word that got no name belongs to the one before: "Kel. Sorong Kota, ..."."""
        if self.mark in (KABUPATEN, KOTA) and self.follows:
            if self._name_mark() in ("", KABUPATEN, KOTA):
                self.words[-1] = replace(self.words[-1], mark=self.mark)
            else:
                self.words.append(Word(self.mark))
        self.mark = self.mark_text = ""
        self.follows = False
        self.breaks = True

    def _name_mark(self) -> str:
        """The level word of the name that is being read."""
        for word in reversed(self.words):
            if word.mark or word.breaks:
                return word.mark
        return ""


def _window(tokens: list[str]) -> list[str]:
    """The part of a long story that holds the address: from just before its first level word."""
    if len(tokens) <= MAX_WORDS:
        return tokens
    first = next((i for i, token in enumerate(tokens) if token in _MARK_OF), 0)
    return tokens[max(0, first - 6) :][:MAX_WORDS]


def read_words(text: str, level: Callable[[str], int]) -> tuple[Word, ...]:
    """The words that may name places.

    `level` tells the largest level that has a place of exactly this name (1 a province, 4 a
    village), 0 if none has: what is glued together is only taken apart where nothing has it.
    """
    tokens = [token[:MAX_WORD_LETTERS] for token in _TOKEN.findall(_clean(text))]
    reader = _Reader(level)
    for token in _window(tokens):
        for part in _unglue(token, level):
            reader.take(part)
    reader.end_of_name()
    return tuple(reader.words)


def without(words: Sequence[Word], taken: frozenset[int]) -> tuple[Word, ...]:
    """The other words; no name runs across the gap."""
    rest = []
    for i, word in enumerate(words):
        if i not in taken:
            rest.append(replace(word, breaks=True) if i - 1 in taken else word)
    return tuple(rest)
