"""When a source is visited next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from crawler.wishes import NO_WISHES, Wishes

SHORTEST = timedelta(minutes=2)
LONGEST = timedelta(hours=24)
FIRST = timedelta(minutes=15)  # while the rhythm is not known
_CONFIRM = timedelta(hours=6)  # the longest pause while a failure may still be chance
_FEW_FAILURES = 3
_SURE = 5.0  # so much weight of failures is no passing trouble
#: Of a list's entries as many may be new at a visit; of more, some may be gone before the next.
_NEW_SHARE = 1 / 3
_OBEYED = timedelta(hours=1)  # a wish for a longer pause is obeyed as far as the source's own rhythm allows


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
        wanted = (previous or FIRST) * (0.5 if found_new else 1.5) if previous else FIRST
    else:
        quiet = now - max(moment for moment in times if moment <= now)
        wanted = max(usual / 2, quiet / 12)
    return min(max(wanted, SHORTEST), LONGEST)


def cap_after(cap: timedelta | None, new_share: float, elapsed: timedelta | None) -> timedelta | None:
    """The longest pause in which a list does not turn over, from the share of its entries that were new.

    It tightens at once and loosens slowly; none where the list is long enough for any pace.
    """
    if elapsed is not None and new_share > _NEW_SHARE:
        # Nothing known among the entries: how much went by unseen cannot be told, so a leap.
        found = elapsed / 4 if new_share >= 1 else elapsed * (_NEW_SHARE / new_share)
        return max(min(found, cap or found), SHORTEST)
    if cap is not None and new_share < _NEW_SHARE / 2:
        cap *= 1.25
    return cap if cap is not None and cap < LONGEST else None


@dataclass(frozen=True)
class Plan:
    """What decides on the next visit of one source."""

    interval: timedelta
    every: timedelta | None = None  # taken literally
    cap: timedelta | None = None
    wishes: Wishes = NO_WISHES
    usual: timedelta | None = None  # its own gap, up to which a longer pause is granted
    failures: int = 0
    score: float = 0.0  # the failures by their weight
    asked: timedelta | None = None  # Retry-After
    rest: timedelta = timedelta()  # after more than can be read soon
    look_at: datetime | None = None  # when quiet becomes silence: a visit must tell
    chance: float = 0.5  # random, 0 to 1


def next_visit(plan: Plan, now: datetime) -> datetime:
    """The moment of the next visit. Failures make visits rarer and never end them."""
    if plan.every is not None:
        return now + max(_after_failures(plan.every, plan), plan.asked or timedelta())
    pause = min(plan.interval, plan.cap or LONGEST)
    if plan.cap is None and plan.wishes.pause is not None:
        pause = max(pause, min(plan.wishes.pause, max(_OBEYED, plan.usual or _OBEYED)))
    pause = _after_failures(spread(min(pause, LONGEST), plan.chance), plan)
    when = now + min(pause, LONGEST)
    if plan.look_at is not None and plan.failures == 0 and now < plan.look_at < when:
        when = max(plan.look_at + timedelta(minutes=1), now + SHORTEST)
    if plan.failures == 0:
        when = _unskipped(when, plan.wishes, now)
    return max(when, now + (plan.asked or timedelta()), now + plan.rest)


def spread(interval: timedelta, chance: float) -> timedelta:
    """`interval` shifted by up to a tenth either way, so that sources added together do not stay together."""
    return interval * (0.9 + 0.2 * chance)


def _after_failures(pause: timedelta, plan: Plan) -> timedelta:
    """Doubled for each failure in a row, by its weight. The first few are looked into sooner than in a day."""
    if plan.failures == 0:
        return pause
    most = LONGEST if plan.every is None and plan.score >= _SURE else _CONFIRM
    grown = min(pause * 2 ** min(plan.score, 16.0), max(pause, most))
    return min(grown, _CONFIRM) if plan.failures < _FEW_FAILURES and plan.every is None else grown


def _unskipped(when: datetime, wishes: Wishes, now: datetime) -> datetime:
    """`when`, or the first hour after it in which the source wants visits; within a day in any case."""
    moved = when
    while wishes.skips(moved) and moved - now < LONGEST:
        moved = moved.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if moved != when:
        moved += timedelta(minutes=when.minute, seconds=when.second)  # still spread out
    return min(moved, max(when, now + LONGEST))
