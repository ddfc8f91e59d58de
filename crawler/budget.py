"""How many new pages of one site are asked for in an hour: what is more waits its turn, and is not lost.

A trap makes new addresses faster than anyone can read, and so does a site that is rebuilt. The newest items come first.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

#: Of a public site, where the configuration says nothing. No outlet publishes as much.
PAGES_AN_HOUR = 300
NOWHERE = "-"
HOUR = timedelta(hours=1)
_UNBOUNDED = 1_000_000


class Budget:
    """What was asked for in the last hour, by site. A new process begins with what the store says."""

    def __init__(self, pages_an_hour: int | None) -> None:
        self._given = pages_an_hour
        self._spent: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()  # plans are made in another thread than requests

    def limit(self, site: str) -> int | None:
        """How many pages an hour; None for a private site, which its source opened itself, unless a limit was set."""
        if site == NOWHERE:  # nobody is asked
            return None
        is_private = "://" in site  # see core.urls.site_of
        return self._given or (None if is_private else PAGES_AN_HOUR)

    def left(self, site: str, now: datetime, *, baseline: bool = False) -> int:
        """How many more may be asked for now. What was there before may take half, so that news need not wait."""
        limit = self.limit(site)
        if limit is None:
            return _UNBOUNDED
        with self._lock:
            spent = self._spent.get(site, deque())
            while spent and spent[0] <= now - HOUR:
                spent.popleft()
            return max(((limit + 1) // 2 if baseline else limit) - len(spent), 0)

    def spend(self, site: str, now: datetime) -> None:
        if self.limit(site) is not None:
            with self._lock:
                self._spent[site].append(now)

    def restore(self, fetched: Iterable[tuple[str, datetime]]) -> None:
        """Take up what was asked for before this process began; oldest first."""
        for site, at in fetched:
            self.spend(site, at)

    def forget_idle(self, now: datetime) -> None:
        with self._lock:
            for site in [site for site, spent in self._spent.items() if not spent or spent[-1] <= now - HOUR]:
                del self._spent[site]
