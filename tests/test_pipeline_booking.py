"""An article that an aggregator showed first becomes its outlet's own when the outlet's source lists it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.config import PipelineConfig
from pipeline.run import Pipeline
from store import matches
from store.engine import Store
from tests.conftest import FakeClock
from tests.reports import RELEASE, Newsroom, count

URL = "https://river.example/news/120-freed"


class Desk:
    """A pipeline, with an aggregator, an outlet and another outlet as sources."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.room = Newsroom(store, clock())
        self.pipeline = Pipeline(
            store, PipelineConfig(), clock, timedelta(days=7), read=lambda job: self.room.read(job)
        )
        self.alerts = self.room.source("search-alerts", "aggregator")
        self.river, self.hill = self.room.source("river-post"), self.room.source("hill-times")

    def publish(
        self, source_id: int, outlet: str | None = None, url: str = URL, text: str = RELEASE, **more: Any
    ) -> None:
        self.room.publish(url, text, [count(120)], source_id=source_id, outlet=outlet, **more)
        self.pipeline.run()

    def ask(self, query: str) -> list[Any]:
        with self.room.store.read() as db:
            return [tuple(row) for row in db.execute(sa.text(query))]

    def booked(self) -> list[Any]:
        return self.ask("SELECT source, outlet FROM articles_v ORDER BY id")

    def developments(self) -> list[Any]:
        return self.ask("SELECT sources, independent_sources, first_reporter, status FROM developments_v ORDER BY id")


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    return Desk(store, clock)


def test_it_counts_as_an_independent_source_from_then_on(desk: Desk) -> None:
    desk.publish(desk.alerts, "river.example")
    assert desk.booked() == [("search-alerts", "river.example")]
    assert desk.developments() == [(1, 0, "river.example", "lead")]
    desk.publish(desk.river)
    assert desk.booked() == [("river-post", "River-Post")]
    assert desk.developments() == [(1, 1, "River-Post", "lead")]
    (reason,) = desk.ask("SELECT reason FROM pages_v WHERE state = 'duplicate'")
    assert reason == ("the same text as a1, booked to river-post from now on",)


def test_an_edit_that_its_own_source_shows_is_a_version_of_it(desk: Desk) -> None:
    desk.publish(desk.alerts, "river.example")
    desk.publish(desk.river, text=f"{RELEASE}\n\nA court ordered the owner of the compound to be held.")
    assert desk.booked() == [("river-post", "River-Post")]
    assert desk.developments()[0][:2] == (1, 1)
    assert desk.ask("SELECT max(seq) FROM article_versions") == [(2,)]


def test_neither_an_aggregator_nor_another_source_takes_it_away_again(desk: Desk) -> None:
    desk.publish(desk.river)
    desk.publish(desk.alerts, "river.example")
    desk.publish(desk.hill)
    assert desk.booked() == [("river-post", "River-Post")]


def test_who_asked_for_that_source_alone_is_asked_again(desk: Desk) -> None:
    watch = desk.room.watch(sources=("river-post",))
    desk.publish(desk.alerts, "river.example", topics=(), events=())
    assert desk.developments() == []
    desk.publish(desk.river, topics=(), events=())
    with desk.room.store.read() as db:
        (row,) = db.execute(sa.select(matches.matches).where(matches.matches.c.watch_id == watch))
    assert (row.fired, row.quiet) == (True, False)
    assert desk.ask("SELECT kind, origin FROM changes_v") == [("new", "live")]
