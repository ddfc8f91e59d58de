"""What the index and the tables propose for a query, newest first: with too much, never with too little.

Every proposal is then judged by `Query.match` (store/judging.py), so that both engines and the watches agree by
construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.query import Query
from core.query.index import Every, Needed, Run, Some, needed
from core.query.nodes import And, Node, Not, Or, Part, Phrase, PublishedRange, Value
from core.text import is_hangul, is_unspaced
from store.articles import articles
from store.conditions import Condition, condition, filter_condition
from store.conditions import Filters as Filters
from store.definitions import sources
from store.index import NOTHING, PLACES, WEIGHTS, WORDS, first_row_id, search_rows, search_values

_index = sa.table("search_index", sa.column("rowid"))

_FIRST_STRIDE = 2_000
_LONGER = 8
_SURELY_WHOLE = 40  # letters of a word that no term cuts
_DEAR = 16  # words of which one must be there: each is looked up


@dataclass(frozen=True)
class Asked:
    """A question as the index and the tables hear it.

    Of `need` and `ban` the index tells; with `exact` Postgres looks at where a word stands too, and proposes what
    holds alone, where `is_exact` says so.
    """

    query: Query | None
    filters: Filters
    need: Needed | None
    ban: Needed | None
    exact: bool = False

    @classmethod
    def of(cls, query: Query | None, filters: Filters, *, exact: bool = False) -> Asked:
        if query is None:
            return cls(None, filters, None, None)
        ban = _some([needed(part) for part in banned(query.root)])
        return cls(query, filters, needed(query.root), ban, exact)

    def light(self, db: Connection) -> Asked:
        """Without what costs an index much to tell, where many articles may have it."""
        # Postgres gathers all that match before it gives the first.
        need = _light(self.need) if db.dialect.name == "sqlite" and self.need is not None else None
        cheap = need == self.need and self.ban is not None and _light(self.ban) == self.ban
        return replace(self, need=need, ban=self.ban if cheap else None)


def _light(need: Needed) -> Needed | None:
    """FTS5 gathers all texts that have a word of some beginning before it gives the first."""
    if isinstance(need, Run):
        return None if need.prefix else need
    parts = [_light(part) for part in need.parts]
    if isinstance(need, Some):
        return None if None in parts or len(parts) > _DEAR else need
    known = tuple(part for part in parts if part is not None)
    return (known[0] if len(known) == 1 else Every(known)) if known else None


def strides(db: Connection, before: int | None) -> Iterator[tuple[int | None, int | None]]:
    """Spans of row ids from `before` back, each longer than the one before it.

    FTS5 walks its rows backwards by itself. Postgres gathers and sorts all that match before it gives the first, so
    it is asked for the newest part alone, and for more where that is not enough.
    """
    length = _FIRST_STRIDE
    while db.dialect.name != "sqlite":
        rows = sa.select(search_values.c.row_id).order_by(search_values.c.row_id.desc()).offset(length).limit(1)
        low = db.scalar(rows if before is None else rows.where(search_values.c.row_id < before))
        if low is None:
            break
        yield low, before
        before, length = low, length * _LONGER
    yield None, before


def proposal(
    db: Connection, asked: Asked, low: int | None = None, before: int | None = None, *, with_source: bool = False
) -> sa.Select[Any]:
    """Articles that may hold, with row ids from `low` and below `before`, newest first."""
    on_sqlite = db.dialect.name == "sqlite"
    first, last = _published_within(asked)
    span = partial(_within, bounds=((low, before), (first, last)))
    conditions: list[Condition | None] = [filter_condition(asked.filters)]
    if asked.query is not None:
        conditions.append(condition(asked.query.root, _in_fts if on_sqlite else _in_vectors))
    origin: Any = search_values
    row_id: Any = search_values.c.row_id
    kept: Any = sa.literal(PLACES)
    if asked.need is not None and on_sqlite:
        row_id = _index.c.rowid
        origin = _index.join(search_values, search_values.c.row_id == row_id)
        conditions.append(_fts_match(asked.need, asked.ban))
    elif asked.need is not None:
        # Kept apart from the order: else the planner walks ids backwards and judges every text it meets.
        inner = sa.select(search_rows.c.id, search_rows.c.kept)
        inner = inner.where(_has(asked.need, ban=asked.ban, exact=asked.exact), *span(search_rows.c.id))
        proposed = inner.cte("proposed").prefix_with("MATERIALIZED")
        row_id, kept = proposed.c.id, proposed.c.kept
        origin = proposed.join(search_values, search_values.c.row_id == row_id)
    told = [row_id.label("row_id"), *list(search_values.c)[1:], kept.label("kept")]
    if with_source:
        of_source = sources.c.id == articles.c.source_id
        origin = origin.join(articles, articles.c.id == search_values.c.article_id).outerjoin(sources, of_source)
        told.append(sources.c.name.label("source"))
    known = [each for each in conditions if each is not None]
    return sa.select(*told).select_from(origin).where(*known, *span(row_id)).order_by(row_id.desc())


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


def _published_within(asked: Asked) -> tuple[int | None, int | None]:
    """The row ids that the dates asked for leave, so that an old month is not looked for from the newest back."""
    root = asked.query.root if asked.query is not None else None
    ranges = [part for part in (root.parts if isinstance(root, And) else (root,)) if isinstance(part, PublishedRange)]
    spans = [(asked.filters.since, asked.filters.until), *((each.low, each.high) for each in ranges)]
    lows: list[datetime] = [low for low, _ in spans if low is not None]
    highs: list[datetime] = [high for _, high in spans if high is not None]
    low = first_row_id(max(lows)) if lows else None
    return low, first_row_id(min(highs) + timedelta(minutes=2)) if highs else None


def _within(row_id: Any, bounds: Sequence[tuple[int | None, int | None]]) -> list[Condition]:
    lows = [row_id >= low for low, _ in bounds if low is not None]
    return lows + [row_id < before for _, before in bounds if before is not None]


# --- What a query needs, in the words of each engine ---------------------------------------------------------------


def _in_fts(need: Needed) -> Condition:
    return search_values.c.row_id.in_(sa.select(_index.c.rowid).where(_fts_match(need)))


def _in_vectors(need: Needed) -> Condition:
    return search_values.c.row_id.in_(sa.select(search_rows.c.id).where(_has(need)))


def _fts_match(need: Needed, ban: Needed | None = None) -> Condition:
    asked = f"({_as_fts(need)}) NOT ({_as_fts(ban)})" if ban is not None else _as_fts(need)
    return sa.literal_column("search_index").bool_op("MATCH")(sa.bindparam("needed", asked, unique=True))


def _as_fts(need: Needed) -> str:
    """In the words of FTS5."""
    if isinstance(need, Run):
        columns = need.field or "{title text}"
        return f'{columns} : "{" ".join(need.terms)}"{" *" if need.prefix else ""}'
    return f" {'AND' if isinstance(need, Every) else 'OR'} ".join(f"({_as_fts(part)})" for part in need.parts)


def _has(need: Needed, *, ban: Needed | None = None, exact: bool = False) -> sa.ColumnElement[bool]:
    """In the words of Postgres. Texts too long for places are asked for words only, the longest are always proposed."""
    # Its index knows words, not where they stand: weights cost a look at each row.
    strict, loose = _as_tsquery(need, True, "AD" if exact else ""), _as_tsquery(need, False)
    if ban is not None:
        strict = f"{strict} & !{_as_tsquery(ban, True, 'AD')}"
    match = search_rows.c.terms.op("@@", is_comparison=True)
    whole = sa.and_(search_rows.c.kept == PLACES, match(sa.cast(strict, _TsQuery)))
    short = sa.and_(search_rows.c.kept == WORDS, match(sa.cast(loose, _TsQuery)))
    return sa.or_(whole if ban is not None else match(sa.cast(strict, _TsQuery)), short, search_rows.c.kept == NOTHING)


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
