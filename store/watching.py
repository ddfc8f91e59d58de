"""How the watches fare: what each matched and told lately. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.alerts import alerts
from store.definitions import watches
from store.matches import matches


@dataclass(frozen=True)
class Count:
    """Articles that a watch matched and alerts that it raised in a span, and when it raised its last of all."""

    matched: int = 0
    alerts: int = 0
    last_alert_at: datetime | None = None


def counts_since(db: Connection, since: datetime) -> dict[str, Count]:
    """The counts of every watch, by its name."""
    fired = sa.select(matches.c.watch_id, sa.func.count()).where(matches.c.fired, matches.c.created_at >= since)
    matched = {row[0]: row[1] for row in db.execute(fired.group_by(matches.c.watch_id))}
    lately = sa.func.sum(sa.case((alerts.c.created_at >= since, 1), else_=0))
    raised = sa.select(alerts.c.watch_id, lately, sa.func.max(alerts.c.created_at)).group_by(alerts.c.watch_id)
    told = {row[0]: (row[1], row[2]) for row in db.execute(raised)}
    return {
        row.name: Count(matched.get(row.id, 0), *told.get(row.id, (0, None)))
        for row in db.execute(sa.select(watches.c.id, watches.c.name))
    }
