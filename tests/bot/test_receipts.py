"""Guessing a code gets nothing: few tries, one answer, and the same work whatever the code is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from bot import demo, receipts
from bot.doctor import _database
from bot.rehearsal import Rehearsal
from bot.sealing import canonical_code, new_receipt
from tests.bot.steps import count, heard, report

REFUSED = "Kode itu tidak ditemukan, atau belum bisa dibuka sekarang."
OPENED = "menunggu petugas"


async def try_code(rehearsal: Rehearsal, who: str, code: str) -> str:
    return heard(await rehearsal.say(who, f"kode {code}"), who)


async def wrong_tries(rehearsal: Rehearsal, who: str, times: int) -> None:
    for _ in range(times):
        assert REFUSED in await try_code(rehearsal, who, new_receipt())


async def test_after_five_wrong_codes_even_the_right_one_is_not_found(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await wrong_tries(on_both, "calo", 4)
    assert OPENED in await try_code(on_both, "calo", code)
    await wrong_tries(on_both, "calo", 1)
    wrong = await try_code(on_both, "calo", new_receipt())
    assert await try_code(on_both, "calo", code) == wrong
    assert OPENED in await try_code(on_both, "tetangga", code)  # nobody else pays for it
    await on_both.wait(timedelta(minutes=61))
    assert OPENED in await try_code(on_both, "calo", code)


async def test_what_is_refused_does_not_make_the_hour_longer(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await wrong_tries(on_both, "calo", 5)
    await on_both.wait(timedelta(minutes=50))
    await wrong_tries(on_both, "calo", 3)
    await on_both.wait(timedelta(minutes=11))
    assert OPENED in await try_code(on_both, "calo", code)


async def test_looking_often_with_the_right_code_is_no_guessing(rehearsal: Rehearsal) -> None:
    code = await report(rehearsal)
    for _ in range(12):
        assert OPENED in await try_code(rehearsal, "tetangga", code)
    assert count(rehearsal, receipts.tries) == 0


async def test_a_hundred_wrong_codes_of_many_people_raise_an_alarm_and_close_nothing(
    on_both: Rehearsal,
) -> None:
    code = await report(on_both)
    for number in range(20):
        assert not [f for f in _database(on_both.service) if f.what == "codes"]
        await wrong_tries(on_both, f"calo{number}", 5)
    assert OPENED in await try_code(on_both, "tetangga", code)
    with on_both.service.database.read() as connection:
        assert receipts.lately(connection, on_both.clock.now()) == (receipts.ALARM, 0)
    assert {"bad"} == {f.state for f in _database(on_both.service) if f.what == "codes"}
    await on_both.wait(timedelta(minutes=61))
    assert not [f for f in _database(on_both.service) if f.what == "codes"]


async def test_ten_thousand_wrong_codes_close_it_for_all_for_an_hour(on_both: Rehearsal) -> None:
    code = await report(on_both)
    shut_for(on_both, receipts.OF_ALL - 1)
    assert OPENED in await try_code(on_both, "tetangga", code)
    await on_both.say("b", "halo")
    await wrong_tries(on_both, "calo", 1)
    assert await try_code(on_both, "tetangga", code) == await try_code(on_both, "b", new_receipt())
    with on_both.service.database.read() as connection:
        assert receipts.lately(connection, on_both.clock.now()) == (receipts.OF_ALL, 2)
    (told,) = (f for f in _database(on_both.service) if f.what == "codes")
    assert told.state == "bad" and "none opens now" in told.detail
    await on_both.wait(timedelta(minutes=61))
    assert OPENED in await try_code(on_both, "tetangga", code)


async def test_one_person_cannot_close_it_for_all(on_both: Rehearsal) -> None:
    code = await report(on_both)
    await wrong_tries(on_both, "calo", 120)
    assert OPENED in await try_code(on_both, "tetangga", code)
    assert {"warn"} == {f.state for f in _database(on_both.service) if f.what == "codes"}


async def test_words_that_cannot_be_a_code_are_no_try(rehearsal: Rehearsal) -> None:
    code = await report(rehearsal)
    await rehearsal.say("tetangga", "kode")
    for words in ("tidak punya", "7F3K", "lupa kodenya", "hilang", "apa itu", "bagaimana"):
        said = heard(await rehearsal.say("tetangga", words), "tetangga")
        assert said.endswith("Tulis kode Anda. Contoh bentuknya: 7F3K-92QX-MN4T.")
    assert count(rehearsal, receipts.tries) == 0
    assert OPENED in heard(await rehearsal.say("tetangga", code), "tetangga")


async def test_neither_the_code_nor_its_sender_is_kept(rehearsal: Rehearsal) -> None:
    code = new_receipt()
    await try_code(rehearsal, "calo", code)
    with rehearsal.service.database.read() as connection:
        (row,) = connection.execute(receipts.tries.select()).all()
    kept = repr(tuple(row))
    assert canonical_code(code) not in kept
    assert "calo" not in kept
    await rehearsal.wait(timedelta(days=1, hours=1))
    assert count(rehearsal, receipts.tries) == 0


# ---- the same work


@contextmanager
def statements(rehearsal: Rehearsal) -> Iterator[list[str]]:
    """The text of every SQL statement in its order."""
    done: list[str] = []

    def note(*given: object) -> None:
        done.append(str(given[2]))

    engine = rehearsal.service.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def work(rehearsal: Rehearsal, code: str) -> tuple[list[str], str]:
    with statements(rehearsal) as done:
        answer = await try_code(rehearsal, "calo", code)
    return [words for words in done if "inbox" not in words], answer


def shut_for(rehearsal: Rehearsal, tries: int) -> None:
    """So many counted tries of others within the hour."""
    now = rehearsal.clock.now()
    with rehearsal.service.database.write() as connection:
        rows = [{"sender": str(n).encode(), "at": now, "counts": True} for n in range(tries)]
        connection.execute(insert(receipts.tries), rows)


@pytest.mark.parametrize("end", ["open", "closed", "withdrawn"])
async def test_a_known_code_that_is_refused_costs_what_an_unknown_one_costs(
    on_both: Rehearsal, end: str
) -> None:
    """Statement by statement, for every state of the case; nothing is measured by the clock."""
    code = await report(on_both)
    if end == "closed":
        for words in ("ambil 1", "selesai 1", "1"):
            await on_both.say(demo.OFFICER, words)
    elif end == "withdrawn":
        for words in (f"kode {code}", "tarik", "ya"):
            await on_both.say(demo.VILLAGER, words)
    await try_code(on_both, "calo", new_receipt())  # the same place in the conversation for all
    unknown = await work(on_both, new_receipt())
    shut_for(on_both, receipts.OF_ALL)
    known = await work(on_both, code)
    assert known == unknown
    assert await work(on_both, new_receipt()) == unknown


async def test_the_look_up_itself_is_the_same_for_all(on_both: Rehearsal) -> None:
    """Also for one that opens."""
    code = await report(on_both)

    def look(typed: str) -> list[str]:
        with statements(on_both) as done, on_both.service.database.read() as connection:
            receipts.look_up(connection, on_both.service.ring, 1, typed, on_both.clock.now())
        return done

    known, unknown = look(code), look(new_receipt())
    shut_for(on_both, receipts.OF_ALL)
    assert known == unknown == look(code)
    assert known
