"""Join codes and news that repeats: rights, counts without persons, one broadcast a slot."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import campaigns, demo, officers, repeats, schedule
from bot.broadcast_rows import broadcasts
from bot.campaign_rows import ACTIVE, PAUSED, PROPOSED, CampaignCount
from bot.campaign_rows import repeats as rows
from bot.cli import main
from bot.contacts import contacts
from bot.not_allowed import NotAllowed
from bot.rehearsal import Rehearsal
from flows.campaign_plan import ALPHABET, RepeatDecided, RepeatPlan, read_code
from tests.bot.second import Second

WEDNESDAYS = RepeatPlan("lesson", (demo.VILLAGE,), 2)


def officer(bot: Rehearsal, staff_no: str = "D-001") -> int:
    with bot.service.database.read() as connection:
        table = officers.officers
        query = select(table.c.id).where(table.c.staff_no == staff_no)
        return int(connection.execute(query).scalar_one())


def made(bot: Rehearsal, **more: object) -> str:
    """The code of a poster for the demo's village."""
    values: dict[str, object] = {
        "kind": "poster", "place_code": demo.VILLAGE, "title": "Poster", "office_code": demo.OFFICE,
        "officer_id": None, "now": bot.clock.now(),
    }  # fmt: skip
    with bot.service.database.write() as connection:
        code = campaigns.new_code(connection)
        campaigns.make(connection, code=code, **(values | more))  # type: ignore[arg-type]
    return code


def repeat(bot: Rehearsal, plan: RepeatPlan = WEDNESDAYS, nonce: str = "n") -> int:
    with bot.service.database.write() as connection:
        code = campaigns.new_code(connection)
        return repeats.make(
            connection, bot.service, officer(bot), plan, code, nonce, bot.clock.now()
        )


def status(bot: Rehearsal, number: int) -> str:
    with bot.service.database.read() as connection:
        row = repeats.get(connection, number)
        assert row is not None
        return str(row.status)


def sent(bot: Rehearsal) -> int:
    with bot.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(broadcasts)).scalar_one())


def set_to(bot: Rehearsal, **settings: object) -> None:
    bot.service.settings = bot.service.settings.model_copy(update=settings)


async def joined(bot: Rehearsal, *people: str) -> None:
    code = made(bot)
    for who in people:
        await bot.say(who, f"DAFTAR {code}")
        await bot.say(who, "ya")


# ---- codes


def test_a_code_is_no_word_and_a_link_holds_nothing_but_the_code(rehearsal: Rehearsal) -> None:
    set_to(rehearsal, twilio_whatsapp_from="whatsapp:+6281200000000")
    rehearsal.service.telegram_username = "kentongan_bot"
    code = made(rehearsal)
    assert len(code) == 7
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("AEIOU")
    assert campaigns.links(rehearsal.service, code) == (
        f"https://wa.me/6281200000000?text=DAFTAR%20{code}",
        f"https://t.me/kentongan_bot?start=d_{code}",
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [("bcdfghj", "BCDFGHJ"), (" BCDFGHJ. ", "BCDFGHJ"), ("BCD FGHJ", ""), ("krajan", ""),
     ("BCDFG", ""), ("BCDFGHJKM", ""), ("BCDFGH1", "")],
)  # fmt: skip
def test_only_a_code_is_read_as_one(typed: str, code: str) -> None:
    assert read_code(typed) == code


async def test_arrivals_are_counted_by_day_and_by_nothing_else(on_both: Rehearsal) -> None:
    code = made(on_both)
    for who in ("rina", "joko"):
        await on_both.say(who, f"DAFTAR {code}")
    await on_both.say("rina", "ya")
    await on_both.wait(timedelta(days=1))
    await on_both.say("rina", f"daftar {code}")
    with on_both.service.database.read() as connection:
        row = campaigns.by_code(connection, code)
        assert row is not None
        assert campaigns.by_day(connection, row.id) == [
            (date(2026, 11, 23), "arrived", 2),
            (date(2026, 11, 23), "joined", 1),
            (date(2026, 11, 24), "again", 1),
            (date(2026, 11, 24), "arrived", 1),
        ]
    assert set(CampaignCount.model_fields) == {"campaign_id", "day", "what", "count"}


