"""Ten thousand tips over a simulated year; the figures of docs/routing.md."""

from pathlib import Path

import pytest

from tests.bot.year import Year

pytestmark = pytest.mark.soak


def test_ten_thousand_tips_over_a_year(tmp_path: Path) -> None:
    year = Year(tmp_path, 20261122, 10_000)
    year.run()
    found = year.check()
    print(f"\n{found}")
    assert found["tips"] == 10_000
    assert found["still open"] == 0
