"""A page of search results: values in, hits with facets out. The command, the page and the API all ask here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import UsageError
from core.query import Query, parse_query
from nightdesk import listing
from nightdesk.listing import ARTICLES
from store import search
from store.facets import Facets, count_facets
from store.proposals import Filters
from store.search import RANKED_AMONG, SearchHit

#: What a table has room for.
SHOWN = ("id", "published_at", "source", "language", "title", "snippet", "development_id")

_CHUNK = 200
_CURSOR = re.compile(r"n(\d{1,18})|r(\d{1,18})-(\d{1,4})")


@dataclass(frozen=True)
class Question:
    """What is asked. Of `filters`, `limit` is the length of a page; `after` is the `next` of the page before."""

    query: str
    filters: listing.Filters = field(default_factory=listing.Filters)
    ranked: bool = False
    after: str = ""


@dataclass(frozen=True)
class Hit:
    """A row of `articles_v` and the place where the words stand; `marks` are the found words in `snippet`."""

    row: Mapping[str, Any]
    snippet: str
    marks: tuple[tuple[int, int], ...]

    def as_row(self) -> dict[str, Any]:
        """The row with a snippet that has its found words in brackets."""
        return {**self.row, "snippet": SearchHit(0, self.snippet, self.marks).highlighted("[", "]")}


@dataclass(frozen=True)
class Found:
    """One page of hits; `next` asks for the one after it, and is empty where there is none."""

    hits: tuple[Hit, ...]
    next: str = ""


def columns(db: Connection) -> list[str]:
    return [*listing.columns(db, ARTICLES), "snippet"]


def find(db: Connection, question: Question) -> Found:
    """The newest articles that match; ranked, the best of the newest. Raises QueryError with the place of a mistake."""
    query, filters = _read(question)
    size = question.filters.limit or 50
    top, offset = _read_cursor(question)
    if question.ranked:
        return _ranked(db, query, filters, size, top, offset)
    hits = search.search(db, query, limit=size + 1, filters=filters, before=top)
    following = f"n{hits[size - 1].place}" if len(hits) > size else ""
    return Found(_with_rows(db, hits[:size]), following)


def _ranked(db: Connection, query: Query | None, filters: Filters, size: int, top: int | None, offset: int) -> Found:
    """Later pages rank the same hits, whatever was published meanwhile: the cursor holds the newest of them."""
    if top is None:
        newest = search.search(db, query, limit=1, filters=filters)
        if not newest:
            return Found(())
        top = newest[0].place + 1
    hits = search.search_best(db, query, limit=size + 1, filters=filters, before=top, offset=offset)
    following = f"r{top}-{offset + size}" if len(hits) > size else ""
    return Found(_with_rows(db, hits[:size]), following)


def facets(db: Connection, question: Question) -> Facets:
    """How the hits divide by topic, event, country, source, language and month. Raises QueryError."""
    return count_facets(db, *_read(question))


@lru_cache(maxsize=32)
def _parsed(text: str) -> Query:
    """A query read once: a concept has hundreds of spellings, and who looks for it looks again."""
    from pipeline.vocabulary import load_vocabulary

    return parse_query(text, load_vocabulary())


def _read(question: Question) -> tuple[Query | None, Filters]:
    asked = question.filters
    filters = Filters(
        topics=_one(asked.topic),
        events=_one(asked.event),
        countries=_one(asked.country and asked.country.upper()),
        sources=_one(asked.source),
        languages=_one(asked.lang),
        since=asked.since,
        until=asked.until,
    )
    return _parsed(question.query) if question.query.strip() else None, filters


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _read_cursor(question: Question) -> tuple[int | None, int]:
    """The place below which to go on, and how many of the ranked to pass over."""
    if not question.after:
        return None, 0
    found = _CURSOR.fullmatch(question.after)
    if found is None or bool(found[2]) is not question.ranked:
        raise UsageError(f"{question.after!r} does not continue this search; take what its page before gave")
    if question.ranked and int(found[3]) >= RANKED_AMONG:
        raise UsageError(f"only the newest {RANKED_AMONG} hits are ranked; ask for the newest first to see more")
    return int(found[1] or found[2]), int(found[3] or 0)


def _with_rows(db: Connection, hits: Sequence[SearchHit]) -> tuple[Hit, ...]:
    view = sa.table("articles_v", *(sa.column(name) for name in listing.columns(db, ARTICLES)))
    rows: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(hits), _CHUNK):
        ids = [hit.article_id for hit in hits[start : start + _CHUNK]]
        rows |= {row["id"]: dict(row) for row in db.execute(sa.select(view).where(view.c.id.in_(ids))).mappings()}
    return tuple(Hit(rows[hit.article_id], hit.snippet, hit.marks) for hit in hits if hit.article_id in rows)
