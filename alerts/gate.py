"""What is due and must not leave now: silenced by now, or on a channel in its quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

import structlog
from sqlalchemy.engine import Connection

from alerts import silencing
from alerts.config import Channel
from alerts.quiet import quiet_until
from store import gathering
from store.engine import Store

log = structlog.get_logger(__name__)


class Gate:
    """Looks at everything that is due before anything is claimed; writes only where something is to be held."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], zone: tzinfo) -> None:
        self._store = store
        self._channels = channels
        self._zone = zone

    def configure(self, channels: Mapping[str, Channel], zone: tzinfo) -> None:
        self._channels, self._zone = channels, zone

    def keep_back(self, now: datetime) -> int:
        """Hold what is not to leave now; how many messages and alerts that were."""
        quiet = self._quiet(now)
        with self._store.read() as db:
            due = gathering.channels_due(db, now) if quiet else set()
            calm = {name: until for name, until in quiet.items() if name in due}
            silenced = bool(silencing.gathered(db, now))
        if not calm and not silenced:
            return 0
        held = self._store.unit(lambda db: self._hold(db, calm, now))
        if held:
            log.info("held_back", count=held, channels=sorted(calm))
        return held

    def _quiet(self, now: datetime) -> dict[str, datetime]:
        found = {name: quiet_until(channel.quiet_hours, self._zone, now) for name, channel in self._channels.items()}
        return {name: until for name, until in found.items() if until is not None}

    def _hold(self, db: Connection, calm: Mapping[str, datetime], now: datetime) -> int:
        held = silencing.hold_waiting(db, now)
        return held + sum(gathering.hold(db, name, until, now) for name, until in calm.items())
