"""The developments an article may belong to, as the rows have them. Keeps parsed profiles between articles.

What is decided depends on the rows alone, never on what this process saw before: a run that was killed goes on as if
it had not been.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from pipeline.nearby import Nearby
from pipeline.profile import Profile
from store import developments

_KEPT = 20_000  # parsed profiles, some hundred MB at most
_SPANS = 3  # of time whose developments are kept in order to be searched


class Recent:
    """Developments with news around a moment."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._profiles: dict[int, tuple[object, Profile]] = {}
        self._nearby: list[Nearby] = []  # the one used last in front

    def around(self, db: Connection, at: datetime) -> Nearby:
        """Those with news within the window of that moment."""
        current = developments.developments_between(db, at - self._window, at + self._window)
        self._load(db, current)
        near = self._fitting(current)
        near.hold(current, lambda id: self._profiles[id][1])
        return near

    def forget(self, development_id: int) -> None:
        """Its row has been written anew."""
        self._profiles.pop(development_id, None)
        for near in self._nearby:
            near.remove(development_id)

    def _fitting(self, current: Collection[int]) -> Nearby:
        """What is nearest to holding these: old news among that of today has other developments around it."""
        near = min(self._nearby, key=lambda one: one.changes(current), default=None)
        if near is None or near.changes(current) > len(current):
            near = Nearby()
        self._nearby = [near, *(one for one in self._nearby if one is not near)][:_SPANS]
        return near

    def _load(self, db: Connection, current: Mapping[int, object]) -> None:
        missing = [id for id, at in current.items() if self._profiles.get(id, (None,))[0] != at]
        if len(self._profiles) + len(missing) > _KEPT:
            self._profiles = {id: kept for id, kept in self._profiles.items() if id in current}
        for id, value in developments.profiles(db, missing).items():
            self._profiles[id] = (current[id], Profile.from_json(value))
