"""Telephone numbers, accounts, links and licences as they are typed."""

import pytest

from tests.flows.reading_entities import found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0812-3456-7890", ["+6281234567890"]),
        ("hub +62 812 3456 7890", ["+6281234567890"]),
        ("wa.me/6281234567890", ["+6281234567890"]),
        ("6281234567890", ["+6281234567890"]),
        ("0812.3456.7890", ["+6281234567890"]),
        ("0812 3456 7890 15 jt", ["+6281234567890"]),
        ("0812 3456 789 15 jt", ["+628123456789"]),
        ("(+62)81234567890", ["+6281234567890"]),
        ("081234567890 081298765432", ["+6281234567890", "+6281298765432"]),
        ("0812-3456-7890/0857-1234-5678", ["+6281234567890", "+6285712345678"]),
        ("0 8 1 2 3 4 5 6 7 8 9 0", ["+6281234567890"]),
        ("wa 81234567890", ["+6281234567890"]),
        ("０８１２３４５６７８９０", ["+6281234567890"]),
        ("0812\u200b34567890", ["+6281234567890"]),
        ("+60 12-345 6789", ["+60123456789"]),
        ("nomor malaysia 011-2345 6789", ["+601123456789"]),
        ("+886 912 345 678", ["+886912345678"]),
        ("telp 021-5551234", ["+62215551234"]),
        ("(0351) 461234", ["+62351461234"]),
        ("NIK 3502140408900001", []),
        ("nik 3502 1404 0890 0001", []),
        ("350214 081290 0001", []),
        ("NIB 9120001234567", []),
        ("Rp 15.000.000", []),
        ("25-12-2026", []),
        ("0812", []),
        ("NIB 0812220007492", []),
        ("0808230119529", []),
        ("0895123456789", ["+62895123456789"]),
        ("kode 63471", []),
    ],
)
def test_phones(text: str, numbers: list[str]) -> None:
    assert [phone.number for phone in found(text).phones] == numbers


@pytest.mark.parametrize(
    ("text", "bank", "number", "kind", "holder"),
    [
        ("BCA 1234567890 a.n Siti", "bca", "1234567890", "person", "Siti"),
        (
            "tf ke BCA: 123-456-7890 atas nama Siti Aminah ya",
            "bca",
            "1234567890",
            "person",
            "Siti Aminah",
        ),
        ("rek BRI 0021-01-012345-50-7", "bri", "002101012345507", "unknown", ""),
        (
            "no rek mandiri 1370012345678 a/n PT Karya Abadi",
            "mandiri",
            "1370012345678",
            "company",
            "PT Karya Abadi",
        ),
        ("Bank BNI no. rekening 0123456789 an. Budi", "bni", "0123456789", "person", "Budi"),
        ("1234567890 BCA a.n. CV Maju", "bca", "1234567890", "company", "CV Maju"),
        (
            "rekening 123456789012 atas nama yayasan kasih",
            "",
            "123456789012",
            "company",
            "yayasan kasih",
        ),
        ("transfer ke rekening atas nama Budi Santoso", "", "", "person", "Budi Santoso"),
        ("transfernya ke rekening pribadi", "", "", "person", "pribadi"),
        ("bayar ke rekening PT Maju Jaya", "", "", "company", "PT Maju Jaya"),
        ("dana 081234567890 an Sri", "dana", "081234567890", "person", "Sri"),
        (
            "rek BCA an pribadi 7610123456 atas nama Dewi Lestari untuk medical",
            "bca",
            "7610123456",
            "person",
            "Dewi Lestari",
        ),
        (
            "No rek : 3578-01-023456-53-1 BRI a.n. PT. KARYA MANDIRI",
            "bri",
            "357801023456531",
            "company",
            "PT. KARYA MANDIRI",
        ),
        ("gopay 0812-3456-7890", "gopay", "081234567890", "unknown", ""),
        ("ovo: 085712345678", "ovo", "085712345678", "unknown", ""),
    ],
)
def test_accounts(text: str, bank: str, number: str, kind: str, holder: str) -> None:
    (account,) = found(text).accounts
    start, end = account.holder or (0, 0)
    assert (account.bank, account.number, account.holder_kind) == (bank, number, kind)
    assert text[start:end] == holder


