"""How often a source asks to be visited: ttl, updatePeriod, skip hours and days, Cache-Control, Expires. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=1)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.I)
_PERIOD = re.compile(rb"<(?:\w+:)?updatePeriod>\s*(\w{1,10})\s*</", re.I)
_FREQUENCY = re.compile(rb"<(?:\w+:)?updateFrequency>\s*(\d{1,4})\s*</", re.I)
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.I | re.S)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,1000}?)</skipDays>", re.I | re.S)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.I)
_DAY = re.compile(rb"<day>\s*(\w{6,9})\s*</day>", re.I)
_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})", re.I)


@dataclass(frozen=True)
class Wishes:
    """What a source asks for. Hours and days are of UTC, Monday is 0."""

    pause: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def skips(self, moment: datetime) -> bool:
        moment = moment.astimezone(UTC)
        return moment.hour in self.skip_hours or moment.weekday() in self.skip_days


NO_WISHES = Wishes()


def read_wishes(body: bytes, headers: Mapping[str, str], now: datetime) -> Wishes:
    """What a feed and the headers it came with ask for."""
    head = _head(body)
    asked = [wish for wish in (_ttl(head), _period(head), _fresh(headers, now)) if wish]
    hours = frozenset(int(hour) % 24 for part in _SKIP_HOURS.findall(head) for hour in _HOUR.findall(part))
    names = [day.decode("ascii", "replace").lower() for part in _SKIP_DAYS.findall(head) for day in _DAY.findall(part)]
    days = frozenset(_DAYS.index(name) for name in names if name in _DAYS)
    # Who skips every hour or every day has misread the standard.
    return Wishes(
        pause=min(max(asked), _LONGEST) if asked else None,
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def _head(body: bytes) -> bytes:
    """What stands before the first entry."""
    places = [place for mark in (b"<item", b"<entry") if (place := body.find(mark)) >= 0]
    return body[: min([*places, 50_000])]


def _ttl(head: bytes) -> timedelta | None:
    match = _TTL.search(head)
    return timedelta(minutes=int(match[1])) if match else None


def _period(head: bytes) -> timedelta | None:
    match = _PERIOD.search(head)
    hours = _PERIODS.get(match[1].decode("ascii", "replace").lower()) if match else None
    if hours is None:
        return None
    often = _FREQUENCY.search(head)
    return timedelta(hours=hours) / max(int(often[1]) if often else 1, 1)


def _fresh(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a cache may keep the answer."""
    control = headers.get("cache-control", "")
    if re.search(r"no-cache|no-store", control, re.I):
        return None
    if match := _MAX_AGE.search(control):
        return timedelta(seconds=int(match[1])) or None
    try:
        left = parsedate_to_datetime(headers.get("expires", "")) - now
    except (TypeError, ValueError, OverflowError):
        return None
    return left if left > timedelta() else None
