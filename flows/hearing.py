"""What one free message already tells of a report: when, who, whom, which proof, for somebody else.

Words are kept as they were typed. A name counts as the doer's only where the words around it say so
("Pak Joko membawa …", "calo bernama Joko"): the read-back puts it under "Pelaku".
"""

import re
from collections.abc import Iterable, Iterator

from flows.entities import Extractor
from flows.entities_text import word_set

_PAST = (
    r"(?:kemar[ie]n|kmrn|kmaren|wingi|kamari|kapungkur)"
    r"(?: (?:malam|malem|pagi|siang|sore|subuh|lusa|dulu))?",
    r"(?:tadi|td|mau|mahu) (?:pagi|siang|sore|malam|malem|subuh|petang|esuk|bengi|isuk)",
    r"(?:semalam|semalem|tadi|barusan|baru saja|baru aja)",
    r"(?:\d{1,2}|se|satu|dua|tiga|empat|lima|enam|beberapa)\s?(?:jam|hari|minggu|mgg|bulan|bln|tahun|thn)"
    r" (?:yang lalu|yg lalu|lalu|kemarin|kepungkur)",
    r"(?:minggu|bulan|tahun|senin|selasa|rabu|kamis|jumat|sabtu)"
    r" (?:yang lalu|yg lalu|lalu|kemarin|kepungkur)",
    r"(?:sejak|mulai) (?:\w+ ){0,2}?(?:lalu|kemarin|januari|februari|maret|april|mei|juni|juli"
    r"|agustus|september|oktober|november|desember|tahun \d{4}|lebaran|puasa)",
    r"(?:setiap|tiap|saben) (?:hari|malam|malem|pagi|minggu|bulan|bengi)",
    r"(?:bulan )?(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november"
    r"|desember)(?: \d{4})?",
)
_WHEN = re.compile(rf"(?<!\w)(?:{'|'.join(_PAST)})(?!\w)", re.IGNORECASE)
_TITLE = (
    r"(?:pak|pa'|bapak|bpk|bu|ibu|mas|mbak|mba|bang|kang|cak|gus|h\.?|haji|hj\.?|hajah|om|tante"
    r"|ustad|ustadz|koh|ci|lek|lik|dhe|pakde|bude|daeng)"
)
_NAME = rf"(?:{_TITLE}\s+)?[A-Z][\w'.]*(?:\s+[A-Z][\w'.]*){{0,2}}|{_TITLE}\s+[a-z]{{3,}}"
_ROLE = (
    r"(?:calo|sponsor|agen|agennya|tekong|perekrut|pelaku|pelakunya|majikan|majikannya|penyalur"
    r"|makelar|mucikari|bos|bosnya)"
)
_CALLED = r"(?:yang\s+)?(?:bernama|namanya|nama|panggilan|dipanggil|inisial|jenenge|ngarane)"
_BY = (
    r"(?:oleh|dibawa|diajak|ditawari|ditipu|disuruh|dijual|diberangkatkan|ditampung|dipaksa"
    r"|ditahan|dijemput|direkrut)(?:\s+(?:oleh|sama))?"
)
_DOES = (
    r"(?:me[mn]?(?:bawa|nahan|minta|ngajak|jual|awarkan|nawarkan|nawari|janjikan|njanjikan|nipu"
    r"|maksa|ngirim|nyekap|ngumpulkan|nampung|rekrut|ngambil|nyita|mukul|ngancam|nyuruh|ngurung"
    r"|berangkatkan|mberangkatkan|jemput|cari|ncari)\w*"
    r"|minta|ngajak|bawa|nawar\w*|nipu|nahan|ngumpul\w*|jual|ngambil|ngancam|narik|nyuruh)"
)
_DOERS = (
    re.compile(rf"\b{_ROLE}\s+(?:{_CALLED}\s+)?(?P<name>{_NAME})"),
    re.compile(rf"\b{_CALLED}\s+(?P<name>{_NAME}|[a-z]{{3,}})"),
    re.compile(rf"\b{_BY}\s+(?P<name>{_NAME})"),
    re.compile(rf"\b(?P<name>{_NAME})(?:\s+\w+){{0,2}}?\s+{_DOES}\b"),
)
_OFFICIAL = re.compile(
    r"(?:(?P<told>(?:lapor|ngadu|bilang|cerita|ke|kepada|sama|dari|izin)\s+(?:ke\s+)?))?"
    r"\b(?P<name>(?:pak |bu |ibu |oknum |perangkat )?(?:kades|kepala desa|lurah|perangkat desa|pamong"
    r"|sekdes|carik|kadus|kepala dusun|petugas imigrasi|orang imigrasi|polisi|babinsa|aparat)"
    r"(?: desa)?)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:PT|CV|LPK|P3MI|PJTKI|BLK|YAYASAN)\b\.?\s+(?P<name>\w+(?:\s+\w+){0,3})", re.IGNORECASE
)
_ENDS_A_NAME = word_set(
    """
    yang yg di ke dari dan atau itu ini mau minta meminta menjanjikan katanya untuk dengan adalah
    tidak gak ga nggak belum sudah udah akan bisa ada jadi karena lewat oleh pada kami saya dia
    mereka resmi ilegal abal terus lalu tapi tetapi menahan membawa menipu nahan nipu menawarkan
    tersebut tanpa kemarin besok tadi sama
    """
)
_NO_NAME = word_set(
    """
    saya aku kami kita dia mereka ini itu guru tolong mohon mau ada yang tidak tadi lagi dan guru
    rt rw kades lurah desa polisi petugas anak adik kakak ibu bapak suami istri orang warga tetangga
    teman di ke dari katanya sudah belum kalau karena menurut selamat assalamualaikum halo kemarin
    besok namun lalu setelah ketika saat waktu pada sejak hari tkw tki pmi wni pt cv lpk
    """
)
_KIN = (
    r"(?:anak|adik|adek|adi|kakak|kakang|mbakyu|istri|suami|bojo|ibu|bapak|ayah|emak|mamak|keponakan"
    r"|ponakan|sepupu|saudara|sodara|keluarga|tetangga|tonggo|tatangga|teman|kawan|konco|babaturan"
    r"|cucu|menantu|mantu|putri|putra|paman|bibi|budhe|pacar|calon istri|warga|murid)"
)
_OF_ME = r"(?:ku|nya|\s+(?:saya|aku|kami|kita|kulo|kula|abdi|desa (?:saya|kami)|sini))"
_OTHER = re.compile(
    rf"\b{_KIN}(?:\s+(?:perempuan|laki-laki|laki|kandung|gadis|pertama|kedua|bungsu|dekat"
    rf"|(?:se)?kampung|desa))?{_OF_ME}?",
    re.IGNORECASE,
)
_CHILDREN = re.compile(
    r"\b(?:anak[- ]anak(?: perempuan| gadis| sekolah)?|anak (?:gadis|sekolah|perempuan|di bawah umur|smp"
    r"|smk|sma)|gadis(?:[- ]gadis)?|perempuan muda|ibu-ibu|para pekerja|abk)\b",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"\b(?:saya|sy|aku|kami|kulo|kula|abdi|engko)\b(?:\s+\w+){0,3}?\s+(?:di\w{3,}|ter\w{4,}|kena|korban|tertipu)"
    r"|\b(?:paspor|gaji|uang|hp|ktp|ijazah|dokumen|surat)(?:ku|\s+(?:saya|aku|kami|kulo))\b",
    re.IGNORECASE,
)
_FOR_OTHERS = re.compile(
    r"\b(?:untuk|buat|nggo|bantu|mewakili)\s+(?:orang lain|teman|tetangga|saudara|warga|seseorang)"
    r"|\bbukan saya\b",
    re.IGNORECASE,
)
_PROOF = re.compile(
    r"\b(?:ada|punya|simpan|menyimpan|pegang|masih ada|kirim)\s+(?:\w+\s+){0,2}?"
    r"(?P<what>foto|bukti|rekaman|video|ku?itansi|kwitansi|chat|percakapan|screenshot|tangkapan layar"
    r"|saksi|surat perjanjian|bukti transfer|kontrak)(?:\s+(?:transfer|chat|wa|percakapan|tf))?",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:tidak|gak|ga|nggak|belum|tanpa|ora|teu|bukan)\s*$", re.IGNORECASE)


