"""A process of its own: evidence on stdin, what may be kept of it on stdout.

Started by `bot/keeping.py` for each file; the service imports only its numbers. It gives itself
hard limits before it looks at the first byte. What something is, its first bytes say, no name.
The first line of the output is the media type, a space, and `bersih` (nothing but what is seen or
heard is left) or `asli` (as it came); then the bytes.

A picture is decoded, turned upright and encoded anew; a PDF becomes a PDF of its pages' pictures;
sound and film are packed anew, undecoded, without tags. Those two stay as they came where pdftoppm
or ffmpeg is missing or can't open them (a password): evidence is not lost for that. No byte of it
is ever in a file: the tools read the memfd, and RLIMIT_FSIZE 0 lets the kernel see to that.
"""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import IO, TYPE_CHECKING

from bot.read_picture import DAMAGED, MAX_PIXELS, TOO_LARGE, kind_of, limit

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 16 * 1024 * 1024
"""What WhatsApp delivers at most (https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages)."""
MOST_KEPT = 5 * 1024 * 1024
UNKNOWN = 13
"""Exit code beside those of `bot/read_picture.py`: nothing that we take."""
SIDE = 2560
"""Pixels of the longer side: enough for the small print of a passport page."""
QUALITIES = (85, 70, 50)
PAGES = 20
PAGE_SIDE = 1600
"""An A4 page at 137 dpi."""
CLEAN, AS_IT_CAME = b"bersih", b"asli"

FFMPEG = {
    # media type: (demuxer, muxer and its options). The demuxer is named, so that no playlist is
    # ever guessed out of a file; fragments, because a pipe can't be wound back.
    "audio/ogg": ("ogg", "-f ogg"),
    "audio/mpeg": ("mp3", "-f mp3 -id3v2_version 0 -write_xing 0"),
    "audio/aac": ("aac", "-f adts"),
    "audio/amr": ("amr", "-f amr"),
    "audio/mp4": ("mov", "-f mp4 -movflags frag_keyframe+empty_moov+default_base_moof"),
    "video/mp4": ("mov", "-f mp4 -movflags frag_keyframe+empty_moov+default_base_moof"),
}
_CLEANING = "-map 0:a? -map 0:v? -map_metadata -1 -map_chapters -1 -c copy -fflags +bitexact"


def media_type(data: bytes) -> str:
    """By the first bytes; empty for what we don't take."""
    if kind := kind_of(data):
        return f"image/{kind.lower()}"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"#!AMR"):
        return "audio/amr"
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] in (b"M4A", b"M4B") else "video/mp4"
    if data.startswith(b"ID3") or (
        data[:1] == b"\xff" and data[1:2] in (b"\xfb", b"\xf3", b"\xf2")
    ):
        return "audio/mpeg"
    return "audio/aac" if data[:2] in (b"\xff\xf1", b"\xff\xf9") else ""


def clean(data: bytes, kind: str) -> tuple[str, bytes, bytes]:
    """(media type, label, bytes). Exits for what can't be kept."""
    if kind.startswith("image/"):
        return "image/jpeg", CLEAN, _picture(data, kind_of(data))
    anew = _pages() if kind == "application/pdf" else _packed_anew(kind)
    return (kind, CLEAN, anew) if anew else (kind, AS_IT_CAME, data)


def _picture(data: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415  (under the limits)

    Image.MAX_IMAGE_PIXELS = None  # the size is looked at here, before a pixel is decoded
    with Image.open(BytesIO(data), formats=[kind]) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS[kind]:
            sys.exit(TOO_LARGE)
        opened.draft("RGB", (min(width, SIDE), min(height, SIDE)))
        turned = opened.getexif().get(0x0112, 1)
        opened.thumbnail((SIDE, SIDE))
        flat = opened.convert("RGBA" if _see_through(opened) else "RGB")
    if flat.mode == "RGBA":
        paper = Image.new("RGB", flat.size, "white")
        paper.paste(flat, mask=flat.getchannel("A"))
        flat = paper
    flat.info.clear()  # comments, profile, resolution
    if turned != 1:
        flat.getexif()[0x0112] = turned
        flat = ImageOps.exif_transpose(flat)
    return _encoded([flat], "JPEG")


def _see_through(picture: "Image") -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _encoded(pages: "list[Image]", kind: str) -> bytes:
    """As good as fits; each attempt is smaller."""
    more = {"save_all": True, "append_images": pages[1:]} if kind == "PDF" else {"exif": b""}
    for quality in QUALITIES:
        file = BytesIO()
        pages[0].save(file, kind, quality=quality, **more)
        if file.tell() <= MOST_KEPT:
            return file.getvalue()
    sys.exit(TOO_LARGE)


def _pages() -> bytes:
    """The PDF's pages as pictures in a new PDF; empty when they can't be had, or not all."""
    if not shutil.which("pdftoppm"):
        return b""
    asked = ["-l", str(PAGES + 1), "-scale-to", str(PAGE_SIDE), "/proc/self/fd/0"]
    tool = subprocess.Popen(
        ["pdftoppm", *asked], stdin=0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert tool.stdout is not None
    pages = list(_ppm(tool.stdout))
    whole = tool.wait() == 0 and 0 < len(pages) <= PAGES
    return _encoded(pages, "PDF") if whole else b""


def _ppm(stream: IO[bytes]) -> "Iterator[Image]":
    """Pictures that follow one another, https://netpbm.sourceforge.net/doc/ppm.html."""
    from PIL import Image  # noqa: PLC0415  (under the limits)

    while stream.readline().strip() == b"P6":
        width, height = map(int, stream.readline().split())
        stream.readline()  # 255, the brightest value
        if max(width, height) > PAGE_SIDE:
            sys.exit(TOO_LARGE)
        pixels = stream.read(width * height * 3)
        yield Image.frombytes("RGB", (width, height), pixels)


def _packed_anew(kind: str) -> bytes:
    """Without tags; empty when it can't be had."""
    if not shutil.which("ffmpeg"):
        return b""
    demuxer, muxer = FFMPEG[kind]
    ours = "-v error -nostdin -threads 1 -protocol_whitelist file,pipe"
    asked = f"{ours} -f {demuxer} -i /proc/self/fd/0 {_CLEANING} {muxer} pipe:1"
    told = subprocess.run(["ffmpeg", *asked.split()], stdin=0, capture_output=True, check=False)
    return told.stdout if told.returncode == 0 else b""


def main() -> None:
    limit()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        sys.exit(TOO_LARGE)
    kind = media_type(data)
    if not kind:
        sys.exit(UNKNOWN)
    try:
        kept, label, data = clean(data, kind)
    except Exception:
        sys.exit(DAMAGED)  # and not a word more: an error can quote what was in the file
    if len(data) > MOST_KEPT:
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(kept.encode() + b" " + label + b"\n" + data)


if __name__ == "__main__":
    main()
