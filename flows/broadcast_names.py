"""Who must not be named in a broadcast: private persons, their numbers and accounts, companies.

Read from the words alone, as far as words can tell: a name behind a title (Pak, Bu, Sdr.), behind
"bernama" or "inisial", or one that begins with a common given name. Offices and groups of people
are no names ("Pak Kades", "Bapak Ibu warga", "Kepala Desa Ngrayun").
"""

import re
import unicodedata
from collections.abc import Iterator

from flows.company_names import GIVEN_NAMES
from flows.entities_accounts import find_accounts
from flows.entities_contacts import find_phones
from flows.entities_text import fold
from flows.forwarding import EMAIL
from flows.identity_numbers import HIDDEN_NIK, mask_identity_numbers
from flows.nodes import AskAgain
from flows.places import some_words


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OFFICES = _set(
    """
    kades lurah camat bupati walikota gubernur presiden menteri rt rw kepala sekretaris sekdes carik
    bayan modin kasun kadus kamituwo kaur kasi pj plt pjs guru dosen ustad ustadz ustaz ustadzah
    kyai kiai imam takmir pendeta pastor romo bidan dokter mantri perawat polisi tni polri kapolsek
    kapolres danramil dandim babinsa bhabinkamtibmas bhabin ketua wakil bendahara anggota pengurus
    petugas pegawai perangkat penyuluh pendamping kader relawan panitia pimpinan direktur hakim
    jaksa bpd lpmd pkk posyandu karang taruna pimpasa imigrasi disnaker nakes kapus pkm kanim
    pengawas penjaga satpam sopir pemilik pengelola bos majikan
    """
)
_PEOPLE = _set(
    """
    warga ibu bapak bapa bapak2 ibu2 pak bu saudara saudari mas mbak adik kakak sekalian semua
    semuanya para hamil menyusui rumah tangga muslimat fatayat aisyiyah lansia muda mudi kandung
    tiri mertua angkat kota negara pertiwi tani petani nelayan pedagang buruh pekerja calon pmi tki
    tkw purna anak orang tua wali murid siswa jamaah jemaah hadirin undangan kelompok keluarga
    suami istri tetangga teman lulusan kami kita anda kalian saya mereka beliau
    """
)
GRAMMAR = _set(
    """
    dan atau yang yg serta juga maupun harap mohon dimohon diharap diharapkan diminta boleh bisa
    dapat silakan silahkan jangan akan sudah belum mau ingin hendak punya memiliki di ke dari untuk
    utk agar supaya kalau kalo jika bila apabila dengan dgn tanpa tidak tdk tak bukan ada ini itu
    tersebut tolong wajib perlu harus datang hadir bawa membawa ikut mengikuti tahu tau pernah
    pasti sedang masih tetap segera besok bsk lusa hari sekarang nanti malam pagi siang sore jam
    pukul tanggal tgl pada oleh sebagai seperti karena sebab maka lalu kemudian setelah sebelum
    kepada tentang soal mengenai cukup cek periksa tanya bertanya lapor melapor hubungi telepon
    menghubungi daftar mendaftar kumpul berkumpul simpan siapkan menyiapkan isi mengisi ambil
    mengambil terima menerima dapatkan lihat melihat baca membaca dengar waspada hati ingat ingin
    berangkat bekerja kerja tinggal pulang kembali masuk keluar lewat melalui memakai pakai minta
    meminta bayar membayar urus mengurus buat membuat beri memberi kirim mengirim bantu membantu
    jaga menjaga pilih memilih ajak mengajak diajak diundang undang mengundang dilayani dibantu
    ditunggu dilarang dipersilakan disarankan terhormat yth tercinta sehat selamat terima kasih
    sangat lebih paling saling sendiri sama lagi pun saja aja ya lah kah nya
    """
)
_NO_NAMES = _OFFICES | _PEOPLE | GRAMMAR
_SHORT_TITLES = (
    "pak|bpk|bp|bu|sdr|sdri|mbak|mba|kang|cak|gus|tuan|tn|nyonya|ny|mbah|pakde|bude|paklik|bulik"
    "|pakdhe|budhe"
)
_LONG_TITLES = (
    "bapak|ibu|saudara|saudari|mas|kak|bang|abang|teh|neng|om|tante|adik|dik|ustad|ustadz|ustaz"
    "|kyai|kiai|haji|hajah|h|hj|drs|dr|si"
)
"""Words that also mean something else: what follows is a name only with a capital, or a known one."""
_TITLED = re.compile(
    rf"(?<![\w-])(?:(?P<short>{_SHORT_TITLES})|(?P<long>{_LONG_TITLES}))\b(?:\.\s?|\s+)"
    rf"(?:(?:(?:{_SHORT_TITLES}|{_LONG_TITLES})\b(?:\.\s?|\s+)){{0,3}})(?P<name>[^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\b(?:(?:bernama|atas nama|a\.n\.?|a/n|alias|dipanggil|namanya)\s+(?P<name>[^\W\d_][\w'’-]*)"
    r"|(?:ber)?inisial\s+(?P<initial>[^\W\d_]{1,4}\b))",
    re.IGNORECASE,
)
_LABEL_ALLOWS = _set(
    """
    pemerintah kantor desa kepala pimpinan pribadi sendiri seluruh segenap lain siapa siapapun
    instansi lembaga negara program aplikasi kegiatan kelompok m
    """
)
_KIN_OF = re.compile(r"\b[^\W\d_]+\s+(?:bin|binti)\s+[^\W\d_]+", re.IGNORECASE)
_AGED = re.compile(r"\b[A-Z][a-z'’]+\s*\(\s*\d{2}\s*(?:th|thn|tahun)?\s*\)")
_CAPITALS = re.compile(r"\b[A-Z][a-z'’]+(?:\s+[A-Z][a-z'’]+)*")
_BEFORE_PLACES = _set(
    """
    desa dusun kelurahan kec kecamatan kab kabupaten kota jalan jl jln gang masjid mushola musala
    langgar gereja pondok ponpes pesantren sd sdn smp smpn sma sman smk smkn mi mts man tk paud
    rsud rsu rs klinik puskesmas lapangan gedung pasar bandara stadion universitas kampus hari raya
    bulan tahun idul kampung lingkungan dukuh taman museum makam terminal stasiun pelabuhan bank
    toko warung sekolah yayasan jenderal sunan pangeran kanim kantor imigrasi balai aula
    """
)
_SENTENCE_END = re.compile(r"(?<=\w\w\w\w)[.!?]\s|[!?\n]")
"""Not behind "Jl." and "dr."."""
_FORMAL = _set("h hj dr drs ir kh haji hajah kyai kiai")
_OFFICE_NAMED = re.compile(
    r"\b(?:kades|kepala desa|lurah|camat|bupati|kasun|kadus|carik|bidan|guru|ketua rt|ketua rw"
    r"|babinsa|calo|sponsor|tekong|agen|penyalur|hubungi|temui)\s+(?P<name>[^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.])@(?:\w|\.(?=\w)){3,}")
