"""The watches as they stand: what each asks, and how it fares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from core.watch import Watch
from nightdesk import listing
from nightdesk.keptwatch import KeptWatch, kept_watch
from store import history, misses, precision, watching

#: Columns beside those of the view: what it asks, whom it tells, and what came of it.
_ASKED = ("topics", "events", "query", "countries", "languages", "sources", "threads", "minimum_sources", "channels")
_FARES = ("matched_30d", "alerts_30d", "last_alert_at", "open_misses", "told", "judged", "precision")
SHOWN = ("name", "origin", "asks", "channels", "matched_30d", "alerts_30d", "last_alert_at", "open_misses", "precision",
         "retired_at")  # fmt: skip
_SPAN = timedelta(days=30)


def columns(db: Connection) -> list[str]:
    return [*listing.columns(db, listing.WATCHES), "asks", *_ASKED, *_FARES]


def rows(db: Connection, now: datetime) -> list[dict[str, Any]]:
    """Every watch by its name, retired ones too."""
    fares = watching.counts_since(db, now - _SPAN)
    waiting, judged = misses.open_by_watch(db), precision.by_watch(db)
    definitions = {row.name: row.definition for row in history.all_watches(db)}
    found = []
    for row in listing.rows(db, listing.WATCHES):
        name = row["name"]
        count, word = fares.get(name, watching.Count()), judged.get(name, precision.Precision())
        found.append(
            {
                **row,
                **_asked(kept_watch(name, definitions[name])),
                "matched_30d": count.matched,
                "alerts_30d": count.alerts,
                "last_alert_at": count.last_alert_at,
                "open_misses": waiting.get(name, 0),
                "told": word.told,
                "judged": word.judged,
                "precision": word.share,
            }
        )
    return found


def _asked(kept: KeptWatch) -> dict[str, Any]:
    """What it asks; of one that is not valid why it asks nothing."""
    if kept.watch is None:
        return {"asks": f"nothing, for it is not valid: {kept.in_words()}", **dict.fromkeys(_ASKED)}
    definition = kept.watch.model_dump(mode="json")
    return {"asks": asks(kept.watch), **{key: definition[key] for key in _ASKED}}


def asks(watch: Watch) -> str:
    """What a watch asks for, in one line."""
    parts = [
        f"{key} {', '.join(values)}"
        for key in ("topics", "events", "countries", "languages", "sources", "threads")
        if (values := getattr(watch, key))
    ]
    parts += [f"query {watch.query}"] if watch.query else []
    parts += [f"from {watch.minimum_sources} sources"] if watch.minimum_sources > 1 else []
    return "; ".join(parts)
