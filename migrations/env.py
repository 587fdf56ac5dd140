"""Alembic's way in: the tables of all modules, and the connection that `bot.service` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from bot import (  # noqa: F401  (importing a module registers its tables)
    accounts,
    audit,
    broadcast_rows,
    campaign_rows,
    case_rows,
    conflicts,
    contacts,
    contents,
    coordination,
    departure_family,
    funnel,
    group_lessons,
    groups,
    keys,
    lessons,
    links,
    meeting_rows,
    officers,
    order,
    outbox,
    partner_rows,
    pictures,
    receipts,
    register_tables,
    schedule,
    sessions,
    templates,
    tips,
    turns,
    watches,
)
from bot.database import Moment
from bot.settings import read_settings


def _render(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Write our own column type and SQLModel's text type by names that migrations can import."""
    if kind == "type" and isinstance(item, Moment):
        return "bot.database.Moment()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        connection = create_engine(read_settings().database_url).connect()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
