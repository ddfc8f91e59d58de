"""Full-text search: the index of words beside the articles, and questions to it. Written by the pipeline.

The index (FTS5 on SQLite, a tsvector on Postgres) is fed with terms made in `core` and only proposes
(store/proposals.py); every proposal is judged by `Query.match`, newest first. So both engines and the watches agree by
construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection, Row

from core.errors import QueryError
from core.query import Document, Match, Query, Term
from core.query.document import read_field
from core.query.glance import Glance
from core.query.index import index_terms
from core.query.nodes import Near, Phrase, leaves
from core.query.rank import best_first
from core.query.snippet import Snippet, snippet
from core.text import FOLDING
from store.articles import article_events, article_topics, article_versions, articles
from store.facts import STANDS, facts
from store.proposals import NOTHING, PLACES, WEIGHTS, WORDS, banned, first_row_id, proposal, search_rows, strides
from store.proposals import Filters as Filters

#: Among how many of the newest hits the best are sought.
RANKED_AMONG = 200

_FIELDS = ("title", "text", "url")
_BATCH = 100
_MOST_PLACES = 255
_LAST_PLACE = 16_383
_MOST_BYTES = 900_000


@dataclass(frozen=True)
class SearchHit:
    """An article that was found, with the place where. `marks` are the found words in `snippet`."""

    article_id: int
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    place: int = 0  # in the order of publication; a later page begins below it

    def highlighted(self, before: str, after: str) -> str:
        """The snippet with `before` and `after` around each found word."""
        return Snippet(self.snippet, self.marks).highlighted(before, after)


@dataclass(frozen=True)
class Judged:
    """A proposal that holds, and why."""

    row: Row[Any]
    match: Match

    def hit(self) -> SearchHit:
        found = snippet(self.row.title, self.row.text, self.match)
        return SearchHit(self.row.article_id, found.text, found.marks, self.row.row_id)


# --- Writing -----------------------------------------------------------------------------------------------------


def index_article(db: Connection, article_id: int, title: str, text: str) -> None:
    """Make the current version of an article findable, in the transaction that wrote it."""
    remove(db, article_id)
    published, url = db.execute(_ADDRESS, {"article": article_id}).one()
    words = (("title", title), ("text", text), ("url", url))
    terms = {name: index_terms(read_field(name, told)) for name, told in words}
    if db.dialect.name == "sqlite":
        row_id = _add_row(db, article_id, published, {})
        db.execute(_FEED, {"id": row_id, **{name: " ".join(found) for name, found in terms.items()}})
    else:
        kept, vector = _vector(terms)
        _add_row(db, article_id, published, {"kept": kept, "terms": sa.cast(vector, TSVECTOR)})


_ADDRESS = (
    sa.select(article_versions.c.published_at, articles.c.url)
    .join_from(articles, article_versions)
    .where(articles.c.id == sa.bindparam("article"), article_versions.c.is_current)
)
_FEED = sa.text("INSERT INTO search_index (rowid, title, text, url) VALUES (:id, :title, :text, :url)")
_ROW_OF = sa.select(search_rows.c.id).where(search_rows.c.id == sa.bindparam("row"))
_LEAVE_BEHIND = (
    sa.update(search_rows).where(search_rows.c.article_id == sa.bindparam("article")).values(article_id=None)
)
_DELETE = sa.delete(search_rows).where(search_rows.c.article_id == sa.bindparam("article"))


def remove(db: Connection, article_id: int) -> None:
    """Take an article out of the index. FTS5 keeps the words, but nothing leads from them any more."""
    db.execute(_LEAVE_BEHIND if db.dialect.name == "sqlite" else _DELETE, {"article": article_id})


def articles_to_index(db: Connection, limit: int) -> list[int]:
    """Articles that are not in the index, or by older rules of folding."""
    joined = articles.outerjoin(
        search_rows, sa.and_(search_rows.c.article_id == articles.c.id, search_rows.c.folding == FOLDING)
    )
    missing = search_rows.c.id.is_(None), ~articles.c.restricted
    wanted = sa.select(articles.c.id).select_from(joined).where(*missing).order_by(articles.c.id)
    return list(db.scalars(wanted.limit(limit)))


def clear(db: Connection) -> None:
    """Empty the index, so that all articles are to be indexed anew."""
    if db.dialect.name == "sqlite":
        db.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    db.execute(sa.delete(search_rows))


def _add_row(db: Connection, article_id: int, published: datetime, columns: dict[str, Any]) -> int:
    """A row whose id sorts by the minute of publication, then by article."""
    row_id = first_row_id(published) + article_id % (1 << 16)
    while db.scalar(_ROW_OF, {"row": row_id}) is not None:
        row_id += 1
    db.execute(sa.insert(search_rows).values(id=row_id, article_id=article_id, folding=FOLDING, **columns))
    return row_id


def _vector(terms: dict[str, list[str]]) -> tuple[int, str]:
    """A tsvector in its written form and how much of the text it keeps."""
    places: dict[str, list[str]] = {}
    place = 0
    for name in _FIELDS:
        for term in terms[name]:
            place += 1
            places.setdefault(term, []).append(f"{place}{WEIGHTS[name]}")
    if sum(len(term) + 10 for term in places) > _MOST_BYTES:
        return NOTHING, ""
    if place > _LAST_PLACE or any(len(found) > _MOST_PLACES for found in places.values()):
        return WORDS, " ".join(places)
    return PLACES, " ".join(f"{term}:{','.join(found)}" for term, found in places.items())


# --- Asking ------------------------------------------------------------------------------------------------------


def search(
    db: Connection,
    query: Query | None,
    *,
    limit: int = 50,
    filters: Filters | None = None,
    before: int | None = None,
) -> list[SearchHit]:
    """The newest articles for which `query` and `filters` hold, those placed below `before`. Raises QueryError."""
    return [found.hit() for found in islice(judged(db, query, filters or Filters(), before, limit), limit)]


def search_best(
    db: Connection,
    query: Query | None,
    *,
    limit: int = 50,
    filters: Filters | None = None,
    before: int | None = None,
    offset: int = 0,
) -> list[SearchHit]:
    """The best of the newest hits, best first; the newer of two that are as good. Raises QueryError."""
    newest = list(islice(judged(db, query, filters or Filters(), before, RANKED_AMONG), RANKED_AMONG))
    order = best_first([found.match for found in newest])
    return [newest[index].hit() for index in order[offset : offset + limit]]


def judged(
    db: Connection, query: Query | None, filters: Filters, before: int | None = None, wanted: int = _BATCH
) -> Iterator[Judged]:
    """What holds, newest first. Raises QueryError if `query` says only what not to find."""
    if query is not None and query.only_negative and not filters:
        refused = [leaf.position for leaf, negated in leaves(query.root) if negated]
        reason = "a search needs something to look for beside NOT, or a filter"
        raise QueryError(reason, query.text, min(refused, default=0))
    judge = _Judge(query)
    for low, high in strides(db, before):
        for row, values in _proposed(db, query, filters, low, high, wanted):
            match = judge(row, values)
            if match is not None:
                yield Judged(row, match)


def holding(db: Connection, query: Query | None, filters: Filters, article_ids: Sequence[int]) -> set[int]:
    """Which of some articles hold."""
    judge, fields = _Judge(query), query.fields if query is not None else frozenset()
    batch = db.execute(proposal(db, query, filters).where(articles.c.id.in_(article_ids))).all()
    told = zip(batch, _values(db, batch, fields), strict=True)
    return {row.article_id for row, values in told if judge(row, values) is not None}


def _proposed(
    db: Connection, query: Query | None, filters: Filters, low: int | None, before: int | None, wanted: int
) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Articles that the index proposes, newest first, each with its values for the fields that the query looks at."""
    fields = query.fields if query is not None else frozenset()
    size = max(1, min(wanted, _BATCH))
    while True:
        batch = db.execute(proposal(db, query, filters, low, before).limit(size)).all()
        yield from zip(batch, _values(db, batch, fields), strict=True)
        if len(batch) < size:
            return
        before, size = batch[-1].row_id, _BATCH


