"""Indexes anew what was filed by older rules of folding, when there is nothing else to do, the newest first.

What the index has by older rules is found by them until then. A row says by which rules it was made, so a process that
is killed goes on where it was.
"""

from __future__ import annotations

import structlog

from store import reindexing
from store.engine import Store

log = structlog.get_logger(__name__)

_AT_A_TIME = 25  # so that a page that comes waits a moment and no longer
_TOLD_EVERY = 5_000


class Refolding:
    """Goes back from the newest article to the oldest, once in the life of a process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before: int | None = None
        self._of: int | None = None  # how many there are; not known before the first look
        self._done = 0
        self.is_over = False

    def go_on(self) -> None:
        """A few more articles; cheap where all are by the rules that hold."""
        if self.is_over:
            return
        with self._store.read() as db:
            if self._of is None:
                self._of = reindexing.count_older(db)
                if self._of:
                    log.info("index_made_anew", done=0, of=self._of)
            found = reindexing.older(db, self._before, _AT_A_TIME) if self._of else []
        if not found:
            self._end()
            return
        self._store.unit(lambda db: reindexing.index_anew(db, [row.article_id for row in found]))
        self._before = found[-1].id
        before, self._done = self._done, self._done + len(found)
        if before // _TOLD_EVERY != self._done // _TOLD_EVERY:
            log.info("index_made_anew", done=self._done, of=self._of)

    def _end(self) -> None:
        self.is_over = True
        if self._of:
            log.info("index_is_anew", articles=self._done)