async def test_an_ended_code_is_told_so_and_the_village_still_takes_part(
    on_both: Rehearsal,
) -> None:
    code = made(on_both, ends_on=date(2026, 11, 22))
    (answer,) = await on_both.say("rina", f"DAFTAR {code}")
    assert "sudah berakhir" in answer.text
    assert "Kabar untuk desa mana" in answer.text
    with on_both.service.database.read() as connection:
        row = campaigns.by_code(connection, code)
        assert row is not None
        assert campaigns.counted(connection, [row.id]) == {row.id: {}}


async def test_a_code_of_a_kecamatan_asks_for_the_village(rehearsal: Rehearsal) -> None:
    code = made(rehearsal, place_code="35.02.02")
    (answer,) = await rehearsal.say("rina", f"DAFTAR {code}")
    assert "Kec. Ngrayun" in answer.text
    (answer,) = await rehearsal.say("rina", "Baosan Kidul")
    assert "Ikut kabar Desa Baosan Kidul" in answer.text


async def test_no_keeps_nothing(rehearsal: Rehearsal) -> None:
    code = made(rehearsal)
    await rehearsal.say("rina", f"DAFTAR {code}")
    await rehearsal.say("rina", "tidak")
    with rehearsal.service.database.read() as connection:
        row = connection.execute(select(contacts).order_by(contacts.c.id.desc()).limit(1)).one()
    assert (row.place_code, row.consented_at) == ("", None)


def test_an_officer_makes_codes_for_their_own_villages_only(rehearsal: Rehearsal) -> None:
    with rehearsal.service.database.write() as connection, pytest.raises(NotAllowed):
        campaigns.order(
            connection, rehearsal.service, officer(rehearsal), code="BCDFGHJ", kind="poster",
            place_code="33.01.01.2001", title="Poster", now=rehearsal.clock.now(),
        )  # fmt: skip


# ---- repeating


async def test_two_processes_order_one_broadcast_a_slot(on_both: Rehearsal, second: Second) -> None:
    await joined(on_both, "rina")
    number = repeat(on_both)
    with on_both.service.database.read() as connection:
        row = repeats.get(connection, number)
        assert row is not None
        slot = row.next_at
    on_both.clock.forward(slot - on_both.clock.now())
    second.service.clock.forward(slot - second.service.clock.now())
    schedule.run_due(on_both.service, on_both.turns)
    # The other one has read the campaign before it was moved on.
    with second.service.database.write() as connection:
        connection.execute(rows.update().values(next_at=slot))
    schedule.run_due(second.service, second.turns)
    assert sent(on_both) == 1


async def test_above_the_limit_a_second_officer_approves_once_for_all(on_both: Rehearsal) -> None:
    await joined(on_both, "rina", "joko")
    set_to(on_both, approval_above=1)
    number = repeat(on_both)
    assert status(on_both, number) == PROPOSED
    for who, refused in ((officer(on_both), True), (officer(on_both, "D-003"), False)):
        with on_both.service.database.write() as connection:
            act = RepeatDecided(number, "approve")
            if refused:
                with pytest.raises(NotAllowed):
                    repeats.decide(connection, on_both.service, who, act, on_both.clock.now())
            else:
                repeats.decide(connection, on_both.service, who, act, on_both.clock.now())
    assert status(on_both, number) == ACTIVE
    heard = await on_both.wait(timedelta(days=17))
    lessons = [one for one in heard if one.to == "rina" and "Pelajaran pekan ini" in one.text]
    assert len(lessons) == 3
    assert len({one.text for one in lessons}) == 3, "each week another lesson"


