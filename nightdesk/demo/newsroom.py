"""A newsroom on loopback: several outlets, each on its own port, whose stories appear by a written schedule.

The schedule begins when every outlet's feed has been asked for once (or at `open()`), so that what was there before is
baseline for whoever watches, however long it took to start.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any

from core.clock import Clock, utc_now
from nightdesk.demo.edition import Moment, edition
from nightdesk.demo.server import Answer, Press
from nightdesk.demo.story import Outlet, Stories, load_stories

WATCHES: list[dict[str, Any]] = [
    {"name": "scam-centres", "topics": ["scam_centres"]},
    {"name": "overseas-policing", "topics": ["overseas_policing"]},
    {"name": "myawaddy", "topics": ["scam_centres"], "query": 'place:Myawaddy OR "KK Park"'},
]


@dataclass(frozen=True)
class Expected:
    """How many alerts the newsroom was written to cause, one per watch and change."""

    alerts: int
    updates: int


class Newsroom:
    """Start it, watch its `sources()` with its `watches()`, and compare with `expected()`."""

    def __init__(self, *, clock: Clock = utc_now, speed: float = 1.0, stories: Stories | None = None) -> None:
        self.stories = stories or load_stories()
        self._clock = clock
        self._speed = speed
        self._opening = threading.Lock()
        self._opened: datetime | None = None
        self._started = clock()
        self._unread = {outlet.name for outlet in self.stories.outlets}
        self._presses: dict[str, Press] = {}

    def __enter__(self) -> Newsroom:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve every outlet on a free port of 127.0.0.1."""
        self._started = self._clock()
        for outlet in self.stories.outlets:
            self._presses[outlet.name] = Press(partial(self._answer, outlet))

    def open(self) -> None:
        """Begin the schedule now, whoever has read what. Doing so again changes nothing."""
        with self._opening:
            self._opened = self._opened or self._clock()

    def stop(self) -> None:
        for press in self._presses.values():
            press.stop()

    def url(self, outlet: str) -> str:
        """Where the outlet is served, without a slash at the end."""
        return self._presses[outlet].base

    @property
    def length(self) -> float:
        """Seconds from the opening to the last thing that appears."""
        last = max(max(story.at, story.edited_at or 0) for story in self.stories.stories)
        return last / self._speed

    def elapsed(self) -> float:
        """Seconds of the schedule that have passed; 0 before the opening."""
        return (self._clock() - self._opened).total_seconds() * self._speed if self._opened else 0.0

    def expected(self) -> Expected:
        return Expected(alerts=self.stories.watches_told("alert"), updates=self.stories.watches_told("update"))

    def developments(self) -> dict[str, str | None]:
        """Every address in the feeds, with the key of the development that its story tells of."""
        whole = Moment(self._started, self._started, float("inf"), self._speed)
        return {
            entry.link: self.stories.by_slug[entry.key].development
            for outlet in self.stories.outlets
            for entry in edition(self.stories, outlet, self.url(outlet.name), whole).entries
        }

    def sources(self) -> list[dict[str, Any]]:
        """The outlets as `[[source]]` entries."""
        return [
            {
                "name": outlet.name,
                "title": outlet.title,
                "kind": "feed",
                "url": f"{self.url(outlet.name)}/feed",
                "language": outlet.language,
                "country": outlet.country,
                "type": outlet.type,
                "every": "2s",
                "delay": "0s",
                "allow_private": True,
            }
            for outlet in self.stories.outlets
        ]

    def watches(self) -> list[dict[str, Any]]:
        """Three standing questions as `[[watch]]` entries: one per beat, one for a place by query."""
        return [watch | {"group_wait": "1s", "update_interval": "0s"} for watch in WATCHES]

    def _answer(self, outlet: Outlet) -> Answer:
        moment = Moment(self._started, self._opened or self._started, self.elapsed(), self._speed)
        return Answer(
            edition(self.stories, outlet, self.url(outlet.name), moment), on_feed=lambda: self._feed_read(outlet.name)
        )

    def _feed_read(self, outlet: str) -> None:
        self._unread.discard(outlet)
        if not self._unread:
            self.open()
