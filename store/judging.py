"""Judges what the index proposes by its words and values, as the watches do, and shows where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.query import Document, Match, Query
from core.query.field import Field, read_field
from core.query.nodes import Near, Phrase, leaves
from core.query.packed import unpack
from core.query.snippet import Snippet, snippet
from core.text import FOLDING
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.facts import STANDS, facts
from store.index import search_texts


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
    """A proposal that holds, why, and the words of its article."""

    row: Row[Any]
    match: Match
    words: Row[Any]

    def hit(self) -> SearchHit:
        found = snippet(self.words.title, self.words.text, self.match)
        return SearchHit(self.row.article_id, found.text, found.marks, self.row.row_id)


class Judge:
    """Says of some proposals at a time whether a query holds for them."""

    def __init__(self, db: Connection, query: Query | None) -> None:
        self._db = db
        self._query = query
        self._fields = query.fields if query is not None else frozenset()
        self._has_words = query is not None and any(isinstance(leaf, Phrase | Near) for leaf, _ in leaves(query.root))

    def holding(self, batch: Sequence[Row[Any]]) -> Iterator[Judged]:
        """Those of `batch` that hold, in its order."""
        words = {row.version_id: row for row in self._words(batch)}
        for row, values in zip(batch, self._values(batch), strict=True):
            its = words.get(row.version_id)
            match = self._match(its, values) if its is not None else None
            if its is not None and match is not None:
                yield Judged(row, match, its)

    def _match(self, words: Row[Any], values: dict[str, Any]) -> Match | None:
        if self._query is None:
            return Match(())
        values |= {"url": words.url if "url" in self._fields else "", "source": words.source}
        if not self._has_words:
            return self._query.match(Document.of(**values))
        return self._query.match(Document.of(title=words.title, text=_read(words), **values))

    def _words(self, batch: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        return self._db.execute(_WORDS, {"versions": [row.version_id for row in batch]}).all() if batch else ()

    def _values(self, batch: Sequence[Row[Any]]) -> Iterator[dict[str, Any]]:
        """What a query can ask of each beside its words; only what it does ask is read."""
        ids = [row.version_id for row in batch]
        topics = self._grouped(_TOPICS, ids) if "topic" in self._fields else {}
        events = self._grouped(_EVENTS, ids) if "event" in self._fields else {}
        stated: dict[int, list[Row[Any]]] = {}
        if self._fields & {"country", "agency", "count"} and ids:
            for fact in self._db.execute(_STATED, {"versions": ids}):
                stated.setdefault(fact.version_id, []).append(fact)
        for row in batch:
            yield {
                "language": row.language,
                "topics": topics.get(row.version_id, ()),
                "events": events.get(row.version_id, ()),
                "published": row.published_at,
                "facts": stated.get(row.version_id, ()),
            }

    def _grouped(self, query: sa.Select[Any], ids: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for version_id, name in self._db.execute(query, {"versions": ids}) if ids else ():
            found.setdefault(version_id, []).append(name)
        return found


def _read(words: Row[Any]) -> Field:
    if words.packed is None:  # filed before texts were packed, or by older rules of folding
        return read_field("text", words.text)
    return unpack("text", words.text, words.packed)


_VERSIONS: sa.BindParameter[Any] = sa.bindparam("versions", expanding=True)
_PACKED = sa.and_(search_texts.c.article_id == articles.c.id, search_texts.c.folding == FOLDING)
_WORDS: sa.Select[Any] = (
    sa.select(
        article_versions.c.id.label("version_id"),
        article_versions.c.title,
        article_versions.c.text,
        articles.c.url,
        sources.c.name.label("source"),
        search_texts.c.packed,
    )
    .select_from(
        article_versions.join(articles, articles.c.id == article_versions.c.article_id)
        .outerjoin(sources, sources.c.id == articles.c.source_id)
        .outerjoin(search_texts, _PACKED)
    )
    .where(article_versions.c.id.in_(_VERSIONS))
)
_TOPICS = sa.select(article_topics.c.version_id, article_topics.c.topic).where(
    article_topics.c.version_id.in_(_VERSIONS)
)
_EVENTS = sa.select(article_events.c.version_id, article_events.c.event_type).where(
    article_events.c.version_id.in_(_VERSIONS)
)
_STATED: sa.Select[Any] = sa.select(
    *(facts.c[name] for name in ("version_id", "kind", "name", "country", "from_country", "via_country", "to_country")),
    facts.c.status,
    facts.c.value,
).where(facts.c.version_id.in_(_VERSIONS), STANDS)
