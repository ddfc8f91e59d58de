"""How a source fares, from one visit to the next, and what the operator is told of it. Pure.

unproven ─▶ ok ◀─▶ degraded ─▶ failing ─▶ recovered ─▶ ok
             └────▶ silent ───────────────▲
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from core.saying import Saying
from crawler.causes import CAUSES, PASSING, cause_of
from crawler.habits import Habits, moment_of, silence_limit, silent_from

State = Literal["unproven", "ok", "degraded", "failing", "silent", "recovered"]
Severity = Literal["wake", "daily", "weekly"]

#: So many failures in a row, of so much weight together, are no chance.
FAILURES, WEIGHT = 3, 1.5
_LASTING = timedelta(hours=6)  # so long must passing trouble last
_GOOD_AGAIN = 3
_MOVED = 3
_MISSED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """How a source stands after a visit. `score`: its failures in a row by their weight; `good`: successes in a row."""

    state: State = "unproven"
    cause: str | None = None
    failures: int = 0
    score: float = 0.0
    good: int = 0


@dataclass(frozen=True)
class Notice:
    """A finding to open, or to end where nothing is said."""

    kind: str
    severity: Severity = "daily"
    said: Saying | None = None
    cause: str | None = None

    @property
    def detail(self) -> str | None:
        """What is said, in English."""
        return None if self.said is None else str(self.said)


def after_failure(before: Standing, error: str, lasting: timedelta = _LASTING) -> Standing:
    """After a visit that could not be read; `lasting` is for how long now none could."""
    cause = cause_of(error)
    failures, score = before.failures + 1, before.score + cause.weight
    state = before.state
    is_sure = cause.weight > PASSING or lasting >= _LASTING
    if score >= WEIGHT and is_sure and (failures >= FAILURES or cause.code == "empty"):
        state = "failing"
    elif state in ("ok", "recovered"):
        state = "degraded"
    return Standing(state, cause.code, failures, score)


def after_success(before: Standing, oddity: str | None, habits: Habits, now: datetime) -> Standing:
    """After a visit that was read; `oddity` is what its content lacks, a code of crawler.causes."""
    if oddity == "empty":
        # Like a failure, but the visits go on as they were: what fills a list again is news.
        return replace(after_failure(before, oddity), failures=0)
    good = before.good + 1
    quiet_until = silent_from(habits)
    if quiet_until is not None and now >= quiet_until:
        return Standing("silent", "silent", good=good)
    if oddity is not None:
        return Standing("degraded", oddity, good=good)
    if before.state in ("failing", "silent"):
        return Standing("recovered", good=1)
    if before.state == "recovered" and good < _GOOD_AGAIN:
        return Standing("recovered", good=good)
    return Standing("ok", good=good)


def notices(before: Standing, after: Standing, habits: Habits, now: datetime) -> list[Notice]:
    """What changed for the operator: once when it begins, once when it is over."""
    found: list[Notice] = []
    for kind in ("source_failing", "source_silent", "source_odd"):
        told = _told(kind, before, habits, now)
        tell = _told(kind, after, habits, now)
        if tell is not None and (told is None or told.cause != tell.cause):
            found.append(tell)
        elif told is not None and tell is None:
            found.append(Notice(kind))
    return found


def move_notice(before: Habits, after: Habits) -> Notice | None:
    """A permanent redirect is proposed when it was seen three times, and forgotten when it is gone."""
    if after.moved >= _MOVED and (before.moved < _MOVED or before.moved_to != after.moved_to):
        moved = 'It has moved for good, which {visits} visits saw. Set `url = "{url}"`.'
        said = Saying("source_moved", moved, {"visits": _MOVED, "url": str(after.moved_to)})
        return Notice("source_moved", "weekly", said, "moved")
    if before.moved >= _MOVED and after.moved < _MOVED:
        return Notice("source_moved")
    return None


def exception_notice(before: Habits, excused: Sequence[Saying]) -> Notice | None:
    """What the operator must not forget: rules that a source is excused from. Counted at each visit."""
    if excused:
        said = Saying("source_exception", "It is excused from what holds for others: {rules}.", {"rules": excused})
        return Notice("source_exception", "weekly", said, "exception")
    return Notice("source_exception") if before.excused else None


def overlap_notice(before: Habits, after: Habits, now: datetime) -> Notice | None:
    """Two visits with nothing in common: what came and went between them was not seen."""
    if after.missed_at is not None and after.missed_at != before.missed_at:
        if before.missed_at is not None and now - moment_of(before.missed_at) < _MISSED_FOR:
            return None  # told already
        said = Saying(
            "items_missed",
            "A visit found {entries} entries and knew none of them, so items may have been missed."
            " It is visited more often now; if that does not help, set a short `every`.",
            {"entries": after.entries},
        )
        return Notice("items_missed", "weekly", said, "missed")
    if before.missed_at is not None and after.missed_at is None:
        return Notice("items_missed")
    return None


def _told(kind: str, standing: Standing, habits: Habits, now: datetime) -> Notice | None:
    """The finding that a standing means, of one kind."""
    if standing.cause is None:
        return None
    if kind == "source_failing" and standing.state == "failing":
        cause = cause_of(standing.cause)
        about = {"cause": cause.said, "advice": cause.mending}
        return Notice(
            kind, "daily", Saying("source_failing", "It cannot be read: {cause}. {advice}", about), cause.group
        )
    if kind == "source_silent" and standing.state == "silent":
        return Notice(kind, "daily", _quiet(habits, now), "silent")
    if kind == "source_odd" and standing.state == "degraded" and standing.score == 0:
        cause = cause_of(standing.cause)
        about = {"cause": cause.said, "advice": cause.mending}
        return Notice(kind, "weekly", Saying("source_odd", "Something is odd: {cause}. {advice}", about), cause.code)
    return None


def _quiet(habits: Habits, now: datetime) -> Saying:
    limit, advice = silence_limit(habits.gaps), CAUSES["silent"].mending
    if habits.latest is None or limit is None:
        return Saying("source_silent", "It answers, but nothing new comes. {advice}", {"advice": advice})
    return Saying(
        "source_silent_for",
        "It answers, but nothing new has come for {quiet}; by its own rhythm {usual} is the most. {advice}",
        {"quiet": in_words(now - habits.latest), "usual": in_words(limit), "advice": advice},
    )


def in_words(span: timedelta) -> Saying:
    hours = span.total_seconds() / 3600
    if hours < 48:
        return Saying("hours", "{n} hours" if round(hours) != 1 else "{n} hour", {"n": round(hours)})
    return Saying("days", "{n} days", {"n": round(hours / 24)})
