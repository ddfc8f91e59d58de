"""`doctor` and `sources health`: what each figure means, and that looking changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nightdesk import doctor
from nightdesk.cli.main import run
from nightdesk.health import overdue, source_rows, summary
from store import deliveries, findings, messages, migrate, pages
from store.engine import Store
from store.index import index_article
from tests.alerting import Newsroom
from tests.conftest import START, FakeClock
from tests.crawling import add_source


def source(name: str) -> Any:
    from crawler.source import Source

    return Source.model_validate({"name": name, "url": f"https://{name}.example.org/rss"})


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("3.40.1", "warn"),
        ("3.51.2", "warn"),
        ("3.51.3", "ok"),
        ("3.50.7", "ok"),
        ("3.50.6", "warn"),
        ("3.44.6", "ok"),
        ("3.45.0", "warn"),
        ("3.52.0", "ok"),
    ],
)
def test_sqlite_releases_with_the_wal_fault_are_warned_of(version: str, state: str) -> None:
    assert doctor.sqlite_check(version).state == state


def test_figures_have_their_limits() -> None:
    assert doctor.python_check((3, 10, 1)).state == "bad"
    assert doctor.postgres_check(130004).state == "bad" and doctor.postgres_check(150018).state == "ok"
    assert [doctor.disk_check(size << 20).state for size in (100, 1000, 5000)] == ["bad", "warn", "ok"]
    assert doctor.clock_check(START, START + timedelta(hours=1)).state == "bad"
    assert doctor.clock_check(START, START).state == "ok"
    assert [doctor.daemon_check(*one).state for one in ((True, START), (False, START), (False, None))] == [
        "ok",
        "bad",
        "warn",
    ]
    assert doctor.due_check("pages", START - timedelta(hours=3), START, True).state == "warn"
    assert doctor.due_check("pages", START - timedelta(minutes=3), START, True).state == "ok"
    assert doctor.deliveries_check(0, None, 1, START).state == "bad"


def test_what_is_found_by_older_rules_is_no_damage(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    article = room.article(room.development())
    with store.write() as db:
        index_article(db, article, "Freed", "Guards opened the gate.")
    with store.write() as db:
        db.exec_driver_sql("UPDATE search_rows SET folding = 0")
    assert migrate.check(store) == []
    with store.read() as db:
        (check,) = [one for one in doctor._rows(db, clock()) if one.name == "search"]
    assert check.state == "warn" and check.text.startswith("1 article is found by older rules")
    with store.write() as db:
        db.exec_driver_sql("DELETE FROM search_values")
        db.exec_driver_sql("DELETE FROM search_rows")
    assert "not in its index" in migrate.check(store)[0]
    assert doctor.index_check(0) == []


def test_most_sources_dead_is_worse_than_some() -> None:
    def rows(dead: int) -> list[Any]:
        return [{"state": "failing" if number < dead else "ok", "group": "blocked"} for number in range(10)]

    states = [doctor.sources_check(rows(dead), "10 sources").state for dead in (0, 3, 6)]
    assert states == ["ok", "warn", "bad"]


def test_sources_in_trouble_come_first_with_cause_and_advice(store: Store, clock: FakeClock) -> None:
    visited = {"last_visit_at": clock(), "next_visit_at": clock() + timedelta(hours=1)}
    states = [("a", "ok", None), ("b", "failing", "http_403"), ("c", "silent", "silent")]
    for name, state, cause in states:
        number = add_source(store, source(name), clock())
        with store.write() as db:
            db.execute(pages.source_states.insert().values(source_id=number, state=state, cause=cause, **visited))
    add_source(store, source("d"), clock())
    with store.read() as db:
        rows = source_rows(db)
    assert [(row["name"], row["state"]) for row in rows] == [
        ("b", "failing"),
        ("c", "silent"),
        ("d", "unproven"),
        ("a", "ok"),
    ]
    assert rows[0]["cause"] == "the site refuses us (403)" and "crawl.contact" in rows[0]["advice"]
    assert summary(rows) == "4 sources: 1 ok, 1 unproven, 1 silent, 1 failing (1 blocked)"
    assert overdue(rows, clock()) is None


def test_the_rows_of_a_working_desk_are_looked_at(store: Store, clock: FakeClock) -> None:
    with store.write() as db:
        findings.note(db, "channel_dead", "desk", "wake", "Nothing can be sent.", clock())
        message = messages.add_message(db, "test", "desk", clock(), content={})
        deliveries.add_delivery(db, message, "desk", "x", "x", clock(), clock())
    with store.read() as db:
        checks = {one.name: one for one in doctor._rows(db, clock())}
    assert checks["finding channel dead"].state == "bad"
    assert checks["deliveries"].text == "1 pending, 0 dead in the last week."
    assert {"clock", "daemon", "last visit", "sources", "visits", "items", "pages", "changes"} <= checks.keys()


def test_doctor_says_what_is_missing_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["doctor", "--format", "json"]) == 1
    found = {one["name"]: one["state"] for one in json.loads(capsys.readouterr().out)}
    assert (found["python"], found["configuration"], found["database"]) == ("ok", "ok", "bad")
    assert list(tmp_path.iterdir()) == []


def test_sources_health_tells_programs_of_all(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_source(sqlite_store, source("post"), START)
    monkeypatch.chdir(tmp_path)
    assert run(["sources", "health", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["state"], row["cause"]) == ("post", "unproven", None)
