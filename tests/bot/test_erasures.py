"""Which messages are to be deleted at their provider, and when."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import erasures, outbox
from bot.channels.base import Inbound, StatusReport
from bot.erasures import Message, confidential, hear, when
from bot.rehearsal import Rehearsal
from bot.sessions import open_session
from bot.turns import sessions
from flows.conversations import shipped_catalog
from flows.events import Event, MessageCreated
from flows.officer_events import TipQuestionAsked
from flows.session import Frame, Session

REPORT = Session("tip_off", "what", {"what": "x"})
LESSON = Session("lessons", "card")
CHECK = Session("check_recruiter", "verdict", {"told": "PT X minta uang"})


def waiting(bot: Rehearsal) -> list[tuple[str, Message]]:
    """What is to be deleted where, opened."""
    found = []
    now = bot.clock.now() + timedelta(days=3)
    with bot.service.database.write() as connection:
        while job := erasures.claim(connection, bot.service.ring, now, ("whatsapp", "telegram")):
            found.append((job.channel, job.message))
    return found


def test_the_read_back_is_where_it_is_looked_for() -> None:
    """Whoever renames a node or a flow renames it here, too."""
    flow, node = erasures.READ_BACK
    flows = shipped_catalog().flows
    assert node in flows[flow].nodes
    assert set(flows) >= erasures._FLOWS


@pytest.mark.parametrize(
    ("before", "after", "events", "secret"),
    [
        (Session(), REPORT, [], True),
        (REPORT, Session(), [], True),
        (LESSON, Session("ask_human", "question"), [], True),
        (Session("tip_status", "code"), LESSON, [], True),
        (Session(), Session(), [TipQuestionAsked("t1", "kapan?")], True),
        (LESSON, CHECK, [MessageCreated("Belum ketemu.")], False),
        (LESSON, Session("lessons", "card", kept={"tip_off": Frame("who", {}, 0)}), [], False),
    ],
)
def test_what_is_about_a_tip(
    before: Session, after: Session, events: list[Event], secret: bool
) -> None:
    assert confidential(before, after, events) is secret


@pytest.mark.parametrize(
    ("channel", "after", "fixed", "secret", "erase"),
    [
        ("whatsapp", REPORT, False, True, "sent"),
        ("whatsapp", REPORT, True, True, ""),
        ("whatsapp", CHECK, False, False, ""),
        ("telegram", Session("tip_off", "read_back", {"what": "x"}), False, True, "told"),
        ("telegram", REPORT, False, True, ""),
        ("simulator", Session("tip_off", "read_back"), False, True, ""),
    ],
)
def test_when_an_answer_is_deleted(
    channel: str, after: Session, fixed: bool, secret: bool, erase: str
) -> None:
    assert when(channel, after, fixed=fixed, secret=secret) == erase


async def test_words_said_elsewhere_are_remembered_while_they_are_there(
    on_both: Rehearsal,
) -> None:
    now, ring = on_both.clock.now(), on_both.service.ring
    session = Session("check_recruiter", "verdict", {"told": "PT X minta uang"})
    with on_both.service.database.write() as connection:

        def takes(message: str, **how: Any) -> None:
            hear(connection, ring, message, session, now, **how)

        takes("SM1", secret=False)
        takes("SM2", secret=False)
        assert session.heard == ["SM1", "SM2"]
        session.answers = {}
        takes("SM3", secret=False)
        assert session.heard == [], "none of their words is held any more"
        takes("MM4", secret=False, fetched=True)
        session.answers = {"told": "what the picture said"}
        takes("SM5", secret=True)
        assert session.heard == []
    found = waiting(on_both)
    assert found == [("whatsapp", Message("MM4")), ("whatsapp", Message("SM5"))]


async def test_a_long_talk_is_remembered_to_an_end(on_both: Rehearsal) -> None:
    session = Session("check_recruiter", "verdict", {"told": "x"})
    with on_both.service.database.write() as connection:
        for number in range(erasures.MOST_HEARD + 5):
            ring, now = on_both.service.ring, on_both.clock.now()
            hear(connection, ring, f"SM{number}", session, now, secret=False)
    assert len(session.heard) == erasures.MOST_HEARD
    assert session.heard[-1] == f"SM{erasures.MOST_HEARD + 4}"


async def test_the_ids_are_sealed_in_the_session(on_both: Rehearsal) -> None:
    inbound = Inbound("whatsapp", "SMkanari", "text", "whatsapp:+62811", text="cek PT Abal Jaya")
    assert await on_both.turns.accept(inbound) == "done"
    with on_both.service.database.read() as connection:
        row = connection.execute(select(sessions)).one()
    assert b"SMkanari" not in row.state
    assert open_session(on_both.service.ring, row.contact_id, row.state).heard == ["SMkanari"]


async def test_a_message_whose_fate_only_a_callback_tells_is_deleted_too(
    on_both: Rehearsal,
) -> None:
    ring, now = on_both.service.ring, on_both.clock.now()
    for who in ("whatsapp:+62811", "whatsapp:+62812"):
        await on_both.turns.accept(Inbound("whatsapp", f"e{who}", "text", who, text="menu"))
    with on_both.service.database.write() as connection:
        connection.execute(outbox.outbox.delete())
        ids = []
        for contact_id, erase in ((1, "sent"), (2, "")):
            row = outbox.row_for(
                ring, MessageCreated("Ini laporan Anda", fixed=False), now,
                channel="whatsapp", contact_id=contact_id, erase=erase,
            )  # fmt: skip
            insert = outbox.outbox.insert().values(row | {"status": "sending"})
            ids.append(connection.execute(insert.returning(outbox.outbox.c.id)).scalar_one())
        for row_id, status in ((ids[0], "delivered"), (ids[0], "read"), (ids[1], "delivered")):
            report = StatusReport("whatsapp", row_id, f"SM{row_id}", status)  # type: ignore[arg-type]
            assert outbox.record_status(connection, [report], ring, now) == [True]
    assert waiting(on_both) == [("whatsapp", Message(f"SM{ids[0]}"))]


async def test_a_row_that_does_not_open_is_given_up_with_a_word(
    on_both: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    with on_both.service.database.write() as connection:
        erasures.put(
            connection, on_both.service.ring, "whatsapp", Message("SM1"), on_both.clock.now()
        )
        connection.execute(erasures.erasures.update().values(sealed=b"broken"))
    assert waiting(on_both) == []
    assert "a message stays at whatsapp" in caplog.text
    with on_both.service.database.read() as connection:
        assert erasures.pending(connection).waiting == 0


async def test_a_channel_that_is_closed_here_waits(on_both: Rehearsal) -> None:
    ring, now = on_both.service.ring, on_both.clock.now()
    later = now + erasures.SETTLES
    with on_both.service.database.write() as connection:
        erasures.put(connection, ring, "whatsapp", Message("SM1"), now)
        assert not erasures.any_due(connection, later, ("telegram", "simulator"))
        assert erasures.claim(connection, ring, later, ("telegram",)) is None
        assert not erasures.any_due(connection, now, ("whatsapp",)), "Twilio settles first"
        assert erasures.claim(connection, ring, later, ("whatsapp",))
        assert erasures.claim(connection, ring, later, ("whatsapp",)) is None, "leased"
        after_its_lease = later + erasures.LEASE + timedelta(seconds=1)
        assert erasures.claim(connection, ring, after_its_lease, ("whatsapp",))
