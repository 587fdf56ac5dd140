"""On the simulator's phone a card can be played and seen."""

from pathlib import Path

from playwright.sync_api import Browser, expect

LOADED = "element => element.complete && element.naturalWidth"
PLAYS = """async element => {
    element.preload = "auto"; element.load();
    if (element.readyState < 1) await new Promise((done, failed) => {
        element.onloadedmetadata = done; element.onerror = () => failed(element.error.message);
    });
    return element.duration;
}"""


def test_a_card_is_heard_and_seen(browser: Browser, demo_url: str, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="id-ID")
    page.goto(f"{demo_url}/simulator/")
    phone = page.locator('[data-phone="warga"]')

    def say(text: str) -> None:
        phone.locator("input[name=text]").fill(text)
        phone.locator("input[name=text]").press("Enter")

    say("belajar")
    phone.locator("button.choice", has_text="Mulai pelajaran ini").click()
    phone.locator("button.choice", has_text="Dengarkan").click()
    sound = phone.locator("audio.media")
    expect(sound).to_be_visible(timeout=20_000)
    assert sound.evaluate(PLAYS) > 3
    say("gambar")
    picture = phone.locator("img.media")
    expect(picture).to_be_visible(timeout=20_000)
    page.wait_for_function(f"({LOADED})(document.querySelector('img.media')) === 1080")
    page.screenshot(path=tmp_path / "card.png")
    page.close()
