"""When a message goes out, and what gathers in it: group wait, update interval, digests, storms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal

from core.watch import Watch

DIGEST_AT = time(7, 30)
#: What a channel's storm_cap counts in.
STORM_SPAN = timedelta(hours=1)
#: How long the excess of a storm gathers before its first digest, and between two of them.
STORM_WAIT = timedelta(seconds=60)
STORM_PAUSE = timedelta(minutes=10)
#: What a daemon that was away finds gathers for so long at most; it goes sooner when the first round is done.
CATCH_UP = timedelta(minutes=10)

Gathering = Literal["development", "watch", "channel"]


@dataclass(frozen=True)
class Plan:
    """How one alert reaches one channel: on its own, or in a digest of its watch or of the whole channel."""

    gathering: Gathering
    not_before: datetime

    @property
    def is_digest(self) -> bool:
        return self.gathering != "development"


def plan(
    watch: Watch,
    level: str,
    last_told: datetime | None,
    catching_up: datetime | None,
    zone: tzinfo,
    now: datetime,
) -> Plan:
    """`last_told`: when this channel was last told of the development; `catching_up`: until when everything gathers."""
    if watch.mode == "digest":
        return Plan("watch", next_digest(watch.digest_at or DIGEST_AT, zone, now))
    if catching_up is not None:
        return Plan("channel", catching_up)
    at = now + watch.group_wait
    if level == "update" and last_told is not None:
        at = max(at, last_told + watch.update_interval)
    return Plan("development", at)


def next_digest(at: time, zone: tzinfo, now: datetime) -> datetime:
    """The next moment after `now` when the local clock shows `at`; on a day that skips it, as if it had not."""
    local = now.astimezone(zone)
    for days in (0, 1, 2):
        day = local.date() + timedelta(days=days)
        moment = datetime.combine(day, at.replace(tzinfo=None), tzinfo=zone).astimezone(now.tzinfo)
        if moment > now:
            return moment
    raise AssertionError("unreachable")


def storm_digest_at(now: datetime, last_digest: datetime | None) -> datetime:
    """When the excess of a storm is told together."""
    soon = now + STORM_WAIT
    return soon if last_digest is None else max(soon, last_digest + STORM_PAUSE)
