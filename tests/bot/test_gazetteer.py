"""Places from words, on the real list of 83,762 villages."""

import random
import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gazetteer import PlaceData
from bot.territory import Gazetteer, level_of, parent_code, regency_code
from tests.bot.places_found import assert_no_place, gazetteer, the_place

PONOROGO = ("35.02", "35.03", "35.01")
MALANG = ("35.07", "35.73", "35.79", "35.08", "35.13", "35.74", "35.75")
CILACAP = ("33.01", "33.02", "33.03", "33.04", "33.05")
KARAWANG = ("32.15", "32.14")


def test_the_list_is_ready_in_seconds_of_work() -> None:
    fresh = Gazetteer(PlaceData())
    begun = time.thread_time()
    fresh.warm_up()
    assert time.thread_time() - begun < 3


def test_the_list_is_loaded_once_in_a_process() -> None:
    first, second = Gazetteer().place("35.02"), Gazetteer().place("35.02")
    assert first == second
    assert Gazetteer()._atlas is Gazetteer()._atlas


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("desa ngrayun kec ngrayun kab ponorogo", "35.02.02.2009"),
        ("Ds. Selur RT 03/RW 02 Kec. Ngrayun, Kab. Ponorogo", "35.02.02.2008"),
        ("ds selur rt03rw02 kec ngryun kab ponorgo", "35.02.02.2008"),
        ("dusun krajan desa baosan lor kec ngrayun", "35.02.02.2006"),
        ("selur\nngrayun\nponorogo", "35.02.02.2008"),
        ("dukuh dempok wuluhan jember", "35.09.11.2004"),
        ("Desa Dukuh Dempok, Kec. Wuluhan, Kab. Jember", "35.09.11.2004"),
        ("lemah jaya wanadadi banjarnegara", "33.04.10.2006"),
        ("girimukti penajam", "64.09.01.2020"),
        ("lalonggaluku bondoala konawe", "74.02.21.2004"),
        ("rawagempol kulon cilamaya", "32.15.15.2011"),
        ("pagubugan binangun clp", "33.01.04.2012"),
        ("citeko plered pwk", "32.14.04.2006"),
        ("desa dolopo kec dolopo madiun", "35.19.02.2009"),
        ("kadu dampit kadudampit sukabumi", "32.02.30.2001"),
        ("golong narmada lobar", "52.01.03.2018"),
        ("sirom lamala banggai", "72.01.05.2011"),
        ("desa jepang kec mejobo kudus", "33.19.05.2002"),
        ("way layap gedong tataan pesawaran", "18.09.01.2004"),
    ],
)
def test_a_village_with_its_parents_is_found_however_it_is_spelt(text: str, code: str) -> None:
    answer = gazetteer.find(text)
    assert answer.place is not None
    assert answer.place.code == code
    assert answer.place.level == "village"
    assert 0.5 <= answer.confidence <= 1


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("ds sukamaju kec ngrayun ponorogo", "35.02.02", "no Sukamaju there"),
        ("sukamaju ngrayun", "35.02.02", "no Sukamaju there, no level words"),
        ("desa karangbolong indah kec ngrayun", "35.02.02", "invented"),
        ("desa mojosemi kec. sumberpucung kab malang", "35.07.12", "invented"),
        ("kp cikarang cilamaya wetan karawang", "32.15.15", "a hamlet is not the village"),
        ("desa sukamaju karawang", "32.15", "invented, and only the regency is known"),
        ("kecngrayun kabponorogo", "35.02.02", "glued level words"),
        ("ngrayunponorogo", "35.02.02", "glued names"),
        ("kec kota baru karawang", "32.15.25", "a name that begins with a level word"),
        ("ngrayun", "35.02.02", "a kecamatan and its village: the larger"),
        ("klojen malang", "35.73.02", "only the kota has it"),
        ("sumberpucung malang", "35.07.12", "only the kabupaten has it"),
        ("ponorgo", "35.02", "one letter missing"),
        ("kab malang", "35.07", "level word"),
        ("kota malang", "35.73", "level word"),
        ("bandung kota", "32.73", "level word behind"),
        ("subang", "32.13", "a regency, though villages share the name"),
        ("jakut", "31.72", "nickname"),
        ("lotim", "52.03", "nickname"),
        ("jawa timur", "35", "province"),
    ],
)
def test_what_is_not_a_known_village_becomes_the_larger_place(
    text: str, code: str, why: str
) -> None:
    assert the_place(text).code == code, why


