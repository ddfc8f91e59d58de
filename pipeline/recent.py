"""The developments an article may belong to, as the rows have them. Keeps parsed profiles between articles.

What is decided depends on the rows alone, never on what this process saw before: a run that was killed goes on as if
it had not been.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from pipeline.nearby import Nearby
from pipeline.profile import Profile
from store import developments

_KEPT = 20_000  # parsed profiles, some hundred MB at most


class Recent:
    """Developments with news around a moment."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._profiles: dict[int, tuple[object, Profile]] = {}
        self._near = Nearby()

    def around(self, db: Connection, at: datetime) -> Nearby:
        """Those with news within the window of that moment."""
        current = developments.developments_between(db, at - self._window, at + self._window)
        self._load(db, current)
        self._near.hold(current, {id: self._profiles[id][1] for id in current})
        return self._near

    def forget(self, development_id: int) -> None:
        """Its row has been written anew."""
        self._profiles.pop(development_id, None)
        self._near.remove(development_id)

    def _load(self, db: Connection, current: Mapping[int, object]) -> None:
        missing = [id for id, at in current.items() if self._profiles.get(id, (None,))[0] != at]
        if len(self._profiles) + len(missing) > _KEPT:
            self._profiles = {id: kept for id, kept in self._profiles.items() if id in current}
        for id, value in developments.profiles(db, missing).items():
            self._profiles[id] = (current[id], Profile.from_json(value))
