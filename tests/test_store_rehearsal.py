"""A rehearsal works like the store and leaves no trace."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.errors import NotFound
from store.engine import Store
from store.pages import sites
from store.rehearsal import Rehearsal


def _count(store: Store) -> int:
    with store.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(sites)) or 0


def test_what_was_written_is_seen_inside_and_gone_afterwards(store: Store) -> None:
    rehearsal = Rehearsal(store)
    rehearsal.unit(lambda db: db.execute(sa.insert(sites).values(site="x", failures=0)))
    assert _count(rehearsal) == 1
    rehearsal.close()
    assert _count(store) == 0


def test_a_failed_step_takes_back_only_itself(store: Store) -> None:
    rehearsal = Rehearsal(store)
    rehearsal.unit(lambda db: db.execute(sa.insert(sites).values(site="x", failures=0)))
    with pytest.raises(sa.exc.IntegrityError):
        rehearsal.unit(lambda db: db.execute(sa.insert(sites).values(site="x", failures=0)))
    assert _count(rehearsal) == 1
    rehearsal.close()


def test_bodies_are_not_kept(store: Store) -> None:
    rehearsal = Rehearsal(store)
    sha256 = rehearsal.bodies.put(b"page")
    assert rehearsal.bodies.get(sha256) == b"page"
    with pytest.raises(NotFound):
        store.bodies.get(sha256)
