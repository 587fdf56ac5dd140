"""`kentongan doctor`: what is in order, what is closed, what must be mended."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import PIL
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from bot import (
    audit,
    conflicts,
    erasures,
    keeping,
    keys,
    listening,
    outbox,
    picture_cards,
    pictures,
    reading,
    receipts,
    reviews,
    rewrapping,
    templates,
    tips,
)
from bot.officers import leader_ids, officers
from bot.partner_rows import partners
from bot.recruiters import Register
from bot.sealing import KeyRing, KeyRingError
from bot.service import NoOffice, Service, alembic_config
from bot.settings import Settings
from bot.shelf import chosen_voice
from bot.tip_seal import SERVER
from bot.working_hours import WorkingCalendar
from flows.catalog import CONTENT, ContentError
from flows.fact_files import LOADERS
from flows.templates import shipped_templates

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    what: str
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; a part that is bad does not keep the others from being looked at."""
    findings = [*_settings(settings), _pictures(), _evidence(), *_media(settings)]
    try:
        ring = KeyRing.load(settings.keyring_path)
    except KeyRingError as error:
        return [*findings, Finding("bad", "key ring", str(error))]
    findings.append(_keyring_mode(settings))
    try:
        service = Service(settings, ring=ring)
    except (ContentError, ValueError) as error:
        return [*findings, Finding("bad", "content", str(error))]
    findings += _content(service)
    try:
        findings += _database(service)
    except Exception as error:
        findings.append(Finding("bad", "database", f"{type(error).__name__}: can't be read"))
    finally:
        service.close()
    return findings


def _settings(settings: Settings) -> Iterator[Finding]:
    if not settings.telegram_ready:
        yield Finding("warn", "Telegram", "KENTONGAN_TELEGRAM_BOT_TOKEN is unset: no Telegram")
    elif not settings.telegram_webhook_secret.get_secret_value():
        yield Finding("bad", "Telegram",
                      "KENTONGAN_TELEGRAM_WEBHOOK_SECRET is unset: the endpoint is closed (403)")  # fmt: skip
    else:
        yield Finding("ok", "Telegram", "token and webhook secret are set")
    if not settings.twilio_auth_token.get_secret_value() or not settings.twilio_account_sid:
        yield Finding("warn", "WhatsApp",
                      "KENTONGAN_TWILIO_ACCOUNT_SID or _AUTH_TOKEN is unset: "
                      "the endpoint is closed (403)")  # fmt: skip
    elif not settings.twilio_whatsapp_from:
        yield Finding(
            "bad", "WhatsApp", "KENTONGAN_TWILIO_WHATSAPP_FROM is unset: nothing can be sent"
        )
    else:
        yield Finding("ok", "WhatsApp", "account, token and sender are set")
    if settings.real_channels and not settings.public_base_url.startswith("https://"):
        yield Finding(
            "bad", "address", "KENTONGAN_PUBLIC_BASE_URL must be the public https address"
        )
    yield _tip_mode(settings)
    if settings.simulator:
        state: State = "bad" if settings.real_channels else "warn"
        yield Finding(state, "simulator", "KENTONGAN_SIMULATOR is on: anybody who reaches this "
                      "server can play villager and officer")  # fmt: skip


def _tip_mode(settings: Settings) -> Finding:
    if settings.tip_mode == "sealed":
        return Finding("ok", "reports", "only officers' own keys open them")
    who = "this machine" if settings.tip_mode == "server" else "the owner's chat"
    if settings.tip_mode_accepted:
        return Finding(
            "warn", "reports", f"{who} has them too; accepted: {settings.tip_mode_accepted}"
        )
    state: State = "bad" if settings.real_channels else "warn"
    return Finding(
        state, "reports", f"{who} has them too, and KENTONGAN_TIP_MODE_ACCEPTED is unset"
    )


