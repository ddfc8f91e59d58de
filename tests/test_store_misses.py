"""A known miss is kept once, counted, and shows as mended for as long as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from store import misses
from store.engine import Store
from tests.conftest import START

FOUND: dict[str, Any] = {
    "title": "Boats at the pier",
    "outcome": "near_miss",
    "sentence": "It lacks a word.",
    "mend": ["add the word"],
    "watch": "boats",
}


def keep(store: Store, *, mended: bool = False, hours: int = 0, **found: Any) -> int:
    now = START + timedelta(hours=hours)
    return store.unit(lambda db: misses.keep(db, "a.example/1", "https://a.example/1", FOUND | found, mended, now))


def only(store: Store) -> Any:
    with store.read() as db:
        (row,) = misses.all_misses(db, 10)
    return row


def test_asking_twice_is_one_miss_asked_about_twice(store: Store) -> None:
    assert keep(store) == keep(store, hours=2, outcome="told")
    row = only(store)
    assert (row.times, row.outcome, row.asked_at, row.last_asked_at) == (2, "told", START, START + timedelta(hours=2))


def test_a_mended_one_keeps_the_hour_at_which_it_was_first_seen_to_be(store: Store) -> None:
    miss = keep(store)
    for hours in (1, 5):
        store.unit(lambda db, at=START + timedelta(hours=hours): misses.check(db, miss, FOUND, True, at))  # type: ignore[misc]
    row = only(store)
    assert (row.mended_at, row.checked_at) == (START + timedelta(hours=1), START + timedelta(hours=5))


def test_what_broke_again_is_open_again(store: Store) -> None:
    miss = keep(store, mended=True)
    assert only(store).mended_at == START
    store.unit(lambda db: misses.check(db, miss, FOUND, False, START))
    assert only(store).mended_at is None


def test_open_misses_are_counted_by_watch(store: Store) -> None:
    keep(store)
    with store.read() as db:
        assert misses.open_by_watch(db) == {"boats": 1}
    keep(store, mended=True)
    with store.read() as db:
        assert misses.open_by_watch(db) == {}


def test_what_was_no_miss_can_be_forgotten(store: Store) -> None:
    miss = keep(store)
    assert store.unit(lambda db: misses.forget(db, miss))
    assert not store.unit(lambda db: misses.forget(db, miss))
