"""Restricted reports that a search finds: looked through one by one, since no index has them. They are few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.query import Document, Match, Query, parse_query
from core.query.snippet import snippet
from nightdesk import listing
from nightdesk.listing import ARTICLES, Filters
from nightdesk.search import Found, Hit, Question, find
from pipeline.vocabulary import load_vocabulary
from store import archive
from store.articles import article_versions, articles


def find_all(db: Connection, question: Question) -> Found:
    """What `find` gives, and on its first page every restricted report that the question finds; each row is marked."""
    found = find(db, question)
    hits = [replace(hit, row={**hit.row, "restricted": False}) for hit in found.hits]
    if question.after:
        return Found(tuple(hits), found.next)
    asked = parse_query(question.query, load_vocabulary()) if question.query.strip() else None
    own = list(restricted_hits(db, asked, question.filters))
    merged = [*own, *hits] if question.ranked else sorted([*own, *hits], key=_newest, reverse=True)
    return Found(tuple(merged), found.next)


def _newest(hit: Hit) -> tuple[str, int]:
    return hit.row["published_at"], hit.row["id"]


def restricted_hits(db: Connection, query: Query | None, filters: Filters) -> Iterator[Hit]:
    """The restricted reports that hold, newest first."""
    view = listing.with_restricted(ARTICLES)
    wide = replace(filters, country=None, limit=None)
    few = list(listing.rows(db, view, wide, sa.select(articles.c.id).where(articles.c.restricted)))
    for row in few:
        hit = _judged(db, query, row, filters.country)
        if hit is not None:
            yield hit


def _judged(db: Connection, query: Query | None, row: Mapping[str, Any], country: str | None) -> Hit | None:
    mine = (article_versions.c.article_id == row["id"], article_versions.c.is_current)
    version_id = db.scalar(sa.select(article_versions.c.id).where(*mine)) or 0
    read = archive.readings(db, [version_id])[version_id]
    if country is not None and country.upper() not in _countries(read):
        return None
    document = Document.of(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        source=row["source"],
        language=row["language"],
        topics=read.topics,
        events=read.events,
        published=datetime.fromisoformat(row["published_at"]),
        facts=read.facts,
    )
    match = query.match(document) if query is not None else Match(())
    if match is None:
        return None
    found = snippet(row["title"], row["text"], match)
    return Hit({**row, "restricted": True}, found.text, found.marks)


def _countries(read: archive.Read) -> set[str]:
    """Where it happened, by the facts: as `country:` asks."""
    where = [fact for fact in read.facts if fact.kind in ("place", "route")]
    return {code for fact in where for code in (fact.country, fact.from_country, fact.via_country, fact.to_country)}
