"""Whether a desk has come so far: what was visited, found and sent at all. Reads only."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.definitions import sources
from store.deliveries import deliveries
from store.developments import developments
from store.messages import messages
from store.pages import source_states


def sources_read(db: Connection) -> tuple[int, int]:
    """How many sources are visited, and how many of them were read at least once."""
    counted = (
        sa.select(sa.func.count(), sa.func.count(source_states.c.last_ok_at))
        .select_from(sources.outerjoin(source_states, source_states.c.source_id == sources.c.id))
        .where(sources.c.retired_at.is_(None))
    )
    row = db.execute(counted).one()
    return int(row[0]), int(row[1])


def any_development(db: Connection) -> int | None:
    """The newest development; None where there is none yet."""
    found: int | None = db.scalar(sa.select(sa.func.max(developments.c.id)).where(developments.c.merged_into.is_(None)))
    return found


def was_sent(db: Connection, kinds: Collection[str]) -> bool:
    """Whether a message of one of these kinds ever arrived."""
    sent = sa.select(deliveries.c.id).join(messages, messages.c.id == deliveries.c.message_id)
    asked = sent.where(deliveries.c.state == "sent", messages.c.kind.in_(kinds)).limit(1)
    return db.execute(asked).first() is not None
