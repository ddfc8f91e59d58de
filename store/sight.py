"""What could be seen: the sources of a desk, and when each was last read."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.definitions import sources
from store.pages import source_states


def read_sources(db: Connection) -> list[Row[Any]]:
    """Every source that is visited, by name, with when it was last read."""
    states = source_states.c
    query = (
        sa.select(
            sources.c.name,
            sources.c.title,
            sources.c.language,
            sources.c.created_at,
            states.state,
            states.cause,
            states.last_visit_at,
            states.last_ok_at,
            states.next_visit_at,
        )
        .select_from(sources.outerjoin(source_states, states.source_id == sources.c.id))
        .where(sources.c.retired_at.is_(None))
        .order_by(sources.c.name)
    )
    return list(db.execute(query))
