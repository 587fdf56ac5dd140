"""A second way of making messy places, unlike the first: no templates, parts in any order.

Each text takes some of village, kecamatan, regency and province, with or without level words, in
one of several orders, wears every letter alike (the first too), and wraps it in talk.
"""

import random

from tests.bot.places_forms import Names
from tests.bot.places_messy import Case, Messy

_LEVEL_WORDS = {
    "v": ("", "", "desa ", "ds ", "ds.", "Ds. ", "dsa ", "kel ", "kelurahan ", "dess "),
    "k": ("", "", "kec ", "kec.", "kecamatan ", "Kec. ", "kcamatan ", "kecamtan "),
    "r": ("", "", "kab ", "kab.", "kabupaten ", "Kab. ", "kabupatn ", "daerah "),
    "p": ("", "", "prov ", "provinsi ", "propinsi "),
}
_PARTS = ("vkr", "vkr", "vkr", "vk", "vk", "vr", "vr", "kr", "kr", "vkrp", "vkp", "vrp", "krp", "r")
_BEFORE = (
    "", "", "", "", "saya di ", "Assalamualaikum pak, saya dari ", "rumahku ", "lokasi: ",
    "alamat ", "pak mau lapor, kejadian di ", "orangnya tinggal di ", "kampung saya ",
    "korbannya warga ", "keponakan saya di ", "dsn krajan ", "dusun kebon rt 1 rw 5 ",
    "RT 02/RW 01 ", "jl. melati no 7 ", "kulo wong ", "urang ", "aing ti ", "aku nang ",
    "di daerah ", "anu pak, di ", "oh iya, ", "perum griya asri blok c2 ", "gg mawar ",
)  # fmt: skip
_AFTER = (
    "", "", "", "", "", " pak", " min", " ya", " dekat balai desa", " sebelah masjid", " mas",
    " gan", ", tolong ya pak", " makasih", " mau ke malaysia", " dijanjiin kerja di taiwan",
    ", ada yg cari tki", " 68151", " indonesia", " sebelah timur pasar", " katanya sih", "!!",
)  # fmt: skip
_JOINTS = (" ", " ", " ", ", ", ", ", " - ", "/", ". ", "\n")


def chat_case(messy: Messy, villages: list[str], chance: random.Random) -> Case:
    """One text about one of the villages."""
    code = chance.choice(villages)
    names = messy.names(code)
    parts = list(chance.choice(_PARTS))
    order = chance.random()
    if order < 0.2:
        parts.reverse()
    elif order < 0.3:
        chance.shuffle(parts)
    harm = chance.choice((0.0, 0.0, 0.3, 0.6))
    text = chance.choice(_JOINTS).join(_part(part, names, chance, harm) for part in parts)
    text = chance.choice(_BEFORE) + text + chance.choice(_AFTER)
    end = 13 if "v" in parts else 8 if "k" in parts else 5
    return Case(_cased(text, chance), (code[:end],), "".join(sorted(parts)), True)


def _part(part: str, names: Names, chance: random.Random, harm: float) -> str:
    name = {"v": names.village, "k": names.district, "r": names.regency, "p": names.province}[part]
    word = chance.choice(_LEVEL_WORDS[part])
    if part == "r" and names.kind == "kota":
        word = chance.choice(("", "kota ", "Kota "))
    return word + _harmed(name, chance, harm)


def _harmed(name: str, chance: random.Random, harm: float) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    if chance.random() < harm * 0.2:
        name = name.replace(" ", "")
    if chance.random() < harm * 0.08 and len(name) > 6:
        return name[0] + "".join(c for c in name[1:] if c not in "aiueo")
    if chance.random() < harm * 0.08 and len(name) > 8:
        return name[: len(name) - 2]
    if chance.random() < harm and len(name) > 3:
        for _ in range(2 if len(name) > 7 and chance.random() < 0.35 else 1):
            at = chance.randrange(len(name))
            kind = chance.randrange(4)
            rest = name[at + 1 :]
            if kind == 0:
                name = name[:at] + rest
            elif kind == 1:
                name = name[:at] + chance.choice(letters) + rest
            elif kind == 2:
                name = name[:at] + chance.choice(letters) + name[at:]
            else:
                name = name[:at] + rest[:1] + name[at] + rest[1:]
    return name


def _cased(text: str, chance: random.Random) -> str:
    style = chance.random()
    return text.upper() if style < 0.15 else text.title() if style < 0.3 else text


def chat_cases(messy: Messy, count: int, seed: int) -> list[Case]:
    """Half about villages of the offices that are sure, as in the first harness."""
    chance = random.Random(seed)
    pools = (messy.weighted, messy.everywhere)
    return [chat_case(messy, chance.choice(pools), chance) for _ in range(count)]
