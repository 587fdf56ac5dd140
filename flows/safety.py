"""Small rules that keep people safe in every conversation: numbers to call, nothing too private."""

import re

from flows.identity_numbers import HIDDEN_NIK, mask_identity_numbers
from flows.ports import Ports
from flows.triggers import fold

__all__ = [
    "ABROAD_DESK", "HIDDEN_NIK", "hotline_lines", "leaders_meant", "mask_identity_numbers",
    "names_an_official", "speaks_of_immigration",
]  # fmt: skip

ABROAD_DESK = "Perwakilan RI di negara itu (peduliwni.kemlu.go.id)"
"""Who is responsible for what happens abroad (UU 18/2017 Pasal 21)."""

MOST_WORDS = 20_000
"""Characters that are looked at: more than a whole report has."""
_OFFICIALS = re.compile(
    r"\b(kades|kepala desa|lurah|perangkat desa|pamong|sekdes|carik|kadus|kepala dusun"
    r"|aparat|babinsa|bhabinkamtibmas|polisi)\b"
)
_OFFICE = r"(?:kantor imigrasi|imigrasi|kanim)"
_STAFF = re.compile(
    r"\b(pimpasa|kasubsi"
    rf"|(?:petugas|orang|pegawai|staf|oknum|pejabat|anggota) (?:dari |di )?{_OFFICE})\b"
)
_OFFICE_MEANT = re.compile(rf"\b(?:kantor imigrasi|kanim|(?:dari|di) {_OFFICE})\b")
_ELSEWHERE = (
    r"(?! (?:di |dari )?(?:desa|kelurahan|kecamatan|camat|pemerintahan|kesejahteraan|pelayanan"
    r"|pembangunan|trantib|dinas|disnaker|bp2mi|bp3mi|p4mi|kp2mi|pos|bank|kua|urusan|pertanahan|bpn"
    r"|wilayah|cabang|pt|cv|agen|agensi|perusahaan)\b)"
)
"""Others have heads of sections and of offices too; those of the village are no officers."""
_LEADERS = {
    "section_head": re.compile(
        # Alone "kasi" is how many write "give".
        rf"\b(?:kepala seksi{_ELSEWHERE}"
        rf"|kasi (?:dari |di )?(?:{_OFFICE}|inteldakim|tikim|tikkim|lantaskim|lalintalkim)"
        r"|(?:pak|bu|bapak|ibu) kasi(?= .*\b(?:imigrasi|kanim)\b))\b"
    ),
    "head": re.compile(rf"\b(?:kakanim|kepala (?:imigrasi|kanim)|kepala kantor{_ELSEWHERE})\b"),
}


def names_an_official(text: str) -> bool:
    """Village officials or officers are mentioned: the report then skips the village's own officers."""
    words = fold(text, limit=MOST_WORDS)
    return bool(_OFFICIALS.search(words) or _STAFF.search(words) or leaders_meant(text))


def speaks_of_immigration(text: str) -> bool:
    """Of an immigration office or its people: a name in it may well be one of theirs."""
    words = fold(text, limit=MOST_WORDS)
    return bool(_STAFF.search(words) or _OFFICE_MEANT.search(words) or leaders_meant(text))


def leaders_meant(text: str) -> frozenset[str]:
    """The roles (`section_head`, `head`) that the words give to a leader of an immigration office."""
    words = fold(text, limit=MOST_WORDS)
    return frozenset(role for role, title in _LEADERS.items() if title.search(words))


def hotline_lines(ports: Ports, purpose: str) -> str:
    """`110 (Polisi), 0800-1000 (KP2MI)`; numbers past their review date say so."""
    return ", ".join(
        f"{hotline.number} ({hotline.name}{'' if hotline.fresh else ', cek ulang'})"
        for hotline in ports.hotlines(purpose)[:3]
    )
