"""Which WhatsApp buttons and lists are already registered at Twilio: fingerprint → ContentSid."""

import asyncio

from sqlalchemy import select
from sqlmodel import Field, SQLModel

from bot.database import Database


class WhatsAppContent(SQLModel, table=True):
    """Only texts that hold nothing about a person are ever registered (`MessageCreated.fixed`)."""

    __tablename__ = "whatsapp_content"

    fingerprint: str = Field(primary_key=True)
    content_sid: str


contents = WhatsAppContent.__table__  # type: ignore[attr-defined]


class Contents:
    """The two questions the WhatsApp channel asks, answered off the event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lookup(self, fingerprint: str) -> str | None:
        return await asyncio.to_thread(self._lookup, fingerprint)

    async def remember(self, fingerprint: str, content_sid: str) -> None:
        await asyncio.to_thread(self._remember, fingerprint, content_sid)

    def _lookup(self, fingerprint: str) -> str | None:
        with self._database.read() as connection:
            return connection.execute(
                select(contents.c.content_sid).where(contents.c.fingerprint == fingerprint)
            ).scalar()

    def _remember(self, fingerprint: str, content_sid: str) -> None:
        insert = self._database.insert(contents).values(
            fingerprint=fingerprint, content_sid=content_sid
        )
        with self._database.write() as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["fingerprint"], set_={"content_sid": content_sid}
                )
            )
