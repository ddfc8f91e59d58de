"""An import from sheet to developments and back, on both engines: once, corrected, taken back, told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotFound
from nightdesk import work
from nightdesk.app import App
from nightdesk.importing import run
from nightdesk.importing.run import Done, Plan
from pipeline import factrulings, replay, reprocess
from pipeline.analyst import Signed
from pipeline.replay import Way
from pipeline.run import Pipeline
from store.engine import Store
from tests.conftest import FakeClock
from tests.test_nightdesk_sql import config_of

MAP = """
key = "ID"
[columns]
date = "Date"
title = "Title"
text = "Notes"
url = "Source"
outlet = "Outlet"
country = "Country"
place = "Site"
event = "Type"
person = "Who"
[[count]]
value = "Freed"
"""
HEAD = "ID,Date,Title,Notes,Source,Outlet,Country,Site,Type,Who,Freed"
FREED = "Police freed 143 people from the Lotus Garden"
ROWS = (
    f"e1,2024-03-04,{FREED},Officers came at dawn.,https://one.example/a,One,MM,Varlin,raid,Sok Vannara,143",
    "e2,2024-03-20,An arrest is announced,,https://two.example/b,Two,MM,Varlin,arrest_handover,Sok Vannara,",
    "e3,2024-05,Centre report,,,Institute,KH,,,,",
)
EVENTS = "SELECT title, event_date, countries, event_types, topics FROM developments_v WHERE id < 3 ORDER BY id"
FACTS = "SELECT kind, value, place, name, event_date, origin, url FROM facts_v WHERE article_id = 1 ORDER BY id"
CHANGES = "SELECT development_id, kind, origin, what, old, new, by FROM changes_v WHERE kind <> 'new'"
ANA = Signed("ana", "a test")
WATCH = '[[watch]]\nname = "raids"\ntopics = ["scam_centres"]\nchannels = ["console"]\ngroup_wait = "0s"\n'


class Office:
    """A desk with a sheet of events."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self._sheet, self._map = folder / "history.csv", folder / "map.toml"
        self._map.write_text(MAP)
        # In this process: what a child would read, without its start.
        pipeline = Pipeline(app.store, app.config.pipeline, app.clock, app.config.max_age)
        app.__dict__["pipeline"] = pipeline

    def plan(self, *rows: str) -> Plan:
        self._sheet.write_text("\n".join((HEAD, *rows)), "utf-8")
        return run.plan(self.app, self._sheet, self._map)

    def take_in(self, *rows: str) -> list[Done]:
        self.app.clock.advance(minutes=1)  # type: ignore[attr-defined]
        return run.carry_out(self.app, self.plan(*rows), "ana")

    def undo(self) -> int:
        self.app.clock.advance(minutes=1)  # type: ignore[attr-defined]
        return run.undo(self.app, "history", ANA)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.app.store.read() as db:
            return [tuple(row) for row in db.execute(sa.text(query))]


@pytest.fixture
def office(store: Store, clock: FakeClock, tmp_path: Path) -> Iterator[Office]:
    with App.open(config_of(store, tmp_path, WATCH), "test", clock) as app:
        yield Office(app, tmp_path)


def test_rows_become_developments_with_facts_of_their_own(office: Office) -> None:
    done = office.take_in(*ROWS)
    assert [(one.key, one.development_id) for one in done] == [("e1", 1), ("e2", 2), ("e3", 3)]
    assert office.rows(EVENTS) == [
        (FREED, "2024-03-04", '["MM"]', '["raid"]', '["scam_centres"]'),
        ("An arrest is announced", "2024-03-20", '["MM"]', '["arrest_handover"]', '["scam_centres"]'),
    ]
    assert office.rows(FACTS) == [
        ("date", None, None, None, "2024-03-04", "analyst", "https://one.example/a"),
        ("place", None, "Varlin", None, None, "analyst", "https://one.example/a"),
        ("person", None, None, "Sok Vannara", None, "analyst", "https://one.example/a"),
        ("count", 143.0, None, None, None, "analyst", "https://one.example/a"),
    ]
    third = office.rows("SELECT outlet, published_at FROM articles_v WHERE id = 3")
    assert third == [("Institute", "2024-05-01T00:00:00Z")]


def test_they_join_threads_and_nobody_is_told(office: Office) -> None:
    office.take_in(*ROWS)
    assert office.rows("SELECT thread_id FROM developments_v ORDER BY id") == [(1,), (1,), (None,)]
    report = office.app.alerter.decide()
    assert (report.alerts, office.rows("SELECT DISTINCT origin, kind FROM changes_v")) == (0, [("backfill", "new")])
    office.take_in(ROWS[0].replace("143", "102"), *ROWS[1:])
    assert office.app.alerter.decide().alerts == 0
    assert office.rows("SELECT count(*) FROM messages") == [(0,)]


