"""A database is brought to the schema once, backed up before it changes, and refused when it is newer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.errors import StoreError
from store import migrate, revisions
from store.definitions import sources
from store.engine import Store, open_store
from store.schema import metadata
from store.tokens import tokens
from tests.migrated import Migrate

pytestmark = pytest.mark.migrations

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)


def _add_source(store: Store) -> None:
    row = {"name": "post", "origin": "file", "title": "Post", "kind": "feed", "type": "newspaper"}
    with store.write() as db:
        values = {**row, "url": "https://post.example/rss", "definition": {}, "created_at": NOW, "edited_at": NOW}
        db.execute(sa.insert(sources).values(values))


def _set_revision(store: Store, revision: str) -> None:
    with store.write() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_the_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    ours = set(metadata.tables)

    def only_ours(thing: sa.schema.SchemaItem, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in ours

    with store.read() as db:
        context = MigrationContext.configure(db, opts={"include_object": only_ours})
        differences = [change for change in compare_metadata(context, metadata) if "remove_index" not in str(change[0])]
    assert differences == []


def test_a_token_from_before_tokens_had_owners_is_of_whoever_made_it(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(revisions.folder()))
    config.set_main_option("path_separator", "os")
    step = ScriptDirectory.from_config(config).get_revision("0026").module
    row = "INSERT INTO tokens (name, scope, sha256, created_at, created_by) VALUES ('sheet', 'sheet', '0', :now, 'ana')"
    now = sa.bindparam("now", NOW, tokens.c.created_at.type)
    with store.write() as db, Operations.context(MigrationContext.configure(db)):
        step.downgrade()
        db.execute(sa.text(row).bindparams(now))
        step.upgrade()
        assert db.execute(sa.select(tokens.c.name, tokens.c.owner)).all() == [("sheet", "ana")]
        db.execute(sa.delete(tokens))


def test_the_revisions_are_those_that_alembic_walks_through() -> None:
    config = Config()
    config.set_main_option("script_location", str(revisions.folder()))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == revisions.head()
    assert {script.revision for script in scripts.walk_revisions()} == set(revisions.known())


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    assert migrate.upgrade(store, NOW).before == revisions.head()
    migrate.require_current(store)


def test_an_empty_database_is_upgraded_without_a_backup(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/new.db", tmp_path)
    done = migrate.upgrade(store, NOW)
    store.close()
    assert (done.before, done.after, done.backup) == (None, revisions.head(), None)


def test_the_schema_that_other_tests_begin_with_is_the_one_that_migrations_make(
    migrated_sqlite: Path, migrate_at_once: Migrate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_migrate", migrate_at_once)
    store = open_store(f"sqlite:///{tmp_path}/quick.db", tmp_path)
    migrate.upgrade(store, NOW)
    store.close()
    assert _contents(tmp_path / "quick.db") == _contents(migrated_sqlite)


def _contents(path: Path) -> tuple[set[tuple[str, ...]], dict[str, set[tuple[object, ...]]]]:
    """Everything that is defined, and every row of every table, those of search indexes included."""
    with closing(sqlite3.connect(path)) as db:
        made = set(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
        kept = [name for _, name, kind, *_ in db.execute("PRAGMA table_list") if kind in ("table", "shadow")]
        rows = {name: set(db.execute(f'SELECT * FROM "{name}"')) for name in kept if name != "sqlite_schema"}
    return made, rows


def test_a_newer_schema_is_refused(store: Store) -> None:
    _set_revision(store, "9999")
    with pytest.raises(StoreError, match="newer Nightdesk"):
        migrate.upgrade(store, NOW)


def test_a_database_with_data_is_backed_up_before_it_is_migrated(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add_source(sqlite_store)
    _set_revision(sqlite_store, "0001")
    monkeypatch.setattr("alembic.command.upgrade", lambda *_: None)
    done = migrate.upgrade(sqlite_store, NOW)
    assert done.backup is not None
    with sqlite3.connect(done.backup) as copy:
        assert copy.execute("SELECT name FROM sources").fetchall() == [("post",)]
    copy.close()


def test_a_backup_never_overwrites(sqlite_store: Store, tmp_path: Path) -> None:
    target = migrate.backup(sqlite_store, tmp_path / "copy.db")
    with pytest.raises(StoreError, match="never overwrites"):
        migrate.backup(sqlite_store, target)


def test_a_sound_database_has_no_problems(store: Store) -> None:
    assert migrate.check(store) == []


def test_check_names_a_row_that_refers_to_nothing(sqlite_store: Store) -> None:
    assert sqlite_store.path is not None
    with sqlite3.connect(sqlite_store.path) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO source_states (source_id, failures, state) VALUES (77, 0, 'ok')")
    raw.close()
    assert migrate.check(sqlite_store) == ["foreign key: source_states row 77 refers to a missing row of sources"]
