"""What a message names, in the words of villagers, brokers and job posters: money, ages, all."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.entities import Age, Entities, Placed
from tests.flows.reading_entities import found

# ---- money


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("gaji 15 jt", [(15_000_000, "IDR", None, "")]),
        ("gajinya 15jt/bln bersih", [(15_000_000, "IDR", None, "month")]),
        ("15 juta sebulan", [(15_000_000, "IDR", None, "month")]),
        ("gajih 10 juta sabulan", [(10_000_000, "IDR", None, "month")]),
        ("sebulan 15 juta lho mbak", [(15_000_000, "IDR", None, "month")]),
        ("gaji perbulan 7jt", [(7_000_000, "IDR", None, "month")]),
        ("15 jt bersih per bulan", [(15_000_000, "IDR", None, "month")]),
        ("Rp15.000.000,-", [(15_000_000, "IDR", None, "")]),
        ("Rp. 15.000.000,-/bulan", [(15_000_000, "IDR", None, "month")]),
        ("Rp 15,000,000", [(15_000_000, "IDR", None, "")]),
        ("Rp1.500.000,00", [(1_500_000, "IDR", None, "")]),
        ("IDR 4.500.000", [(4_500_000, "IDR", None, "")]),
        ("biayanya 12,5 juta", [(12_500_000, "IDR", None, "")]),
        ("1.5jt aja", [(1_500_000, "IDR", None, "")]),
        ("5-7 juta per bulan", [(5_000_000, "IDR", 7_000_000, "month")]),
        ("5 sampai 7 jt", [(5_000_000, "IDR", 7_000_000, "")]),
        ("15 jt s/d 20 jt", [(15_000_000, "IDR", 20_000_000, "")]),
        ("Rp 5.000.000 - Rp 7.500.000", [(5_000_000, "IDR", 7_500_000, "")]),
        ("500rb-1jt", [(500_000, "IDR", 1_000_000, "")]),
        ("500-1 juta", [(500_000, "IDR", 1_000_000, "")]),
        ("dp 500rb dulu", [(500_000, "IDR", None, "")]),
        ("500 ribu sehari", [(500_000, "IDR", None, "day")]),
        ("100k per jam", [(100_000, "IDR", None, "hour")]),
        ("minta dua juta", [(2_000_000, "IDR", None, "")]),
        ("lima ratus ribu", [(500_000, "IDR", None, "")]),
        ("setengah juta", [(500_000, "IDR", None, "")]),
        ("satu setengah juta", [(1_500_000, "IDR", None, "")]),
        ("dua juta setengah", [(2_500_000, "IDR", None, "")]),
        ("dua puluh lima juta rupiah", [(25_000_000, "IDR", None, "")]),
        ("satu juta dua ratus lima puluh ribu", [(1_250_000, "IDR", None, "")]),
        ("dikon mbayar rong juta", [(2_000_000, "IDR", None, "")]),
        ("bayar sejuta", [(1_000_000, "IDR", None, "")]),
        ("1 juta 500 ribu", [(1_500_000, "IDR", None, "")]),
        ("2jt500", [(2_500_000, "IDR", None, "")]),
        ("hutang 30 jutaan", [(30_000_000, "IDR", None, "")]),
        ("Rp 100rban", [(100_000, "IDR", None, "")]),
        ("gaji 20.000.000-30.000.000 per bulan", [(20_000_000, "IDR", 30_000_000, "month")]),
        ("$800-$1200", [(800, "USD", 1_200, "")]),
        ("Gaji 1,8-2,2jt won", [(1_800_000, "KRW", 2_200_000, "")]),
        ("bayar 3 juta anak saya belum berangkat", [(3_000_000, "IDR", None, "")]),
        ("500 ribu hari ini", [(500_000, "IDR", None, "")]),
        ("gaji15jt", [(15_000_000, "IDR", None, "")]),
        ("denda Rp15.000.000.000,00", [(15_000_000_000, "IDR", None, "")]),
        ("ditawari gawe gajine 9 yuta", [(9_000_000, "IDR", None, "")]),
        ("denda Rp 2,5 M", [(2_500_000_000, "IDR", None, "")]),
        ("gaji 15.000.000", [(15_000_000, "IDR", None, "")]),
        ("admin 250.000 transfer dulu", [(250_000, "IDR", None, "")]),
        ("RM 2.500", [(2_500, "MYR", None, "")]),
        ("RM1700/bulan", [(1_700, "MYR", None, "month")]),
        ("2500 ringgit sebulan", [(2_500, "MYR", None, "month")]),
        ("seribu lima ratus ringgit", [(1_500, "MYR", None, "")]),
        ("1.200 riyal", [(1_200, "SAR", None, "")]),
        ("gaji 1200 real", [(1_200, "SAR", None, "")]),
        ("gaji 15 juta real no tipu2", [(15_000_000, "IDR", None, "")]),
        ("800 USD", [(800, "USD", None, "")]),
        ("$800-1.000", [(800, "USD", 1_000, "")]),
        ("1000 dollar", [(1_000, "USD", None, "")]),
        ("NT$ 27.470", [(27_470, "TWD", None, "")]),
        ("27.470 NT per bulan", [(27_470, "TWD", None, "month")]),
        ("20 ribu dolar taiwan", [(20_000, "TWD", None, "")]),
        ("HK$ 4.990/bln", [(4_990, "HKD", None, "month")]),
        ("600 dolar singapura", [(600, "SGD", None, "")]),
        ("S$650", [(650, "SGD", None, "")]),
        ("AUD 1.200/minggu", [(1_200, "AUD", None, "week")]),
        ("180 ribu yen", [(180_000, "JPY", None, "")]),
        ("¥180.000", [(180_000, "JPY", None, "")]),
        ("2 juta won", [(2_000_000, "KRW", None, "")]),
        ("1.000 euro", [(1_000, "EUR", None, "")]),
        ("€900", [(900, "EUR", None, "")]),
        ("1.500 dirham", [(1_500, "AED", None, "")]),
        ("１５ jt", [(15_000_000, "IDR", None, "")]),
        ("1️⃣5️⃣ jt", [(15_000_000, "IDR", None, "")]),
        ("15\u200b jt", [(15_000_000, "IDR", None, "")]),
        ("dp 5jt sisanya potong gaji 3jt/bln", [(5_000_000, "IDR", None, ""),
        (3_000_000, "IDR", None, "month")]),
    ],
)  # fmt: skip
def test_amounts(text: str, amounts: list[tuple[float, str, float | None, str]]) -> None:
    assert [(a.value, a.currency, a.high, a.per) for a in found(text).amounts] == amounts


@pytest.mark.parametrize(
    "text",
    [
        "jam 3 sore hujan", "no 3", "rt 02 rw 05", "kode pos 63471", "UU 18/2017", "Pasal 69",
        "2 juta orang", "seratus ribu followers", "1,5 juta pengikut di tiktok", "10rb orang",
        "5 m dari masjid", "seribu alasan", "sejuta rasa", "NIK 3502140408900001", "12.05.2024",
        "0812-3456-7890", "anak 2", "kelas 3 SMP", "tinggi 150 cm", "500.000 penduduk", "4 bulan",
        "PP 59/2021 pasal 12", "ditahan 3 hari 2 malam", "tgl 17.08.2026", "Rp", "juta",
        "jutaan orang", "kode laporan 7F3K-29", "#3k", "10 juta anak putus sekolah",
    ],
)  # fmt: skip
def test_no_amount(text: str) -> None:
    assert found(text).amounts == ()


# ---- ages


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("umur 15 th", 15, 15), ("umurnya baru 15", 15, 15), ("baru 15 tahun", 15, 15),
        ("usia 18-45 tahun", 18, 45), ("usia: 21 s/d 40 th", 21, 40), ("umur 18 sampai 35", 18, 35),
        ("15thn", 15, 15), ("anak 14 taun", 14, 14), ("anake umure 16 taun", 16, 16),
        ("min 21 th", 21, None), ("paling muda 18 tahun", 18, None),
        ("minimal usia 21", 21, None), ("max 35", None, 35),
        ("maks 40 tahun", None, 40), ("di bawah 18", None, 17), ("dibawah 18 tahun", None, 17),
        ("di bawah umur 18", None, 17), ("18 tahun ke atas", 18, None), ("umur kurang dari 17", None, 16),
        ("adik saya 17 tahun", 17, 17), ("umurku limolas", 15, 15), ("enam belas tahun", 16, 16),
        ("gadis 16th", 16, 16), ("umur sudah 20 tahun", 20, 20), ("Siti 16 th mau diberangkatkan", 16, 16),
        ("umur１７th", 17, 17), ("masih 17", 17, 17), ("baru 15.", 15, 15), ("umurnya blm 18", None, 17),
        ("nggak sampai 18 th", None, 17), ("anak di bawah umur baru 15 tahun", 15, 15),
        ("anak saya umur 3 tahun", 3, 3), ("wanita 21-38th", 21, 38),
    ],
)  # fmt: skip
def test_ages(text: str, low: int | None, high: int | None) -> None:
    assert [(a.low, a.high) for a in found(text).ages] == [(low, high)]


@pytest.mark.parametrize(
    "text",
    [
        "kontrak 2 tahun", "penjara 15 tahun", "sudah 15 tahun di Arab", "15 tahun yang lalu",
        "max 35 orang", "min 21 hari", "pengalaman 12 tahun", "15 jt", "jam 15", "no 17",
        "tinggal 20 kursi",
        "diancam pidana paling lama 15 tahun penjara", "selama 10 tahun", "paspor berlaku 10 tahun",
        "tahun 2010", "rt 15 rw 17", "di bawah 18 juta", "15 tahun kerja", "UU Nomor 18 Tahun 2017",
        "SK 16 tahun 2020",
        "Pasal 1 angka 13 sampai 15 dan", "masih 17 orang", "umur 2 minggu", "anak umur 5 bulan",
    ],
)  # fmt: skip
def test_no_age(text: str) -> None:
    assert found(text).ages == ()


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("lahir 2010", 2010), ("lahir tahun 2009", 2009), ("kelahiran 2008", 2008),
        ("lahir di Malang 3 Mei 2008", 2008), ("lahir tgl 12-05-2010", 2010), ("lair taun 2011", 2011),
    ],
)  # fmt: skip
def test_year_of_birth(text: str, born: int) -> None:
    (age,) = found(text).ages
    assert (age.born, age.low, age.high) == (born, None, None)
    assert found(text).departures == ()


def test_an_age_from_a_year_of_birth_is_two_ages() -> None:
    assert Age(None, None, 2010, 0, 1).on(date(2026, 11, 22)) == (15, 16)
    assert Age(15, 15, None, 0, 1).on(date(2026, 11, 22)) == (15, 15)


# ---- whole messages, and nasty ones


def test_an_advertisement() -> None:
    read = found(
        "🔥LOKER🔥 Wanita usia 18-45 th, Taiwan NT$ 27.470/bln, Kamboja admin 800 USD. DP 2,5 juta ke "
        "BCA 1234567890 a.n Siti. Visa turis, berangkat besok jam 4 sore. Hub 0812-3456-7890 bit.ly/x"
    )
    assert [a.currency for a in read.amounts] == ["TWD", "USD", "IDR"]
    assert [(a.low, a.high) for a in read.ages] == [(18, 45)]
    assert [c.code for c in read.destinations] == ["TW", "KH"]
    assert [a.number for a in read.accounts] == ["1234567890"]
    assert [(t.when, t.clock) for t in read.departures] == [("tomorrow", "16:00")]
    assert [v.kind for v in read.visas] == ["tourist"]
    assert len(read.phones) == len(read.links) == 1


def test_spans_are_those_of_the_message_as_it_came() -> None:
    text = "🔥 K\u200bamboja gaji １５\u200d jt 😭 umur 1️⃣7️⃣ th"
    read = found(text)
    places: list[Placed] = [*read.destinations, *read.amounts, *read.ages]
    assert [text[x.start : x.end] for x in places] == ["K\u200bamboja", "１５\u200d jt", "1️⃣7️⃣ th"]


def spans_of(read: Entities) -> list[tuple[int, int]]:
    placed: list[Placed] = [
        *read.amounts, *read.ages, *read.phones, *read.accounts, *read.links, *read.visas,
        *read.destinations, *read.departures, *read.licences,
    ]  # fmt: skip
    holders = [account.holder for account in read.accounts if account.holder]
    return holders + [(entity.start, entity.end) for entity in placed]


_PIECES = """
    15 juta jt rb Rp RM 1.200 riyal - s/d umur th 17 min di bawah lahir 2010 0812-3456-7890 +62 wa.me/62
    BCA 1234567890 a.n Siti rekening atas nama transfer ke https:// bit.ly/x . [.] visa turis umroh /
    Kamboja ke malaysia besok nanti malam jam 23.30 tgl 25 desember 3 hari lagi NIB 9120001234567
    123/SIP3MI/2024 setengah dua ratus , 😭 １５ ㎏ ½ ﷺ İ ٣ kep.1/men pt $ ( ) se
"""
_PIECE = st.sampled_from([*_PIECES.split(), "\u200b", "\x00", " "])


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(_PIECE, max_size=40).map(" ".join),
        st.lists(_PIECE).map("".join),
    )
)
def test_never_raises_and_every_span_lies_in_the_message(text: str) -> None:
    for start, end in spans_of(found(text)):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["a", "1", " ", "a.", "1.", "1 ", "1-", "0 8 1 ", "0812-", "visa nya ", "rek no ", "transfer ke ",
    "umur 1 ",
     "lahir 1 ", "dua juta ", "nib 1 ", "sip 1/", "http://", "[.]", "(dot)", "\u200b", "é", "ﷺ", "😭",
     "\x00", "malaysi ",
     "besok ", "3 hari ", "tgl 1 ", "a.n a ", "bca 1234567890 a.n "],
)  # fmt: skip
def test_any_repetition_is_read_in_bounded_work(piece: str) -> None:
    """A pattern that looks back on itself would take minutes here, not milliseconds."""
    text = (piece * 20_000)[:20_000]
    for start, end in spans_of(found(text)):
        assert 0 <= start < end <= len(text)
