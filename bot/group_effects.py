"""What ends a group's bond with a village."""

from typing import TYPE_CHECKING

from bot import audit, groups

if TYPE_CHECKING:
    from bot.effects import Effects


def unbind(effects: "Effects", group_id: int, actor: str) -> None:
    connection, now = effects.connection, effects.now
    groups.unbind(connection, group_id, now)
    audit.record(connection, now, actor=actor, action="group_unbound", subject=f"group:{group_id}")
