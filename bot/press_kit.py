"""The press and radio kit of a lesson or a broadcast: made of today's facts, or refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot import campaigns, picture_cards
from bot.broadcast_rows import DONE, SENDING, broadcasts
from bot.broadcast_words import unpacked
from bot.campaign_rows import campaigns as rows
from bot.service import OurOffice, Service
from flows import press_kit
from flows.campaign_plan import CODE_LETTERS
from flows.curriculum import Lesson
from flows.hear_see import all_cards
from flows.lint_plain import sentences
from flows.press_kit import NoScript
from flows.quoting import outdated
from flows.speech import load_speech
from flows.spoken_numbers import say_digits

_FILLERS = tuple(f"campaigns.radio_fill_{number}" for number in range(1, 7))


class NoKit(Exception):
    """The message is the text key of the reason."""


@dataclass(frozen=True, slots=True)
class Kit:
    title: str
    article: str
    script: str
    words: int
    drawn: picture_cards.Drawn
    picture: str = ""
    """Of a lesson: `picture/lesson/card`, which the shelf draws by itself."""


def problem(
    connection: Connection, service: Service, what: str, office_code: str, now: datetime
) -> str:
    """The text key of why there is no kit; "" when there is one."""
    try:
        subject = _found(connection, service, what, office_code, now)
        _script(service, service.office_of(office_code), _lines(subject), "B" * CODE_LETTERS)
    except NoKit as refused:
        return str(refused)
    return ""


def make(
    connection: Connection, service: Service, what: str, office_code: str, now: datetime
) -> Kit:
    """Of a lesson's id or a broadcast's number; its join code is made on first use. Raises NoKit."""
    office, subject = service.office_of(office_code), _found(
        connection, service, what, office_code, now
    )  # fmt: skip
    code = _code(connection, what, office, now)
    return (
        _of_lesson(service, office, subject, code, now)
        if isinstance(subject, Lesson)
        else _of_broadcast(service, office, subject, code, now)
    )


def _found(
    connection: Connection, service: Service, what: str, office_code: str, now: datetime
) -> Any:
    """The lesson, or the broadcast's row of that office."""
    today = service.office_of(office_code).calendar.local(now).date()
    lesson = next((one for one in service.catalog.lessons if one.id == what.lower()), None)
    if lesson is not None:
        if press_kit.is_old(lesson, today):
            raise NoKit("campaigns.kit_old")
        return lesson
    if not what.isdecimal():
        raise NoKit("campaigns.kit_unknown")
    row = connection.execute(
        select(broadcasts).where(
            broadcasts.c.id == int(what[:9]), broadcasts.c.office_code == office_code
        )
    ).first()
    if row is None:
        raise NoKit("campaigns.kit_unknown")
    if row.status not in (SENDING, DONE) or _taken_back(connection, row.id):
        raise NoKit("campaigns.kit_not_sent")
    late = row.expires_at is not None and row.expires_at <= now
    if late or outdated(row.text, service.catalog.facts, today):
        raise NoKit("campaigns.kit_old")
    return row


def _taken_back(connection: Connection, number: int) -> bool:
    later = select(broadcasts.c.id).where(broadcasts.c.corrects == number)
    return connection.execute(later.limit(1)).first() is not None


def _of_lesson(
    service: Service, office: OurOffice, lesson: Lesson, code: str, now: datetime
) -> Kit:
    today = office.calendar.local(now).date()
    first = next(shown for shown in all_cards([lesson]) if shown.number == 1)
    article = press_kit.lesson_article(lesson, office.name, today, _join(service, code))
    script, words = _script(service, office, _lines(lesson), code)
    return Kit(lesson.title, article, script, words, picture_cards.of(first, today),
               f"picture/{first.name}")  # fmt: skip


def _of_broadcast(service: Service, office: OurOffice, row: Any, code: str, now: datetime) -> Kit:
    plan, today = unpacked(row.plan), office.calendar.local(now).date()
    title = service.catalog.wording.say("relays.card_news").strip()
    source = plan.source
    if source and plan.source_date:
        source += f", {plan.source_date:%d-%m-%Y}"
    article = press_kit.news_article(
        title, row.text, source, office.name, today, _join(service, code)
    )
    script, words = _script(service, office, _lines(row), code)
    drawn = picture_cards.Drawn(title, "", row.text, f"Sumber: {source or office.name}", ())
    return Kit(title, article, script, words, drawn)


def _lines(subject: Any) -> list[str]:
    """One sentence each; a broadcast's line may hold several, a lesson's never does."""
    if isinstance(subject, Lesson):
        return press_kit.lesson_lines(subject)
    return [part for line in subject.text.splitlines() for part in sentences(line)]


def _script(service: Service, office: OurOffice, lines: list[str], code: str) -> tuple[str, int]:
    wording = service.catalog.wording
    number = service.settings.twilio_whatsapp_from.removeprefix("whatsapp:")
    slots = {"letters": ", ".join(code), "number": _said(number), "name": service.telegram_username}
    way = "whatsapp" if number else "telegram" if service.telegram_username else "office"
    closing = wording.say(f"campaigns.radio_close_{way}", slots).strip()
    opening = wording.say("campaigns.radio_open", {"office": office.name}).strip()
    fillers = [wording.say(key).strip() for key in _FILLERS]
    try:
        return press_kit.script(opening, lines, closing, fillers, load_speech())
    except NoScript:
        raise NoKit("campaigns.kit_no_script") from None


def _said(number: str) -> str:
    """As it is dialled in Indonesia: +62812 is nol delapan satu dua."""
    home = f"0{number[3:]}" if number.startswith("+62") else number
    return f"{'tambah ' if home.startswith('+') else ''}{say_digits(home)}"


def _join(service: Service, code: str) -> str:
    link = campaigns.any_link(service, code)
    return service.catalog.wording.say("relays.join", {"link": link, "code": code}).strip()


def _code(connection: Connection, what: str, office: OurOffice, now: datetime) -> str:
    """One for all that is printed and read out of the same thing."""
    title = f"Kit {what}"
    made = select(rows.c.code).where(
        rows.c.office_code == office.code, rows.c.kind == "radio", rows.c.title == title
    )
    if code := connection.execute(made).scalar():
        return str(code)
    code = campaigns.new_code(connection)
    campaigns.make(connection, code=code, kind="radio", place_code="", title=title,
                   office_code=office.code, officer_id=None, now=now)  # fmt: skip
    return code
