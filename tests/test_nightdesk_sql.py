"""Ad-hoc SQL: the views can be read, nothing can be written, and no query takes more than its share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import UsageError
from nightdesk.adhoc import ask
from nightdesk.cli.main import run
from nightdesk.config import Config, load_config
from store import definitions, views
from store.engine import Store
from store.readonly import Answer, Bounds, ask_postgres, ask_sqlite
from tests.conftest import FakeClock

WRITES = (
    "INSERT INTO sources (name) VALUES ('x')",
    "UPDATE sources SET title = 'x'",
    "DELETE FROM sources",
    "REPLACE INTO sources (name) VALUES ('x')",
    "DROP VIEW sources_v",
    "DROP TABLE sources",
    "ALTER TABLE sources ADD COLUMN x TEXT",
    "CREATE TABLE x (a INTEGER)",
    "CREATE TEMP TABLE x AS SELECT 1 AS a",
    "CREATE INDEX x ON sources (title)",
    "TRUNCATE sources",
    "SELECT 1; DELETE FROM sources",
    "commit; DELETE FROM sources",
    "ROLLBACK; BEGIN; DELETE FROM sources; COMMIT",
    "WITH gone AS (DELETE FROM sources RETURNING name) SELECT * FROM gone",
    "BEGIN",
    "VACUUM",
    "ANALYZE",
    "",
)
#: Whatever is no view stays shut: keys, passwords, addresses of channels, messages.
SECRETS = (
    "SELECT name FROM sources",
    "SELECT definition FROM channels",
    "SELECT content FROM messages",
    "SELECT (SELECT count(*) FROM channels) FROM sources_v",
    "SELECT * FROM sources_v WHERE name IN (SELECT name FROM channels)",
    "WITH sources_v AS (SELECT * FROM channels) SELECT * FROM sources_v",
    "SELECT * FROM (SELECT * FROM channels) AS sources_v",
    "SELECT count(*) FROM channels",
    "SELECT name FROM sources_v UNION ALL SELECT name FROM channels",
    "SELECT 1 FROM sources_v s WHERE EXISTS (SELECT 1 FROM channels c WHERE c.name = s.name)",
    "SELECT 1) AS a, (SELECT name FROM channels",
    "SELECT * FROM information_schema.tables",
    "SELECT 1 AS a -- ) AS asked, channels (",
    "SELECT hash FROM tokens",
)
SQLITE_ONLY = (
    "SELECT length(randomblob(2000000000))",
    "ATTACH DATABASE '/tmp/nightdesk-attack.db' AS other",
    "VACUUM INTO '/tmp/nightdesk-attack.db'",
    "PRAGMA query_only=OFF",
    "PRAGMA table_info(sources)",
    "PRAGMA writable_schema=ON",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM pragma_table_info('sources')",
    """WITH "it's" AS (SELECT 1), sources_v AS (SELECT definition FROM channels) SELECT * FROM sources_v WHERE ''=''""",
    'WITH "sources_v" (a) AS MATERIALIZED (SELECT definition FROM channels) SELECT * FROM sources_v',
    "WITH sources_v/**/AS/**/(SELECT definition FROM sources) SELECT * FROM sources_v",
    "SELECT load_extension('/tmp/x.so')",
    "SELECT writefile('/tmp/x', 'x')",
    "SELECT hex(zeroblob(900000000))",
    "SELECT count(*) FROM sqlite_master",
    "EXPLAIN DELETE FROM sources",
)
POSTGRES_ONLY = (
    "TABLE channels",
    "SELECT (channels).definition FROM channels",
    "SELECT * FROM ONLY channels",
    "SELECT usename FROM pg_stat_activity",
    "SELECT * FROM public.channels",
    "SELECT opened('channels')",
    "SELECT E'\\' ', pg_sleep(1) --'",
    "SELECT $$'$$, pg_sleep(1), '",
    "COPY sources TO '/tmp/nightdesk-attack'",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_sleep(1)",
    'SELECT "pg_sleep"(1)',
    'SELECT U&"pg\\005fsleep"(1)',
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_notify('procrastinate', 'x')",
    "SELECT lo_create(1)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT query_to_xml('DELETE FROM sources', true, true, '')",
    "SELECT nextval('sources_id_seq')",
    "SET statement_timeout = 0",
    "SET TRANSACTION READ WRITE",
    "NOTIFY procrastinate",
    "LISTEN x",
    "DO $$ BEGIN DELETE FROM sources; END $$",
    "CALL x()",
    "LOCK TABLE sources",
    "SELECT * FROM sources FOR UPDATE",
    "SELECT * INTO x FROM sources_v",
    "GRANT ALL ON sources TO public",
    "PREPARE x AS DELETE FROM sources",
)


@pytest.fixture
def filled(store: Store, clock: FakeClock) -> Store:
    """Three sources with names in three scripts."""
    entries = [definitions.Entry(f"s{n}", "desk", COLUMNS | {"title": title}, {}) for n, title in enumerate(TITLES)]
    with store.write() as db:
        for entry in entries:
            definitions.put(db, definitions.sources, entry, clock())
    return store


TITLES = ("River Daily", "ข่าวแม่น้ำ", "河日报")
COLUMNS: dict[str, Any] = {
    "kind": "feed",
    "type": "newspaper",
    "url": "https://x.example/",
    "language": None,
    "country": None,
}


def asked(store: Store, query: str, bounds: Bounds | None = None) -> Answer:
    """In this process: what a child would do, without its start."""
    if store.is_sqlite:
        return ask_sqlite(str(store.path), query, views.NAMES, bounds or Bounds())
    dsn = store.url.set(drivername="postgresql").render_as_string(False)
    return ask_postgres(dsn, query, views.NAMES, bounds or Bounds())


def sources(store: Store) -> int:
    with store.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(definitions.sources)) or 0


def config_of(store: Store, folder: Path, more: str = "") -> Config:
    path = folder / "asked.toml"
    url = store.url.set(drivername=store.url.get_backend_name()).render_as_string(False)
    path.write_text(f'[crawl]\nsources = []\n[database]\nurl = "{url}"\n{more}')
    return load_config(path, {})


def test_a_query_on_a_view_is_answered(filled: Store) -> None:
    answer = asked(filled, "SELECT name, title FROM sources_v ORDER BY name")
    assert answer == Answer(("name", "title"), tuple((f"s{n}", title) for n, title in enumerate(TITLES)))


@pytest.mark.parametrize("view", views.NAMES)
def test_every_view_can_be_read_by_hand(filled: Store, view: str) -> None:
    assert asked(filled, f"SELECT * FROM {view}").refused == ""
    assert asked(filled, f"SELECT count(*) AS n FROM {view} AS v WHERE 1 = 1").refused == ""


@pytest.mark.parametrize("query", WRITES)
def test_a_write_is_refused(filled: Store, query: str) -> None:
    answer = asked(filled, query)
    assert (bool(answer.refused), answer.rows) == (True, ())
    assert sources(filled) == 3


@pytest.mark.parametrize("query", SECRETS)
def test_nothing_but_the_views_can_be_read(filled: Store, query: str) -> None:
    if query.startswith("SELECT 1 AS a --"):  # only looks like one
        assert asked(filled, query).rows == ((1,),)
        return
    answer = asked(filled, query)
    assert (bool(answer.refused), answer.rows) == (True, ())


@pytest.mark.parametrize("query", SQLITE_ONLY)
def test_sqlite_keeps_its_other_doors_shut(sqlite_store: Store, clock: FakeClock, query: str) -> None:
    answer = asked(sqlite_store, query)
    assert (bool(answer.refused), answer.rows) == (True, ())
    assert not Path("/tmp/nightdesk-attack.db").exists()


@pytest.mark.parametrize("query", POSTGRES_ONLY)
def test_postgres_keeps_its_other_doors_shut(filled: Store, query: str) -> None:
    if filled.is_sqlite:
        return
    answer = asked(filled, query)
    assert (bool(answer.refused), answer.rows) == (True, ())
    assert sources(filled) == 3


def test_joins_ctes_windows_and_json_are_allowed(filled: Store) -> None:
    assert asked(
        filled,
        "WITH mine AS (SELECT * FROM sources_v WHERE kind = 'feed')"
        " SELECT m.name, row_number() OVER (ORDER BY m.name) AS n FROM mine m JOIN sources_v s ON s.name = m.name"
        " WHERE m.name NOT IN (SELECT source FROM articles_v WHERE source IS NOT NULL) GROUP BY m.name",
    ).rows == (("s0", 1), ("s1", 2), ("s2", 3))


def test_a_word_in_quotes_is_only_a_word(filled: Store) -> None:
    assert asked(filled, "SELECT 'x; DELETE FROM sources' AS a").rows == (("x; DELETE FROM sources",),)


def test_too_many_rows_are_cut_and_said(filled: Store) -> None:
    answer = asked(filled, "SELECT name FROM sources_v ORDER BY name", Bounds(rows=2))
    assert (len(answer.rows), answer.cut) == (2, "only the first 2 rows are shown")
    assert asked(filled, "SELECT name FROM sources_v", Bounds(rows=3)).cut == ""


def test_an_endless_query_is_stopped(filled: Store) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert asked(filled, endless, Bounds(seconds=0.2)).refused == "took more than 0.2 s and was stopped"


def test_it_runs_in_a_child_with_the_configured_limits(filled: Store, tmp_path: Path) -> None:
    config = config_of(filled, tmp_path, "sql_rows = 1\n")
    answer = ask(config, "SELECT name FROM sources_v ORDER BY name;")
    assert (answer.rows, answer.cut) == ((("s0",),), "only the first 1 rows are shown")
    with pytest.raises(UsageError):
        ask(config, "DELETE FROM sources")


def test_a_mistake_in_a_query_is_said_without_a_traceback(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(filled, tmp_path)
    assert run(["--config", str(config.file), "sql", "SELECT nmae FROM sources_v"]) == 2
    said = capsys.readouterr()
    assert (said.out, "nmae" in said.err, "Traceback" in said.err) == ("", True, False)


def test_the_command_writes_json_lines(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_of(filled, tmp_path)
    query = "SELECT name, title FROM sources_v ORDER BY name"
    assert run(["--config", str(config.file), "sql", "--format", "jsonl", query]) == 0
    assert [json.loads(line)["title"] for line in capsys.readouterr().out.splitlines()] == list(TITLES)
