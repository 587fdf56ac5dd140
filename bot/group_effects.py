"""What codes, admins and members of groups bring about. Every right is asked again here."""

from typing import TYPE_CHECKING

from bot import audit, coordination, group_lessons, groups, officers
from bot.groups import Invited
from bot.tip_moves import NotAllowed, must
from flows.group_plan import (
    CoordinationEvent,
    GroupBound,
    GroupEvent,
    GroupInvited,
    GroupLessonsChosen,
    GroupUnbound,
    ItemAdded,
    ItemDone,
    ItemJoined,
    NewsTopicChosen,
    RoleForgotten,
    RoleSaid,
)
from flows.village_group import KINDS

if TYPE_CHECKING:
    from bot.effects import Effects
    from bot.group_world import GroupTalk


def carry_out(effects: "Effects", event: GroupEvent) -> None:
    """Raises NotAllowed."""
    match event:
        case GroupInvited():
            _invite(effects, _officer(effects), event)
        case GroupBound(code=code):
            _bind(effects, code)
        case GroupUnbound(group=0):
            _give_back(effects, _admin(effects).group_id)
        case GroupUnbound(group=group):
            officer_id = _officer(effects)
            if group not in {one.id for one in effects.world.officer_groups()}:
                raise NotAllowed("the group belongs to another officer's village")
            unbind(effects, group, f"officer:{officer_id}")
        case NewsTopicChosen():
            talk = _admin(effects)
            _change(effects, talk, thread=talk.thread)
        case GroupLessonsChosen(wanted=wanted):
            _change(effects, _admin(effects), lessons=wanted)
        case _:
            _coordinate(effects, event)


def _invite(effects: "Effects", officer_id: int, event: GroupInvited) -> None:
    """Raises NotAllowed for a village that is another officer's."""
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    if event.place_code not in {place.code for place in effects.world.officer_villages()}:
        raise NotAllowed("the village is another officer's")
    what = Invited(event.place_code, event.kind, officer_id)
    groups.invite(connection, ring, event.code, what, now)
    audit.record(connection, now, actor=f"officer:{officer_id}",
                 action=f"group_code:{event.kind}", subject=f"place:{event.place_code}")  # fmt: skip


def _bind(effects: "Effects", code: str) -> None:
    connection, ring, now = effects.connection, effects.service.ring, effects.now
    talk = _talk(effects)
    what = groups.invited_to(connection, ring, code, now)
    group = groups.by_id(connection, talk.group_id)
    if what is None or not groups.use_up(connection, ring, code):
        raise NotAllowed("the code is no longer good")
    if group.place_code and (group.kind != what.kind or not talk.by_admin):
        raise NotAllowed("the group is bound already")
    if group.place_code and group.place_code != what.place_code:
        # Another village reads along from now on: nothing of the one before stays.
        unbind(effects, talk.group_id, "group_admin")
    groups.bind(connection, talk.group_id, what)
    audit.record(connection, now, actor=f"officer:{what.officer_id}",
                 action=f"group_bound:{what.kind}", subject=f"group:{talk.group_id}")  # fmt: skip
    contact_id = officers.contact_of(connection, what.officer_id)
    place = effects.world.place(what.place_code)
    if contact_id is not None and place is not None:
        slots = {"number": str(talk.group_id), "kind": KINDS[what.kind], "place": place.name}
        effects.tell(contact_id, "officer_groups.bound", slots)


def _give_back(effects: "Effects", group_id: int) -> None:
    """An admin wants it no more: whoever bound it should not count on it."""
    row = groups.by_id(effects.connection, group_id)
    unbind(effects, group_id, "group_admin")
    place = effects.world.place(row.place_code)
    contact_id = officers.contact_of(effects.connection, row.bound_by) if row.bound_by else None
    if contact_id is not None and place is not None:
        slots = {"kind": KINDS[row.kind], "place": place.name}
        effects.tell(contact_id, "officer_groups.given_back", slots)


def unbind(effects: "Effects", group_id: int, actor: str) -> None:
    connection, now = effects.connection, effects.now
    coordination.erase(connection, group_id)
    group_lessons.erase(connection, group_id)
    groups.unbind(connection, group_id, now)
    audit.record(connection, now, actor=actor, action="group_unbound", subject=f"group:{group_id}")


def _change(effects: "Effects", talk: "GroupTalk", **values: object) -> None:
    table = groups.groups
    effects.connection.execute(table.update().where(table.c.id == talk.group_id).values(**values))


def _coordinate(effects: "Effects", event: CoordinationEvent) -> None:
    connection, service = effects.connection, effects.service
    ring, talk = service.ring, _talk(effects)
    group = groups.by_id(connection, talk.group_id)
    if group.kind != "coordination" or not group.place_code or not talk.author:
        raise NotAllowed("only members of a coordination group may do this")
    if isinstance(event, RoleSaid):
        return coordination.say_role(connection, service.database, ring, group.id, talk.author,
                                     talk.author_name, event.role)  # fmt: skip
    if effects.world.my_role() is None and not isinstance(event, RoleForgotten):
        raise NotAllowed("who has no role here does nothing here")
    match event:
        case RoleForgotten():
            coordination.forget_member(connection, ring, group.id, talk.author)
        case ItemAdded(kind=kind, text=text):
            coordination.add(connection, ring, group.id, kind, text, effects.now)
        case ItemJoined(number=number):
            must(coordination.take_part(connection, service.database, ring, group.id,
                                        talk.author, number))  # fmt: skip
        case ItemDone(number=number):
            must(coordination.close(connection, group.id, number))


def _officer(effects: "Effects") -> int:
    officer_id = effects.known.officer_id if effects.known else None
    if officer_id is None:
        raise NotAllowed("only officers may do this")
    return officer_id


def _talk(effects: "Effects") -> "GroupTalk":
    talk = effects.world.talk
    if talk is None:
        raise NotAllowed("this is done from inside a group")
    return talk


def _admin(effects: "Effects") -> "GroupTalk":
    talk = _talk(effects)
    if not talk.by_admin:
        raise NotAllowed("only the group's admins may do this")
    return talk
