"""Makes texts ready for search that were filed before they were kept so, when there is nothing else to do."""

from __future__ import annotations

from store.engine import Store
from store.index import pack_texts

_AT_A_TIME = 50  # for less than a tenth of a second the database is written to


class Packing:
    """Goes back from the newest article to the oldest, once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before: int | None = None
        self._done = False

    def go_on(self) -> None:
        """A few more texts; cheap where all are ready."""
        if not self._done:
            self._before = self._store.unit(lambda db: pack_texts(db, self._before, _AT_A_TIME))
            self._done = self._before is None