class Hearing:
    """Hears the parts of a report; made once, holds nothing of what it hears."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor

    def hear(self, text: str) -> dict[str, str]:
        """The parts that the words tell, by the names of the form: when, who, victim, proof, and
        helper ("yes") where it happened to somebody else."""
        found = {
            "when": self._when(text),
            "who": self._who(text),
            "victim": _victim(text),
            "proof": _proof(text),
        }
        if found["victim"] not in ("", SELF) or _FOR_OTHERS.search(text):
            found["helper"] = "yes"
        return {name: words for name, words in found.items() if words}

    def countries(self, text: str, behind: Iterable[str]) -> list[str]:
        """Codes, as places have them, of the countries directly behind one of these words ("di")."""
        found = self._extractor.extract(text).destinations
        before = {place: text[: place.start].lower().split() for place in found}
        return [
            place.code.lower() for place in found if before[place] and before[place][-1] in behind
        ]

    def _when(self, text: str) -> str:
        spans = [match.span() for match in _WHEN.finditer(text)]
        spans += [(time.start, time.end) for time in self._extractor.extract(text).departures]
        return ", ".join(text[start:end] for start, end in _joined(spans, text))

    def _who(self, text: str) -> str:
        entities = self._extractor.extract(text)
        names = [*_companies(text), *_doers(text)]
        names += [match["name"] for match in _OFFICIAL.finditer(text) if not match["told"]]
        names += [text[phone.start : phone.end] for phone in entities.phones]
        kept: list[str] = []
        for name in (" ".join(name.split()) for name in names):
            if not any(name.casefold() in other.casefold() for other in kept):
                kept.append(name)
        return ", ".join(kept[:4])


SELF = "saya sendiri"


def _joined(spans: Iterable[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """In order; those that overlap or stand side by side are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined[:3]


