"""Sounds and pictures of cards: really spoken, really drawn, kept, named by their words, linked."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot import picture_cards, shelf
from bot.content_check import run
from bot.recordings import load_recordings, sha_of
from bot.sealing import KeyRing
from bot.settings import read_settings
from bot.shelf import LINKS_STAY, CannotMake, Shelf, chosen_voice
from bot.voice import Voice
from flows.curriculum import load_lessons
from tests.recordings import recorded

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LESSONS = load_lessons()
LESSON = next(lesson for lesson in LESSONS if lesson.picture)
CARD = f"{LESSON.id}/{LESSON.cards[0].id}"
LATE = LESSON.cards[0].source.review_by + timedelta(days=1)


@pytest.fixture
def ours(tmp_path: Path) -> Shelf:
    settings = read_settings(media_dir=tmp_path / "media", _env_file=None)
    return Shelf(settings, LESSONS, KeyRing.fresh())


def made(shelf: Shelf, wants: str, today: date = TODAY) -> Path:
    return shelf.made(wants, today, NOW).path


def probed(path: Path) -> dict[str, Any]:
    asked = ["ffprobe", "-v", "error", "-show_entries",
             "stream=codec_name,channels,sample_rate:format=duration,bit_rate", "-of", "json"]  # fmt: skip
    told = json.loads(subprocess.run([*asked, path], capture_output=True, check=True).stdout)
    found: dict[str, Any] = told["streams"][0] | told["format"]
    return found


# ---- sound


def test_a_card_is_really_spoken_as_both_channels_want_it(ours: Shelf) -> None:
    path = made(ours, f"audio/{CARD}")
    sound = probed(path)
    assert (sound["codec_name"], sound["channels"], sound["sample_rate"]) == ("opus", 1, "48000")
    assert 5 < float(sound["duration"]) < 60
    assert 12_000 < float(sound["bit_rate"]) < 40_000
    assert path.stat().st_size < 512 * 1024, "WhatsApp shows a play button up to here"


def test_it_is_spoken_once(ours: Shelf) -> None:
    first = made(ours, f"audio/{CARD}")
    ours.use(Voice(ours.voice.name, ("false",)))
    assert made(ours, f"audio/{CARD}") == first


def test_another_voice_or_other_marks_are_another_file(ours: Shelf) -> None:
    plain = made(ours, f"audio/{CARD}")
    late = made(ours, f"audio/{CARD}", LATE)
    ours.use(replace(ours.voice, name="another"))
    assert len({plain, late, made(ours, f"audio/{CARD}")}) == 3


@pytest.mark.parametrize(
    ("voice", "why"),
    [
        (Voice("x", ("no-such-program",)), "FileNotFoundError"),
        (Voice("x", ("false",)), "false: exit 1"),
        (Voice("x", ("true",)), "true: exit 0"),
        (Voice("x", ("echo", "no sound")), "ffmpeg: exit"),
        (Voice("x", ("true",), "apt-get install espeak-ng"), "apt-get install espeak-ng"),
    ],
)
def test_a_voice_that_fails_leaves_no_file(ours: Shelf, voice: Voice, why: str) -> None:
    ours.use(voice)
    with pytest.raises(CannotMake, match=why):
        made(ours, f"audio/{CARD}")
    assert not list(ours.folder.glob("*"))


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file")
    settings = read_settings(media_dir=tmp_path / "media", _env_file=None)
    with pytest.raises(CannotMake, match="media"):
        made(Shelf(settings, LESSONS, KeyRing.fresh()), f"picture/{CARD}")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_piper_speaks_where_it_is_set_up(tmp_path: Path) -> None:
    """A stand-in with Piper's own arguments; it is not packaged with a voice anywhere we reach."""
    program, model = tmp_path / "piper", tmp_path / "id_ID.onnx"
    program.write_text(
        f'#!/bin/sh\n[ "$*" = "--model {model} --output_file -" ] || exit 1\n'
        "exec espeak-ng -v id --stdin --stdout\n"
    )
    program.chmod(0o700)
    for path in (model, Path(f"{model}.json")):
        path.write_text("{}")
    settings = read_settings(
        media_dir=tmp_path / "media", piper=program, piper_voice=model, _env_file=None
    )
    assert probed(made(Shelf(settings, LESSONS, KeyRing.fresh()), f"audio/{CARD}"))
    assert chosen_voice(settings, "espeak").name.startswith("espeak-ng")
    Path(f"{model}.json").unlink()
    assert "KENTONGAN_PIPER_VOICE" in chosen_voice(settings).missing


# ---- recordings by a person


@pytest.fixture
def record(content: Path, ours: Shelf) -> Callable[..., Path]:
    def record(words: str, data: bytes = recorded("note.ogg"), card: str = CARD) -> Path:
        path = content / "audio" / f"{card.replace('/', '.')}.ogg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        sidecar = f'by: Bu Rini\non: 2026-11-20\nsha: "{sha_of(words)}"\n'
        path.with_suffix(".yaml").write_text(sidecar)
        return path

    return record


def spoken_words(ours: Shelf) -> str:
    return ours.script(next(shown for shown in ours.cards if shown.name == CARD))


