"""How the sources fare: rows for `sources health` and `doctor`. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.causes import cause_of
from crawler.habits import Habits, silence_limit
from crawler.health import in_words
from store.definitions import sources
from store.pages import source_states

COLUMNS = (
    "name",
    "state",
    "group",
    "cause",
    "advice",
    "since",
    "failures",
    "last_visit_at",
    "last_ok_at",
    "last_new_at",
    "next_visit_at",
    "longest_quiet",
    "url",
)
SHOWN = ("name", "state", "cause", "advice", "since", "last_new_at")
#: What is known of it beside how it fares.
ABOUT = ("id", "title", "kind", "type", "language", "country", "origin", "definition", "retired_at")
#: Worst first.
_ORDER = ("failing", "silent", "degraded", "unproven", "recovered", "ok")


def source_rows(db: Connection, name: str | None = None) -> list[dict[str, Any]]:
    """Every source that is visited, those in trouble first; or the one of a name, also where it is retired."""
    states = source_states.c
    query = sa.select(
        sources.c.name,
        sources.c.url,
        *(sources.c[column] for column in ABOUT),
        states.state,
        states.state_at,
        states.cause,
        states.failures,
        states.last_visit_at,
        states.last_ok_at,
        states.last_new_at,
        states.next_visit_at,
        states.last_error,
        states.memory,
    ).select_from(sources.outerjoin(source_states, states.source_id == sources.c.id))
    wanted = sources.c.retired_at.is_(None) if name is None else sources.c.name == name
    rows = [_row(row) for row in db.execute(query.where(wanted)).mappings()]
    return sorted(rows, key=lambda row: (_ORDER.index(row["state"]), row["group"] or "", row["name"]))


def _row(row: sa.RowMapping) -> dict[str, Any]:
    cause = cause_of(row["cause"]) if row["cause"] else None
    limit = silence_limit(Habits.of(row["memory"]).gaps)
    return {
        "name": row["name"],
        "state": row["state"] or "unproven",
        "group": cause.group if cause else None,
        "cause": cause.words if cause else None,
        "advice": cause.advice if cause else None,
        "since": row["state_at"],
        "failures": row["failures"] or 0,
        "last_visit_at": row["last_visit_at"],
        "last_ok_at": row["last_ok_at"],
        "last_new_at": row["last_new_at"],
        "next_visit_at": row["next_visit_at"],
        "last_error": row["last_error"],
        "longest_quiet": str(in_words(limit)) if limit else None,
        "url": row["url"],
        **{column: row[column] for column in ABOUT},
    }


def summary(rows: Iterable[Mapping[str, Any]]) -> str:
    """`115 sources: 90 ok, 17 failing (9 blocked, 5 moved, 3 empty), 8 unproven`."""
    rows = list(rows)
    states = Counter(row["state"] for row in rows)
    parts = []
    for state in reversed(_ORDER):
        if not states[state]:
            continue
        groups = Counter(row["group"] for row in rows if row["state"] == state and row["group"])
        why = ", ".join(f"{count} {group}" for group, count in groups.most_common())
        parts.append(f"{states[state]} {state}" + (f" ({why})" if why and state == "failing" else ""))
    return f"{len(rows)} sources: {', '.join(parts)}" if rows else "no sources"


def overdue(rows: Iterable[Mapping[str, Any]], now: datetime) -> datetime | None:
    """The oldest visit that should have been made."""
    return min(
        (row["next_visit_at"] for row in rows if row["next_visit_at"] and row["next_visit_at"] < now), default=None
    )