@pytest.mark.parametrize(
    ("text", "within", "some"),
    [
        ("sukamaju", (), "Suka Maju"),
        ("desa sukamaju", KARAWANG, "Kab. Purwakarta"),
        ("karanganyar", PONOROGO, "Kab. Trenggalek"),
        ("malang", MALANG, "Kota Malang"),
        ("malang", (), "Kab. Malang"),
        ("mlg", (), "Kab. Malang"),
        ("bojongloa bandung", (), "Desa Bojongloa, Kec. Rancaekek, Kab. Bandung"),
        ("bojongloa bandung", (), "Kec. Bojongloa Kaler, Kota Bandung"),
        ("kec plered", (), "Kab. Cirebon"),
        ("desa cicadas subang", (), "Kab. Subang"),
        ("desa selur kec ngrayun kab trenggalek", (), "Kab. Trenggalek"),
        ("selur ngrayun kab trenggalek", (), "Kab. Ponorogo"),
        ("kec ngrayn", (), "Kec. Ngrayun, Kab. Ponorogo"),
    ],
)
def test_what_fits_several_places_or_contradicts_itself_is_asked(
    text: str, within: tuple[str, ...], some: str
) -> None:
    answer = gazetteer.find(text, within=within)
    assert answer.place is None
    assert 1 <= len(answer.ask) <= 5
    assert any(some in choice.name for choice in answer.ask)
    assert len({choice.code for choice in answer.ask}) == len(answer.ask)


def test_choices_of_the_own_office_stand_first() -> None:
    answer = gazetteer.find("karanganyar", within=CILACAP)
    own = [regency_code(choice.code) in CILACAP for choice in answer.ask]
    assert own[0]
    assert own == sorted(own, reverse=True)


def test_the_own_area_lends_support_to_a_lone_village_and_a_misspelt_kecamatan() -> None:
    assert the_place("saya dari desa mrayan", PONOROGO).code == "35.02.02.2005"
    assert the_place("kec ngrayn", PONOROGO).code == "35.02.02"
    assert gazetteer.find("desa mrayan", within=KARAWANG).place is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("malaysia", "my"),
        ("Malasyia", "my"),
        ("kerja di hongkong", "hk"),
        ("Hong Kong", "hk"),
        ("arab saudi", "sa"),
        ("taiwan", "tw"),
        ("kamboja", "kh"),
        ("jepang", "jp"),
        ("kuala lumpur", "my"),
    ],
)
def test_a_country_is_level_country(text: str, code: str) -> None:
    place = the_place(text, PONOROGO)
    assert (place.code, place.level) == (code, "country")
    assert gazetteer.place(code) == place


def test_a_home_village_named_with_a_country_is_the_home_village() -> None:
    assert the_place("taiwan, asal ngrayun ponorogo").code == "35.02.02"


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "xyzzy foo", "saya mau tanya soal kerja", "1234567890", "rt 3 rw 2"]
)
def test_text_without_a_place_is_nothing(text: str) -> None:
    assert_no_place(text)
    assert gazetteer.find(text).confidence == 0


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("35.02.02.2009", "Desa Ngrayun, Kec. Ngrayun, Kab. Ponorogo"),
        ("32.01.25.1010", "Kel. Cisarua, Kec. Cisarua, Kab. Bogor"),
        ("31.72.02", "Kec. Tanjung Priok, Kota Jakarta Utara"),
        ("31.01", "Kab. Kepulauan Seribu"),
        ("91.71.01.1001", "Kel. Gurabesi, Distrik Jayapura Utara, Kota Jayapura"),
        ("35.73", "Kota Malang"),
        ("35", "Jawa Timur"),
        ("tw", "Taiwan"),
    ],
)
def test_a_code_reads_as_people_say_it(code: str, name: str) -> None:
    place = gazetteer.place(code)
    assert place is not None
    assert place.name == name
    assert place.level == level_of(code)


@pytest.mark.parametrize("code", ["", "99", "35.02.02.9999", "35.02.", "zz", "ponorogo"])
def test_a_code_that_nobody_has_is_no_place(code: str) -> None:
    assert gazetteer.place(code) is None


def test_children_are_one_level_down() -> None:
    villages = gazetteer.children("35.02.02")
    assert len(villages) == 11
    assert {parent_code(village.code) for village in villages} == {"35.02.02"}
    assert gazetteer.children("35.02.02.2009") == ()
    assert len(gazetteer.children("")) == 38


def test_every_name_in_the_list_is_clean() -> None:
    for regency in (*PONOROGO, *KARAWANG, *CILACAP, "31.72"):
        for district in gazetteer.children(regency):
            for place in (district, *gazetteer.children(district.code)):
                assert place.name == " ".join(place.name.split())
                assert all(word[0] == word[0].upper() for word in place.name.split())


def _villages(regencies: tuple[str, ...]) -> list[str]:
    return [
        village.code
        for regency in regencies
        for district in gazetteer.children(regency)
        for village in gazetteer.children(district.code)
    ]


