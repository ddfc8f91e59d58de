"""Queries that people saved by the page: a name, what it is for, its parameters and its SQL, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, metadata, moment, text

saved_queries = sa.Table(
    "saved_queries",
    metadata,
    id_column(),
    text("name"),
    text("about"),
    text("parameters"),  # one a line, as `since: day = 90d`
    text("sql"),
    text("owner"),  # empty: nobody's, left by somebody whose name was given again
    moment("created_at"),
    moment("changed_at"),
    text("changed_by"),
    sa.UniqueConstraint("name"),
)


def everyone(db: Connection) -> list[Row[Any]]:
    """All of them, by name."""
    return list(db.execute(sa.select(saved_queries).order_by(saved_queries.c.name)))


def one(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(sa.select(saved_queries).where(saved_queries.c.name == name)).first()


def add(db: Connection, values: Mapping[str, Any], owner: str, now: datetime) -> bool:
    """Keep another; false where one of that name is kept."""
    row = {**values, "owner": owner, "created_at": now, "changed_at": now, "changed_by": owner}
    added = insert_ignoring(db, saved_queries).values(**row).returning(saved_queries.c.id)
    return db.execute(added).first() is not None


def change(db: Connection, name: str, values: Mapping[str, Any], by: str, now: datetime) -> None:
    mine = sa.update(saved_queries).where(saved_queries.c.name == name)
    db.execute(mine.values(**values, changed_at=now, changed_by=by))


def take(db: Connection, name: str, owner: str) -> None:
    """Own what is nobody's."""
    nobodys = sa.update(saved_queries).where(saved_queries.c.name == name, saved_queries.c.owner == "")
    db.execute(nobodys.values(owner=owner))


def hand_over(db: Connection, owner: str, to: str, by: str, now: datetime) -> list[str]:
    """All that somebody owns is somebody else's; the names."""
    theirs = sa.update(saved_queries).where(saved_queries.c.owner == owner)
    moved = theirs.values(owner=to, changed_at=now, changed_by=by).returning(saved_queries.c.name)
    return sorted(db.scalars(moved))


def remove(db: Connection, name: str) -> None:
    db.execute(sa.delete(saved_queries).where(saved_queries.c.name == name))
