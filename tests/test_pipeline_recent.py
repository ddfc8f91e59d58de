"""Developments around a moment are those that the rows name, whatever was asked before."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.nearby import Nearby
from pipeline.profile import Profile
from pipeline.recent import Recent
from store import developments
from store.engine import Store
from tests.reports import NOON

DAY = timedelta(days=1)


def add(store: Store, at: datetime, word: str) -> int:
    row = {"title": word, "topics": [], "event_types": [], "countries": [], "articles": 1, "sources": 1}
    row |= {"independent_sources": 1, "baseline": False, "profile": Profile(at, at, words={word: 1.0}).as_json()}
    times = dict.fromkeys(("first_found_at", "last_found_at", "updated_at", "first_news_at", "last_news_at"), at)
    return store.unit(lambda db: developments.add_development(db, row | times))


def around(store: Store, recent: Recent, at: datetime) -> Nearby:
    with store.read() as db:
        return recent.around(db, at)


def test_old_news_and_news_of_today_take_turns(store: Store) -> None:
    new = [add(store, NOON - number * DAY, f"new{number}") for number in range(4)]
    old = [add(store, NOON - (400 + number) * DAY, f"old{number}") for number in range(4)]
    recent = Recent(21 * DAY)
    for _ in range(3):
        for at, ids in ((NOON, new), (NOON - 400 * DAY, old), (NOON - 200 * DAY, [])):
            near = around(store, recent, at)
            assert near.profiles.keys() == set(ids)
            assert near.rarity.size == len(ids)
            assert near.rarity.count("new0") == (1 if ids is new else 0)


def test_a_development_that_was_written_anew_is_read_anew(store: Store) -> None:
    id = add(store, NOON, "before")
    recent = Recent(21 * DAY)
    assert around(store, recent, NOON).profiles[id].words == {"before": 1.0}
    later = {"updated_at": NOON + DAY, "profile": Profile(NOON, NOON, words={"after": 1.0}).as_json()}
    store.unit(lambda db: developments.describe_development(db, id, later))
    near = around(store, recent, NOON)
    assert near.profiles[id].words == {"after": 1.0}
    assert (near.rarity.count("before"), near.rarity.count("after")) == (0, 1)


def test_what_was_forgotten_is_read_again(store: Store) -> None:
    id = add(store, NOON, "before")
    recent = Recent(21 * DAY)
    around(store, recent, NOON)
    recent.forget(id)
    assert around(store, recent, NOON).rarity.size == 1
