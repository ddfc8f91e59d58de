"""Known misses: what somebody asked about because nobody was told of it. Written by `explain`, checked again later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, json, metadata, moment, text, upsert

known_misses = sa.Table(
    "known_misses",
    metadata,
    id_column(),
    text("key"),  # the address without its variants, or the id that was asked for
    text("asked"),  # as it was asked for
    text("title", nullable=True),
    text("outcome"),  # as of the last check
    text("sentence"),
    json("mend", nullable=False),
    text("watch", nullable=True),  # the one that came nearest
    sa.Column("times", sa.Integer, nullable=False),
    moment("asked_at"),
    moment("last_asked_at"),
    moment("checked_at"),
    moment("mended_at", nullable=True),  # since when the same thing would be told
    sa.UniqueConstraint("key"),
)

#: What a check may find otherwise than the one before.
_FOUND = ("title", "outcome", "sentence", "mend", "watch")


def keep(db: Connection, key: str, asked: str, found: Mapping[str, Any], mended: bool, now: datetime) -> int:
    """Write down what was asked about, or count it once more; its id."""
    new = {"key": key, "asked": asked, "times": 1, "asked_at": now, "last_asked_at": now, **_checked(found, now)}
    again = {"times": known_misses.c.times + 1, "last_asked_at": now, **_checked(found, now)}
    again["mended_at"] = _since(mended, now)
    statement = upsert(db, known_misses).values(**new, mended_at=now if mended else None)
    kept = statement.on_conflict_do_update(index_elements=["key"], set_=again).returning(known_misses.c.id)
    return int(db.execute(kept).scalar_one())


def check(db: Connection, miss_id: int, found: Mapping[str, Any], mended: bool, now: datetime) -> None:
    """Write down what a later look found."""
    mine = sa.update(known_misses).where(known_misses.c.id == miss_id)
    db.execute(mine.values(**_checked(found, now), mended_at=_since(mended, now)))


def _since(mended: bool, now: datetime) -> sa.ColumnElement[Any] | None:
    """Since when it is mended: what stood there stays, and goes where it is mended no longer."""
    column = known_misses.c.mended_at
    return sa.func.coalesce(column, sa.literal(now, column.type)) if mended else None


def _checked(found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {"checked_at": now, **{name: found[name] for name in _FOUND}}


def forget(db: Connection, miss_id: int) -> bool:
    """Take one out that was no miss; false where there was none."""
    return db.execute(sa.delete(known_misses).where(known_misses.c.id == miss_id)).rowcount == 1


def all_misses(db: Connection, limit: int) -> list[Row[Any]]:
    """Those asked about last, first."""
    newest = sa.select(known_misses).order_by(known_misses.c.last_asked_at.desc(), known_misses.c.id.desc())
    return list(db.execute(newest.limit(limit)))


def open_of_watch(db: Connection, watch: str, limit: int) -> list[Row[Any]]:
    """What waits to be mended and came nearest to one watch, those asked about last first."""
    waiting = sa.select(known_misses).where(known_misses.c.mended_at.is_(None), known_misses.c.watch == watch)
    return list(
        db.execute(waiting.order_by(known_misses.c.last_asked_at.desc(), known_misses.c.id.desc()).limit(limit))
    )


def open_by_watch(db: Connection) -> dict[str, int]:
    """How many misses wait to be mended, by the watch that came nearest."""
    waiting = sa.and_(known_misses.c.mended_at.is_(None), known_misses.c.watch.is_not(None))
    counted = sa.select(known_misses.c.watch, sa.func.count()).where(waiting).group_by(known_misses.c.watch)
    return {row[0]: row[1] for row in db.execute(counted)}
