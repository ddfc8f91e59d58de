"""What the index and the tables propose for a query, newest first: with too much, never with too little.

Every proposal is then judged by `Query.match` (store/judging.py), so that both engines and the watches agree by
construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.query import Query
from core.query.index import Every, Needed, Run, Some, needed
from core.query.nodes import And, Node, Not, Or, Part, Phrase, PublishedRange, Value
from core.text import is_hangul, is_unspaced
from store.articles import articles
from store.conditions import Condition, Way, condition, filter_condition
from store.conditions import Filters as Filters
from store.definitions import sources
from store.index import PLACES, first_row_id, search_values
from store.words import Words, in_fts, in_vectors

#: Row ids from the first one on, and below the second.
Span = tuple[int | None, int | None]

_WALK = 4_000  # articles
_FIRST_STRIDE = 8_000
_LONGER = 8
_SURELY_WHOLE = 40  # letters of a word that no term cuts
_DEAR = 64  # words of which one must be there: each is looked up


@dataclass(frozen=True)
class Asked:
    """A question as the index and the tables hear it.

    Of `need` and `ban` the index tells; with `exact` Postgres looks at where a word stands too, and proposes what
    holds alone, where `is_exact` says so. `each`: one article after the other, since only a few are wanted.
    """

    query: Query | None
    filters: Filters
    need: Needed | None
    ban: Needed | None
    exact: bool = False
    each: bool = False

    @classmethod
    def of(cls, query: Query | None, filters: Filters, *, exact: bool = False) -> Asked:
        if query is None:
            return cls(None, filters, None, None)
        ban = _some([needed(part) for part in banned(query.root)]) if query.needed is not None else None
        return cls(query, filters, query.needed, ban, exact)

    def light(self, db: Connection) -> Asked:
        """Without what costs an index much to tell, where many articles may have it; to be asked of the newest."""
        # Postgres gathers all that match before it gives the first.
        need = _light(self.need) if db.dialect.name == "sqlite" and self.need is not None else None
        cheap = need == self.need and self.ban is not None and _light(self.ban) == self.ban
        return replace(self, need=need, ban=self.ban if cheap else None, each=True)


def _light(need: Needed) -> Needed | None:
    """FTS5 gathers all texts that have a word of some beginning before it gives the first."""
    if isinstance(need, Run):
        return None if need.prefix else need
    parts = [_light(part) for part in need.parts]
    if isinstance(need, Some):
        return None if None in parts or len(parts) > _DEAR else need
    known = tuple(part for part in parts if part is not None)
    return (known[0] if len(known) == 1 else Every(known)) if known else None


def strides(db: Connection, asked: Asked, before: int | None) -> Iterator[Span]:
    """Spans of row ids from `before` back, each longer than the one before it.

    FTS5 walks its rows backwards by itself. Postgres gathers and sorts all that match before it gives the first, so
    it is asked for the newest part alone, and for more where that is not enough.
    """
    before = _newest_place(asked, before)
    length = _FIRST_STRIDE
    while db.dialect.name != "sqlite" and (low := _place_after(db, length, before)) is not None:
        yield low, before
        before, length = low, length * _LONGER
    yield None, before


def newest(db: Connection, asked: Asked, before: int | None) -> Span:
    """The newest articles below `before`, as many as may be walked one after the other."""
    before = _newest_place(asked, before)
    return _place_after(db, _WALK, before), before


def _place_after(db: Connection, length: int, before: int | None) -> int | None:
    rows = sa.select(search_values.c.row_id).order_by(search_values.c.row_id.desc()).offset(length).limit(1)
    found: int | None = db.scalar(rows if before is None else rows.where(search_values.c.row_id < before))
    return found


def _newest_place(asked: Asked, before: int | None) -> int | None:
    places = [place for place in (before, _published_within(asked)[1]) if place is not None]
    return min(places, default=None)


def proposal(db: Connection, asked: Asked, span: Span = (None, None), *, with_source: bool = False) -> sa.Select[Any]:
    """Articles that may hold, with row ids in `span`, newest first."""
    on_sqlite = db.dialect.name == "sqlite"
    index = in_fts if on_sqlite else in_vectors
    way = Way(lambda need: _rows_of(index(need)), each=asked.each and not on_sqlite)
    known = [filter_condition(asked.filters, way)]
    known.append(condition(asked.query.root, way) if asked.query is not None else None)
    origin: Any = search_values
    row_id: Any = search_values.c.row_id
    kept: Any = sa.literal(PLACES)
    bounds = [span, _published_within(asked)]
    if asked.need is not None:
        words = index(asked.need, asked.ban, asked.exact)
        origin = words.origin.join(search_values, row_id == words.row_id)
        known += [words.having, *([] if on_sqlite else _within(row_id, bounds))]
        row_id, kept = words.row_id, words.kept
    told = [row_id.label("row_id"), *list(search_values.c)[1:], kept.label("kept")]
    conditions = [each for each in known if each is not None]
    found: Any = sa.select(*told).select_from(origin).where(*conditions, *_within(row_id, bounds))
    if asked.need is not None and not on_sqlite:
        # Kept apart from the order: else the planner walks ids backwards and judges every text it meets.
        proposed = found.cte("proposed").prefix_with("MATERIALIZED")
        row_id, found = proposed.c.row_id, sa.select(proposed)
    if with_source:
        found = found.join(articles, articles.c.id == found.selected_columns.article_id)
        found = found.outerjoin(sources, sources.c.id == articles.c.source_id)
        found = found.add_columns(sources.c.name.label("source"))
    return found.order_by(row_id.desc())  # type: ignore[no-any-return]


def _rows_of(words: Words) -> Condition:
    return search_values.c.row_id.in_(sa.select(words.row_id).select_from(words.origin).where(words.having))


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
    parts = [part.part for part in node.parts if isinstance(part, Not)] if isinstance(node, And) else []
    return tuple(part for part in parts if isinstance(part, Phrase) and not part.field and is_exact(part))


def _some(parts: Sequence[Needed | None]) -> Needed | None:
    known = tuple(part for part in parts if part is not None)
    return (known[0] if len(known) == 1 else Some(known)) if known else None


def _is_exact_word(part: Part) -> bool:
    paired = is_unspaced(part.text) or any(map(is_hangul, part.text))
    return part.how != "within" and not (paired or part.capitals) and len(part.text) <= _SURELY_WHOLE


def _published_within(asked: Asked) -> Span:
    """The row ids that the dates asked for leave, so that an old month is not looked for from the newest back."""
    root = asked.query.root if asked.query is not None else None
    ranges = [part for part in (root.parts if isinstance(root, And) else (root,)) if isinstance(part, PublishedRange)]
    spans = [(asked.filters.since, asked.filters.until), *((each.low, each.high) for each in ranges)]
    lows: list[datetime] = [low for low, _ in spans if low is not None]
    highs: list[datetime] = [high for _, high in spans if high is not None]
    low = first_row_id(max(lows)) if lows else None
    return low, first_row_id(min(highs) + timedelta(minutes=2)) if highs else None


def _within(row_id: Any, bounds: Sequence[Span]) -> list[Condition]:
    lows = [row_id >= low for low, _ in bounds if low is not None]
    return lows + [row_id < before for _, before in bounds if before is not None]
