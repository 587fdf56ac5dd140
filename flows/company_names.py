"""Reading a company's name out of typed words, and folding spellings of one name together.

Pure words, no register: `bot/recruiters.py` compares what is read here with the licence register.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.letters import fold, in_letters, plain

__all__ = ["fold"]  # most who read names fold them too


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


COMPANY_MARKS = _set("PT CV UD PD LPK P3MI PPTKIS PJTKI PPMI")
"""A word behind which a company's name begins; PPTKIS and PJTKI are old names of P3MI."""

_ASKING_WORDS = _set(
    """
    ABANG ADA ADALAH AGEN AGENCY AGENSI AJA AKAN AKU ALAMAT ALAMATNYA AMAN ANAK APA APAKAH ART ASLI
    ATAS ATAU AYAH BAGAIMANA BAHWA BANTU BAYAR BELUM BENAR BENER BERANGKAT BERAPA BERIZIN BESAR
    BETUL BIAYA BILANG BISA BODONG BOHONG BOLEH BUAT BUKAN BULAN CABANG CARA CARI CEK CHECK CUMA
    DAFTAR DAN DAPAT DARI DENGAN DENGAR DGN DI DIA DIAJAK DITAWARI DITAWARIN DULU GA GAJI GAK GIMANA
    GRATIS HAI HALO ILEGAL INFO INGIN INI ITU IYA IZIN IZINNYA JADI JANJI JELAS JUGA JUTA KAH KALAU
    KALO KAMI KANTOR KANTORNYA KAPAL KARENA KATA KATANYA KE KEPADA KERJA KIRIM KITA KOK LAGI LEGAL
    LEWAT LISENSI LOKER LOWONGAN LUAR MAU MELALUI MEMANG MEREKA MOHON NAMA NAMANYA NANYA NEGARA
    NEGERI NGGAK NIB NO NOMER NOMOR NYA OLEH ORANG PABRIK PADA PAKAI PAKE PALSU PENIPU PENIPUAN
    PENYALUR PEREKRUT PERMISI PERUSAHAAN PERUSAHAANNYA PTNYA PUNYA PUSAT RESMI SALAM SAMA SAYA SDH
    SEBAGAI SEKARANG SELAMAT SIANG SIAPA SIH SIP2MI SIP3MI SORE STATUS STATUSNYA SUDAH SURAT TAHU
    TAK TANYA TAPI TAU TDK TERDAFTAR TERPERCAYA TIDAK TIPU TKI TKW TOLONG UDAH UNTUK UTK VISA WA YA
    YANG YG ADMIN ASSALAMUALAIKUM BADE BENERAN BILIH BP2MI BP3MI DEH DENGER DISNAKER DONG DOANG EMANG
    ENGGAK GIMANE GK GMN HENTEU IKU INGKANG IZINE JARE JARENE KAGA KAGAK KP2MI KUWI LHO LOH MAH MAKASIH
    MALAM MALEM MANA MASIH MIN MINTA NAROS NDAK NIKI NIKU NUWUN NYUWUN OPO ORA PAGI PERNAH PIRSA PIYE
    PUNIKA PUNTEN RESMINE SAMPEAN SAMPEYAN TEH TERUS TRIMS TRUS TUMUT WAALAIKUMSALAM WONTEN YAH YO
    """
)
_COUNTRIES = _set(
    "TAIWAN HONGKONG MALAYSIA SINGAPURA KOREA JEPANG SAUDI DUBAI KAMBOJA TURKI BRUNEI"
)
_TALKING_WORDS = _set(
    """
    ADIK AGAR AKHIRNYA AKUN ANEH ANU ASAL AWAL AYO BAGUS BAHAYA BANDARA BANTUANNYA BANYAK BAPAKNYA BARU
    BARUSAN BAWA BEBERAPA BEDA BEGITU BEKERJA BELAJAR BENERNYA BERALAMAT BERANI BERASAL BERKAS BERNAMA
    BESOK BIAR BIASA BIASANYA BINGUNG BOS BROSUR BUKA BULANNYA CALON CARANYA CEPAT CERITA COBA COM CONTOH
    COWOK CEWEK CS DALAM DATA DATANG DEKAT DEPAN DESA DIAJAKIN DIBERANGKATKAN DIBILANG DICEK DIHUBUNGI
    DIJANJIKAN DIKIRIM DIMANA DIMINTA DIREKRUT DISANA DISINI DISURUH DITAHAN DITANYA DITIPU DOKUMEN DP DR
    DUIT ENAK FACEBOOK FB FORMULIR FOTO GABUNG GAES GIMANA GINI GITU GRUP GUE GURU HABIS HARGA HARI HARUS
    HATI HITAM HP HTTP HTTPS HUBUNGI IBUNYA IG IJAZAH IKUT INSTAGRAM ISTRI JADINYA JAGA JALAN JALUR JAM
    JANGAN JL JOB JUJUR KABAR KABUPATEN KAKAK KALI KAMPUNG KANTORE KARENANYA KARTU KASIH KASUS KAWAN KAYAK
    KECAMATAN KELUARGA KEMARIN KENA KENAL KERJANYA KERJAAN KETEMU KETERANGAN KHAWATIR KIRA KIRIMAN KONTAK
    KONTRAK KOTA KTP LALU LAMA LAMAR LAMARAN LANGSUNG LANSIA LAPOR LIAT LIHAT LINK LOKASI LOWONGANNYA LU
    MAJIKAN MAKA MAKSUD MALAH MAMAH MASALAH MASUK MENAWARKAN MENDAFTAR MENGAKU MENIPU MENURUT MERTUA MESTI
    MINGGU MUNGKIN NAHAN NAIK NAMPAK NANTI NAWARI NAWARIN NELPON NGAJAK NGAKU NGURUS NYARANIN NYARI OKE
    ONGKOS ONLINE ORANGE ORANGNYA ORTU PAHAM PAKET PALING PAMAN PANGGIL PASAR PASPOR PASTI PEKERJA PEKERJAAN
    PELATIHAN PENAMPUNGAN PENGEN PENTING PERCAYA PERGI PERLU PESAN PIHAK PINDAH POTONGAN PROSES PULANG
    RIBU RUMAH RUMAHNYA SALAH SAMPAI SAMPE SEBELUM SEDANG SEBENARNYA SEBUAH SEKITAR SELAMA SEMINGGU SEMUA
    SEPERTI SEPUPU SERING SERIUS SESUAI SETELAH SETUJU SODARA SOAL SPONSORNYA SUAMI SUKA SURUH TADI TAHUN
    TAKUT TANDA TANGAN TANGGAL TANYAIN TELEPON TELP TENTANG TERBANG TERKAIT TERNYATA TETAP TETEH TGL TIAP
    TIKET TIKTOK TINGGAL TMN TUH TUJUAN TULIS UANG URUS USAHA WARGA WEBSITE WELDER WHATSAPP WWW YT YOUTUBE
    """
)
_ROLES = _set("SPONSOR CALO TEKONG MAKELAR PERANTARA PERORANGAN PERSEORANGAN")
_TITLES = _set(
    """PAK BAPAK BPK BU IBU MBAK MAS BANG KAK OM TANTE HAJI HAJAH HJ USTAD USTADZ USTAZ KYAI KIAI
    GUS CAK KANG TEH PAKDE BUDE PAKLIK MAMI BOS JURAGAN TETANGGA TEMAN SAUDARA"""
)
GIVEN_NAMES = _set(
    """ABDUL ACHMAD AGUS AHMAD AMINAH ANDI ANI ASEP AYU BAMBANG BUDI DEDI DENI DEWI DIAN DWI EKO
    ENDANG FITRI HADI HASAN HENDRA HERU IMAM INDAH IRWAN JOKO KARTINI LINA MARYATI MOHAMAD MUHAMMAD
    MULYONO NUR NURUL PARDI RATNA RINA RINI RUDI SARI SITI SLAMET SRI SUHARTO SUPARDI SUPRIYADI
    SURYANI SUSI SUTRISNO TINI TONO UDIN WAHYU WATI WAWAN YANTI YANTO YULI YUSUF"""
)
"""Common first names, enough to tell a person's name from a company's when nothing else does."""
_AROUND_A_NAME = _ASKING_WORDS | _COUNTRIES | _TALKING_WORDS | _ROLES | _TITLES
_LEGAL_ENDINGS = _set("TBK PERSERO")
_MAX_NAME_WORDS = 9
_MAX_WORD = 40
_LICENCE_DIGITS = 8
"""An NIB has 13 digits; a shorter number than this is a year, a price or a house number."""
_MOST_DIGITS = 24
"""Groups are put together up to so many."""
_GENERIC_WORDS = """
    INDONESIA MANDIRI ABADI JAYA SEJAHTERA PUTRA SUKSES KARYA DUTA GLOBAL UTAMA MITRA SEJATI CITRA
    PRATAMA INTERNASIONAL PRIMA INSAN MANPOWER ANUGERAH PERSADA BINA PERKASA SENTOSA CAHAYA
    NUSANTARA INDO BERSAMA LESTARI TENAGA GROUP BERKAH MULIA SAMUDRA SAMUDERA SUMBER BANGSA MAKMUR
    INSANI BALI RAYA SELARAS BUANA BAHARI SINAR ANTAR CIPTA GRAHA SEMESTA SETIA MAS DAYA SURYA
    MAJU PELAUT
"""
"""Words in five or more of the 526 names listed on 17 Sep 2026, and sector words (5.1, 5.3)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Neighbouring words that may be a company's name; `marked` when PT or its like led in."""

    words: tuple[str, ...]
    marked: bool = False
    form: str = ""
    """The mark itself: PT, CV …"""

    def trimmed(self) -> tuple[str, ...]:
        """Without the asking words at both ends that some company's name happens to contain."""
        words = list(self.words)
        while words and words[-1] in _AROUND_A_NAME:
            words.pop()
        while words and words[0] in _AROUND_A_NAME:
            words.pop(0)
        return tuple(words)

    def parts(self) -> Iterator[tuple[str, ...]]:
        """All the words, then fewer: people write on behind a name, and before it without PT."""
        yield self.words
        for end in range(len(self.words) - 1, 1, -1):
            yield self.words[:end]
        if not self.marked:
            for start in range(1, min(len(self.words) - 1, 4)):
                for end in range(len(self.words), max(len(self.words) - 3, start + 1), -1):
                    yield self.words[start:end]


