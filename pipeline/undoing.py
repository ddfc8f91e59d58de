"""Takes back what an import brought: its articles are none any more, and a development of nothing else is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from pipeline import moving, record, renewal
from pipeline.analyst import Signed, mover_of, rule
from pipeline.filing import Desk
from store import articles, developments, families, rulings

#: How a page ends whose import was taken back: it is not read again.
TAKEN_BACK = articles.TAKEN_BACK


def take_back(db: Connection, desk: Desk, name: str, page_ids: Sequence[int], signed: Signed) -> int:
    """Take back every article of these pages of an import; how many. What else is in their developments stays."""
    developments.one_at_a_time(db)
    read = articles.articles_read_from(db, page_ids)
    gone = [article_id for article_id in read if articles.version_row(db, article_id) is not None]
    rule(db, signed, desk.now, "import", f"{len(gone)} rows of the import {name} are taken back")
    touched = _homes(db, gone)
    for article_id in gone:
        families.remove_members(db, [article_id])
        rulings.unpin(db, article_id)
        renewal.withdraw(db, article_id)
    mover = mover_of(signed, desk.now)
    for development_id, members in touched.items():
        record.rebuild(db, development_id, desk.now)
        desk.recent.forget(development_id)
        moving.write_change(db, development_id, mover, "update", "left", moving.names(members), None, members[0])
    ended = [*page_ids, *articles.pages_read_as(db, read)]
    articles.end_otherwise(db, ended, TAKEN_BACK, f"the import {name} was taken back", desk.now)
    return len(gone)


def _homes(db: Connection, article_ids: Sequence[int]) -> dict[int, list[int]]:
    """The developments of these articles, each with those that it has of them."""
    found: dict[int, list[int]] = {}
    for article_id in article_ids:
        home = developments.development_of(db, article_id)
        if home is not None:
            found.setdefault(home, []).append(article_id)
    return found
