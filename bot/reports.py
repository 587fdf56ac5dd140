"""The answers of the command line, in the shapes of the contract (design.md 9)."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from bot.gazetteer import Gazetteer
from bot.officers import duties, officers
from bot.recruiters import Register
from bot.service import Service
from bot.territory import Offices
from bot.understanding_report import flags_report
from bot.world import World
from flows.check_facts import RedFlag, load_red_flags
from flows.offers_read import who
from flows.ports import Place, Urgency
from flows.understanding import shipped_understander

_ADVICE = {
    "listed": ["ask_sip2mi", "check_contact_and_account", "check_disnaker"],
    "similar": ["choose_name", "check_disnaker"],
    "conflict": ["compare_licence_no", "check_disnaker"],
    "sanctioned": ["do_not_pay", "check_disnaker", "report"],
    "not_found": ["do_not_pay", "check_disnaker"],
    "not_a_company": ["individuals_may_not_place_workers", "report"],
    "register_unavailable": ["check_disnaker"],
}


_ADVICE_OF_KIND = {
    "lpk": ["ask_so_licence", "check_disnaker"],
    "lpk_so": ["ask_so_licence", "check_disnaker"],
    "magang": ["ask_so_licence", "check_disnaker"],
    "gtog": ["check_bp3mi"],
    "own_company": ["check_disnaker"],
    "perseorangan": ["check_disnaker", "report_to_perwakilan"],
}
"""For those who may send somebody abroad without being a P3MI (`recruiters.md` 1.1)."""


@lru_cache(maxsize=1)
def _red_flags() -> dict[str, RedFlag]:
    return {flag.id: flag for flag in load_red_flags()}


def recruiter_report(register: Register, text: str, today: date) -> dict[str, Any]:
    """`kentongan recruiter`: the verdict with the rows it rests on, and the offer's signs."""
    answer = register.find(text, today)
    return {
        "verdict": answer.verdict,
        "matches": [
            {
                "name": row.name,
                "licence_no": row.licence_no,
                "status": row.status,
                "score": round(row.score, 1),
                "register_date": row.seen_on.isoformat(),
                "source": row.source,
                "third_party": row.third_party,
            }
            for row in answer.rows
        ],
        "register_date": answer.register_date.isoformat() if answer.register_date else None,
        "stale": answer.stale,
        "third_party": answer.third_party,
        "several_numbers": answer.several_numbers,
        "kind": who(text),
        "written": answer.written or None,
        "flags": flags_report(shipped_understander().read(text).flags, _red_flags()),
        "advice": _ADVICE_OF_KIND.get(who(text)) or _ADVICE[answer.verdict],
    }


def place_report(gazetteer: Gazetteer, offices: Offices, text: str, today: date) -> dict[str, Any]:
    """`kentongan place`: the place, or the question, and the immigration office responsible."""
    answer = gazetteer.find(text)
    place = answer.place or Place("", "none", "")
    responsible = offices.responsible(place.code, today) if "." in place.code else None
    return {
        "level": place.level,
        "code": place.code,
        "name": place.name,
        "confidence": round(answer.confidence, 2),
        "ask": [_choice(choice) for choice in answer.ask] or None,
        "office": responsible.office if responsible else None,
        "candidates": list(responsible.candidates) if responsible else [],
    }


def _choice(place: Place) -> dict[str, str]:
    return {"code": place.code, "name": place.name}


def route_report(
    service: Service, code: str, topic: str, urgency: Urgency, at: datetime
) -> dict[str, Any]:
    """`kentongan route`: the chain of responsible people and desks with reasons and deadlines."""
    with service.database.read() as connection:
        found = World(connection, service, None, at).route(code, topic=topic, everybody=True)
    office = service.office_of(found.office_code)
    steps, due = [], at
    for step in found.chain:
        counts = not step.passed_over
        clock = service.office_of(step.office_code) if step.office_code else office
        due = clock.due(due, urgency) if counts else due
        shown = clock.calendar.local(due).isoformat(timespec="minutes")
        steps.append(
            {
                "role": step.role,
                "name": step.name,
                "reason": step.reason,
                "enrolled": step.is_desk or step.contact_id is not None,
                "passed_over": step.passed_over or None,
                "due_at": shown if counts else None,
            }
        )
    place = service.gazetteer.place(code)
    return {
        "place": code,
        "place_name": place.name if place else "",
        "topic": topic,
        "urgency": urgency,
        "office": office.name,
        "served": found.promised,
        "kind": found.kind,
        "responsible": found.responsible or None,
        "sure": found.sure,
        "source": found.source or None,
        "source_date": found.source_date or None,
        "candidates": list(found.candidates),
        "ask_district": found.ask_district,
        "copies": [{"office": copy.office, "reason": copy.reason} for copy in found.copies],
        "chain": steps,
    }


def roster_report(service: Service) -> Iterator[dict[str, Any]]:
    """`kentongan roster show`: every active officer, their duties, and whether they enrolled."""
    office = service.office()
    with service.database.read() as connection:
        people = connection.execute(
            select(officers).where(officers.c.office_code == office.code, officers.c.active)
        ).all()
        for person in people:
            held = connection.execute(
                select(duties.c.role, duties.c.place_code).where(duties.c.officer_id == person.id)
            )
            yield {
                "staff_no": person.staff_no,
                "name": person.name,
                "enrolled": person.contact_id is not None,
                "key": person.key_id is not None,
                "duties": ", ".join(f"{row.role} {row.place_code}".strip() for row in held),
            }