def name_words(text: str) -> list[str]:
    """Words in capitals without accents, marks and legal endings; "P.T. Y A S R I" → PT YASRI."""
    words: list[str] = []
    letters = ""
    for word in [*in_letters(re.findall(r"[A-Z0-9]+", plain(text))), ""]:
        if len(word) == 1 and word.isalpha():
            letters += word
            continue
        if letters.startswith("PT"):
            words += ["PT", letters[2:]]
        else:
            words.append(letters)
        words.append(word)
        letters = ""
    return [word[:_MAX_WORD] for word in words if word and word not in _LEGAL_ENDINGS]


def mentions(words: Sequence[str], in_names: frozenset[str] = frozenset()) -> list[Mention]:
    """The possible company names in a message, those behind PT or its like first.

    `in_names` are the words of known names: they don't end a name even when people also ask
    with them ("Sumber Tenaga Kerja Remaja Abadi").
    """
    found: dict[Mention, None] = {}
    current: list[str] = []
    mark = ""
    for word in _with_marks_apart(words, in_names):
        ends = not word or word[0].isdigit() or word in COMPANY_MARKS
        first = bool(mark) and not current and word in _COUNTRIES  # "PT Kamboja Jaya"
        if not ends and (first or word in in_names or word not in _AROUND_A_NAME):
            current.append(word)
            continue
        mention = Mention(tuple(current[:_MAX_NAME_WORDS]), bool(mark), mark)
        if mention.trimmed():
            found[mention] = None
        current, mark = [], word if word in COMPANY_MARKS else ""
    return sorted(found, key=lambda mention: not mention.marked)


