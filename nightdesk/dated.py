"""Finds the rows of a view by their time with the index of the table behind: in a view times are text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import UtcDateTime

#: So many rows are gathered and then ordered, or looked through one after the other, in a few thousandths of a second.
_FEW = 2_000
_PART = timedelta(seconds=1)  # a view shows no parts of a second


@dataclass(frozen=True)
class Dated:
    """A table behind a view."""

    table: str
    moment: str  # its column with the time of a row
    key: str = "id"  # what it calls the row
    called: str = "id"  # what the view calls it
    only: str = ""  # its column that says whether the view shows a row

    def behind(self) -> sa.TableClause:
        columns = [sa.column(self.key), sa.column(self.moment, UtcDateTime)]
        return sa.table(self.table, *columns, *([sa.column(self.only, sa.Boolean)] if self.only else []))

    def within(
        self, table: sa.TableClause, since: datetime | None, until: datetime | None, cut: datetime | None = None
    ) -> Iterator[sa.ColumnElement[bool]]:
        """Of `behind()`, the rows of a span of time and a few around it; with `cut`, none before that."""
        moment = table.c[self.moment]
        if self.only:
            yield table.c[self.only]
        if since is not None:
            yield moment >= since - _PART
        if until is not None:
            yield moment < until + _PART
        if cut is not None:
            yield moment >= cut

    def newest(self, db: Connection, until: datetime | None) -> datetime | None:
        """The time of the last of the newest rows; None where there are not even so many."""
        table = self.behind()
        moment = table.c[self.moment]
        times = sa.select(moment).where(*self.within(table, None, until)).order_by(moment.desc())
        found: datetime | None = db.scalar(times.offset(_FEW).limit(1))
        return found

    def keys(self, since: datetime | None, until: datetime | None) -> sa.Select[Any]:
        table = self.behind()
        return sa.select(table.c[self.key]).where(*self.within(table, since, until))


def are_few(db: Connection, rows: sa.Select[Any]) -> bool:
    counted = sa.select(sa.func.count()).select_from(rows.limit(_FEW + 1).subquery())
    return (db.scalar(counted) or 0) <= _FEW


def newest_numbers(db: Connection, table: str, below: int | None) -> tuple[int, int] | None:
    """Of the newest rows of a table, the first and the last number; None where there are few."""
    number = sa.column("id", sa.Integer)
    numbers = sa.select(number).select_from(sa.table(table, number)).order_by(number.desc()).limit(1)
    numbers = numbers.where(number < below) if below is not None else numbers
    first, last = db.scalar(numbers.offset(_FEW)), db.scalar(numbers)
    return (first, last) if first is not None and last is not None else None
