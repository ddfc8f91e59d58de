"""Moments as sentences have them, in the users' zone."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.duration import format_duration


def when(at: datetime, zone: tzinfo) -> str:
    """`28 Nov 2026, 13:57 (Asia/Bangkok)`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} ({getattr(zone, 'key', local.tzname())})"


def day(at: datetime, zone: tzinfo) -> str:
    """`28 Nov 2026`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def days(span: timedelta) -> str:
    """`7 days`, or `36h` for what is no whole number of days."""
    if span >= timedelta(days=1):
        count = span // timedelta(days=1)
        return "1 day" if count == 1 else f"{count} days"
    return format_duration(timedelta(seconds=int(span.total_seconds())))
