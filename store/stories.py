"""What a message is made from: a development with its articles and facts, and the match that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.errors import NotFound
from core.ids import show_id
from store.articles import article_versions, articles
from store.definitions import sources
from store.developments import development_articles, developments
from store.facts import STANDS, facts


def development_of(db: Connection, development_id: int) -> Row[Any]:
    return db.execute(sa.select(developments).where(developments.c.id == development_id)).one()


def developments_of(db: Connection, development_ids: Sequence[int]) -> list[Row[Any]]:
    """Those that are there, without what only clustering needs."""
    columns = [column for column in developments.c if column.name != "profile"]
    return list(db.execute(sa.select(*columns).where(developments.c.id.in_(development_ids))))


def require(db: Connection, development_id: int) -> Row[Any]:
    """One development, as it is on record; raises NotFound."""
    found = developments_of(db, [development_id])
    if not found:
        raise NotFound(f"there is no development {show_id('development', development_id)}")
    return found[0]


def articles_of(db: Connection, members: Sequence[int], limit: int = 200) -> list[Row[Any]]:
    """The current versions of a family's articles, first found first; `limit` keeps a message's making short."""
    query = (
        sa.select(
            articles.c.id,
            development_articles.c.development_id,
            articles.c.url,
            articles.c.outlet,
            articles.c.found_at,
            articles.c.duplicate_of,
            article_versions.c.id.label("version_id"),
            article_versions.c.title,
            article_versions.c.language,
            article_versions.c.published_at,
            article_versions.c.published_from,
            sources.c.title.label("source"),
            sources.c.type.label("source_type"),
        )
        .join_from(development_articles, articles, articles.c.id == development_articles.c.article_id)
        .join(article_versions, sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current))
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .where(development_articles.c.development_id.in_(members))
        .order_by(articles.c.found_at, articles.c.id)
        .limit(limit)
    )
    return list(db.execute(query))


def facts_of(db: Connection, version_ids: Sequence[int]) -> list[Row[Any]]:
    """Facts of these article versions, in the order the versions are given and then as they stand in the text."""
    rows = list(db.execute(sa.select(facts).where(facts.c.version_id.in_(version_ids), STANDS)))
    rank = {version_id: index for index, version_id in enumerate(version_ids)}
    return sorted(rows, key=lambda row: (rank[row.version_id], row.position, row.id))
