"""An officer's first visit, from the chat to a report that opens on their own phone."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot import tip_seal, tips
from bot.accounts import accounts
from bot.keys import office_keys, officer_keys
from bot.officers import officers
from bot.sign_in import code_at
from console.setup import totp_secret
from tests.browser.conftest import LiveConsole, keep
from tests.console.office import STORY, invite

PASSWORD = "perahu hijau makan durian pagi"


def set_up(page: Page, live: LiveConsole, path: str, password: str = PASSWORD) -> str:
    """All four steps; returns the recovery code."""
    token = path.rsplit("/", 1)[1]
    secret = totp_secret(live.bot.service.ring, token)
    page.goto(live.url + path)
    keep(page, "setup1")
    page.fill("#new-password", password)
    page.fill("#again", password)
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("heading", name="Pasang kode 6 angka")).to_be_visible()
    page.get_by_text("Pindai gambar ini").click()
    expect(page.locator("#qr svg path")).to_be_visible()
    keep(page, "setup2")
    page.fill("#first-code", code_at(secret, live.bot.service.clock.now()))
    page.get_by_role("button", name="Lanjut").click()
    expect(page.locator("#recovery-code")).to_have_text(re.compile(r"(\w{4}-){5}\w{4}"))
    recovery = page.locator("#recovery-code").inner_text()
    keep(page, "setup3")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.locator("#word")).to_have_text(re.compile(r"\w{8}"))
    keep(page, "setup4")
    page.get_by_role("button", name="Terbaca, selesai").click()
    page.wait_for_url("**/console/inbox")
    return recovery


def test_from_the_chat_to_a_proven_key(live: LiveConsole, phone: Page) -> None:
    path = invite(live.bot)
    set_up(phone, live, path)
    with live.bot.service.database.read() as connection:
        row = connection.execute(
            select(officers.c.key_id, officer_keys.c.proven_at, accounts.c.totp_step)
            .join(officer_keys, officer_keys.c.id == officers.c.key_id)
            .join(accounts, accounts.c.officer_id == officers.c.id)
            .where(officers.c.staff_no == "D-002")
        ).one()
    assert row.proven_at == live.bot.service.clock.now()
    assert row.totp_step > 0
    assert [action for _, action, _ in live.bot.actions()][-2:] == ["account_made", "key_proven"]
    phone.goto(live.url + path)
    expect(phone.get_by_text("sudah dipakai")).to_be_visible()


def test_a_weak_password_is_not_taken(live: LiveConsole, phone: Page) -> None:
    phone.goto(live.url + invite(live.bot))
    for password, why in (
        ("pendek", "Terlalu pendek"),
        ("Bagus Prasetyo 123", "Terlalu mudah ditebak"),
        ("kentongan1234567890", "Terlalu mudah ditebak"),
        ("D-002 D-002 D-002", "Terlalu mudah ditebak"),
    ):
        phone.fill("#new-password", password)
        phone.fill("#again", password)
        phone.get_by_role("button", name="Lanjut").click()
        expect(phone.locator('[data-step="1"] .error')).to_contain_text(why)
    phone.fill("#new-password", PASSWORD)
    phone.get_by_role("button", name="Lanjut").click()
    expect(phone.locator('[data-step="1"] .error')).to_contain_text("tidak sama")


def test_the_offered_words_are_taken_by_one_tap(live: LiveConsole, phone: Page) -> None:
    phone.goto(live.url + invite(live.bot))
    phone.get_by_role("button", name="Usulkan lima kata").click()
    expect(phone.locator("#offered")).to_have_text(re.compile(r"^\w+( \w+){4}$"))
    phone.get_by_role("button", name="Pakai lima kata ini").click()
    phone.get_by_role("button", name="Lanjut").click()
    expect(phone.get_by_role("heading", name="Pasang kode 6 angka")).to_be_visible()


def test_a_wrong_first_code_is_told(live: LiveConsole, phone: Page) -> None:
    phone.goto(live.url + invite(live.bot))
    phone.fill("#new-password", PASSWORD)
    phone.fill("#again", PASSWORD)
    phone.get_by_role("button", name="Lanjut").click()
    phone.fill("#first-code", "000000")
    phone.get_by_role("button", name="Lanjut").click()
    expect(phone.locator('[data-step="2"] .error')).to_contain_text("jam HP disetel otomatis")


def test_reports_that_waited_for_a_key_go_to_the_first_who_has_one(
    live: LiveConsole, phone: Page
) -> None:
    bot = live.bot
    with bot.service.database.write() as connection:
        connection.execute(office_keys.update().values(retired_at=bot.service.clock.now()))
    for staff_no in ("D-001", "D-002", "D-003"):
        bot.change_officer(staff_no, key_id=None)
    bot.report()
    assert _recipients(live) == {tip_seal.SERVER}
    set_up(phone, live, invite(bot, "D-001"))
    with bot.service.database.read() as connection:
        key_id = connection.execute(
            select(officers.c.key_id).where(officers.c.staff_no == "D-001")
        ).scalar_one()
    assert _recipients(live) == {key_id}
    private = _private_key(phone)
    with bot.service.database.read() as connection:
        tip = tips.by_number(connection, 1)
        assert tip
        wrap = tip_seal.wrap_for(connection, 1, [key_id])[key_id]
        opened = tip_seal.open_wrap(private, tip.id, key_id, wrap)
        (part,) = tip_seal.sealed_parts(connection, 1)
    assert tip_seal.open_part(opened, tip.id, part).content["what"] == STORY


def test_who_set_up_signs_in_with_the_new_password(live: LiveConsole, phone: Page) -> None:
    path = invite(live.bot)
    secret = totp_secret(live.bot.service.ring, path.rsplit("/", 1)[1])
    set_up(phone, live, path)
    phone.goto(f"{live.url}/console/?next=/console/account")
    phone.fill("#password", PASSWORD)
    live.bot.forward(seconds=30)
    phone.fill("#code", code_at(secret, live.bot.service.clock.now()))
    phone.get_by_role("button", name="Masuk").click()
    phone.wait_for_url(f"{live.url}/console/account")
    expect(phone.get_by_text("Bagus Prasetyo (contoh)").first).to_be_visible()


def _recipients(live: LiveConsole) -> set[str]:
    with live.bot.service.database.read() as connection:
        return set(connection.execute(select(tips.wraps.c.recipient)).scalars())


def _private_key(page: Page) -> bytes:
    """As the page itself has it, through its own module."""
    page.goto(page.url.replace("/inbox", "/account"))
    root = page.locator("link[rel=stylesheet]").get_attribute("href")
    assert root
    script = root.replace("console.css", "keys.js")
    found = page.evaluate(
        f"import('{script}').then(async (keys) => Array.from((await keys.privateKey()).bytes))"
    )
    return bytes(found)
