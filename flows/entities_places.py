"""Countries abroad that a message names, by name, nickname, city or misspelling."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rapidfuzz.distance import OSA

from flows.entities_text import BLANK, MOST, Folded, word_set


@dataclass(frozen=True, slots=True)
class Destination:
    """A country by its ISO code in capitals; `words` are the plain small words that named it.

    `start` and `end` are character offsets in the message.
    """

    code: str
    name: str
    words: str
    start: int
    end: int


_MORE_NAMES = {
    "MY": "kl|malay|malay sia|mlaysia|malesia|melaka|ipoh|klang|shah alam|putrajaya|sandakan"
    "|miri|sibu|jb|johor baru",
    "SG": "singapor|singapure",
    "KH": "kambodja|kamboja|kampuchea|sihanouk|sihanuk|sihanokville|chrey thom|poi pet"
    "|pnom penh|phnompenh",
    "MM": "miyawadi|myawadi|mywaddy|shwe kokko|kk park|laukkaing|rangon",
    "LA": "vientiane|golden triangle|segitiga emas",
    "TH": "maesot|chiang rai|pattaya|phuket|hat yai|hatyai",
    "TW": "taipe|taipeh|formosa|tainan|hsinchu|keelung|pingtung",
    "HK": "negeri beton|tsim sha tsui",
    "KR": "negeri ginseng|incheon|korsel",
    "JP": "negeri sakura|jepun|nagasaki|fukuoka|kyoto|hokkaido|nihon",
    "SA": "arab|saudi|ksa|mekkah|jeda|saudi arab|makka|taif|yanbu|buraidah|abha",
    "AE": "dubay|emirates|ajman|uni emirat",
    "TR": "turky|turkey|ankara|antalya|turkiye",
    "SY": "suriyah|aleppo",
    "IQ": "basra|kurdistan|sulaimaniyah",
    "LY": "benghazi",
    "AU": "aussie|australi|ausie|ausi|perth|brisbane|melborn|darwin",
    "NZ": "selandia|auckland",
    "CA": "kanada|canada|toronto|vancouver",
    "CN": "tiongkok|beijing|shanghai|guangzhou|guangdong",
    "TL": "timor leste",
}
_NEED_A_LEAD = word_set(
    """
    kl jb usa uk amman miri sibu suria suriyah darwin abha taif sin perth iran
    """
)
"""Common words and names too ("kl" is mostly "kalau"): only behind "ke", "di", "kerja" and the like,
or, when short, in capitals."""
_NEVER = word_set("jpg png spore")
"""Spellings of the register that are file formats or slips in a story."""
_LEADS = word_set(
    """
    ke di dari menuju nang ning ka menyang kerja kerjo negara negeri tki tkw pmi tujuan penempatan
    job kota berangkat brangkat loker visa majikan tkwnya daerah masuk via lewat sampai tiba terbang
    arah to in transit lanjut
    """
)
_NAME_BEFORE = word_set(
    """
    bahasa bhs basa bahasane bunga kembang pohon wit kuda ayam bu pak bapak ibu mbak mas kang mang
    om haji hajah ustad ustadz cak gus bebek lengkuas dolar dollar nama namanya huruf tulisan drama
    film lagu kaligrafi
    """
)
_SHORT_BUT_FUZZY = word_set("taiwan jepang brunei kuwait taipei kanada dubai poipet")
"""Names of six letters that no common word resembles but those below; longer ones are all fuzzy."""
_NOT_TYPOS = word_set(
    """
    jenang kepang melanda becanda beranda bengkok sandaran romansa frances russian hungry mandila
    vanila manula jepara jelang jepit tawan tahiwan kawait bruney mardinah kamera pelanda belanja
    kucing taipan bungkok bongkok belanga jerang kanapa nagasari madina
    """
)
"""Words one letter away from a name (checked against wordfreq's Indonesian list, 22 Nov 2026)."""
_LETTERS = re.compile(r"[a-z]+")
_STUCK = ("ke", "di", "loker", "kerja", "tki", "tkw", "pmi", "job")
"""What people write together with a country's name."""
_FUZZY_FROM = 6
_MOST_WORDS = 3
_LONGEST = 30
_SQUEEZED_FROM = 6
"""Names written in pieces ("ma laysia") count from this many letters on."""


class Places:
    """All spellings of the countries, compiled once; finding is a few look-ups a word."""

    def __init__(self, names: Mapping[str, str], spellings: Mapping[str, str]) -> None:
        """`names` gives a code's readable name, `spellings` the code of each way to write it."""
        self._names = {code.upper(): name for code, name in names.items()}
        self._codes = {_squeezed(name): code for code, name in self._names.items()}
        self._codes |= {_squeezed(name): code.upper() for name, code in spellings.items()}
        for code, more in _MORE_NAMES.items():
            if code in self._names:
                self._codes |= {_squeezed(name): code for name in more.split("|")}
        for never in _NEVER:
            self._codes.pop(never, None)
        self._heads = frozenset(name[:3] for name in self._codes)
        self._like = _by_ends(self._codes)

    def find(self, folded: Folded) -> Iterator[Destination]:
        """Countries in the order of the message; the longest name at a place wins."""
        words, text = folded.said.words, folded.text
        done = found = 0
        for i, (word, start) in enumerate(words):
            if i < done or found >= MOST or not self._may_begin(word) or text[start] == BLANK:
                continue
            hit = self._at(words, i)
            if hit and _meant(words, i, hit.spelling, folded):
                done, found = i + hit.words, found + 1
                begin, end = start + hit.skipped, _end(words[done - 1])
                yield Destination(
                    hit.code,
                    self._names.get(hit.code, hit.code),
                    text[begin:end],
                    *folded.span(begin, end),
                )

    def _may_begin(self, word: str) -> bool:
        """Whether looking closer is worth it: most words stop here."""
        return word[:3] in self._heads or (
            len(word) >= _FUZZY_FROM and (word[-3:] in self._like or word.startswith(_STUCK))
        )

    def _at(self, words: "list[_Word]", i: int) -> "_Hit | None":
        """The name that begins at a word: of several words, of one, with "ke" stuck to it, misspelt."""
        word = joined = words[i][0]
        longest = None
        for count in range(2, _MOST_WORDS + 1):
            last = i + count - 1
            if last >= len(words) or words[last][1] - _end(words[last - 1]) > 1:
                break
            joined += words[last][0]
            if len(joined) >= _SQUEEZED_FROM and joined in self._codes:
                longest = _Hit(self._codes[joined], joined, count)
        if longest:
            return longest
        if word in self._codes:
            return _Hit(self._codes[word], word, 1)
        if len(word) < _FUZZY_FROM or len(word) > _LONGEST:
            return None
        return self._part(word) or self._misspelt(word)

    def _part(self, word: str) -> "_Hit | None":
        """ "kemalaysia", "lokerjepang", "malaysianya"."""
        stuck = next((len(stuck) for stuck in _STUCK if word.startswith(stuck)), 0)
        cut = 3 if word.endswith("nya") else 0
        for skipped, left in ((stuck, 0), (0, cut), (stuck, cut)):
            bare = word[skipped : len(word) - left]
            if len(bare) >= 4 and bare in self._codes and bare not in _NEED_A_LEAD:
                return _Hit(self._codes[bare], bare, 1, skipped)
        return None

    def _misspelt(self, word: str) -> "_Hit | None":
        """One slip away from a name of six letters or more that begins with the same letter."""
        if word in _NOT_TYPOS:
            return None
        for end in (word[:3], word[-3:]):
            for name in self._like.get(end, ()):
                if name[0] == word[0] and OSA.distance(word, name, score_cutoff=1) <= 1:
                    return _Hit(self._codes[name], name, 1)
        return None


_Word: TypeAlias = tuple[str, int]


def _end(word: _Word) -> int:
    return word[1] + len(word[0])


@dataclass(frozen=True, slots=True)
class _Hit:
    """A country at `words` words; `skipped` letters in front of it belong to "ke" or "di"."""

    code: str
    spelling: str
    words: int
    skipped: int = 0


def _squeezed(name: str) -> str:
    return "".join(_LETTERS.findall(name.lower()))


def _by_ends(names: Iterable[str]) -> dict[str, list[str]]:
    """Long names by their first and last three letters: one slip leaves one of them whole."""
    found: dict[str, list[str]] = {}
    for name in names:
        if name != "bangkok" and (len(name) > _FUZZY_FROM or name in _SHORT_BUT_FUZZY):
            found.setdefault(name[:3], []).append(name)
            found.setdefault(name[-3:], []).append(name)
    return found


def _meant(words: list[_Word], i: int, spelling: str, folded: Folded) -> bool:
    """Not "bahasa Jepang", "bunga kamboja", "Pak Oman"; and "kl" only as "ke kl" or "KL"."""
    before = words[i - 1][0] if i else ""
    if before in _NAME_BEFORE:
        return False
    if spelling not in _NEED_A_LEAD or before in _LEADS:
        return True
    start, end = folded.span(words[i][1], _end(words[i]))
    typed = folded.raw[start:end]
    return len(typed) <= 3 and typed.isupper() and not folded.raw.isupper()
