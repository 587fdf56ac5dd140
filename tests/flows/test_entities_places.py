"""Visas and countries as they are typed, and what only looks like one."""

import pytest

from tests.flows.reading_entities import found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("visa umroh", ["umrah"]), ("berangkat pakai visa umrah", ["umrah"]),
        ("visanya umroh dulu", ["umrah"]),
        ("visa umroh/ziarah", ["umrah", "ziarah"]), ("visa haji", ["umrah"]), ("visa ziarah", ["ziarah"]),
        ("visa turis", ["tourist"]), ("visanya cuma turis", ["tourist"]), ("visa jalan2", ["tourist"]),
        ("masuknya pakai visa jalan-jalan", ["tourist"]), ("tourist visa", ["tourist"]),
        ("visa bebas 30 hari", ["tourist"]),
        ("pisa wisata", ["tourist"]), ("visa liburan", ["tourist"]), ("visa kunjungan", ["visit"]),
        ("visit visa", ["visit"]), ("visa kerja", ["work"]), ("calling visa", ["work"]),
        ("visa 407", ["other"]), ("visa subclass 482", ["work"]), ("visa WHV", ["whv"]),
        ("urus WHV bayar dulu", ["whv"]), ("working holiday visa", ["whv"]), ("visa pelajar", ["student"]),
        ("bukan visa kerja tapi visa turis", ["work", "tourist"]), ("visane nggo kerjo", []),
        ("visa apa ya", []), ("bisa kerja", []), ("visa sudah jadi", []), ("saya kerja di sana, visa?", []),
        ("dia umroh tahun lalu", []),
    ],
)  # fmt: skip
def test_visas(text: str, kinds: list[str]) -> None:
    assert [visa.kind for visa in found(text).visas] == kinds


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kerja di Kamboja", ["KH"]), ("kambodja", ["KH"]), ("Cambodia", ["KH"]),
        ("dikirim ke Poipet", ["KH"]),
        ("sihanoukville", ["KH"]), ("sihanokvile", ["KH"]), ("myawaddy", ["MM"]), ("Miyanmar", ["MM"]),
        ("ke Laos", ["LA"]), ("arab saudi", ["SA"]), ("saudi", ["SA"]), ("riyad", ["SA"]),
        ("jeddah", ["SA"]),
        ("Dubai UEA", ["AE", "AE"]), ("tkw ke malay", ["MY"]), ("malaisia", ["MY"]), ("malaysa", ["MY"]),
        ("ke kl lewat johor", ["MY", "MY"]), ("kuching", ["MY"]), ("taiwn", ["TW"]), ("taipe", ["TW"]),
        ("Hong Kong", ["HK"]), ("hongkong", ["HK"]), ("ke hk", ["HK"]), ("singapur", ["SG"]),
        ("sngapura", ["SG"]), ("jepang", ["JP"]), ("jepnag", ["JP"]), ("korsel", ["KR"]),
        ("korea selatan", ["KR"]),
        ("brunei", ["BN"]), ("turki", ["TR"]), ("irak", ["IQ"]), ("ke suriah", ["SY"]),
        ("kuwait qatar oman", ["KW", "QA", "OM"]),
        ("bahrain", ["BH"]), ("yordania", ["JO"]), ("libya", ["LY"]), ("polandia", ["PL"]),
        ("jerman", ["DE"]),
        ("ostrali", ["AU"]), ("austrlia", ["AU"]), ("selandia baru", ["NZ"]), ("kanada", ["CA"]),
        ("cina", ["CN"]), ("china", ["CN"]), ("tiongkok", ["CN"]), ("kemalaysia", ["MY"]),
        ("ditaiwan", ["TW"]),
        ("malaysianya", ["MY"]), ("#lokerjepang", ["JP"]), ("irak/suriah", ["IQ", "SY"]),
        ("katanya Turki sekarang jadi Irak", ["TR", "IQ"]),
        ("K\u200bamboja", ["KH"]),
        ("𝐊𝐚𝐦𝐛𝐨𝐣𝐚", ["KH"]), ("maroko", ["MA"]), ("timor leste", ["TL"]),
        ("dari thailand nyebrang", ["TH"]),
    ],
)  # fmt: skip
def test_destinations(text: str, codes: list[str]) -> None:
    assert [country.code for country in found(text).destinations] == codes


@pytest.mark.parametrize(
    "text",
    [
        "les bahasa jepang", "bunga kamboja", "Pak Oman", "kl mau tanya", "uk 40", "ga usa", "foto.jpg png",
        "jenang", "belanja", "senang tenang menang", "herman riyadi", "melanda", "ayam bangkok", "aman",
        "20 ribu dolar taiwan", "pedang perang pegang", "antara", "berlian", "becanda", "beranda",
        "batam", "sudah makan", "kerja di Jakarta", "bu Suriah", "mesin", "kucing", "diarak",
        "bangko", "bungkok",
    ],
)  # fmt: skip
def test_no_destination(text: str) -> None:
    assert found(text).destinations == ()