def _values(db: Connection, batch: Sequence[Row[Any]], fields: frozenset[str]) -> Iterator[dict[str, Any]]:
    """What a query can ask of each row beside its words; only what it does ask is read."""
    ids = [row.version_id for row in batch]
    topics = _grouped(db, article_topics.c.version_id, article_topics.c.topic, ids) if "topic" in fields else {}
    events = _grouped(db, article_events.c.version_id, article_events.c.event_type, ids) if "event" in fields else {}
    stated: dict[int, list[Row[Any]]] = {}
    if fields & {"country", "agency", "count"} and ids:
        for fact in db.execute(sa.select(facts).where(facts.c.version_id.in_(ids), STANDS)):
            stated.setdefault(fact.version_id, []).append(fact)
    for row in batch:
        yield {
            "url": row.url if "url" in fields else "",
            "source": row.source,
            "language": row.language,
            "topics": topics.get(row.version_id, ()),
            "events": events.get(row.version_id, ()),
            "published": row.published_at,
            "facts": stated.get(row.version_id, ()),
        }


def _grouped(db: Connection, key: sa.Column[Any], value: sa.Column[Any], ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for version_id, name in db.execute(sa.select(key, value).where(key.in_(ids))) if ids else ():
        found.setdefault(version_id, []).append(name)
    return found


@dataclass
class _Judge:
    """Says whether a query holds for a proposal, reading no more of its text than it must."""

    query: Query | None
    _has_words: bool = field(init=False)
    _grows: bool = field(init=False)
    _trusts_index: bool = field(init=False)
    _glance: Glance | None = field(init=False)

    def __post_init__(self) -> None:
        root = self.query.root if self.query is not None else None
        found = list(leaves(root)) if root is not None else []
        told = banned(root) if root is not None else ()
        self._has_words = any(isinstance(leaf, Phrase | Near) for leaf, _ in found)
        # Without NOT, what holds for a part of a text holds for the whole of it; so it does where the index has told
        # that the whole has none of what must not be there.
        self._grows = all(not negated or leaf in told for leaf, negated in found)
        self._trusts_index = bool(told)
        self._glance = Glance(root) if root is not None else None

    def __call__(self, row: Row[Any], values: dict[str, Any]) -> Match | None:
        if self.query is None:
            return Match(())
        if not self._has_words:
            return self.query.match(Document.of(**values))
        if self._grows and (row.kept == PLACES or not self._trusts_index):
            match = self._at_a_glance(self.query, row, values)
            if match is not None:
                return match
        return self.query.match(Document.of(title=row.title, text=row.text, **values))

    def _at_a_glance(self, query: Query, row: Row[Any], values: dict[str, Any]) -> Match | None:
        piece = self._glance.piece(row.text) if self._glance is not None else None
        if piece is None:
            return None
        start, end = piece
        match = query.match(Document.of(title=row.title, text=row.text[start:end], **values))
        if match is None or not start:
            return match
        moved = {"text": start}
        return Match(
            tuple(
                Term(t.field, t.text, t.start + moved.get(t.field, 0), t.end + moved.get(t.field, 0))
                for t in match.terms
            )
        )