def test_a_readable_name_is_understood_as_the_same_place() -> None:
    """Two villages of one name in one kecamatan are asked; no other village is ever taken."""
    chance = random.Random(20260302)
    taken = 0
    for code in chance.sample(_villages((*PONOROGO, *KARAWANG, *CILACAP, *MALANG)), 300):
        place = gazetteer.place(code)
        assert place is not None
        answer = gazetteer.find(place.name)
        assert answer.place == place or place in answer.ask
        taken += answer.place == place
    assert taken >= 294


SEED_OFFICES = {
    "Kanim Karawang": KARAWANG,
    "Kanim Malang": ("35.07", "35.73"),
    "Kanim Cilacap": CILACAP,
    "Kanim Jakarta Utara": ("31.72",),
    "Kanim Ponorogo": PONOROGO,
}
NEIGHBOURS = {"a": "s", "e": "r", "i": "o", "o": "i", "u": "y", "n": "m", "g": "h", "k": "j"}
FORMS = (
    "ds {village} kec {district} {regency}",
    "desa {village} kec. {district} kab {regency}",
    "{village} {district} {regency}",
    "{village}, {district}, {regency}",
    "{village} kec {district}",
    "dsn krajan rt 02/03 ds {village} kec {district} kab {regency}",
    "{district} {regency}",
    "{village} {regency}",
)


def _misspelt(name: str, chance: random.Random) -> str:
    """One or two errors of a thumb: a swap, a lost or doubled letter, a neighbouring key."""
    for _ in range(chance.choice((1, 1, 2)) if len(name) > 7 else 1):
        at = chance.randrange(1, max(2, len(name) - 1))
        letter, rest = name[at], name[at + 1 :]
        name = name[:at] + chance.choice(
            (
                rest[:1] + letter + rest[1:],
                rest,
                2 * letter + rest,
                NEIGHBOURS.get(letter, letter) + rest,
            )
        )
    return name


def _bare(code: str) -> str:
    place = gazetteer.place(code)
    assert place is not None
    return place.name.split(",")[0].split(" ", 1)[1].lower()


def _query(code: str, chance: random.Random) -> str:
    words = {}
    for field, part in (("village", code), ("district", code[:8]), ("regency", code[:5])):
        name = _bare(part)
        name = _misspelt(name, chance) if chance.random() < 0.7 else name
        words[field] = name.replace(" ", "") if chance.random() < 0.08 else name
    return chance.choice(FORMS).format(**words)


@pytest.mark.parametrize("with_own_area", [True, False])
def test_misspelt_addresses_reach_the_right_office_and_hardly_ever_a_wrong_one(
    with_own_area: bool,
) -> None:
    chance = random.Random(7)
    right = wrong = 0
    spent = []
    cases = [
        (area, code)
        for area in SEED_OFFICES.values()
        for code in chance.choices(_villages(area), k=40)
    ]
    for area, code in cases:
        text = _query(code, chance)
        begun = time.thread_time()
        answer = gazetteer.find(text, within=area if with_own_area else ())
        spent.append(time.thread_time() - begun)
        places = (answer.place,) if answer.place else answer.ask
        right += bool(places) and all(regency_code(p.code) in area for p in places)
        wrong += answer.place is not None and regency_code(answer.place.code) not in area
    assert right / len(cases) >= 0.95
    assert wrong / len(cases) <= 0.02
    assert median(spent) <= 0.05


HOSTILE = {
    "one long word": "a" * 4096,
    "emoji": "\N{GRINNING FACE}" * 4096,
    "direction marks": "\u202e\u200f" * 2048,
    "new lines": "\n" * 4096,
    "ligatures that grow": "\ufdfa" * 4096,
    "one village name": "sukamaju " * 450,
    "common village names": "sukamaju mekarsari mekarjaya sidomulyo karanganyar " * 80,
    "marked village names": "desa sukamaju desa mekarsari desa sidomulyo " * 90,
    "kecamatan with errors": "kec ngarayn kec sumberpucng " * 140,
    "regency names": "bandung malang bogor kediri blitar madiun cirebon " * 80,
    "noise": " ".join(random.Random(3).choice("abcdeghiklmnoprstu") * 7 for _ in range(500)),
    "numbers": "rt 1 rw 2 " * 400,
    "combining marks": "a" + "\u0301" * 4000,
    "null bytes": "\x00ponorogo\x00" * 300,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_answered_in_bounded_time(text: str) -> None:
    begun = time.thread_time()
    answer = gazetteer.find(text, within=MALANG)
    assert time.thread_time() - begun < 1
    assert len(answer.ask) <= 5


def test_direction_marks_do_not_hide_a_name() -> None:
    place = gazetteer.find("\u202e\u200fNgra\u200byun\u200f, Ponorogo").place
    assert place is not None
    assert place.code == "35.02.02"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=1000)
def test_any_text_gives_one_place_or_choices_or_nothing(text: str) -> None:
    answer = gazetteer.find(text, within=PONOROGO)
    assert not (answer.place and answer.ask)
    assert 0 <= answer.confidence <= 1
