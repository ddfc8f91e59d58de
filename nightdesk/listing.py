"""Reads a view with filters: one function for every listing and export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.duration import parse_duration
from core.errors import UsageError
from nightdesk.dated import are_few, newest_numbers
from nightdesk.listed import ALERTS as ALERTS
from nightdesk.listed import ARTICLES as ARTICLES
from nightdesk.listed import DELIVERIES as DELIVERIES
from nightdesk.listed import DEVELOPMENTS as DEVELOPMENTS
from nightdesk.listed import FACTS as FACTS
from nightdesk.listed import INTERACTIONS as INTERACTIONS
from nightdesk.listed import SOURCES as SOURCES
from nightdesk.listed import WATCHES as WATCHES
from nightdesk.listed import Filters as Filters
from nightdesk.listed import View as View
from nightdesk.listed import with_restricted as with_restricted
from nightdesk.narrowing import conditions, told_by
from store.articles import articles
from store.definitions import sources

_BATCH = 500


def columns(db: Connection, view: View) -> list[str]:
    """The view's columns, in order."""
    known = _COLUMNS.get((db.dialect.name, view.name))
    if known is None:
        known = tuple(db.execute(sa.text(f"SELECT * FROM {view.name} LIMIT 0")).keys())
        _COLUMNS[db.dialect.name, view.name] = known
    return list(known)


#: Asked once: this program's views have the same columns in every database that it opens.
_COLUMNS: dict[tuple[str, str], tuple[str, ...]] = {}


def rows(
    db: Connection, view: View, filters: Filters | None = None, only: sa.Select[Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    """The rows that pass, newest first, read in batches so that an archive fits; of `only`, where that names ids."""
    filters = filters or Filters()
    part = _newest(db, view, filters, only)
    found = list(_read(db, part)) if part is not None else []
    if part is not None and len(found) == filters.limit:
        yield from found
        return
    yield from _read(db, _query(db, view, filters, only))


def _read(db: Connection, query: sa.Select[Any]) -> Iterator[Mapping[str, Any]]:
    # Of this statement alone: what else is asked on the connection is not to be streamed.
    for row in db.execute(query, execution_options={"yield_per": _BATCH}).mappings():
        yield dict(row)


def _newest(db: Connection, view: View, filters: Filters, only: sa.Select[Any] | None) -> sa.Select[Any] | None:
    """What passes of the newest, which are looked through before all are: often they fill a page."""
    if filters.limit is None or not filters.newest_first:
        return None
    if view.dated is not None and _is_walked(view, filters):
        few = filters.source and are_few(db, _of_source(filters.source))  # they are gathered sooner
        cut = view.dated.newest(db, filters.until) if not few else None
        return _query(db, view, filters, only, cut) if cut is not None else None
    if not view.numbered or view.order != "id" or only is not None:
        return None
    numbers = newest_numbers(db, view.numbered, filters.beyond if isinstance(filters.beyond, int) else None)
    query = _query(db, view, filters, only)
    # Between two numbers: SQLite would read the tables behind before it gives the first row of a view of all.
    return query.where(query.selected_columns.id.between(*numbers)) if numbers is not None else None


def _of_source(source: str) -> sa.Select[Any]:
    joined = articles.join(sources, sources.c.id == articles.c.source_id)
    return sa.select(articles.c.id).select_from(joined).where(sources.c.name == source)


def _is_walked(view: View, filters: Filters) -> bool:
    moment = view.dated.moment if view.dated is not None else None
    return view.walked and filters.newest_first and filters.beyond is None and view.order == moment


def _query(
    db: Connection, view: View, filters: Filters, only: sa.Select[Any] | None, cut: datetime | None = None
) -> sa.Select[Any]:
    """All that pass; with `cut`, of those from then on."""
    table: Any = sa.table(view.name, *(sa.column(name) for name in columns(db, view)))
    behind = view.dated.behind() if view.dated is not None else None
    if view.dated is not None and behind is not None and cut is not None and db.dialect.name != "sqlite":
        # Else Postgres looks for the topic first, in all that there are.
        mine = table.c[view.dated.called] == behind.c[view.dated.key]
        table = sa.select(table).where(mine).offset(0).lateral(view.name)
    query = sa.select(table).where(*conditions(table, view, filters, walking=cut is not None))
    if only is not None:
        query = query.where(table.c.id.in_(only))
    if filters.articles is not None:
        query = query.where(told_by(db, table, view, filters.articles))
    by_time = filters.newest_first and view.order != "name"
    if filters.beyond is not None:
        key = table.c[view.order]
        query = query.where(key < filters.beyond if by_time else key > filters.beyond)
    order = [table.c[view.order].desc() if by_time else table.c[view.order], *(table.c[name] for name in view.ties)]
    if view.dated is not None and behind is not None and _is_walked(view, filters):
        within = view.dated.within(behind, filters.since, filters.until, cut)
        joined = behind.join(table, behind.c[view.dated.key] == table.c[view.dated.called])
        query = query.select_from(joined).where(*within)
        order = [behind.c[view.dated.moment].desc()]
    elif view.dated is not None and (filters.since or filters.until):
        keys = view.dated.keys(filters.since, filters.until)
        query = query.where(table.c[view.dated.called].in_(keys)) if are_few(db, keys) else query
    if view.order != "id" and "id" in table.c:
        order.append(table.c.id.desc() if by_time else table.c.id)
    return query.order_by(*order).limit(filters.limit)


def read_moment(text: str, option: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`90d` ago, or a day or time in the users' zone. Raises UsageError."""
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r} is no time; write 90d, 2026-10-01 or 2026-10-01T08:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_until(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of a span: a day means its end."""
    moment = read_moment(text, "--until", now, zone)
    return moment + timedelta(days=1) if len(text) == len("2026-10-01") and text.count("-") == 2 else moment


def newest(filters: Filters, count: int) -> Filters:
    """The same filters with a limit where none was asked for."""
    return filters if filters.limit is not None else replace(filters, limit=count)
