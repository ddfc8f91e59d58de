"""What a page tells of one development besides its facts: who reports it, whom it was told to. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.articles import article_versions, articles
from store.definitions import sources, watches
from store.developments import development_articles, development_changes
from store.matches import matches
from store.pages import pages


def reports(db: Connection, development_id: int, limit: int) -> list[Row[Any]]:
    """Its articles in their current versions, as they were published, each with why it is here."""
    query = (
        sa.select(
            articles.c.id,
            articles.c.url,
            sa.func.coalesce(articles.c.outlet, sources.c.title, articles.c.url_key).label("outlet"),
            sources.c.name.label("source"),
            sources.c.type.label("source_type"),
            articles.c.found_at,
            articles.c.origin,
            articles.c.duplicate_of,
            article_versions.c.id.label("version_id"),
            article_versions.c.seq,
            article_versions.c.title,
            article_versions.c.language,
            article_versions.c.published_at,
            article_versions.c.published_from,
            article_versions.c.paywalled,
            development_articles.c.reason,
        )
        .select_from(development_articles.join(articles))
        .join(article_versions, sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current))
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .where(development_articles.c.development_id == development_id)
        .order_by(article_versions.c.published_at, articles.c.id)
        .limit(limit)
    )
    return list(db.execute(query))


def texts_of(db: Connection, version_ids: Collection[int]) -> dict[int, str]:
    """What the positions of facts count in, by version: title, line break, text."""
    told = (article_versions.c[name] for name in ("id", "title", "text"))
    rows = db.execute(sa.select(*told).where(article_versions.c.id.in_(version_ids)))
    return {row.id: f"{row.title}\n{row.text}" for row in rows}


def alerts_about(db: Connection, development_ids: Collection[int]) -> list[Row[Any]]:
    """What was decided to be told of these developments: by which watch, of which change, and when."""
    query = (
        sa.select(
            alerts.c.id,
            alerts.c.level,
            alerts.c.created_at,
            alerts.c.watch_id,
            watches.c.name.label("watch"),
            development_changes.c.seq,
        )
        .join(watches, watches.c.id == alerts.c.watch_id)
        .join(development_changes, development_changes.c.id == alerts.c.change_id)
        .where(alerts.c.development_id.in_(development_ids))
        .order_by(alerts.c.id)
    )
    return list(db.execute(query))


def matches_of(db: Connection, version_id: int, limit: int = 200) -> list[Row[Any]]:
    """What the watches made of a version, with their names: those that fired first."""
    query = (
        sa.select(matches, watches.c.name.label("watch"), watches.c.retired_at)
        .join(watches, watches.c.id == matches.c.watch_id)
        .where(matches.c.version_id == version_id)
        .order_by(matches.c.fired.desc(), watches.c.name)
        .limit(limit)
    )
    return list(db.execute(query))


def versions_of(db: Connection, article_id: int) -> list[Row[Any]]:
    """Every version of an article, oldest first, with the page it was read from."""
    told = ("fetched_at", "http_status", "sha256", "final_url", "content_type")
    query = (
        sa.select(article_versions, *(pages.c[name] for name in told))
        .join(pages, pages.c.id == article_versions.c.page_id)
        .where(article_versions.c.article_id == article_id)
        .order_by(article_versions.c.seq)
    )
    return list(db.execute(query))


def bytes_of_pages(db: Connection, article_ids: Collection[int]) -> int:
    """How much the pages come to that the versions of these articles were read from."""
    read = sa.select(article_versions.c.page_id).where(article_versions.c.article_id.in_(article_ids))
    return int(db.scalar(sa.select(sa.func.coalesce(sa.func.sum(pages.c.bytes), 0)).where(pages.c.id.in_(read))) or 0)
