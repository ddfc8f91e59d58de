"""Visits, items and states on both engines."""

from __future__ import annotations

import random
from typing import Any

import sqlalchemy as sa

from store import pages
from store.engine import Store
from store.pages import NewItem
from tests.conftest import START
from tests.crawling import add_source
from tests.month import make


def item(key: str, guid: str | None = None) -> NewItem:
    return NewItem(key, f"https://{key}", guid, None, None, None, None)


def visit(**values: Any) -> dict[str, Any]:
    return {"started_at": START, "finished_at": START, "outcome": "new", "baseline": False} | values


def source(store: Store) -> int:
    return add_source(store, make(0, random.Random(1), 1).source, START)


def test_a_visit_counts_the_items_that_it_added_and_no_others(store: Store) -> None:
    source_id = source(store)
    with store.write() as db:
        assert pages.record_visit(db, source_id, visit(), [item("a"), item("b")], {"failures": 1}) == 2
        assert pages.record_visit(db, source_id, visit(), [item("b"), item("c")], {"cause": "dns"}) == 1
        assert db.scalars(sa.select(pages.visits.c.new_items).order_by(pages.visits.c.id)).all() == [2, 1]
        due = pages.source_by_id(db, source_id)
    assert due is not None and (due.failures, due.cause) == (1, "dns")  # what is not named stays as it was


def test_keys_that_were_seen_are_known_with_their_guids_and_of_their_source_alone(store: Store) -> None:
    source_id = source(store)
    odd = "river.example/ข่าว?q=\"a\",'b'\\&c={1}"
    with store.write() as db:
        pages.record_visit(db, source_id, visit(), [item("a", "1"), item(odd)], {"failures": 0})
        many = [f"never-{number}" for number in range(3000)]
        assert pages.known_keys(db, source_id, ["a", odd, *many]) == {"a": "1", odd: None}
        assert pages.known_keys(db, source_id + 1, ["a"]) == {}
        assert pages.known_keys(db, source_id, []) == {}
