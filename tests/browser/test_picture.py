"""A poster chosen on the villager's phone of the simulator is read back there."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.posters import poster


def test_a_poster_from_a_file_is_read_back(browser: Browser, demo_url: str, tmp_path: Path) -> None:
    file = tmp_path / "poster.jpg"
    file.write_bytes(poster())
    page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="id-ID")
    page.goto(f"{demo_url}/simulator/")
    phone = page.locator('[data-phone="warga"]')
    expect(page.locator(".attach:visible")).to_have_count(1)
    phone.locator("input[type=file]").set_input_files(file)
    answer = phone.locator(".bubble", has_text=re.compile("PT ALFA NUSANTARA PERDANA.*Cek ini"))
    expect(answer).to_be_visible(timeout=20_000)
    phone.locator("button.choice", has_text="Ya, cek ini").click()
    expect(phone.locator(".bubble", has_text="nama").last).to_be_visible(timeout=10_000)
    page.screenshot(path=tmp_path / "phones.png")
    page.close()
