"""What the index and the tables propose for a query, newest first: with too much, never with too little.

Every proposal is then judged by `Query.match` (store/search.py), so both engines and the watches agree by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection

from core.query import Query
from core.query.index import Every, Needed, Run, Some, needed, text_only
from core.query.nodes import And, CountRange, Node, Not, Or, Part, Phrase, PublishedRange, Value
from core.text import is_hangul, is_unspaced
from store.articles import article_events, article_topics, article_versions, articles
from store.definitions import sources
from store.facts import STANDS, facts

search_rows = sa.table(
    "search_rows",
    sa.column("id"),
    sa.column("article_id"),
    sa.column("folding"),
    sa.column("kept"),
    sa.column("terms", TSVECTOR),
)
_index = sa.table("search_index", sa.column("rowid"))

#: Weights of the fields in a tsvector.
WEIGHTS = {"title": "A", "text": "D", "url": "B"}
#: What Postgres keeps of a text: its tsvector ends at 1 MB, position 16,383 and 256 places of one word.
NOTHING, WORDS, PLACES = 0, 1, 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_STRIDE = 2_000
_LONGER = 8
_SURELY_WHOLE = 40  # letters of a word that no term cuts


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


def strides(db: Connection, before: int | None) -> Iterator[tuple[int | None, int | None]]:
    """Spans of row ids from `before` back, each longer than the one before it.

    FTS5 walks its rows backwards by itself. Postgres gathers and sorts all that match before it gives the first, so
    it is asked for the newest part alone, and for more where that is not enough.
    """
    length = _FIRST_STRIDE
    while db.dialect.name != "sqlite":
        rows = sa.select(search_rows.c.id).order_by(search_rows.c.id.desc()).offset(length).limit(1)
        low = db.scalar(rows if before is None else rows.where(search_rows.c.id < before))
        if low is None:
            break
        yield low, before
        before, length = low, length * _LONGER
    yield None, before


def proposal(
    db: Connection,
    query: Query | None,
    filters: Filters,
    low: int | None = None,
    before: int | None = None,
    *,
    exact: bool = False,
) -> sa.Select[Any]:
    """Current versions that may hold, with row ids from `low` and below `before`, newest first.

    With `exact` Postgres looks at where a word stands too, and proposes what holds alone, where `is_exact` says so.
    """
    need = needed(query.root) if query is not None else None
    ban = _some([needed(part) for part in banned(query.root)]) if query is not None else None
    on_sqlite = db.dialect.name == "sqlite"
    origin: Any = search_rows
    row_id: Any = search_rows.c.id
    article_id: Any = search_rows.c.article_id
    conditions: list[sa.ColumnElement[bool] | None] = [_filter_condition(filters)]
    conditions.append(_condition(query.root, on_sqlite) if query is not None else None)
    kept: Any = sa.literal(PLACES) if on_sqlite else search_rows.c.kept
    if need is not None and on_sqlite:
        origin, row_id = _index.join(search_rows, search_rows.c.id == _index.c.rowid), _index.c.rowid
        conditions.append(_fts_match(need, ban))
    elif need is not None:
        # Kept apart from the order: else the planner walks ids backwards and judges every text it meets.
        inner = sa.select(search_rows.c.id, search_rows.c.article_id, search_rows.c.kept)
        inner = inner.where(_has(need, ban=ban, exact=exact), *_within(search_rows.c.id, low, before))
        inner = inner.where(*_within(search_rows.c.id, *_published_within(query, filters)))
        origin = inner.cte("proposed").prefix_with("MATERIALIZED")
        row_id, article_id, kept = origin.c.id, origin.c.article_id, origin.c.kept
    first, last = _published_within(query, filters)
    span = [*_within(row_id, low, before), *_within(row_id, first, last)]
    current = sa.and_(article_versions.c.article_id == articles.c.id, article_versions.c.is_current)
    joined = origin.join(articles, articles.c.id == article_id).join(article_versions, current).outerjoin(sources)
    return (
        sa.select(
            row_id.label("row_id"), articles.c.id.label("article_id"), articles.c.url, sources.c.name.label("source"),
            article_versions.c.id.label("version_id"), article_versions.c.title, article_versions.c.text,
            article_versions.c.language, article_versions.c.published_at, kept.label("kept"),
        )
        .select_from(joined)
        .where(*[condition for condition in conditions if condition is not None], *span)
        .order_by(row_id.desc())
    )  # fmt: skip


def is_exact(node: Node) -> bool:
    """Whether every proposal for `node` holds: single words of spaced scripts, and what the tables know."""
    if isinstance(node, Phrase):
        return all(len(spelling) == 1 and _is_exact_word(spelling[0]) for spelling in node.spellings)
    if isinstance(node, And | Or):
        return all(is_exact(part) for part in node.parts)
    if isinstance(node, Value):
        return not node.prefix and node.field != "agency"
    return isinstance(node, PublishedRange)


def banned(node: Node) -> tuple[Node, ...]:
    """What must not stand in title or text, as far as the index can tell: single words of spaced scripts."""
    if not isinstance(node, And) or needed(node) is None:
        return ()
    parts = [part.part for part in node.parts if isinstance(part, Not)]
    return tuple(part for part in parts if isinstance(part, Phrase) and not part.field and is_exact(part))


def _some(parts: Sequence[Needed | None]) -> Needed | None:
    known = tuple(part for part in parts if part is not None)
    return (known[0] if len(known) == 1 else Some(known)) if known else None


def _is_exact_word(part: Part) -> bool:
    paired = is_unspaced(part.text) or any(map(is_hangul, part.text))
    return part.how != "within" and not (paired or part.capitals) and len(part.text) <= _SURELY_WHOLE


def first_row_id(published: datetime) -> int:
    """What the ids of articles published in that minute begin with; a few may run on into the next minute's."""
    return max(0, int((published - _EPOCH).total_seconds() // 60)) << 16


def _published_within(query: Query | None, filters: Filters) -> tuple[int | None, int | None]:
    """The row ids that the dates asked for leave, so that an old month is not looked for from the newest back."""
    root = query.root if query is not None else None
    ranges = [part for part in (root.parts if isinstance(root, And) else (root,)) if isinstance(part, PublishedRange)]
    lows = [moment for moment in (filters.since, *(each.low for each in ranges)) if moment is not None]
    highs = [moment for moment in (filters.until, *(each.high for each in ranges)) if moment is not None]
    low = first_row_id(max(lows)) if lows else None
    return low, first_row_id(min(highs) + timedelta(minutes=2)) if highs else None


def _within(row_id: Any, low: int | None, before: int | None) -> list[sa.ColumnElement[bool]]:
    bounds = [row_id >= low] if low is not None else []
    return bounds + ([row_id < before] if before is not None else [])


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
        also = search_rows.alias()
        return articles.c.id.in_(sa.select(also.c.article_id).where(_has(need, also)))
    return search_rows.c.id.in_(sa.select(_index.c.rowid).where(_fts_match(need)))


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


def _fts_match(need: Needed, ban: Needed | None = None) -> sa.ColumnElement[bool]:
    asked = f"({_as_fts(need)}) NOT ({_as_fts(ban)})" if ban is not None else _as_fts(need)
    return sa.literal_column("search_index").bool_op("MATCH")(sa.bindparam("needed", asked, unique=True))


def _as_fts(need: Needed) -> str:
    """In the words of FTS5."""
    if isinstance(need, Run):
        columns = need.field or "{title text}"
        return f'{columns} : "{" ".join(need.terms)}"{" *" if need.prefix else ""}'
    return f" {'AND' if isinstance(need, Every) else 'OR'} ".join(f"({_as_fts(part)})" for part in need.parts)


def _has(
    need: Needed, rows: sa.FromClause = search_rows, *, ban: Needed | None = None, exact: bool = False
) -> sa.ColumnElement[bool]:
    """In the words of Postgres. Texts too long for places are asked for words only, the longest are always proposed."""
    # Its index knows words, not where they stand: weights cost a look at each row.
    strict, loose = _as_tsquery(need, True, "AD" if exact else ""), _as_tsquery(need, False)
    if ban is not None:
        strict = f"{strict} & !{_as_tsquery(ban, True, 'AD')}"
    match = rows.c.terms.op("@@", is_comparison=True)
    whole = sa.and_(rows.c.kept == PLACES, match(sa.cast(strict, _TsQuery)))
    short = sa.and_(rows.c.kept == WORDS, match(sa.cast(loose, _TsQuery)))
    return sa.or_(whole if ban is not None else match(sa.cast(strict, _TsQuery)), short, rows.c.kept == NOTHING)


def _as_tsquery(need: Needed, strict: bool, anywhere: str = "") -> str:
    """`anywhere` are the weights of words that no field is named for."""
    if isinstance(need, Run):
        star = "*" if need.prefix else ""
        weight = WEIGHTS.get(need.field, anywhere) if strict else ""
        ends = [f":{star if term is need.terms[-1] else ''}{weight}" for term in need.terms]
        words = [f"{term}{end}" if end != ":" else term for term, end in zip(need.terms, ends, strict=True)]
        return f"({(' <-> ' if strict else ' & ').join(words)})"
    sign = " & " if isinstance(need, Every) else " | "
    return f"({sign.join(_as_tsquery(part, strict, anywhere) for part in need.parts)})"


class _TsQuery(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"