def _keys(connection: Connection, service: Service, office_code: str) -> Iterator[Finding]:
    """Who should be able to open reports and can't."""
    today = service.today(service.clock.now())
    keyless = connection.execute(
        select(officers.c.staff_no)
        .where(
            officers.c.office_code == office_code, officers.c.active,
            officers.c.contact_id.is_not(None), officers.c.key_id.is_(None),
        )
        .order_by(officers.c.staff_no)
    ).scalars().all()  # fmt: skip
    if keyless:
        yield Finding("warn", "keys", f"{', '.join(keyless)} have no key and get no reports: "
                      "they open the link from their chat, or `kentongan roster invite`")  # fmt: skip
    leaders = keys.recipients_of(connection, leader_ids(connection, office_code, today))
    present = keys.office_recipient(connection, office_code)
    if not present:
        yield Finding("warn", "keys", "the office has no key yet: a section head or head signs in "
                      "to the console, which makes it")  # fmt: skip
    lacking = sum(
        present[0].id not in keys.office_wraps(connection, office_code, leader.id)
        for leader in leaders
        if present
    )
    if lacking:
        yield Finding("warn", "keys", f"{lacking} leaders don't hold the office's key yet: it comes, "
                      "and reports do, when another leader signs in and says whose key it is")  # fmt: skip
    under_ring = connection.execute(
        select(func.count()).select_from(tips.wraps).where(tips.wraps.c.recipient == SERVER)
    ).scalar_one()
    if under_ring and service.settings.tip_mode == "sealed":
        yield Finding("warn", "reports", f"{under_ring} wait under the key ring until an officer "
                      "who may read them has a key")  # fmt: skip


def _broken(connection: Connection) -> Iterator[Finding]:
    if count := rewrapping.broken(connection):
        yield Finding("bad", "reports", f"{count} have one key left, which does not open them: their "
                      "readers see it on the page; a backup from before may have a sound one")  # fmt: skip


def _accused(connection: Connection, service: Service) -> Iterator[Finding]:
    if count := len(conflicts.nobody_else(connection, service.ring)):
        yield Finding("bad", "reports", f"{count} reports only accused officers could open: nobody "
                      "has them until another leader enrols and makes a key")  # fmt: skip


def _pictures() -> Finding:
    """An optional part: without it villagers are asked to type what the poster says."""
    if problem := reading.missing():
        return Finding("warn", "pictures", f"not read, villagers are asked to type: {problem}")
    detail = f"{reading.version()} with {'+'.join(reading.wanted())}, Pillow {PIL.__version__}"
    return Finding("ok", "pictures", detail)


def _evidence() -> Finding:
    """Optional tools, too: without them evidence is taken, with whatever its phone wrote into it."""
    if lacks := keeping.missing():
        return Finding("warn", "evidence", f"sound, film or PDF kept with their tags: {lacks}")
    return Finding("ok", "evidence", "cleaned by ffmpeg and pdftoppm")


def _media(settings: Settings) -> Iterator[Finding]:
    """Optional, too: lessons are read without a sound, and officers listen to voice notes."""
    voice = chosen_voice(settings)
    if voice.missing:
        yield Finding("warn", "audio", f"lessons have no sound: {voice.missing}")
    else:
        yield Finding("ok", "audio", f"lessons are read by {voice.name}")
    if lacks := picture_cards.missing():
        yield Finding("warn", "picture cards", f"not drawn: {lacks}")
    else:
        yield Finding("ok", "picture cards", f"drawn with {picture_cards.FONTS.name}")
    if lacks := listening.missing(settings.speech_model):
        yield Finding("warn", "voice notes", f"not heard here, they go to an officer: {lacks}")
    else:
        yield Finding("ok", "voice notes", f"heard with {settings.speech_model}")
    if settings.media_dir.exists() and not os.access(settings.media_dir, os.W_OK):
        yield Finding("bad", "media", f"{settings.media_dir} can't be written")


def _keyring_mode(settings: Settings) -> Finding:
    mode = stat.S_IMODE(os.stat(settings.keyring_path).st_mode)
    if mode & 0o077:
        return Finding(
            "bad", "key ring", f"{settings.keyring_path} is readable by others: chmod 600 it"
        )
    return Finding("ok", "key ring", f"{settings.keyring_path}, readable by this user only")


