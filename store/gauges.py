"""Figures that an operator graphs, each in one short look at an index. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.alerts import alerts
from store.articles import article_versions, articles, page_outcomes
from store.attempts import attempts
from store.base import UtcDateTime
from store.definitions import sources
from store.deliveries import deliveries
from store.findings import findings
from store.messages import message_alerts
from store.pages import items, pages, source_states, visits

#: Rows that a look takes at the most, the newest of a table without an index on its times.
_MOST = 10_000
#: A page that waits longer than this is not looked for among all that were ever fetched.
_PAGES = timedelta(days=7)


@dataclass(frozen=True)
class Queue:
    """What is due and not done: how much, and how long the oldest has been due."""

    size: int
    age: float  # in seconds; 0 where nothing waits


@dataclass(frozen=True)
class Lags:
    """Seconds between two moments of the same news, shortest first."""

    from_publication_to_finding: tuple[float, ...]
    from_publication_to_alert: tuple[float, ...]
    from_alert_to_delivery: tuple[float, ...]


def queues(db: Connection, now: datetime) -> dict[str, Queue]:
    """Every queue by what stands in it."""
    next_visit = source_states.c.next_visit_at
    overdue = sources.join(source_states, source_states.c.source_id == sources.c.id)
    unread = pages.outerjoin(page_outcomes, page_outcomes.c.page_id == pages.c.id)
    fetchable = sa.or_(items.c.not_before.is_(None), items.c.not_before <= now)
    return {
        "visits": _queue(db, next_visit, overdue, now, sources.c.retired_at.is_(None), next_visit <= now),
        "items": _queue(db, items.c.found_at, items, now, items.c.ended_at.is_(None), fetchable),
        "pages": _queue(
            db, pages.c.fetched_at, unread, now, pages.c.fetched_at >= now - _PAGES, page_outcomes.c.page_id.is_(None)
        ),
        "deliveries": _queue(
            db,
            deliveries.c.not_before,
            deliveries,
            now,
            deliveries.c.state.in_(("pending", "leased")),
            deliveries.c.not_before <= now,
        ),
    }


def _queue(
    db: Connection, due: sa.Column[datetime], tables: sa.FromClause, now: datetime, *conditions: sa.ColumnElement[bool]
) -> Queue:
    oldest = sa.func.min(due, type_=UtcDateTime)
    size, since = db.execute(sa.select(sa.func.count(), oldest).select_from(tables).where(*conditions)).one()
    return Queue(size, max(0.0, (now - since).total_seconds()) if since is not None else 0.0)


def visit_outcomes(db: Connection, since: datetime) -> dict[str, int]:
    query = sa.select(visits.c.outcome, sa.func.count()).where(visits.c.started_at >= since)
    return _counts(db, query.group_by(visits.c.outcome))


def attempt_outcomes(db: Connection, since: datetime) -> dict[str, int]:
    """How tries of deliveries ended, of the last of them."""
    last = sa.select(attempts.c.outcome, attempts.c.started_at).order_by(attempts.c.id.desc()).limit(_MOST).subquery()
    outcome = sa.func.coalesce(last.c.outcome, "under_way")
    return _counts(db, sa.select(outcome, sa.func.count()).where(last.c.started_at >= since).group_by(outcome))


def unsent(db: Connection) -> dict[tuple[str, str], int]:
    """Deliveries that did not arrive, or not yet, by channel and state."""
    state = deliveries.c.state
    query = sa.select(deliveries.c.channel, state, sa.func.count()).where(
        state.in_(("pending", "leased", "unknown", "dead"))
    )
    return {(channel, name): count for channel, name, count in db.execute(query.group_by(deliveries.c.channel, state))}


def source_counts(db: Connection) -> dict[str, int]:
    """The sources that are visited, by state."""
    state = sa.func.coalesce(source_states.c.state, "unproven")
    tables = sources.outerjoin(source_states, source_states.c.source_id == sources.c.id)
    query = sa.select(state, sa.func.count()).select_from(tables).where(sources.c.retired_at.is_(None))
    return _counts(db, query.group_by(state))


def open_findings(db: Connection) -> dict[str, int]:
    query = sa.select(findings.c.severity, sa.func.count()).where(findings.c.ended_at.is_(None))
    return _counts(db, query.group_by(findings.c.severity))


def lags(db: Connection, since: datetime) -> Lags:
    """Of the alerts decided since: from publication until found, until decided, and from there until sent."""
    version = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    told = (
        sa.select(alerts.c.created_at, articles.c.found_at, article_versions.c.published_at)
        .select_from(alerts.join(articles, articles.c.id == alerts.c.article_id).join(article_versions, version))
        .where(alerts.c.created_at >= since, alerts.c.level == "new")
        .order_by(alerts.c.created_at.desc())
        .limit(_MOST)
    )
    tables = alerts.join(message_alerts, message_alerts.c.alert_id == alerts.c.id).join(
        deliveries, deliveries.c.message_id == message_alerts.c.message_id
    )
    sent = (
        sa.select(alerts.c.created_at, deliveries.c.sent_at)
        .select_from(tables)
        .where(alerts.c.created_at >= since, deliveries.c.sent_at.is_not(None))
        .order_by(alerts.c.created_at.desc())
        .limit(_MOST)
    )
    rows = db.execute(told).all()
    return Lags(
        _spans((row.published_at, row.found_at) for row in rows),
        _spans((row.published_at, row.created_at) for row in rows),
        _spans((row.created_at, row.sent_at) for row in db.execute(sent)),
    )


def _spans(moments: Any) -> tuple[float, ...]:
    return tuple(sorted(max(0.0, (end - begin).total_seconds()) for begin, end in moments))


def _counts(db: Connection, query: sa.Select[*tuple[Any, ...]]) -> dict[str, int]:
    found: Mapping[str, int] = {name: count for name, count in db.execute(query)}
    return dict(found)