async def test_the_second_officer_is_asked_in_chat(rehearsal: Rehearsal) -> None:
    await joined(rehearsal, "rina", "joko")
    set_to(rehearsal, approval_above=1)
    for words in ("kampanye", "2", "2", "rabu"):
        await rehearsal.say(demo.OFFICER, words)
    heard = await rehearsal.say(demo.OFFICER, "mulai")
    asked = [one.text for one in heard if one.to == demo.HEAD]
    assert "Balas SETUJU KAMPANYE 2" in asked[0]
    (answer,) = await rehearsal.say(demo.OFFICER, "setuju kampanye 2")
    assert "bukan oleh penulisnya" in answer.text
    (answer,) = await rehearsal.say(demo.HEAD, "setuju kampanye 2")
    assert "disetujui dan berjalan" in answer.text


def test_pressed_twice_it_is_one_campaign(on_both: Rehearsal) -> None:
    assert repeat(on_both) == repeat(on_both)


async def test_aged_lessons_are_left_out_and_the_officer_hears_why(rehearsal: Rehearsal) -> None:
    await joined(rehearsal, "rina")
    number = repeat(rehearsal)
    late = max(one.cards[0].source.review_by for one in rehearsal.service.catalog.lessons)
    rehearsal.clock.forward(timedelta(days=(late - rehearsal.clock.now().date()).days + 1))
    heard = await rehearsal.wait(timedelta(days=7))
    told = [one.text for one in heard if one.to == demo.OFFICER]
    assert any("kali ini tidak dikirim: Pelajaran yang tersisa perlu dicek" in one for one in told)
    assert sent(rehearsal) == 0
    assert status(rehearsal, number) == ACTIVE


async def test_after_the_last_lesson_it_pauses_and_begins_anew_when_resumed(
    rehearsal: Rehearsal,
) -> None:
    await joined(rehearsal, "rina")
    number = repeat(rehearsal)
    every = " ".join(one.id for one in rehearsal.service.catalog.lessons)
    with rehearsal.service.database.write() as connection:
        connection.execute(rows.update().values(taught=every))
    heard = await rehearsal.wait(timedelta(days=3))
    assert any("Semua pelajaran sudah dikirim" in one.text for one in heard)
    assert status(rehearsal, number) == PAUSED
    with rehearsal.service.database.write() as connection:
        repeats.decide(connection, rehearsal.service, None, RepeatDecided(number, "resume"),
                       rehearsal.clock.now())  # fmt: skip
    assert any("Pelajaran pekan ini" in one.text for one in await rehearsal.wait(timedelta(days=7)))


async def test_without_anybody_to_tell_a_run_is_left_out(rehearsal: Rehearsal) -> None:
    repeat(rehearsal, RepeatPlan("lesson", (demo.OTHER_VILLAGE,), 2))
    heard = await rehearsal.wait(timedelta(days=3))
    told = [one.text for one in heard if one.to == demo.OFFICER]
    assert any("Belum ada penerima" in one for one in told)
    assert sent(rehearsal) == 0


async def test_who_only_looks_after_the_office_stops_no_campaign(on_both: Rehearsal) -> None:
    number, auditor = repeat(on_both), officer(on_both, "D-002")
    with on_both.service.database.write() as connection:
        duties = officers.duties
        mine = duties.update().where(duties.c.officer_id == auditor)
        connection.execute(mine.values(role="auditor", place_code=""))
        with pytest.raises(NotAllowed, match="unknown"):
            act = RepeatDecided(number, "stop")
            repeats.decide(connection, on_both.service, auditor, act, on_both.clock.now())
    assert status(on_both, number) == ACTIVE


async def test_of_an_officer_who_left_nothing_goes_on(on_both: Rehearsal) -> None:
    await joined(on_both, "rina")
    number = repeat(on_both)
    with on_both.service.database.write() as connection:
        table = officers.officers
        connection.execute(table.update().where(table.c.staff_no == "D-001").values(active=False))
    await on_both.wait(timedelta(days=7))
    assert sent(on_both) == 0
    assert status(on_both, number) == "stopped"