def _content(service: Service) -> Iterator[Finding]:
    today = service.clock.now().date()
    for lesson in service.catalog.lessons:
        sources = [fact.source for fact in (*lesson.cards, lesson.action)]
        sources += [item.source for item in lesson.quiz]
        expired = sum(source.review_by < today for source in sources)
        if expired:
            yield Finding(
                "warn", f"lesson {lesson.id}", f"{expired} facts are past their review date"
            )
    if unread := reviews.unreviewed():
        accepted = service.settings.accept_unreviewed or not service.settings.real_channels
        yield Finding("warn" if accepted else "bad", "review",
                      f"no lawyer has stamped {', '.join(unread)}; lessons are labelled")  # fmt: skip
    if stale := ", ".join(_past_review(service, today)):
        yield Finding("warn", "facts", f"past their review date: {stale}; "
                      "`kentongan content check` names them")  # fmt: skip
    if not WorkingCalendar.knows_year(today.year + (today.month == 12)):
        yield Finding(
            "warn", "holidays", "next year's holidays are not known; deadlines count Mon-Fri"
        )


def _past_review(service: Service, today: date) -> Iterator[str]:
    """How many rows of each file beside the lessons: 3 of 67 in red_flags.yaml."""
    files = {
        name: [row.source.review_by for row in load(CONTENT)] for name, load in LOADERS.items()
    }
    files["hotlines.yaml"] = [hotline.review_by for hotline in service.catalog.hotlines]
    for name, days in files.items():
        if late := sum(day < today for day in days):
            yield f"{late} of {len(days)} in {name}"


def _database(service: Service) -> Iterator[Finding]:
    with service.database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        wanted = ScriptDirectory.from_config(alembic_config()).get_current_head()
        if found != wanted:
            yield Finding("bad", "database", f"at revision {found}, needs {wanted}: start the "
                          "service or run any kentongan command that writes")  # fmt: skip
            return
        yield Finding("ok", "database", f"{service.database.engine.dialect.name}, revision {found}")
        yield _register(service.register_now(connection), service.clock.now().date())
        try:
            office = service.office()
            yield Finding(
                "ok", "office", f"{office.name}, {len(office.regencies)} regencies, {office.hours}"
            )
        except NoOffice as error:
            yield Finding("bad", "office", str(error))
            return
        yield _roster(connection, office.code)
        yield from _keys(connection, service, office.code)
        yield from _accused(connection, service)
        yield from _broken(connection)
        yield from _partners(connection, office.code, service.today(service.clock.now()))
        yield from _waiting(connection, service.clock.now())
        if service.settings.whatsapp_ready:
            yield _templates(connection)
    yield _clock(datetime.now().astimezone())


def _roster(connection: Connection, office_code: str) -> Finding:
    all_of_them, enrolled, with_key = connection.execute(
        select(func.count(), func.count(officers.c.contact_id), func.count(officers.c.key_id))
        .where(officers.c.office_code == office_code, officers.c.active)
    ).one()  # fmt: skip
    return Finding("ok" if enrolled else "bad", "officers", f"{all_of_them} on the roster, "
                   f"{enrolled} enrolled, {with_key} with a key")  # fmt: skip


def _waiting(connection: Connection, now: datetime) -> Iterator[Finding]:
    """What nobody has taken, what was tampered with, and what has not left in time."""
    unowned = connection.execute(
        select(func.count()).where(
            tips.assignments.c.ended_at.is_(None), tips.assignments.c.officer_id.is_(None)
        )
    ).scalar_one()
    if unowned:
        yield Finding("bad", "tips", f"{unowned} open tips have no officer: enrol somebody now")
    yield from _guesses(*receipts.lately(connection, now))
    broken = audit.first_break(connection)
    if broken:
        yield Finding("bad", "audit", f"entry {broken} does not fit the chain: it was altered")
    late = outbox.oldest_waiting(connection, now)
    for channel, oldest in late.items():
        age = (now - oldest).total_seconds()
        if age > 300:
            yield Finding(
                "bad", f"outbox {channel}", f"the oldest message waits {age / 60:.0f} min"
            )
    unread = pictures.oldest(connection)
    if unread and (now - unread).total_seconds() > 3600:
        yield Finding("bad", "pictures", "one waits for more than an hour to be read")
    if left := pictures.leftovers(connection):
        yield Finding("warn", "pictures", f"{left} still to be deleted at their provider")
    yield from _erasures(erasures.pending(connection), now)


