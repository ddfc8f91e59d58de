"""When a message goes out, and what gathers in it: group wait, update interval, quiet hours, digests, storms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal

from alerts.quiet import quiet_until
from core.digest_hour import DigestHour
from core.watch import Watch

DIGEST_AT = DigestHour(time(7, 30))
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
    began: datetime | None = None  # of a watch's digest: its period
    ends: datetime | None = None
    because: str = ""  # why it is in a digest of the whole channel, where only this says so

    @property
    def is_digest(self) -> bool:
        return self.gathering != "development"


def plan(
    watch: Watch,
    level: str,
    last_told: datetime | None,
    catching_up: datetime | None,
    quiet_hours: str | None,
    zone: tzinfo,
    now: datetime,
) -> Plan:
    """`last_told`: when this channel was last told of the development; `catching_up`: until when everything gathers."""
    if watch.mode == "digest":
        began, ends = period(watch, zone, now)
        return Plan("watch", _after_quiet(ends, watch, quiet_hours, zone), began, ends)
    if catching_up is not None:
        return Plan("channel", _after_quiet(catching_up, watch, quiet_hours, zone))
    at = now + watch.group_wait
    if level == "update" and last_told is not None:
        at = max(at, last_told + watch.update_interval)
    later = _after_quiet(at, watch, quiet_hours, zone)
    return Plan("development", at) if later == at else Plan("channel", later, because="quiet hours")


def period(watch: Watch, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    """The period of a watch's digests that `now` is in: its beginning belongs to it, its end to the next."""
    hour = watch.digest_at or DIGEST_AT
    return hour.last_until(now, zone), hour.next_after(now, zone)


def _after_quiet(at: datetime, watch: Watch, quiet_hours: str | None, zone: tzinfo) -> datetime:
    return at if watch.urgent else quiet_until(quiet_hours, zone, at) or at


def storm_digest_at(now: datetime, last_digest: datetime | None) -> datetime:
    """When the excess of a storm is told together."""
    soon = now + STORM_WAIT
    return soon if last_digest is None else max(soon, last_digest + STORM_PAUSE)
