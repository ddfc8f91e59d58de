"""One development as a page tells it: reports with their copies, what befell it when, who decided what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.ids import show_id

Row = Any  # of the store

#: Deeds that are written beside a ruling, which says the same and more.
LABELLED, JUDGED, THREADED = "labelled", "relevance said", "thread said"
MERGED, SPLIT = "merged", "split"
CORRECTED, REJECTED, ADDED = "figure corrected", "figure rejected", "figure added"
_IN_RULINGS = frozenset({LABELLED, JUDGED, THREADED, MERGED, SPLIT, CORRECTED, REJECTED, ADDED})


@dataclass(frozen=True)
class Report:
    """One article, with its copies folded under it."""

    row: Row
    copies: tuple[Row, ...] = ()
    is_first: bool = False

    @property
    def at(self) -> datetime:
        """When it was news: a publisher's clock may run ahead of ours."""
        return min(self.row.published_at, self.row.found_at)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Moment:
    """What happened at one time: an article, or a change."""

    at: datetime
    report: Report | None = None
    change: Row | None = None


@dataclass(frozen=True)
class Done:
    """What somebody decided or did, and why."""

    at: datetime
    by: str
    what: str
    reason: str | None
    is_replaced: bool = False


def fold(rows: Sequence[Row], first_reporter: str | None) -> list[Report]:
    """The originals in their order, each with its copies; a copy whose original is not here stands by itself."""
    here = {row.id: row for row in rows}
    copies: dict[int, list[Row]] = {}
    for row in rows:
        if (original := _original(row, here)) != row.id:
            copies.setdefault(original, []).append(row)
    originals = [row for row in rows if _original(row, here) == row.id]
    first = min((row for row in originals if row.outlet == first_reporter), key=_news, default=None)
    return [Report(row, tuple(copies.get(row.id, ())), row is first) for row in originals]


def _original(row: Row, here: dict[int, Row]) -> int:
    """The first article of the development that this one is a copy of, or itself."""
    seen = {row.id}
    while row.duplicate_of in here and row.duplicate_of not in seen:
        row = here[row.duplicate_of]
        seen.add(row.id)
    return int(row.id)


def _news(row: Row) -> tuple[datetime, int]:
    return min(row.published_at, row.found_at), row.id


def timeline(reports: Iterable[Report], changes: Iterable[Row]) -> list[Moment]:
    """Articles and changes in one list, oldest first."""
    moments = [Moment(report.at, report=report) for report in reports]
    moments += [Moment(change.at, change=change) for change in changes]
    return sorted(moments, key=lambda moment: (moment.at, moment.change is not None))


def decided(rulings: Iterable[Row], deeds: Iterable[Row]) -> list[Done]:
    """Who decided what of it, newest first."""
    done = [Done(row.at, row.by, _ruled(row), row.reason, not row.standing) for row in rulings]
    done += [Done(row.at, row.by, _did(row), row.reason) for row in deeds if row.what not in _IN_RULINGS]
    return sorted(done, key=lambda one: one.at, reverse=True)


def _ruled(row: Row) -> str:
    about = f"{show_id('article', row.article_id)}: " if row.article_id is not None else ""
    return f"{about}{row.what}"


def _did(row: Row) -> str:
    said = ", ".join(_detail(row.detail or {}))
    return f"{row.what}: {said}" if said else str(row.what)


def _detail(detail: dict[str, Any]) -> Iterator[str]:
    for name, value in detail.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
        if said:
            yield f"{name.replace('_', ' ')} {said}"
