"""The page of an article that vanished is on record as a change of its development."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from store import revisits
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import RELEASE_REWRITTEN, Newsroom

URL = "https://one.example/a"
CHANGES = "SELECT development_id, kind, origin, cause_article_id, what, old, new FROM changes_v WHERE what = 'gone'"


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Analyst:
    analyst = Analyst(Newsroom(store), clock)
    analyst.newsroom.publish(URL)
    analyst.newsroom.publish("https://two.example/b", RELEASE_REWRITTEN, after=1)
    analyst.process()
    return analyst


def looked(desk: Analyst, article_id: int, state: str, **seen: Any) -> None:
    """What the crawler's second look at an article saw."""
    now = desk.clock()
    row = {"article_id": article_id, "first_at": now, "last_at": now, "times": 1, "tries": 0, "state": state, **seen}
    with desk.store.write() as db:
        db.execute(sa.delete(revisits.revisits).where(revisits.revisits.c.article_id == article_id))
        db.execute(sa.insert(revisits.revisits), row)


def test_a_page_that_vanished_is_a_change_of_its_development_once(desk: Analyst) -> None:
    looked(desk, 1, "gone", reason="http_410", gone_at=desk.clock())
    desk.process()
    desk.process()
    assert desk.rows(CHANGES) == [(1, "update", "live", 1, "gone", URL, "http_410")]


def test_a_page_that_is_still_there_or_came_back_is_none(desk: Analyst) -> None:
    looked(desk, 1, "same")
    looked(desk, 2, "same", gone_at=desk.clock())
    desk.process()
    assert desk.rows(CHANGES) == []


def test_what_vanished_from_a_merged_development_befell_the_one_it_is_now(desk: Analyst) -> None:
    desk.split(2)
    desk.merge(1, 2, into=2)
    looked(desk, 1, "gone", reason="soft_404", gone_at=desk.clock())
    desk.process()
    assert [row[0] for row in desk.rows(CHANGES)] == [2]
