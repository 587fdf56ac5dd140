"""Reports opened as an officer's browser opens them, with the keys of the example office."""

from sqlalchemy import select

from bot import demo, keys, tip_seal, tips
from bot.sealing import open_with
from bot.service import Service
from bot.tip_seal import Part

PIMPASA, DEPUTY, LEADER = "D-001", "D-002", "D-003"


def opened(service: Service, number: int, staff_no: str = LEADER) -> list[Part]:
    """All parts of a tip in order. Raises KeyError when this officer has no wrap of its key."""
    with service.database.read() as connection:
        tip = tips.by_number(connection, number)
        assert tip is not None
        own_id, own = demo.private_key(staff_no)
        found = tip_seal.wrap_for(connection, number, [own_id])
        if found:
            private = tip_seal.open_wrap(own, tip.id, own_id, found[own_id])
        else:
            private = _with_the_office_key(service, number, tip.id, own_id, own)
        return [
            tip_seal.open_part(private, tip.id, part)
            for part in tip_seal.sealed_parts(connection, number)
        ]


def report_of(service: Service, number: int) -> dict[str, str]:
    return dict(next(part.content for part in opened(service, number) if part.kind == "report"))


def _with_the_office_key(
    service: Service, number: int, tip_id: str, own_id: str, own: bytes
) -> bytes:
    with service.database.read() as connection:
        held = connection.execute(
            select(keys.office_key_wraps.c.office_key_id, keys.office_key_wraps.c.wrap).where(
                keys.office_key_wraps.c.officer_key_id == own_id
            )
        ).all()
        office = {
            row.office_key_id: open_with(
                own, keys.office_key_info(row.office_key_id, own_id), row.wrap
            )
            for row in held
        }
        found = tip_seal.wrap_for(connection, number, office)
    if not found:
        raise KeyError(f"{own_id} can't open tip {number}")
    key_id, wrap = next(iter(found.items()))
    return tip_seal.open_wrap(office[key_id], tip_id, key_id, wrap)
