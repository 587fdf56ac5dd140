"""Conversations in the database that wait where this release has nothing any more."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from bot.contacts import sessions
from bot.service import Service
from bot.sessions import open_session
from flows.findings import Finding, warning
from flows.nodes import Ask, Choose, Pick


def parked(service: Service) -> Iterator[Finding]:
    """One line for each place that is gone, with how many wait there; nobody is named.

    Who waits there begins afresh with the next message (`flows/engine.py`).
    """
    waiting: Counter[tuple[str, str]] = Counter()
    with service.database.read() as connection:
        for row in connection.execute(select(sessions.c.contact_id, sessions.c.state)):
            session = open_session(service.ring, row.contact_id, row.state)
            places = {(session.flow, session.node)} if session.flow else set()
            places |= {(flow, frame.node) for flow, frame in session.kept.items()}
            waiting.update(places)
    flows = service.catalog.flows
    for (flow, node), count in sorted(waiting.items()):
        there = flows[flow].nodes.get(node) if flow in flows else None
        if not isinstance(there, Choose | Pick | Ask):
            problem = f"{count} waiting here, but the place is gone: they begin afresh"
            yield warning(flow, node, problem)
