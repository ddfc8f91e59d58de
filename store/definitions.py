"""What people asked for: sources, watches, channels. Written by nightdesk from file and command, read by the stages.

A definition's identity is its name. `origin` tells who defines it: the `file`, the `desk` (command or page) or, for
sources, the `builtin` catalogue. Channel rows carry no address, since an address may hold a secret.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, json, metadata, moment, text

sources = sa.Table(
    "sources",
    metadata,
    id_column(),
    text("name"),
    text("origin"),  # builtin | file | desk
    text("title"),
    text("kind"),
    text("type"),
    text("url"),
    text("language", nullable=True),
    text("country", nullable=True),
    json("definition", nullable=False),  # the whole validated entry
    moment("created_at"),
    moment("edited_at"),
    moment("retired_at", nullable=True),  # no longer visited; its articles stay
    sa.UniqueConstraint("name"),
)

watches = sa.Table(
    "watches",
    metadata,
    id_column(),
    text("name"),
    text("origin"),
    text("mode"),
    json("definition", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # counts edits; a match names the revision it was made with
    moment("created_at"),
    moment("edited_at"),  # changes older than this alert nobody
    moment("retired_at", nullable=True),
    sa.UniqueConstraint("name"),
)

channels = sa.Table(
    "channels",
    metadata,
    id_column(),
    text("name"),
    text("origin"),
    json("definition", nullable=False),  # without the address
    moment("created_at"),
    moment("edited_at"),
    moment("retired_at", nullable=True),
    sa.UniqueConstraint("name"),
)


@dataclass(frozen=True)
class Entry:
    """One definition as it should stand: the columns of its own, and the whole validated entry."""

    name: str
    origin: str
    columns: Mapping[str, Any]
    definition: Mapping[str, Any]
    unweighty: frozenset[str] = frozenset()  # keys of the definition whose change is no edit
    defaults: Mapping[str, Any] = field(default_factory=dict)  # of keys that rows of an older version lack


def put(db: Connection, table: sa.Table, entry: Entry, now: datetime) -> str:
    """Make the row of `entry.name` say what the entry says: `added`, `edited`, `revived` or `same`."""
    row = db.execute(sa.select(table).where(table.c.name == entry.name).with_for_update()).one_or_none()
    values: dict[str, Any] = {"origin": entry.origin, "definition": dict(entry.definition), **entry.columns}
    if row is None:
        first = {"revision": 1} if "revision" in table.c else {}
        statement = insert_ignoring(db, table)
        db.execute(statement.values(name=entry.name, created_at=now, edited_at=now, **values, **first))
        return "added"
    same = all(getattr(row, key) == value for key, value in values.items())
    if same and row.retired_at is None:
        return "same"
    if row.retired_at is not None or _weighty(row.definition, entry) != _weighty(entry.definition, entry):
        values |= {"edited_at": now, "retired_at": None}
        if "revision" in table.c:
            values["revision"] = row.revision + 1
    db.execute(table.update().where(table.c.id == row.id).values(values))
    return "revived" if row.retired_at is not None else "edited"


def _weighty(definition: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    whole = {**entry.defaults, **_table(definition)}
    return {key: value for key, value in whole.items() if key not in entry.unweighty}


def retire_others(
    db: Connection, table: sa.Table, origins: Collection[str], names: Collection[str], now: datetime
) -> list[str]:
    """Retire what these origins no longer define; what it brought stays. Returns the names."""
    open_rows = sa.select(table.c.name).where(table.c.origin.in_(origins), table.c.retired_at.is_(None))
    gone = sorted(set(db.scalars(open_rows)) - set(names))
    for name in gone:
        db.execute(table.update().where(table.c.name == name).values(retired_at=now))
    return gone


def retire(db: Connection, table: sa.Table, name: str, now: datetime) -> bool:
    """Retire one definition; false where there is none that stands."""
    standing = table.update().where(table.c.name == name, table.c.retired_at.is_(None))
    return db.execute(standing.values(retired_at=now)).rowcount == 1


def origin_of(db: Connection, table: sa.Table, name: str) -> str | None:
    """Who defines `name`, where anybody does now."""
    return db.scalar(sa.select(table.c.origin).where(table.c.name == name, table.c.retired_at.is_(None)))


def names(db: Connection, table: sa.Table, origin: str) -> set[str]:
    """What an origin defines now."""
    return set(db.scalars(sa.select(table.c.name).where(table.c.origin == origin, table.c.retired_at.is_(None))))


def definition_of(db: Connection, table: sa.Table, name: str) -> Mapping[str, Any] | None:
    """The whole entry of `name`, where anybody defines it now."""
    found = sa.select(table.c.definition).where(table.c.name == name, table.c.retired_at.is_(None))
    row = db.execute(found).one_or_none()
    return None if row is None else _table(row.definition)


def _table(definition: Any) -> Mapping[str, Any]:
    """Empty where somebody wrote by SQL what is no table of keys: such a definition is mended as any broken one."""
    return definition if isinstance(definition, Mapping) else {}


def active_watches(db: Connection, mode: str | None = None) -> list[Row[Any]]:
    """The watches that are asked of articles, by name; those of one mode where it is given."""
    query = sa.select(watches).where(watches.c.retired_at.is_(None))
    if mode is not None:
        query = query.where(watches.c.mode == mode)
    return list(db.execute(query.order_by(watches.c.name)))


def watch_by_id(db: Connection, watch_id: int) -> Row[Any] | None:
    return db.execute(sa.select(watches).where(watches.c.id == watch_id)).first()


def active_channels(db: Connection) -> list[Row[Any]]:
    """The configured channels, by name."""
    return list(db.execute(sa.select(channels).where(channels.c.retired_at.is_(None)).order_by(channels.c.name)))


def active_sources(db: Connection) -> int:
    """How many sources are visited."""
    return db.scalar(sa.select(sa.func.count()).select_from(sources).where(sources.c.retired_at.is_(None))) or 0
