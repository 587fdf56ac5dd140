"""Small rules that keep people safe in every conversation: numbers to call, nothing too private."""

import re

from flows.identity_numbers import HIDDEN_NIK, mask_identity_numbers
from flows.ports import Ports

__all__ = [
    "ABROAD_DESK", "HIDDEN_NIK", "hotline_lines", "mask_identity_numbers", "names_an_official",
]  # fmt: skip

ABROAD_DESK = "Perwakilan RI di negara itu (peduliwni.kemlu.go.id)"
"""Who is responsible for what happens abroad (UU 18/2017 Pasal 21)."""

_OFFICIALS = re.compile(
    r"\b(pak kades|kades|kepala desa|lurah|perangkat desa|pamong|sekdes|carik|kadus|kepala dusun"
    r"|pimpasa|petugas imigrasi|orang imigrasi|aparat|babinsa|bhabinkamtibmas|polisi)\b",
    re.IGNORECASE,
)


def names_an_official(text: str) -> bool:
    """Village officials or officers are mentioned: the report then skips the village's own officers."""
    return bool(_OFFICIALS.search(text))


def hotline_lines(ports: Ports, purpose: str) -> str:
    """`110 (Polisi), 0800-1000 (KP2MI)`; numbers past their review date say so."""
    return ", ".join(
        f"{hotline.number} ({hotline.name}{'' if hotline.fresh else ', cek ulang'})"
        for hotline in ports.hotlines(purpose)[:3]
    )