def _templates(connection: Connection) -> Finding:
    """What may be sent outside WhatsApp's 24 hours; without any, most broadcasts wait."""
    known = {row.name: row for row in connection.execute(select(templates.states))}
    lacks, waits, refused = [], [], []
    for template in shipped_templates().values():
        state = known.get(template.name)
        if state is None or state.fingerprint != template.fingerprint:
            lacks.append(template.name)
        elif state.status in templates.WAITING:
            waits.append(template.name)
        elif state.status != templates.APPROVED:
            refused.append(f"{template.name} is {state.status} ({state.reason or 'no reason'})")
    if refused:
        return Finding("bad", "templates", f"{'; '.join(refused)}: see docs/templates.md")
    if lacks:
        return Finding("warn", "templates", f"{', '.join(lacks)} not submitted: run "
                       "`kentongan templates sync`")  # fmt: skip
    if waits:
        return Finding("warn", "templates", f"{', '.join(waits)} wait for Meta's approval")
    return Finding("ok", "templates", f"all {len(known)} are approved")


def _erasures(pending: erasures.Pending, now: datetime) -> Iterator[Finding]:
    """Words of reports that a provider still has, although we asked or are about to ask."""
    if pending.oldest is None:
        return
    hours = (now - pending.oldest).total_seconds() / 3600
    state: State = "bad" if hours > 24 else "warn" if pending.failing else "ok"
    detail = (
        f"{pending.waiting} still to be deleted at their provider, the oldest for {hours:.0f} h"
    )
    yield Finding(state, "messages", f"{detail}, {pending.failing} refused again and again")


def _guesses(wrong: int, refused: int) -> Iterator[Finding]:
    if wrong >= receipts.OF_ALL:
        yield Finding("bad", "codes", f"{wrong} wrong receipt codes within an hour: none opens now; "
                      "somebody is guessing")  # fmt: skip
    elif wrong >= receipts.ALARM:
        yield Finding("bad", "codes", f"{wrong} wrong receipt codes within an hour: somebody is "
                      "guessing")  # fmt: skip
    elif refused:
        yield Finding("warn", "codes", f"{refused} receipt codes refused within an hour: somebody "
                      "is guessing")  # fmt: skip


def _partners(connection: Connection, office_code: str, today: date) -> Iterator[Finding]:
    """Whom the office itself vouches for; without any there is the shipped directory."""
    ours = partners.c.office_code == office_code, partners.c.active
    late = connection.execute(
        select(func.count()).where(*ours, partners.c.review_by < today)
    ).scalar_one()
    gone = connection.execute(
        select(func.count())
        .select_from(partners.outerjoin(
            officers, (officers.c.staff_no == partners.c.vouched_by)
            & (officers.c.office_code == office_code) & officers.c.active,
        ))
        .where(*ours, officers.c.id.is_(None))
    ).scalar_one()  # fmt: skip
    if late:
        yield Finding("warn", "partners", f"{late} are past their review date: ask, import anew")
    if gone:
        yield Finding("warn", "partners", f"for {gone} nobody vouches who is still on the roster")


def _register(register: Register, today: date) -> Finding:
    copy = "a third-party copy" if register.third_party else "an official export"
    if register.date is None:
        return Finding("bad", "register", "no listed company: every check says it can't be read")
    if register.stale(today):
        return Finding("warn", "register", f"{copy} of {register.date}: older than 30 days, and "
                       "every answer says so; see `kentongan register import`")  # fmt: skip
    return Finding("ok", "register", f"{copy} of {register.date}")


def _clock(now: datetime) -> Finding:
    if now.year < 2026:
        return Finding("bad", "clock", f"this machine says {now:%Y-%m-%d}: set its time")
    return Finding("ok", "clock", now.isoformat(timespec="seconds"))
