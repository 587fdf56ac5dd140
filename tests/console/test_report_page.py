"""How a report is shown, however hostile its words."""

import re
import time
import unicodedata
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import demo, tips
from bot.partner_rows import partners
from bot.sealing import seal_report
from console.plain_text import plain
from tests.console.office import (
    STORY,
    Bot,
    page_of,
    sign_in,
)

# ---- the report as it is shown


async def test_the_report_can_be_read(bot: Bot, browser: httpx.AsyncClient) -> None:
    html = await page_of(bot, browser)
    for label, words in (
        ("Kejadian", STORY),
        ("Tempat", "Desa Baosan Kidul, Kec. Ngrayun, Kab. Ponorogo"),
        ("Waktu", "besok malam"),
        ("Pelaku", "tidak tahu"),
    ):
        assert re.search(rf"<dt>{label}</dt>\s*<dd>{re.escape(words)}</dd>", html)
    assert '<span class="chip soon">Segera</span>' in html
    assert "Batas waktu: Selasa 24 November pukul 09.00 WIB" in html
    assert "Petugas desa (PIMPASA) (sekarang)" in html
    assert 'href="tel:110"' in html
    assert "08001000" in html
    for secret in (demo.VILLAGER, "simulator", "Sri Wahyuni"):
        assert secret not in html.replace("Dari pengirim", "")


