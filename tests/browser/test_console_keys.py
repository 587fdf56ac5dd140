"""Keys that change hands, in the browsers that hold them: nobody's report is lost, none is opened
by the server."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select

from bot import demo, keys, tip_seal, tips
from bot.officers import Step, officers
from bot.sealing import open_with
from flows.events import TipOpened
from tests.browser.conftest import LiveConsole, keep, sign_in
from tests.console.office import STORY, add_officer
from tests.opened import report_of

BAOSAN = "35.02.02.2003"
NEW_PASSWORD = "kelapa muda tumbuh dekat danau"


def key_of(live: LiveConsole, staff_no: str) -> str:
    with live.bot.service.database.read() as connection:
        found = connection.execute(
            select(officers.c.key_id).where(officers.c.staff_no == staff_no)
        ).scalar_one()
    return str(found)


def recipients(live: LiveConsole, number: int = 1) -> set[str]:
    with live.bot.service.database.read() as connection:
        query = select(tips.wraps.c.recipient).where(tips.wraps.c.tip_number == number)
        return set(connection.execute(query).scalars())


def office_key(live: LiveConsole) -> str:
    with live.bot.service.database.read() as connection:
        (present,) = keys.office_recipient(connection, demo.OFFICE)
    return present.id


def done(page: Page) -> None:
    expect(page.locator("#key-work")).to_have_text(re.compile("sudah lengkap"))


def private_key(page: Page) -> bytes:
    """As the page itself has it, through its own module."""
    style = page.locator("link[rel=stylesheet]").get_attribute("href")
    assert style
    script = style.replace("console.css", "keys.js")
    return bytes(
        page.evaluate(
            f"import('{script}').then(async (keys) => Array.from((await keys.privateKey()).bytes))"
        )
    )


def opens(live: LiveConsole, private: bytes, key_id: str, number: int = 1) -> str:
    """What the first part says, with this key."""
    with live.bot.service.database.read() as connection:
        tip = tips.by_number(connection, number)
        assert tip
        wrap = tip_seal.wrap_for(connection, number, [key_id])[key_id]
        opened = tip_seal.open_wrap(private, tip.id, key_id, wrap)
        part = tip_seal.sealed_parts(connection, number)[0]
    return tip_seal.open_part(opened, tip.id, part).content["what"]


# ---- what a leader's browser does for others


def test_a_new_officer_gets_what_is_open_when_a_leader_comes(
    live: LiveConsole, phone: Page
) -> None:
    live.bot.report()
    add_officer(live.bot, "D-010", "deputy", BAOSAN)
    assert key_of(live, "D-010") not in recipients(live)
    sign_in(phone, live, "D-003")
    done(phone)
    keep(phone, "rewrapped")
    key_id, private = demo.private_key("D-010")
    assert opens(live, private, key_id) == STORY
    assert live.bot.actions()[-1] == ("officer:3", "rewrapped", "tip:1")
    phone.reload()
    expect(phone.locator("#key-work")).to_be_hidden()


def test_an_officer_of_another_village_gets_nothing(live: LiveConsole, phone: Page) -> None:
    live.bot.report()
    add_officer(live.bot, "D-010", "deputy", demo.VILLAGE)
    add_officer(live.bot, "D-011", "admin")
    sign_in(phone, live, "D-003")
    phone.wait_for_load_state("networkidle")
    keyless = {key_of(live, "D-010"), key_of(live, "D-011")}
    assert not keyless & recipients(live)


def test_the_first_leader_makes_the_offices_key(live: LiveConsole, phone: Page) -> None:
    with live.bot.service.database.write() as connection:
        connection.execute(delete(keys.office_key_wraps))
        connection.execute(delete(keys.office_keys))
    live.bot.report()
    sign_in(phone, live, "D-003")
    done(phone)
    made = office_key(live)
    assert made in recipients(live)
    assert {action for _, action, _ in live.bot.actions()} >= {"office_key_made", "rewrapped"}
    assert report_of(live.bot.service, 1)["what"] == STORY


def test_another_leader_gets_the_offices_key(live: LiveConsole, phone: Page) -> None:
    """Not before one who holds it says that they know whose key that is."""
    live.bot.report()
    add_officer(live.bot, "D-020", "head")
    own_id, own = demo.private_key("D-020")
    sign_in(phone, live, "D-003")
    expect(phone.locator("#key-share")).to_contain_text("Kunci baru atas nama head D-020.")
    keep(phone, "share")
    assert own_id not in recipients(live)
    with live.bot.service.database.read() as connection:
        assert keys.office_wraps(connection, demo.OFFICE, own_id) == {}
    phone.get_by_role("button", name="Bagikan").click()
    done(phone)
    expect(phone.locator("#key-share")).to_be_hidden()
    assert own_id in recipients(live)
    with live.bot.service.database.read() as connection:
        held = keys.office_wraps(connection, demo.OFFICE, own_id)
    present = office_key(live)
    private = open_with(own, keys.office_key_info(present, own_id), held[present])
    assert len(private) == 32
    sign_in(phone, live, "D-020")
    expect(phone.locator("#office-key")).to_have_text("Ada pada Anda")


def test_a_new_office_key_opens_every_report_and_the_old_one_only_the_past(
    live: LiveConsole, phone: Page
) -> None:
    bot = live.bot
    bot.report()
    old = office_key(live)
    sign_in(phone, live, "D-003")
    phone.get_by_text("Ganti kunci kantor").first.click()
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Ganti kunci kantor").click()
    expect(phone.get_by_text("semua laporan sudah dikunci ulang")).to_be_visible()
    new = office_key(live)
    assert new != old
    assert {new, old} <= recipients(live)
    bot.report()
    assert new in recipients(live, 2)
    assert old not in recipients(live, 2)


def test_a_new_office_key_goes_to_those_who_held_the_old_one_only(
    live: LiveConsole, phone: Page
) -> None:
    add_officer(live.bot, "D-020", "head")
    sign_in(phone, live, "D-003")
    phone.get_by_text("Ganti kunci kantor").first.click()
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Ganti kunci kantor").click()
    expect(phone.get_by_text("semua laporan sudah dikunci ulang")).to_be_visible()
    with live.bot.service.database.read() as connection:
        assert keys.office_wraps(connection, demo.OFFICE, key_of(live, "D-020")) == {}


def test_a_wrap_that_opens_nothing_is_found_and_made_again(live: LiveConsole, phone: Page) -> None:
    live.bot.report()
    own_id, own = demo.private_key("D-001")
    with live.bot.service.database.write() as connection:
        rubbish = tips.wraps.update().where(tips.wraps.c.recipient == own_id)
        connection.execute(rubbish.values(wrap=bytes(tip_seal.WRAP_BYTES)))
    live.bot.say(demo.OFFICER, "ambil 1")
    sign_in(phone, live, "D-001")
    with phone.expect_response("**/keys/broken"):
        phone.goto(f"{live.url}/console/tip/1")
    assert own_id not in recipients(live)
    phone.get_by_role("button", name="Keluar").click()
    sign_in(phone, live, "D-003")
    done(phone)
    assert opens(live, own, own_id) == STORY


def test_hundreds_are_done_a_few_at_a_time_and_go_on_after_the_page_was_closed(
    live: LiveConsole, phone: Page, browser: Browser
) -> None:
    bot = live.bot
    bot.report()
    _copy_tip(live, 420)
    add_officer(bot, "D-010", "deputy", BAOSAN)
    phone.route("**/keys/tips", lambda route: _once(phone, route))
    sign_in(phone, live, "D-003")
    expect(phone.locator("#key-work")).to_contain_text("dilanjutkan")
    first = _wrapped_to(live, key_of(live, "D-010"))
    assert first == 200
    phone.unroute("**/keys/tips")
    phone.reload()
    done(phone)
    assert _wrapped_to(live, key_of(live, "D-010")) == 421


# ---- one's own account


def test_a_new_key_of_ones_own(live: LiveConsole, phone: Page) -> None:
    live.bot.report()
    old = key_of(live, "D-001")
    sign_in(phone, live, "D-001")
    phone.get_by_text("Ganti kunci", exact=True).click()
    phone.fill("#old-for-key", demo.PASSWORD)
    phone.get_by_role("button", name="Ganti kunci saya").click()
    expect(phone.get_by_text("Kunci diganti.")).to_be_visible(timeout=15_000)
    keep(phone, "new_key")
    new = key_of(live, "D-001")
    assert new != old
    assert old not in recipients(live)
    assert opens(live, private_key(phone), new) == STORY
    said = live.bot.sent()[demo.OFFICER]
    assert any("Kunci akun Anda baru diganti" in text for text in said)
    sign_in(phone, live, "D-001")  # the same password opens the new key
    assert opens(live, private_key(phone), new) == STORY


def test_a_leaders_new_key_still_holds_the_offices(live: LiveConsole, phone: Page) -> None:
    sign_in(phone, live, "D-003")
    phone.get_by_text("Ganti kunci", exact=True).click()
    phone.fill("#old-for-key", demo.PASSWORD)
    phone.get_by_role("button", name="Ganti kunci saya").click()
    expect(phone.get_by_text("Kunci diganti.")).to_be_visible(timeout=15_000)
    phone.reload()
    expect(phone.locator("#office-key")).to_have_text("Ada pada Anda")


def test_a_new_password(live: LiveConsole, phone: Page, browser: Browser) -> None:
    other = browser.new_page()
    sign_in(other, live, "D-001")
    sign_in(phone, live, "D-001")
    phone.get_by_text("Ganti kata sandi").click()
    phone.fill("#old-for-password", "salah salah salah")
    phone.fill("#new-password", NEW_PASSWORD)
    phone.fill("#again", NEW_PASSWORD)
    phone.locator("#change-password button.primary").click()
    expect(phone.locator("#change-password .error")).to_contain_text("tidak cocok")
    phone.fill("#old-for-password", demo.PASSWORD)
    phone.locator("#change-password button.primary").click()
    expect(phone.get_by_text("Kata sandi diganti.")).to_be_visible()
    other.reload()
    expect(other.get_by_text("Waktu masuk Anda sudah habis")).to_be_visible()
    other.close()
    live.bot.forward(minutes=2)
    phone.goto(f"{live.url}/console/?next=/console/account")
    phone.fill("#password", NEW_PASSWORD)
    phone.fill("#code", live.code("D-001"))
    phone.get_by_role("button", name="Masuk").click()
    phone.wait_for_url(f"{live.url}/console/account")


def test_a_forgotten_password_and_the_printed_code(live: LiveConsole, phone: Page) -> None:
    live.bot.report()
    key_id = key_of(live, "D-001")
    sign_in(phone, live, "D-001")
    phone.get_by_text("Kode pemulihan baru").click()
    phone.fill("#old-for-recovery", demo.PASSWORD)
    phone.get_by_role("button", name="Buat kode baru").click()
    code = phone.locator("#change-recovery [data-code]")
    expect(code).to_have_text(re.compile(r"(\w{4}-){5}\w{4}"))
    printed = code.inner_text()
    live.bot.forward(minutes=2)
    phone.goto(f"{live.url}/console/forgot")
    keep(phone, "forgot")
    phone.fill("#staff-no", "D-001")
    phone.fill("#recovery", printed[:-1] + ("2" if printed[-1] != "2" else "3"))
    phone.fill("#code", live.code("D-001"))
    phone.get_by_role("button", name="Lanjut").click()
    expect(phone.get_by_text("huruf demi huruf")).to_be_visible()
    phone.fill("#recovery", printed.lower().replace("-", " "))
    phone.get_by_role("button", name="Lanjut").click()
    phone.fill("#new-password", NEW_PASSWORD)
    phone.fill("#again", NEW_PASSWORD)
    phone.get_by_role("button", name="Simpan dan masuk").click()
    phone.wait_for_url("**/console/inbox")
    assert key_of(live, "D-001") == key_id
    phone.goto(f"{live.url}/console/account")
    assert opens(live, private_key(phone), key_id) == STORY


# ---- the session


def test_a_page_covers_itself_when_the_session_ends(live: LiveConsole, phone: Page) -> None:
    phone.clock.install()
    sign_in(phone, live, "D-001")
    live.bot.forward(minutes=16)
    phone.clock.fast_forward("15:02")
    expect(phone.get_by_role("heading", name="Waktu masuk habis")).to_be_visible()
    assert phone.evaluate("sessionStorage.length") == 0
    keep(phone, "idle")
    phone.get_by_role("link", name="Masuk lagi").click()
    phone.fill("#password", demo.PASSWORD)
    phone.fill("#code", live.code("D-001"))
    phone.get_by_role("button", name="Masuk").click()
    phone.wait_for_url(f"{live.url}/console/account")


def test_the_key_does_not_leave_its_tab(live: LiveConsole, phone: Page) -> None:
    sign_in(phone, live, "D-001")
    kept = str(phone.evaluate("JSON.stringify(sessionStorage)"))
    assert demo.private_key("D-001")[1].hex() not in kept
    other = phone.context.new_page()
    other.goto(f"{live.url}/console/account")
    style = other.locator("link[rel=stylesheet]").get_attribute("href")
    assert style
    script = style.replace("console.css", "keys.js")
    other.evaluate(f"import('{script}').then((keys) => {{ keys.privateKey(); }})")
    expect(other.get_by_text("Kunci Anda hanya terbuka di tab")).to_be_visible()


def test_wrong_guesses_are_told_kindly_and_get_slow(live: LiveConsole, phone: Page) -> None:
    phone.goto(f"{live.url}/console/")
    phone.fill("#staff-no", "D-001")
    phone.fill("#password", "bukan kata sandinya")
    for _ in range(4):
        phone.fill("#code", "000000")
        phone.get_by_role("button", name="Masuk").click()
        expect(phone.locator("#error")).to_contain_text("tidak cocok")
        phone.evaluate("document.getElementById('error').textContent = ''")
    phone.fill("#code", "000000")
    phone.get_by_role("button", name="Masuk").click()
    expect(phone.locator("#error")).to_contain_text("Tunggu 1 menit")
    keep(phone, "slowed")
    assert live.bot.sent()[demo.OFFICER][-1].startswith("Ada yang mencoba masuk")


# ---- helpers


@pytest.fixture(autouse=True)
def _patience(phone: Page) -> None:
    expect.set_options(timeout=15_000)
    phone.set_default_timeout(15_000)


def _once(page: Page, route: object) -> None:
    """The first call gets through; then the connection is gone."""
    if getattr(page, "_let_through", False):
        route.abort()  # type: ignore[attr-defined]
        return
    page._let_through = True  # type: ignore[attr-defined]
    route.continue_()  # type: ignore[attr-defined]


def _wrapped_to(live: LiveConsole, key_id: str) -> int:
    with live.bot.service.database.read() as connection:
        query = select(tips.wraps.c.tip_number).where(tips.wraps.c.recipient == key_id)
        return len(connection.execute(query).all())


def _copy_tip(live: LiveConsole, copies: int) -> None:
    """More open reports like the first, each with a key of its own."""
    service, now = live.bot.service, live.bot.service.clock.now()
    with service.database.write() as connection:
        first = tips.by_number(connection, 1)
        assert first
        owner = Step(first.officer_id, None, "", first.role, "copied")
        readers = keys.recipients(connection, demo.OFFICE, [1, 3])
        for number in range(copies):
            opened = TipOpened(
                receipt=f"COPY-{number}", topic="report", urgency="none", place_code=BAOSAN,
                report={"what": STORY}, keep_return_address=False,
            )  # fmt: skip
            tips.open_tip(
                connection, service.ring, opened, office_code=demo.OFFICE, contact_id=1,
                owner=owner, due_at=now + timedelta(days=1), now=now, recipients=readers,
            )  # fmt: skip
