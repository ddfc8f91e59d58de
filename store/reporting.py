"""Scheduled reports: a row for each report and period that is over, whatever restarts. Written by the alerts stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import UtcDateTime, insert_ignoring, metadata, moment, ref

report_periods = sa.Table(
    "report_periods",
    metadata,
    sa.Column("report", sa.Text, primary_key=True),
    sa.Column("ends_at", UtcDateTime, primary_key=True),  # names the period: the local hour moves, this not
    moment("began_at"),
    ref("message_id", "messages.id", nullable=True),  # none of the period in which the report was first seen
)


def last_closed(db: Connection, report: str) -> datetime | None:
    """When the latest period of a report ended that was told, or in which it was first seen."""
    ends = sa.func.max(report_periods.c.ends_at, type_=report_periods.c.ends_at.type)
    latest: datetime | None = db.scalar(sa.select(ends).where(report_periods.c.report == report))
    return latest


def take(db: Connection, report: str, periods: Sequence[tuple[datetime, datetime]]) -> bool:
    """Claim periods; false where one of them was told already, and then nothing is to be sent."""
    rows = [{"report": report, "began_at": began, "ends_at": ends} for began, ends in periods]
    taken = insert_ignoring(db, report_periods).returning(report_periods.c.ends_at)
    return all(db.execute(taken, row).first() is not None for row in rows)


def set_message(db: Connection, report: str, periods: Sequence[tuple[datetime, datetime]], message_id: int) -> None:
    mine = report_periods.c.ends_at.in_([ends for _, ends in periods])
    told = sa.update(report_periods).where(report_periods.c.report == report, mine)
    db.execute(told.values(message_id=message_id))
