"""Closes periods of digests that had no news, where a watch wants to hear of that too.

A period with news has its digest already: the first alert made it. Periods that ended while nobody was at work share
one message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts import group
from alerts.config import CONSOLE
from alerts.dispatch import add_digest, address
from alerts.place import Place
from alerts.watches import readable
from core.watch import Watch
from store import definitions, digests


def close(db: Connection, place: Place, now: datetime) -> int:
    """Make the digests of periods that are over without one; how many messages that were."""
    made = 0
    wanting = [row for row in definitions.active_watches(db, "digest") if row.definition.get("digest_empty")]
    for row, watch in readable(wanting):
        for name in watch.channels or (CONSOLE,):
            made += _close(db, row, watch, name, place, now)
    return made


def _close(db: Connection, row: Row[Any], watch: Watch, channel: str, place: Place, now: datetime) -> int:
    targets = place.targets.get(channel)
    if not targets:
        return 0
    since = max(digests.last_closed(db, row.id, channel, now) or row.edited_at, row.edited_at)
    over = [
        (began, ends)
        for began, ends in _periods(watch, place, since, now)
        if digests.take(db, row.id, channel, began, ends)
    ]
    if not over:
        return 0
    message_id = add_digest(db, row.id, watch, channel, over[0][0], over[-1][1], now)
    for _, ends in over:
        digests.set_message(db, row.id, channel, ends, message_id)
    address(db, message_id, channel, targets, now, now)
    return 1


def _periods(watch: Watch, place: Place, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """The periods that ended after `since` and by `now`, oldest first."""
    found = []
    began, ends = group.period(watch, place.zone, since)
    while ends <= now:
        found.append((began, ends))
        began, ends = group.period(watch, place.zone, ends)
    return found
