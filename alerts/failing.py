"""Which developments could not be decided lately, so that a fault of ours is not met again every second."""

from __future__ import annotations

from datetime import datetime, timedelta

_LONGEST_REST = timedelta(minutes=5)


class Failing:
    """Developments by the number of failures in a row, and until when each rests. In memory: a restart tries anew."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, datetime]] = {}

    def rests(self, development: int, now: datetime) -> bool:
        known = self._known.get(development)
        return known is not None and now < known[1]

    def is_not_alone(self, development: int) -> bool:
        """Whether others fail as well."""
        return bool(self._known.keys() - {development})

    def failed(self, development: int, now: datetime) -> int:
        """Note one more failure; how many that makes in a row."""
        times = self._known.get(development, (0, now))[0] + 1
        self._known[development] = times, now + min(timedelta(seconds=2.0 ** min(times, 20)), _LONGEST_REST)
        return times

    def succeeded(self, development: int) -> int:
        """How many failures in a row this ends."""
        return self._known.pop(development, (0, None))[0]
