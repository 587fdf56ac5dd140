"""Working on a case in a real browser, on a small phone."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bot import demo, tip_seal
from bot.sealing import public_of
from bot.tip_rows import parts
from flows.forwarding import Handover, findings, letter, one_line
from flows.partners import load_grounds
from flows.plain_text import defanged, plain
from tests.age_file import open_age
from tests.browser.conftest import LiveConsole, keep, sign_in
from tests.console.office import STORY
from tests.console.staff import hire
from tests.hostile import hostile_texts
from tests.opened import opened, report_of

MOST_BYTES = 150_000
REPLY = "Apakah busnya biru?"
ASKED = "Mohon diperiksa izinnya."


@pytest.fixture
def office(live: LiveConsole) -> LiveConsole:
    """Tip 1, taken by the village's officer."""
    live.bot.report()
    live.bot.say(demo.OFFICER, "AMBIL 1")
    return live


def open_case(page: Page, office: LiveConsole, staff_no: str = "D-001", number: int = 1) -> None:
    sign_in(page, office, staff_no, f"/console/tip/{number}")
    expect(page.locator("#facts dt").first).to_be_visible()


def form(page: Page, act: str) -> Locator:
    """The form of an act, with the card that holds it open."""
    found = page.locator(f'form[data-act="{act}"]').first
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return found


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def add_file(office: LiveConsole, name: str, media_type: str, data: bytes) -> None:
    tip = office.bot.tip(1)
    with office.bot.service.database.write() as connection:
        tip_seal.add_part(
            connection, 1, tip.id, tip.public_key, "attachment",
            {"name": name, "media_type": media_type, "size": str(len(data))},
            office.bot.service.clock.now(), data,
        )  # fmt: skip


# ---- a whole case


