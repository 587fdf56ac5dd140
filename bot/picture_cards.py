"""A lesson's card as a picture: big letters, strong contrast, source and date below.

Drawn from the same words as the message, with Debian's DejaVu fonts. A picture is 1080 pixels
square, as phones show it without cutting, and a few dozen kB, since data costs money.
"""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from flows.hear_see import Shown
from flows.lessons import marks
from flows.speech import sentences

EDITION = "2026-11"
"""Part of what names a picture: a new look is a new file."""
SIDE = 1080
MARGIN = 72
BAND = 168
PILL = 64
"""Pixels from one mark to the next."""
SOURCE_LINE = 36
SOURCE_LINES = 3
"""The longest source of the main lessons, at 26 pixels."""
LARGEST, SMALLEST = 76, 28
"""Pixels of the letters; a card of 240 characters comes out at about 56."""
FONTS = Path("/usr/share/fonts/truetype/dejavu")
PAPER, INK, DEEP, BRIGHT = "#FFFDF6", "#17201E", "#0B4A45", "#F2B134"
GREY, RULE = "#4A5552", "#D8D3C4"
_PARAGRAPH = 0.55
"""Of a line's height, between two lines of the card."""


class CannotDraw(Exception):
    """The fonts are missing; the message says how to mend it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that stands in a picture."""

    title: str
    place: str
    text: str
    source: str
    marks: tuple[str, ...]


def of(shown: Shown, today: date) -> Drawn:
    source = shown.card.source
    found = marks(source, shown.lesson.reviewed, today)
    return Drawn(shown.lesson.title, shown.place, shown.card.text.strip(),
                 f"Sumber: {source.shown()}", tuple(found))  # fmt: skip


def missing() -> str:
    """What this machine lacks to draw; empty when it can."""
    names = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
    there = all((FONTS / name).is_file() for name in names)
    return "" if there else "apt-get install fonts-dejavu-core"


def draw(drawn: Drawn) -> bytes:
    """A PNG. Raises CannotDraw."""
    if lacks := missing():
        raise CannotDraw(lacks)
    picture = Image.new("RGB", (SIDE, SIDE), PAPER)
    pen = ImageDraw.Draw(picture)
    _band(pen, drawn)
    _text(pen, drawn.text, _foot(pen, drawn))
    file = BytesIO()
    # Few colours: letters and areas lose nothing by it, and the file is a quarter as large.
    picture.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _font(size: int, *, bold: bool = False) -> FreeTypeFont:
    return ImageFont.truetype(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf", size)


def _band(pen: ImageDraw.ImageDraw, drawn: Drawn) -> None:
    pen.rectangle((0, 0, SIDE, BAND), fill=DEEP)
    pen.rectangle((0, BAND, SIDE, BAND + 10), fill=BRIGHT)
    place = _font(44, bold=True)
    room = SIDE - 2 * MARGIN - (pen.textlength(drawn.place, place) + 40 if drawn.place else 0)
    size = 60
    while pen.textlength(drawn.title, _font(size, bold=True)) > room:
        size -= 2
    middle = BAND // 2
    pen.text((MARGIN, middle), drawn.title, PAPER, _font(size, bold=True), anchor="lm")
    pen.text((SIDE - MARGIN, middle), drawn.place, BRIGHT, place, anchor="rm")


def _text(pen: ImageDraw.ImageDraw, text: str, bottom: int) -> None:
    """As large as fits between band and foot, in the middle of what is left."""
    room = bottom - BAND - 90
    size = LARGEST
    while True:
        font = _font(size, bold=True)
        blocks = [_wrapped(pen, sentence, font) for sentence in sentences(text)]
        step = size * 1.34
        height = step * (sum(map(len, blocks)) + _PARAGRAPH * (len(blocks) - 1))
        if height <= room or size <= SMALLEST:
            break
        size -= 2
    top = BAND + 50 + max(0.0, (room - height) / 2)
    for block in blocks:
        for line in block:
            pen.text((MARGIN, top), line, INK, font)
            top += step
        top += step * _PARAGRAPH


def _foot(pen: ImageDraw.ImageDraw, drawn: Drawn) -> int:
    """Source, date and marks; returns where it begins."""
    font, label = _font(26), _font(28, bold=True)
    source = _wrapped(pen, drawn.source, font)[:SOURCE_LINES]
    begins = SIDE - 40 - PILL * len(drawn.marks) - SOURCE_LINE * len(source)
    pen.line((MARGIN, begins - 22, SIDE - MARGIN, begins - 22), RULE, 3)
    top = begins
    for line in source:
        pen.text((MARGIN, top), line, GREY, font)
        top += SOURCE_LINE
    for mark in drawn.marks:
        width = pen.textlength(mark, label) + 48
        pen.rounded_rectangle((MARGIN, top + 10, MARGIN + width, top + 62), 26, fill=BRIGHT)
        pen.text((MARGIN + 24, top + 36), mark, INK, label, anchor="lm")
        top += PILL
    return begins - 22


def _wrapped(pen: ImageDraw.ImageDraw, text: str, font: FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= SIDE - 2 * MARGIN or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
