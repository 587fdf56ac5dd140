"""Posters, photographs of nothing, and files that mean harm, read by the real Tesseract."""

import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from bot import limited, read_picture, reading
from bot.reading import MOST_OUT, read
from tests.posters import LINES, PDF, blank_png, coded, draw, poster

SECONDS = 10.0
"""security.md 5.1, row 22: at most 10 s and 512 MB for any file."""
MEMORY = 512 * 1024


@cache
def fifty_megapixels(mode: str, kind: str) -> bytes:
    more = {"compress_level": 1} if kind == "PNG" else {}
    return coded(draw(size=(5000, 10000)).convert(mode), kind, **more)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(poster(), id="jpeg"),
        pytest.param(poster(kind="PNG"), id="png"),
        pytest.param(poster(kind="WEBP"), id="webp"),
        pytest.param(coded(draw(size=(480, 680)), quality=60), id="small and compressed"),
        pytest.param(coded(ImageOps.invert(draw())), id="light on dark"),
        pytest.param(coded(draw().convert("RGBA"), "PNG"), id="with transparency"),
        pytest.param(coded(draw().convert("P"), "PNG"), id="with a palette"),
        pytest.param(coded(draw().convert("CMYK")), id="cmyk"),
    ],
)
def test_a_poster_is_read(picture: bytes) -> None:
    found = read(picture)
    assert found.outcome == "read"
    assert found.text.splitlines() == list(LINES)


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the left: viewers turn it back
    picture = coded(draw().rotate(90, expand=True), exif=exif)
    assert "PT ALFA NUSANTARA PERDANA" in read(picture).text


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "JPEG")])
def test_fifty_megapixels_are_read_in_bounded_time_and_memory(mode: str, kind: str) -> None:
    picture = fifty_megapixels(mode, kind)
    begun = time.monotonic()
    assert "PT ALFA NUSANTARA PERDANA" in read(picture).text
    assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize(
    ("picture", "outcome"),
    [
        pytest.param(PDF, "no_picture", id="a pdf named .jpg"),
        pytest.param(b"", "no_picture", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture", id="svg"),
        pytest.param(b"GIF89a" + b"\0" * 100, "no_picture", id="gif"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt ", "no_picture", id="a wave file"),
        pytest.param(poster()[:20_000], "damaged", id="cut off"),
        pytest.param(b"\xff\xd8\xff" + os.urandom(5000), "damaged", id="noise after the magic"),
        pytest.param(blank_png(60_000, 60_000), "too_large", id="a bomb of 3,600 megapixels"),
        pytest.param(blank_png(7700, 7800), "too_large", id="just above the limit"),
        pytest.param(coded(Image.new("L", (5000, 5000)), "WEBP"), "too_large", id="large webp"),
        pytest.param(b"\xff\xd8\xff" + b"\0" * read_picture.MAX_BYTES, "too_large", id="11 MB"),
        pytest.param(blank_png(1, 1), "nothing", id="one pixel"),
        pytest.param(blank_png(30_000, 40), "nothing", id="a long thin one"),
        pytest.param(coded(Image.new("RGB", (900, 1200), "white")), "nothing", id="white"),
        pytest.param(coded(Image.effect_noise((900, 1200), 90)), "nothing", id="leaves"),
    ],
)
def test_what_cannot_be_read_is_said_so_and_quickly(picture: bytes, outcome: str) -> None:
    begun = time.monotonic()
    found = read(picture)
    assert (found.outcome, found.text) == (outcome, "")
    assert time.monotonic() - begun < SECONDS


def test_a_picture_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 0.05)
    begun = time.monotonic()
    assert read(fifty_megapixels("RGB", "PNG")).outcome == "too_hard"
    assert time.monotonic() - begun < 2


def test_memory_and_processor_are_limited_before_the_first_byte_is_looked_at() -> None:
    """The limits of the process itself, and that its worst picture stays far below them."""
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "import read_picture; read_picture.limit()\n"
        "kinds = ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_CORE')\n"
        "print([resource.getrlimit(getattr(resource, kind))[1] for kind in kinds])"
    )
    folder = str(Path(read_picture.__file__).parent)
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, folder], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str([read_picture.MEMORY, read_picture.SECONDS, 0])


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "JPEG")])
def test_the_largest_picture_stays_below_half_a_gigabyte(mode: str, kind: str) -> None:
    """Asked from a small process of its own, since a fork of this one counts as large as it is."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-I', sys.argv[1], 'ind'], stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-c", code, str(reading.PROGRAM)],
        input=fifty_megapixels(mode, kind), capture_output=True, check=True,
    )  # fmt: skip
    assert int(told.stdout) < MEMORY, f"{int(told.stdout) // 1024} MB"


def spy_for_tesseract(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """From now on that shell script runs where Tesseract would."""
    spy = folder / "tesseract"
    spy.write_text(f"#!/bin/sh\n{script}\n")
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return spy


def test_no_file_is_written_while_a_picture_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tesseract runs where the kernel refuses every byte to a file, and leaves none behind."""
    script = 'ulimit -f; echo x > "$0.leak"; cat > "$0.copy"; exit 7'
    spy = spy_for_tesseract(script, tmp_path, monkeypatch)
    status, out = limited.run(reading.command(), poster(), MOST_OUT)
    assert out.splitlines()[0] == b"0"
    assert status != 0
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir() if path != spy)


def test_nothing_of_ours_is_in_the_process_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy_for_tesseract("env", tmp_path, monkeypatch)
    monkeypatch.setenv("KENTONGAN_TWILIO_AUTH_TOKEN", "secret-token")
    _, out = limited.run(reading.command(), poster(), MOST_OUT)
    assert b"OMP_THREAD_LIMIT=1" in out
    assert b"KENTONGAN" not in out


def test_without_tesseract_the_machine_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reading.missing() == ""
    with monkeypatch.context() as patch:
        patch.setattr(reading, "languages", lambda: ("eng", "osd"))
        assert "no Indonesian: apt-get install tesseract-ocr" in reading.missing()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Tesseract is not installed: apt-get install" in reading.missing()