def test_a_case_from_the_list_to_its_end(office: LiveConsole, phone: Page) -> None:
    sign_in(phone, office, "D-001", "/console/inbox")
    keep(phone, "inbox")
    fits(phone)
    phone.get_by_role("link", name="Laporan #1").click()
    expect(phone.get_by_text(STORY)).to_be_visible()
    keep(phone, "case")
    fits(phone)

    reply = form(phone, "reply")
    reply.get_by_role("button", name="Ada lagi yang Anda tahu").click()
    expect(phone.locator("#words")).to_have_value(re.compile("tempat, waktu"))
    phone.fill("#words", REPLY)
    reply.get_by_role("button", name="Kirim", exact=True).click()
    expect(phone.locator("#talk")).to_contain_text(REPLY)
    for text in ("BUKA", "Ya <b>biru</b> \u202e lihat http://x.example/"):
        office.bot.say(demo.VILLAGER, text)
    phone.reload()
    expect(phone.locator("#talk")).to_contain_text(
        "Ya <b>biru</b> ⟦U+202E⟧ lihat hxxp[:]//x[.]example/"
    )

    note = form(phone, "note")
    note.locator("textarea").fill("hubungi BP3MI dulu")
    note.get_by_role("button", name="Simpan catatan").click()
    expect(phone.locator("#talk li.inside")).to_contain_text("hubungi BP3MI dulu")
    assert opened(office.bot.service, 1)[-1].content == {"text": "hubungi BP3MI dulu"}

    pause = form(phone, "pause")
    pause.get_by_text("Menunggu dokumen").click()
    pause.get_by_role("button", name="Tunda").click()
    expect(phone.get_by_text("Jeda sampai")).to_be_visible()

    close = form(phone, "close")
    close.get_by_text("Sudah ditangani").click()
    close.locator("textarea").fill("Terima kasih, busnya dicegat.")
    keep(phone, "acts")
    close.get_by_role("button", name="Tutup").click()
    phone.wait_for_url("**/console/inbox")
    expect(phone.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert office.bot.tip(1).status == "closed"


def test_a_leader_hands_on_to_somebody_without_the_key(office: LiveConsole, phone: Page) -> None:
    """The leader's browser seals the tip's key to the new owner's; the server never has it."""
    new = hire(office.bot, "D-009", "contact")
    open_case(phone, office, "D-003")
    hand = form(phone, "hand-on")
    hand.locator("select").select_option(str(new.id))
    hand.get_by_role("button", name="Serahkan").click()
    expect(phone.get_by_text("Menunggu diambil")).to_be_visible()
    tip = office.bot.tip(1)
    assert tip.officer_id == new.id
    with office.bot.service.database.read() as connection:
        wrap = tip_seal.wrap_for(connection, 1, [new.key_id])[new.key_id]
    private = tip_seal.open_wrap(new.private, tip.id, new.key_id, wrap)
    assert public_of(private) == tip.public_key


def test_sharing_and_taking_back(office: LiveConsole, phone: Page) -> None:
    open_case(phone, office, "D-003")
    share = form(phone, "share")
    share.locator("select").select_option(str(office.bot.officer("D-002").id))
    share.get_by_role("button", name="Bagikan").click()
    expect(phone.locator('form[data-act="unshare"]')).to_contain_text("Bagus")
    phone.context.clear_cookies()
    open_case(phone, office, "D-002")
    expect(phone.get_by_text(STORY)).to_be_visible()
    expect(phone.get_by_text("Dibagikan kepada Anda")).to_be_visible()
    expect(phone.locator('form[data-act="reply"]')).to_have_count(0)
    phone.context.clear_cookies()
    open_case(phone, office, "D-003")
    form(phone, "unshare").get_by_role("button", name="Cabut").click()
    expect(phone.locator('form[data-act="unshare"]')).to_have_count(0)


def test_two_that_say_the_same(office: LiveConsole, phone: Page) -> None:
    other = "Calo menahan paspor delapan orang di rumahnya"
    office.bot.report(other)
    open_case(phone, office, "D-003", 2)
    merge = form(phone, "merge")
    phone.fill("#into", "1")
    merge.get_by_role("button", name="Gabung").click()
    expect(phone.get_by_text("digabung ke sini")).to_be_visible()
    phone.context.clear_cookies()
    open_case(phone, office, "D-001")
    phone.get_by_role("link", name="#2").click()
    expect(phone.locator("#facts")).to_contain_text(other)
    expect(phone.locator("form[data-act]")).to_have_count(0)


# ---- a bad connection


def test_words_stay_when_the_answer_is_lost_and_go_out_once(
    office: LiveConsole, phone: Page
) -> None:
    open_case(phone, office)
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        lost.append(route.request.url)
        route.fetch()  # the server has done it
        route.abort()

    phone.route("**/tip/1/reply", lose_the_answer)
    reply = form(phone, "reply")
    phone.fill("#words", REPLY)
    reply.get_by_role("button", name="Kirim", exact=True).click()
    expect(reply.get_by_role("alert")).to_contain_text("Tidak tersambung")
    expect(phone.locator("#words")).to_have_value(REPLY)
    keep(phone, "lost")
    phone.unroute("**/tip/1/reply")
    reply.get_by_role("button", name="Kirim", exact=True).click()
    phone.wait_for_url("**/console/inbox")
    assert len(lost) == 1
    said = [part for part in opened(office.bot.service, 1) if part.kind == "to_reporter"]
    assert [part.content["text"] for part in said] == [REPLY]


def test_a_refusal_keeps_what_was_typed(office: LiveConsole, phone: Page) -> None:
    open_case(phone, office)
    office.bot.say(demo.OFFICER, "SELESAI 1")
    office.bot.say(demo.OFFICER, "1")
    reply = form(phone, "reply")
    phone.fill("#words", REPLY)
    reply.get_by_role("button", name="Kirim", exact=True).click()
    expect(reply.get_by_role("alert")).to_have_text(re.compile("tidak ada, atau bukan untuk Anda"))
    expect(phone.locator("#words")).to_have_value(REPLY)


# ---- what strangers write and send


def test_thousands_of_hostile_texts_are_only_words(office: LiveConsole, phone: Page) -> None:
    """The browser's rules and the server's give the same letters, and no element is ever made."""
    texts = hostile_texts(5000)
    everything = "\n".join(texts)
    tip = office.bot.tip(1)
    with office.bot.service.database.write() as connection:
        for kind, content in (
            ("from_reporter", {"text": everything}),
            ("note", {"text": texts[0]}),
        ):
            tip_seal.add_part(
                connection, 1, tip.id, tip.public_key, kind, content,
                office.bot.service.clock.now(),
            )  # fmt: skip
    open_case(phone, office)
    shown = phone.evaluate(
        """async (texts) => {
          const src = document.querySelector('script[src*="case.js"]').src;
          const { plain } = await import(src.replace('case.js', 'plain.js'));
          return texts.map(plain);
        }""",
        texts,
    )
    differ = [(text, js) for text, js in zip(texts, shown, strict=True) if js != plain(text)]
    assert differ == []
    assert phone.locator("#talk li p").first.evaluate("p => p.textContent") == plain(everything)
    assert phone.evaluate("[...document.querySelectorAll('#talk li p, #facts dd')]"
                          ".reduce((count, one) => count + one.childElementCount, 0)") == 0  # fmt: skip
    assert phone.locator("#talk a, #facts a, #talk script, #talk img").count() == 0
    fits(phone)


JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "01" * 64
    + "ffc0000b080001000101011100ffc4001f0000010501010101010100000000000000000102030405060708090a0b"
    "ffc400b5100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342"
    "b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a"
    "636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6"
    "b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda000801"
    "0100003f00fbd0ffd9"
)


