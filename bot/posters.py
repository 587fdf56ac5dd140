"""A campaign's poster: one A4 page to print, with QR codes that hold the link and nothing else."""

from functools import lru_cache
from typing import Any

import segno
from fpdf import FPDF

from bot import campaigns
from bot.picture_cards import FONTS, CannotDraw, missing
from bot.service import Service

WIDTH, HEIGHT = 210, 297
"""Millimetres of A4."""
MARGIN = 18
QUIET = 4
"""Modules of white around a QR code, as ISO/IEC 18004 asks for."""
QR = 72
DEEP, INK = (11, 74, 69), (23, 32, 30)


def of(service: Service, row: Any) -> bytes:
    """The PDF of a campaign's row. Raises CannotDraw where the fonts are missing."""
    if lacks := missing():
        raise CannotDraw(lacks)
    place = service.gazetteer.place(row.place_code) if row.place_code else None
    office = service.office_of(row.office_code).name
    whatsapp, telegram = campaigns.links(service, row.code)
    codes = [
        (name, link) for name, link in (("WhatsApp", whatsapp), ("Telegram", telegram)) if link
    ]
    if not codes:
        codes = [("Chat", campaigns.any_link(service, row.code))]
    say = service.catalog.wording.say
    slots = {"office": office, "code": row.code, "number": _number(service)}
    return _drawn(
        place.name if place else office,
        office,
        tuple(say(f"campaigns.poster_line_{n}", slots).strip() for n in (1, 2, 3)),
        tuple(codes),
        say("campaigns.poster_typed" if whatsapp else "campaigns.poster_code", slots).strip(),
        (say("campaigns.poster_kept", slots).strip(), say("campaigns.poster_free", slots).strip()),
    )


def _number(service: Service) -> str:
    return service.settings.twilio_whatsapp_from.removeprefix("whatsapp:")


@lru_cache(maxsize=32)
def _drawn(
    title: str,
    office: str,
    lines: tuple[str, ...],
    codes: tuple[tuple[str, str], ...],
    typed: str,
    foot: tuple[str, ...],
) -> bytes:
    """Public words only, so a poster that is fetched again may stay in memory."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.add_font("poster", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("poster", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    pdf.set_fill_color(*DEEP)
    pdf.rect(0, 0, WIDTH, 58, style="F")
    pdf.set_text_color(255, 255, 255)
    pdf.set_y(14)
    _centred(pdf, title, 26, 12, bold=True)
    _centred(pdf, office, 15, 8)
    pdf.set_text_color(*INK)
    pdf.set_y(70)
    for line in lines:
        _centred(pdf, line, 18, 10)
    top = pdf.get_y() + 8
    gap = (WIDTH - QR * len(codes)) / (len(codes) + 1)
    for number, (name, link) in enumerate(codes):
        left = gap + number * (QR + gap)
        _qr(pdf, link, left, top)
        pdf.set_font("poster", "B", 15)
        pdf.set_xy(left, top + QR)
        pdf.cell(QR, 9, name, align="C")
    pdf.set_y(top + QR + 14)
    _centred(pdf, typed, 20, 11, bold=True)
    pdf.set_y(HEIGHT - 44)
    for line in foot:
        _centred(pdf, line, 12, 6.5)
    return bytes(pdf.output())


def _centred(pdf: FPDF, text: str, size: float, step: float, *, bold: bool = False) -> None:
    pdf.set_font("poster", "B" if bold else "", size)
    pdf.multi_cell(0, step, text, align="C", new_x="LMARGIN", new_y="NEXT")


def _qr(pdf: FPDF, link: str, left: float, top: float) -> None:
    """Drawn as squares, sharp at any size; M mends up to 15 % of dirt and folds."""
    matrix = segno.make(link, error="m", micro=False).matrix
    side = QR / (len(matrix) + 2 * QUIET)
    pdf.set_fill_color(0, 0, 0)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + (x + QUIET) * side, top + (y + QUIET) * side, side, side, style="F")
