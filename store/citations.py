"""What a footnote says of an article: whose, published and fetched when, and the hash of what came. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions, articles
from store.definitions import sources
from store.facts import STANDS, facts
from store.pages import pages


def citations(db: Connection, article_ids: Collection[int]) -> list[Row[Any]]:
    """The current versions of these articles, as they were first published."""
    query = (
        sa.select(
            articles.c.id,
            articles.c.url,
            articles.c.duplicate_of,
            sa.func.coalesce(articles.c.outlet, sources.c.title, articles.c.url_key).label("outlet"),
            sources.c.type.label("source_type"),
            article_versions.c.byline,
            article_versions.c.title,
            article_versions.c.language,
            article_versions.c.published_at,
            article_versions.c.published_from,
            pages.c.fetched_at,
            pages.c.sha256,
        )
        .join_from(articles, article_versions, article_versions.c.article_id == articles.c.id)
        .join(pages, pages.c.id == article_versions.c.page_id)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .where(articles.c.id.in_(article_ids), article_versions.c.is_current)
        .order_by(article_versions.c.published_at, articles.c.id)
    )
    return list(db.execute(query))


def figures_in(db: Connection, article_ids: Collection[int]) -> list[Row[Any]]:
    """The figures of these articles as they stand now, each with where its quote stands in which text."""
    named = ("kind", "value", "unit", "status", "nationality", "quote", "position")
    query = (
        sa.select(
            *(facts.c[name] for name in named), *(article_versions.c[name] for name in ("article_id", "title", "text"))
        )
        .join_from(facts, article_versions, article_versions.c.id == facts.c.version_id)
        .where(article_versions.c.article_id.in_(article_ids), article_versions.c.is_current)
        .where(STANDS, facts.c.kind.in_(("count", "money")))
        .order_by(article_versions.c.article_id, facts.c.position, facts.c.id)
    )
    return list(db.execute(query))
