"""Brings a database to this program's schema, with a backup first, and refuses one that is newer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.errors import StoreError
from store import reindexing, revisions, views
from store.engine import Store
from store.revisions import current, head


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade did. `backup` is the copy taken before, where there was data to lose."""

    before: str | None
    after: str
    backup: Path | None


def require_current(store: Store) -> None:
    """Raises StoreError unless the schema is exactly this program's."""
    with store.read() as db:
        found = current(db)
    _refuse_newer(store, found)
    if found != head():
        raise StoreError(
            f"the database {store.shown_url()} has schema {found or 'none'}, this program needs {head()};"
            " run: nightdesk db upgrade"
        )


def is_current(store: Store) -> bool:
    """Whether the schema is this program's; raises StoreError where it is newer."""
    with store.read() as db:
        found = current(db)
    _refuse_newer(store, found)
    return found == head()


def upgrade(store: Store, now: datetime) -> Upgrade:
    """Migrate to `head()` in one transaction and make the views anew. Safe to kill and to repeat."""
    with store.read() as db:
        before = current(db)
        has_data = before is not None and before != head() and _has_data(db)
    _refuse_newer(store, before)
    backup = _backup_before(store, before, now) if has_data else None
    with store.write() as db:
        if not store.is_sqlite:
            # Two programs starting at once must not both migrate.
            db.execute(sa.text("SELECT pg_advisory_xact_lock(5133)"))
        if current(db) != head():
            views.drop(db)
            _migrate(db)
        views.create(db)
    return Upgrade(before=before, after=head(), backup=backup)


def backup(store: Store, target: Path) -> Path:
    """A consistent copy of a SQLite database while others work on it. Raises StoreError on Postgres."""
    if store.path is None:
        raise StoreError(
            "Postgres is backed up by its own tools; run: pg_dump --format=custom DATABASE > nightdesk.dump"
        )
    if target.exists():
        raise StoreError(f"{target} exists; a backup never overwrites")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".partial")
    unfinished.unlink(missing_ok=True)
    with sqlite3.connect(f"file:{store.path}?mode=ro", uri=True) as source, sqlite3.connect(unfinished) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    unfinished.rename(target)
    return target


def check(store: Store) -> list[str]:
    """What is wrong with the database, in words; empty when sound."""
    problems: list[str] = []
    with store.read() as db:
        found = current(db)
        if found != head():
            problems.append(f"schema is {found or 'missing'}, this program needs {head()}; run: nightdesk db upgrade")
        if store.is_sqlite:
            problems += [
                f"integrity: {row}" for row in db.exec_driver_sql("PRAGMA integrity_check").scalars() if row != "ok"
            ]
            problems += [
                f"foreign key: {row[0]} row {row[1]} refers to a missing row of {row[2]}"
                for row in db.exec_driver_sql("PRAGMA foreign_key_check")
            ]
        # What is there by older rules is found, and made anew by itself.
        if found == head() and (amiss := reindexing.count_amiss(db) - reindexing.count_older(db)):
            problems.append(
                f"search: {amiss} {'article is' if amiss == 1 else 'articles are'} not in its index as they should be;"
                " run: nightdesk db check --repair"
            )
    return problems


def _backup_before(store: Store, revision: str | None, now: datetime) -> Path | None:
    if store.path is None:
        return None  # the migration is one transaction there; pg_dump is the operator's, see docs/operations.md
    return backup(store, store.path.with_name(f"{store.path.name}.{revision}.{now:%Y%m%dT%H%M%SZ}.backup"))


def _has_data(db: Connection) -> bool:
    return db.scalar(sa.text("SELECT 1 FROM sources UNION SELECT 1 FROM pages LIMIT 1")) is not None


def _refuse_newer(store: Store, found: str | None) -> None:
    if found is not None and found not in revisions.known():
        raise StoreError(
            f"the database {store.shown_url()} was written by a newer Nightdesk (schema {found});"
            f" this program knows {head()}. Upgrade the program."
        )


def _migrate(db: Connection) -> None:
    # Most starts find a schema that is as it should be.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(revisions.folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    command.upgrade(config, "head")
