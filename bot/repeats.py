"""Campaigns that speak by themselves: a lesson a week, the office's hours once a month.

Each run is an ordinary broadcast; what may be said and whom it reaches is looked at anew each time.
A run that has nothing fit to say is left out, and its officer hears why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from bot import audit, broadcast_effects, broadcasts, campaigns, officers, templates
from bot.broadcast_preview import look
from bot.campaign_rows import ACTIVE, PAUSED, PROPOSED, STOPPED, repeats
from bot.campaign_rows import campaigns as campaign_rows
from bot.not_allowed import NotAllowed
from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan, Preview
from flows.campaign_plan import Kind, RepeatDecided, RepeatPlan, RepeatPreview
from flows.curriculum import Lesson, for_villagers
from flows.lessons import marks
from flows.times import say_date

if TYPE_CHECKING:
    from bot.effects import Effects

NOBODY_YET = "broadcasts.nobody"
"""No hindrance when it is set up: people may come later. A run without anybody is left out."""
_TEMPLATES: dict[Kind, str] = {"lesson": "pelajaran_pekan_ini", "hours": "kabar_desa"}
_MOST_CLOSED = 8
"""Closed days of a month that are named; more is a month of holidays, and the first are enough."""

_JOINED = select(repeats, campaign_rows).join(
    campaign_rows, campaign_rows.c.id == repeats.c.campaign_id
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a run says, or why it says nothing."""

    text: str = ""
    lesson: str = ""
    problem: str = ""


# ---- what it says


def write(service: Service, office: OurOffice, kind: Kind, taught: str, now: datetime) -> Written:
    local = office.calendar.local(now)
    if kind == "hours":
        return Written(_hours(service, office, local))
    fresh, left = _lessons(service, taught.split(), local.date())
    if not fresh:
        return Written(problem="campaigns.old_lessons" if left else "campaigns.no_lesson_left")
    lesson = fresh[0]
    card = lesson.cards[0]
    said = "\n".join([card.text.strip(), *marks(card.source, lesson.reviewed, local.date())])
    wording = service.catalog.wording
    text = wording.say("campaigns.lesson_text", {"title": lesson.title, "card": said})
    return Written(text.strip(), lesson.id)


def _lessons(service: Service, taught: list[str], today: date) -> tuple[list[Lesson], list[Lesson]]:
    """(those that may be sent, those that were not sent yet)."""
    left = [one for one in for_villagers(service.catalog.lessons) if one.id not in taught]
    return [one for one in left if today <= one.cards[0].source.review_by], left


def _hours(service: Service, office: OurOffice, local: datetime) -> str:
    """The office's own hours, and the days on which it is closed although it is no weekend."""
    first = local.date().replace(day=1)
    month = [first + timedelta(days=n) for n in range(31)]
    closed = [
        day for day in month
        if day.month == first.month and day >= local.date()
        and day.weekday() < 5 and not office.calendar.is_working_day(day)
    ][:_MOST_CLOSED]  # fmt: skip
    wording = service.catalog.wording
    key = "campaigns.hours_closed" if closed else "campaigns.hours_text"
    return wording.say(
        key,
        {
            "office": office.name,
            "hours": office.calendar.shown(local.date()),
            "day": say_date(local.date()),
            "closed": ", ".join(say_date(day) for day in closed),
        },
    ).strip()


def _plan(
    connection: Connection, kind: Kind, places: tuple[str, ...], text: str, number: int
) -> Plan:
    """With the template for WhatsApp outside its window, as soon as Meta has approved it."""
    template = _TEMPLATES[kind] if templates.approved(connection, _TEMPLATES[kind]) else ""
    return Plan(text, places, kind="lesson" if kind == "lesson" else "hours", campaign=number,
                template=template)  # fmt: skip


# ---- set up


def preview(
    connection: Connection, service: Service, officer_id: int, plan: RepeatPlan, now: datetime
) -> RepeatPreview:
    office = service.office_of(officers.office_of(connection, officer_id))
    first_at = next_run(plan.kind, plan.day, plan.hour, office, now)
    written = write(service, office, plan.kind, "", first_at)
    if written.problem:
        return RepeatPreview("", first_at, Preview(problems=((written.problem, ()),)))
    one = _plan(connection, plan.kind, plan.places, written.text, 0)
    return RepeatPreview(written.text, first_at, look(connection, service, officer_id, one, now))


def make(
    connection: Connection,
    service: Service,
    officer_id: int,
    plan: RepeatPlan,
    code: str,
    nonce: str,
    now: datetime,
) -> int:
    """Keep it; it begins by itself, or waits for a second officer. Raises NotAllowed."""
    twice = select(repeats.c.campaign_id).where(repeats.c.nonce == nonce)
    if (number := connection.execute(twice).scalar()) is not None:
        return int(number)
    seen = preview(connection, service, officer_id, plan, now)
    if hindrances := [key for key, _ in seen.preview.problems if key != NOBODY_YET]:
        raise NotAllowed(hindrances[0])
    one_place = plan.places[0] if len(plan.places) == 1 else ""
    title = service.catalog.wording.say(f"campaigns.title_{plan.kind}").strip()
    number = campaigns.make(
        connection, code=code, kind=plan.kind, place_code=one_place, title=title,
        office_code=officers.office_of(connection, officer_id), officer_id=officer_id, now=now,
    )  # fmt: skip
    waits = seen.preview.needs_second
    connection.execute(
        repeats.insert().values(
            campaign_id=number, status=PROPOSED if waits else ACTIVE,
            place_codes=" ".join(plan.places), day=plan.day, hour=plan.hour, nonce=nonce,
            next_at=None if waits else seen.first_at, taught="",
        )
    )  # fmt: skip
    return number


