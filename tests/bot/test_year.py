"""A small simulated year; the long one is in tests/soak."""

from pathlib import Path

import pytest

from tests.bot.year import Year

TIPS = 80


@pytest.mark.parametrize("seed", [20261122, pytest.param(7, marks=pytest.mark.soak)])
def test_no_tip_is_unowned_for_a_minute_and_each_notice_comes_once(
    seed: int, tmp_path: Path
) -> None:
    year = Year(tmp_path, seed, TIPS)
    year.run()
    found = year.check()
    assert found["tips"] == TIPS
    assert found["still open"] == 0
    assert min(found[what] for what in ("overdue", "leave", "crashes", "stops", "pauses")) > 0
