"""`kentongan learning`: what learning has cost; `simulate-learners`: what the reviews are worth."""

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot import meter
from bot.terminal import (
    FINE,
    WrongUse,
    last_days,
    open_service,
    print_json,
    print_report,
    show_progress,
)

SEED = 20261122
LEARNERS = 200
_COLUMNS = ("messages", "pushes", "mastered", "recall", "recall_later")


def add_commands(commands: Any) -> None:
    learning = commands.add_parser(
        "learning", help="lessons finished, messages and what they cost, by channel"
    )
    learning.add_argument("--days", type=last_days, metavar="N", help="only the last N days")
    learning.add_argument("--json", action="store_true")
    learning.set_defaults(command=run_learning)
    trial = commands.add_parser(
        "simulate-learners", help="our reviews against the best fixed drip, on invented learners"
    )
    trial.add_argument("--seed", type=int, default=SEED)
    trial.add_argument("--learners", type=int, default=LEARNERS, metavar="N")
    trial.add_argument("--lessons", type=int, metavar="N", help="only the first N lessons")
    trial.add_argument("--json", action="store_true")
    trial.set_defaults(command=run_simulation)


def run_learning(given: argparse.Namespace) -> int:
    """One report a channel."""
    service, prices = open_service(), meter.load_prices()
    now = service.clock.now()
    since = (now - timedelta(days=given.days - 1)).date() if given.days else None
    with service.database.read() as connection:
        totals = meter.totals(connection, since)
    for channel in sorted(totals):
        print_report(_report(channel, totals[channel], prices, service.today(now)), given.json)
    if not totals and not given.json:
        print("no learning yet")
    return FINE


def _report(
    channel: str, counted: Counter[str], prices: tuple[meter.Price, ...], today: date
) -> dict[str, Any]:
    cost = meter.cost(channel, counted, prices, today)
    per_lesson = cost.per_lesson
    return {
        "channel": cost.channel,
        "lessons_finished": cost.lessons,
        "messages_in": cost.messages_in,
        "messages_out": cost.messages_out,
        "pushes": cost.pushes,
        "usd_at_least": str(cost.usd),
        "usd_per_lesson_at_least": str(round(per_lesson, 4)) if per_lesson is not None else None,
        "without_the_price_of": ", ".join(cost.unpriced) or None,
        "prices_past_their_review": "yes" if cost.past_review else None,
    }


def run_simulation(given: argparse.Namespace) -> int:
    from bot.learning_trial import Trial
    from flows.curriculum import for_villagers, load_lessons

    lessons = for_villagers(load_lessons())
    if given.learners < 2:
        raise WrongUse("--learners: at least 2")
    if given.lessons is not None and not 1 <= given.lessons <= len(lessons):
        raise WrongUse(f"--lessons: between 1 and {len(lessons)}")
    trial = Trial(lessons[: given.lessons], given.seed, a_week=3)
    report = trial.compare(given.learners, lambda done, of: show_progress("searching", done, of))
    if given.json:
        print_json(report)
    else:
        _print_table(report)
    return FINE


def _print_table(report: Mapping[str, Any]) -> None:
    print(
        f"seed {report['seed']}: {report['learners']} learners, {report['items']} items, "
        f"at most {report['pushes_a_week']} pushes a week, {report['drips_searched']} drips searched"
    )
    print(f"{'':36}" + "".join(f"{name:>13}" for name in _COLUMNS))
    for name, row in report["results"].items():
        print(
            f"{name:36}"
            + "".join(f"{row[column]:13.3f}" for column in _COLUMNS)
            + f"  {row['name']}"
        )
    for name, row in report["ours_against"].items():
        print(
            f"ours against {name}: {row['messages_saved']:+.1%} messages saved, mastered "
            f"{row['mastered_more']:+.3f} (±{row['mastered_half_interval']:.3f})"
        )
