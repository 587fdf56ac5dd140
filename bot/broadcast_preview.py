"""Before anything leaves: who would get it, what it costs, when it is done, what is in its way."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from bot import audience, officers, relays, templates
from bot.broadcast_rows import broadcasts
from bot.broadcast_words import message, slots_of
from bot.meter import load_prices
from bot.pacing import pace_of
from bot.service import OurOffice, Service
from flows import broadcast_rules
from flows.broadcast_plan import Cost, Plan, Preview
from flows.broadcast_rules import Ours, Problem
from flows.templates import KNOCK


def look(
    connection: Connection,
    service: Service,
    officer_id: int,
    plan: Plan,
    now: datetime,
    *,
    running: bool = False,
) -> Preview:
    """`running`: it was approved and begins now, so only what may have changed since is looked at:
    facts that aged, a template that was refused."""
    office = service.office_of(officers.office_of(connection, officer_id))
    counted = audience.count(connection, service.ring, plan, now)
    if plan.corrects:
        counted = audience.count_heirs(connection, plan.corrects)
    admins = relays.count_for(connection, plan)
    starts_at = _starts_at(office, plan, now)
    problems = list(_said(connection, service, plan, starts_at))
    if plan.template and not templates.for_broadcast(connection, plan.kind, plan.template):
        problems.append(("broadcasts.template_not_approved", (("template", plan.template),)))
    if not running:
        problems += _reach(connection, service, officer_id, plan, counted, now, admins)
    outside = counted.outside_window
    way = _way(connection, service, office, plan)
    templated = outside if way else 0
    tier = service.settings.whatsapp_people_a_day
    return Preview(
        groups=sum(counted.groups.values()),
        people=tuple(sorted(counted.people.items())),
        languages=tuple(sorted(counted.languages.items())),
        outside_window=outside,
        template=way.template.name if way and KNOCK not in way.template.uses else "",
        knock=way is not None and KNOCK in way.template.uses,
        over_tier=max(0, templated - tier),
        opted_out=counted.opted_out,
        admins=admins,
        cost=_cost(counted, templated, way, office.calendar.local(now).date()),
        starts_at=starts_at,
        ends_at=starts_at + _takes(service, counted, templated, tier),
        needs_second=_needs_second(service, plan, counted.total),
        shown=message(service, office, plan, 0, group=False).text,
        problems=tuple(problems),
    )


def _needs_second(service: Service, plan: Plan, total: int) -> bool:
    if plan.kind == "withdrawal":
        return False  # what is wrong must be said to be wrong at once
    return plan.kind == "warning" or total > service.settings.approval_above


def _starts_at(office: OurOffice, plan: Plan, now: datetime) -> datetime:
    """Its own hour or now; the night of each village is kept when it is sent (`bot/feeding.py`)."""
    at = max(plan.at, now) if plan.at else now
    return office.calendar.local(at) if plan.danger else office.calendar.quiet_until(at)


# ---- what is in the way


def _said(
    connection: Connection, service: Service, plan: Plan, starts_at: datetime
) -> list[Problem]:
    return broadcast_rules.problems(
        plan, facts=service.catalog.facts, day=starts_at.date(), ours=_ours(connection, service),
        now=starts_at,
    )  # fmt: skip


def _ours(connection: Connection, service: Service) -> Ours:
    settings = service.settings
    hosts = {urlsplit(settings.public_base_url).hostname or ""}
    hosts |= set(settings.broadcast_hosts.split())
    chats = {f"t.me/{service.telegram_username}".casefold()} if service.telegram_username else set()
    if settings.twilio_whatsapp_from:
        chats.add(f"wa.me/{settings.twilio_whatsapp_from.removeprefix('whatsapp:+')}")
    register = service.register_now(connection)
    return Ours(frozenset(hosts), frozenset(chats), service.catalog.hotlines, register.names_in)


def _reach(
    connection: Connection,
    service: Service,
    officer_id: int,
    plan: Plan,
    counted: audience.Counted,
    now: datetime,
    admins: int,
) -> list[Problem]:
    found: list[Problem] = []
    today = service.office_of(officers.office_of(connection, officer_id)).calendar.local(now).date()
    allowed = reachable(connection, service, officer_id, today)
    if not plan.corrects and not all(
        any(_within(code, a) for a in allowed) for code in plan.places
    ):
        found.append(("broadcasts.not_mine", ()))
    if not _corrects_ours(connection, officer_id, plan):
        found.append(("broadcasts.unknown", ()))
    if counted.total + admins == 0 and not plan.corrects:
        found.append(("broadcasts.nobody", ()))
    most = service.settings.broadcast_limit
    if counted.total > most:
        slots = (("count", str(counted.total)), ("most", str(most)))
        found.append(("broadcasts.too_many", slots))
    same = select(broadcasts.c.id).where(
        broadcasts.c.officer_id == officer_id,
        broadcasts.c.text == plan.text,
        broadcasts.c.place_codes == " ".join(plan.places),
        broadcasts.c.created_at > now - timedelta(minutes=10),
        broadcasts.c.status.not_in(("cancelled", "rejected", "proposed")),
    )
    if plan.corrects:  # a meeting's change says the words that its invitation has from now on
        same = same.where(broadcasts.c.kind == plan.kind)
    if (number := connection.execute(same).scalar()) is not None:
        found.append(("broadcasts.twice", (("number", str(number)),)))
    return found


def _corrects_ours(connection: Connection, officer_id: int, plan: Plan) -> bool:
    """A correction and a withdrawal are of one of the office's own, and nothing else is."""
    if plan.kind not in ("correction", "withdrawal"):
        return plan.corrects == 0
    office = select(broadcasts.c.office_code).where(broadcasts.c.id == plan.corrects)
    return connection.execute(office).scalar() == officers.office_of(connection, officer_id)


