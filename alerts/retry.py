"""When to try a delivery again, and when to give it up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.saying import Saying, Value

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_AGE = timedelta(hours=72)
#: A server that asks for more patience than this is asked again after it.
LONGEST_RETRY_AFTER = timedelta(hours=6)


@dataclass(frozen=True)
class Again:
    at: datetime


@dataclass(frozen=True)
class GiveUp:
    reason: Saying


def next_try(
    now: datetime,
    since: datetime,
    refusals: int,
    retry_after: timedelta | None,
    jitter: float,
    longest: timedelta = LONGEST_AGE,
) -> Again | GiveUp:
    """After the `refusals`-th answer, refusal or time-out of a delivery that is tried `since` then, for `longest`.

    `jitter` is a random number from 0 to 1, passed in so that the same inputs decide the same.
    """
    pause = _pause(refusals, jitter)
    if retry_after is not None:
        pause = (
            max(pause, min(retry_after, LONGEST_RETRY_AFTER)) if refusals > 1 else min(retry_after, LONGEST_RETRY_AFTER)
        )
    at = now + max(pause, timedelta(seconds=1))
    if at - since > longest:
        about: dict[str, Value] = {"span": _in_words(longest), "n": refusals}
        return GiveUp(Saying("gave_up", "not delivered in {span}, {n} tries answered badly", about))
    return Again(at)


def _in_words(span: timedelta) -> Saying:
    minutes = span.total_seconds() / 60
    if minutes >= 120:
        return Saying("hours", "{n} hours", {"n": round(minutes / 60)})
    return Saying("minutes", "{n} minutes", {"n": round(minutes)})


def _pause(refusals: int, jitter: float) -> timedelta:
    """30 s, 60 s, 120 s, ... to an hour, each up to a quarter shorter, so that many do not come back at once."""
    exponent = min(max(refusals, 1) - 1, 16)
    full = min(FIRST_PAUSE * int(2**exponent), LONGEST_PAUSE)
    return full * (1 - 0.25 * jitter)
