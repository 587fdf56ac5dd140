"""The trial of our reviews: the same people for everyone, another way to forget, honest figures."""

import json
from statistics import fmean

import pytest

from bot import learning_trial
from bot.cli import main
from bot.forgetters import Traces, forgetter
from bot.learning_trial import DAYS, Drip, Ours, Trial, schedules
from flows.curriculum import load_lessons
from flows.review import AT_ONCE

TRIAL = Trial(load_lessons()[:5], seed=1, a_week=3)


def test_what_is_met_is_forgotten_and_met_again_is_kept_longer() -> None:
    once, twice = Traces(0.7, 0.18), Traces(0.7, 0.18)
    once.meet(0)
    twice.meet(0)
    twice.meet(10)
    recalls = [once.recall(day) for day in (1, 10, 30, 90)]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] > 0.5 > recalls[-1] > 0
    assert twice.recall(30) > once.recall(30)
    assert Traces(0.7, 0.18).recall(1) == 0


def test_spaced_encounters_last_longer_than_crowded_ones() -> None:
    spaced, crowded = Traces(0.7, 0.18), Traces(0.7, 0.18)
    for n in range(4):
        spaced.meet(n * 10)
        crowded.meet(30 + n * 0.01)
    assert spaced.recall(90) > crowded.recall(90)


def test_less_than_half_is_known_a_week_after_a_lesson() -> None:
    """What `EASE` was chosen for."""
    lessons = {"one": [("one", str(n)) for n in range(20)]}
    recalls = []
    for n in range(100):
        for traces in forgetter(lessons, f"{n}", DAYS).memory.values():
            traces.meet(learning_trial.READS)
            traces.meet(learning_trial.QUIZ)
            recalls.append(traces.recall(7))
    assert fmean(recalls) == pytest.approx(0.45, abs=0.05)


def test_one_seed_is_one_person() -> None:
    lessons = {"one": [("one", "a")], "two": [("two", "a")]}
    first, second = (forgetter(lessons, "7", DAYS) for _ in range(2))
    assert first.lesson_days == second.lesson_days
    assert first.memory == second.memory
    assert forgetter(lessons, "8", DAYS).memory != first.memory


@pytest.mark.parametrize("teacher", [Ours, lambda: Drip((1, 3, 7, 14, 30))])
def test_nobody_gets_more_than_the_budget(teacher: type[Ours]) -> None:
    outcomes = TRIAL.run("any", teacher, "people", 20).outcomes
    weeks = DAYS // 7 + 1
    assert all(0 < one.pushes <= 3 * weeks for one in outcomes)
    assert all(one.messages <= one.pushes * (1 + AT_ONCE) for one in outcomes)


def test_reviews_teach_and_silence_does_not() -> None:
    none = TRIAL.run("none", lambda: Drip(()), "people", 20)
    ours = TRIAL.run("ours", Ours, "people", 20)
    assert none.mean("messages") == 0
    assert ours.mean("recall") > 2 * none.mean("recall")
    assert ours.mean("recall") > ours.mean("recall_later")


def test_a_drip_asks_on_its_days_and_then_no_more() -> None:
    drip, item = Drip((2, 5)), ("one", "a")
    drip.learned(item, True, 10.4)
    asked = []
    for day in range(10, 30):
        if item in drip.due(day + 0.42):
            asked.append(day)
            drip.learned(item, False, day + 0.42)
    assert asked == [12, 15]


def test_every_schedule_is_tried_once() -> None:
    tried = list(schedules())
    assert len(tried) == len(set(tried)) > 100
    assert all(list(days) == sorted(days) and days[-1] < DAYS for days in tried)


def test_the_command_gives_the_same_figures_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning_trial, "FIRSTS", (7, 21))
    monkeypatch.setattr(learning_trial, "SEARCHED", 5)
    reports = []
    for _ in range(2):
        command = ["simulate-learners", "--lessons", "3", "--learners", "5", "--seed", "3"]
        assert main([*command, "--json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    assert reports[0] == reports[1]
    assert reports[0]["results"]["ours"]["messages"] > 0
    assert "no review" not in reports[0]["ours_against"]
    assert main(command) == 0
    assert "seed 3: 5 learners" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--learners", "1"], ["--lessons", "0"], ["--lessons", "99"]])
def test_numbers_that_mean_nothing_are_refused(wrong: list[str]) -> None:
    assert main(["simulate-learners", *wrong]) == 2
