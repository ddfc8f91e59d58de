"""What can be seen and what cannot: `108 of 115 sources`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.watch import Watch

#: Every source is asked again within a day.
_REACH = timedelta(days=1)


@dataclass(frozen=True)
class Sight:
    """How many sources there are, and which of them were not read or are suspiciously silent."""

    total: int
    unread: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return self.total - len(self.unread)


def sight(sources: Iterable[Any], now: datetime, watch: Watch | None = None) -> Sight:
    """What a watch can see at `now`, of the rows of `store.sight`; without a watch, what all of them can."""
    mine = [row for row in sources if watch is None or _is_of(watch, row)]
    unread = [row.title or row.name for row in mine if not _is_read(row, now)]
    silent = [row.title or row.name for row in mine if row.state == "silent" and _is_read(row, now)]
    return Sight(len(mine), tuple(unread), tuple(silent))


def _is_of(watch: Watch, row: Any) -> bool:
    if watch.sources and row.name not in watch.sources:
        return False
    if not watch.languages or row.language is None:
        return True
    return any(row.language == one or row.language.startswith(f"{one}-") for one in watch.languages)


def _is_read(row: Any, now: datetime) -> bool:
    """Read within a day; or before it and well, where it is not due again yet."""
    if row.last_ok_at is None:
        return False
    if row.last_ok_at >= now - _REACH:
        return True
    return row.state not in ("failing", "degraded") and row.next_visit_at is not None and row.next_visit_at >= now