def test_attachments_open_by_a_tap_and_files_only_as_files(
    office: LiveConsole, phone: Page
) -> None:
    html = b"<script>alert(1)</script>"
    add_file(office, "foto.jpg", "image/jpeg", JPEG)
    add_file(office, "suara.ogg", "audio/ogg", b"OggS" + bytes(40))
    add_file(office, "surat<b>.html", "text/html", html)
    open_case(phone, office)
    for index in (1, 2, 3):
        phone.get_by_role("button", name=f"Buka lampiran {index}").click()
    expect(phone.locator("figure")).to_have_count(3)
    phone.wait_for_function("document.querySelector('figure img').naturalWidth === 1")
    assert phone.locator("figure audio").count() == 1
    with phone.expect_download() as told:
        phone.get_by_role("link", name="Simpan sebagai berkas .bin").click()
    assert told.value.suggested_filename == "surat_b_.html.bin"
    assert told.value.path().read_bytes() == html
    expect(phone.get_by_text("Hati-hati")).to_be_visible()
    assert [action for _, action, _ in office.bot.actions()].count("read_attachment") == 3
    keep(phone, "attachments")


def test_a_part_that_was_altered_is_said_and_the_rest_is_shown(
    office: LiveConsole, phone: Page
) -> None:
    office.bot.say(demo.OFFICER, f"TANYA 1 {REPLY}")
    with office.bot.service.database.write() as connection:
        connection.execute(parts.update().where(parts.c.kind == "report").values(sealed=b"x" * 400))
    sign_in(phone, office, "D-001", "/console/tip/1")
    expect(phone.locator("#facts")).to_contain_text("segelnya rusak")
    expect(phone.locator("#talk")).to_contain_text(REPLY)


# ---- paper and partners


def test_the_print_view_has_nothing_of_the_reporter(office: LiveConsole, phone: Page) -> None:
    office.bot.report(what="Anak saya Budi dibawa, telepon saya 0812-3456-7890, RT 03 RW 01")
    office.bot.say(demo.OFFICER, "AMBIL 2")
    sign_in(phone, office, "D-001", "/console/tip/2/print")
    expect(phone.locator("#facts dt").first).to_be_visible()
    text = phone.locator("main").inner_text()
    for secret in ("saya", "Budi", "0812", "RT 03"):
        assert secret not in text
    assert "dibawa" in text
    assert office.bot.actions()[-1][1] == "printed"
    phone.evaluate("window.print = () => { document.title = 'printed'; }")
    phone.get_by_role("button", name="Cetak").click()
    expect(phone).to_have_title("printed")
    keep(phone, "print")


TALK = Path(__file__).resolve().parents[1] / "data" / "understanding"
MADE_UP = (
    "Hubungi 0812-3456-7890 atau (0352) 481-234 ya", "NIK 3502 0212 0390 0001 dipakai",
    "BCA 123 456 7890 a.n. Joko", "siti@contoh.id", "di Jl. Melati No 5, RT 02/RW 03",
    "namaku Siti Aminah Binti Ali", "Anak saya Budi Santoso dibawa", "rumah no. 12a",
    "saya Siti dari desa, istriku juga", "gang Mawar no 3", "wa +62 812 3456 7890",
)  # fmt: skip


NUMBER_OR_HOLDER = re.compile(r"\d|\ba\.?n\.|atas nama", re.IGNORECASE)
"""Of an account: "rekening pribadi" alone points to nobody."""


def test_the_browser_hides_whatever_the_offices_rules_find(
    office: LiveConsole, phone: Page
) -> None:
    """flows/forwarding.py over every text of the language corpus; the browser may hide more."""
    lines = [
        line for file in sorted(TALK.glob("*.jsonl")) for line in file.read_text().splitlines()
    ]
    texts = [one_line(json.loads(line)["text"]) for line in lines] + list(MADE_UP)
    open_case(phone, office)
    shown = phone.evaluate(
        """async (texts) => {
          const src = document.querySelector('script[src*="case.js"]').src;
          const { hidden, oneLine } = await import(src.replace('case.js', 'letter.js'));
          return texts.map((text) => hidden(oneLine(text), new Set()));
        }""",
        texts,
    )
    missed = [
        (found.kind, found.words, after)
        for text, after in zip(texts, shown, strict=True)
        for found in findings({"what": text})
        if re.search(rf"(?<!\w){re.escape(found.words.strip())}(?!\w)", after)
        and (found.kind != "account" or NUMBER_OR_HOLDER.search(found.words))
    ]
    assert missed == []
    assert len(texts) > 3000


