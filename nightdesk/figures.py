"""The ledger of a development: for each thing that is counted the range, the latest and the official figure. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.clock import iso
from pipeline.changes import OFFICIAL

Row = Mapping[str, Any]

#: What one calls freed another calls held.
_PEOPLE = frozenset({"people", "suspects", "victims", "defendants", "fugitives"})
_ASIDE = frozenset({"background"})  # of another time or matter
_ORDER = ("done", "started", "expected", "planned_total", "waiting", "cumulative", "claimed")


def figure_lines(rows: Iterable[Row]) -> list[Row]:
    """A line for each thing that is counted. `rows`: counts as they were published."""
    return [_line(some) for some in grouped(rows)]


def grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """The figures of each thing that is counted, what the news is about first."""
    counts = [row for row in rows if row["value"] is not None and row["status"] not in _ASIDE]
    whose: dict[tuple[Any, ...], set[str]] = {}
    for row in counts:
        if row["leading"] and row["nationality"]:
            whose.setdefault(_key(row), set()).add(row["nationality"])
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in counts:
        found.setdefault((_key(row), _whose(row, whose.get(_key(row), set()))), []).append(row)
    return sorted(found.values(), key=_rank)


def _key(row: Row) -> tuple[Any, ...]:
    unit = "people" if row["unit"] in _PEOPLE else row["unit"]
    return unit, row["status"]


def _whose(row: Row, leading: set[str]) -> str | None:
    """Whose people are counted: what the news is about is the same people where one report leaves that unsaid."""
    if row["nationality"] is None and row["leading"] and len(leading) == 1:
        return next(iter(leading))
    return row["nationality"]  # type: ignore[no-any-return]


def _rank(rows: Sequence[Row]) -> tuple[bool, int, int]:
    status = rows[0]["status"]
    place = _ORDER.index(status) if status in _ORDER else len(_ORDER)
    return not any(row["leading"] for row in rows), place, -len(rows)


def weighty(rows: Sequence[Row]) -> Sequence[Row]:
    """Those that a range is of: where some are what the news is about, the others are parts of it, or beside it."""
    return [row for row in rows if row["leading"]] or rows


def _line(rows: Sequence[Row]) -> Row:
    outlets = len({row["outlet"] for row in rows})
    rows = weighty(rows)
    latest = rows[-1]
    official = next((row for row in reversed(rows) if row["source_type"] in OFFICIAL), None)
    return {
        "counted": ", ".join(filter(None, (latest["unit"], latest["status"], latest["nationality"]))),
        "low": min(_end(row, "low") for row in rows),
        "high": max(_end(row, "high") for row in rows),
        "latest": _said(latest),
        "official": _said(official) if official else None,
        "outlets": outlets,
        "first_said": _said(rows[0]),
    }


def _end(row: Row, name: str) -> float:
    return float(row["value"] if row[name] is None else row[name])


def _said(row: Row) -> str:
    """`120, One, 2026-10-13T04:00:00Z`: the figure, whose it is, and when it was published."""
    return f"{row['value']:,.10g}, {row['outlet']}, {iso(row['published_at'])}"
