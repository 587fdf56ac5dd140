"""An officer's code on paper, and the chat that brings it."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.officers import officers
from bot.sealing import RECEIPT_ALPHABET, KeyRing, canonical_code


def new_invitation() -> str:
    """A code to hand to an officer on paper: 8 letters and digits."""
    code = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def invitation_index(ring: KeyRing, code: str) -> bytes:
    return ring.index("officer-invitation", canonical_code(code))


def invited(
    connection: Connection, ring: KeyRing, code: str, now: datetime
) -> tuple[int, str] | None:
    """(officer, name) that a code invites, while it is good."""
    row = connection.execute(
        select(officers.c.id, officers.c.name).where(
            officers.c.invitation_index == invitation_index(ring, code),
            officers.c.invitation_until > now,
            officers.c.active,
        )
    ).first()
    return (row.id, row.name) if row else None


def enrol(connection: Connection, officer_id: int, contact_id: int) -> None:
    """Bind the officer to the chat that brought the code; the code is used up.

    Whoever held that chat as an officer before is no longer enrolled there.
    """
    connection.execute(
        update(officers).where(officers.c.contact_id == contact_id).values(contact_id=None)
    )
    connection.execute(
        update(officers)
        .where(officers.c.id == officer_id)
        .values(
            contact_id=contact_id,
            invitation_index=None,
            invitation_until=None,
            key_id=None,
        )
    )
