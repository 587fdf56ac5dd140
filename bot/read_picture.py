"""A process of its own: a picture on stdin, the words that Tesseract finds in it on stdout (TSV).

Started by `bot/reading.py` for each picture and never imported. It gives itself hard limits before
it looks at the first byte, makes a small grey picture with nothing else in it (no EXIF, no place,
no colour profile), and then becomes Tesseract: one process, which can be killed as one. The grey
picture goes over in a memfd, so no byte of it is ever in a file; RLIMIT_FSIZE 0 lets the kernel
see to that.
"""

import os
import resource
import sys
from io import BytesIO

MEMORY = 768 * 1024 * 1024
"""Address space: 50 megapixels in colour take 150 MB to decode and 50 MB more in grey."""
SECONDS = 20
"""Of one processor, for decoding and reading together."""
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = {"JPEG": 60_000_000, "PNG": 60_000_000, "WEBP": 20_000_000}
"""WebP takes four times the memory of a PNG to decode."""
READ_PIXELS = 4_000_000
"""What Tesseract gets at most: an A4 page at 180 dpi, enough for the small print of a poster."""
SMALL_SIDE = 1000
"""A picture whose longer side is shorter is doubled: Tesseract wants letters of 20 pixels."""
KINDS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}
NO_PICTURE, TOO_LARGE, DAMAGED = 10, 11, 12
"""Exit codes; `bot/reading.py` knows them."""


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def kind_of(data: bytes) -> str:
    """By the first bytes, never by what the sender calls it; empty for what is no picture."""
    kind = next((name for name, magic in KINDS.items() if data.startswith(magic)), "")
    return "" if kind == "WEBP" and data[8:12] != b"WEBP" else kind


def grey(data: bytes, kind: str) -> bytes:
    """The picture as a PGM, upright, shrunk to what can be read. Exits for what can't be shown."""
    from PIL import Image, ImageOps  # noqa: PLC0415  (under the limits)

    Image.MAX_IMAGE_PIXELS = None  # the size is looked at here, before a pixel is decoded
    with Image.open(BytesIO(data), formats=[kind]) as opened:
        picture: Image.Image = opened
        width, height = picture.size
        if width * height > MAX_PIXELS[kind]:
            sys.exit(TOO_LARGE)
        scale = min(1.0, (READ_PIXELS / (width * height)) ** 0.5)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        picture.draft("L", size)  # a JPEG is decoded small from the start
        turned = picture.getexif().get(0x0112, 1)
        flat = picture.convert("L")
        if "transparency" in picture.info and picture.mode == "P":
            picture = picture.convert("RGBA")
        if "A" in picture.getbands():
            inked, flat = flat, Image.new("L", flat.size, 255)  # what is transparent is paper
            flat.paste(inked, mask=picture.getchannel("A"))
    flat.thumbnail(size)
    if max(flat.size) < SMALL_SIDE:
        flat = flat.resize((flat.width * 2, flat.height * 2))
    if turned != 1:
        flat.getexif()[0x0112] = turned
        flat = ImageOps.exif_transpose(flat)
    return b"P5 %d %d 255\n" % flat.size + flat.tobytes()


def become_tesseract(pgm: bytes, languages: str) -> None:
    memory = os.memfd_create("picture")
    with open(memory, "wb", closefd=False) as file:
        file.write(pgm)
    os.lseek(memory, 0, os.SEEK_SET)
    os.dup2(memory, 0)
    os.close(memory)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = ["stdin", "stdout", "-l", languages, "--dpi", "200", "tsv"]
    os.execvp("tesseract", ["tesseract", *asked])  # noqa: S606  (this process becomes it)


def main(languages: str) -> None:
    limit()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        sys.exit(TOO_LARGE)
    kind = kind_of(data)
    if not kind:
        sys.exit(NO_PICTURE)
    try:
        pgm = grey(data, kind)
    except Exception:
        sys.exit(DAMAGED)  # and not a word more: an error can quote what was in the picture
    become_tesseract(pgm, languages)


if __name__ == "__main__":
    main(sys.argv[1])
