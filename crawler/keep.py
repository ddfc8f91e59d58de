"""Writes down one visit: its row, its items, what is remembered of the source, what the operator must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from crawler.health import Notice
from crawler.remember import Visit, after_visit
from store import findings, pages
from store.pages import NewItem, SourceDue

_WEEK = timedelta(days=7)


def keep_visit(
    db: Connection,
    seen: Visit,
    due: SourceDue,
    row: Mapping[str, Any],
    new: Sequence[NewItem],
    first: bool,
    now: datetime,
    chance: float,
    an_hour: int | None = None,
) -> int:
    """All of one visit, in the transaction of `db`. Returns how many items were new."""
    in_week = _in_week(db, seen, due, len(new), now)
    after = after_visit(seen, due, new, first, now, chance=chance, in_week=in_week, an_hour=an_hour)
    added = pages.record_visit(db, due.id, row, new, after.state)
    for notice in after.notices:
        tell(db, due.name, notice, now)
    return added


def _in_week(db: Connection, seen: Visit, due: SourceDue, new: int, now: datetime) -> int | None:
    """How many items came in seven days, where something is expected of the source and it is known for as long."""
    expected = seen.source.expect.min_per_week if seen.source else None
    if expected is None or due.baseline_at is None or now - due.baseline_at < _WEEK:
        return None
    return pages.items_since(db, due.id, now - _WEEK) + new


def tell(db: Connection, subject: str, notice: Notice, now: datetime) -> None:
    """Write a notice down as a finding about a source or site, or end the one that is open."""
    if notice.said is None:
        findings.end(db, notice.kind, subject, now)
    else:
        findings.note(db, notice.kind, subject, notice.severity, notice.said, now, notice.cause)
