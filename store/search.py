"""Full-text search: questions to the index of words beside the articles.

The index only proposes, newest first (store/proposals.py); every proposal is judged by `Query.match`
(store/judging.py). So both engines and the watches agree by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.errors import QueryError
from core.query import Query
from core.query.nodes import leaves
from core.query.rank import best_first
from store.index import PLACES
from store.index import clear as clear
from store.index import index_article as index_article
from store.index import index_new as index_new
from store.index import remove as remove
from store.judging import Judge, Judged
from store.judging import SearchHit as SearchHit
from store.proposals import Asked, is_exact, newest, proposal, strides
from store.proposals import Filters as Filters

#: Among how many of the newest hits the best are sought.
RANKED_AMONG = 200

_LEAST, _BATCH, _MOST_AT_ONCE = 25, 100, 1_000  # articles that are asked for at a time
#: So many of the newest articles are looked into before an index is asked for what costs it much, and so many more for
#: each that holds.
_LOOKED_INTO = 60
_MORE_FOR_EACH_HIT = 4


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


def found_ids(db: Connection, query: Query | None, filters: Filters) -> Iterator[int]:
    """The articles that hold, newest first, without looking into the texts that the index is sure of."""
    _refuse_negative(query, filters)
    if query is not None and not is_exact(query.root):
        yield from (found.row.article_id for found in judged(db, query, filters))
        return
    asked = proposal(db, Asked.of(query, filters, exact=True))
    for rows in db.execute(asked, execution_options={"yield_per": _MOST_AT_ONCE}).partitions():
        yield from (row.article_id for row in without_doubted(db, query, rows))


def judged(
    db: Connection, query: Query | None, filters: Filters, before: int | None = None, wanted: int = _BATCH
) -> Iterator[Judged]:
    """What holds, newest first. Raises QueryError if `query` says only what not to find."""
    _refuse_negative(query, filters)
    asked, judge = Asked.of(query, filters), Judge(db, query)
    looked, size = 0, max(1, min(wanted, _BATCH))
    light = asked.light(db)
    sure = light.need == asked.need and light.ban == asked.ban  # that the index is asked all it can tell
    if not sure or db.dialect.name != "sqlite":
        patience = _LOOKED_INTO
        low, high = newest(db, asked, before)
        while sure or looked < patience:
            size = size if sure else min(size, max(patience - looked, _LEAST))
            batch = db.execute(proposal(db, light, (low, high)).limit(size)).all()
            for found in judge.holding(batch):
                patience += _MORE_FOR_EACH_HIT
                yield found
            if len(batch) < size:
                if low is None:
                    return
                high = low
                break
            high, looked, size = batch[-1].row_id, looked + len(batch), _BATCH
        before = high
    for low, high in strides(db, asked, before):
        while True:
            batch = db.execute(proposal(db, asked, (low, high)).limit(size)).all()
            yield from judge.holding(batch)
            if len(batch) < size:
                break
            # Who goes on that long wants all, and each time the index is asked anew.
            high, looked = batch[-1].row_id, looked + len(batch)
            size = max(_BATCH, min(looked // 2, _MOST_AT_ONCE))


def without_doubted(db: Connection, query: Query | None, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Exact proposals, but for those that do not hold after all: the index is not sure where it keeps no places."""
    doubted, judge = [row for row in rows if row.kept != PLACES], Judge(db, query)
    parts = [doubted[start : start + _BATCH] for start in range(0, len(doubted), _BATCH)]
    sure = {found.row.row_id for part in parts for found in judge.holding(part)}
    return [row for row in rows if row.kept == PLACES or row.row_id in sure]


def _refuse_negative(query: Query | None, filters: Filters) -> None:
    if query is not None and query.only_negative and not filters:
        refused = [leaf.position for leaf, negated in leaves(query.root) if negated]
        reason = "a search needs something to look for beside NOT, or a filter"
        raise QueryError(reason, query.text, min(refused, default=0))
