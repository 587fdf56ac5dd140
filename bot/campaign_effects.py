"""What the events of campaigns and of admins who forward do."""

from typing import TYPE_CHECKING

from bot import broadcasts, campaigns, officers, outbox, press_kit, relays, repeats
from bot.broadcast_preview import reachable
from bot.campaign_rows import PROPOSED
from bot.contacts import Known
from bot.not_allowed import NotAllowed, must
from bot.picture_cards import CannotDraw
from bot.press_kit import Kit, NoKit
from bot.relay_kits import jpeg
from bot.shelf import CannotMake
from flows.campaign_plan import (
    CampaignArrived,
    CampaignEvent,
    CampaignMade,
    KitAsked,
    RelayAgreed,
    RelayAnswered,
    RelayInvited,
    RepeatDecided,
    RepeatMade,
)
from flows.events import MessageCreated

if TYPE_CHECKING:
    from bot.effects import Effects

OfficerCampaignEvent = CampaignMade | RepeatMade | RepeatDecided | RelayInvited
PART = 900
"""Characters of one message of a kit, so that no channel has to cut it."""


def carry_out(effects: "Effects", known: Known, event: CampaignEvent) -> None:
    """Raises NotAllowed."""
    connection, service, now = effects.connection, effects.service, effects.now
    match event:
        case CampaignArrived(code=code, came=came):
            row = campaigns.by_code(connection, code)
            if row is not None:
                campaigns.count(connection, service.database, row, came, now)
        case RelayAgreed(code=code):
            must(relays.agree(connection, service.ring, code, known.id, now))
        case RelayAnswered(key=key, answer=answer):
            done = answer == "forwarded"
            must(relays.answer(connection, key, known.id, forwarded=done, now=now))
        case _ if known.officer_id is None:
            raise NotAllowed("only officers may do this")
        case KitAsked(what=what):
            _send_kit(effects, known, what)
        case _:
            by_officer(effects, known.officer_id, event)


def by_officer(effects: "Effects", officer_id: int, event: OfficerCampaignEvent) -> None:
    """Raises NotAllowed."""
    connection, service, now = effects.connection, effects.service, effects.now
    match event:
        case CampaignMade():
            campaigns.order(connection, service, officer_id, code=event.code, kind=event.kind,
                            place_code=event.place_code, title=event.title, now=now)  # fmt: skip
        case RepeatMade(plan=plan, code=code, nonce=nonce):
            repeats.make(connection, service, officer_id, plan, code, nonce, now)
            _ask_second(effects, code)
        case RepeatDecided():
            repeats.decide(connection, service, officer_id, event, now)
        case RelayInvited():
            _invite(effects, officer_id, event)


def _invite(effects: "Effects", officer_id: int, event: RelayInvited) -> None:
    connection, service, now = effects.connection, effects.service, effects.now
    office_code = officers.office_of(connection, officer_id)
    today = service.office_of(office_code).calendar.local(now).date()
    if not campaigns.lies_within(
        event.place_code, reachable(connection, service, officer_id, today)
    ):
        raise NotAllowed("campaigns.not_mine")
    relays.invite(connection, service.ring, event.code, office_code=office_code,
                  place_code=event.place_code, label=event.label, officer_id=officer_id,
                  now=now)  # fmt: skip


def _ask_second(effects: "Effects", code: str) -> None:
    """Those who can say yes hear that somebody waits for it."""
    found = campaigns.by_code(effects.connection, code)
    row = repeats.get(effects.connection, found.id) if found else None
    if row is None or row.status != PROPOSED:
        return
    author = officers.names(effects.connection, [row.officer_id])[row.officer_id]
    places = [effects.world.place(one) for one in row.place_codes.split()]
    slots = {
        "number": str(row.id), "author": author, "title": row.title,
        "place": ", ".join(place.name for place in places[:3] if place),
    }  # fmt: skip
    for officer_id in broadcasts.approvers_of(
        effects.connection, effects.service, row, effects.now
    ):
        contact_id = officers.contact_of(effects.connection, officer_id)
        if contact_id is not None:
            effects.tell(contact_id, "campaigns.please_approve", slots)


def _send_kit(effects: "Effects", known: Known, what: str) -> None:
    """The text in parts, the script, and the picture, into the officer's own chat."""
    connection, service, now = effects.connection, effects.service, effects.now
    try:
        kit = press_kit.make(connection, service, what, known.office_code or "", now)
    except NoKit as refused:
        raise NotAllowed(str(refused)) from None
    wording = service.catalog.wording
    script = wording.say("campaigns.kit_script", {"script": kit.script, "words": str(kit.words)})
    messages = [MessageCreated(part, fixed=False) for part in (*_parts(kit.article), script)]
    if picture := _picture(effects, kit):
        messages.append(MessageCreated(kit.title, fixed=False, media=picture))
    effects.rows += [
        outbox.row_for(service.ring, one, now, channel=known.channel, contact_id=known.id,
                       priority=outbox.NOTICE)
        for one in messages
    ]  # fmt: skip


def _picture(effects: "Effects", kit: Kit) -> str:
    if kit.picture:
        return kit.picture
    try:
        return f"photo/{effects.service.shelf.keep_photo(jpeg(kit.drawn))}"
    except (CannotDraw, CannotMake):
        return ""


def _parts(text: str) -> list[str]:
    """Paragraphs put together as long as they fit."""
    parts = [""]
    for paragraph in text.split("\n\n"):
        longer = f"{parts[-1]}\n\n{paragraph}".strip()
        if len(longer) <= PART:
            parts[-1] = longer
        else:
            parts.append(paragraph[:PART])
    return [part for part in parts if part]