def _companies(text: str) -> Iterator[str]:
    for match in _COMPANY.finditer(text):
        kept: list[str] = []
        for word in match["name"].split():
            if word.casefold() in _ENDS_A_NAME:
                break
            kept.append(word)
        if kept:
            mark = match[0][: match.start("name") - match.start()].strip()
            yield f"{mark} {' '.join(kept)}"


def _doers(text: str) -> Iterator[str]:
    for pattern in _DOERS:
        for match in pattern.finditer(text):
            words = [word.strip(".'") for word in match["name"].split()]
            while words and words[0].casefold() in _NO_NAME:  # "Kemarin Pak Joko …"
                words.pop(0)
            bare = [w for w in words if not re.fullmatch(_TITLE, w, re.IGNORECASE)]
            if bare and not any(word.casefold() in _NO_NAME | _ENDS_A_NAME for word in bare):
                yield " ".join(words)


def _victim(text: str) -> str:
    """Whom it happened to. Kin who do something themselves ("tetangga saya menawari …") are not."""
    for match in _OTHER.finditer(text):
        behind = text[match.end() : match.end() + 40]
        of_me = re.search(_OF_ME, match[0], re.IGNORECASE)
        if of_me and not re.match(rf"\W+(?:\w+\s+){{0,2}}?{_DOES}\b", behind, re.IGNORECASE):
            return " ".join(match[0].split())
    if children := _CHILDREN.search(text):
        return children[0]
    return SELF if _SELF.search(text) else ""


def _proof(text: str) -> str:
    found = [m for m in _PROOF.finditer(text) if not _NOT.search(text[: m.start()])]
    return ", ".join(dict.fromkeys(text[m.start("what") : m.end()].lower() for m in found))
