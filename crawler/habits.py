"""What is remembered of a source's behaviour: when news came, its gaps, what its answers looked like. Pure.

A beat is a minute in which something new came out; however many items came with it, a flood is one beat. Gaps are kept
between beats of different hours, so that two hundred of them reach back over nights and weekends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

_RECENT = 30
_GAPS = 200
_HOUR = 60  # minutes
_FEWEST_GAPS = 4
_SHORTEST_SILENCE = timedelta(hours=24)
_A_WEEK_SEEN = 8 * 24 * _HOUR
_FIRST_WEEKEND = timedelta(hours=84)  # from Friday noon to Monday night: allowed until a week was seen
_LONGEST_SILENCE = timedelta(days=90)


@dataclass(frozen=True)
class Habits:
    """One source's. Moments are minutes since 1970, spans minutes, unless the name says otherwise."""

    recent: tuple[int, ...] = ()  # the latest beats, oldest first
    last: int | None = None  # the beat that the next gap is measured from
    gaps: tuple[int, ...] = ()  # oldest first
    cap_s: float | None = None  # visits must not be rarer, since the list turns over faster
    missed_at: int | None = None  # when a visit last found nothing it knew
    entries: int = 0  # in the latest answer that was read
    asked_s: float | None = None  # the pause that the source asks for
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    unchanged: int = 0  # answers 304 since the last whole one
    validators_lie: bool = False
    newest: int | None = None  # latest date that its entries bore
    stuck: int = 0  # visits in a row with new entries but no newer date
    moved_to: str | None = None
    moved: int = 0  # permanent redirects there in a row
    score: float = 0.0  # failures in a row, by their weight
    good: int = 0  # successes in a row
    failing: int | None = None  # since when no visit could be read
    excused: bool = False  # from a rule that others must keep

    @classmethod
    def of(cls, memory: Mapping[str, Any] | None) -> Habits:
        """From what the store kept; what it does not know is as if new."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (memory or {}).items()
            if name in known
        }
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """Only what differs from a new source's."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in every.items()
            if value != _NEW_VALUES[name]
        }

    @property
    def latest(self) -> datetime | None:
        return moment_of(self.recent[-1]) if self.recent else None

    @property
    def times(self) -> list[datetime]:
        return [moment_of(minute) for minute in self.recent]


_NEW_VALUES = {field.name: field.default for field in fields(Habits)}


def minute_of(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def moment_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def beats_of(published: Iterable[datetime | None], since: datetime | None, now: datetime) -> list[int]:
    """The beats of new items: their dates where those may be believed, else the visit itself.

    A date from before the last visit is of something that was there already or was given a date anew; what came is
    news of now. At the first visit dates are all there is, and undated items tell nothing of any rhythm.
    """
    found: set[int] = set()
    for date in published:
        if date is not None and date <= now and (since is None or date >= since - timedelta(days=1)):
            found.add(minute_of(date))
        elif since is not None:
            found.add(minute_of(now))
    return sorted(found)


def with_beats(habits: Habits, beats: Sequence[int]) -> Habits:
    """After more beats.

    A gap beyond the limit of silence counts as the limit, so that a source's death and return do not teach us to wait.
    """
    if not beats:
        return habits
    limit = silence_limit(habits.gaps)
    most = int(limit.total_seconds() // 60) if limit else None
    last, gaps = habits.last, list(habits.gaps)
    for beat in sorted(beats):
        if last is None:
            last = beat
        elif beat - last >= _HOUR:
            gaps.append(min(beat - last, most) if most else beat - last)
            last = beat
    recent = tuple(sorted({*habits.recent, *beats})[-_RECENT:])
    return replace(habits, recent=recent, last=last, gaps=tuple(gaps[-_GAPS:]))


def usual_gap(gaps: Sequence[int]) -> timedelta | None:
    """The gap that 95 of 100 stay below; None while there are too few to tell."""
    return timedelta(minutes=_quantile(sorted(gaps), 0.95)) if len(gaps) >= _FEWEST_GAPS else None


def silence_limit(gaps: Sequence[int]) -> timedelta | None:
    """How long a source may be quiet before it is silent; None while its rhythm is not known.

    At least a day (longer until the source was seen for a week with its weekend), at most four times its usual gap
    (where longer gaps were seen already, a fifth longer than those). Below that the gap decides that 95 of 100
    moments fall into: nights and weekends weigh by their length there, as they must.
    """
    if len(gaps) < _FEWEST_GAPS:
        return None
    ordered = sorted(gaps)
    limit = 4.0 * _quantile(ordered, 0.95)
    if limit < 1.05 * ordered[-1]:
        limit = 1.2 * ordered[-1]
    if len(gaps) < 10:
        limit = 3.0 * ordered[-1]
    else:
        limit = min(limit, 2.5 * _by_length(ordered, 0.95))
    shortest = _SHORTEST_SILENCE if sum(gaps) >= _A_WEEK_SEEN else _FIRST_WEEKEND
    return min(max(timedelta(minutes=limit), shortest), _LONGEST_SILENCE)


def silent_from(habits: Habits) -> datetime | None:
    """From when on the source counts as silent, unless something comes."""
    limit = silence_limit(habits.gaps)
    return None if limit is None or habits.latest is None else habits.latest + limit


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[min(math.ceil(share * len(ordered)), len(ordered)) - 1]


def _by_length(ordered: Sequence[int], share: float) -> int:
    """The gap that a share of all the time between beats lies in or below."""
    wanted, passed = share * sum(ordered), 0
    for gap in ordered:
        passed += gap
        if passed >= wanted:
            return gap
    return ordered[-1]
