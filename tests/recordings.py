"""Sound, film and papers for tests, made by the tools themselves, with a mark in their tags."""

import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.posters import coded, draw

MARK = "kanarijudul"
_TONE = "-f lavfi -i sine=frequency=440:duration=1"
_FILM = "-f lavfi -i testsrc=duration=1:size=160x120"
RECIPES = {
    # name of the file: how ffmpeg makes it
    "note.ogg": f"{_TONE} -c:a libopus",
    "song.mp3": f"{_TONE} -c:a libmp3lame",
    "memo.m4a": f"{_TONE} -c:a aac",
    "raw.aac": f"{_TONE} -c:a aac",
    "film.mp4": f"{_FILM} {_TONE} -c:v mpeg4 -c:a aac",
}
AMR = b"#!AMR\n" + (b"\x3c" + b"\x55" * 31) * 50
"""One second: https://datatracker.ietf.org/doc/html/rfc4867#section-5, frames of 12.2 kbit/s."""


@cache
def recorded(name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        tagged = ["-metadata", f"title={MARK}", "-metadata", "location=-7.9+111.5"]
        subprocess.run(
            ["ffmpeg", "-v", "error", *RECIPES[name].split(), *tagged, str(path)], check=True
        )
        return path.read_bytes()


def photograph(kind: str = "JPEG") -> bytes:
    """Taken sideways, by a phone that writes down where."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = MARK, 6
    exif.get_ifd(0x8825)[1] = "S"
    return coded(draw(), kind, exif=exif)


def paper(pages: int = 3) -> bytes:
    more = {"save_all": True, "append_images": [draw(size=(300, 424))] * (pages - 1)}
    return coded(draw(size=(300, 424)), "PDF", title=MARK, **more)


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture))