# ---- on the command line


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """The example office where `kentongan` finds it."""
    bot = Rehearsal(f"sqlite:///{tmp_path / 'office.db'}")
    ring = tmp_path / "keyring.json"
    bot.service.ring.save(ring)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KENTONGAN_DATABASE_URL", f"sqlite:///{tmp_path / 'office.db'}")
    monkeypatch.setenv("KENTONGAN_KEYRING_PATH", str(ring))
    monkeypatch.setenv("KENTONGAN_OFFICE", demo.OFFICE)
    monkeypatch.setenv("KENTONGAN_TELEGRAM_BOT_USERNAME", "kentongan_bot")
    yield bot
    bot.close()


def test_commands_make_codes_posters_and_kits(
    office: Rehearsal,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert main(["campaign", "add", "--place", demo.VILLAGE, "--title", "Balai desa"]) == 0
    code = capsys.readouterr().out.split("DAFTAR ")[1].split()[0]
    assert main(["campaign", "links", code]) == 0
    assert f"https://t.me/kentongan_bot?start=d_{code}" in capsys.readouterr().out
    assert main(["poster", code, "--to", str(tmp_path / "poster.pdf")]) == 0
    assert (tmp_path / "poster.pdf").read_bytes().startswith(b"%PDF-")
    assert "fontTools" not in caplog.text  # it would name each letter of the poster
    assert main(["campaign", "add", "--kind", "lesson", "--place", demo.VILLAGE, "--day", "rabu",
                 "--as", "D-001"]) == 0  # fmt: skip
    for act in ("pause", "resume", "stop"):
        assert main(["campaign", act, "2"]) == 0
    assert main(["campaign", "list"]) == 0
    assert "status=stopped" in capsys.readouterr().out
    assert main(["campaign", "counts", code]) == 0
    assert main(["relay", "add", "--place", demo.VILLAGE, "--label", "WA RT 05"]) == 0
    assert "PENERUS " in capsys.readouterr().out
    assert main(["relay", "stop", "1"]) == 0
    assert main(["relay", "list"]) == 0
    assert "ended" in capsys.readouterr().out
    assert main(["kit", "press", "calo", "--to", str(tmp_path / "kit")]) == 0
    kit = tmp_path / "kit"
    assert sorted(one.name for one in kit.iterdir()) == ["berita.txt", "kartu.jpg", "kartu.png",
                                                         "radio.txt"]  # fmt: skip


async def test_a_campaign_that_waits_is_told_to_who_can_approve_it(
    office: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENTONGAN_APPROVAL_ABOVE", "0")
    assert main(["campaign", "add", "--kind", "lesson", "--place", demo.VILLAGE, "--day", "rabu",
                 "--as", "D-001"]) == 0  # fmt: skip
    await office.drain()
    (asked,) = [one.text for one in office.channel.sent if one.to == demo.HEAD]
    assert "SETUJU KAMPANYE 1" in asked


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["poster", "BCDFGHJ", "--to", "x.pdf"], "no campaign of that code"),
        (["campaign", "add", "--place", "99.99", "--title", "x"], "a village or a kecamatan"),
        (["campaign", "add", "--place", demo.VILLAGE], "--title"),
        (["campaign", "add", "--place", demo.VILLAGE, "--title", "x", "--ends", "besok"], "--ends"),
        (["campaign", "add", "--place", demo.VILLAGE, "--title", "x", "--ends", "2020-01-01"], "over"),
        (["campaign", "add", "--place", demo.VILLAGE, "--title", "Pak Slamet"], "no person's name"),
        (["relay", "add", "--place", demo.VILLAGE, "--label", "WA Bu Siti"], "no person's name"),
        (["campaign", "add", "--kind", "lesson", "--place", demo.VILLAGE, "--day", "31",
          "--as", "D-001"], "--day"),
        (["campaign", "add", "--kind", "hours", "--place", demo.VILLAGE, "--day", "1",
          "--as", "X"], "no active officer"),
        (["campaign", "pause", "7"], "Tidak ada kampanye"),
        (["relay", "stop", "7"], "none of that number"),
        (["kit", "press", "tidak_ada", "--to", "kit"], "tidak ada"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_changes_nothing(
    office: Rehearsal, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert why in told.err
    assert not told.out
