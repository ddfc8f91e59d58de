"""Quiet hours of a channel: until when it holds what is not urgent. Pure.

Both edges are what the users' clock shows: an edge that the clocks skip comes as if they had not, and of an edge that
comes twice the quiet begins at the first and ends at the second.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FORM = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", re.ASCII)


def parse_quiet_hours(text: str) -> tuple[time, time]:
    """`22:00-06:00` as two times of day; raises ValueError that shows the right form."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'{text!r} are no hours; write from and to, as in "22:00-06:00"')
    begin, end = (time.fromisoformat(hour.zfill(5)) for hour in match.groups())
    if begin == end:
        raise ValueError(f"{text!r} leaves no hour to tell anything in; take the key out for no quiet at all")
    return begin, end


def quiet_until(hours: str | None, zone: tzinfo, now: datetime) -> datetime | None:
    """When the quiet hours that `now` is in end, in UTC; None outside of them. The end itself is not quiet."""
    if not hours:
        return None
    begin, end = parse_quiet_hours(hours)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        last = day if begin < end else day + timedelta(days=1)
        until = _on(last, end, zone, second=True)
        if _on(day, begin, zone, second=False) <= now < until:
            return until
    return None


def _on(day: date, hour: time, zone: tzinfo, *, second: bool) -> datetime:
    local = datetime.combine(day, hour, tzinfo=zone)
    first = local.astimezone(UTC)
    # Only of an hour that comes twice is there a second: of one that is skipped, the other fold lies before.
    return max(first, local.replace(fold=1).astimezone(UTC)) if second else first
