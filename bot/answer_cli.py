"""`kentongan answer`: which card answers a question, and how well that works."""

import argparse
from pathlib import Path
from typing import Any

from bot import answering
from bot.learning import LabelError
from bot.terminal import FINE, WrongUse, print_json, print_report, texts_of
from flows.retrieval import shipped_retrieval


def add_commands(commands: Any) -> None:
    answer = commands.add_parser("answer", help="which lesson card answers a question, how surely")
    answer.add_argument("text", nargs="?", metavar="TEXT", help="- reads one question per line")
    answer.add_argument("--evaluate", type=Path, nargs="+", metavar="FILE",
                        help="recall and false answers on labelled questions (JSON lines)")  # fmt: skip
    answer.add_argument("--cross", action="store_true",
                        help="the same on content/questions.yaml, each left out in turn, and the "
                        "weights that the confidence should have (developers)")  # fmt: skip
    answer.add_argument("--json", action="store_true")
    answer.set_defaults(command=run_answer)


def run_answer(given: argparse.Namespace) -> int:
    """Exactly one of a text and the two options."""
    if sum((given.text is not None, given.evaluate is not None, given.cross)) != 1:
        raise WrongUse("say one of TEXT, --evaluate FILE and --cross")
    if given.text is not None:
        for question in texts_of(given.text):
            found = shipped_retrieval().find(question)
            print_report(answering.report(found, question), given.json)
    elif given.cross:
        _cross(given.json)
    else:
        _evaluate(given.evaluate, given.json)
    return FINE


def _evaluate(files: list[Path], as_json: bool) -> None:
    try:
        questions = [one for path in files for one in answering.read_questions(path)]
    except LabelError as error:
        raise WrongUse(str(error)) from None
    retrieval = shipped_retrieval()
    _print(answering.evaluate((one, retrieval.find(one.text)) for one in questions), as_json)


def _cross(as_json: bool) -> None:
    rows = list(answering.cross())
    try:
        weights = answering.learn(rows)
    except ImportError:
        raise WrongUse("learning needs the development packages: make install-dev") from None
    measured = answering.evaluate((asked, found) for asked, found, _ in rows)
    _print(measured | {"weights": weights}, as_json)


def _print(measured: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(measured)
        return
    for name, value in measured.items():
        print(f"  {name:16} {_rate(value) if 'of' in value else value}" if isinstance(value, dict)
              else f"{value} {name}")  # fmt: skip


def _rate(rate: dict[str, Any]) -> str:
    if rate["value"] is None:
        return "-"
    low, high = rate["interval"]
    return f"{rate['value']:.3f}  ({low:.2f}-{high:.2f}, {rate['hits']} of {rate['of']})"
