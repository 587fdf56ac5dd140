"""What people are asked to pay, however they write it, and what is said of it."""

import pytest

from flows.conversations import shipped_catalog
from flows.costs import MOST, mark_of
from flows.costs_read import CostReader
from flows.departure_facts import load_costs
from flows.entities import load_extractor
from tests.flows.talking import place, say, talk, words

READER = CostReader(load_costs(), load_extractor())
EVERY = {cost.id: cost for cost in load_costs()}


def read(text: str) -> list[tuple[str, str]]:
    """(cost's id or "", as it is read back)."""
    return [(one.cost.id if one.cost else "", one.words) for one in READER.read(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tiket 5 juta, pelatihan 3 juta, medical 1 jt, uang jaminan 10 juta, potong gaji 6 bulan",
         [("tiket", "tiket 5 juta"), ("pelatihan", "pelatihan 3 juta"),
          ("medical", "periksa kesehatan 1 jt"), ("jaminan", "uang jaminan 10 juta"),
          ("potong_gaji", "potong gaji 6 bulan")]),
        # no marks between them
        ("tiket 5 juta pelatihan 3 juta visa 2jt",
         [("tiket", "tiket 5 juta"), ("pelatihan", "pelatihan 3 juta"), ("visa", "visa kerja 2jt")]),
        # the amount first
        ("5 juta buat tiket, 3jt untuk pelatihan",
         [("tiket", "tiket 5 juta"), ("pelatihan", "pelatihan 3jt")]),
        # lines, decimals, thousands
        ("Tiket: Rp 5.500.000\nMedikal: 1,2 juta",
         [("tiket", "tiket Rp 5.500.000"), ("medical", "periksa kesehatan 1,2 juta")]),
        ("tiket Rp. 5.000.000. visa Rp 2.000.000",
         [("tiket", "tiket Rp. 5.000.000"), ("visa", "visa kerja Rp 2.000.000")]),
        # fewer amounts than things: the nearest
        ("sponsor minta 5 juta untuk tiket",
         [("sponsor", "jasa sponsor atau calo"), ("tiket", "tiket 5 juta")]),
        ("tiket 5 juta visa medical 3jt",
         [("tiket", "tiket 5 juta"), ("visa", "visa kerja"),
          ("medical", "periksa kesehatan 3jt")]),
        # without a unit
        ("medical 1200000 dan paspor 350", [("medical", "periksa kesehatan 1200000"),
                                            ("paspor", "paspor 350")]),
        ("sponsor 081234567890", [("sponsor", "jasa sponsor atau calo")]),
        # slips of the finger
        ("tikett 5jt, pelatian 3jt, medicak 1jt, pasporr 700rb",
         [("tiket", "tiket 5jt"), ("pelatihan", "pelatihan 3jt"),
          ("medical", "periksa kesehatan 1jt"), ("paspor", "paspor 700rb")]),
        # Javanese, Sundanese and Malay words and endings
        ("tikete 5jt karo priksa dokter sejuta", [("tiket", "tiket 5jt"),
                                                  ("medical", "periksa kesehatan")]),
        ("tiketnya 5jt jeung bikin paspor 700 rebu",
         [("tiket", "tiket 5jt"), ("paspor", "paspor 700 rebu")]),
        ("bayar taikong 3000 ringgit", [("sponsor", "jasa sponsor atau calo 3000 ringgit")]),
        ("PL minta 3 juta", [("sponsor", "jasa sponsor atau calo 3 juta")]),
        # the longer name wins
        ("jaminan sosial 300rb", [("bpjs", "BPJS, asuransi 300rb")]),
        ("jaminan ijazah", [("surat_berharga", "ijazah, sertifikat tanah")]),
        ("sertifikat tanah", [("surat_berharga", "ijazah, sertifikat tanah")]),
        # named twice
        ("tiket 5 juta, tiket pulang 4 juta", [("tiket", "tiket 5 juta")]),
        # on no list
        ("uang rokok 200rb", [("", "uang rokok 200rb")]),
    ],
)  # fmt: skip
def test_what_is_read(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text", ["", "gaji 9 juta", "gajinya 15jt per bulan", "total 25 juta", "halo pak", "berapa ya"]
)
def test_wages_and_totals_are_no_costs(text: str) -> None:
    assert read(text) == []


def test_more_than_ten_things_are_counted_and_not_lost() -> None:
    """Typed or picked: the answer fits a message, and says what it leaves out."""
    things = [cost.words[0] for cost in EVERY.values() if cost.mark != "forbidden"]
    typed = talk("cek biaya", ", ".join(f"{word} 1 juta" for word in things[: MOST + 2]))
    assert "; 2 lagi: cek sesudah ini." in words(typed)
    more = say(say(typed.session, "tambah yang lain").session, "ktp 100rb")
    assert "; 3 lagi: cek sesudah ini." in words(more)
    assert words(say(more.session, "betul")).count(" 1 juta") == MOST


def test_identity_numbers_are_not_read_back() -> None:
    assert "3502012305900001" not in str(read("nik 3502012305900001 bayar 5 juta"))


