"""Kinds of visa that a message names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flows.entities_text import MOST, Folded


@dataclass(frozen=True, slots=True)
class Visa:
    """A named kind: umrah (hajj too), ziarah, tourist, work, visit, student, whv or other.

    A bare "visa" is none. `start` and `end` are character offsets in the message.
    """

    kind: str
    start: int
    end: int


_KINDS = {
    "umrah": "umroh|umrah|umrohan|umroah|umro|umra|haji|hajj|furoda|furodah|mujamalah",
    "ziarah": "ziarah|ziaroh|jiarah|ziyarah|ziara",
    "tourist": "bebas|turis|turist|touris|tourist|toris|wisata|wisatawan|jalan2|jalan jalan"
    "|jalan-jalan|jln2|jln-jln"
    "|liburan|libur|holiday|pelancong|melancong|plesir|plesiran|dolan|travel|voa|on arrival"
    "|pariwisata|600|601|651",
    "work": "kerja|kerjo|bekerja|pekerja|work|working|worker|employment|majikan|kontrak|tki|tkw"
    "|pmi|iqamah|iqama"
    "|ssw|tokutei|tokutei ginou|tg|e-?9|e-?7|pltks|482|403|457|400|magang|intern|kenseisha"
    "|jisshusei|temporary",
    "visit": "kunjungan|kunjung|visit|visitor|keluarga|sosial|bisnis|business|undangan|jenguk"
    "|social|family",
    "student": "pelajar|student|sekolah|belajar|mahasiswa|studi|study|kuliah|500",
    "whv": "whv|working holiday|wh|462|417",
    "other": "transit|407|bridging|suaka|protection|pasangan|spouse|pernikahan|nikah|diplomatik"
    "|dinas|subclass 407",
}
_KIND_OF = {
    word.replace("-?", ""): kind for kind, words in _KINDS.items() for word in words.split("|")
}
_WORDS = "|".join(
    word for words in _KINDS.values() for word in sorted(words.split("|"), key=len, reverse=True)
)
_ORDERED = "|".join(sorted(_WORDS.split("|"), key=len, reverse=True))
_VISA = r"(?:visa|viza|fisa|pisa|visah)"
_VISAS = frozenset(
    f"{visa}{ending}"
    for visa in ["visa", "viza", "fisa", "pisa", "visah"]
    for ending in ("", "nya", "ne", "na", "e", "ku")
)
_FILLER = (
    r"(?:nya|ne|e|cuma|cuman|hanya|mung|pakai|pake|itu|kok|yang|yg|buat|untuk|utk|jenis"
    r"|jenisnya|dulu|subclass|malah|tipe"
    r"|kategori|ternyata|adalah|masuk|sementara|katanya)"
)
_NAMED = re.compile(
    rf"(?<![a-z]){_VISA}(?:nya|ne|na|e|ku)?(?:[\s:=(\"']{{1,3}}{_FILLER}){{0,3}}[\s:=(\"'-]{{1,3}}({_ORDERED})(?![a-z\d])"
)
_ALSO = re.compile(
    rf"\s{{0,2}}(?:/|,|atau|dan|ataupun|apa|opo)\s{{0,2}}(?:{_VISA}\s)?({_ORDERED})(?![a-z\d])"
)
_BEFORE = re.compile(rf"(?<![a-z\d])(calling|{_ORDERED})\s\Z")
_LONGEST = 1 + max(map(len, _KIND_OF))


def find_visas(folded: Folded) -> Iterator[Visa]:
    """Visas whose kind is named behind the word ("visa umroh/ziarah") or before it ("visit visa")."""
    text = folded.text
    if not _VISAS.isdisjoint(folded.said.known) or "whv" in folded.said.known:
        taken: set[int] = set()
        for named in islice(_NAMED.finditer(text), MOST):
            yield _visa(folded, named[1], *named.span())
            taken.add(named.start(1))
            seen = named.end()
            for _ in range(len(_KINDS)):
                also = _ALSO.match(text, seen)
                if not also:
                    break
                yield _visa(folded, also[1], *also.span(1))
                taken.add(also.start(1))
                seen = also.end()
        yield from _turned(folded, taken)


def _turned(folded: Folded, taken: set[int]) -> Iterator[Visa]:
    """ "calling visa", "visit visa", "whv" by itself."""
    text = folded.text
    for word, start in folded.said.words:
        if word in _VISAS:
            kind = _BEFORE.search(text[max(0, start - _LONGEST) : start])
            begin = start - len(kind[0]) if kind else 0
            if kind and begin not in taken:
                named = "kerja" if kind[1] == "calling" else kind[1]
                yield _visa(folded, named, begin, start + len(word))
        elif word == "whv" and text.startswith("whv", start) and start not in taken:
            yield _visa(folded, word, start, start + 3)


def _visa(folded: Folded, word: str, start: int, end: int) -> Visa:
    return Visa(_KIND_OF[word.replace("e-", "e")], *folded.span(start, end))
