"""How much may be under way to one service: little until it answers, and one try now and then while it is down.

Known in memory only. A restart asks every service anew, and what waits is in the rows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.senders.parcel import Answer

#: Messages under way at the same moment to a service that answers. One that does not must not take all threads.
SIDE_BY_SIDE = 4
#: After so many messages in a row that were not taken, the service is down for all who wait for it.
_BROKEN_AFTER = 5
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass
class _Service:
    under_way: int = 0
    answers: bool = False  # the last word of it was a good one
    bad: int = 0  # answers in a row
    closed_until: datetime | None = None

    def is_left_alone(self, now: datetime) -> bool:
        """More than the longest wait means that the clock was set back."""
        return self.closed_until is not None and timedelta(0) < self.closed_until - now <= _LONGEST_WAIT


class Breaker:
    """Every service that this process has sent something to."""

    def __init__(self) -> None:
        self._known: dict[str, _Service] = {}
        self._lock = threading.Lock()

    def room(self, service: str, now: datetime) -> int:
        """How many messages may leave for a service now."""
        with self._lock:
            known = self._known.get(service)
            if known is None:
                return 1
            if known.is_left_alone(now):
                return 0
            return max((SIDE_BY_SIDE if known.answers else 1) - known.under_way, 0)

    def answers(self, service: str) -> bool:
        """Whether the last word of a service was a good one."""
        with self._lock:
            return service in self._known and self._known[service].answers

    def is_down(self, service: str, now: datetime) -> bool:
        """Whether a service is left alone for now, whatever waits for it."""
        with self._lock:
            return service in self._known and self._known[service].is_left_alone(now)

    def began(self, service: str) -> None:
        with self._lock:
            self._known.setdefault(service, _Service()).under_way += 1

    def ended(self, service: str) -> None:
        with self._lock:
            self._known[service].under_way -= 1

    def heard(self, service: str, answer: Answer, now: datetime) -> None:
        """Learn from what a service answered, or from its silence. That it refuses a message shows that it is up."""
        with self._lock:
            known = self._known.setdefault(service, _Service())
            if answer.result in ("accepted", "refused"):
                known.answers, known.bad, known.closed_until = True, 0, None
                return
            known.answers, known.bad = False, known.bad + 1
            if answer.everybody and answer.retry_after is not None:
                known.closed_until = now + min(answer.retry_after, _LONGEST_WAIT)
            elif known.bad >= _BROKEN_AFTER:
                known.closed_until = now + min(_FIRST_PAUSE * 2 ** min(known.bad - _BROKEN_AFTER, 10), _LONGEST_PAUSE)
