"""Puts on record what the crawler saw: the page of an article is gone. Told to nobody; what it said still stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from pipeline import record
from store import developments, vanishings
from store.engine import Store

#: What such a change is about.
GONE = "gone"


def note(store: Store, now: datetime) -> int:
    """A change for each page that vanished since; how many."""
    with store.read() as db:
        if not vanishings.untold(db):
            return 0

    def write(db: Connection) -> int:
        developments.one_at_a_time(db)
        gone = vanishings.untold(db)
        for row in gone:
            change = {"kind": "update", "origin": row.origin, "at": now, "cause_article_id": row.article_id}
            record.add_change(db, row.development_id, {**change, "what": GONE, "old": row.url, "new": row.reason})
            vanishings.mark(db, row.article_id, now)
        return len(gone)

    return store.unit(write)
