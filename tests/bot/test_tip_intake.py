"""What intake leaves in the database: consent without a trail, the sealed form, drafts sent alone."""

from datetime import datetime, timedelta

from sqlalchemy import select

from bot import contacts, tips
from bot.rehearsal import Rehearsal
from bot.sessions import SessionRow, open_session
from flows import tip_off
from flows.catalog import text_version
from flows.session import Session
from tests.bot.steps import count, heard, report
from tests.opened import report_of

consents = contacts.consents
sessions = SessionRow.__table__  # type: ignore[attr-defined]


def session_of(rehearsal: Rehearsal) -> Session:
    """Of the only phone that has talked."""
    with rehearsal.service.database.read() as connection:
        row = connection.execute(
            select(sessions.c.contact_id, sessions.c.state).order_by(
                sessions.c.last_inbound_at.desc()
            )
        ).first()
    assert row is not None
    return open_session(rehearsal.service.ring, row.contact_id, row.state)


async def test_consent_to_a_report_is_kept_with_its_version_and_is_no_consent_to_broadcasts(
    on_both: Rehearsal,
) -> None:
    await report(on_both)
    version = text_version(on_both.service.catalog.wording, *tip_off.NOTICE)
    assert count(on_both, consents, purpose="report", text_version=version) == 1
    assert count(on_both, contacts.contacts) == count(on_both, contacts.contacts, consented_at=None)
    assert report_of(on_both.service, 1)["consent"] == version


async def test_no_row_of_consent_leads_to_a_hidden_reporter(on_both: Rehearsal) -> None:
    await report(on_both, hidden=True)
    assert count(on_both, consents, purpose="report") == 0
    version = text_version(on_both.service.catalog.wording, *tip_off.NOTICE)
    assert report_of(on_both.service, 1)["consent"] == version


async def test_the_form_goes_whole_into_the_seal(on_both: Rehearsal) -> None:
    told = "Kemarin calo bernama Joko menahan paspor adik saya, ada bukti chat"
    for words in ("lapor", "lanjut", "tidak", told, "ngrayun ngrayun ponorogo", "ya", "boleh"):
        await on_both.say("warga", words)
    await on_both.say("warga", "kirim")
    content = report_of(on_both.service, 1)
    assert content["what"] == told
    assert content["reasons"].endswith("bukan kesimpulan.")
    got = {name: content[name] for name in ("when", "who", "victim", "proof", "helper")}
    assert got == {"when": "Kemarin", "who": "Joko", "victim": "adik saya",
                   "proof": "bukti chat", "helper": "yes"}  # fmt: skip


async def test_a_draft_that_is_sent_alone_leaves_nothing_of_the_story(on_both: Rehearsal) -> None:
    for words in ("lapor", "lanjut", "akan berangkat segera", "Anak saya dibawa calo"):
        await on_both.say("warga", words)
    await on_both.wait(timedelta(hours=3))
    content = report_of(on_both.service, 1)
    assert (content["incomplete"], content["what"]) == ("yes", "Anak saya dibawa calo")
    assert "calo" not in repr(session_of(on_both))
    await on_both.wait(timedelta(days=2))
    assert count(on_both, tips.tips) == 1


async def test_a_draft_is_sent_at_night_but_its_sender_sleeps(on_both: Rehearsal) -> None:
    night = datetime.fromisoformat("2026-11-23T23:30:00+07:00")
    await on_both.wait(night - on_both.clock.now())
    for words in ("lapor", "lanjut", "ya, sekarang", "Ada anak dikunci di ruko"):
        await on_both.say("warga", words)
    sent = await on_both.wait(timedelta(minutes=20))
    assert count(on_both, tips.tips, urgency="now") == 1
    assert heard(sent, "kepala")
    assert not heard(sent, "warga")
    assert heard(await on_both.wait(timedelta(hours=10)), "warga")
