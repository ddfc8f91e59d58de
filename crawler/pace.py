"""When a source is visited next. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

SHORTEST = timedelta(minutes=2)
LONGEST = timedelta(hours=24)
_FIRST = timedelta(minutes=15)  # while the rhythm is not known
_LONGEST_PAUSE = timedelta(hours=6)  # after failures


def rhythm(times: Sequence[datetime]) -> timedelta | None:
    """The usual gap between a source's items; None while there are too few to tell.

    Items of the same minute came out together and count as one.
    """
    minutes = sorted({moment.replace(second=0, microsecond=0) for moment in times})
    if len(minutes) < 4:
        return None
    return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(minutes)))


def interval_after(times: Sequence[datetime], previous: timedelta | None, found_new: bool, now: datetime) -> timedelta:
    """The adaptive pace: twice per usual gap; slower the longer a source has been quiet beyond that.

    Without a rhythm it halves when there was something new and grows by half when there was not.
    """
    usual = rhythm([moment for moment in times if moment <= now])
    if usual is None:
        wanted = (previous or _FIRST) * (0.5 if found_new else 1.5) if previous else _FIRST
    else:
        quiet = now - max(moment for moment in times if moment <= now)
        wanted = max(usual / 2, quiet / 12)
    return min(max(wanted, SHORTEST), LONGEST)


def next_visit(
    name: str, now: datetime, *, every: timedelta | None, interval: timedelta, failures: int, asked: timedelta | None
) -> datetime:
    """The moment of the next visit.

    `every` is taken literally. Failures in a row double the pause up to six hours and never end the visits; `asked`
    is the site's own wish (Retry-After).
    """
    pause = every if every is not None else spread(name, interval, now)
    if failures:
        pause = max(pause, min(pause * 2 ** min(failures, 16), max(pause, _LONGEST_PAUSE)))
    return now + max(pause, asked or timedelta())


def spread(name: str, interval: timedelta, now: datetime) -> timedelta:
    """`interval` shifted by up to a tenth either way, so that sources added together do not stay together."""
    digest = hashlib.sha256(f"{name} {now.isoformat()}".encode()).digest()
    return interval * (0.9 + 0.2 * digest[0] / 255)
