"""What one free message tells of a report, and what it only seems to tell."""

import pytest

from flows.entities import load_extractor
from flows.hearing import Hearing

HEARING = Hearing(load_extractor())


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("kemarin malam ada calo", "kemarin malam"),
        ("tadi pagi jam 9 mereka dibawa", "tadi pagi jam 9"),
        ("berangkat besok pagi", "besok pagi"),
        ("sejak bulan lalu dia tidak digaji", "sejak bulan lalu"),
        ("dua minggu yang lalu", "dua minggu yang lalu"),
        ("setiap malam ada kapal", "setiap malam"),
        ("wingi bengi", "wingi"),
        ("4 bulan tidak digaji", ""),
        ("umurnya 15 tahun", ""),
    ],
)
def test_when(text: str, when: str) -> None:
    assert HEARING.hear(text).get("when", "") == when


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Pak Joko menahan paspor saya", "Pak Joko"),
        ("dibawa calo bernama joko ke kota", "joko"),
        ("PT Sumber Jaya Abadi minta 20 juta", "PT Sumber Jaya Abadi"),
        ("yang ajak nomornya 081234567890", "081234567890"),
        ("Pak kades minta uang untuk surat izin", "Pak kades"),
        ("mau diberangkatkan ke Malaysia sama calo namanya Darmo", "Darmo"),
        # Whoever it was done to, whoever was asked for help, and plain roles are not the doer.
        ("Bu Sri disekap di Kamboja", ""),
        ("sudah lapor pak kades tidak digubris", ""),
        ("Ada calo mengumpulkan paspor di rumah Pak Joko", ""),
        ("ada calo minta uang", ""),
        ("tolong pak saya ditipu", ""),
    ],
)
def test_who(text: str, who: str) -> None:
    assert HEARING.hear(text).get("who", "") == who


@pytest.mark.parametrize(
    ("text", "victim", "helps"),
    [
        ("adik saya disekap", "adik saya", True),
        ("Paspor saya ditahan dan saya diminta membayar", "saya sendiri", False),
        ("tetangga saya menawari anak saya kerja", "anak saya", True),
        ("mereka mengumpulkan anak gadis di rumah kosong", "anak gadis", True),
        ("ada calo di terminal", "", False),
        ("saya lapor untuk orang lain, takut", "", True),
    ],
)
def test_to_whom(text: str, victim: str, helps: bool) -> None:
    heard = HEARING.hear(text)
    assert heard.get("victim", "") == victim
    assert ("helper" in heard) is helps


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        ("saya ada bukti transfer dan punya foto", "bukti transfer, foto"),
        ("saya tidak ada bukti", ""),
        ("foto ktp diminta", ""),
    ],
)
def test_proof(text: str, proof: str) -> None:
    assert HEARING.hear(text).get("proof", "") == proof


def test_a_country_counts_where_somebody_is_there() -> None:
    told = "di Malaysia dia ditahan, dulu mau ke Taiwan"
    assert HEARING.countries(told, ("di",)) == ["my"]


@pytest.mark.parametrize("text", ["", "🙂", "A" * 4000, "Pak " * 900, "di " * 1500, "1" * 3000])
def test_strange_words_are_heard_as_nothing(text: str) -> None:
    assert HEARING.hear(text) == {}
