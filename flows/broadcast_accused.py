"""Companies in a broadcast, and words that accuse somebody in particular.

A pattern and a place may be told ("ada calo yang menahan paspor di kecamatan kita"); who it is,
may not: that is for the police and the courts.
"""

import re
from collections.abc import Iterable, Iterator

from flows.broadcast_names import GRAMMAR, is_verb


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MARK = r"(?:PT|P\.\s?T|CV|C\.\s?V|UD|PD|LPK|BKK|P3MI|PJTKI|PPTKIS|PPMI)"
_MARKED = re.compile(
    rf"(?<![\w/-]){_MARK}\b\.?[ \t]*[\"“'‘(]?[ \t]*(?P<name>[^\W_][\w&'’.-]*)", re.IGNORECASE
)
_NO_NAME = _set(
    """
    yang yg dan atau harus resmi itu ini pun mana apa tersebut terdaftar berizin penempatan
    penyalur pengerah palsu dilarang wajib tidak tak tdk bisa boleh dapat di ke dari dengan untuk
    utk bodong ilegal legal liar luar besar lain lainnya apapun anda kamu kita kami nya sebelum
    sesudah sudah belum punya memiliki bukan juga adalah agar supaya jika kalau bila pada oleh
    p3mi lpk bkk cv pt sponsor agen agensi swasta asing lokal terdekat tanpa izin berangkat
    mengirim memberangkatkan mencari merekrut meminta minta menahan membayar mengaku menjanjikan
    akan sedang masih telah hanya cuma saja aja ada semua setiap tiap seluruh para sebuah satu dua
    yaitu seperti mau ingin perseorangan perorangan perusahaan namanya bernama nama pelatihan kerja
    setempat kabupaten sekolah desa smk pengirim calon warga pmi nomor no jangan cek tanya pelaut
    mandiri so lalu maka karena bahwa setelah sampai hingga penerima yang2 manapun manning
    """
)
_ACCUSED = (
    r"(?:penipu|calo|tekong|makelar|mafia|sindikat|pelaku|bandar|tersangka|perekrut ilegal"
    r"|agen gadungan|sponsor ilegal|germo|mucikari)"
)
_WHO = (
    r"(?:dia|beliau|ia|mereka|orang\s(?:itu|ini|tersebut)|si\s\w+|"
    r"(?:kepala (?:desa|dusun)|kades|lurah|camat|kasun|perangkat|ketua rt|ketua rw|pak rt|bu rt|guru|bidan|"
    r"tetangga|pemilik|kantor|toko|warung|rumah|keluarga|istri|suami|anak|menantu|mantan)"
    r"\b[^.!?\n]{0,40}?)"
)
_SAID_OF = re.compile(
    rf"\b{_WHO}\s+(?:(?:itu|ini|tersebut|adalah|memang|ternyata|jelas|seorang|jadi|merupakan|juga)\s+){{0,3}}"
    rf"{_ACCUSED}\b(?!\s+(?:yang|atau|dan)\b)",
    re.IGNORECASE,
)
_BY_NAME = re.compile(
    rf"\b(?i:{_ACCUSED})\s+(?:(?i:itu|adalah|ialah|bernama)\s+)?(?P<name>[A-Z][a-z'’]{{2,}})"
)
_NO_TARGET = _set(
    """
    taiwan hongkong malaysia singapura korea jepang arab saudi dubai kamboja myanmar thailand turki
    polandia kalau jika jangan yang dan atau di ke dari sering biasanya bisa ada mereka tenaga
    perdagangan lowongan pekerja berkeliaran selalu online internasional antar lintas awas
    """
)
_DISTANCE = 60
"""Characters between a company's name and the word that accuses it."""


def companies(text: str) -> list[str]:
    """What stands behind PT, CV, LPK and their like and is a name."""
    return [match[0].strip() for match in _MARKED.finditer(text) if _is_name(match["name"])]


def _is_name(word: str) -> bool:
    word = word.strip(".-'’")
    if is_verb(word):
        return False
    word = word.casefold()
    known = _NO_NAME | GRAMMAR
    return bool(word) and word not in known and word.removesuffix("nya") not in known


def accusations(text: str, named: Iterable[str]) -> list[str]:
    """Words that call somebody in particular a fraud; `named` are the companies in the text."""
    found = [*(match[0] for match in _SAID_OF.finditer(text)), *_by_name(text)]
    for name in named:
        beside = re.compile(
            rf"{re.escape(name)}\b[^.!?\n]{{0,{_DISTANCE}}}?\b{_ACCUSED}\b"
            rf"|\b{_ACCUSED}\b[^.!?\n]{{0,{_DISTANCE}}}?{re.escape(name)}",
            re.IGNORECASE,
        )
        found += [match[0] for match in beside.finditer(text)]
    return list(dict.fromkeys(found))


def _by_name(text: str) -> Iterator[str]:
    for match in _BY_NAME.finditer(text):
        if match["name"].casefold() not in _NO_TARGET:
            yield match[0]
