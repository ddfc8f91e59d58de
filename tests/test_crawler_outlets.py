"""The weekly finding of outlets that aggregators quote and that are no source."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.means import Means
from crawler.outlets import OutletFindings
from crawler.source import Source
from store import findings, pages
from store.engine import Store
from store.pages import NewItem
from tests.conftest import FakeClock
from tests.crawling import add_source, config


class Desk:
    """An aggregator, an outlet that is a source, and the findings of what is quoted."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.store, self.clock, self._count = store, clock, 0
        self.aggregator = self.source("alerts", "aggregator")
        self.source("river-post", "newspaper")

    def source(self, name: str, type: str) -> int:
        url = f"https://{name}.example/rss"
        made = Source.model_validate({"name": name, "title": name.title(), "url": url, "type": type})
        return add_source(self.store, made, self.clock())

    def quote(self, outlet: str, times: int) -> None:
        """So many stories of an outlet."""
        new = []
        for _ in range(times):
            self._count += 1
            url = f"https://{outlet.replace(' ', '-').lower()}.example/{self._count}"
            new.append(NewItem(url, url, None, None, None, None, None, outlet))
        now = self.clock()
        visit = {"started_at": now, "finished_at": now, "outcome": "new", "baseline": False}
        with self.store.write() as db:
            pages.record_visit(db, self.aggregator, visit, new, {"failures": 0})

    def tell(self, **later: float) -> list[Any]:
        """What is found then, by a process that just began."""
        self.clock.advance(**later)
        means = Means(self.store, config(), self.clock, timedelta(days=7), lambda: 0.5)
        asyncio.run(OutletFindings(means).tell(self.clock()))
        means.close()
        with self.store.read() as db:
            one = findings.findings.c
            return [tuple(row) for row in db.execute(sa.select(one.detail, one.severity).where(one.ended_at.is_(None)))]


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    return Desk(store, clock)


def test_who_is_quoted_often_and_is_no_source_is_named_once_a_week(desk: Desk) -> None:
    desk.quote("River-Post", 9)
    desk.quote("Hill Times", 3)
    desk.quote("Chance Herald", 1)
    ((detail, severity),) = desk.tell()
    assert severity == "weekly" and "no source here: Hill Times (3)." in detail
    assert desk.tell(days=3) == [(detail, severity)]
    desk.quote("Lake Gazette", 5)
    ((later, _),) = desk.tell(days=4, hours=1)
    assert "Lake Gazette (5)" in later and "Hill Times" not in later


def test_where_nobody_new_is_quoted_any_more_nothing_stays_open(desk: Desk) -> None:
    desk.quote("Hill Times", 3)
    assert len(desk.tell()) == 1
    assert desk.tell(days=8) == []


def test_where_nobody_is_quoted_nothing_is_said(desk: Desk) -> None:
    assert desk.tell() == []
