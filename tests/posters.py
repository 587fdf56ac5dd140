"""Pictures for tests: posters drawn with Pillow, and files that mean harm."""

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
LINES = (
    "LOWONGAN KERJA KE TAIWAN",
    "PT ALFA NUSANTARA PERDANA",
    "Gaji 12.000.000 per bulan",
    "Tanpa potongan, berangkat cepat",
    "Hubungi 0812-3456-7890",
    "Izin SIP3MI: 9120001234567",
)
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n" + b"x" * 3000


def draw(lines: Sequence[str] = LINES, size: tuple[int, int] = (900, 1280)) -> Image.Image:
    """A poster with one line of text below the other, as large as fits."""
    picture = Image.new("RGB", size, (250, 240, 200))
    pen, top = ImageDraw.Draw(picture), size[1] * 0.05
    letters = size[0] / 20
    font = ImageFont.truetype(FONT, int(letters))
    for line in lines:
        pen.text((size[0] * 0.05, top), line, font=font, fill=(20, 20, 90))
        top += letters * 2
    return picture


def coded(picture: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def poster(*lines: str, kind: str = "JPEG") -> bytes:
    return coded(draw(lines or LINES), kind)


def blank_png(width: int, height: int) -> bytes:
    """A valid PNG of that size in black and white: a few bytes that unfold to very many."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
