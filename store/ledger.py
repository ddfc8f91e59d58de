"""What is read of a development as a whole: every figure with whose it is, and what it mentions. Reads only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions, articles
from store.definitions import sources
from store.developments import development_articles, development_mentions
from store.facts import STANDS, facts


def figures(db: Connection, development_id: int) -> list[Row[Any]]:
    """Every count that its articles state now, as they were published: the figure, whose it is, and when."""
    outlet = sa.func.coalesce(articles.c.outlet, sources.c.title, articles.c.url_key)
    query = (
        sa.select(
            *(facts.c[name] for name in ("id", "value", "low", "high", "unit", "status", "nationality", "leading")),
            outlet.label("outlet"),
            sources.c.type.label("source_type"),
            article_versions.c.published_at,
        )
        .select_from(
            development_articles.join(articles)
            .join(article_versions, article_versions.c.article_id == articles.c.id)
            .join(facts, facts.c.version_id == article_versions.c.id)
            .outerjoin(sources, sources.c.id == articles.c.source_id)
        )
        .where(development_articles.c.development_id == development_id, article_versions.c.is_current)
        .where(STANDS, facts.c.kind == "count")
        .order_by(article_versions.c.published_at, facts.c.id)
    )
    return list(db.execute(query))


def mentioned_in(db: Connection, development_id: int) -> list[int]:
    """The articles, analyses mostly, that name a development without reporting it anew."""
    mine = development_mentions.c.development_id == development_id
    named = articles.join(development_mentions, development_mentions.c.article_id == articles.c.id)
    query = sa.select(development_mentions.c.article_id).select_from(named).where(mine, ~articles.c.restricted)
    return list(db.scalars(query.order_by(development_mentions.c.article_id)))


def mentions(db: Connection, development_id: int) -> list[int]:
    """The developments that its articles name without reporting them anew."""
    named = development_mentions.join(
        development_articles, development_articles.c.article_id == development_mentions.c.article_id
    )
    query = sa.select(development_mentions.c.development_id).select_from(named).distinct()
    mine = development_articles.c.development_id == development_id
    return list(db.scalars(query.where(mine).order_by(development_mentions.c.development_id)))
