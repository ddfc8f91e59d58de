"""A pipeline with nothing to do indexes anew what older rules of folding filed, the newest first, killed or not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from core.query import parse_query
from core.text import FOLDING
from pipeline import refolding
from pipeline.refolding import Refolding
from store.engine import Store
from store.index import search_rows, search_texts
from store.reindexing import amiss, count_older, older
from store.search import search
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import Newsroom
from tests.test_store_search import fill


def make_old(store: Store) -> None:
    with store.write() as db:
        db.execute(sa.update(search_rows).values(folding=FOLDING - 1))
        db.execute(sa.update(search_texts).values(folding=FOLDING - 1, packed=b"by older rules"))


def left(store: Store) -> int:
    with store.read() as db:
        return count_older(db)


def test_it_goes_back_from_the_newest_and_who_is_killed_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refolding, "_AT_A_TIME", 5)
    monkeypatch.setattr(refolding, "_TOLD_EVERY", 10)
    names = fill(store)
    make_old(store)
    with store.read() as db:
        newest_first = [row.article_id for row in older(db, None, 100)]
    killed = Refolding(store)
    killed.go_on()
    assert left(store) == len(names) - 5 and not killed.is_over
    with store.read() as db:
        assert {row.article_id for row in older(db, None, 100)} == set(newest_first[5:])
    with capture_logs() as said:
        work = Refolding(store)
        while not work.is_over:
            work.go_on()
    rest = len(names) - 5
    assert said[0] == {"event": "index_made_anew", "done": 0, "of": rest, "log_level": "info"}
    assert said[-1] == {"event": "index_is_anew", "articles": rest, "log_level": "info"}
    with store.read() as db:
        assert amiss(db) == []
        assert len(search(db, parse_query("police OR 警方"))) == 4


def test_it_is_found_by_older_rules_until_then(store: Store) -> None:
    fill(store)
    make_old(store)
    with store.read() as db:
        assert len(search(db, parse_query("police OR 警方"))) == 4


def test_where_all_is_by_the_rules_that_hold_it_looks_once(store: Store) -> None:
    fill(store)
    work = Refolding(store)
    work.go_on()
    assert work.is_over
    make_old(store)
    work.go_on()
    assert left(store) > 0


def test_an_idle_pipeline_does_it_before_it_packs(store: Store, clock: FakeClock) -> None:
    desk = Analyst(Newsroom(store), clock)
    desk.newsroom.publish("https://one.example/a")
    desk.process()
    make_old(store)
    desk.process()
    with store.read() as db:
        assert left(store) == 0 and amiss(db) == []
        assert db.scalars(sa.select(search_texts.c.folding)).all() == [FOLDING]
