"""A broadcast's plan as it is kept, and as people read it."""

from typing import Any

import msgspec

from bot import meeting_words
from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan
from flows.events import MessageCreated
from flows.times import say_time

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Plan)


def packed(plan: Plan) -> str:
    return _encoder.encode(plan).decode()


def unpacked(text: str) -> Plan:
    return _decoder.decode(text)


def kept_plan(row: Any) -> Plan:
    """The plan of a broadcast's row; one of an older release has only its words and places."""
    return unpacked(row.plan) if row.plan else Plan(row.text, tuple(row.place_codes.split()))


def message(
    service: Service, office: OurOffice, plan: Plan, number: int, *, group: bool
) -> MessageCreated:
    """What a recipient reads. Each kind has its own words, `broadcasts.<kind>_message`; a person's
    end with how to stop."""
    if plan.kind == "invitation" or (plan.meeting and plan.corrects):
        return meeting_words.message(service, office, plan, group=group)
    slots = slots_of(service, office, plan)
    key = "broadcasts.message" if plan.kind in _PLAIN else f"broadcasts.{plan.kind}_message"
    wording = service.catalog.wording
    text = wording.say(key, slots).rstrip("\n")
    if not group:
        text += "\n" + wording.say("broadcasts.stop").strip()
    media = f"photo/{plan.photo}" if plan.photo else ""
    return MessageCreated(text, fixed=False, media=media)


def slots_of(service: Service, office: OurOffice, plan: Plan) -> dict[str, str]:
    """What fills its texts, and the variables of its template. The act on which it names a company
    is part of the words themselves."""
    source_day = f"{plan.source_date:%d-%m-%Y}" if plan.source_date else ""
    said = plan.text
    if plan.act:
        act = {"act": plan.act, "day": source_day, "source": plan.source}
        said += "\n" + service.catalog.wording.say("broadcasts.by_act", act).strip()
    return {
        "text": said,
        "office": office.name,
        "source": plan.source,
        "source_day": source_day,
        "until": say_time(office.calendar.local(plan.expires)) if plan.expires else "",
    }


_PLAIN = frozenset({"news", "lesson", "hours"})
