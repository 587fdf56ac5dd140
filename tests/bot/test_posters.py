"""The poster: its squares are exactly the QR codes of the two links, and its words are there."""

import re
import zlib
from datetime import date

import pytest
import segno

from bot import campaigns, demo, posters
from bot.picture_cards import CannotDraw
from bot.rehearsal import Rehearsal

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SQUARE = re.compile(r"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f")


@pytest.fixture
def poster(rehearsal: Rehearsal) -> tuple[bytes, tuple[str, str], Rehearsal]:
    rehearsal.service.settings = rehearsal.service.settings.model_copy(
        update={"twilio_whatsapp_from": "whatsapp:+6281200000000"}
    )
    rehearsal.service.telegram_username = "kentongan_bot"
    with rehearsal.service.database.write() as connection:
        campaigns.make(connection, code="BCDFGHJ", kind="poster", place_code=demo.VILLAGE,
                       title="Balai desa", office_code=demo.OFFICE, officer_id=None,
                       now=rehearsal.clock.now(), ends_on=date(2026, 12, 31))  # fmt: skip
        row = campaigns.by_code(connection, "BCDFGHJ")
    links = campaigns.links(rehearsal.service, "BCDFGHJ")
    return posters.of(rehearsal.service, row), links, rehearsal


def squares(pdf: bytes) -> list[tuple[float, float, float]]:
    """(left, distance from the page's top, side) of every small filled square, in points."""
    found = []
    for stream in _STREAM.findall(pdf):
        try:
            drawn = zlib.decompress(stream).decode("latin-1")
        except zlib.error:
            continue
        for left, bottom, width, height in _SQUARE.findall(drawn):
            if float(width) == float(height):
                found.append((float(left), 841.89 - float(bottom), float(width)))
    return found


def codes(pdf: bytes) -> list[list[list[int]]]:
    """The matrices that stand side by side on the page, read from where their squares lie."""
    found = squares(pdf)
    middle = 595.28 / 2
    return [_matrix([one for one in found if (one[0] < middle) == left]) for left in (True, False)]


def _matrix(found: list[tuple[float, float, float]]) -> list[list[int]]:
    side = found[0][2]
    left, top = min(one[0] for one in found), min(one[1] for one in found)
    places = {(round((x - left) / side), round((y - top) / side)) for x, y, _ in found}
    size = max(max(place) for place in places) + 1
    return [[int((x, y) in places) for x in range(size)] for y in range(size)]


def test_its_qr_codes_are_those_of_the_exact_links(
    poster: tuple[bytes, tuple[str, str], Rehearsal],
) -> None:
    pdf, links, _ = poster
    expected = [[list(row) for row in segno.make(link, error="m").matrix] for link in links]
    assert codes(pdf) == expected


def test_it_is_one_light_page_of_a4(poster: tuple[bytes, tuple[str, str], Rehearsal]) -> None:
    pdf, _, _ = poster
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 1
    assert re.search(rb"/MediaBox \[0 0 595\.\d+ 841\.\d+\]", pdf)
    assert len(pdf) < 100_000


def test_without_fonts_it_says_what_to_install(
    poster: tuple[bytes, tuple[str, str], Rehearsal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.posters.missing", lambda: "apt-get install fonts-dejavu-core")
    with poster[2].service.database.read() as connection:
        row = campaigns.by_code(connection, "BCDFGHJ")
    with pytest.raises(CannotDraw, match="fonts-dejavu"):
        posters.of(poster[2].service, row)
