"""A code is heard as one however it is typed, and nothing that people say is taken for one."""

import pytest

from flows import receipt_codes

CODE = "7F3K-92QX-MN4T"


@pytest.mark.parametrize(
    "text",
    [
        "7F3K-92QX-MN4T", "7f3k 92qx mn4t", "7f3k92qxmn4t", " 7F3K – 92QX – MN4T. ", "7F3K.92QX.MN4T",
        "kode 7F3K 92QX MN4T", "Kode saya 7f3k 92qx mn4t", "kode: 7F3K-92QX-MN4T", "#7F3K-92QX-MN4T",
        "KODE 7F3K-92QX-MN4T ya pak", "buka 7F3K-92QX-MN4T", "Ini kode laporan saya 7F3K-92QX-MN4T",
    ],
)  # fmt: skip
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    for read in (receipt_codes.find, receipt_codes.typed):
        found = read(text)
        assert found is not None
        assert found.upper() == CODE


@pytest.mark.parametrize(
    "text",
    [
        "Juni 2026 lalu", "desa 2026 juli", "081234567890", "0812 3456 7890", "3502012305900001",
        "Jalan No 12 RT 5", "gaji 9000 juta", "kebangkrutan", "", "1", "PT Maju Jaya Abadi",
        "ada calo dari desa sini", "Tgl. 25 jam 9 di RT 04 RW 02",
        "foto kopi 20rb", "buat visa 15jt", "cuma buat 500k",
    ],
)  # fmt: skip
def test_what_people_say_is_no_code(text: str) -> None:
    assert receipt_codes.find(text) is None
    assert not receipt_codes.is_one(text)


def test_only_a_bare_code_is_the_whole_message() -> None:
    assert receipt_codes.is_one(" 7f3k 92qx mn4t! ")
    assert receipt_codes.is_one("Kode saya: 7F3K-92QX-MN4T")
    assert not receipt_codes.is_one("Calo itu naik mobil B1234XY, kode 7F3K-92QX-MN4T")


@pytest.mark.parametrize(
    "text", ["buka AAAA-BBBB-CCCC", "KODE aaaa-bbbb-cccc", "Buka AAAABBBBCCCC"]
)
def test_an_old_code_needs_its_word(text: str) -> None:
    assert receipt_codes.typed(text) is not None
    assert receipt_codes.find(text.replace("AAAABBBBCCCC", "AAAA BBBB CCCC")) is not None
    assert receipt_codes.find(text.partition(" ")[2]) is None


@pytest.mark.parametrize(
    "text",
    [
        "tidak tahu", "lupa", "7F3K-92QX", "halo", "x" * 4000, "tarik laporan", "tolong dong",
        "laporan saya gimana", "lupa kode", "lagi dong dulu", "081234567890", "buka mata kami dulu",
    ],
)  # fmt: skip
def test_what_cannot_be_a_code_is_no_try(text: str) -> None:
    assert receipt_codes.typed(text) is None
