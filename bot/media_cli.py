"""`kentongan audio` and `kentongan pictures`: make the lessons' sounds and picture cards at once.

Whatever is missing is also made when somebody first asks for it; this is for a machine that
should not wait then, and for editors who want to listen and look.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.recordings import sha_of
from bot.sealing import KeyRing
from bot.settings import read_settings
from bot.shelf import CannotMake, Shelf, chosen_voice
from bot.terminal import FINDING, FINE, WrongUse, print_json, show_progress
from flows.curriculum import load_lessons
from flows.hear_see import AUDIO, PICTURE, Shown


def add_commands(commands: Any) -> None:
    audio = commands.add_parser("audio", help="the lessons' sound")
    of_audio = audio.add_subparsers(required=True, metavar="build|script")
    build = of_audio.add_parser("build", help="render every card as OGG/Opus")
    build.add_argument("--voice", choices=["espeak", "piper"])
    build.set_defaults(command=run_audio)
    script = of_audio.add_parser("script", help="what to read aloud for a recording, card by card")
    script.set_defaults(command=run_script)
    pictures = commands.add_parser("pictures", help="the picture cards")
    draw = pictures.add_subparsers(required=True, metavar="build").add_parser(
        "build", help="draw the cards of the main lessons as PNG"
    )
    draw.set_defaults(command=run_pictures)
    for added in (build, script, draw):
        added.add_argument("--json", action="store_true")


def run_audio(given: argparse.Namespace) -> int:
    shelf = _shelf()
    if given.voice:
        shelf.use(chosen_voice(read_settings(), given.voice))
    if shelf.voice.missing:
        raise WrongUse(f"no voice here: {shelf.voice.missing}")
    return _build(shelf, AUDIO, shelf.cards, "ogg", as_json=given.json)


def run_pictures(given: argparse.Namespace) -> int:
    shelf = _shelf()
    drawn = [shown for shown in shelf.cards if shown.lesson.picture]
    return _build(shelf, PICTURE, drawn, "png", as_json=given.json)


def run_script(given: argparse.Namespace) -> int:
    shelf = _shelf()
    for shown in shelf.cards:
        words = shelf.script(shown)
        name = f"{shown.lesson.id}.{shown.card.id}"
        if given.json:
            print_json({"name": name, "sha": sha_of(words), "words": words})
        else:
            print(f"{name}  sha: {sha_of(words)}\n{words}\n")
    return FINE


def _shelf() -> Shelf:
    """Addresses are of no use here, so no key ring of the office is asked for."""
    return Shelf(read_settings(), load_lessons(), KeyRing.fresh())


def _build(shelf: Shelf, kind: str, cards: list[Shown], ending: str, *, as_json: bool) -> int:
    """Make all; 1 when one could not be made."""
    now = Clock().now()
    made: set[Path] = set()
    failed: dict[str, str] = {}
    for done, shown in enumerate(cards, 1):
        try:
            made.add(shelf.made(f"{kind}/{shown.name}", now.date(), now).path)
        except CannotMake as error:
            failed[shown.name] = str(error)
        show_progress("making", done, len(cards))
    gone = shelf.prune(ending, made) if not failed else 0
    size = sum(path.stat().st_size for path in made)
    report = {"made": len(made), "bytes": size, "removed": gone, "failed": failed}
    if as_json:
        print_json(report)
    else:
        print(f"{len(made)} files, {size / 1e6:.1f} MB in {shelf.folder}; {gone} old ones removed")
        for name, why in failed.items():
            print(f"{name}: {why}", file=sys.stderr)
    return FINDING if failed else FINE