def test_a_thing_on_no_list_is_unclear() -> None:
    (asked,) = READER.read("uang rokok 200rb")
    assert mark_of(asked) == "unclear"


@pytest.mark.parametrize("cost_id", EVERY)
def test_every_spelling_is_understood_as_its_own_cost(cost_id: str) -> None:
    for word in EVERY[cost_id].words:
        assert [found for found, _ in read(f"{word} 2 juta")] == [cost_id], word


# ---- the verdict


@pytest.mark.parametrize(
    ("told", "node", "said"),
    [
        ("tiket 5 juta, uang jaminan 10 juta", "costs.placement",
         ["UU 18/2017 Pasal 30", "daftar biaya penempatan 2020: tiket 5 juta.",
          "Belum jelas, tanya dulu: uang jaminan 10 juta.", "berubah sejak 2025"]),
        ("ktp 300rb, tiket 5 juta", "costs.forbidden",
         ["TIDAK BOLEH diminta", "Dilarang hukum: KTP, KK, akta lahir 300rb.", "tiket 5 juta"]),
        ("calo minta 5 juta", "costs.forbidden", ["Dilarang hukum: jasa sponsor atau calo 5 juta."]),
        ("potong gaji 6 bulan", "costs.unclear", ["BELUM JELAS", "potong gaji 6 bulan"]),
        ("paspor 650 ribu", "costs.unclear", ["paspor 650 ribu"]),
        ("pas foto 20rb", "costs.own", ["keperluan sendiri", "Minta kuitansi"]),
        ("uang rokok 200rb", "costs.unclear", ["uang rokok 200rb"]),
    ],
)  # fmt: skip
def test_the_gravest_comes_first_and_the_next_step_last(
    told: str, node: str, said: list[str]
) -> None:
    verdict = talk("cek biaya", told, "betul")
    assert place(verdict) == node
    for part in said:
        assert part in words(verdict)
    lines = words(verdict).splitlines()
    assert len(lines) <= 6
    assert "Disnaker atau BP3MI" in lines[-1]


@pytest.mark.parametrize(
    "told",
    [", ".join(f"{cost.words[0]} 2 juta" for cost in load_costs()[at : at + MOST])
     for at in range(0, len(EVERY), MOST)],
)  # fmt: skip
def test_no_answer_accuses_or_promises(told: str) -> None:
    texts = [words(talk("cek biaya", told, *more)) for more in (("ya",), ("ya", "kenapa"))]
    for text in texts:
        assert text
        for word in ("penipu", "ilegal", "gratis", "pasti", "aman", "dijamin"):
            assert word not in text.casefold().split()
        assert len(text) <= 1024
        assert text.count("\n") < 6


def test_the_source_of_each_thing_is_behind_sumber() -> None:
    told = words(talk("cek biaya", "tiket 5 juta, ktp 100rb", "betul", "sumber"))
    assert "UU 18/2017 Pasal 30" in told
    assert "UU 24/2013 Pasal 79A" in told
    assert "diperiksa 22-11-2026" in told


def test_what_was_told_becomes_the_reports_beginning() -> None:
    asked = talk("cek biaya calo minta 5 juta", "ya", "lapor yang janggal")
    assert asked.session.flow == "tip_off"
    assert asked.session.answers["what"] == "Diminta bayar: calo minta 5 juta"
    asked = talk(
        "cek biaya", "tiket 5 juta", "tambah yang lain", "paspor", "ya", "lapor yang janggal"
    )
    assert asked.session.answers["what"].startswith("Diminta bayar: tiket 5 juta")
    assert "paspor" in asked.session.answers["what"]


def test_words_behind_the_trigger_are_read_at_once() -> None:
    for begun in ("cek biaya tiket 5 juta", "diminta bayar tiket 5 juta", "biaya berapa"):
        assert talk(begun).session.flow == "costs", begun
    assert place(talk("cek biaya tiket 5 juta")) == "costs.read_back"
    assert place(talk("biaya berapa")) == "costs.ask"


def test_a_picked_thing_and_a_typed_one_stand_together() -> None:
    told = talk("cek biaya", "pilih dari daftar", "tiket", "tambah yang lain", "pas foto 20rb")
    assert "Yang saya baca: foto, fotokopi 20rb; tiket." in words(told)
    assert "belum terbaca" in words(talk("cek biaya", "pilih dari daftar", "apa saja"))
    again = talk("cek biaya", "tiket 5 juta", "tulis ulang", "visa 2 juta")
    assert "tiket" not in words(again)


@pytest.mark.parametrize("answer", ["ya betul", "sudah", "udah betul", "betul pak", "1"])
def test_what_was_read_is_confirmed_as_it_was_asked(answer: str) -> None:
    """The question is "Sudah betul?"."""
    assert place(talk("cek biaya", "tiket 5 juta", answer)) == "costs.placement"
    assert place(talk("cek biaya", "tiket 5 juta", "belum")) == "costs.ask"


def test_every_choice_of_the_shipped_flow_has_a_text() -> None:
    catalog = shipped_catalog()
    assert {"costs", "departure"} <= catalog.flows.keys()