def decide(
    connection: Connection,
    service: Service,
    officer_id: int | None,
    event: RepeatDecided,
    now: datetime,
) -> None:
    """By an officer, or by the operator (None), who approves nothing. Raises NotAllowed with a text
    key."""
    row = get(connection, event.number)
    if row is None:
        raise NotAllowed("campaigns.unknown")
    office = service.office_of(row.office_code)
    today = office.calendar.local(now).date()
    if officer_id is not None and not (
        officers.is_of(connection, officer_id, row.office_code)
        and officers.serves(connection, officer_id, today)
    ):
        raise NotAllowed("campaigns.unknown")
    following = next_run(row.kind, row.day, row.hour, office, now)
    match event.act, row.status:
        case "approve", "proposed":
            if officer_id is None or not broadcasts.may_approve(
                connection, service, row, officer_id, now
            ):
                raise NotAllowed("broadcasts.not_second")
            change = {"status": ACTIVE, "approved_by": officer_id, "next_at": following}
        case "pause", "active":
            change = {"status": PAUSED, "next_at": None}
        case "resume", "paused":
            change = {"status": ACTIVE, "next_at": following}
            if row.kind == "lesson" and not _lessons(service, row.taught.split(), now.date())[1]:
                change["taught"] = ""  # everything was said: from the first lesson again
        case "stop", "proposed" | "active" | "paused":
            change = {"status": STOPPED, "next_at": None}
        case _:
            raise NotAllowed("campaigns.too_late")
    _change(connection, row.id, **change)
    actor = "operator" if officer_id is None else f"officer:{officer_id}"
    audit.record(connection, now, actor=actor, action=f"campaign_{event.act}",
                 subject=f"campaign:{row.id}")  # fmt: skip


def get(connection: Connection, number: int) -> Any | None:
    """The campaign with its times."""
    return connection.execute(_JOINED.where(repeats.c.campaign_id == number)).first()


# ---- its clock


def next_run(kind: Kind, day: int, hour: int, office: OurOffice, after: datetime) -> datetime:
    """The first moment after that one on which it is due, on the office's clock."""
    local = office.calendar.local(after)
    on = local.date()
    while True:
        fits = on.weekday() == day if kind == "lesson" else on.day == day
        at = datetime.combine(on, time(hour), office.calendar.tz)
        if fits and at > local:
            return at
        on += timedelta(days=1)


def next_moment(connection: Connection) -> datetime | None:
    first = select(repeats.c.next_at).where(repeats.c.status == ACTIVE)
    return connection.execute(first.order_by(repeats.c.next_at).limit(1)).scalar()


def run_due(effects: "Effects", once: Callable[[str, datetime], bool]) -> int:
    """Order the broadcasts that are due; `once(job, slot)` is True for one process alone."""
    connection, now = effects.connection, effects.now
    due = connection.execute(
        _JOINED.where(repeats.c.status == ACTIVE, repeats.c.next_at <= now)
    ).all()
    ran = 0
    for row in due:
        office = effects.service.office_of(row.office_code)
        following = next_run(row.kind, row.day, row.hour, office, now)
        if once(f"campaign:{row.id}", row.next_at):
            _change(connection, row.id, next_at=following)
            ran += _run(effects, office, row)
    return ran


def _run(effects: "Effects", office: OurOffice, row: Any) -> bool:
    connection, service, now = effects.connection, effects.service, effects.now
    if not officers.is_of(connection, row.officer_id, row.office_code):
        _change(connection, row.id, status=STOPPED, next_at=None)
        return False
    written = write(service, office, row.kind, row.taught, now)
    if written.problem == "campaigns.no_lesson_left":
        _change(connection, row.id, status=PAUSED, next_at=None)
    if written.problem:
        return _skip(effects, row, written.problem, {})
    plan = _plan(connection, row.kind, tuple(row.place_codes.split()), written.text, row.id)
    seen = look(connection, service, row.officer_id, plan, now)
    if seen.problems:
        key, slots = seen.problems[0]
        return _skip(effects, row, key, dict(slots))
    number = broadcasts.order(
        connection, service, row.officer_id, plan, f"campaign:{row.id}:{row.next_at.isoformat()}",
        now, approved_by=row.approved_by,
    )  # fmt: skip
    _change(connection, row.id, taught=f"{row.taught} {written.lesson}".strip())
    broadcast_effects.tell_approvers(effects, number)
    return True


def _skip(effects: "Effects", row: Any, key: str, slots: dict[str, str]) -> bool:
    contact_id = officers.contact_of(effects.connection, row.officer_id)
    if contact_id is not None:
        why = effects.service.catalog.wording.say(key, slots).strip()
        effects.tell(contact_id, "campaigns.skipped", {"number": str(row.id), "why": why})
    return False


def _change(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(repeats).where(repeats.c.campaign_id == number).values(**values))
