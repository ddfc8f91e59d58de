"""What is told because its time has come, each once: welcomes of channels, reminders of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.articles import article_versions, page_outcomes
from store.base import insert_ignoring, metadata, moment, ref
from store.definitions import sources, watches
from store.developments import development_articles, development_changes, developments
from store.matches import matches
from store.pages import items, pages, source_states

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


def announced_for(db: Connection, day: str, told_since: datetime, told_before: datetime) -> list[Row[Any]]:
    """Developments that were announced for a day, told since a moment and not later than another.

    Each with a watch and its latest alert.
    """
    latest = sa.func.max(alerts.c.id).label("alert_id")
    query = (
        sa.select(alerts.c.watch_id, developments.c.id.label("development_id"), latest)
        .join(developments, developments.c.id == alerts.c.development_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(alerts.c.created_at >= told_since)
        .where(developments.c.event_date == day, developments.c.merged_into.is_(None), watches.c.retired_at.is_(None))
        .group_by(alerts.c.watch_id, developments.c.id)
        .having(sa.func.max(alerts.c.created_at, type_=alerts.c.created_at.type) < told_before)
        .order_by(alerts.c.watch_id, developments.c.id)
    )
    return list(db.execute(query))


def changed_since(db: Connection, members: Sequence[int], since: datetime) -> bool:
    """Whether anything befell a development, or one merged with it; that a page of it vanished is nothing."""
    news = sa.or_(development_changes.c.what.is_(None), development_changes.c.what != "gone")
    mine = (development_changes.c.development_id.in_(members), development_changes.c.at >= since, news)
    return bool(db.scalar(sa.select(sa.exists().where(*mine))))


def asked_for(db: Connection, watch_id: int, since: datetime) -> list[Row[Any]]:
    """The developments since a moment that a watch asks for as it is now, newest first."""
    matched = (
        sa.select(development_articles.c.development_id)
        .join(article_versions, article_versions.c.article_id == development_articles.c.article_id)
        .join(matches, sa.and_(matches.c.version_id == article_versions.c.id, matches.c.fired))
        .join(watches, sa.and_(watches.c.id == matches.c.watch_id, watches.c.revision == matches.c.revision))
        .where(watches.c.id == watch_id, article_versions.c.is_current)
    )
    query = (
        sa.select(developments.c.id, developments.c.independent_sources, developments.c.countries)
        .where(developments.c.id.in_(matched), developments.c.merged_into.is_(None))
        .where(developments.c.first_news_at >= since)
        .order_by(developments.c.first_news_at.desc(), developments.c.id.desc())
    )
    return list(db.execute(query))


def baseline_is_read(db: Connection) -> bool:
    """Whether every source was visited once, and all that it had then is fetched and read; false without any visit."""
    visited = sa.exists().where(source_states.c.source_id == sources.c.id, source_states.c.last_visit_at.is_not(None))
    active = sources.c.retired_at.is_(None)
    unread = ~sa.exists().where(page_outcomes.c.page_id == pages.c.id)
    waiting = (
        sa.exists().where(active, ~visited),
        sa.exists().where(items.c.baseline, items.c.ended_at.is_(None)),
        sa.exists().where(pages.c.origin == "baseline", unread),
    )
    return any_visit(db) and not any(db.scalar(sa.select(one)) for one in waiting)


def any_visit(db: Connection) -> bool:
    """Whether any source was ever visited."""
    return bool(db.scalar(sa.select(sa.exists().where(source_states.c.last_visit_at.is_not(None)))))