def reachable(
    connection: Connection, service: Service, officer_id: int, today: date
) -> tuple[str, ...]:
    """Codes of the places an officer may reach, with all that lies in them: their own villages; for
    who leads, the office's whole area."""
    own = officers.villages_of(connection, officer_id, today)
    if officers.leads(connection, officer_id, today):
        office = service.office_of(officers.office_of(connection, officer_id))
        return tuple(dict.fromkeys((*own, *office.regencies)))
    return tuple(own)


def _within(code: str, place: str) -> bool:
    return code == place or code.startswith(f"{place}.")


def _way(
    connection: Connection, service: Service, office: OurOffice, plan: Plan
) -> templates.Usable | None:
    """The template for those outside the window: with the news itself, or asking them to write."""
    if not service.settings.whatsapp_people_a_day:
        return None
    found = templates.for_broadcast(connection, plan.kind, plan.template)
    if found and templates.filled(found, slots_of(service, office, plan)):
        return found
    return templates.for_use(connection, KNOCK)


# ---- what it costs, how long it takes


def _cost(
    counted: audience.Counted, templated: int, way: templates.Usable | None, today: date
) -> Cost:
    """Twilio's fee for each message and Meta's by its category; telegram costs nothing."""
    usd, unpriced, aged = Decimal(0), [], False
    whatsapp = counted.people.get("whatsapp", 0)
    billed = {
        "message": whatsapp - counted.outside_window + templated,
        "service": whatsapp - counted.outside_window,
    }
    if way:
        billed[way.template.category.lower()] = templated
    for price in load_prices():
        number = billed.get(price.what, 0)
        if price.channel != "whatsapp" or not number:
            continue
        if price.usd is None:
            unpriced.append(price.what)
        else:
            usd += price.usd * number
            aged |= today > price.source.review_by
    return Cost(f"{usd:.2f}", tuple(unpriced), aged)


def _takes(service: Service, counted: audience.Counted, templated: int, tier: int) -> timedelta:
    """At the pace of the slowest channel; without those over today's limit."""
    sent = dict(counted.people)
    sent["whatsapp"] = sent.get("whatsapp", 0) - counted.outside_window + min(templated, tier)
    for channel, number in counted.groups.items():
        sent[channel] = sent.get(channel, 0) + number
    seconds = [n / pace_of(service.settings, channel).per_second for channel, n in sent.items()]
    return timedelta(seconds=max(seconds, default=0.0))
