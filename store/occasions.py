"""What is told because its time has come, each once: welcomes of channels, reminders of days."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import insert_ignoring, metadata, moment, ref

welcomes = sa.Table(
    "welcomes",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    ref("message_id", "messages.id", nullable=True),
    moment("at"),
)

reminders = sa.Table(
    "reminders",
    metadata,
    ref("watch_id", "watches.id", primary_key=True),
    ref("development_id", "developments.id", primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),  # the day that was announced, as in 2026-12-03
    moment("at"),
)


def take_welcome(db: Connection, channel: str, now: datetime) -> bool:
    """Claim a channel's welcome; false where it had one, ever."""
    taken = insert_ignoring(db, welcomes).values(channel=channel, at=now).returning(welcomes.c.channel)
    return db.execute(taken).first() is not None


def set_welcome(db: Connection, channel: str, message_id: int) -> None:
    db.execute(sa.update(welcomes).where(welcomes.c.channel == channel).values(message_id=message_id))


def welcomed(db: Connection) -> set[str]:
    """The channels that had their welcome."""
    return set(db.scalars(sa.select(welcomes.c.channel)))


def take_reminder(db: Connection, watch_id: int, development_id: int, day: str, now: datetime) -> bool:
    """Claim the reminder of one day; false where it went out before."""
    row = {"watch_id": watch_id, "development_id": development_id, "day": day, "at": now}
    taken = insert_ignoring(db, reminders).values(**row).returning(reminders.c.day)
    return db.execute(taken).first() is not None
