"""TPPO, TPPM or other, with the reporter's own words as reasons. For the officer, never a verdict.

TPPO needs process, means and purpose (UU 21/2007 Pasal 1 angka 1); a report seldom has all three, so
purpose with one of the others, or two grave means with a process, already points to it. For a child
the means is not asked for. TPPM is the business of crossing a border without the right to (UU 6/2011
Pasal 120, since 2 January 2026 KUHP 457). One case can be both: then it is TPPO, with both reasons.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.check_facts import RedFlag
from flows.understanding import Found, Understander

Category = Literal["tppo", "tppm", "other"]
MOST_REASONS = 3
"""Words shown for each element."""
_NOTE = "Petunjuk dari kata-kata pelapor, bukan kesimpulan."
_LAW = {
    "tppo": "Dasar: UU 21/2007 Pasal 1 angka 1.",
    "tppm": "Dasar: UU 6/2011 Pasal 120; KUHP 457.",
    "other": "Unsur TPPO atau TPPM belum terdengar.",
}
_ELEMENT = {"P": "Proses", "C": "Cara", "T": "Tujuan", "M": "Lintas batas"}
_GRAVE = frozenset(
    ["paspor_ditahan", "dokumen_ditahan", "jeratan_utang", "disekap", "kekerasan_ancaman",
     "hp_disita_isolasi", "denda_batal", "wajib_rekrut", "tebusan", "pinjaman_dipaksa",
     "kerja_tidak_sesuai_janji", "target_penalti"]
)  # fmt: skip
"""Signs of means that weigh; a fee or a large wage alone is means of much else."""
_PURPOSE = frozenset(
    ["eksploitasi_seksual", "jual_organ", "upah_tidak_dibayar", "jam_kerja_berlebih", "tebusan",
     "kondisi_buruk", "target_penalti", "dijual_dipindah", "pengantin_pesanan"]
)  # fmt: skip
_CROSSING = frozenset(["jalur_tikus", "rombongan_dikawal", "bohong_imigrasi"])
_CHILD = "anak_dibawah_umur"

_NO = r"(?:tidak|tdk|tak|gak|ga|nggak|ngga|ndak|belum|ora|teu|mboten|tanpa)"
_HEARD: Mapping[str, tuple[str, ...]] = {
    "P": (
        r"(?:di|me|nge)?(?:rekrut|kumpul|tampung|berangkat|kirim|jemput|pindah|jual)\w*(?:kan|in)?",
        r"(?:dibawa|membawa|diajak|mengajak|dijak|digawa|ditawari|menawarkan|dijual|dibeli|membeli"
        r"|menjual|dipekerjakan|dinikahkan|penyalur|dikumpulkan|mengumpulkan|cari anak|direkrut)",
    ),
    "C": (
        r"(?:paspor|ktp|ijazah|dokumen\w*|buku pelaut|hp)\b(?:\W+\w+){0,4}?\W+(?:di)?"
        r"(?:tahan|ambil|pegang|sita|simpan|cekel|kuasai)\w*",
        r"menahan (?:\w+ ){0,2}?(?:paspor|ijazah|ktp|dokumen)",
        r"(?:dikurung|disekap|dikunci|digembok|dijaga (?:preman|orang)|pintunya digembok"
        r"|diawasi (?:mandor|penjaga|preman)|dilarang (?:pergi|keluar|pulang)"
        rf"|{_NO} (?:boleh|oleh|bisa) (?:keluar|pulang|mulih|metu|pergi|turun|telpon|telepon))",
        r"(?:dipukul\w*|disiksa|digebuk\w*|disetrum|diancam|ancam|dipaksa|paksa)",
        r"(?:diiming\w*|dijanjik\w*|dijanjiin|katanya|jarene?)\b.{0,80}?\b(?:ternyata|sampai sana|malah"
        r"|jebule?|saiki|sekarang)",
        r"(?:utang\w*|hutang\w*)\b.{0,40}?\b(?:lunas\w*|dulu|potong|tambah|tiket|pulang)",
        r"(?:untuk|buat) bayar (?:utang|hutang)",
    ),
    "T": (
        rf"(?:gaji\w*|upah\w*|bayaran\w*)\b(?:\W+\w+){{0,4}}?\W+{_NO} (?:pernah )?"
        r"(?:di)?(?:bayar|kasih|beri)\w*",
        rf"{_NO} (?:pernah )?(?:di)?(?:gaji|upah|bayar)\w*\b|{_NO} (?:mem|di)?bayar (?:upah|gaji)",
        r"gaji\w*\b(?:\W+\w+){0,2}?\W+(?:ditahan|diambil|dipotong habis)",
        r"(?:\bpsk\b|mucikari|pelacur\w*|melayani (?:tamu|laki|pria)\w*|temani tamu|open bo|michat"
        r"|panti pijat|\bmami\b)",
        r"(?:pengemis|ngemis|mengemis|ngamen)",
        r"(?:disuruh|dipaksa) (?:\w+ )?(?:scam|nipu|menipu)\w*",
        r"(?:kerja paksa|perbudakan|jual ginjal|jual organ)",
        r"(?:dijual|menjual) (?:ke (?:majikan|agen|perusahaan)|anaknya|anak)",
        rf"{_NO} (?:pernah )?(?:me)?n?terima (?:upah|gaji)|(?:upah|gaji)\w* cuma janji",
        r"(?:kerja|bekerja) tanpa (?:upah|gaji|bayaran)",
        rf"(?:gaji|upah)\w*\b(?:\W+\w+){{0,2}}?\W+{_NO} (?:pernah )?dikirim",
        r"bayi\b.{0,30}?\bdijual|(?:jual|menjual) bayi|lokalisasi",
        r"(?:ngladeni|melayani|meladeni) (?:wong lanang|laki-laki|lelaki|pria|om-om)",
        r"(?:makan sisa|makanan basi|air karat)",
        r"kerja (?:\d{2} jam|dari jam \d+ pagi)",
        r"setor (?:tiap|setiap) hari|hasilnya disetor",
        r"jadi(?:kan)? (?:pembantu|budak) dan",
    ),
    "M": (
        r"(?:jalur (?:tikus|belakang|khusus|gelap)|penyeberangan gelap|diselundup\w*|menyelundup\w*"
        r"|selundup\w*)",
        r"(?:menyeb|nyeb|diseb)e?rang\w*",
        r"(?:speedboat|boat|pompong|kapal kayu|kapal nelayan|perahu|prahu|lewat laut|lewat hutan"
        r"|naik kapal)\b"
        r".{0,120}?\b(?:malaysia|johor|tawau|sarawak|sabah|australia|christmas|singapura|medan"
        r"|tanpa dokumen|paspor)",
        r"(?:malaysia|johor|tawau|sarawak|australia|christmas)\b.{0,60}?\b(?:lewat laut|lewat hutan"
        r"|naik (?:boat|kapal|perahu|speedboat)|pompong)",
        r"(?:rohingya|orang asing|wna|imigran|pengungsi|orang (?:sri lanka|afghanistan|bangladesh|myanmar))"
        r"\b.{0,80}?\b(?:kapal|diselundup\w*|ke australia|disembunyikan|menjemput)",
        r"(?:tki|pmi|orang) (?:gelap|ilegal)\b",
        rf"{_NO} (?:pakai|lewat|pake) (?:paspor|pos|antrean imigrasi|imigrasi)",
        r"(?:ktp|paspor|akta|visa)\b(?:\W+\w+){0,4}?\W+palsu\w*|palsu\w*\b.{0,40}?\bpaspor"
        r"|paspor atas nama orang lain",
        r"(?:me)?lolos\w*\b.{0,40}?\b(?:imigrasi|bandara)",
        r"visa (?:umrah|umroh|ziarah|turis|wisata)\b.{0,30}?\bkerja",
        r"(?:sewa|menyewakan|pinjam|meminjamkan) paspor",
        r"petugas (?:bandara|imigrasi|pelabuhan) (?:dibayar|disuap)",
        r"(?:mengangkut|membawa|mengantar|ngantar|antar) (?:warga negara asing|wna|orang asing)",
        r"umr(?:a|o)h\b.{0,60}?\b(?:mengirim pekerja|langsung kerja|buat kerja|untuk kerja)",
        rf"lewat jalan (?:kebun|tikus|belakang)|{_NO} (?:di)?cap paspor",
        r"lewat (?:kali|sungai|hutan)\b.{0,60}?\b(?:malam|menjemput|sarawak)",
    ),
}
_PATTERNS = {
    element: [re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for pattern in patterns]
    for element, patterns in _HEARD.items()
}
_THINGS = re.compile(r"\bjual (?:paspor|visa|tiket|tanah|motor|data)\b", re.IGNORECASE)
"""Sold, but nobody."""
_YOUNG = re.compile(
    r"\b(?:umur(?:nya)?|usia(?:nya)?|anak(?:nya)?)\s+(?:baru\s+)?(?:[5-9]|1[0-7])\b(?:\s*(?:tahun|thn|th))?"
    r"|\b(?:anak|gadis) (?:smp|smk|sma|sd|sekolah|jalanan|di bawah umur)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Classified:
    category: Category
    reasons: tuple[str, ...]
    """Lines for the officer: element by element the words that were heard, then the law."""


class Classifier:
    """Classifies what was told; made once, holds nothing of it."""

    def __init__(self, understander: Understander, flags: Iterable[RedFlag]) -> None:
        self._understander = understander
        self._elements = {flag.id: flag.element for flag in flags}

    def classify(self, told: str) -> Classified:
        """Each line is an answer of its own: no reason runs from one into the next."""
        if not told.strip():
            return Classified("other", ())
        signs = self._understander.signs(told)
        heard = {element: self._heard(element, told, signs) for element in _ELEMENT}
        child = bool(_YOUNG.search(told)) or any(sign.id == _CHILD for sign in signs)
        category = _category(heard, child=child)
        lines = [
            f"{_ELEMENT[element]}: {'; '.join(f'“{words}”' for words in found[:MOST_REASONS])}"
            for element, found in heard.items()
            if found
        ]
        if child:
            lines.append("Ada anak di bawah 18 tahun.")
        return Classified(category, (*lines, _LAW[category], _NOTE))

    def _heard(self, element: str, told: str, signs: Iterable[Found]) -> list[str]:
        """The words of one element, each stretch of the text once."""
        words = [
            sign.evidence
            for sign in signs
            if self._counts(element, sign.id) and not _THINGS.search(sign.evidence)
        ]
        lines, patterns = told.splitlines(), _PATTERNS[element]
        words += [match[0] for line in lines for p in patterns for match in p.finditer(line)]
        kept: list[str] = []
        for one in sorted((" ".join(word.split()) for word in words), key=len, reverse=True):
            if not any(one.casefold() in other.casefold() for other in kept):
                kept.append(one)
        return kept

    def _counts(self, element: str, sign: str) -> bool:
        if element == "C":
            return sign in _GRAVE
        if element == "T":
            return sign in _PURPOSE
        if element == "M":
            return sign in _CROSSING
        return "P" in self._elements.get(sign, ())


def _category(heard: Mapping[str, list[str]], *, child: bool) -> Category:
    process, means, purpose = (len(heard[element]) for element in "PCT")
    if purpose and (process or means):
        return "tppo"
    if process and (means >= 2 or (child and means)):
        return "tppo"
    return "tppm" if heard["M"] else "other"
