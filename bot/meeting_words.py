"""A meeting in words: in its invitation, and in what corrects or withdraws that."""

from bot.service import OurOffice, Service
from flows.broadcast_plan import Plan
from flows.events import Button, MessageCreated
from flows.meeting_plan import MeetingPlan
from flows.meetings import ANSWERS, PAGE
from flows.times import say_time


def details(service: Service, office: OurOffice, plan: MeetingPlan) -> str:
    """Title, time and place, and who speaks if that is known."""
    key = "meetings.details_speakers" if plan.speakers else "meetings.details"
    slots = {
        "title": plan.title,
        "when": say_time(office.calendar.local(plan.starts_at)),
        "where": plan.where,
        "speakers": plan.speakers,
    }
    return service.catalog.wording.say(key, slots).strip()


def invitation(
    service: Service, office: OurOffice, plan: MeetingPlan, number: int, *, corrects: int = 0
) -> Plan:
    """The order of its invitation; of a correction when it `corrects` one."""
    return Plan(
        details(service, office, plan),
        (plan.place_code,),
        kind="correction" if corrects else "invitation",
        expires=plan.ends_at,
        corrects=corrects,
        meeting=number,
    )


def message(service: Service, office: OurOffice, plan: Plan, *, group: bool) -> MessageCreated:
    """What a person or a group reads of it.

    The buttons have no numbers: a number that is typed belongs to the question that waits in the
    chat. The words are public, so WhatsApp may have them as quick replies.
    """
    wording = service.catalog.wording
    slots = {"text": plan.text, "office": office.name}
    if plan.kind == "withdrawal":
        text = wording.say("meetings.cancelled_message", slots)
    elif plan.corrects:
        text = wording.say("meetings.changed_message", slots)
    else:
        text = wording.say("meetings.invitation_message", slots)
    if group:
        link = _private_link(service)
        asks = plan.kind != "withdrawal" and link
        more = wording.say("meetings.group_link", {"link": link}) if asks else ""
        return MessageCreated("\n".join(filter(None, (text.strip(), more.strip()))), fixed=False)
    text = f"{text.strip()}\n{wording.say('broadcasts.stop').strip()}"
    if plan.kind == "withdrawal":
        return MessageCreated(text)
    buttons = tuple(
        Button("", wording.say(label).strip(), f"{PAGE}.{key}~{plan.meeting}")
        for key, label in ANSWERS
    )
    return MessageCreated(text, buttons)


def _private_link(service: Service) -> str:
    """Into the private chat, to the meetings of one's village."""
    name = service.telegram_username
    if name:
        return f"https://t.me/{name}?start=jadwal"
    return f"{service.settings.public_base_url}/simulator/" if service.settings.simulator else ""
