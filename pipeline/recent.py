"""The developments an article may belong to, with how rare their words are. Keeps parsed profiles between articles.

What is returned depends on the rows alone, never on what this process saw before: a run that was killed goes on as if
it had not been.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from pipeline.cluster import Candidate
from pipeline.profile import Profile
from pipeline.words import Rarity
from store import developments

_KEPT = 20_000  # parsed profiles, some hundred MB at most


class Recent:
    """Developments with news around a moment."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._profiles: dict[int, tuple[datetime, Profile]] = {}
        self._counted: dict[int, datetime] = {}  # those that `rarity` now counts, and as of when
        self._terms: dict[int, frozenset[str]] = {}
        self.rarity = Rarity()

    def around(self, db: Connection, at: datetime) -> list[Candidate]:
        """The candidates for news of that moment; `rarity` is theirs."""
        current = developments.developments_between(db, at - self._window, at + self._window)
        self._load(db, current)
        self._count(current)
        return [Candidate(id, self._profiles[id][1]) for id in current]

    def forget(self, development_id: int) -> None:
        """Its row has been written anew."""
        self._profiles.pop(development_id, None)
        self._uncount(development_id)

    def _load(self, db: Connection, current: dict[int, datetime]) -> None:
        missing = [id for id, at in current.items() if self._profiles.get(id, (None,))[0] != at]
        if len(self._profiles) + len(missing) > _KEPT:
            self._profiles = {id: kept for id, kept in self._profiles.items() if id in current}
        for id, value in developments.profiles(db, missing).items():
            self._profiles[id] = (current[id], Profile.from_json(value))

    def _count(self, current: dict[int, datetime]) -> None:
        for id in [id for id, at in self._counted.items() if current.get(id) != at]:
            self._uncount(id)
        for id, at in current.items():
            if id not in self._counted:
                self._counted[id] = at
                self._terms[id] = frozenset(_terms(self._profiles[id][1]))
                self.rarity.add(self._terms[id])

    def _uncount(self, id: int) -> None:
        if self._counted.pop(id, None) is not None:
            self.rarity.remove(self._terms.pop(id))


def _terms(profile: Profile) -> Iterator[str]:
    yield from profile.words
    yield from profile.entities
    yield from (f"@{name}" for name in profile.names)
