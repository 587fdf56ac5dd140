"""What learning costs: counted by channel and day, priced from a dated file, never guessed."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot import content_check, demo, meter
from bot.cli import main
from bot.meter import Counts, Price, cost, load_prices
from bot.rehearsal import Rehearsal
from flows.catalog import ContentError, Source
from tests.bot.steps import settle_in

SOURCE = Source("a page", "https://example.org", date(2026, 11, 22), date(2026, 12, 22))
TODAY = date(2026, 11, 23)
MESSAGE = Price("whatsapp", "message", Decimal("0.005"), SOURCE)
SERVICE = Price("whatsapp", "service", Decimal("0.02"), SOURCE)
UTILITY = Price("whatsapp", "utility", None, SOURCE)


def counted(rehearsal: Rehearsal) -> Counter[str]:
    with rehearsal.service.database.read() as connection:
        return meter.totals(connection).get(demo.CHANNEL, Counter())


async def test_a_lesson_is_counted_from_its_menu_to_its_end(on_both: Rehearsal) -> None:
    await settle_in(on_both, demo.VILLAGER)
    assert counted(on_both) == Counter()
    lines = ["belajar", "1", *["lanjut"] * 5, *["1"] * 4, "tidak"]
    for words in lines:
        said = await on_both.say(demo.VILLAGER, words)
        assert len(said) == 1
    assert counted(on_both) == {"in": len(lines), "out": len(lines), "lesson": 1}
    await on_both.say(demo.VILLAGER, "menu")  # the way out belongs to it
    await on_both.say(demo.VILLAGER, "tentang")
    assert counted(on_both)["in"] == len(lines) + 1


async def test_who_is_not_kept_is_counted_all_the_same(on_both: Rehearsal) -> None:
    for words in ("halo", "jangan simpan", "belajar", "1", *["lanjut"] * 5, *["1"] * 4):
        await on_both.say(demo.VILLAGER, words)
    assert counted(on_both)["lesson"] == 1


@pytest.mark.parametrize(
    ("prices", "usd", "unpriced"),
    [
        ((MESSAGE,), "0.1", ()),
        ((MESSAGE, SERVICE), "0.26", ()),
        ((MESSAGE, SERVICE, UTILITY), "0.26", ("utility",)),
        ((), "0", ()),
    ],
)
def test_what_a_channel_cost(
    prices: tuple[Price, ...], usd: str, unpriced: tuple[str, ...]
) -> None:
    """Ten in and ten out, two of them as a template."""
    counts = Counter({"in": 10, "out": 10, "push": 3, "template": 2, "lesson": 4})
    found = cost("whatsapp", counts, prices, TODAY)
    assert found.usd == Decimal(usd)
    assert found.per_lesson == Decimal(usd) / 4
    assert found.unpriced == unpriced
    assert not found.past_review


def test_without_a_lesson_there_is_no_price_of_one() -> None:
    assert cost("whatsapp", Counter({"in": 1}), (MESSAGE,), TODAY).per_lesson is None


def test_a_price_past_its_review_date_is_said() -> None:
    counts = Counter({"in": 1})
    assert cost("whatsapp", counts, (MESSAGE,), date(2026, 12, 23)).past_review
    assert not cost("whatsapp", counts, (SERVICE,), date(2026, 12, 23)).past_review  # not used


def test_the_shipped_prices_have_sources_and_dates() -> None:
    prices = load_prices()
    assert {(p.channel, p.what) for p in prices} >= {
        ("whatsapp", "message"),
        ("telegram", "message"),
    }
    assert all(p.source.text and p.source.checked < p.source.review_by for p in prices)


GOOD = (
    "- {channel: whatsapp, what: message, usd: '0.005', source: x, "
    "checked: 2026-11-22, review_by: 2026-12-22}"
)
BAD = {
    "no list": ("whatsapp: 1", "must be a list"),
    "another channel": (GOOD.replace("whatsapp", "sms"), "is not known"),
    "another kind": (GOOD.replace("message", "letter"), "is not known"),
    "no number": (GOOD.replace("0.005", "cheap"), "must be a number"),
    "rupiah": (GOOD.replace("0.005", "400"), "is no price"),
    "NaN": (GOOD.replace("0.005", "NaN"), "is no price"),
    "no source": (GOOD.replace("source: x, ", ""), "`source` is missing"),
}


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD)
def test_a_price_file_that_can_not_be_used(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        load_prices(tmp_path)


async def test_the_command_says_it_by_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", f"sqlite:///{tmp_path / 'k.db'}")
    monkeypatch.setenv("KENTONGAN_KEYRING_PATH", str(tmp_path / "keys.json"))
    bot = Rehearsal(f"sqlite:///{tmp_path / 'k.db'}")
    bot.service.ring.save(tmp_path / "keys.json")
    with bot.service.database.write() as connection:
        found = Counts({("whatsapp", "in"): 20, ("whatsapp", "out"): 20, ("whatsapp", "lesson"): 2})
        meter.add(connection, bot.service.database, found, bot.clock.now())
        meter.add(connection, bot.service.database, found, bot.clock.now())
    bot.close()
    assert main(["learning", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["lessons_finished"] == 4
    assert report["usd_per_lesson_at_least"] == "0.1000"
    assert report["without_the_price_of"] == "service"
    assert main(["learning", "--days", "0"]) == 2
    assert main(["learning", "--days", "99999999"]) == 2


def test_the_content_check_reads_the_prices(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content_check.run(as_json=False, folder=content, today=date(2027, 1, 2))
    assert (
        "warning content/prices.yaml whatsapp message: past its review" in capsys.readouterr().out
    )
    (content / "prices.yaml").write_text("- {}", encoding="utf-8")
    assert content_check.run(as_json=False, folder=content, today=TODAY) == 1
    assert "error content/prices.yaml" in capsys.readouterr().out
