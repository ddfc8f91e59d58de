"""Digests of watches: one row for each watch, channel and period, whatever restarts. Written by the alerts stage."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import UtcDateTime, insert_ignoring, metadata, moment, ref
from store.messages import messages

digests = sa.Table(
    "digests",
    metadata,
    ref("watch_id", "watches.id", primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("ends_at", UtcDateTime, primary_key=True),  # names the period: the local hour moves, this not
    moment("began_at"),
    ref("message_id", "messages.id", nullable=True),
)


def take(db: Connection, watch_id: int, channel: str, began_at: datetime, ends_at: datetime) -> bool:
    """Claim a period; false where it has its digest already."""
    row = {"watch_id": watch_id, "channel": channel, "began_at": began_at, "ends_at": ends_at}
    taken = insert_ignoring(db, digests).values(**row).returning(digests.c.watch_id)
    return db.execute(taken).first() is not None


def set_message(db: Connection, watch_id: int, channel: str, ends_at: datetime, message_id: int) -> None:
    db.execute(sa.update(digests).where(*_is(watch_id, channel, ends_at)).values(message_id=message_id))


def waiting_message(db: Connection, watch_id: int, channel: str, ends_at: datetime) -> int | None:
    """The message of a period, locked, as long as its content is not fixed."""
    query = (
        sa.select(messages.c.id)
        .join(digests, digests.c.message_id == messages.c.id)
        .where(*_is(watch_id, channel, ends_at), messages.c.frozen_at.is_(None))
        .with_for_update(of=messages)
    )
    return db.scalar(query)


def last_closed(db: Connection, watch_id: int, channel: str, now: datetime) -> datetime | None:
    """When the latest period ended that is over and has its digest."""
    ends = sa.func.max(digests.c.ends_at, type_=digests.c.ends_at.type)
    its = (digests.c.watch_id == watch_id, digests.c.channel == channel, digests.c.ends_at <= now)
    latest: datetime | None = db.scalar(sa.select(ends).where(*its))
    return latest


def _is(watch_id: int, channel: str, ends_at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return digests.c.watch_id == watch_id, digests.c.channel == channel, digests.c.ends_at == ends_at
