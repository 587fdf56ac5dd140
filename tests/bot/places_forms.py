"""The ways a place is written: the forms of an address, the slips of a thumb, the short names.

The short names stand here a second time on purpose: a harness that took them from the matcher
would not notice the ones it lacks.
"""

import random
from dataclasses import dataclass

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "rw", "g": "fh", "h": "gj", "i": "uo",
    "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "mb", "o": "ip", "p": "o", "r": "et",
    "s": "ad", "t": "ry", "u": "yi", "w": "qe", "y": "tu",
}  # fmt: skip
_SOUNDS = (
    ("ng", "n"), ("dh", "d"), ("d", "dh"), ("th", "t"), ("ny", "n"), ("y", "i"), ("a", "o"),
    ("o", "a"), ("i", "e"), ("e", "i"), ("u", "o"), ("k", "q"), ("j", "y"), ("p", "f"), ("h", ""),
)  # fmt: skip
_OLD = (("u", "oe"), ("j", "dj"), ("c", "tj"))
_SHORT = {
    "wetan": "wtn", "kidul": "kdl", "kulon": "kln", "utara": "utr", "barat": "brt",
    "timur": "tmr", "selatan": "slt", "tengah": "tgh", "tanjung": "tjg", "gunung": "gn",
    "sungai": "sei", "pondok": "pd", "karang": "krg", "satu": "1", "dua": "2", "i": "1",
    "ii": "2", "iii": "3", "iv": "4", "v": "5",
}  # fmt: skip
_NICKNAMES = {
    "11": "nad/aceh", "12": "sumut", "13": "sumbar", "14": "riau", "16": "sumsel", "18": "lampung",
    "19": "babel", "21": "kepri", "31": "jakarta/dki", "32": "jabar", "33": "jateng",
    "34": "jogja/diy/yogya", "35": "jatim", "36": "banten", "51": "bali", "52": "ntb/lombok",
    "53": "ntt", "61": "kalbar", "62": "kalteng", "63": "kalsel", "64": "kaltim", "65": "kaltara",
    "71": "sulut", "72": "sulteng", "73": "sulsel", "74": "sultra", "75": "gorontalo",
    "76": "sulbar", "82": "malut",
    "12.71": "medan", "21.71": "btm", "31.72": "jakut", "31.71": "jakpus", "31.75": "jaktim",
    "31.74": "jaksel", "31.73": "jakbar", "32.01": "bgr", "32.04": "bdg", "32.15": "krw/krwg",
    "32.14": "pwk", "32.12": "dermayu/im", "32.09": "crb", "32.03": "cjr", "32.02": "skb",
    "32.17": "kbb/bandung barat", "33.01": "clp", "33.02": "bms/banyumas", "33.03": "pbg",
    "33.04": "bna", "33.05": "kbm", "33.74": "smg/semarang", "33.72": "solo", "35.02": "png/ponorgo",
    "35.03": "tglk/nggalek", "35.01": "pct", "35.04": "ta/t.agung", "35.78": "sby/suroboyo",
    "35.07": "kab mlg", "35.73": "kota mlg", "35.09": "jbr", "35.10": "bwi", "35.13": "probolinggo",
    "36.71": "tng", "36.74": "tangsel", "51.71": "dps", "52.01": "lobar", "52.02": "loteng",
    "52.03": "lotim", "52.08": "klu/lotara", "52.04": "sbw", "52.07": "ksb", "52.71": "mtr",
    "53.11": "sumba timur", "53.02": "tts", "53.03": "ttu", "61.12": "kkr/kubu raya",
    "18.02": "lamteng", "18.07": "lamtim", "18.01": "lamsel", "73.71": "mks/makasar",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    village: str
    district: str
    regency: str
    province: str
    kind: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing; `end` cuts the code to what is said: 13 a village, 8 a kecamatan."""

    kind: str
    text: str
    end: int = 13
    names_area: bool = True
    weight: float = 1.0
    tidy: bool = False


FORMS = (
    Form("full", "ds {v} kec {k} kab {r}"),
    Form("full", "desa {v}, kec. {k}, kab. {r}"),
    Form("full", "{v} {k} {r}", weight=2),
    Form("full", "{v}, {k}, {r}", weight=2),
    Form("full", "{v}, {k}, {r}, {p}"),
    Form("full", "desa {v} kecamatan {k} {KK} {r} provinsi {p}"),
    Form("full", "{v}/{k}/{r}"),
    Form("full", "kel {v} kec {k} {kk} {r}"),
    Form("full", "{v} kec.{k} kab.{r}"),
    Form("reversed", "{r} {k} {v}"),
    Form("reversed", "kab {r} kec {k} desa {v}", weight=1.5),
    Form("reversed", "{r}, kecamatan {k}, desa {v}"),
    Form("reversed", "{p} {r} {k} {v}", weight=0.5),
    Form("reversed", "kec {k} ds {v} {r}"),
    Form("no regency", "ds {v} kec {k}", weight=1.5),
    Form("no regency", "{v} {k}", weight=1.5),
    Form("no regency", "desa {v} kecamatan {k} {p}"),
    Form("no regency", "kec {k}, desa {v}"),
    Form("no regency", "{v}, {k}"),
    Form("no kecamatan", "ds {v} kab {r}", weight=1.5),
    Form("no kecamatan", "{v} {r}", weight=1.5),
    Form("no kecamatan", "desa {v} {r} {p}"),
    Form("no kecamatan", "kelurahan {v} {kk} {r}"),
    Form("no kecamatan", "{r} desa {v}"),
    Form("kecamatan", "kec {k} {r}", end=8),
    Form("kecamatan", "{k} {r}", end=8, weight=1.5),
    Form("kecamatan", "{k}, {r}", end=8),
    Form("kecamatan", "kecamatan {k} {p}", end=8),
    Form("kecamatan", "sy orang {k} {r}", end=8),
    Form("regency", "{kk} {r}", end=5),
    Form("regency", "{r} {p}", end=5),
    Form("regency", "saya dari {KK} {r}", end=5),
    Form("province", "desa {v} {p}", names_area=False),
    Form("province", "{v}, {p}", names_area=False),
    Form("village", "desa {v}", names_area=False, weight=0.7),
    Form("village", "desaku {v}", names_area=False, weight=0.7),
    Form("hamlet", "dsn krajan rt 02 rw 03 ds {v} kec {k} {r}"),
    Form("hamlet", "dusun sumber {v} {k} {r}"),
    Form("hamlet", "kp babakan rt 3/4 desa {v} kec {k} kab {r}"),
    Form("hamlet", "dukuh ngasem, {v}, {k}, {r}"),
    Form("hamlet", "lingk. tengah kel {v} {k} {kk} {r}"),
    Form("hamlet", "dsn karangrejo kec {k} {r}", end=8),
    Form("hamlet", "{v} dusun {other_v} kec {k} {r}", weight=0.5, tidy=True, end=8),
    Form("rt", "rt05 rw02 {v} {k} {r}"),
    Form("rt", "{v} rt.01 rw.06 {k} kab {r}"),
    Form("rt", "jl raya no 45 desa {v} kec {k} {r} 63462"),
    Form("rt", "jln diponegoro gg 3 {v} {k} {r}"),
    Form("sentence", "rumah saya di {v} kec {k} {r}, deket pasar"),
    Form("sentence", "desaku di {v} {k} {r}"),
    Form("sentence", "pak saya dari desa {v} {k} {r} mau tanya"),
    Form("sentence", "omahku {v} kecamatan {k} {r} mas"),
    Form("sentence", "asal saya {v} {k}, {r}. tolong bantu min"),
    Form(
        "sentence", "bapak saya tinggal di desa {v} kecamatan {k} kabupaten {r} dekat masjid besar"
    ),
    Form("sentence", "aku wong {k} {r} mas", end=8),
    Form("sentence", "kejadiannya di {v} kec {k}", weight=0.7),
    Form("sentence", "abdi ti {v} kacamatan {k} {r}"),
    Form("sentence", "ada calo di desa {v} {k} {r} nawarin kerja ke malaysia"),
    Form("sentence", "anak tetangga di {v} {k} {r} mau diberangkatkan ke kamboja"),
    Form("sentence", "kulo saking {v} {k} {r}"),
    Form("sentence", "disini desa {v} kecamatan {k} kab {r} ada yg nawarin kerja"),
    Form("two places", "aslinya wong {k} {r} tapi ngekos di {other_k} {other_r}", tidy=True, end=8),
    Form("two places", "saya dari {v} {k} {r} sekarang kerja di {other_r}", tidy=True),
    Form("glued", "ds{v} kec{k} kab{r}", weight=0.7),
    Form("glued", "desa{v} kec {k} {r}", weight=0.5),
    Form("abroad", "saya di taiwan, asal {v} {k} {r}"),
    Form("abroad", "{v} {k} {r} skrg di hongkong"),
)


def nickname(code: str, chance: random.Random) -> str:
    names = _NICKNAMES.get(code, "")
    return chance.choice(names.split("/")) if names else ""


def worn(name: str, chance: random.Random, wear: float) -> str:
    """The name after a thumb, an old schoolbook or a hurry: `wear` is the chance of each."""
    if chance.random() < wear * 0.25:
        name = " ".join(_SHORT.get(word, word) for word in name.split())
    if chance.random() < wear * 0.15:
        old, new = chance.choice(_OLD)
        name = name.replace(old, new)
    if chance.random() < wear * 0.3:
        name = name.replace(" ", "")
    elif chance.random() < wear * 0.1 and len(name) > 8 and " " not in name:
        middle = len(name) // 2
        name = f"{name[:middle]} {name[middle:]}"
    if chance.random() < wear:
        for _ in range(chance.choice((1, 1, 2)) if len(name) > 7 else 1):
            name = _slip(name, chance)
    return name


def _slip(name: str, chance: random.Random) -> str:
    """One edit; the first letter and names of three letters are spared, as people spare them."""
    if len(name) < 4:
        return name
    if chance.random() < 0.3:
        fitting = [(a, b) for a, b in _SOUNDS if a in name[1:]]
        if fitting:
            old, new = chance.choice(fitting)
            return name[0] + name[1:].replace(old, new, 1)
    at = chance.randrange(1, len(name))
    letter, rest = name[at], name[at + 1 :]
    near = chance.choice(_NEIGHBOURS.get(letter, letter))
    edits = (
        rest[:1] + letter + rest[1:],
        rest,
        2 * letter + rest,
        near + rest,
        letter + near + rest,
    )
    return name[:at] + chance.choice(edits)