_ACCOUNT = re.compile(
    r"\b(?i:akun|grup|group|fanpage|halaman|channel|kanal)\s+"
    r"(?i:fb|facebook|ig|instagram|tiktok|tik tok|telegram|tele|wa|whatsapp|twitter|x|youtube)"
    r"\s+(?:bernama\s+|atas nama\s+|nama\s+)?[\"“'‘]?(?P<name>[A-Z@][\w.’'-]*)"
    r"|\b(?i:fb|ig|tiktok|telegram)\s?[:=]\s?\S+"
)  # fmt: skip
_OUR_ACCOUNTS = _set("desa kantor kanim imigrasi pemerintah pemdes kelurahan resmi kami")


def nobodys(text: str) -> str:
    """A label or a title that names nobody and no way to reach anybody. Raises AskAgain."""
    kept = some_words(text)
    if persons(kept) or contacts(kept):
        raise AskAgain("meetings.no_names")
    return kept


def persons(text: str) -> list[str]:
    """Every private person's name in the text, as it was written, with what shows that it is one."""
    text = _calm(text)
    found = [*_titled(text), *_labelled(text), *_given(text)]
    found += [one[0] for one in _AGED.finditer(text)]
    found += [one[0] for one in _KIN_OF.finditer(text)]
    return list(dict.fromkeys(found))


