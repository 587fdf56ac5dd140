"""What is kept of evidence: known by its bytes, cleaned in a limited process, or left as it came."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from bot import keep_media, keeping, limited
from bot.keeping import MAX_BYTES, MOST_KEPT, keep
from bot.read_picture import MEMORY, SECONDS
from tests.posters import PDF, blank_png, coded, draw
from tests.recordings import AMR, MARK, opened, paper, photograph, recorded


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_what_is_seen_and_nothing_else(kind: str) -> None:
    picture = photograph(kind)
    assert MARK.encode() in picture
    kept = keep(picture)
    assert (kept.outcome, kept.media_type, kept.as_it_came) == ("kept", "image/jpeg", False)
    assert MARK.encode() not in kept.data
    seen = opened(kept.data)
    assert seen.size == (1280, 900), "and upright"
    assert len(seen.getexif()) == 0
    assert {"exif", "comment", "icc_profile"}.isdisjoint(seen.info)


def test_a_large_photo_becomes_small_enough() -> None:
    noise = Image.frombytes("RGB", (4000, 3000), os.urandom(4000 * 3000 * 3))
    picture = coded(noise, quality=95)
    assert MOST_KEPT < len(picture) < MAX_BYTES
    kept = keep(picture)
    assert kept.outcome == "kept"
    assert len(kept.data) <= MOST_KEPT
    assert max(opened(kept.data).size) == keep_media.SIDE


def test_what_is_transparent_is_paper() -> None:
    kept = keep(coded(Image.new("RGBA", (400, 300), (0, 0, 0, 0)), "PNG"))
    assert opened(kept.data).getpixel((200, 150)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "media_type", "format_name"),
    [
        ("note.ogg", "audio/ogg", "ogg"),
        ("song.mp3", "audio/mpeg", "mp3"),
        ("memo.m4a", "audio/mp4", "mov,mp4,m4a,3gp,3g2,mj2"),
        ("raw.aac", "audio/aac", "aac"),
        ("film.mp4", "video/mp4", "mov,mp4,m4a,3gp,3g2,mj2"),
    ],
)
def test_sound_and_film_lose_their_tags_and_can_be_played(
    name: str, media_type: str, format_name: str, tmp_path: Path
) -> None:
    kept = keep(recorded(name))
    assert (kept.outcome, kept.media_type, kept.as_it_came) == ("kept", media_type, False)
    assert MARK.encode() not in kept.data
    path = tmp_path / "kept"
    path.write_bytes(kept.data)
    probe = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_packets", str(path)]
    told = json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)
    assert told["format"]["format_name"] == format_name
    assert "111" not in repr(told["format"].get("tags"))
    assert len(told["packets"]) > 20


def test_the_marks_were_there_before() -> None:
    for name in ("note.ogg", "song.mp3", "memo.m4a", "film.mp4"):
        assert MARK.encode() in recorded(name)


def test_a_short_call_of_an_old_phone() -> None:
    kept = keep(AMR)
    assert (kept.media_type, kept.data) == ("audio/amr", AMR)


def test_a_paper_becomes_the_pictures_of_its_pages() -> None:
    pdf = paper()
    kept = keep(pdf)
    assert (kept.outcome, kept.media_type, kept.as_it_came) == ("kept", "application/pdf", False)
    assert kept.data.count(b"/Type /Page\n") == 3
    assert b"/Title" not in kept.data
    assert b"/Title" in pdf


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(paper(keep_media.PAGES + 1), id="longer than we make anew"),
        pytest.param(PDF, id="damaged, or locked with a password"),
    ],
)
def test_a_paper_that_can_not_be_made_anew_stays_as_it_came(pdf: bytes) -> None:
    kept = keep(pdf)
    assert (kept.outcome, kept.as_it_came, kept.data) == ("kept", True, pdf)


def test_without_the_tools_it_stays_as_it_came_and_the_doctor_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.missing() == ""
    note, pdf = recorded("note.ogg"), paper()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert keeping.missing() == "apt-get install ffmpeg poppler-utils"
    for data in (note, pdf):
        kept = keep(data)
        assert (kept.outcome, kept.as_it_came, kept.data) == ("kept", True, data)
    assert keep(photograph()).as_it_came is False, "pictures need neither"


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        pytest.param(b"", "unknown", id="nothing"),
        pytest.param(b"MZ\x90\0" + b"\0" * 500, "unknown", id="a program"),
        pytest.param(b"PK\x03\x04" + b"\0" * 500, "unknown", id="docx, zip, apk"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown", id="svg"),
        pytest.param(b"#EXTM3U\nfile:///etc/passwd\n", "unknown", id="a playlist"),
        pytest.param(coded(draw())[:20_000], "damaged", id="half a photo"),
        pytest.param(blank_png(60_000, 60_000), "too_large", id="3,600 megapixels"),
        pytest.param(b"OggS" + b"\0" * MAX_BYTES, "too_large", id="more than 16 MB"),
        pytest.param(b"#!AMR\n" + b"\0" * MOST_KEPT, "too_large", id="sound of more than 5 MB"),
    ],
)
def test_what_is_not_taken(data: bytes, outcome: str) -> None:
    kept = keep(data)
    assert (kept.outcome, kept.data) == (outcome, b"")


def test_a_playlist_that_says_it_is_a_film_opens_no_other_file(tmp_path: Path) -> None:
    """The demuxer is named, so what is inside can't choose another one."""
    secret = tmp_path / "secret"
    secret.write_text("kanarirahasia")
    fake = b"\0\0\0\x18ftypisom\n#EXTM3U\n#EXTINF:1,\nfile://" + str(secret).encode() + b"\n"
    kept = keep(fake)
    assert b"kanarirahasia" not in kept.data


def test_a_file_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 0.01)
    assert keep(photograph()).outcome == "damaged"


def test_the_tools_run_under_the_limits_with_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = tmp_path / "ffmpeg"
    spy.write_text('#!/bin/sh\n(echo x > "$0.leak")\nulimit -v; ulimit -t; ulimit -f; env\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("KENTONGAN_TWILIO_AUTH_TOKEN", "secret-token")
    told = keep(b"OggS" + b"\0" * 100).data.decode()
    assert told.split()[:3] == [str(MEMORY // 1024), str(SECONDS), "0"]
    assert "secret-token" not in told
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir() if path != spy)


def test_its_repr_shows_nothing_of_it() -> None:
    assert "data" not in repr(keep(AMR))
