"""What became of an address or an article, across every stage's tables. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.alerts import decisions as decided
from store.articles import article_versions, articles, page_outcomes
from store.definitions import sources, watches
from store.deliveries import deliveries
from store.developments import development_articles, development_changes, developments
from store.matches import matches
from store.messages import message_alerts, messages
from store.pages import items, pages, source_states


def sources_on(db: Connection, site: str) -> list[Row[Any]]:
    """Sources whose address names a site, with how each fares; retired ones too."""
    fares = (source_states.c[name] for name in ("state", "cause", "last_visit_at", "baseline_at"))
    query = (
        sa.select(sources, *fares)
        .outerjoin(source_states, source_states.c.source_id == sources.c.id)
        .where(sources.c.url.contains(site, autoescape=True))
    )
    return list(db.execute(query.order_by(sources.c.name)))


def items_at(db: Connection, urls: Collection[str], key: str = "") -> list[Row[Any]]:
    """Entries of sources that named one of these addresses, or the same one otherwise written."""
    query = (
        sa.select(items, sources.c.name.label("source"))
        .join(sources, sources.c.id == items.c.source_id)
        .where(sa.or_(items.c.url.in_(urls), items.c.key == key))
        .order_by(items.c.id)
    )
    return list(db.execute(query))


def pages_at(db: Connection, urls: Collection[str]) -> list[Row[Any]]:
    """Pages fetched or given under one of these addresses, with how each ended."""
    return _pages(db, sa.or_(pages.c.url.in_(urls), pages.c.final_url.in_(urls)))


def pages_of_article(db: Connection, article_id: int, restricted: bool = False) -> list[Row[Any]]:
    return _pages(db, page_outcomes.c.article_id == article_id, restricted)


def _pages(db: Connection, condition: sa.ColumnElement[bool], restricted: bool = False) -> list[Row[Any]]:
    query = (
        sa.select(
            pages.c.id,
            pages.c.url,
            pages.c.fetched_at,
            pages.c.http_status,
            pages.c.sha256,
            pages.c.refused,
            pages.c.origin,
            sources.c.name.label("source"),
            page_outcomes.c.state,
            page_outcomes.c.reason,
            page_outcomes.c.article_id,
        )
        .select_from(pages)
        .outerjoin(page_outcomes, page_outcomes.c.page_id == pages.c.id)
        .outerjoin(sources, sources.c.id == pages.c.source_id)
        .where(condition)
        .order_by(pages.c.id)
    )
    return list(db.execute(query if restricted else query.where(~pages.c.restricted)))


def outcomes_of(db: Connection, page_ids: Collection[int]) -> dict[int, Row[Any]]:
    """How each of these pages ended, by page; one that is still due is missing."""
    query = sa.select(page_outcomes).where(page_outcomes.c.page_id.in_(page_ids), page_outcomes.c.state != "retry")
    return {row.page_id: row for row in db.execute(query)}


def pages_with(db: Connection, page_ids: Collection[int]) -> list[Row[Any]]:
    """Address and given words of pages, restricted ones too, in the order they were written."""
    mine = sa.select(pages.c.id, pages.c.url, pages.c.given).where(pages.c.id.in_(page_ids))
    return list(db.execute(mine.order_by(pages.c.id)))


def article_with_key(db: Connection, url_key: str) -> int | None:
    return db.scalar(sa.select(articles.c.id).where(articles.c.url_key == url_key))


def article(db: Connection, article_id: int, restricted: bool = False) -> Row[Any] | None:
    """An article in its current version, with the development it is in; a restricted one where that is asked for."""
    query = (
        sa.select(
            articles,
            article_versions.c.id.label("version_id"),
            article_versions.c.title,
            article_versions.c.text,
            article_versions.c.language,
            article_versions.c.published_at,
            article_versions.c.published_from,
            article_versions.c.paywalled,
            article_versions.c.text_from,
            article_versions.c.explained,
            sources.c.name.label("source"),
            development_articles.c.development_id,
            development_articles.c.reason.label("joined_because"),
        )
        .select_from(articles)
        .join(article_versions, sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current))
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .outerjoin(development_articles, development_articles.c.article_id == articles.c.id)
        .where(articles.c.id == article_id)
    )
    return db.execute(query if restricted else query.where(~articles.c.restricted)).first()


def development(db: Connection, development_id: int) -> Row[Any] | None:
    return db.execute(sa.select(developments).where(developments.c.id == development_id)).first()


def articles_in(db: Connection, development_id: int) -> list[int]:
    query = sa.select(development_articles.c.article_id).where(development_articles.c.development_id == development_id)
    return list(db.scalars(query.order_by(development_articles.c.joined_at, development_articles.c.article_id)))


def changes_in(db: Connection, development_id: int) -> list[Row[Any]]:
    query = sa.select(development_changes).where(development_changes.c.development_id == development_id)
    return list(db.execute(query.order_by(development_changes.c.seq)))


def all_watches(db: Connection) -> list[Row[Any]]:
    """Every watch by its name, retired ones too."""
    return list(db.execute(sa.select(watches).order_by(watches.c.name)))


def matches_of(db: Connection, version_id: int) -> dict[int, Row[Any]]:
    """What the watches made of a version, by watch; far misses are not kept."""
    return {row.watch_id: row for row in db.execute(sa.select(matches).where(matches.c.version_id == version_id))}


def decisions_about(db: Connection, development_ids: Collection[int]) -> list[Row[Any]]:
    """Every decision on the changes of a development and those merged into it, with its watch and change."""
    query = (
        sa.select(decided, development_changes.c.seq, development_changes.c.kind, development_changes.c.origin)
        .join(development_changes, development_changes.c.id == decided.c.change_id)
        .where(development_changes.c.development_id.in_(development_ids))
        .order_by(development_changes.c.at, development_changes.c.id)
    )
    return list(db.execute(query))


def deliveries_about(db: Connection, development_ids: Collection[int]) -> list[Row[Any]]:
    """Where the alerts of a development went, those of merged ones too. What was folded is where it was folded into."""
    query = (
        sa.select(
            alerts.c.id.label("alert_id"),
            alerts.c.watch_id,
            alerts.c.level,
            messages.c.kind,
            messages.c.watch_id.is_(None).label("of_channel"),
            *(deliveries.c[name] for name in _DELIVERY),
        )
        .select_from(alerts)
        .join(message_alerts, message_alerts.c.alert_id == alerts.c.id)
        .join(messages, messages.c.id == message_alerts.c.message_id)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(alerts.c.development_id.in_(development_ids), sa.func.coalesce(deliveries.c.reason, "") != "folded")
        .order_by(deliveries.c.id)
    )
    return list(db.execute(query))


_DELIVERY = (
    "channel", "recipient", "state", "reason", "created_at", "not_before", "sent_at", "attempts", "last_error",
)  # fmt: skip


def alert(db: Connection, alert_id: int) -> Row[Any] | None:
    """One alert with its development."""
    return db.execute(sa.select(alerts).where(alerts.c.id == alert_id)).first()
