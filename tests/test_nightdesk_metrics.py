"""`/readyz` and `/metrics`: whether the desk can work, and how it does, without a word that is secret."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from nightdesk.web.metrics import scrape
from nightdesk.web.reading import Reading
from nightdesk.web.ready import PULSE, Ready
from store import attempts, definitions, findings, pages, runs
from store.deliveries import deliveries
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.asking import PUBLIC, Asker, listening
from tests.conftest import FakeClock


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as asker:
        yield asker


def figures(store: Store, clock: FakeClock) -> dict[str, float]:
    """Every figure by its name and labels, read as Prometheus reads them."""
    with store.read() as db:
        text = scrape(db, clock()).decode()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def source(room: Newsroom, name: str, **state: Any) -> int:
    row = {"name": name, "origin": "file", "title": name, "kind": "feed", "type": "newspaper", "definition": {}}
    times = {"created_at": room.clock(), "edited_at": room.clock()}
    made = room.insert(definitions.sources, url=f"https://{name}.example/rss", **row, **times)
    room.insert(pages.source_states, source_id=made, **{"failures": 0, "state": "ok", **state})
    return made


def visit(room: Newsroom, source_id: int, outcome: str) -> int:
    now = room.clock()
    return room.insert(pages.visits, source_id=source_id, started_at=now, finished_at=now, outcome=outcome)


def test_an_empty_desk_has_its_zeros_and_no_lag(store: Store, clock: FakeClock) -> None:
    found = figures(store, clock)
    assert found["nightdesk_due deliveries"] == found["nightdesk_visits_last_hour failed"] == 0
    assert found["nightdesk_sources failing"] == found["nightdesk_findings_open wake"] == 0
    assert not [name for name in found if "seconds 0.5" in name or "pulse" in name]


def test_sources_and_visits_are_counted_by_state_and_outcome(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    post = source(room, "post", next_visit_at=clock() + timedelta(minutes=5))
    source(room, "times", state="failing", next_visit_at=clock() + timedelta(hours=3))
    visit(room, post, "failed")
    clock.advance(hours=2)
    for outcome in ("new", "not_modified", "not_modified"):
        visit(room, post, outcome)
    found = figures(store, clock)
    assert (found["nightdesk_sources ok"], found["nightdesk_sources failing"]) == (1, 1)
    assert found["nightdesk_visits_last_hour not_modified"] == 2
    assert found["nightdesk_visits_last_hour failed"] == 0  # two hours ago
    assert (found["nightdesk_due visits"], found["nightdesk_due_age_seconds visits"]) == (1, 115 * 60)


def test_what_waits_is_counted_with_its_age(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    post = source(room, "post")
    entry = {"source_id": post, "visit_id": visit(room, post, "new"), "baseline": False, "found_at": clock()}
    room.insert(pages.items, key="a", url="https://a.example/", **entry)
    room.insert(pages.items, key="b", url="https://b.example/", not_before=clock() + timedelta(days=1), **entry)
    room.insert(pages.items, key="c", url="https://c.example/", ended_at=clock(), **entry)
    room.insert(pages.pages, url="https://a.example/", fetched_at=clock(), found_at=clock(), origin="live", given={})
    clock.advance(minutes=10)
    found = figures(store, clock)
    assert (found["nightdesk_due items"], found["nightdesk_due_age_seconds items"]) == (1, 600)
    assert (found["nightdesk_due pages"], found["nightdesk_due_age_seconds pages"]) == (1, 600)


def test_lags_and_deliveries_are_measured(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    watch = room.watch(channels=["desk"])
    room.story(watch)  # published 20 minutes before it was found
    clock.advance(minutes=2)
    alerter(room, desk="json://127.0.0.1:9/path").decide()
    clock.advance(minutes=1)
    waiting = figures(store, clock)
    assert (waiting["nightdesk_due deliveries"], waiting["nightdesk_due_age_seconds deliveries"]) == (1, 60)
    assert waiting["nightdesk_deliveries_unsent desk pending"] == 1
    (delivery,) = room.deliveries()
    tried = {"delivery_id": delivery.id, "fence": 1, "owner": "desk:1:a", "started_at": clock()}
    room.insert(attempts.attempts, outcome="refused", **tried)
    room.insert(attempts.attempts, outcome="accepted", **tried)
    with store.write() as db:
        db.execute(deliveries.update().values(state="sent", sent_at=clock()))
    found = figures(store, clock)
    assert found["nightdesk_publication_to_finding_seconds 0.5"] == 1200
    assert found["nightdesk_publication_to_alert_seconds 0.99"] == 1320
    assert found["nightdesk_alert_to_delivery_seconds 0.9"] == 60
    assert found["nightdesk_attempts_last_hour accepted"] == found["nightdesk_attempts_last_hour refused"] == 1
    assert "nightdesk_deliveries_unsent desk pending" not in found and found["nightdesk_due deliveries"] == 0


def test_findings_and_the_pulse_are_told(store: Store, clock: FakeClock) -> None:
    with store.write() as db:
        runs.begin(db, "run", clock())
        findings.note(db, "channel_dead", "desk", "wake", "it does not answer", clock())
    clock.advance(seconds=25)
    found = figures(store, clock)
    assert (found["nightdesk_findings_open wake"], found["nightdesk_pulse_age_seconds"]) == (1, 25)


def test_no_metric_tells_a_recipient_an_address_or_news(desk: Asker) -> None:
    room = desk.room
    room.clock.advance(minutes=1)
    room.story(int(room.rows("SELECT id FROM watches")[0][0]))
    desk.app.alerter.decide()
    answer = desk.ask("/metrics")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain; version=")
    assert 'nightdesk_deliveries_unsent{channel="desk",state="pending"} 1.0' in answer.text
    said = "".join(line for line in answer.text.splitlines() if not line.startswith("#"))
    for secret in (
        "127.0.0.1",
        "json:",
        "http",
        "Myawaddy",
        "Border",
        "@",
        *(one.recipient for one in room.deliveries()),
    ):
        assert secret not in said


def test_a_desk_is_ready_while_its_pulse_beats(desk: Asker) -> None:
    assert desk.ask("/readyz").json == {"ready": False, "database": "ok", "schema": "ok", "pulse": "never"}
    clock = desk.room.clock
    run = desk.app.store.unit(lambda db: runs.begin(db, "run", clock()))
    answer = desk.ask("/readyz")
    assert (answer.status, answer.json["ready"], answer.json["pulse"]) == (200, True, "ok")
    clock.advance(seconds=PULSE.total_seconds())
    answer = desk.ask("/readyz")
    assert (answer.status, answer.json["pulse"]) == (503, "62 s ago")
    desk.app.store.unit(lambda db: runs.beat(db, run, clock()))
    assert desk.ask("/readyz").status == 200


def test_a_schema_of_another_version_is_not_ready(desk: Asker) -> None:
    with desk.app.store.write() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = desk.ask("/readyz")
    assert (answer.status, answer.json["schema"]) == (503, "of another version")


@dataclass
class Away:
    """An App whose database is not there."""

    store: Store


def test_a_database_that_is_away_is_not_ready_and_not_named(tmp_path: Path) -> None:
    store = Store("postgresql+psycopg://someone:secret@127.0.0.1:9/desk", tmp_path)
    ready = Ready(Away(store), Reading(store))  # type: ignore[arg-type]
    answer = asyncio.run(ready.show(Request({"type": "http"})))
    assert answer.status_code == 503 and b"does not answer" in answer.body
    assert b"secret" not in answer.body and b"127.0.0.1" not in answer.body


def test_a_key_that_nobody_can_check_is_not_called_wrong(desk: Asker) -> None:
    key = desk.token("ana")
    with desk.app.store.write() as db:
        db.exec_driver_sql("ALTER TABLE tokens RENAME TO elsewhere")
    assert desk.ask("/metrics", key).status == 500


def test_both_need_a_token_where_others_reach_them(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), PUBLIC) as public:
        assert [public.ask(path).status for path in ("/healthz", "/readyz", "/metrics")] == [200, 401, 401]
        key = public.token("prometheus")
        assert [public.ask(path, key).status for path in ("/readyz", "/metrics")] == [503, 200]