def _with_marks_apart(words: Sequence[str], in_names: frozenset[str]) -> Iterator[str]:
    """ "PTmaju jaya" is PT MAJU JAYA, unless a known name begins so; then "" for the end."""
    for word in words:
        if len(word) > 4 and word.startswith("PT") and word not in in_names:
            yield "PT"
            yield word[2:]
        else:
            yield word
    yield ""


def names_a_person(words: Sequence[str]) -> bool:
    """A sponsor or calo, or somebody by name."""
    return any(word in _ROLES for word in words) or names_somebody(words)


def names_somebody(words: Sequence[str]) -> bool:
    """A title that begins a name, or no more than a common person's name."""
    for before, title, name in zip(["", *words], words, words[1:], strict=False):
        begins = not before or before in _AROUND_A_NAME
        if begins and title in _TITLES and name not in _AROUND_A_NAME | COMPANY_MARKS:
            return True
    names = [word for word in words if word not in _AROUND_A_NAME]
    return 0 < len(names) <= 2 and names[0] in GIVEN_NAMES and len(rare_words(names)) == len(names)


def could_be_a_name(text: str) -> bool:
    """Three letters beside the asking words, a role such as sponsor, or a licence's digits."""
    words = name_words(text)
    named = [word for word in words if word not in _ASKING_WORDS | _COUNTRIES | COMPANY_MARKS]
    letters = sum(letter.isalpha() for word in named for letter in word)
    return letters >= 3 or sum(letter.isdecimal() for letter in text) >= 8


GENERIC = frozenset(fold((word,)) for word in _GENERIC_WORDS.split())


def company_words(name: str) -> tuple[str, ...]:
    return tuple(word for word in name_words(name) if word not in COMPANY_MARKS)


def rare_words(words: Iterable[str]) -> set[str]:
    """The folded words that are not in every second company's name."""
    return {sound for word in words if len(sound := fold((word,))) > 2} - GENERIC


def initials_of(words: Sequence[str]) -> set[str]:
    """With and without a last INDONESIA or INTERNASIONAL; short ones fit too many (5.1)."""
    full = "".join(word[0] for word in words)
    return {letters for letters in (full, full[:-1]) if 3 <= len(letters) <= 5}


def licence_numbers(text: str) -> Iterator[str]:
    """Licence numbers as people type them: in one piece or in groups, each digit apart, wide."""
    text = plain(text)
    groups = list(re.finditer(r"[0-9]+", text))
    joined = [
        re.fullmatch(r"[ \t./_-]{0,3}", text[one.end() : other.start()]) is not None
        for one, other in pairwise(groups)
    ]
    for start, first in enumerate(groups):
        number, at = first[0], start
        while len(number) < _LICENCE_DIGITS and at < len(joined) and joined[at]:
            at += 1
            number += groups[at][0]
        while len(number) >= _LICENCE_DIGITS:
            yield number
            if at >= len(joined) or not joined[at] or len(number) >= _MOST_DIGITS:
                break
            at += 1
            number += groups[at][0]
