"""What a broadcast may say: ordinary announcements pass, names, strange links and old facts don't."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.broadcast_plan import Plan
from flows.broadcast_rules import MAX_TEXT, MAX_WITHDRAWAL, Ours, problems
from flows.catalog import HotlineEntry, Source
from flows.quoting import Fact
from tests.flows.ports import NOW
from tests.flows.talking import CATALOG

DAY = date(2026, 11, 23)
OURS = Ours(
    hosts=frozenset({"kentongan.example"}),
    chats=frozenset({"wa.me/6281234567890", "t.me/kentongan_ponorogo_bot"}),
    hotlines=CATALOG.hotlines,
    companies=lambda text: ("Maju Jaya Abadi",) if "maju jaya abadi" in text.lower() else (),
)


def found(text: str, day: date = DAY, **more: Any) -> list[str]:
    plan = replace(Plan(text, ("35.02",)), **more)
    told = problems(plan, facts=CATALOG.facts, day=day, ours=OURS, now=NOW)
    return [key.removeprefix("broadcasts.") for key, _ in told]


PASS = [
    "Bapak Ibu warga Desa Ngrayun, besok pukul 09.00 ada penyuluhan di balai desa.",
    "BAPAK IBU WARGA DESA NGRAYUN HARAP KUMPUL DI BALAI DESA BESOK JAM 9 PAGI. TERIMA KASIH",
    "Pak Kades dan Bu Bidan mengundang ibu hamil ke Posyandu hari Rabu.",
    "Bapak/Ibu yang keluarganya bekerja di luar negeri, silakan datang ke kantor desa.",
    "Yth. Bapak RT 03 dan Ibu RT 04, mohon sampaikan undangan ini kepada warga.",
    "Ibu-ibu PKK dan bapak-bapak kelompok tani, pertemuan pindah ke hari Kamis.",
    "Kepala Desa Ngrayun mengundang seluruh warga hadir di Balai Desa.",
    "Bapak Camat Ngrayun dan Bapak Bupati Ponorogo akan hadir membuka acara.",
    "Kanim Ponorogo membuka layanan paspor keliling di Kecamatan Ngrayun hari Sabtu.",
    "Layanan paspor: bawa KTP, KK, akta lahir dan surat rekomendasi. Daftar di https://www.imigrasi.go.id.",
    "Jangan percaya calo. Urus paspor sendiri di kantor imigrasi.",
    "Awas penipuan lowongan kerja di media sosial dengan gaji 15 juta ke Kamboja.",
    "Hati-hati, ada penipu yang mengaku petugas imigrasi dan minta uang lewat telepon.",
    "Cek dulu PT yang menawarkan kerja: tulis CEK dan nama PT-nya di sini.",
    "PT penempatan harus punya SIP3MI. PT tidak boleh menahan paspor Anda.",
    "Jangan transfer ke rekening pribadi siapa pun. Minta kuitansi resmi.",
    "Kalau diminta bayar di muka, itu penipuan. Lapor ke PIMPASA desa Anda.",
    "Butuh bantuan? Telepon KP2MI 0800-1000 atau SAPA 129.",
    "Pak RT dan Bu RT diminta mendata warga yang bekerja di Malaysia dan Taiwan.",
    "Ibu rumah tangga yang suaminya bekerja di luar negeri bisa ikut kelas hari Minggu.",
    "Saudara yang baru pulang dari luar negeri, mohon lapor ke kantor desa.",
    "Mas dan mbak lulusan SMA yang ingin kerja ke luar negeri, ikut kelas gratis di balai desa.",
    "Acara di Masjid Nurul Huda, Dusun Krajan, ba'da Isya. Ada tanya jawab dengan petugas imigrasi.",
    "Pertemuan di Lapangan Ahmad Yani, Jalan Jenderal Sudirman, mulai jam 8 pagi.",
    "Jadwal kantor: Senin sampai Jumat pukul 08.00 sampai 15.00. Hari Minggu tutup.",
    "Selamat Hari Raya Idul Fitri. Kantor tutup 3 hari dan buka lagi hari Senin.",
    "Warga yang akan berangkat ke Arab Saudi, bawa fotokopi paspor dan visa ke kecamatan.",
    "Ada calo yang menahan paspor warga di kecamatan kita. Kalau Anda diajak, tanya dulu ke sini.",
    "Lulusan LPK pelatihan bahasa Korea boleh bertanya soal G to G di kantor desa.",
    "Pak Babinsa dan Bhabinkamtibmas ikut hadir. Bapak dan Ibu dipersilakan bertanya.",
    "Bapak harap membawa KTP. Ibu mohon membawa KK. Anak boleh ikut.",
    "Gaji 8 juta sebulan tanpa paspor kerja? Tanya dulu. Jangan kirim foto KTP ke orang tak dikenal.",
    "Tulis pertanyaan Anda di https://t.me/kentongan_ponorogo_bot?start=35.02 atau wa.me/6281234567890.",
    "Berita acara ada di https://kentongan.example/acara dan www.ponorogo.go.id/desa.",
    "Pembagian BLT hari Jumat jam 9 di Balai Desa, antre menurut RT. Tidak dipungut biaya.",
    "Dokter puskesmas memeriksa kesehatan calon pekerja migran, gratis, hari Selasa.",
    "Posyandu pindah ke rumah Bu Kasun, Senin jam 8.",
    "Kelas paspor: Ustadz dan Ustadzah pondok boleh ikut, cukup bawa KTP.",
    "Vaksinasi ternak di Dusun Sari Mulyo hari Rabu. Hubungi perangkat desa.",
    "Periksa kesehatan di RSUD dr. Harjono, lalu ke Jalan H. Agus Salim nomor 5.",
    "Kumpul di Jl. Dr. Sutomo, depan SMAN 1, lalu berangkat bersama ke kantor imigrasi.",
    "Rapat RT dimulai pukul 19.30 WIB. Mohon hadir tepat waktu, terima kasih.",
]  # fmt: skip

REFUSED = [
    ("Pak Slamet sering mengajak warga kerja ke Malaysia tanpa paspor kerja.", "names_person"),
    ("pak slamet dari dusun krajan mengajak warga kerja ke malaysia", "names_person"),
    ("Waspada ajakan Bu Sumiatun, jangan mau diberangkatkan.", "names_person"),
    ("Bapak H. Sutrisno menjanjikan gaji 15 juta di Kamboja.", "names_person"),
    ("Sdr. Budi Santoso dicari karena membawa lari uang warga.", "names_person"),
    ("Perekrut bernama Joko sedang berkeliling di desa kita.", "names_person"),
    ("Uang diminta atas nama Siti Aminah, jangan dibayar dulu.", "names_person"),
    ("Seorang sponsor berinisial S mengajak warga ke Taiwan.", "names_person"),
    ("Mbak Yanti membuka pendaftaran kerja ke Hongkong, hati-hati.", "names_person"),
    ("Kades Supardi memungut biaya untuk surat izin keluarga.", "names_person"),
    ("Slamet Riyadi menahan paspor tujuh warga dusun.", "names_person"),
    ("Warga bernama rudi belum pulang dari Kamboja, mohon info.", "names_person"),
    ("Sukinah binti Karto belum kembali dari Malaysia.", "names_person"),
    ("Mulyono (45) ditangkap karena mengirim warga ke Kamboja.", "names_person"),
    ("IBU SITI MEMBUKA LOWONGAN KERJA KE TAIWAN, JANGAN MAU", "names_person"),
    ("Awas, PAK SLAMET mengajak warga kerja ke Malaysia.", "names_person"),
    ("Kata PAK BUDI ada lowongan di Malaysia, hati-hati.", "names_person"),
    ("Warung Bu Sari menerima titipan uang untuk berangkat ke Malaysia.", "names_person"),
    ("Ajakan dr. Harjono ke Kamboja jangan diikuti dulu.", "names_person"),
    ("Mbak Diana dan Bu Melati mengajak warga ke Hongkong.", "names_person"),
    ("mbak diana mengajak warga kerja ke hongkong, hati-hati", "names_person"),
    ("Daftar penyuluhan ke 0812-3456-7891 ya, Bapak Ibu.", "names_contact"),
    ("Hubungi WA +62 857 1111 2222 untuk ikut penyuluhan.", "names_contact"),
    ("Transfer ke BCA 1234567890 untuk biaya paspor.", "names_contact"),
    ("NIK 3502014504900001 belum mengambil paspor di kantor.", "names_contact"),
    ("Yang belum ambil paspor: [NIK disembunyikan]. Segera datang.", "names_contact"),
    ("Jangan percaya akun @kerja_taiwan_cepat, itu bukan kami.", "names_contact"),
    ("Awas akun Facebook Loker Taiwan Cepat yang minta uang.", "names_contact"),
    ("Kirim berkas ke kerjamalaysia@gmail.com paling lambat besok.", "names_contact"),
    ("PT Maju Terus tidak punya izin. Jangan mendaftar ke sana.", "names_company"),
    ("pt maju terus tidak punya izin jangan daftar ke sana ya", "names_company"),
    ("CV. Karya Bersama memberangkatkan warga tanpa izin.", "names_company"),
    ("LPK Sakura Indah menjanjikan kerja di Jepang, hati-hati.", "names_company"),
    ("Maju Jaya Abadi membuka lowongan di kecamatan, awas.", "names_company"),
    ("Daftar di bit.ly/abc ya, warga semua.", "bad_link"),
    ("Daftar di bit . ly / abc ya, warga semua.", "bad_link"),
    ("Daftar di bit titik ly/abc ya, warga semua.", "bad_link"),
    ("Daftar di hxxp://kerja-taiwan[.]com ya, warga semua.", "bad_link"),
    ("Tanya langsung ke wa.me/6285711112222 ya, warga semua.", "bad_link"),
    ("Gabung di t.me/loker_taiwan_cepat ya, warga semua.", "bad_link"),
    ("Gabung di https://t.me/kentongan_ponorogo_bot2 ya, semua.", "bad_link"),
    ("Daftar penyuluhan di https://imigrasi.go.id.evil.com/x ya.", "bad_link"),
    ("Daftar penyuluhan di https://go.id@evil.com/x ya, warga.", "bad_link"),
    (r"Daftar penyuluhan di https://evil.com\@imigrasi.go.id ya.", "bad_link"),
    ("Daftar penyuluhan di imigrasi.gо.id ya, warga semua.", "bad_link"),
    ("Daftar penyuluhan di kerja\u200b.taiwan\u200b.com ya, warga.", "bad_link"),
    ("Daftar penyuluhan di http://[::1 ya, warga semua.", "bad_link"),
    ("Kepala dusun itu calo, jangan mau diajak berangkat.", "accuses"),
    ("Dia penipu, sudah tiga orang jadi korban di dusun kita.", "accuses"),
    ("Pemilik toko dekat pasar itu tekong. Hati-hati.", "accuses"),
    ("Calo Sumarno berkeliling lagi di dusun kita.", "accuses"),
    ("Halo", "too_short"),
    ("🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂", "too_short"),
    ("x" * (MAX_TEXT + 1), "too_long"),
]  # fmt: skip


@pytest.mark.parametrize("text", PASS)
def test_an_ordinary_announcement_passes(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_may_not_be_said_is_refused_with_its_reason(text: str, why: str) -> None:
    assert why in found(text)


def test_there_are_enough_rows_of_both() -> None:
    assert len(PASS) >= 30
    assert len(REFUSED) >= 30


def test_no_card_of_our_own_is_refused() -> None:
    """What we teach may be sent: the rules know our own words."""
    for lesson in CATALOG.lessons:
        for card in (*lesson.cards, lesson.action):
            refused = [
                why
                for why in found(card.text, kind="lesson")
                if why not in ("too_long", "old_fact")
            ]
            assert not refused, (lesson.id, card.text)


@settings(max_examples=60, deadline=None)
@given(
    text=st.sampled_from([text for text, why in REFUSED if not why.startswith("too_")]),
    before=st.sampled_from(PASS[:10]),
    after=st.sampled_from(PASS[10:20]),
)
def test_company_of_harmless_words_does_not_hide_what_is_refused(
    text: str, before: str, after: str
) -> None:
    assert found(f"{before} {text} {after}"[: MAX_TEXT + 100])


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    found(text)


# ---- a company by its act


ACT: dict[str, Any] = {
    "act": "KEP.123/2026",
    "source": "KP2MI, siaran pers",
    "source_date": date(2026, 11, 20),
}
REVOKED = "Izin PT Maju Terus dicabut. Jangan mendaftar ke sana."


def test_a_company_may_be_named_by_its_official_act_alone() -> None:
    assert found(REVOKED, **ACT) == []
    assert found("Izin Maju Jaya Abadi dicabut. Jangan mendaftar.", **ACT) == []
    for missing in ACT:
        assert found(REVOKED, **{k: v for k, v in ACT.items() if k != missing}) == ["names_company"]


def test_not_even_an_act_lets_somebody_be_called_a_fraud() -> None:
    assert found("PT Maju Terus penipu. Jangan mendaftar ke sana.", **ACT) == ["accuses"]
    assert found("Izin PT Maju Terus dicabut, kata Pak Slamet.", **ACT) == ["names_person"]


def test_a_name_in_the_source_is_read_too() -> None:
    assert "names_person" in found(PASS[0], source="Kata Pak Slamet")


# ---- a warning


WARNING: dict[str, Any] = {
    "kind": "warning",
    "source": "Kemlu, imbauan",
    "source_date": date(2026, 11, 20),
    "expires": NOW + timedelta(days=30),
}
TEXT = "Jangan berangkat kerja ke Kamboja sebelum cek ke Disnaker."


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, []),
        ({"danger": True}, []),
        ({"source": " "}, ["needs_source"]),
        ({"source_date": None}, ["needs_source"]),
        ({"source_date": date(2026, 11, 24)}, ["source_ahead"]),
        ({"source_date": date(2026, 11, 23)}, []),
        ({"expires": None}, ["needs_expiry"]),
        ({"expires": NOW}, ["needs_expiry"]),
        ({"expires": NOW + timedelta(days=90)}, []),
        ({"expires": NOW + timedelta(days=90, minutes=1)}, ["expires_late"]),
    ],
)
def test_a_warning_says_whose_it_is_and_until_when(change: dict[str, Any], why: list[str]) -> None:
    assert found(TEXT, **(WARNING | change)) == why


def test_only_a_warning_may_wake_people() -> None:
    assert found(TEXT, danger=True) == ["no_danger"]
    assert found(TEXT, kind="correction", danger=True) == ["no_danger"]
    assert found(TEXT, kind="withdrawal", danger=True) == []


def test_a_withdrawal_is_short() -> None:
    assert found("warga " * 40, kind="withdrawal") == ["too_long"]
    assert len("warga " * 33) <= MAX_WITHDRAWAL
    assert found("warga " * 33, kind="withdrawal") == []


# ---- what has aged


@pytest.mark.parametrize("line", CATALOG.hotlines, ids=lambda line: line.id)
def test_a_hotline_past_its_day_is_refused(line: HotlineEntry) -> None:
    text = f"Bapak Ibu yang butuh bantuan, telepon {line.number} kapan saja."
    assert "old_number" not in found(text, line.review_by)
    assert "names_contact" not in found(text)
    assert "old_number" in found(text, line.review_by + timedelta(days=1))


def test_three_digits_are_a_number_only_where_they_are_called() -> None:
    far = date(2029, 1, 1)
    assert "old_number" not in found("Undangan untuk 110 orang dan 129 keluarga.", far)
    assert "old_number" in found("Kalau ada bahaya, telepon 110 sekarang juga.", far)


def test_an_old_fact_is_refused() -> None:
    source = Source("Permen", "https://jdih.go.id", date(2026, 1, 1), date(2026, 6, 1))
    fact = Fact("biaya pembuatan paspor biasa adalah enam ratus ribu rupiah", source)
    plan = Plan("Biaya pembuatan paspor biasa adalah enam ratus ribu rupiah.", ("35.02",))
    told = problems(plan, facts=[fact], day=DAY, ours=OURS, now=NOW)
    assert told == [("broadcasts.old_fact", (("quoted", fact.words[:60]), ("day", "01-06-2026")))]


def test_costs_and_documents_are_facts_too() -> None:
    known = {fact.words for fact in CATALOG.facts}
    far = datetime(2031, 1, 1, tzinfo=NOW.tzinfo).date()
    for document in CATALOG.documents:
        assert any(fact.source == document.source for fact in CATALOG.facts), document.id
    assert known
    document = next(one for one in CATALOG.documents if len(one.needs) > 40)
    assert "old_fact" in found(f"{document.needs} Sampai jumpa di balai desa."[:800], far)
