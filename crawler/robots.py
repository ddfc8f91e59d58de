"""What a robots.txt allows. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from protego import Protego

from core.clock import iso

#: RFC 9309: at least 500 kB are read, and a copy is not used for more than a day.
MAX_BYTES = 512 * 1024
_KEPT_FOR = timedelta(hours=24)
_ASKED_AGAIN_AFTER = timedelta(minutes=15)
_LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Robots:
    """The robots.txt of one origin, as it was answered. `status` None: no answer."""

    status: int | None
    body: str
    fetched_at: str

    @property
    def readable(self) -> bool:
        """False: nothing is known, so nothing may be asked for. 4xx is an answer: there are no rules."""
        return self.status is not None and self.status < 500 and self.status != 429

    def is_fresh(self, now: datetime) -> bool:
        age = now - datetime.fromisoformat(self.fetched_at)
        return timedelta(0) <= age < (_KEPT_FOR if self.readable else _ASKED_AGAIN_AFTER)

    def allows(self, url: str, robot: str) -> bool:
        return self._rules is None or bool(self._rules.can_fetch(url, robot))

    def delay(self, robot: str) -> float:
        """Crawl-delay in seconds, within reason."""
        if self._rules is None:
            return 0.0
        return min(float(self._rules.crawl_delay(robot) or 0.0), _LONGEST_DELAY)

    @property
    def _rules(self) -> Protego | None:
        return _parsed(self.body) if self.status is not None and 200 <= self.status < 300 and self.body else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_robots(status: int | None, body: bytes, now: datetime) -> Robots:
    """The robots.txt of an answer; anything that can be read as one is."""
    text = body[:MAX_BYTES].decode("utf-8", "replace").replace("\x00", "").lstrip("\ufeff")
    return Robots(status, text if status is not None and 200 <= status < 300 else "", iso(now))


def from_json(data: Any) -> Robots | None:
    """A kept robots.txt; None where what was kept cannot be used."""
    try:
        datetime.fromisoformat(data["fetched_at"])
        return Robots(data["status"], str(data["body"]), data["fetched_at"])
    except (KeyError, TypeError, ValueError):
        return None


@lru_cache(maxsize=256)
def _parsed(body: str) -> Protego | None:
    try:
        return Protego.parse(body)
    except Exception:  # a file that breaks the parser states no rule
        return None
