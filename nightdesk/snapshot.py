"""The record as one SQLite file to hand on: the views as plain tables, a manifest that proves them, nothing secret."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.clock import iso
from core.errors import NightdeskError, UsageError
from nightdesk import __version__
from nightdesk.columns import REFERS, Kind, kind_of
from nightdesk.whole import whole
from store import revisions, views
from store.engine import Store

ENDINGS = (".sqlite", ".db")
MANIFEST = "manifest"

#: Who was told, and what his server answered, is nobody else's business.
_WITHHELD = {"deliveries_v": ("recipient", "last_error")}
_TYPES = {Kind.WHOLE: "INTEGER", Kind.NUMBER: "REAL", Kind.TRUTH: "INTEGER"}
_INDEXED = ("article_id", "development_id", "thread_id", "topic", "event_type", "country", "published_at")
_BATCH = 500


def export_snapshot(store: Store, target: str, now: datetime) -> dict[str, int]:
    """Write every view as it is at this moment; how many rows each has. Raises UsageError and NightdeskError."""
    path = Path(target)
    _require_fit(store, path)
    with whole(path) as file:
        try:
            with closing(sqlite3.connect(file.name)) as out, store.read_at_length() as db:
                out.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
                counts = {name: _copy(db, name, out) for name in views.NAMES}
                _write_manifest(out, counts, iso(now), str(revisions.current(db)))
                out.commit()
        except sqlite3.Error as error:
            raise NightdeskError(f"cannot write {path}: {error}") from error
    return counts


def _require_fit(store: Store, path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path}: the name of a snapshot must end in {' or '.join(ENDINGS)}")
    if store.path is not None and path.resolve() == store.path.resolve():
        raise UsageError(f"{path} is the database itself; write the snapshot to another file")
    journal = next((name for name in (f"{path}-wal", f"{path}-journal") if Path(name).exists()), None)
    if journal is not None:
        raise UsageError(f"{path} is open in another program, as {journal} shows; write the snapshot to another file")


def _copy(db: Connection, name: str, out: sqlite3.Connection) -> int:
    """One view as a table of the same name, so that queries for the one serve for the other."""
    rows = db.execute(sa.text(f"SELECT * FROM {name}"), execution_options={"yield_per": _BATCH})
    columns = list(rows.keys())
    out.execute(f"CREATE TABLE {name} ({', '.join(_column(name, column) for column in columns)})")
    places = ", ".join("?" * len(columns))
    cleaned = (_cleaned(name, row) for row in rows.mappings())
    while batch := list(islice(cleaned, _BATCH)):
        out.executemany(f"INSERT INTO {name} VALUES ({places})", batch)
    for column in columns:
        if column in _INDEXED:
            out.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")
    return int(out.execute(f"SELECT count(*) FROM {name}").fetchone()[0])


def _column(view: str, column: str) -> str:
    """Its type, and what it refers to, so that a browser of databases can lead from row to row."""
    written = f'"{column}" {_TYPES.get(kind_of(column), "TEXT")}'
    if column == "id":
        return f"{written} PRIMARY KEY"
    refers = REFERS.get(column)
    return f"{written} REFERENCES {refers} (id)" if refers in views.NAMES and view != refers else written


def _cleaned(view: str, row: RowMapping) -> list[Any]:
    withheld = _WITHHELD.get(view, ())
    return [None if column in withheld else _shown(column, value) for column, value in row.items()]


def _shown(column: str, value: Any) -> Any:
    """Addresses without the name and password that some feeds are read with."""
    if column not in ("url", "canonical_url") or not isinstance(value, str) or "@" not in value:
        return value
    try:
        parts = urlsplit(value)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else value
    except ValueError:
        return None


# -- the manifest ---------------------------------------------------------------------------------------------------


def _write_manifest(out: sqlite3.Connection, counts: Mapping[str, int], made_at: str, schema: str) -> None:
    out.execute(
        f'CREATE TABLE {MANIFEST} ("name" TEXT PRIMARY KEY, "rows" INTEGER, "sha256" TEXT, "made_at" TEXT,'
        ' "version" TEXT, "schema" TEXT)'
    )
    for name, count in counts.items():
        values = (name, count, digest(out, name), made_at, __version__, schema)
        out.execute(f"INSERT INTO {MANIFEST} VALUES (?, ?, ?, ?, ?, ?)", values)


def digest(db: sqlite3.Connection, name: str) -> str:
    """SHA-256 over a table: every row a JSON list on a line, in the order of `id`, or of all columns without one.

    So the same record has the same hash whichever engine it came from.
    """
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
    order = "id" if "id" in columns else ", ".join(str(place) for place in range(1, len(columns) + 1))
    found = hashlib.sha256()
    for row in db.execute(f"SELECT * FROM {name} ORDER BY {order}"):
        found.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return found.hexdigest()