def test_no_address_in_the_letter_can_be_pressed(office: LiveConsole, phone: Page) -> None:
    texts = [
        "di bit.ly, lalu",
        "(wa.me)",
        "lihat t.me!",
        "bit。ly/abc",
        "https://x.com/a",
        "PT.Maju",
    ]
    open_case(phone, office)
    shown = phone.evaluate(
        """async (texts) => {
          const src = document.querySelector('script[src*="case.js"]').src;
          const { hidden } = await import(src.replace('case.js', 'letter.js'));
          return texts.map((text) => hidden(text, new Set()));
        }""",
        texts,
    )
    assert shown == [defanged(text) for text in texts]


def test_the_letter_is_the_one_of_the_offices_rules(office: LiveConsole, phone: Page) -> None:
    sign_in(phone, office, "D-001", "/console/tip/1/forward")
    choose(phone)
    expect(phone.locator("#letter")).to_have_value(re.compile(STORY))
    page = json.loads(phone.locator("#letter-words").inner_text())
    ground = next(one for one in load_grounds() if one.id == "penempatan_tanpa_izin")
    handover = Handover(
        office=page["office"], case=page["case"], partner=page["partners"][0]["name"],
        partner_kind="polres", ground=ground, asked=ASKED, due=date(2026, 11, 30),
    )  # fmt: skip
    report = report_of(office.bot.service, 1)
    expected = letter(report, handover, office.bot.service.catalog.wording).body
    written = phone.locator("#letter").input_value()
    assert [line.rstrip() for line in expected.split("\n")] == written.split("\n")


def choose(page: Page, ground: str = "penempatan_tanpa_izin") -> None:
    page.select_option("#partner", "polres_ppa")
    page.select_option("#ground", ground)
    page.fill("#asked", ASKED)
    page.check("#checked")


def test_a_letter_leaves_as_a_file_that_only_its_passphrase_opens(
    office: LiveConsole, phone: Page
) -> None:
    sign_in(phone, office, "D-001", "/console/tip/1/forward")
    expect(phone.locator("#partner")).to_be_visible()
    choose(phone)
    expect(phone.locator("#letter")).to_have_value(re.compile(STORY))
    phone.locator("#letter").evaluate(
        "field => { field.value += '\\nTambahan petugas.'; field.dispatchEvent(new Event('input')); }"
    )
    keep(phone, "forward")
    fits(phone)
    written = phone.locator("#letter").input_value()
    phone.get_by_role("button", name="Serahkan").click()
    passphrase = phone.locator("#passphrase")
    expect(passphrase).to_have_text(re.compile(r"(\w{4}-){5}\w{4}"), timeout=60_000)
    with phone.expect_download() as told:
        phone.get_by_role("link", name="Simpan berkas").click()
    file = told.value.path().read_bytes()
    assert open_age(file, passphrase.inner_text()).decode() == written
    assert written.endswith("Tambahan petugas.")
    assert told.value.suggested_filename == "rangkuman-1.age"
    assert office.bot.actions()[-1][1] == "forwarded:polres"


def test_a_letter_on_paper(office: LiveConsole, phone: Page) -> None:
    sign_in(phone, office, "D-001", "/console/tip/1/forward")
    phone.evaluate("window.print = () => { document.title = 'printed'; }")
    choose(phone)
    phone.get_by_text("Lembar cetak").click()
    phone.get_by_role("button", name="Serahkan").click()
    expect(phone.locator("#paper")).to_contain_text("Identitas pelapor tidak disertakan")
    expect(phone).to_have_title("printed")


# ---- what it weighs


@pytest.mark.parametrize("path", ["/console/inbox", "/console/tip/1", "/console/tip/1/print",
                                  "/console/tip/1/forward"])  # fmt: skip
def test_a_page_is_light(office: LiveConsole, phone: Page, path: str) -> None:
    sign_in(phone, office, "D-001")
    sizes: list[float] = []
    wire: Any = phone.context.new_cdp_session(phone)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    phone.goto(office.url + path, wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < MOST_BYTES