@pytest.mark.parametrize(
    "text",
    [
        "dana desa 500.000.000", "saya berangkat mandiri", "rekening koran", "nik 3502140408900001",
        "transfer 5 juta", "ditransfer majikan", "nama saya Siti", "PT Maju Jaya 0812-3456-7890",
    ],
)  # fmt: skip
def test_no_account(text: str) -> None:
    assert found(text).accounts == ()


def test_an_account_is_no_licence_and_no_amount() -> None:
    read = found("mandiri 1370012345678 a/n Siti, biaya 5 juta")
    assert (read.licences, read.phones) == ((), ())
    assert [amount.value for amount in read.amounts] == [5_000_000]


@pytest.mark.parametrize(
    ("text", "host", "url"),
    [
        ("daftar bit.ly/LokerLN", "bit.ly", "bit.ly/LokerLN"),
        ("wa.me/6281234567890", "wa.me", "wa.me/6281234567890"),
        ("join t.me/lokerln.", "t.me", "t.me/lokerln"),
        ("tiktok.com/@loker", "tiktok.com", "tiktok.com/@loker"),
        ("https://www.Contoh.com/a?b=1, ya", "contoh.com", "https://www.Contoh.com/a?b=1"),
        ("hxxps://contoh[.]com/a", "contoh.com", "https://contoh.com/a"),
        ("bit[.]ly/x", "bit.ly", "bit.ly/x"),
        ("lokerluar.xyz", "lokerluar.xyz", "lokerluar.xyz"),
        ("cek kemnaker.go.id", "kemnaker.go.id", "kemnaker.go.id"),
        ("s.id/loker", "s.id", "s.id/loker"),
        ("langsung berangkat.bit.ly/abc", "bit.ly", "bit.ly/abc"),
    ],
)
def test_links(text: str, host: str, url: str) -> None:
    assert [(link.host, link.url) for link in found(text).links] == [(host, url)]


@pytest.mark.parametrize(
    "text",
    ["berangkat.besok", "p.t. maju", "a@gmail.com", "gaji 1.500.000", "dll.", "jam 23.30", "katanya.me too",
     "cepat.info hubungi", "a.n. Siti", "s.d. 20"],
)  # fmt: skip
def test_no_link(text: str) -> None:
    assert found(text).links == ()


@pytest.mark.parametrize(
    ("text", "kind", "digits", "raw"),
    [
        ("NIB 9120001234567", "nib", "9120001234567", "9120001234567"),
        ("terdaftar 0811220007492", "nib", "0811220007492", "0811220007492"),
        ("izinnya 9120001234567", "nib", "9120001234567", "9120001234567"),
        ("NIB: 9120 0012 34567", "nib", "9120001234567", "9120 0012 34567"),
        ("No. 123/SIP3MI/2024", "sip3mi", "123", "123/SIP3MI/2024"),
        ("SIP2MI no 45/B/2025", "sip2mi", "45", "45/B/2025"),
        ("SIP3MI nomor: 678", "sip3mi", "678", "678"),
        ("KEP.545/MEN/2012", "other", "545", "KEP.545/MEN/2012"),
    ],
)
def test_licences(text: str, kind: str, digits: str, raw: str) -> None:
    assert [(x.kind, x.digits, x.raw) for x in found(text).licences] == [(kind, digits, raw)]


@pytest.mark.parametrize(
    "text",
    [
        "0812345678901",
        "NIK 3502140408900001",
        "SIP3MI ada",
        "sip pak 15",
        "123/2024",
        "Kepmen 260/2015",
    ],
)
def test_no_licence(text: str) -> None:
    assert found(text).licences == ()
