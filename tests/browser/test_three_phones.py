"""Tip-off → acknowledge → read → ask → answer, played on the three phones in a real browser."""

import os

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Phone

SECRET = "sponsor menahan paspor adik saya di rumahnya"
QUESTION = "Sejak kapan paspornya ditahan?"
ANSWER = "Sejak hari Senin minggu lalu"


def _report(villager: Phone) -> None:
    villager.types("lapor")
    villager.shows("bukan tanpa jejak")
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
    page: Page,
) -> None:
    villager, group, officer = (Phone(page, name) for name in ("warga", "grup", "petugas"))

    _report(villager)
    officer.shows("Laporan baru #1")
    officer.says_nowhere(SECRET)
    group.says_nowhere(SECRET)

    officer.types("ambil 1")
    officer.shows("Anda ambil")
    villager.shows("Ada pesan untuk Anda")

    officer.types(f"tanya 1 {QUESTION}")
    officer.shows("Diteruskan ke pelapor #1")

    villager.types("buka")
    villager.shows(QUESTION)
    villager.shows("Tulis jawaban Anda sekarang")
    villager.types(ANSWER)
    officer.shows("Ada jawaban untuk #1")
    officer.says_nowhere(ANSWER)
    _keep(page, "simulator")


def test_a_visitor_signs_in_to_the_console_as_the_officer(
    page: Page, browser: Browser, demo_url: str
) -> None:
    caption = page.locator('[data-phone="petugas"] .caption')
    expect(caption.locator(".copy")).to_have_count(4)
    texts = {button.inner_text() for button in caption.locator(".copy:not(.code)").all()}
    assert texts == {"D-001", "D-003", "kentongan-contoh"}
    context = browser.new_context(viewport={"width": 360, "height": 740})
    for staff_no in ("D-001", "D-003"):  # one after the other: the code that is shown still works
        page.reload()
        code = caption.locator(".code").inner_text()
        console = context.new_page()
        console.goto(f"{demo_url}/console/?next=/console/account")
        console.fill("#staff-no", staff_no)
        console.fill("#password", "kentongan-contoh")
        console.fill("#code", code)
        console.get_by_role("button", name="Masuk").click()
        console.wait_for_url(f"{demo_url}/console/account")
        console.close()
    context.close()
    link = caption.get_by_role("link", name="Konsol petugas")
    assert link.get_attribute("href") == f"{demo_url}/console/"


def test_a_tap_copies_what_the_console_asks_for(page: Page, demo_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo_url)
    page.locator('[data-phone="petugas"] .copy', has_text="D-001").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text === 'D-001')")


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


def test_the_groups_weekly_quiz_is_answered_and_explained(page: Page) -> None:
    """The clock stands at today, so the lesson may be up to seven days ahead."""
    group = Phone(page, "grup")
    quiz = page.locator('[data-phone="grup"] .poll')
    forward = page.locator('[data-action=forward][data-amount="1d"]')
    for _ in range(7):
        if quiz.count():
            break
        with page.expect_response("**/simulator/clock"):
            forward.click()
    group.shows("Pelajaran minggu ini")
    quiz.last.locator("button.option").first.click()
    expect(quiz.last.locator("button.right")).to_have_count(1)
    expect(page.locator('[data-phone="grup"] .poll-state').last).to_contain_text("Jawaban Anda")
    for _ in range(2):
        with page.expect_response("**/simulator/clock"):
            forward.click()
    group.shows("Jawabannya")
    expect(page.locator('[data-phone="grup"] .poll-state').first).to_have_text("Kuis ditutup")
    _keep(page, "quiz")


def test_the_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    _keep(page, "phone")


def _keep(page: Page, name: str) -> None:
    """Screenshots for people: only where KENTONGAN_SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
