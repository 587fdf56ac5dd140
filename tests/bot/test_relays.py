"""Admins of WhatsApp groups: the kit, whose answer counts, the reminders' end, the correction."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from bot import broadcasts, campaigns, contacts, demo, officers, outbox, relays
from bot.broadcast_preview import look
from bot.campaign_effects import carry_out
from bot.campaign_rows import campaigns as links
from bot.campaign_rows import relays as rows
from bot.campaign_rows import tasks
from bot.channels.base import Outgoing
from bot.effects import Effects
from bot.not_allowed import NotAllowed
from bot.officer_world import OfficerWorld
from bot.rehearsal import Rehearsal
from flows.broadcast_plan import Plan
from flows.campaign_plan import RelayInvited

NEWS = Plan("Besok pukul sembilan penyuluhan di balai desa. Bawa paspor!", (demo.VILLAGE,))


async def admin(bot: Rehearsal, who: str, label: str = "WA RT 05") -> None:
    code = f"{label[-2:]}{label[-2:]}-ABCD"
    with bot.service.database.write() as connection:
        relays.invite(connection, bot.service.ring, code, office_code=demo.OFFICE,
                      place_code=demo.VILLAGE, label=label, officer_id=None,
                      now=bot.clock.now())  # fmt: skip
    await bot.say(who, f"PENERUS {code}")
    await bot.say(who, "ya")


def order(bot: Rehearsal, plan: Plan = NEWS, nonce: str = "n") -> int:
    with bot.service.database.write() as connection:
        query = select(officers.officers.c.id).where(officers.officers.c.staff_no == "D-001")
        author = int(connection.execute(query).scalar_one())
        return broadcasts.order(connection, bot.service, author, plan, nonce, bot.clock.now())


def author_of(bot: Rehearsal) -> int:
    with bot.service.database.read() as connection:
        query = select(officers.officers.c.id).where(officers.officers.c.staff_no == "D-001")
        return int(connection.execute(query).scalar_one())


async def later(bot: Rehearsal, **by: float) -> list[Outgoing]:
    return list(await bot.wait(timedelta(**by)))


def to(heard: list[Outgoing], who: str) -> list[Outgoing]:
    return [one for one in heard if one.to == who]


def states(bot: Rehearsal, number: int) -> list[str]:
    with bot.service.database.read() as connection:
        query = select(tasks.c.state).where(tasks.c.broadcast_id == number)
        return [row.state for row in connection.execute(query.order_by(tasks.c.relay_id))]


async def test_the_kit_is_a_question_a_link_a_clean_text_and_a_picture(on_both: Rehearsal) -> None:
    await admin(on_both, "ayu")
    await later(on_both, minutes=10)
    number = order(on_both)
    asks, share, text, card = to(await later(on_both, minutes=1), "ayu")
    assert "grup WA RT 05" in asks.text
    assert [button.label for button in asks.buttons] == [
        "Sudah diteruskan", "Tidak bisa", "Bicara petugas",
    ]  # fmt: skip
    address = urlsplit(share.text.split()[-1])
    assert (address.hostname, parse_qs(address.query)["text"]) == ("wa.me", [text.text])
    with on_both.service.database.read() as connection:
        made = connection.execute(select(links).where(links.c.broadcast_id == number)).one()
    assert (made.kind, made.place_code) == ("forward", demo.VILLAGE)
    door = campaigns.any_link(on_both.service, made.code)
    assert text.text == f"{NEWS.text}\n— Kanim Ponorogo\nMau kabar desa langsung? " \
                        f"Tulis DAFTAR {made.code} di {door}"  # fmt: skip
    assert not text.buttons
    assert card.media
    assert card.media.type == "image/jpeg"
    assert card.media.path.read_bytes().startswith(b"\xff\xd8")


async def test_all_admins_of_a_village_share_one_link(on_both: Rehearsal) -> None:
    await admin(on_both, "ayu")
    await admin(on_both, "bagas", "WA RT 06")
    await later(on_both, minutes=10)
    number = order(on_both)
    await later(on_both, minutes=1)
    with on_both.service.database.read() as connection:
        made = connection.execute(select(links).where(links.c.broadcast_id == number)).all()
    assert len(made) == 1


async def test_only_the_admin_who_was_asked_can_answer_and_only_once(on_both: Rehearsal) -> None:
    await admin(on_both, "ayu")
    await admin(on_both, "bagas", "WA RT 06")
    await later(on_both, minutes=10)
    number = order(on_both)
    await later(on_both, minutes=1)
    with on_both.service.database.write() as connection:
        mine, theirs = connection.execute(select(rows.c.contact_id).order_by(rows.c.id)).scalars()
        now, first = on_both.clock.now(), f"{number}-1"
        assert not relays.answer(connection, first, theirs, forwarded=True, now=now)
        assert relays.answer(connection, first, mine, forwarded=True, now=now)
        assert not relays.answer(connection, first, mine, forwarded=False, now=now)
        assert not relays.answer(connection, "x-1", mine, forwarded=True, now=now)
    assert states(on_both, number) == ["forwarded", "sent"]


async def test_a_button_of_days_ago_still_counts_for_the_only_one_that_waits(
    rehearsal: Rehearsal,
) -> None:
    await admin(rehearsal, "ayu")
    await later(rehearsal, minutes=10)
    number = order(rehearsal)
    (asks, *_) = to(await later(rehearsal, minutes=1), "ayu")
    await rehearsal.say("ayu", "belajar")
    await rehearsal.say("ayu", asks.buttons[0].label, asks.buttons[0].payload)
    assert states(rehearsal, number) == ["forwarded"]


async def test_of_two_that_wait_it_is_asked_which(rehearsal: Rehearsal) -> None:
    await admin(rehearsal, "ayu")
    await later(rehearsal, minutes=10)
    one = order(rehearsal)
    two = order(rehearsal, Plan("Kantor tutup hari Senin depan.", (demo.VILLAGE,)), "m")
    heard = to(await later(rehearsal, minutes=30), "ayu")
    assert len([message for message in heard if "Mohon teruskan" in message.text]) == 2
    await rehearsal.say("ayu", "menu")
    (asked,) = await rehearsal.say("ayu", "sudah diteruskan")
    assert "Kabar mana yang sudah diteruskan" in asked.text
    await rehearsal.say("ayu", "2")
    assert sorted([*states(rehearsal, one), *states(rehearsal, two)]) == ["forwarded", "sent"]


async def test_nobody_is_asked_in_the_middle_of_a_report(rehearsal: Rehearsal) -> None:
    await admin(rehearsal, "ayu")
    await rehearsal.say("ayu", "lapor")
    order(rehearsal)
    assert not to(await later(rehearsal, minutes=20), "ayu")
    await rehearsal.say("ayu", "batal")
    assert to(await later(rehearsal, minutes=40), "ayu")


async def test_a_kit_waits_for_whatsapps_window(rehearsal: Rehearsal) -> None:
    await admin(rehearsal, "ayu")
    with rehearsal.service.database.write() as connection:
        contact = connection.execute(select(rows.c.contact_id)).scalar_one()
        connection.execute(
            update(contacts.contacts)
            .where(contacts.contacts.c.id == contact)
            .values(channel="whatsapp")
        )
    await later(rehearsal, hours=25)
    number = order(rehearsal)
    await later(rehearsal, minutes=30)
    assert states(rehearsal, number) == ["waiting"]
    with rehearsal.service.database.read() as connection:
        waits = select(outbox.outbox.c.id).where(outbox.outbox.c.channel == "whatsapp",
                                                 outbox.outbox.c.status == "parked")  # fmt: skip
        assert connection.execute(waits).first() is None, "nothing that would come in a heap later"


async def test_a_withdrawn_broadcast_is_no_longer_asked_for_and_its_correction_is(
    on_both: Rehearsal,
) -> None:
    await admin(on_both, "ayu")
    await later(on_both, minutes=10)
    number = order(on_both)
    await later(on_both, minutes=1)
    await admin(on_both, "baru", "WA RT 09")
    with on_both.service.database.write() as connection:
        broadcasts.withdraw(connection, on_both.service, author_of(on_both), number,
                            "Penyuluhan besok batal. Maaf.", on_both.clock.now())  # fmt: skip
    heard = await later(on_both, minutes=20)
    assert states(on_both, number) == ["expired"]
    assert any("DITARIK" in one.text and "DAFTAR" in one.text for one in to(heard, "ayu"))
    assert not to(heard, "baru"), "who never had the kit forwards no correction"


async def test_while_it_is_paused_no_kit_goes_out(on_both: Rehearsal) -> None:
    await admin(on_both, "ayu")
    number = order(on_both)  # ayu has just talked: the kit waits a little
    with on_both.service.database.write() as connection:
        broadcasts.start_due(connection, on_both.service, on_both.clock.now())
        broadcasts.pause(connection, author_of(on_both), number, on_both.clock.now())
    assert not to(await later(on_both, minutes=40), "ayu")
    with on_both.service.database.write() as connection:
        broadcasts.resume(connection, author_of(on_both), number, on_both.clock.now())
    assert to(await later(on_both, minutes=20), "ayu")


async def test_old_news_is_handed_to_nobody(rehearsal: Rehearsal) -> None:
    """An admin whose window was shut for a week; the facts in it may have aged."""
    await admin(rehearsal, "ayu")
    number = order(rehearsal)
    with rehearsal.service.database.write() as connection:
        broadcasts.start_due(connection, rehearsal.service, rehearsal.clock.now())
        table = broadcasts.broadcasts
        connection.execute(
            update(table).values(starts_at=rehearsal.clock.now() - timedelta(days=8))
        )
    assert not to(await later(rehearsal, hours=1), "ayu")
    assert states(rehearsal, number) == ["expired"]


async def test_the_preview_counts_admins_and_they_alone_are_somebody(on_both: Rehearsal) -> None:
    with on_both.service.database.write() as connection:
        other = Plan(NEWS.text, (demo.OTHER_VILLAGE,))
        now, officer = on_both.clock.now(), author_of(on_both)
        assert ("broadcasts.nobody", ()) in look(
            connection, on_both.service, officer, other, now
        ).problems
        assert look(connection, on_both.service, officer, NEWS, now).admins == 0
    await admin(on_both, "ayu")
    with on_both.service.database.write() as connection:
        connection.execute(rows.update().values(place_code=demo.OTHER_VILLAGE))
        seen = look(connection, on_both.service, officer, other, now)
        assert (seen.admins, seen.problems) == (1, ())
        apart = Plan(NEWS.text, (demo.OTHER_VILLAGE,), languages=("jv",))
        assert look(connection, on_both.service, officer, apart, now).admins == 0


@pytest.mark.parametrize("words", ["stop", "hapus"])
async def test_stop_and_erasure_end_it(on_both: Rehearsal, words: str) -> None:
    await admin(on_both, "ayu")
    await later(on_both, minutes=10)
    number = order(on_both)
    await later(on_both, minutes=1)
    await on_both.say("ayu", words)
    if words == "hapus":
        await on_both.say("ayu", "ya")
    assert states(on_both, number) == ["expired"]
    with on_both.service.database.read() as connection:
        row = connection.execute(select(rows)).one()
        assert (row.contact_id, row.active) == (None, False)
        assert not connection.execute(
            select(contacts.consents.c.id).where(
                contacts.consents.c.purpose == "relay", contacts.consents.c.withdrawn_at.is_(None)
            )
        ).first()


async def test_a_code_is_good_for_a_week(on_both: Rehearsal) -> None:
    with on_both.service.database.write() as connection:
        relays.invite(connection, on_both.service.ring, "ABCD-2345", office_code=demo.OFFICE,
                      place_code=demo.VILLAGE, label="WA", officer_id=None,
                      now=on_both.clock.now())  # fmt: skip
    await later(on_both, days=8)
    (answer,) = await on_both.say("ayu", "PENERUS ABCD-2345")
    assert "tidak berlaku" in answer.text
    with on_both.service.database.read() as connection:
        assert connection.execute(select(rows)).first() is None


async def test_an_officer_invites_for_their_own_villages_only(rehearsal: Rehearsal) -> None:
    with rehearsal.service.database.write() as connection:
        people = contacts.load(connection, rehearsal.service.database, rehearsal.service.ring,
                               [(demo.CHANNEL, demo.OFFICER)], rehearsal.clock.now())  # fmt: skip
        (known,) = people.values()
        world = OfficerWorld(connection, rehearsal.service, known, rehearsal.clock.now())
        effects = Effects(connection, rehearsal.service, world, rehearsal.clock.now(), known=known)
        with pytest.raises(NotAllowed):
            carry_out(effects, known, RelayInvited("ABCD-2345", "33.01.01.2001", "WA"))
