"""What may be asked about groups (`flows/group_plan.py`): the one that speaks, and an officer's."""

from dataclasses import dataclass, field, replace
from typing import cast

from bot import coordination, groups, officers
from bot.broadcast_world import BroadcastWorld
from flows.group_plan import GroupKind, GroupView, Invitation, Item, OfficerGroup


@dataclass(frozen=True, slots=True)
class GroupTalk:
    """Who says something where, as the channel told it."""

    group_id: int
    thread: str = ""
    author: str = field(default="", repr=False)
    author_name: str = field(default="", repr=False)
    by_admin: bool | None = None
    standing: str = ""


class GroupWorld(BroadcastWorld):
    talk: GroupTalk | None = None
    """Set where a group speaks."""

    def group(self) -> GroupView | None:
        if self.talk is None:
            return None
        row = groups.by_id(self._connection, self.talk.group_id)
        place = self.place(row.place_code)
        return GroupView(
            id=row.id,
            kind=row.kind,
            place_code=row.place_code,
            place_name=place.name if place else "",
            lessons=row.lessons,
            by_admin=self.talk.by_admin,
            standing=self.talk.standing,
            in_topic=bool(self.talk.thread),
            news_in_topic=bool(row.thread),
            speaker=self.talk.author_name if self.talk.author else "",
        )

    def group_invitation(self, code: str) -> Invitation | None:
        found = groups.invited_to(self._connection, self._service.ring, code, self._at)
        place = self.place(found.place_code) if found else None
        if found is None or place is None:
            return None
        return Invitation(place.code, place.name, cast(GroupKind, found.kind))

    def officer_groups(self) -> tuple[OfficerGroup, ...]:
        officer_id = self._known.officer_id if self._known else None
        if officer_id is None:
            return ()
        codes = officers.villages_of(self._connection, officer_id, self._today)
        names = {code: place.name for code in codes if (place := self.place(code))}
        return tuple(
            OfficerGroup(row.id, row.kind, names[row.place_code], row.trouble)
            for row in groups.of_places(self._connection, list(names))
        )

    # ---- a coordination group

    def my_role(self) -> str | None:
        if self.talk is None or not self.talk.author:
            return None
        ring = self._service.ring
        return coordination.role_of(self._connection, ring, self.talk.group_id, self.talk.author)

    def next_item(self) -> int:
        return coordination.next_number(self._connection, self.talk.group_id) if self.talk else 0

    def items(self) -> tuple[Item, ...]:
        return self._items(self.talk.group_id) if self.talk else ()

    def minutes(self, group: int) -> tuple[Item, ...]:
        mine = {one.id for one in self.officer_groups()}
        return self._items(group) if group in mine else ()

    def _items(self, group_id: int) -> tuple[Item, ...]:
        found = coordination.listed(self._connection, self._service.ring, group_id)
        local = self._office.calendar.local
        return tuple(replace(one, at=local(one.at)) if one.at else one for one in found)
