"""Messages on their way: outbox row and log in one. Written by the alerts stage.

The states of a delivery:

    pending ─▶ leased ─▶ sent
       ▲          ├────▶ pending      a known failure, later again
       │          ├────▶ unknown ───▶ pending, or held, by the channel's `on_unknown`
       │          └────▶ dead         refused for good, or too many tries
       └─ suppressed                  folded, silenced, or of a channel that is gone
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, metadata, moment, ref, text
from store.messages import message_alerts, messages

deliveries = sa.Table(
    "deliveries",
    metadata,
    id_column(),
    ref("message_id", "messages.id"),
    text("channel"),
    text("recipient"),  # masked, for people
    text("recipient_key"),  # which of the channel's targets; no secret can be read from it
    text("idempotency_key"),  # random, the same for every attempt
    text("state", default="pending"),
    text("reason", nullable=True),  # of dead or suppressed
    moment("not_before"),
    text("lease_owner", nullable=True),
    moment("lease_until", nullable=True),
    sa.Column("fence", sa.Integer, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("refusals", sa.Integer, nullable=False, default=0),  # what back-off counts: answers, refusals, time-outs
    text("last_error", nullable=True),
    moment("created_at"),
    moment("sent_at", nullable=True),
    sa.UniqueConstraint("message_id", "recipient_key"),
    sa.UniqueConstraint("idempotency_key"),
    sa.Index("ix_deliveries_due", "state", "not_before"),
    sa.Index("ix_deliveries_channel", "channel", "sent_at"),
    # One in flight per recipient, whatever two workers think at the same moment.
    sa.Index(
        "uq_deliveries_in_flight",
        "channel",
        "recipient_key",
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    ),
)


def add_delivery(
    db: Connection,
    message_id: int,
    channel: str,
    recipient: str,
    recipient_key: str,
    not_before: datetime,
    now: datetime,
    *,
    suppressed: str = "",
) -> int:
    """One message to one recipient, due at `not_before`, or never where `suppressed` says why."""
    row = sa.insert(deliveries).values(
        message_id=message_id,
        channel=channel,
        recipient=recipient,
        recipient_key=recipient_key,
        idempotency_key=str(uuid.uuid4()),
        state="suppressed" if suppressed else "pending",
        reason=suppressed or None,
        not_before=not_before,
        created_at=now,
    )
    return int(db.execute(row.returning(deliveries.c.id)).scalar_one())


def due(db: Connection, now: datetime, only: Collection[int] | None = None) -> list[Row[Any]]:
    """The next due delivery of each recipient who has none in flight.

    One in back-off holds back only later ones of its own development.
    """
    other, earlier, its_message, message = (
        deliveries.alias("other"),
        deliveries.alias("earlier"),
        messages.alias("its_message"),
        messages.alias("message"),
    )
    in_flight = sa.exists().where(
        other.c.channel == deliveries.c.channel,
        other.c.recipient_key == deliveries.c.recipient_key,
        other.c.state == "leased",
    )
    # Gathered first, since only few are in back-off: asked for each delivery it would cost the square of a backlog.
    backing_off = (
        sa.select(
            earlier.c.channel,
            earlier.c.recipient_key,
            its_message.c.development_id,
            sa.func.min(earlier.c.id).label("first_id"),
        )
        .join(its_message, its_message.c.id == earlier.c.message_id)
        .where(earlier.c.state == "pending", earlier.c.attempts > 0, earlier.c.not_before > now)
        .where(its_message.c.development_id.is_not(None))
        .group_by(earlier.c.channel, earlier.c.recipient_key, its_message.c.development_id)
        .cte("backing_off")
    )
    its_own = sa.and_(
        backing_off.c.channel == deliveries.c.channel,
        backing_off.c.recipient_key == deliveries.c.recipient_key,
        backing_off.c.development_id == message.c.development_id,
        backing_off.c.first_id < deliveries.c.id,
    )
    heads = (
        sa.select(sa.func.min(deliveries.c.id))
        .join(message, message.c.id == deliveries.c.message_id)
        .outerjoin(backing_off, its_own)
        .where(deliveries.c.state == "pending", deliveries.c.not_before <= now, ~in_flight)
        .where(backing_off.c.first_id.is_(None))
        .group_by(deliveries.c.channel, deliveries.c.recipient_key)
    )
    if only is not None:
        heads = heads.where(deliveries.c.id.in_(only))
    query = (
        sa.select(deliveries, messages.c.kind, messages.c.watch_id, messages.c.development_id, messages.c.frozen_at)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.id.in_(heads))
        .order_by(deliveries.c.not_before, deliveries.c.id)
    )
    return list(db.execute(query))


def give_up(db: Connection, delivery_id: int, reason: str) -> bool:
    """End one that waits, without another try."""
    ended = sa.update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == "pending")
    return db.execute(ended.values(state="dead", reason=reason, last_error=reason)).rowcount == 1


def again(db: Connection, delivery_id: int, now: datetime) -> bool:
    """Let one that was given up, or that may or may not have arrived, be tried from the start."""
    ended = sa.update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state.in_(("dead", "unknown")))
    return db.execute(ended.values(state="pending", reason=None, refusals=0, not_before=now)).rowcount == 1


def taken_since(db: Connection, channel: str, since: datetime) -> int:
    """How many messages a channel's service took since a moment, or may have: what `monthly_limit` counts."""
    query = sa.select(sa.func.count()).where(
        deliveries.c.channel == channel,
        sa.or_(
            deliveries.c.sent_at >= since,
            sa.and_(deliveries.c.state == "unknown", deliveries.c.created_at >= since),
        ),
    )
    return db.scalar(query) or 0


