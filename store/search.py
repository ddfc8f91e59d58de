"""Full-text search: the index of words beside the articles, and questions to it. Written by the pipeline.

The index (FTS5 on SQLite, a tsvector on Postgres) is fed with terms made in `core` and only proposes; every proposal is
judged by `Query.match`, newest first. So both engines and the watches agree by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection, Row

from core.errors import QueryError
from core.query import Document, Query
from core.query.document import read_field
from core.query.index import Every, Needed, Run, index_terms, needed, text_only
from core.query.nodes import And, CountRange, Node, Or, PublishedRange, Value
from core.query.snippet import Snippet, snippet
from core.text import FOLDING
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.facts import STANDS, facts

_rows = sa.table(
    "search_rows",
    sa.column("id"),
    sa.column("article_id"),
    sa.column("folding"),
    sa.column("kept"),
    sa.column("terms", TSVECTOR),
)
_index = sa.table("search_index", sa.column("rowid"))

_FIELDS = ("title", "text", "url")
_WEIGHTS = {"title": "A", "text": "D", "url": "B"}
_BATCH = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What Postgres keeps of a text: its tsvector ends at 1 MB, position 16,383 and 256 places of one word.
_NOTHING, _WORDS, _PLACES = 0, 1, 2
_MOST_PLACES = 255
_LAST_PLACE = 16_383
_MOST_BYTES = 900_000


@dataclass(frozen=True)
class Filters:
    """What must hold besides the query; an empty one holds for all. `until` is not included."""

    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        lists = (self.topics, self.events, self.countries, self.sources, self.languages)
        return any(lists) or self.since is not None or self.until is not None


@dataclass(frozen=True)
class SearchHit:
    """An article that was found, with the place where. `marks` are the found words in `snippet`."""

    article_id: int
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()

    def highlighted(self, before: str, after: str) -> str:
        """The snippet with `before` and `after` around each found word."""
        return Snippet(self.snippet, self.marks).highlighted(before, after)


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
_ROW_OF = sa.select(_rows.c.id).where(_rows.c.id == sa.bindparam("row"))
_LEAVE_BEHIND = sa.update(_rows).where(_rows.c.article_id == sa.bindparam("article")).values(article_id=None)
_DELETE = sa.delete(_rows).where(_rows.c.article_id == sa.bindparam("article"))


def remove(db: Connection, article_id: int) -> None:
    """Take an article out of the index. FTS5 keeps the words, but nothing leads from them any more."""
    db.execute(_LEAVE_BEHIND if db.dialect.name == "sqlite" else _DELETE, {"article": article_id})


def articles_to_index(db: Connection, limit: int) -> list[int]:
    """Articles that are not in the index, or by older rules of folding."""
    joined = articles.outerjoin(_rows, sa.and_(_rows.c.article_id == articles.c.id, _rows.c.folding == FOLDING))
    wanted = sa.select(articles.c.id).select_from(joined).where(_rows.c.id.is_(None)).order_by(articles.c.id)
    return list(db.scalars(wanted.limit(limit)))


def clear(db: Connection) -> None:
    """Empty the index, so that all articles are to be indexed anew."""
    if db.dialect.name == "sqlite":
        db.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
    db.execute(sa.delete(_rows))


def _add_row(db: Connection, article_id: int, published: datetime, columns: dict[str, Any]) -> int:
    """A row whose id sorts by the minute of publication, then by article."""
    minute = max(0, int((published - _EPOCH).total_seconds() // 60))
    row_id = (minute << 16) + article_id % (1 << 16)
    while db.scalar(_ROW_OF, {"row": row_id}) is not None:
        row_id += 1
    db.execute(sa.insert(_rows).values(id=row_id, article_id=article_id, folding=FOLDING, **columns))
    return row_id


def _vector(terms: dict[str, list[str]]) -> tuple[int, str]:
    """A tsvector in its written form and how much of the text it keeps."""
    places: dict[str, list[str]] = {}
    place = 0
    for name in _FIELDS:
        for term in terms[name]:
            place += 1
            places.setdefault(term, []).append(f"{place}{_WEIGHTS[name]}")
    if sum(len(term) + 10 for term in places) > _MOST_BYTES:
        return _NOTHING, ""
    if place > _LAST_PLACE or any(len(found) > _MOST_PLACES for found in places.values()):
        return _WORDS, " ".join(places)
    return _PLACES, " ".join(f"{term}:{','.join(found)}" for term, found in places.items())


# --- Asking ------------------------------------------------------------------------------------------------------


def search(
    db: Connection, query: Query | None, *, limit: int = 50, filters: Filters | None = None, offset: int = 0
) -> list[SearchHit]:
    """The newest articles for which `query` and `filters` hold. Raises QueryError if it only says what not to find."""
    filters = filters or Filters()
    if query is not None and query.only_negative and not filters:
        raise QueryError("a search needs something to look for beside NOT, or a filter", query.text, 0)
    hits: list[SearchHit] = []
    for row, document in _candidates(db, query, filters):
        match = query.match(document) if query is not None else None
        if query is not None and match is None:
            continue
        found = snippet(row.title, row.text, match)
        hits.append(SearchHit(row.article_id, found.text, found.marks))
        if len(hits) >= limit + offset:
            break
    return hits[offset:]


def _candidates(db: Connection, query: Query | None, filters: Filters) -> Iterator[tuple[Row[Any], Document]]:
    """Articles that the index proposes, newest first, ready to be judged."""
    fields = query.fields if query is not None else frozenset()
    before: int | None = None
    while True:
        batch = db.execute(_proposal(db, query, filters, before).limit(_BATCH)).all()
        yield from zip(batch, _documents(db, batch, fields), strict=True)
        if len(batch) < _BATCH:
            return
        before = batch[-1].row_id


def _proposal(db: Connection, query: Query | None, filters: Filters, before: int | None) -> sa.Select[Any]:
    need = needed(query.root) if query is not None else None
    on_sqlite = db.dialect.name == "sqlite"
    origin: Any = _rows
    row_id: Any = _rows.c.id
    article_id: Any = _rows.c.article_id
    conditions: list[sa.ColumnElement[bool] | None] = [_filter_condition(filters)]
    conditions.append(_condition(query.root, on_sqlite) if query is not None else None)
    if need is not None and on_sqlite:
        origin, row_id = _index.join(_rows, _rows.c.id == _index.c.rowid), _index.c.rowid
        conditions.append(_fts_match(need))
    elif need is not None:
        # Kept apart from the order: else the planner walks ids backwards and judges every text it meets.
        inner = sa.select(_rows.c.id, _rows.c.article_id).where(_has(need))
        inner = inner.where(_rows.c.id < before) if before is not None else inner
        origin = inner.cte("proposed").prefix_with("MATERIALIZED")
        row_id, article_id = origin.c.id, origin.c.article_id
    if before is not None:
        conditions.append(row_id < before)
    current = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    joined = origin.join(articles, articles.c.id == article_id).join(article_versions, current).outerjoin(sources)
    return (
        sa.select(
            row_id.label("row_id"), articles.c.id.label("article_id"), articles.c.url, sources.c.name.label("source"),
            article_versions.c.id.label("version_id"), article_versions.c.title, article_versions.c.text,
            article_versions.c.language, article_versions.c.published_at,
        )
        .select_from(joined)
        .where(*[condition for condition in conditions if condition is not None])
        .order_by(row_id.desc())
    )  # fmt: skip


def _documents(db: Connection, batch: Sequence[Row[Any]], fields: frozenset[str]) -> Iterator[Document]:
    """The rows as queries see them; only what the query asks for is read."""
    ids = [row.version_id for row in batch]
    topics = _grouped(db, article_topics.c.version_id, article_topics.c.topic, ids) if "topic" in fields else {}
    events = _grouped(db, article_events.c.version_id, article_events.c.event_type, ids) if "event" in fields else {}
    stated: dict[int, list[Row[Any]]] = {}
    if fields & {"country", "agency", "count"} and ids:
        for fact in db.execute(sa.select(facts).where(facts.c.version_id.in_(ids), STANDS)):
            stated.setdefault(fact.version_id, []).append(fact)
    for row in batch:
        yield Document.of(
            title=row.title,
            text=row.text,
            url=row.url if "url" in fields else "",
            source=row.source,
            language=row.language,
            topics=topics.get(row.version_id, ()),
            events=events.get(row.version_id, ()),
            published=row.published_at,
            facts=stated.get(row.version_id, ()),
        )


def _grouped(db: Connection, key: sa.Column[Any], value: sa.Column[Any], ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for version_id, name in db.execute(sa.select(key, value).where(key.in_(ids))) if ids else ():
        found.setdefault(version_id, []).append(name)
    return found


# --- What a query needs, in the words of each engine ---------------------------------------------------------------


def _condition(node: Node, on_sqlite: bool) -> sa.ColumnElement[bool] | None:
    """What the tables can say of a tree: true wherever it holds, and as seldom else as is cheap. None is always."""
    if text_only(node):
        return None
    if isinstance(node, And):
        parts = [part for each in node.parts if (part := _condition(each, on_sqlite)) is not None]
        return sa.and_(*parts) if parts else None
    if isinstance(node, Or):
        every = [_wordy(part, on_sqlite) if text_only(part) else _condition(part, on_sqlite) for part in node.parts]
        known = [part for part in every if part is not None]
        return sa.or_(*known) if len(known) == len(every) else None
    if isinstance(node, Value):
        return _value_condition(node)
    if isinstance(node, PublishedRange):
        return _between(node.low, node.high)
    if isinstance(node, CountRange):
        mine = facts.c.version_id == article_versions.c.id, STANDS
        done = facts.c.kind == "count", facts.c.status == "done", *mine
        return sa.exists().where(*done)
    return None


def _wordy(node: Node, on_sqlite: bool) -> sa.ColumnElement[bool] | None:
    """A tree of words only, beside an OR with something else."""
    need = needed(node)
    if need is None:
        return None
    if not on_sqlite:
        also = _rows.alias()
        return articles.c.id.in_(sa.select(also.c.article_id).where(_has(need, also)))
    return _rows.c.id.in_(sa.select(_index.c.rowid).where(_fts_match(need)))


def _value_condition(node: Value) -> sa.ColumnElement[bool] | None:
    if node.prefix:
        return None
    if node.field == "agency":
        return sa.exists().where(facts.c.version_id == article_versions.c.id, facts.c.kind == "agency", STANDS)
    if node.field == "source":
        return sa.func.lower(sources.c.name).in_(node.values)
    if node.field == "lang":
        return _language_condition(node.values)
    if node.field == "country":
        return _country_condition(node.values)
    table, column = _NAMED[node.field]
    slug = sa.func.replace(sa.func.lower(column), "-", "_")
    return sa.exists().where(table.c.version_id == article_versions.c.id, slug.in_(node.values))


_NAMED = {"topic": (article_topics, article_topics.c.topic), "event": (article_events, article_events.c.event_type)}


def _language_condition(tags: Iterable[str]) -> sa.ColumnElement[bool]:
    own = sa.func.replace(sa.func.lower(article_versions.c.language), "_", "-")
    return sa.or_(
        *[part for tag in tags for part in (own == tag.lower(), own.startswith(f"{tag.lower()}-", autoescape=True))]
    )


def _country_condition(codes: Iterable[str]) -> sa.ColumnElement[bool]:
    wanted = [code.upper() for code in codes]
    named = (facts.c.country, facts.c.from_country, facts.c.via_country, facts.c.to_country)
    mine = facts.c.version_id == article_versions.c.id, facts.c.kind.in_(["place", "route"]), STANDS
    return sa.exists().where(*mine, sa.or_(*[column.in_(wanted) for column in named]))


def _between(low: datetime | None, high: datetime | None) -> sa.ColumnElement[bool] | None:
    published = article_versions.c.published_at
    bounds = [published >= low] if low is not None else []
    bounds += [published < high] if high is not None else []
    return sa.and_(*bounds) if bounds else None


def _filter_condition(filters: Filters) -> sa.ColumnElement[bool] | None:
    conditions = [_between(filters.since, filters.until)]
    for field, wanted in (("topic", filters.topics), ("event", filters.events), ("source", filters.sources)):
        if wanted:
            values = tuple(value.lower() if field == "source" else value.lower().replace("-", "_") for value in wanted)
            conditions.append(_value_condition(Value(field, values, False, "", 0)))
    conditions += [_language_condition(filters.languages)] if filters.languages else []
    conditions += [_country_condition(filters.countries)] if filters.countries else []
    known = [condition for condition in conditions if condition is not None]
    return sa.and_(*known) if known else None


def _fts_match(need: Needed) -> sa.ColumnElement[bool]:
    words: sa.BindParameter[str] = sa.bindparam("needed", _as_fts(need), unique=True)
    return sa.literal_column("search_index").bool_op("MATCH")(words)


def _as_fts(need: Needed) -> str:
    """In the words of FTS5."""
    if isinstance(need, Run):
        columns = need.field or "{title text}"
        return f'{columns} : "{" ".join(need.terms)}"{" *" if need.prefix else ""}'
    return f" {'AND' if isinstance(need, Every) else 'OR'} ".join(f"({_as_fts(part)})" for part in need.parts)


def _has(need: Needed, rows: sa.FromClause = _rows) -> sa.ColumnElement[bool]:
    """In the words of Postgres. Texts too long for places are asked for words only, the longest are always proposed."""
    strict, loose = _as_tsquery(need, True), _as_tsquery(need, False)
    vector = rows.c.terms
    match = vector.op("@@", is_comparison=True)
    short = sa.and_(rows.c.kept == _WORDS, match(sa.cast(loose, _TsQuery)))
    return sa.or_(match(sa.cast(strict, _TsQuery)), short, rows.c.kept == _NOTHING)


def _as_tsquery(need: Needed, strict: bool) -> str:
    if isinstance(need, Run):
        star = "*" if need.prefix else ""
        weight = _WEIGHTS[need.field] if need.field in _WEIGHTS and strict else ""
        ends = [f":{star if term is need.terms[-1] else ''}{weight}" for term in need.terms]
        words = [f"{term}{end}" if end != ":" else term for term, end in zip(need.terms, ends, strict=True)]
        return f"({(' <-> ' if strict else ' & ').join(words)})"
    return f"({(' & ' if isinstance(need, Every) else ' | ').join(_as_tsquery(part, strict) for part in need.parts)})"


class _TsQuery(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"
