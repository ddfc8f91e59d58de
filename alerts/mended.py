"""Ends findings about channels that no message will end: who is gone has no trouble, who is back is not gone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.engine import Connection

from alerts import quota
from alerts.place import Place
from alerts.watches import readable
from store import definitions, deliveries, findings

#: Of a channel that is there; what its service answers ends the first two.
_OF_ONE = ("channel_dead", "channel_failing", "channel_limit", "channel_limit_near")
_GONE = "channel_gone"


def look(db: Connection, place: Place, now: datetime) -> None:
    """End what is over by itself: the month in which a channel was used up, a channel that left or came back."""

    @cache
    def named() -> frozenset[str]:
        return frozenset(name for _, watch in readable(definitions.active_watches(db)) for name in watch.channels)

    for row in findings.of_kind(db, *_OF_ONE, _GONE):
        over = _is_back(row, place, named) if row.kind == _GONE else _is_of_nothing(db, row, place, now)
        if over:
            findings.end(db, row.kind, row.subject, now)


def _is_back(row: Any, place: Place, named: Callable[[], Collection[str]]) -> bool:
    """Somebody was told, and nobody waits for it any more: it can be reached again, or no watch names it."""
    return row.told_at is not None and (bool(place.targets.get(row.subject)) or row.subject not in named())


def _is_of_nothing(db: Connection, row: Any, place: Place, now: datetime) -> bool:
    channel = place.channels.get(row.subject)
    if channel is None:
        return True
    if not row.kind.startswith("channel_limit"):
        return False
    taken = deliveries.taken_since(db, row.subject, quota.month_began(now, place.zone))
    state = quota.judge(channel.monthly_limit, taken) if channel.monthly_limit is not None else "plenty"
    return state == "plenty" or (row.kind == "channel_limit" and state == "near")
