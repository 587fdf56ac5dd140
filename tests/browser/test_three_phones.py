"""Tip-off → acknowledge → read → ask → answer, played on the three phones in a real browser."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

SECRET = "sponsor menahan paspor adik saya di rumahnya"
QUESTION = "Sejak kapan paspornya ditahan?"
ANSWER = "Sejak hari Senin minggu lalu"


class Phone:
    """One of the phones on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self._phone = page.locator(f'[data-phone="{name}"]')

    def types(self, text: str) -> None:
        self._phone.locator("form.say input[name=text]").fill(text)
        self._phone.locator("form.say").locator("button[type=submit]").click()

    def presses(self, label: str) -> None:
        self._phone.locator("button.choice", has_text=label).last.click()

    def shows(self, text: str) -> None:
        expect(self.bubbles.filter(has_text=text).last).to_be_visible(timeout=10_000)

    @property
    def bubbles(self) -> Locator:
        return self._phone.locator(".bubble")

    def says_nowhere(self, text: str) -> None:
        assert text not in (self._phone.inner_text())

    def newest_link(self) -> str:
        found = re.findall(r"http://\S+/console/t/\S+", self._phone.inner_text())
        return str(found[-1])


@pytest.fixture
def page(browser: Browser, demo_url: str) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="id-ID")
    page.goto(f"{demo_url}/simulator/")
    page.locator("[data-action=reset]").click()
    page.locator("[data-action=reset-confirm]").click()
    expect(page.locator(".bubble")).to_have_count(0)
    return page


def _report(villager: Phone) -> None:
    villager.types("lapor")
    villager.shows("rahasia dari warga desa")
    villager.presses("Lanjut")
    villager.shows("dalam bahaya")
    villager.presses("Tidak atau belum tahu")
    villager.shows("Apa yang terjadi")
    villager.types(SECRET)
    villager.shows("Di mana kejadiannya")
    villager.types("desa ngrayun kecamatan ngrayun ponorogo")
    villager.shows("Betul?")
    villager.types("ya")
    villager.shows("Kapan?")
    villager.types("kemarin sore")
    villager.shows("Siapa yang melakukannya")
    villager.types("Pak Anu dari desa sebelah")
    villager.shows("Bolehkah petugas bertanya")
    villager.presses("Boleh")
    villager.shows("Ini laporan Anda")
    villager.presses("Kirim")
    villager.shows("Kode laporan")


def test_a_report_reaches_its_officer_and_the_answer_comes_back(
    page: Page, browser: Browser, tmp_path: Path
) -> None:
    villager, group, officer = (Phone(page, name) for name in ("warga", "grup", "petugas"))

    _report(villager)
    officer.shows("Laporan baru #1")
    officer.says_nowhere(SECRET)
    group.says_nowhere(SECRET)

    officer.types("ambil 1")
    officer.shows("Anda ambil")
    villager.shows("Ada pesan untuk Anda")

    reading = browser.new_page(viewport={"width": 390, "height": 844})
    reading.goto(officer.newest_link())
    assert SECRET not in reading.content()
    reading.locator("input[type=password]").fill("246810")
    reading.get_by_role("button", name="Buka").click()
    expect(reading.get_by_text(SECRET)).to_be_visible()
    assert "warga" not in reading.locator("dl.facts").first.inner_text().casefold()
    _keep(reading, "console")

    reading.locator("textarea").first.fill(QUESTION)
    reading.get_by_role("button", name="Kirim").click()
    expect(reading.get_by_text(QUESTION)).to_be_visible()

    villager.types("buka")
    villager.shows(QUESTION)
    villager.shows("Tulis jawaban Anda sekarang")
    villager.types(ANSWER)
    officer.shows("Ada jawaban untuk #1")
    officer.says_nowhere(ANSWER)
    reading.reload()
    expect(reading.get_by_text(ANSWER)).to_be_visible()
    _keep(page, "simulator")
    reading.close()


def test_the_clock_moves_and_an_unanswered_report_finds_the_next_officer(page: Page) -> None:
    villager, officer = Phone(page, "warga"), Phone(page, "petugas")
    _report(villager)
    officer.shows("Laporan baru #1")
    page.locator('[data-action=forward][data-amount="3d"]').click()
    officer.shows("dialihkan ke petugas lain")
    villager.shows("Ada pesan untuk Anda")


def test_the_group_is_answered_and_a_report_in_it_is_moved_away(page: Page) -> None:
    group = Phone(page, "grup")
    group.types("/tanya syarat berangkat")
    group.shows("lima syarat")
    group.types(f"/lapor {SECRET}")
    group.shows("jangan ditulis di grup")
    group.types("apa kabar semua")
    page.wait_for_timeout(1000)
    assert group.bubbles.last.get_attribute("data-from") == "me"


def test_the_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    _keep(page, "phone")


def _keep(page: Page, name: str) -> None:
    """Screenshots for people: only where KENTONGAN_SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
