"""What a query needs, asked of the index of words: in the words of FTS5, or of Postgres' tsvectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.query.index import Every, Needed, Run
from store.index import NOTHING, PLACES, WEIGHTS, WORDS, search_rows, search_titles

_SHORT_RUN = 2
_fts = sa.table("search_index", sa.column("rowid"))


class Words(NamedTuple):
    """Rows of an index: where they are, which each is, what is kept of its places, and which have what is needed."""

    origin: sa.FromClause
    row_id: sa.ColumnElement[Any]
    kept: sa.ColumnElement[Any]
    having: sa.ColumnElement[bool]


def in_fts(need: Needed, ban: Needed | None = None, exact: bool = False) -> Words:
    """FTS5 looks at where words stand, so what it gives is always as `exact` as it can be."""
    asked = f"({_as_fts(need)}) NOT ({_as_fts(ban)})" if ban is not None else _as_fts(need)
    match = sa.literal_column("search_index").bool_op("MATCH")(sa.bindparam("needed", asked, unique=True))
    return Words(_fts, _fts.c.rowid, sa.literal(PLACES), match)


def in_vectors(need: Needed, ban: Needed | None = None, exact: bool = False) -> Words:
    """With `exact` it is looked where a word stands too: the index of Postgres does not know, and asks each row.

    Texts too long for places are asked for words only, the longest are always proposed.
    """
    if ban is None and _of_titles(need):
        return _in_titles(need)
    strict, loose = _as_tsquery(need, True, "AD" if exact else ""), _as_tsquery(need, False)
    if ban is not None:
        strict = f"{strict} & !{_as_tsquery(ban, True, 'AD')}"
    whole = _match(search_rows.c.terms, strict)
    whole = whole if ban is None else sa.and_(search_rows.c.kept == PLACES, whole)
    short = sa.and_(search_rows.c.kept == WORDS, _match(search_rows.c.terms, loose))
    having = sa.or_(whole, short, search_rows.c.kept == NOTHING)
    return Words(search_rows, search_rows.c.id, search_rows.c.kept, having)


def _of_titles(need: Needed) -> bool:
    """Whether it is for words of titles alone, of which there is an index by itself."""
    return need.field == "title" if isinstance(need, Run) else all(_of_titles(part) for part in need.parts)


def _in_titles(need: Needed) -> Words:
    terms = search_titles.c.terms
    kept = sa.case((terms.is_(None), NOTHING), else_=PLACES)
    having = sa.or_(_match(terms, _as_tsquery(need, True, weights={})), terms.is_(None))
    return Words(search_titles, search_titles.c.row_id, kept, having)


def _match(terms: sa.ColumnElement[Any], query: str) -> sa.ColumnElement[bool]:
    return terms.op("@@", is_comparison=True)(sa.cast(query, _TsQuery))


def _as_fts(need: Needed) -> str:
    """In the words of FTS5."""
    if isinstance(need, Run):
        columns = need.field or "{title text}"
        return f'{columns} : "{" ".join(need.terms)}"{" *" if need.prefix else ""}'
    return f" {'AND' if isinstance(need, Every) else 'OR'} ".join(f"({_as_fts(part)})" for part in need.parts)


def _as_tsquery(need: Needed, strict: bool, anywhere: str = "", weights: Mapping[str, str] = WEIGHTS) -> str:
    """`anywhere` are the weights of words that no field is named for."""
    if isinstance(need, Run):
        star = "*" if need.prefix else ""
        weight = weights.get(need.field, anywhere) if strict else ""
        ends = [f":{star if term is need.terms[-1] else ''}{weight}" for term in need.terms]
        words = [f"{term}{end}" if end != ":" else term for term, end in zip(need.terms, ends, strict=True)]
        if len(words) <= _SHORT_RUN:
            return f"({(' <-> ' if strict else ' & ').join(words)})"
        # A text that has some of a long run has nearly always all of it, and in a row; to look for that is dear.
        return f"({words[0]} & {words[len(words) // 2]} & {words[-1]})"
    sign = " & " if isinstance(need, Every) else " | "
    return f"({sign.join(_as_tsquery(part, strict, anywhere, weights) for part in need.parts)})"


class _TsQuery(sa.types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"
