"""Snapshots: every view as a plain table in one file that anybody can open, with hashes and without secrets."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import UsageError
from nightdesk.cli.main import run
from nightdesk.snapshot import MANIFEST, digest, export_snapshot
from store import definitions, developments
from store.engine import Store, open_store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.postgres import Postgres
from tests.test_store_views import COLUMNS


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Store:
    """A story that a watch asked for, from a source that is read with a password."""
    room = Newsroom(store, clock)
    room.story(room.watch())
    definition = {"definition": {}, "created_at": clock(), "edited_at": clock()}
    url = "https://desk:hunter2@feeds.example.org/rss?page=1"
    room.insert(
        definitions.sources, name="post", origin="file", title="Post", kind="feed", type="wire", url=url, **definition
    )
    return store


@pytest.fixture
def snapshot(told: Store, tmp_path: Path, clock: FakeClock) -> Iterator[sqlite3.Connection]:
    export_snapshot(told, str(tmp_path / "desk.sqlite"), clock())
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as opened:
        yield opened


def test_every_view_is_a_table_with_its_columns(snapshot: sqlite3.Connection) -> None:
    tables = [name for (name,) in snapshot.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: " ".join(row[1] for row in snapshot.execute(f"PRAGMA table_info({name})")) for name in tables}
    about = found.pop(MANIFEST)
    assert (found, about) == (COLUMNS, "name rows sha256 made_at version schema")
    assert snapshot.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_query_for_the_views_serves_for_the_file(snapshot: sqlite3.Connection) -> None:
    query = "SELECT d.title, f.value, a.topics FROM developments_v d JOIN facts_v f ON f.development_id = d.id"
    rows = snapshot.execute(f"{query} JOIN articles_v a ON a.id = f.article_id WHERE f.kind = 'count'").fetchall()
    assert rows == [("Dozens freed near the river", 215.0, "[]")]


def test_the_manifest_says_when_what_how_much_and_its_hash(snapshot: sqlite3.Connection) -> None:
    listed = {name: rest for name, *rest in snapshot.execute(f"SELECT * FROM {MANIFEST}")}
    assert set(listed) == set(COLUMNS)
    rows, sha256, made_at, _version, _schema = listed["facts_v"]
    assert (rows, made_at) == (2, "2026-10-13T06:00:00Z")
    written = "".join(
        json.dumps(list(row), ensure_ascii=False, separators=(",", ":")) + "\n"
        for row in snapshot.execute("SELECT * FROM facts_v ORDER BY id")
    )
    assert sha256 == hashlib.sha256(written.encode()).hexdigest()
    snapshot.execute("UPDATE facts_v SET value = 216 WHERE kind = 'count'")
    assert digest(snapshot, "facts_v") != sha256


def test_who_was_told_and_passwords_stay_at_home(snapshot: sqlite3.Connection) -> None:
    assert snapshot.execute("SELECT url FROM sources_v").fetchall() == [("https://feeds.example.org/rss?page=1",)]
    whole = "\n".join(snapshot.iterdump())
    assert "hunter2" not in whole and "desk@example" not in whole


def test_recipients_are_left_out(store: Store, tmp_path: Path, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    room.story(room.watch(channels=("desk",)))
    alerter(room, desk="json://127.0.0.1:9/hook").decide()
    assert [row.recipient for row in room.deliveries()] != [None]
    export_snapshot(store, str(tmp_path / "desk.db"), clock())
    with closing(sqlite3.connect(tmp_path / "desk.db")) as opened:
        assert opened.execute("SELECT channel, recipient, last_error FROM deliveries_v").fetchall() == [
            ("desk", None, None)
        ]


def test_both_engines_give_the_same_hashes(
    sqlite_store: Store, postgres: Postgres, tmp_path: Path, clock: FakeClock
) -> None:
    with postgres.lent() as url, closing(open_store(url, tmp_path)) as other:
        hashes = [
            hashes_of(store, tmp_path / f"{number}.db", clock) for number, store in enumerate((sqlite_store, other))
        ]
    assert hashes[0] == hashes[1]


def hashes_of(store: Store, path: Path, clock: FakeClock) -> dict[str, str]:
    """Of a story with texts that collate apart, and figures that are whole and not."""
    room = Newsroom(store, clock)
    development = room.development()
    article = room.article(development, url="https://news.example.org/same", text_sha256="0" * 64)
    for value in (215, 0.5, 1e15):
        room.fact(article, value=value, quote="ปล่อยตัว 215 คน")
    for country in ("MM", "th", "Øx", "éa", "KH", "k-h"):
        room.insert(developments.development_countries, development_id=development, country=country)
    export_snapshot(store, str(path), clock())
    with closing(sqlite3.connect(path)) as opened:
        return dict(opened.execute(f"SELECT name, sha256 FROM {MANIFEST}"))


@pytest.mark.parametrize("name", ["desk.zip", "desk"])
def test_another_ending_is_refused(store: Store, tmp_path: Path, clock: FakeClock, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.sqlite or \.db"):
        export_snapshot(store, str(tmp_path / name), clock())


def test_a_database_that_is_in_use_is_never_replaced(sqlite_store: Store, tmp_path: Path, clock: FakeClock) -> None:
    assert sqlite_store.path is not None
    with pytest.raises(UsageError, match="is the database itself"):
        export_snapshot(sqlite_store, str(sqlite_store.path), clock())
    (tmp_path / "other.db-wal").touch()
    with pytest.raises(UsageError, match="open in another program"):
        export_snapshot(sqlite_store, str(tmp_path / "other.db"), clock())


def test_a_broken_snapshot_leaves_the_old_one(
    told: Store, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk.sqlite").write_text("old")

    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("nightdesk.snapshot._write_manifest", broken)
    with pytest.raises(RuntimeError):
        export_snapshot(told, str(tmp_path / "desk.sqlite"), clock())
    assert (tmp_path / "desk.sqlite").read_text() == "old"
    assert [path.name for path in tmp_path.glob(".desk*")] == []


def test_a_snapshot_takes_no_filter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", "snapshot", "-o", "x.sqlite", "--topic", "scam_centres"]) == 2
    assert "takes no --topic" in capsys.readouterr().err