def test_a_person_wins_over_the_voice_while_the_words_are_the_same(
    tmp_path: Path, content: Path, ours: Shelf, record: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = record(spoken_words(ours))
    monkeypatch.setattr(shelf, "load_recordings", lambda: load_recordings(content))
    settings = read_settings(media_dir=tmp_path / "media", _env_file=None)
    with_them = Shelf(settings, LESSONS, KeyRing.fresh())
    assert made(with_them, f"audio/{CARD}").read_bytes() == path.read_bytes()
    assert made(with_them, f"audio/{CARD}", LATE).read_bytes() != path.read_bytes(), (
        "what is late has to be said, and the person did not say it"
    )
    record("other words")
    stale = Shelf(settings, LESSONS, KeyRing.fresh())
    assert made(stale, f"audio/{CARD}").read_bytes() != path.read_bytes()


def test_content_check_refuses_what_would_not_be_sent(
    content: Path, ours: Shelf, record: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def errors() -> str:
        run(False, folder=content, today=TODAY)
        lines = capsys.readouterr().out.splitlines()
        return "\n".join(line for line in lines if line.startswith("error"))

    path = record(spoken_words(ours))
    assert not errors()
    record("other words")
    assert f"{path.name}: was recorded for other words than the card has now" in errors()
    record(spoken_words(ours), b"ID3 no ogg")
    assert "is no OGG/Opus" in errors()
    record(spoken_words(ours), recorded("note.ogg") + bytes(512 * 1024))
    assert "at most 524288" in errors()
    path.with_suffix(".yaml").write_text("by: Bu Rini\n")
    assert "must have by, on and sha" in errors()
    path.with_suffix(".yaml").write_text("by: Bu Rini\non: kemarin\nsha: x\n")
    assert "must be a day" in errors()
    path.with_suffix(".yaml").unlink()
    assert "can't be read" in errors()
    path.unlink()
    record("x", card="no/card")
    assert "no card has this name" in errors()


# ---- pictures


@pytest.mark.parametrize("today", [TODAY, date(2031, 1, 1)])
def test_every_main_card_is_drawn_square_and_light(ours: Shelf, today: date) -> None:
    drawn = [shown for shown in ours.cards if shown.lesson.picture]
    for shown in drawn[:: 1 if today == TODAY else 7]:
        path = made(ours, f"picture/{shown.name}", today)
        assert path.stat().st_size < 200_000
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("PNG", (1080, 1080))
    assert {len(picture_cards.of(drawn[0], day).marks) for day in (TODAY, date(2031, 1, 1))} == {
        1,
        2,
    }


def test_a_longer_card_than_any_is_drawn_smaller_and_stays_above_the_foot() -> None:
    card = picture_cards.Drawn(
        "Judul yang sangat panjang", "3/5", "Mempertanggungjawabkan keberangkatan. " * 6,
        "Sumber: " + "Undang-undang Nomor 18 Tahun 2017 " * 6, ("Satu.", "Dua."),
    )  # fmt: skip
    picture = Image.open(BytesIO(picture_cards.draw(card))).convert("L")
    strip = picture.crop((0, 750, 1080, 778))
    assert strip.getextrema() == (strip.getpixel((0, 0)),) * 2, (
        "nothing is written between the words and the rule"
    )


def test_without_fonts_it_says_what_to_install(
    ours: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_cards, "FONTS", tmp_path)
    with pytest.raises(CannotMake, match="fonts-dejavu-core"):
        made(ours, f"picture/{CARD}")


# ---- addresses


def test_an_address_is_good_for_some_hours_and_for_its_own_file(ours: Shelf) -> None:
    media = ours.made(f"picture/{CARD}", TODAY, NOW)
    expires, mark, name = media.url.removeprefix("http://127.0.0.1:8000/media/").split("/")
    good = (name, int(expires), mark)
    assert ours.behind(*good, NOW) == media.path
    assert ours.behind(*good, NOW + LINKS_STAY) == media.path
    assert ours.behind(*good, NOW + LINKS_STAY + timedelta(seconds=1)) is None
    assert ours.behind(name, int(expires) + 9, mark, NOW) is None
    assert ours.behind(name, int(expires), "0" * 32, NOW) is None
    assert ours.behind(name, int(expires), "é", NOW) is None
    other = made(ours, f"picture/{LESSON.id}/{LESSON.cards[1].id}")
    assert ours.behind(other.name, int(expires), mark, NOW) is None
    for outside in ("../keyring.json", ".hidden.png"):
        assert ours.behind(outside, 2**33, ours._mark(outside, 2**33), NOW) is None
    media.path.unlink()
    assert ours.behind(*good, NOW) is None


def test_what_no_card_says_any_more_goes(ours: Shelf) -> None:
    kept = made(ours, f"picture/{CARD}")
    (ours.folder / f"{'0' * 32}.png").write_bytes(b"old")
    sound = ours.folder / f"{'0' * 32}.ogg"
    sound.write_bytes(b"other")
    assert ours.prune("png", {kept}) == 1
    assert kept.is_file() and sound.is_file()


def test_a_card_that_is_gone_can_not_be_made(ours: Shelf) -> None:
    with pytest.raises(CannotMake, match="no such card"):
        made(ours, "audio/tidak/ada")


# ---- photos


def photo(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return file.getvalue()


def test_a_photo_is_kept_by_name_sent_as_a_jpeg_and_outlives_the_cards(ours: Shelf) -> None:
    name = ours.keep_photo(photo())
    assert ours.keep_photo(photo()) == name != ours.keep_photo(photo("blue"))
    ours.prune("png", set())
    media = ours.made(f"photo/{name}", TODAY, NOW)
    assert (media.kind, media.type) == ("picture", "image/jpeg")
    assert media.path.read_bytes() == photo()
    expires, mark, last = media.url.rsplit("/", 3)[1:]
    assert ours.behind(last, int(expires), mark, NOW) == media.path


@pytest.mark.parametrize("name", ["", "0" * 32 + ".jpg", "../" + "0" * 32 + ".jpg", "x.png"])
def test_a_photo_that_is_not_there_can_not_be_made(ours: Shelf, name: str) -> None:
    with pytest.raises(CannotMake):
        ours.made(f"photo/{name}", TODAY, NOW)
