"""A pipeline with nothing to do makes older texts ready for search, a few at a time, the newest first, each once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pipeline import packing
from pipeline.packing import Packing
from store.engine import Store
from store.index import search_texts
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import Newsroom
from tests.test_store_search import TEXTS, fill


def packed(store: Store) -> list[int]:
    with store.read() as db:
        return list(db.scalars(sa.select(search_texts.c.article_id).order_by(search_texts.c.article_id)))


def forget_all(store: Store) -> None:
    with store.write() as db:
        db.execute(sa.delete(search_texts))


def test_it_goes_back_from_the_newest_to_the_oldest_and_then_asks_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_AT_A_TIME", 5)
    articles = list(fill(store))
    forget_all(store)
    work = Packing(store)
    for count in (5, 10, len(TEXTS), len(TEXTS)):
        work.go_on()
        assert packed(store) == articles[:count]
    forget_all(store)
    work.go_on()
    assert packed(store) == []


def test_an_idle_pipeline_packs(store: Store, clock: FakeClock) -> None:
    desk = Analyst(Newsroom(store), clock)
    desk.newsroom.publish("https://one.example/a")
    desk.process()
    assert packed(store) == [1]
    forget_all(store)
    desk.process()
    assert packed(store) == [1]
