"""`kentongan understand`: what a message wants and which signs are in it; and how well we know."""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import learning
from bot.learning import Example, LabelError
from bot.terminal import FINE, WrongUse, loaded, print_json, print_report, texts_of
from flows.catalog import CONTENT
from flows.judgement import Judge
from flows.understanding import Understander, Understanding, load_understander

WEIGHTS = CONTENT / "understanding.json"
FOLDS = 6


def add_commands(commands: Any) -> None:
    understand = commands.add_parser(
        "understand", help="what a message wants, how urgent it is, which warning signs it has"
    )
    understand.add_argument("text", nargs="?", metavar="TEXT", help="- reads one text per line")
    understand.add_argument("--evaluate", type=Path, nargs="+", metavar="FILE",
                            help="precision and recall on labelled texts (JSON lines)")  # fmt: skip
    understand.add_argument("--train", type=Path, nargs="+", metavar="FILE",
                            help="learn the weights anew from labelled texts (developers)")  # fmt: skip
    understand.add_argument("--cross", type=Path, nargs="+", metavar="FILE",
                            help="learn and measure on parts of the same texts (developers)")  # fmt: skip
    understand.add_argument("--json", action="store_true")
    understand.set_defaults(command=run_understand)


def run_understand(given: argparse.Namespace) -> int:
    """Exactly one of a text and the three options."""
    chosen: list[tuple[Any, Callable[[Any, bool], None]]] = [
        (given.text, _show),
        (given.evaluate, _evaluate),
        (given.train, _train),
        (given.cross, _cross),
    ]
    asked = [(what, command) for what, command in chosen if what is not None]
    if len(asked) != 1:
        raise WrongUse("say one of TEXT, --evaluate FILE, --train FILE and --cross FILE")
    what, command = asked[0]
    try:
        command(what, given.json)
    except LabelError as error:
        raise WrongUse(str(error)) from None
    return FINE


def _show(text: str, as_json: bool) -> None:
    from bot.understanding_report import Reader

    reader = loaded(Reader)
    for line in texts_of(text):
        print_report(reader.report(line), as_json)


def _evaluate(files: Sequence[Path], as_json: bool) -> None:
    examples = [example for path in files for example in learning.read_examples(path)]
    understander = load_understander()
    _print(learning.evaluate((e, understander.read(e.text)) for e in examples), as_json)


def _train(files: Sequence[Path], as_json: bool) -> None:
    examples = [example for path in files for example in learning.read_examples(path)]
    weights = _learned(load_understander(learned=False), examples)
    learning.write_weights(weights, WEIGHTS)
    print(f"{WEIGHTS}: {len(weights['weights'])} features of {len(examples)} texts",
          file=sys.stderr)  # fmt: skip


def _cross(files: Sequence[Path], as_json: bool) -> None:
    """Each text is judged by weights that have not seen it."""
    examples = [example for path in files for example in learning.read_examples(path)]
    random.Random(7).shuffle(examples)  # noqa: S311 (an order, no secret)
    understander = load_understander(learned=False)
    pairs: list[tuple[Example, Understanding]] = []
    for fold in range(FOLDS):
        if sys.stderr.isatty():
            print(f"\rpart {fold + 1}/{FOLDS}", end="", file=sys.stderr, flush=True)
        seen = [example for i, example in enumerate(examples) if i % FOLDS != fold]
        judge = Judge.of(_learned(understander, seen))
        pairs += [(e, understander.read(e.text, judge)) for e in examples[fold::FOLDS]]
    _print(learning.evaluate(pairs), as_json)


def _learned(understander: Understander, examples: Sequence[Example]) -> dict[str, Any]:
    try:
        return learning.learn(understander, examples)
    except ImportError:
        raise WrongUse("learning needs the development packages: make install-dev") from None


# ---- for people


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    print(f"{report['texts']} texts")
    for name in ("intent_accuracy", "language_accuracy"):
        print(f"  {name:24} {_rate(report[name])}")
    for name in ("emergency", "offers", "flags"):
        for measure, rate in report[name].items():
            print(f"  {name + ' ' + measure:24} {_rate(rate)}")
    intents = list(report["confusion"])
    print("\n  was ↓ said →  " + "".join(f"{intent[:8]:>9}" for intent in intents))
    for intent, row in report["confusion"].items():
        print(f"  {intent:14}" + "".join(f"{row.get(other, 0):>9}" for other in intents))


def _rate(rate: dict[str, Any]) -> str:
    if rate["value"] is None:
        return "-"
    low, high = rate["interval"]
    return f"{rate['value']:.3f}  ({low:.2f}-{high:.2f}, {rate['hits']} of {rate['of']})"
