"""What stands behind the officer's chat: rights asked once more, told once, photos on the shelf."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot import broadcast_report, broadcasts
from bot.broadcast_words import unpacked
from bot.channels.base import Outgoing
from bot.keeping import Kept
from bot.recruiters import shipped_register
from bot.rehearsal import Rehearsal
from bot.tip_moves import NotAllowed
from flows.broadcast_plan import Plan
from tests.bot.steps import heard, settle_in
from tests.bot.test_broadcasts import PLAN, WARNING, Desk
from tests.flows.test_broadcast_rules import PASS
from tests.sqlite import with_our_tables

TEXT = "Layanan paspor di balai desa hari Rabu jam 9."


@pytest.fixture
def desk(rehearsal: Rehearsal) -> Desk:
    return Desk(rehearsal)


async def says(desk: Desk, *words: str, who: str = "petugas") -> str:
    sent: Sequence[Outgoing] = ()
    for word in words:
        sent = await desk.rehearsal.say(who, word)
    return heard(sent, who)


# ---- refused inside the transaction, said as what it is


async def test_what_changed_since_is_said_and_not_apologised_for(desk: Desk) -> None:
    """The flow may not know that a proposal aged; the effect does, and its reason is told."""
    number = desk.order(replace(WARNING, expires=desk.now + timedelta(hours=1)))
    desk.rehearsal.service.clock.forward(timedelta(hours=2))
    told = await says(desk, f"SETUJU SIARAN {number}", who="kepala")
    assert "batas waktu" in told
    assert "Maaf" not in told
    assert desk.status(number) == "proposed"


async def test_the_second_tap_tells_nobody_twice(desk: Desk) -> None:
    desk.limit(approval_above=0)
    await says(desk, f"SIARAN {TEXT}")
    sent = await desk.rehearsal.press("petugas", "Kirim")
    assert "Siaran 1 dari" in heard(sent, "kepala")
    button = next(b for m in desk.rehearsal.channel.sent for b in m.buttons if b.label == "Kirim")
    again = await desk.rehearsal.say("petugas", button.label, button.payload)
    assert heard(again, "kepala") == ""
    with desk.rehearsal.service.database.read() as connection:
        assert len(broadcasts.listed(connection, "kanim-ponorogo")) == 1


async def test_the_preview_is_what_people_get(desk: Desk) -> None:
    await settle_in(desk.rehearsal, "warga")
    shown = await says(desk, f"SIARAN {TEXT}")
    sent = await desk.rehearsal.press("petugas", "Kirim")
    assert heard(sent, "warga") in shown


# ---- corrections are of one's own


@pytest.mark.parametrize(
    "plan",
    [
        Plan(TEXT, (), "correction"),
        Plan(TEXT, (), "withdrawal"),
        Plan(TEXT, (), "correction", corrects=99),
        Plan(TEXT, PLAN.places, "news", corrects=1),
    ],
)
async def test_a_correction_of_nothing_is_refused(desk: Desk, plan: Plan) -> None:
    desk.order()
    with pytest.raises(NotAllowed, match="unknown"):
        desk.order(plan, nonce="c")


async def test_one_that_was_taken_back_says_by_which(desk: Desk) -> None:
    number = desk.order()
    other = desk.act("withdraw", number, "D-001", "Jadwalnya keliru, maaf.")
    assert desk.act("withdraw", number, "D-001", "Jadwalnya keliru, maaf.") == other
    with desk.rehearsal.service.database.read() as connection:
        assert broadcasts.withdrawn_by(connection, number) == other
        assert broadcasts.withdrawn_by(connection, int(str(other))) == 0
        assert broadcast_report.answers(connection, number) == (0, 0)


# ---- what may be said, with the real register


async def test_a_listed_name_is_found_without_pt(desk: Desk) -> None:
    register = shipped_register()
    name = next(
        " ".join(company.words)
        for company in register.index.by_fold.values()
        if len(company.words) >= 3
    )
    text = f"Ada lowongan lewat {name.title()} di kecamatan, cek dulu."
    assert register.names_in(text)
    with pytest.raises(NotAllowed, match="names_company"):
        desk.order(replace(PLAN, text=text))
    by_act = replace(PLAN, text=text, act="KEP.1/2026", source="KP2MI",
                     source_date=date(2026, 11, 20))  # fmt: skip
    assert desk.order(by_act)
    await desk.rehearsal.drain()
    assert "Dasar: KEP.1/2026, 20-11-2026, KP2MI." in heard(desk.rehearsal.channel.sent, "grup")


def test_ordinary_sentences_hold_no_listed_name() -> None:
    register = shipped_register()
    assert {text: found for text in PASS if (found := register.names_in(text))} == {}


# ---- a photo


PICTURE = b"\xff\xd8 clean"


@pytest.mark.parametrize(
    ("kept", "on_shelf"),
    [
        (Kept("kept", "image/jpeg", data=PICTURE), True),
        (Kept("kept", "application/pdf", data=b"%PDF"), False),
        (Kept("damaged"), False),
    ],
)
async def test_a_photo_is_cleaned_and_lies_on_the_shelf(
    tmp_path: object, kept: Kept, on_shelf: bool
) -> None:
    bot = Rehearsal(with_our_tables(tmp_path), keep=lambda data: kept)  # type: ignore[arg-type]
    try:
        told = heard(await bot.photograph("petugas", b"raw exif", f"SIARAN {TEXT}"), "petugas")
        assert ("📷" in told) is on_shelf
        if not on_shelf:
            assert "tidak bisa dipakai" in told
            return
        await bot.press("petugas", "Kirim")
        with bot.service.database.read() as connection:
            plan = unpacked(broadcasts.by_number(connection, 1).plan)
        assert (bot.service.shelf.folder / plan.photo).read_bytes() == PICTURE
        to_group = [message for message in bot.channel.sent if message.to == "grup"]
        assert to_group[-1].wants == f"photo/{plan.photo}"
        seen = [m for m in bot.channel.sent if m.to == "petugas" and "📷" in m.text]
        assert seen[-1].wants == f"photo/{plan.photo}"  # the officer sees it before it leaves
        assert not bot.channel.pictures  # its copy at the provider is deleted
    finally:
        bot.close()


async def test_a_photo_that_comes_when_the_draft_is_left_moves_nobody(tmp_path: object) -> None:
    bot = Rehearsal(with_our_tables(tmp_path), keep=lambda d: Kept("kept", "image/jpeg", data=d))  # type: ignore[arg-type]
    try:
        drain = bot.drain
        bot.drain = bot.sender.drain  # type: ignore[method-assign]
        await bot.photograph("petugas", PICTURE, f"SIARAN {TEXT}")
        await bot.say("petugas", "menu")
        bot.drain = drain  # type: ignore[method-assign]
        told = heard(await bot.say("petugas", "daftar"), "petugas")
        assert "sudah ditinggalkan" in told
    finally:
        bot.close()
