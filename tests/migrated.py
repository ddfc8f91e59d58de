"""The finished schema of SQLite, to make a new database with at once: walking all migrations takes half a second."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from store import migrate, revisions

Migrate = Callable[[Connection], None]


def at_once(template: Path) -> Migrate:
    """What a migration does to an empty database of SQLite, as `template` shows; others are migrated step by step."""
    statements, rows = _read(template)
    step_by_step = migrate._migrate

    def migrated(db: Connection) -> None:
        if db.dialect.name != "sqlite" or revisions.current(db) is not None:
            step_by_step(db)
            return
        for statement in statements:
            db.exec_driver_sql(statement)
        for table, row in rows:
            db.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(row))})', row)

    return migrated


def _read(template: Path) -> tuple[list[str], list[tuple[str, tuple[Any, ...]]]]:
    """Statements in the order in which they were made, and the rows that migrations leave."""
    with closing(sqlite3.connect(template)) as db:
        kinds = {name: kind for _, name, kind, *_ in db.execute("PRAGMA table_list")}
        made = db.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
        ours = [
            (kind, name, sql)
            for kind, name, sql in made
            # Views are made anew at each start; a search index makes its own tables.
            if kind != "view" and not name.startswith("sqlite_") and kinds.get(name) != "shadow"
        ]
        tables = [name for kind, name, _ in ours if kind == "table" and kinds[name] == "table"]
        rows = [(name, row) for name in tables for row in db.execute(f'SELECT * FROM "{name}"')]
    return [sql for _, _, sql in ours], rows
