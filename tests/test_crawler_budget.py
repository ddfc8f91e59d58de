"""An hour's budget of new pages for each site: what is more waits, is named, and is not lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from core.urls import site_of
from crawler.budget import PAGES_AN_HOUR, Budget
from crawler.flood import Floods
from crawler.pace import Plan, next_visit
from crawler.run import Crawler
from store import findings, pages
from store.engine import Store
from tests.conftest import START, FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, page, rss, rss_item, source_at

HOUR = timedelta(hours=1)
PUBLIC, PRIVATE = "river.example", "http://127.0.0.1:8000"


def test_a_public_site_has_a_limit_and_a_private_one_only_if_it_is_set() -> None:
    assert (Budget(None).limit(PUBLIC), Budget(None).limit(PRIVATE)) == (PAGES_AN_HOUR, None)
    assert (Budget(5).limit(PUBLIC), Budget(5).limit(PRIVATE)) == (5, 5)
    assert Budget(None).left(PRIVATE, START) > 10_000
    assert Budget(5).limit("-") is None  # what has no address waits for nobody


def test_an_hour_is_the_last_hour_and_each_site_has_its_own() -> None:
    budget = Budget(2)
    budget.spend(PUBLIC, START)
    budget.spend(PUBLIC, START + HOUR / 2)
    assert budget.left(PUBLIC, START + HOUR / 2) == 0
    assert budget.left("hill.example", START + HOUR / 2) == 2
    assert budget.left(PUBLIC, START + HOUR) == 1


def test_what_was_there_before_leaves_half_to_the_news() -> None:
    budget = Budget(4)
    budget.restore([(PUBLIC, START), (PUBLIC, START)])
    assert (budget.left(PUBLIC, START, baseline=True), budget.left(PUBLIC, START)) == (0, 2)


def test_a_flood_is_told_of_once_an_hour_and_over_after_a_quiet_one() -> None:
    floods = Floods([(PUBLIC, START)])
    assert floods.untold({PUBLIC}, START + HOUR / 2) == []
    assert floods.untold({PUBLIC}, START + HOUR) == [PUBLIC]
    floods.told(PUBLIC, START + HOUR)
    assert floods.over({PUBLIC}, START + 3 * HOUR) == []
    assert floods.over(set(), START + 1.5 * HOUR) == []
    assert floods.over(set(), START + 2 * HOUR) == [PUBLIC]


def test_a_list_that_brings_more_than_can_be_read_is_left_alone_for_an_hour() -> None:
    minutes = timedelta(minutes=2)
    assert next_visit(Plan(minutes, rest=HOUR), START) == START + HOUR
    assert next_visit(Plan(minutes, rest=HOUR, every=minutes), START) == START + minutes


class Desk:
    """A crawler that may ask for three new pages an hour."""

    def __init__(self, store: Store, clock: FakeClock, server: HTTPServer) -> None:
        self.store, self.clock, self.server = store, clock, server
        no_robots(server)
        self.crawler = self._crawler()

    def _crawler(self) -> Crawler:
        return Crawler(self.store, config(pages_per_hour=3), self.clock)

    def restart(self) -> None:
        self.crawler.close()
        self.crawler = self._crawler()

    def serve(self, count: int) -> None:
        items = "".join(rss_item(self.server.url_for(f"/news/{number}"), f"News {number}") for number in range(count))
        self.server.clear_all_handlers()
        no_robots(self.server)
        self.server.expect_request("/feed").respond_with_data(rss(items), content_type="application/rss+xml")
        for number in range(count):
            path = f"/news/{number}"
            self.server.expect_request(path).respond_with_data(page(), content_type="text/html")

    def round(self, **span: float) -> None:
        self.clock.advance(**span)
        in_reactor(lambda: self.crawler.round())

    def ask(self, *columns: Any) -> list[Any]:
        with self.store.read() as db:
            return [tuple(row) for row in db.execute(sa.select(*columns))]

    def fetched(self) -> int:
        return len(self.ask(pages.pages.c.id))

    def visits(self) -> int:
        return len(self.ask(pages.visits.c.id))

    def flood(self) -> list[Any]:
        one = findings.findings.c
        return self.ask(one.subject, one.ended_at.is_(None))


@pytest.fixture
def desk(sqlite_store: Store, clock: FakeClock, httpserver: HTTPServer) -> Any:
    made = Desk(sqlite_store, clock, httpserver)
    add_source(made.store, source_at(httpserver, every="10m"), clock())
    made.serve(0)
    made.round()
    yield made
    made.crawler.close()


def test_what_is_more_waits_for_the_next_hour_while_the_list_is_visited_on(desk: Desk) -> None:
    desk.serve(7)
    desk.round(minutes=11)
    assert desk.fetched() == 3
    desk.round(minutes=11)
    assert (desk.fetched(), desk.visits()) == (3, 3)
    (row,) = desk.ask(findings.findings.c.kind, findings.findings.c.severity, findings.findings.c.detail)
    assert row[:2] == ("site_flood", "daily") and "more than 3 new addresses in an hour; 4 wait" in row[2]
    for _ in range(3):
        desk.round(minutes=61)
    assert desk.fetched() == 7
    assert {state for (state,) in desk.ask(pages.items.c.end_state)} == {"fetched"}
    assert desk.flood() == [(site_of(desk.server.url_for("/")), False)]


def test_a_new_process_counts_what_the_one_before_asked_for(desk: Desk) -> None:
    desk.serve(5)
    desk.round(minutes=11)
    desk.restart()
    desk.round(minutes=11)
    assert desk.fetched() == 3
    desk.round(minutes=61)
    assert desk.fetched() == 5
