"""The servers that the bench compares ours with: the floor, and the ORM variant of our own turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session as SyncSession
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import outbox
from bot.bench import plain_translate
from bot.contacts import Contact, index_of
from bot.inbox import InboxEvent, inbox
from bot.officer_world import OfficerWorld
from bot.outbox import OutboxRow
from bot.service import Service
from bot.sessions import SessionRow, open_session, seal_session
from flows import engine
from flows.events import MessageCreated
from flows.ports import Person
from flows.session import Input, Session


def floor() -> FastAPI:
    """A FastAPI POST that reads and parses the same body, and does nothing."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/webhooks/telegram")
    async def receive(request: Request) -> Response:
        msgspec.json.decode(await request.body())
        return Response()

    return app


def variant(service: Service) -> FastAPI:
    """The same conversation, written as one would with an SQLModel AsyncSession: one commit a
    message. The engine, the sealing and the rows are the production ones."""
    url = service.settings.database_url.replace("sqlite:///", "sqlite+aiosqlite:///")
    async_engine = create_async_engine(url)

    @event.listens_for(async_engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await async_engine.dispose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.post("/webhooks/telegram")
    async def receive(request: Request) -> Response:
        event_id, address, text = plain_translate(await request.body())
        async with AsyncSession(async_engine) as session:
            await session.run_sync(lambda sync: _turn(sync, service, event_id, address, text))
            await session.commit()
        return Response()

    return app


def _turn(session: SyncSession, service: Service, event_id: str, address: str, text: str) -> None:
    now = datetime.now(UTC)
    ring = service.ring
    seen = select(InboxEvent).where(inbox.c.channel == "telegram", inbox.c.event_id == event_id)
    if session.execute(seen).first():
        return
    session.add(InboxEvent(channel="telegram", event_id=event_id, received_at=now))
    index = index_of(ring, "telegram", address)
    found = select(Contact).where(Contact.address_index == index)  # type: ignore[arg-type]
    contact = session.execute(found).scalar()
    is_new = contact is None
    if contact is None:
        sealed = ring.seal("contact", index.hex(), address.encode())
        contact = Contact(channel="telegram", address_index=index, address=sealed, created_at=now)
        session.add(contact)
        session.flush()
    assert contact.id is not None
    row = session.get(SessionRow, contact.id)
    state = open_session(ring, contact.id, row.state) if row else Session()
    world = OfficerWorld(session.connection(), service, None, now)
    person = Person(channel="telegram", is_new=is_new)
    sprint = engine.resume(service.catalog, state, Input("text", text), person, world)
    sealed_state = seal_session(ring, contact.id, sprint.session)
    if row:
        row.state, row.last_inbound_at = sealed_state, now
    else:
        session.add(SessionRow(contact_id=contact.id, state=sealed_state, last_inbound_at=now))
    for message in sprint.events:
        if isinstance(message, MessageCreated):
            values = outbox.row_for(ring, message, now, channel="telegram", contact_id=contact.id)
            session.add(OutboxRow(**values))