async def test_a_partner_is_shown_by_its_kind_with_question_and_answer(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    with bot.service.database.write() as connection:
        connection.execute(partners.update().values(place_code=demo.OTHER_VILLAGE))
    for words in ("MITRA 1", "1", "Apakah PT Maju dikenal?"):
        bot.say(demo.OFFICER, words)
    told = bot.say(demo.OFFICER, "kirim")[demo.OFFICER][0]
    code = told.partition("Kode buka: ")[2].split()[0]
    for words in ("MITRA", "1", code, "Tidak dikenal"):
        bot.say(demo.PARTNER, words)
    html = await page_of(bot, browser)
    assert "Kepada mitra," in html and "<p>Babinsa: Apakah PT Maju dikenal?</p>" in html
    assert "Dari mitra," in html and "<p>Babinsa: Tidak dikenal</p>" in html
    assert "Pengirim, mitra" not in html and "(contoh)" not in html.partition("percakapan")[2]


async def test_a_report_of_a_partner_says_of_which_kind(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    with bot.service.database.write() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        key = tips._key(connection, bot.service.ring, tip)
        sealed = seal_report(tip.id, key, {"partner": "Babinsa"})
        tips._add_part(connection, 1, "report", sealed, bot.service.clock.now())
    html = await page_of(bot, browser)
    assert re.search(r"<dt>Pengirim, mitra</dt>\s*<dd>Babinsa</dd>", html)


async def test_what_was_not_said_reads_tidak_tahu(bot: Bot, browser: httpx.AsyncClient) -> None:
    with bot.service.database.write() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        connection.execute(tips.parts.delete().where(tips.parts.c.tip_number == 1))
        key = tips._key(connection, bot.service.ring, tip)
        sealed = seal_report(tip.id, key, {"lain": "kabar <b>lain</b>"})
        tips._add_part(connection, 1, "report", sealed, bot.service.clock.now())
    html = await page_of(bot, browser)
    assert html.count("<dd>tidak tahu</dd>") == 3
    assert re.search(r"<dt>Lain-lain</dt>\s*<dd>kabar &lt;b&gt;lain&lt;/b&gt;</dd>", html)


async def test_overdue_is_said(bot: Bot, browser: httpx.AsyncClient) -> None:
    bot.forward(days=2)
    assert "Sudah lewat" in await page_of(bot, browser)


async def test_stale_partner_numbers_are_left_out(bot: Bot, browser: httpx.AsyncClient) -> None:
    bot.forward(days=35)  # past Polri's date, not past the others'
    html = await page_of(bot, browser)
    assert "tel:110" not in html
    assert "tel:129" in html


OUR_TAGS = frozenset(
    ["html", "head", "meta", "title", "link", "body", "header", "strong", "small", "main",
     "section", "h1", "h2", "p", "span", "dl", "dt", "dd", "ol", "li", "time", "form", "input",
     "label", "textarea", "button", "a", "fieldset", "legend"]
)  # fmt: skip


class Markup(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@given(st.text())
def test_any_text_comes_out_without_anything_unseen(text: str) -> None:
    shown = plain(text)
    assert all(unicodedata.category(letter)[0] != "C" for letter in shown.replace("\n", ""))
    assert not re.search(r"\w://", shown)


PIECES = ["a", "-", ".", "://", "http", "\u200b", "⟦", "1", " ", "/"]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_host_survives(pieces: list[str]) -> None:
    shown = plain("".join(pieces))
    assert not re.search(r"(?<![\w⟧-])[a-z]\w*\.[a-z]{2}", shown)
    assert "http://" not in shown


@pytest.mark.parametrize("piece", ["a", "a.", "1.", "⟦", "a-", "x://", "1.1.1.1"])
def test_long_texts_cost_little(piece: str) -> None:
    began = time.perf_counter()
    plain(piece * 4096)
    assert time.perf_counter() - began < 0.5


HOSTILE = [
    ("<script>alert(1)</script> ada calo", "&lt;script&gt;alert(1)&lt;/script&gt; ada calo"),
    ("\"><img src=x onerror=alert(1)>", "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
    ("nama \u202etxt.exe\u202c itu", "nama ⟦U+202E⟧txt[.]exe⟦U+202C⟧ itu"),
    ("ca\u200blo\u200d \ufeffdesa", "ca⟦U+200B⟧lo⟦U+200D⟧ ⟦U+FEFF⟧desa"),
    ("bel\x07 dan \x1b[31m merah", "bel⟦U+0007⟧ dan ⟦U+001B⟧[31m merah"),
    ("isi\u2066balik\u2069 dan\U000e0041 tag", "isi⟦U+2066⟧balik⟦U+2069⟧ dan⟦U+E0041⟧ tag"),
    ("buka https://jahat.example/a.php?b=1", "buka hxxps[:]//jahat[.]example/a[.]php?b=1"),
    ("lihat wa.me/62812 atau bit。ly/x", "lihat wa[.]me/62812 atau bit[.]ly/x"),
    ("ke HTTP://10.0.0.1/x dan 10.0.0.2:80", "ke hxxp[:]//10[.]0[.]0[.]1/x dan 10[.]0[.]0[.]2:80"),
    ("ja\u200bhat.co\u200bm saja", "ja⟦U+200B⟧hat[.]co⟦U+200B⟧m saja"),
    ("{{ 7*7 }} {% raw %} ${x} %s", "{{ 7*7 }} {% raw %} ${x} %s"),
    ("javascript:alert(1) data:text/html,x", "javascript:alert(1) data:text/html,x"),
    ("bayar Rp3.000.000 jam 10.30 di PT.Maju", "bayar Rp3.000.000 jam 10.30 di PT.Maju"),
    ("=HYPERLINK(1) *tebal* _miring_ ~x~", "=HYPERLINK(1) *tebal* _miring_ ~x~"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "shown"), HOSTILE)
async def test_hostile_words_are_only_words(
    bot: Bot, browser: httpx.AsyncClient, said: str, shown: str
) -> None:
    bot.report(said, who=said)
    bot.link(demo.OFFICER, "AMBIL 3")
    html = await page_of(bot, browser, 3)
    for label in ("Kejadian", "Pelaku"):
        assert re.search(rf"<dt>{label}</dt>\s*<dd>{re.escape(shown)}</dd>", html)
    found = Markup(html)
    sites = {entry.number for entry in bot.service.catalog.hotlines}
    assert found.tags <= OUR_TAGS
    for name, value in found.attributes:
        assert name != "style" and not name.startswith("on")
        if name in ("href", "src"):
            assert value.startswith(("tel:", "data:,", "/console/static/")) or value in sites


async def test_the_reporters_answer_is_made_harmless_too(
    bot: Bot, browser: httpx.AsyncClient
) -> None:
    bot.say(demo.OFFICER, "TANYA 1 Apakah busnya biru?")
    for text in ("BUKA", "2", "Ya <b>biru</b> \u202e lihat http://x.example/"):
        bot.say(demo.VILLAGER, text)
    html = await page_of(bot, browser)
    assert "Apakah busnya biru?" in html
    assert "Ya &lt;b&gt;biru&lt;/b&gt; ⟦U+202E⟧ lihat hxxp[:]//x[.]example/" in html
    assert html.index("Dari petugas") < html.index("Dari pengirim")


async def test_a_broken_seal_is_said_not_thrown(bot: Bot, browser: httpx.AsyncClient) -> None:
    await sign_in(bot, browser, demo.OFFICER, 1)
    with bot.service.database.write() as connection:
        connection.execute(tips.parts.update().values(sealed=b"x" * 400))
    answer = await browser.get("/console/tip/1")
    assert (answer.status_code, "Segelnya rusak" in answer.text) == (503, True)
