"""What one channel is sent: a message, the alerts it tells, its content, fixed once. Written by the alerts stage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import told
from store.base import Id, id_column, insert_ignoring, json, metadata, moment, ref, text

messages = sa.Table(
    "messages",
    metadata,
    id_column(),
    text("kind"),  # alert | digest | finding | correction | test | welcome
    text("channel"),
    ref("watch_id", "watches.id", nullable=True),
    ref("development_id", "developments.id", nullable=True, index=True),
    moment("created_at"),
    moment("frozen_at", nullable=True),  # when its content was fixed, at the first claim
    sa.Column("urgent", sa.Boolean, nullable=False, default=False, server_default=sa.false()),  # passes quiet hours
    json("about"),  # of a digest: its period, or why it gathered; of a reminder: the day
    json("content"),  # title, text, html and the facts it named; null until frozen
    # The message of another channel, dead there, that this one tells in its place.
    sa.Column("stands_in_for", Id, nullable=True),
    sa.Index("uq_messages_stands_in_for", "stands_in_for", unique=True),
    sa.Index("ix_messages_frozen", "channel", "frozen_at"),  # how many went, and when the last digest did
    sa.Index(
        "ix_messages_open",
        "channel",
        "watch_id",
        "development_id",
        sqlite_where=sa.text("frozen_at IS NULL"),
        postgresql_where=sa.text("frozen_at IS NULL"),
    ),
)

message_alerts = sa.Table(
    "message_alerts",
    metadata,
    ref("message_id", "messages.id", primary_key=True),
    ref("alert_id", "alerts.id", primary_key=True, index=True),
)

#: A message to people about the news, one of `storm_cap`; digests and findings are not counted.
SINGLE = ("alert", "correction")


def add_message(
    db: Connection,
    kind: str,
    channel: str,
    now: datetime,
    *,
    watch_id: int | None = None,
    development_id: int | None = None,
    alert_id: int | None = None,
    urgent: bool = False,
    about: Any = None,
    content: Any = None,
) -> int:
    """A message to one channel; with `content` it is frozen from the start."""
    row = sa.insert(messages).values(
        kind=kind,
        channel=channel,
        watch_id=watch_id,
        development_id=development_id,
        created_at=now,
        urgent=urgent,
        about=about,
        frozen_at=None if content is None else now,
        content=content,
    )
    message_id = int(db.execute(row.returning(messages.c.id)).scalar_one())
    if alert_id is not None:
        attach(db, message_id, alert_id)
    return message_id


def attach(db: Connection, message_id: int, alert_id: int) -> None:
    """Let a message tell an alert."""
    db.execute(insert_ignoring(db, message_alerts).values(message_id=message_id, alert_id=alert_id))


def detach(db: Connection, message_id: int, alert_id: int) -> None:
    """Let a message whose content is not fixed tell an alert no longer."""
    its = (message_alerts.c.message_id == message_id, message_alerts.c.alert_id == alert_id)
    db.execute(sa.delete(message_alerts).where(*its))


def alerts_of(db: Connection, message_id: int) -> list[int]:
    query = sa.select(message_alerts.c.alert_id).where(message_alerts.c.message_id == message_id)
    return list(db.scalars(query.order_by(message_alerts.c.alert_id)))


def message_to_freeze(db: Connection, message_id: int) -> Row[Any]:
    """The message, locked until the end of the transaction, so that two workers cannot freeze it differently."""
    return db.execute(sa.select(messages).where(messages.c.id == message_id).with_for_update()).one()


def freeze(db: Connection, message_id: int, kind: str, content: Any, now: datetime) -> bool:
    """Fix the content for good; false where it is fixed already."""
    frozen = (
        sa.update(messages)
        .where(messages.c.id == message_id, messages.c.frozen_at.is_(None))
        .values(content=content, kind=kind, frozen_at=now)
    )
    return db.execute(frozen).rowcount == 1


def stand_in(db: Connection, message_id: int, channel: str, note: str, now: datetime) -> int | None:
    """The same message for another channel, with a note why it comes that way; None where that was made before.

    It tells the same alerts, so that whoever reads it here hears of corrections too.
    """
    original = db.execute(sa.select(messages).where(messages.c.id == message_id)).one()
    row = insert_ignoring(db, messages).values(
        kind=original.kind,
        channel=channel,
        watch_id=original.watch_id,
        development_id=original.development_id,
        created_at=now,
        frozen_at=now,
        urgent=original.urgent,
        content={**original.content, "note": note},
        stands_in_for=message_id,
    )
    made: int | None = db.execute(row.returning(messages.c.id)).scalar_one_or_none()
    if made is not None:
        alert_ids = db.scalars(sa.select(message_alerts.c.alert_id).where(message_alerts.c.message_id == message_id))
        for alert_id in alert_ids.all():
            db.execute(sa.insert(message_alerts).values(message_id=made, alert_id=alert_id))
    return made


def content_of(db: Connection, message_id: int) -> Any:
    return db.scalar(sa.select(messages.c.content).where(messages.c.id == message_id))


def alerts_in(db: Connection, message_id: int) -> list[Row[Any]]:
    """The alerts of a message with their changes, oldest change first."""
    return told(db, alerts_of(db, message_id))
