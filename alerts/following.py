"""Whether anybody follows a case; asked of the watches once, and again when one was added, edited or retired."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from store import decisions, matches


class Following:
    """Remembers the answer: with thousands of watches it is not asked each second."""

    def __init__(self) -> None:
        self._stamp: tuple[int, int, datetime | None] | None = None
        self._any = False

    def any(self, db: Connection) -> bool:
        stamp = matches.watches_stamp(db)
        if stamp != self._stamp:
            self._any, self._stamp = decisions.any_follows(db), stamp
        return self._any
