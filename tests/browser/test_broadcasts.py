"""A broadcast in a real browser: written in the console, approved by a second officer, read on the
three phones; STOP counts at once, and what is held back comes after it goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import demo
from tests.browser.conftest import Phone, keep

WARNING = (
    "Ada ajakan kerja ke Kamboja lewat media sosial. Jangan berangkat sebelum cek ke Disnaker."
)
NEWS = "Lusa pukul 09.00 ada penyuluhan di balai desa. Datanglah bersama keluarga."
WIDE, SMALL = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

Console = Callable[[str], Page]


@pytest.fixture
def console(browser: Browser, page: Page, demo_url: str) -> Iterator[Console]:
    """Signs that officer in, each in a browser of their own."""
    contexts, wrong = [], list[str]()

    def sign_in(staff_no: str) -> Page:
        context = browser.new_context(viewport=WIDE, locale="id-ID")  # type: ignore[arg-type]
        contexts.append(context)
        page.reload()
        code = page.locator('[data-phone="petugas"] .caption .code').inner_text()
        opened = context.new_page()
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on(
            "console", lambda line: wrong.append(line.text) if "Security" in line.text else None
        )
        opened.goto(f"{demo_url}/console/?next=/console/broadcasts")
        opened.fill("#staff-no", staff_no)
        opened.fill("#password", demo.PASSWORD)
        opened.fill("#code", code)
        opened.get_by_role("button", name="Masuk").click()
        opened.wait_for_url(f"{demo_url}/console/broadcasts")
        return opened

    yield sign_in
    for context in contexts:
        context.close()
    assert wrong == []


def _both(page: Page, name: str) -> None:
    """As a wide screen and a small phone show it; nothing runs out of the small one."""
    for size, viewport in (("1280", WIDE), ("360", SMALL)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        keep(page, f"broadcast-{name}-{size}")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def _settle_in(villager: Phone) -> None:
    villager.types("halo")
    villager.shows("Setuju")
    villager.types("setuju")
    villager.shows("desa")
    villager.types("ngrayun ngrayun ponorogo")
    villager.shows("Desa Ngrayun")
    villager.types("ya")
    villager.shows("Desa Anda")


def test_written_approved_read_stopped_held_back(page: Page, console: Console) -> None:
    villager, group, officer = (Phone(page, name) for name in ("warga", "grup", "petugas"))
    _settle_in(villager)
    author = console("D-001")

    author.get_by_role("link", name="Tulis siaran baru").click()
    author.fill("#text", WARNING)
    expect(author.locator("#count")).to_have_text(f"{len(WARNING)} dari 800 huruf.")
    author.get_by_label("Desa Ngrayun").check()
    expect(author.get_by_label("Sumber resmi")).to_be_hidden()
    author.get_by_label("Peringatan").check()
    author.get_by_label("Sumber resmi").fill("Kemlu, imbauan 20 November 2026")
    today = datetime.now().date()
    author.get_by_label("Tanggal sumber").fill(f"{today:%Y-%m-%d}")
    author.get_by_label("Berlaku sampai").fill(f"{today + timedelta(days=20):%Y-%m-%d}")
    author.get_by_label("Bahaya bagi nyawa").check()
    _both(author, "new")
    author.get_by_role("button", name="Lihat dulu").click()
    expect(author.locator(".bubble")).to_contain_text("PERINGATAN")
    expect(author.get_by_text("Orang di Simulator")).to_be_visible()
    _both(author, "preview")
    author.get_by_role("button", name="Ubah").click()
    expect(author.locator("#text")).to_have_value(WARNING)
    author.get_by_role("button", name="Lihat dulu").click()
    author.get_by_role("button", name="Minta persetujuan").click()
    expect(author.locator("#broadcast .chip")).to_have_text("menunggu persetujuan")

    head = console("D-003")
    head.get_by_role("link", name="Peringatan #1").click()
    _both(head, "approve")
    head.get_by_role("button", name="Setujui").click()
    for phone in (villager, group):
        phone.shows(WARNING)
    officer.shows("disetujui Dewi")
    expect(author.locator(".done-of")).to_have_text("2 dari 2", timeout=20_000)  # by itself
    _both(author, "status")

    author.get_by_role("link", name="Semua siaran").click()
    author.get_by_role("link", name="Tulis siaran baru").click()
    author.fill("#text", NEWS)
    author.get_by_label("Desa Ngrayun").check()
    author.get_by_label("Tidak sebelum").fill(
        f"{datetime.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    )
    author.get_by_role("button", name="Lihat dulu").click()
    author.get_by_role("button", name="Kirim").click()
    expect(author.locator("#broadcast .chip")).to_have_text("terjadwal")
    author.get_by_role("button", name="Tahan sementara").click()
    expect(author.locator("#broadcast .chip")).to_have_text("dijeda")
    villager.types("STOP")
    villager.shows("berhenti")
    author.get_by_role("button", name="Lanjutkan").click()
    expect(author.locator("#broadcast .chip")).to_have_text("terjadwal")
    author.get_by_role("link", name="Semua siaran").click()
    _both(author, "list")
    author.get_by_role("link", name="Grup desa").click()
    _both(author, "groups")

    page.locator('[data-action=forward][data-amount="3d"]').click()
    group.shows(NEWS)
    villager.says_nowhere(NEWS)
