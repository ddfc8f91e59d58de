"""What a run did, in figures, and how the newest alerts read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.alerts import alerts
from store.articles import articles
from store.deliveries import deliveries
from store.developments import developments
from store.messages import message_alerts, messages


@dataclass(frozen=True)
class Summary:
    """Counts since a run was ready. `alerts` are of new developments, `updates` of later changes."""

    articles: int
    developments: int
    alerts: int
    updates: int
    deliveries: int
    failed: int
    first_alert_s: float | None

    def as_dict(self) -> dict[str, int | float | None]:
        return asdict(self)


def summarise(db: Connection, since: datetime) -> Summary:
    """The figures of everything that was written after `since`."""
    first = _first_sent(db, since)
    return Summary(
        articles=_count(db, articles, articles.c.found_at >= since),
        developments=_count(db, developments, developments.c.first_found_at >= since),
        alerts=_count(db, alerts, alerts.c.created_at >= since, alerts.c.level == "new"),
        updates=_count(db, alerts, alerts.c.created_at >= since, alerts.c.level != "new"),
        deliveries=_count(db, deliveries, deliveries.c.sent_at >= since, deliveries.c.state == "sent"),
        failed=_count(db, deliveries, deliveries.c.created_at >= since, deliveries.c.state == "dead"),
        first_alert_s=None if first is None else round((first - since).total_seconds(), 1),
    )


def _count(db: Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0


def _first_sent(db: Connection, since: datetime) -> datetime | None:
    query = (
        sa.select(deliveries.c.sent_at)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.sent_at >= since)
        .where(sa.exists().where(message_alerts.c.message_id == messages.c.id))
        .order_by(deliveries.c.sent_at)
        .limit(1)
    )
    return db.scalars(query).first()
