"""What was decided: for each watch and change, and the alert that tells it. Written by the alerts stage."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, json, metadata, moment, ref, text
from store.definitions import watches
from store.developments import development_changes

decisions = sa.Table(
    "decisions",
    metadata,
    ref("watch_id", "watches.id", primary_key=True),
    ref("change_id", "development_changes.id", primary_key=True),
    text("outcome"),  # alert | none
    text("reason"),
    moment("at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    id_column(),
    ref("watch_id", "watches.id"),
    ref("change_id", "development_changes.id", index=True),
    ref("development_id", "developments.id", index=True),
    ref("article_id", "articles.id", nullable=True),  # the article whose match is quoted
    text("level"),  # new | update | correction | ...
    json("why", nullable=False),  # terms, quote, watch revision
    moment("created_at", index=True),
    sa.UniqueConstraint("watch_id", "change_id"),
)


def mark(db: Connection, watch_id: int, change_id: int, outcome: str, reason: str, now: datetime) -> bool:
    """Record one decision; false where another worker was first."""
    row = {"watch_id": watch_id, "change_id": change_id, "outcome": outcome, "reason": reason, "at": now}
    return bool(db.execute(insert_ignoring(db, decisions).values(**row)).rowcount)


def add_alert(
    db: Connection,
    watch_id: int,
    change_id: int,
    development_id: int,
    article_id: int | None,
    level: str,
    why: Any,
    now: datetime,
) -> int:
    row = sa.insert(alerts).values(
        watch_id=watch_id,
        change_id=change_id,
        development_id=development_id,
        article_id=article_id,
        level=level,
        why=why,
        created_at=now,
    )
    return int(db.execute(row.returning(alerts.c.id)).scalar_one())


def told(db: Connection, alert_ids: Collection[int]) -> list[Row[Any]]:
    """These alerts with their changes and watches, oldest change first."""
    query = (
        sa.select(
            alerts,
            development_changes.c.kind.label("change_kind"),
            development_changes.c.origin.label("change_origin"),
            development_changes.c.seq,
            development_changes.c.at,
            development_changes.c.what,
            development_changes.c.old,
            development_changes.c.new,
            development_changes.c.by,
            watches.c.name.label("watch"),
            watches.c.definition,
        )
        .join(development_changes, development_changes.c.id == alerts.c.change_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(alerts.c.id.in_(alert_ids))
        .order_by(development_changes.c.at, alerts.c.id)
    )
    return list(db.execute(query))


def alert(db: Connection, alert_id: int) -> Row[Any] | None:
    """One alert with its change and watch."""
    return next(iter(told(db, [alert_id])), None)


def last_of(db: Connection, development_ids: Collection[int]) -> int | None:
    """The newest alert of these developments."""
    found: int | None = db.scalar(
        sa.select(sa.func.max(alerts.c.id)).where(alerts.c.development_id.in_(development_ids))
    )
    return found