def contacts(text: str, *, known: frozenset[str] = frozenset()) -> list[str]:
    """Numbers and accounts of somebody: telephones that are not `known` (digits without a leading
    0 or 62), bank accounts, NIK, e-mail outside go.id, social media."""
    plain = fold(text)
    masked = mask_identity_numbers(text)
    found = [HIDDEN_NIK] if HIDDEN_NIK in masked else []
    found += [one.raw for one in find_phones(plain) if bare_number(one.number) not in known]
    # "Jangan transfer ke rekening pribadi" is advice: an account has a number.
    found += [text[one.start : one.end] for one in find_accounts(plain) if one.number]
    found += [one[0] for one in EMAIL.finditer(text) if not one[0].lower().endswith("go.id")]
    found += [one[0] for one in _HANDLE.finditer(text)]
    found += [
        one[0]
        for one in _ACCOUNT.finditer(text)
        if not one["name"] or one["name"].casefold() not in _OUR_ACCOUNTS
    ]
    return list(dict.fromkeys(found))


def bare_number(number: str) -> str:
    """`+62 21 2924 4800`, `021-29244800` → `2129244800`."""
    digits = "".join(filter(str.isdecimal, number))
    return digits.removeprefix("62") if digits.startswith("62") else digits.lstrip("0")


LONGEST_SHORT = 4
"""Letters of "RT", "PKK", "TNI"; longer capitals may be a name."""
_SHOUTED = re.compile(r"(?:\b[A-Z'’]{2,}\b[\s,/&-]*){3,}")


def _calm(text: str) -> str:
    """Without look-alike forms; words that are shouted are read as if in small letters."""
    plain = unicodedata.normalize("NFKC", text)
    return _SHOUTED.sub(lambda words: words[0].lower(), plain)


def _titled(text: str) -> Iterator[str]:
    for match in _TITLED.finditer(text):
        name = match["name"]
        if _may_follow(name) or _is_of_a_place(match, text):
            continue
        known = name.upper() in GIVEN_NAMES
        capital = name[0].isupper() and not name.isupper()
        if match["short"] or known or (capital and _is_title(match)):
            yield match[0]


def _is_of_a_place(match: re.Match[str], text: str) -> bool:
    """ "RSUD dr. Harjono", "Jalan H. Agus Salim"; a shop of Bu Sari is somebody's."""
    formal = (match["long"] or "").casefold() in _FORMAL
    return formal and _led_by(text, match.start()) in _BEFORE_PLACES


def _led_by(text: str, start: int) -> str:
    """The word before, in small letters, past a formal title."""
    sentence = _SENTENCE_END.split(text[max(0, start - 30) : start])[-1]
    before = [word.casefold() for word in re.findall(r"[\w-]+", sentence)]
    while before and before[-1] in _FORMAL:
        before.pop()
    return before[-1] if before else ""


def _is_title(match: re.Match[str]) -> bool:
    """`H. Slamet`, `dr. Agus`; without its full stop a single letter is no title."""
    return match["long"].casefold() not in ("h", "hj", "dr", "drs") or "." in match[0]


def is_verb(word: str) -> bool:
    """Looks like one, and is no name: those begin with a capital."""
    return (
        re.fullmatch(r"(?:meng|meny|men|mem|di|ter|ber(?!kah|lian|jaya))[a-z]{4,}", word)
        is not None
    )


def _may_follow(word: str) -> bool:
    folded = word.casefold()
    base = folded.partition("-")[0]
    return (
        base in _NO_NAMES
        or base.removesuffix("nya") in _NO_NAMES
        or (is_verb(word) and word.upper() not in GIVEN_NAMES)
        or (word.isupper() and len(word) <= LONGEST_SHORT and word not in GIVEN_NAMES)
    )


def _labelled(text: str) -> Iterator[str]:
    for match in _LABELLED.finditer(text):
        if match["initial"] or match["name"].casefold() not in _NO_NAMES | _LABEL_ALLOWS:
            yield match[0]


def _given(text: str) -> Iterator[str]:
    """ "Slamet Riyadi" without any title; a known name alone only behind an office or a trade."""
    for match in _OFFICE_NAMED.finditer(text):
        if match["name"].upper() in GIVEN_NAMES and match["name"][0].isupper():
            yield match[0]
    for match in _CAPITALS.finditer(text):
        words = match[0].split()
        led_by = [_led_by(text, match.start()), *(word.casefold() for word in words)]
        for before, name, following in zip(led_by, words, words[1:], strict=False):
            if name.upper() in GIVEN_NAMES and before not in _BEFORE_PLACES:
                yield f"{name} {following}"
                break
