"""When a site may be asked again. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from store.pages import SiteState

_LONGEST_WAIT = timedelta(hours=24)
_SLOWEST = 300.0
#: Answers that mean "too much" or "not now", of the site rather than of the page.
TROUBLED = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_UNREACHABLE = frozenset({"timeout", "connection", "refused_connection", "dns", "cut_short"})


def seconds_between(delay: float, failures: int, robots_delay: float) -> float:
    """The pause between two requests: as configured, unless robots.txt or trouble asks for more."""
    pause = max(delay, robots_delay)
    if failures == 0:
        return pause
    return max(pause, min(max(pause, 1.0) * 2.0**failures, _SLOWEST))


def seconds_until(now: datetime, last: datetime | None, pause: float) -> float:
    """How long to wait for the next request, when the last one ended at `last`."""
    if last is None:
        return 0.0
    return min(max(0.0, pause - (now - last).total_seconds()), pause)


def after_answer(
    site: SiteState, status: int | None, error: str | None, retry_after: str | None, now: datetime
) -> SiteState:
    """What to remember of a site after one answer."""
    if error in _UNREACHABLE or status in TROUBLED:
        failures = min(site.failures + 1, 20)
        asked = read_retry_after(retry_after, now)
        if asked is None and status == 429:
            asked = timedelta(seconds=min(30 * 2**failures, 3600))
        return replace(site, failures=failures, not_before=now + asked if asked else site.not_before)
    if error is not None:  # says nothing about the site
        return site
    return replace(site, failures=0, not_before=None)


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait that Retry-After asks for, in seconds or as a date, at most a day."""
    if not value:
        return None
    text = value.strip()
    try:
        wait = timedelta(seconds=int(text)) if text.isascii() and text.isdigit() else parsedate_to_datetime(text) - now
    except (TypeError, ValueError, OverflowError):
        return None
    return min(wait, _LONGEST_WAIT) if wait > timedelta(0) else None
