"""Which article a watch asked for, and why or why not. Written by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.articles import article_versions
from store.base import json, metadata, moment, ref, text
from store.definitions import watches

matches = sa.Table(
    "matches",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    ref("watch_id", "watches.id", primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),  # of the watch
    sa.Column("fired", sa.Boolean, nullable=False),
    text("reason"),
    json("terms"),  # matched words as they stand in the text
    text("quote", nullable=True),  # the sentence of the first match
    # It fired only when an analyst or a reprocess looked again: of that nobody is told as of something new.
    sa.Column("quiet", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    moment("created_at"),
    sa.Index(
        "ix_matches_fired", "watch_id", "version_id", sqlite_where=sa.text("fired"), postgresql_where=sa.text("fired")
    ),
)


@dataclass(frozen=True)
class AskedWatch:
    """A watch that is asked of each new article."""

    id: int
    name: str
    revision: int
    definition: Mapping[str, Any]


def watches_to_ask(db: Connection) -> list[AskedWatch]:
    """Every watch that is not retired."""
    columns = (watches.c.id, watches.c.name, watches.c.revision, watches.c.definition)
    asked = sa.select(*columns).where(watches.c.retired_at.is_(None))
    return [AskedWatch(**row._mapping) for row in db.execute(asked.order_by(watches.c.id))]


_STAMP = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.sum(watches.c.revision), 0),
    sa.func.max(watches.c.retired_at, type_=watches.c.retired_at.type),
).select_from(watches)


def watches_stamp(db: Connection) -> tuple[int, int, datetime | None]:
    """Changes whenever a watch is added, edited or retired."""
    row = db.execute(_STAMP).one()
    return (row[0], row[1], row[2])


def add_matches(db: Connection, version_id: int, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """What each watch made of one article version: those that fired and the near misses."""
    if rows:
        db.execute(sa.insert(matches), [{**row, "version_id": version_id, "created_at": now} for row in rows])


def replace_matches(
    db: Connection, version_id: int, rows: Sequence[Mapping[str, Any]], now: datetime, quiet: bool = True
) -> None:
    """What the watches make of a version that was looked at again; one that fires only now is `quiet`."""
    mine = matches.c.version_id == version_id
    loud = sa.select(matches.c.watch_id).where(mine, matches.c.fired, ~matches.c.quiet)
    before = set(db.scalars(loud))
    db.execute(sa.delete(matches).where(mine))
    add_matches(db, version_id, [{**row, "quiet": quiet and row["watch_id"] not in before} for row in rows], now)


def fired_of(db: Connection, version_id: int) -> dict[int, int]:
    """The watches that fired for a version, with the revision that did."""
    mine = sa.select(matches.c.watch_id, matches.c.revision).where(matches.c.version_id == version_id, matches.c.fired)
    return {row.watch_id: row.revision for row in db.execute(mine)}


def hush(db: Connection, article_ids: Sequence[int]) -> None:
    """What these articles are matched by raises nothing new where they are now."""
    mine = sa.select(article_versions.c.id).where(article_versions.c.article_id.in_(article_ids))
    db.execute(sa.update(matches).where(matches.c.version_id.in_(mine), matches.c.fired).values(quiet=True))
