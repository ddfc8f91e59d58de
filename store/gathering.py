"""Waiting messages and their deliveries together: what joins what, and when. Written by the alerts stage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.base import insert_ignoring
from store.definitions import watches
from store.deliveries import deliveries, suppress_message
from store.developments import development_changes
from store.messages import SINGLE, freeze, message_alerts, messages


def fold(db: Connection, into: Row[Any], members: Collection[int], now: datetime) -> list[int]:
    """Let every waiting message of the same watch, channel and development join `into`; their own deliveries end.

    A digest of a whole channel takes in the others that are due; that of a watch and period has all it tells already.
    """
    if into.kind == "digest" and into.watch_id is not None:
        return []
    same = sa.and_(
        messages.c.channel == into.channel,
        messages.c.frozen_at.is_(None),
        messages.c.id != into.id,
        _same(messages.c.watch_id, into.watch_id),
    )
    if into.kind == "digest":
        query = sa.select(messages.c.id).where(same, messages.c.kind == "digest", _is_due(now))
    else:
        query = sa.select(messages.c.id).where(
            same, messages.c.kind.in_(SINGLE), messages.c.development_id.in_(members)
        )
    folded = list(db.scalars(query.order_by(messages.c.id).with_for_update()))
    for message_id in folded:
        _join(db, into.id, message_id, now)
    return folded


def _same(column: sa.Column[Any], value: Any) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _join(db: Connection, into: int, message_id: int, now: datetime) -> None:
    for alert_id in db.scalars(sa.select(message_alerts.c.alert_id).where(message_alerts.c.message_id == message_id)):
        db.execute(insert_ignoring(db, message_alerts).values(message_id=into, alert_id=alert_id))
    freeze(db, message_id, "alert", {"folded_into": into}, now)
    suppress_message(db, message_id, "folded")


def turn_into_digest(db: Connection, channel: str, not_before: datetime) -> int:
    """Let every single message that waits for a channel wait for one digest instead."""
    waiting = list(
        db.scalars(
            sa.select(messages.c.id).where(
                messages.c.channel == channel, messages.c.frozen_at.is_(None), messages.c.kind.in_(SINGLE)
            )
        )
    )
    for start in range(0, len(waiting), 500):
        batch = waiting[start : start + 500]
        db.execute(
            sa.update(messages)
            .where(messages.c.id.in_(batch), messages.c.frozen_at.is_(None))
            .values(kind="digest", watch_id=None, development_id=None)
        )
        db.execute(
            sa.update(deliveries)
            .where(deliveries.c.message_id.in_(batch), deliveries.c.state == "pending")
            .values(not_before=not_before)
        )
    return len(waiting)


def open_digest_at(db: Connection, channel: str, *, urgent: bool = False) -> datetime | None:
    """When the waiting digest of a whole channel goes out; None where none waits. What is urgent has its own."""
    query = (
        sa.select(sa.func.min(deliveries.c.not_before))
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(messages.c.channel == channel, messages.c.kind == "digest", messages.c.watch_id.is_(None))
        .where(messages.c.frozen_at.is_(None), messages.c.urgent.is_(urgent), deliveries.c.state == "pending")
    )
    earliest: datetime | None = db.scalar(query)
    return earliest


def release(db: Connection, now: datetime, kinds: Sequence[str], *, of_channels: bool = False) -> int:
    """Make what waits for others to join due at once; of digests only those of whole channels where asked.

    What is in back-off keeps its time.
    """
    waiting = sa.select(messages.c.id).where(messages.c.frozen_at.is_(None), messages.c.kind.in_(kinds))
    if of_channels:
        waiting = waiting.where(messages.c.watch_id.is_(None))
    released = (
        sa.update(deliveries)
        .where(deliveries.c.message_id.in_(waiting), deliveries.c.state == "pending", deliveries.c.attempts == 0)
        .where(deliveries.c.not_before > now)
        .values(not_before=now)
    )
    return db.execute(released).rowcount


def singles_since(db: Connection, channel: str, since: datetime) -> int:
    """How many single messages went to a channel: what `storm_cap` counts."""
    tried = sa.exists().where(deliveries.c.message_id == messages.c.id, deliveries.c.attempts > 0)
    query = sa.select(sa.func.count()).where(
        messages.c.channel == channel, messages.c.frozen_at > since, messages.c.kind.in_(SINGLE), tried
    )
    return db.scalar(query) or 0


def last_digest_at(db: Connection, channel: str) -> datetime | None:
    """When a digest of a channel, of all its watches, was last frozen."""
    query = sa.select(sa.func.max(messages.c.frozen_at)).where(
        messages.c.channel == channel, messages.c.kind == "digest", messages.c.watch_id.is_(None)
    )
    latest: datetime | None = db.scalar(query)
    return latest


def alerts_due(db: Connection, now: datetime) -> list[Row[Any]]:
    """The alerts in messages that are due and whose content is not fixed, with what a silence can name."""
    query = (
        sa.select(
            alerts.c.id.label("alert_id"),
            alerts.c.development_id,
            alerts.c.level,
            development_changes.c.cause_article_id,
            watches.c.name.label("watch"),
            messages.c.id.label("message_id"),
            messages.c.kind,
            messages.c.channel,
            messages.c.about,
        )
        .join(message_alerts, message_alerts.c.alert_id == alerts.c.id)
        .join(messages, messages.c.id == message_alerts.c.message_id)
        .join(development_changes, development_changes.c.id == alerts.c.change_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(messages.c.frozen_at.is_(None), _is_due(now))
        .order_by(messages.c.id, alerts.c.id)
    )
    return list(db.execute(query))


def hold(db: Connection, channel: str, until: datetime, now: datetime) -> int:
    """Let what is due on a channel and not urgent wait: single messages for one digest, the rest as it is."""
    due = list(
        db.execute(
            sa.select(messages.c.id, messages.c.kind, messages.c.frozen_at)
            .where(messages.c.channel == channel, ~messages.c.urgent, _is_due(now))
            .order_by(messages.c.id)
        )
    )
    single = [row.id for row in due if row.frozen_at is None and row.kind in SINGLE]
    for start in range(0, len(single), 500):
        gathered = sa.update(messages).where(messages.c.id.in_(single[start : start + 500]))
        db.execute(gathered.values(kind="digest", watch_id=None, development_id=None, about={"because": "quiet hours"}))
    for start in range(0, len(due), 500):
        batch = [row.id for row in due[start : start + 500]]
        waits = sa.update(deliveries).where(
            deliveries.c.message_id.in_(batch), deliveries.c.state == "pending", deliveries.c.not_before <= now
        )
        db.execute(waits.values(not_before=until))
    return len(due)


def channels_due(db: Connection, now: datetime) -> set[str]:
    """Channels on which something is due that is not urgent."""
    query = sa.select(messages.c.channel).where(~messages.c.urgent, _is_due(now)).distinct()
    return set(db.scalars(query))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        deliveries.c.message_id == messages.c.id, deliveries.c.state == "pending", deliveries.c.not_before <= now
    )
