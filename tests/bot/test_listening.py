"""A voice note in its limited process: the real one, with a stand-in for the model's package."""

from pathlib import Path

import pytest

from bot import doctor, hear_voice, limited, listening
from bot.listening import Heard, listen, missing
from bot.settings import read_settings

PACKAGE = Path(__file__).resolve().parents[1] / "fakes" / "speech"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for name in listening.FILES:
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        ("4|Apa itu calo?|0.1|-0.3", Heard("heard", "Apa itu calo?")),
        ("4| Satu.|0.1|-0.3| Dua.|0.1|-0.3", Heard("heard", "Satu. Dua.")),
        ("4|Satu.|0.1|-0.3|Terima kasih.|0.9|-0.3", Heard("heard", "Satu.")),
        ("4|Terima kasih sudah menonton.|0.1|-1.4", Heard("unclear")),
        ("4|", Heard("unclear")),
        ("121|Panjang.|0.1|-0.3", Heard("too_long")),
        ("4|grow", Heard("too_hard")),
    ],
)
def test_what_is_sure_is_heard(script: str, heard: Heard, model: Path) -> None:
    sound = f"SOUND {script}".encode()
    assert listen(sound, listening.command(model, str(PACKAGE))) == heard


def test_what_is_no_sound_says_nothing_of_itself(
    model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rubbish = b"kanarisuara"
    assert listen(rubbish, listening.command(model, str(PACKAGE))) == Heard("damaged")
    assert "kanari" not in "".join(capfd.readouterr())


def test_a_large_file_is_not_even_handed_over(model: Path) -> None:
    command = ["false"]
    assert listen(bytes(hear_voice.MAX_BYTES + 1), command) == Heard("too_long")


def test_who_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SECONDS", 0.2)
    assert listen(b"x", ["sleep", "60"]) == Heard("too_hard")
    assert limited.SECONDS > 0.2, "others keep their time"


def test_words_are_in_no_repr() -> None:
    assert "calo" not in repr(Heard("heard", "apa itu calo"))


def test_what_is_missing_is_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing(Path()) == "KENTONGAN_SPEECH_MODEL is unset"
    monkeypatch.setattr(listening, "PACKAGE", "no_such_package")
    assert "make install EXTRAS=speech" in missing(model)
    monkeypatch.syspath_prepend(PACKAGE)
    monkeypatch.setattr(listening, "PACKAGE", "faster_whisper")
    assert missing(model) == ""
    (model / "model.bin").unlink()
    assert "has no model.bin" in missing(model)


def test_the_doctor_says_what_is_heard_seen_and_spoken(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(**settings: object) -> dict[str, tuple[str, str]]:
        found = doctor._media(read_settings(_env_file=None, **settings))
        return {one.what: (one.state, one.detail) for one in found}

    assert rows()["audio"] == ("ok", "lessons are read by espeak-ng id 140")
    assert rows()["picture cards"][0] == "ok"
    assert rows()["voice notes"][0] == "warn"
    monkeypatch.syspath_prepend(PACKAGE)
    assert rows(speech_model=model)["voice notes"] == ("ok", f"heard with {model}")
    broken = rows(piper="/no/piper")["audio"]
    assert broken == ("warn", "lessons have no sound: KENTONGAN_PIPER: /no/piper is no program")
    monkeypatch.setenv("PATH", "/nowhere")
    assert rows()["audio"][1] == "lessons have no sound: apt-get install espeak-ng ffmpeg"
    monkeypatch.setattr("bot.picture_cards.FONTS", model)
    assert rows()["picture cards"] == ("warn", "not drawn: apt-get install fonts-dejavu-core")
