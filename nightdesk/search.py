"""Articles for a query, as `articles_v` shows them, each with the place where the words stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.query import parse_query
from nightdesk import listing
from nightdesk.listing import ARTICLES
from store import search
from store.search import SearchHit

SHOWN = ("id", "published_at", "source", "language", "title", "snippet", "development_id")
_MOST = 10_000


def columns(db: Connection) -> list[str]:
    return [*listing.columns(db, ARTICLES), "snippet"]


def find(db: Connection, query: str, filters: listing.Filters) -> Iterator[Mapping[str, Any]]:
    """The newest articles that match. Raises QueryError with the position of a mistake."""
    from pipeline.vocabulary import load_vocabulary

    wanted = search.Filters(
        topics=_one(filters.topic),
        events=_one(filters.event),
        countries=_one(filters.country and filters.country.upper()),
        sources=_one(filters.source),
        languages=_one(filters.lang),
        since=filters.since,
        until=filters.until,
    )
    hits = search.search(db, parse_query(query, load_vocabulary()), limit=filters.limit or _MOST, filters=wanted)
    return _with_rows(db, hits)


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _with_rows(db: Connection, hits: list[SearchHit]) -> Iterator[Mapping[str, Any]]:
    view = sa.table("articles_v", *(sa.column(name) for name in listing.columns(db, ARTICLES)))
    for start in range(0, len(hits), 200):
        part = hits[start : start + 200]
        ids = [hit.article_id for hit in part]
        rows = {row["id"]: row for row in db.execute(sa.select(view).where(view.c.id.in_(ids))).mappings()}
        for hit in part:
            if hit.article_id in rows:
                yield {**rows[hit.article_id], "snippet": hit.highlighted("[", "]")}
