"""Known misses: what somebody asked about and was not told of, kept, and looked at again to see what is mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from core.errors import NightdeskError, NotFound
from nightdesk.config import Config
from nightdesk.explain import Explanation, explain
from store import misses
from store.engine import Store

COLUMNS = ("id", "asked", "title", "state", "outcome", "sentence", "watch", "times", "asked_at", "mended_at", "mend")
SHOWN = ("id", "state", "asked_at", "watch", "title", "sentence")
_MOST = 500
#: Nobody would have brought it; once a source covers its site, the next of its kind is seen.
_NOT_COVERED = frozenset({"uncovered", "inactive"})


def keep(store: Store, found: Explanation, now: datetime) -> int | None:
    """Write down that somebody missed this; None for what was not missed."""
    if not found.missed:
        return None
    return store.unit(lambda db: misses.keep(db, found.key, found.asked, _row(found), found.today, now))


def look_again(store: Store, config: Config, now: datetime) -> list[dict[str, Any]]:
    """Every known miss as it is now, those asked about last first. What a look finds is kept."""
    with store.read() as db:
        kept = misses.all_misses(db, _MOST)
        looks = [(row, look) for row in kept if (look := _look(db, config, row, now)) is not None]

    def write(db: Connection) -> None:
        for row, look in looks:
            misses.check(db, row.id, _row(look), is_mended(row, look), now)

    if looks:
        store.unit(write)
    with store.read() as db:
        return list(_rows(misses.all_misses(db, _MOST)))


def _look(db: Connection, config: Config, row: Row[Any], now: datetime) -> Explanation | None:
    """What is found now; None where it can be found no more, which mends nothing."""
    try:
        return explain(db, config, row.asked, now)
    except NightdeskError:
        return None


def is_mended(row: Row[Any], found: Explanation) -> bool:
    """Whether the same thing would be told today, or seen at least where nobody looked before."""
    if found.outcome == "unlisted":
        return row.outcome in _NOT_COVERED or (row.outcome == "unlisted" and row.mended_at is not None)
    return found.today


def forget(store: Store, number: int) -> None:
    """Take one out. Raises NotFound."""
    if not store.unit(lambda db: misses.forget(db, number)):
        raise NotFound(f"there is no known miss {number}; nightdesk explain --misses lists them")


def _row(found: Explanation) -> dict[str, Any]:
    return {
        "title": found.title,
        "outcome": found.outcome,
        "sentence": found.sentence,
        "mend": list(found.mend),
        "watch": found.watch,
    }


def _rows(kept: list[Row[Any]]) -> Iterator[dict[str, Any]]:
    for row in kept:
        state = "open" if row.mended_at is None else "mended"
        yield {**{name: row._mapping[name] for name in COLUMNS if name != "state"}, "state": state}