def of_alert(db: Connection, alert_id: int) -> list[Row[Any]]:
    """The deliveries of every message that tells an alert, oldest first."""
    query = sa.select(deliveries).join(message_alerts, message_alerts.c.message_id == deliveries.c.message_id)
    return list(db.execute(query.where(message_alerts.c.alert_id == alert_id).order_by(deliveries.c.id)))


def of_alerts(db: Connection, alert_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """The same for several alerts at once."""
    query = sa.select(message_alerts.c.alert_id, deliveries).join(
        message_alerts, message_alerts.c.message_id == deliveries.c.message_id
    )
    found: dict[int, list[Row[Any]]] = {alert_id: [] for alert_id in alert_ids}
    for row in db.execute(query.where(message_alerts.c.alert_id.in_(alert_ids)).order_by(deliveries.c.id)):
        found[row.alert_id].append(row)
    return found


def of_message(db: Connection, message_id: int) -> list[Row[Any]]:
    """The deliveries of a message, in the order they were made."""
    query = sa.select(deliveries).where(deliveries.c.message_id == message_id)
    return list(db.execute(query.order_by(deliveries.c.id)))


def suppress(db: Connection, delivery_id: int, reason: str) -> bool:
    ended = sa.update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == "pending")
    return db.execute(ended.values(state="suppressed", reason=reason)).rowcount == 1


def suppress_message(db: Connection, message_id: int, reason: str) -> int:
    """End every pending delivery of a message with a reason."""
    ended = (
        sa.update(deliveries)
        .where(deliveries.c.message_id == message_id, deliveries.c.state == "pending")
        .values(state="suppressed", reason=reason)
    )
    return db.execute(ended).rowcount


def suppress_recipient(db: Connection, channel: str, recipient_key: str, reason: str) -> int:
    """End what waits for a recipient who is no longer in the configuration."""
    ended = sa.update(deliveries).where(
        deliveries.c.channel == channel, deliveries.c.recipient_key == recipient_key, deliveries.c.state == "pending"
    )
    return db.execute(ended.values(state="suppressed", reason=reason)).rowcount


def pending_channels(db: Connection) -> list[tuple[str, str]]:
    """Channels and recipients that something waits for."""
    query = (
        sa.select(deliveries.c.channel, deliveries.c.recipient_key).where(deliveries.c.state == "pending").distinct()
    )
    return [(row.channel, row.recipient_key) for row in db.execute(query)]