def test_a_second_import_changes_nothing_and_a_changed_row_corrects(office: Office) -> None:
    office.take_in(*ROWS)
    before = office.rows("SELECT id, page_id FROM article_versions ORDER BY id")
    assert {one.state for one in office.take_in(*ROWS)} == {"same"}
    assert office.rows("SELECT id, page_id FROM article_versions ORDER BY id") == before
    changed = ROWS[0].replace(",143", ",102")
    assert [one.state for one in office.take_in(ROWS[1], changed)] == ["same", "changed"]
    assert office.rows("SELECT value FROM facts_v WHERE kind = 'count'") == [(102.0,)]
    assert office.rows(
        "SELECT development_id, kind, origin, what, old, new, by FROM changes_v WHERE kind <> 'new'"
    ) == [(1, "correction", "analyst", "figure", "143", "102", "ana")]
    assert office.plan(ROWS[1], changed).missing == 1


def test_a_plan_writes_nothing_and_names_every_bad_row(office: Office) -> None:
    planned = office.plan(ROWS[0], ROWS[1].replace("2024-03-20", "soon"), ROWS[2].replace("KH", "Nowhere"))
    assert [(one.event.key, one.state) for one in planned.rows] == [("e1", "new")]
    assert [(problem.row, problem.column) for problem in planned.problems] == [(3, "Date"), (4, "Country")]
    assert office.rows("SELECT count(*) FROM pages") == office.rows("SELECT count(*) FROM imports") == [(0,)]


def test_an_import_is_taken_back_whole_and_may_come_again(office: Office) -> None:
    office.take_in(*ROWS)
    office.take_in(ROWS[0].replace(",143", ",102"), *ROWS[1:])
    assert office.undo() == 3
    assert office.rows("SELECT count(*) FROM articles_v") == office.rows("SELECT count(*) FROM facts_v") == [(0,)]
    assert office.rows("SELECT DISTINCT status, articles FROM developments_v") == [("withdrawn", 0)]
    assert office.rows("SELECT DISTINCT state FROM pages_v") == [("taken_back",)]
    with pytest.raises(NotFound, match="no import history to take back"):
        office.undo()
    assert {one.state for one in office.take_in(*ROWS)} == {"new"}
    assert office.rows("SELECT count(*) FROM articles_v") == [(3,)]


def test_who_is_killed_after_the_rows_were_written_has_them_read_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        pass

    def kill(**_options: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(office.app.pipeline, "run", kill)
        office.take_in(*ROWS)
    assert office.rows("SELECT count(*) FROM articles_v") == [(0,)]
    work.process(office.app)
    again = office.take_in(*ROWS)
    assert [(one.state, one.development_id) for one in again] == [("same", 1), ("same", 2), ("same", 3)]


def test_who_is_killed_while_taking_back_takes_back_the_rest(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, _of: int) -> None:
        if done:
            raise Killed

    office.take_in(*ROWS)
    monkeypatch.setattr(run, "_AT_ONCE", 1)
    with pytest.raises(Killed):
        run.undo(office.app, "history", ANA, kill)
    assert office.rows("SELECT count(*) FROM articles_v") == [(2,)]
    assert office.undo() == 2
    assert office.rows("SELECT count(*) FROM articles_v") == office.rows("SELECT count(*) FROM import_rows") == [(0,)]


def test_what_an_analyst_rules_of_a_row_holds_and_the_rest_of_it_stays(office: Office) -> None:
    office.take_in(*ROWS)
    ((fact_id,),) = office.rows("SELECT id FROM facts_v WHERE kind = 'count'")
    desk = office.app.pipeline.desk()
    office.app.store.unit(lambda db: factrulings.edit(db, desk, fact_id, {"value": 150.0}, ANA))
    assert office.rows("SELECT kind, value FROM facts_v WHERE article_id = 1 ORDER BY kind") == [
        ("count", 150.0), ("date", None), ("person", None), ("place", None),
    ]  # fmt: skip


def test_reprocessing_leaves_an_import_as_it_is(office: Office) -> None:
    office.take_in(*ROWS)
    office.take_in(ROWS[0].replace(",143", ",102"), *ROWS[1:])
    app = office.app
    way = Way(app.config.pipeline, app.clock, app.config.max_age)
    with replay.replay(app.store, way, None, "a test") as replayed:
        replay.read_all(replayed, app.store, way, lambda *_: None)
        assert list(reprocess.differences(app.store, replayed, None, lambda *_: None)) == []
    office.undo()
    with replay.replay(app.store, way, None, "a test") as replayed:
        replay.read_all(replayed, app.store, way, lambda *_: None)
        assert replayed.pages == {}
