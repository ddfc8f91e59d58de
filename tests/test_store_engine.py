"""Write transactions lose nothing, reads are consistent, bodies are kept."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import NotFound, StoreError
from store.engine import Store, open_store
from store.pages import sites


def _count_up(store: Store, times: int) -> None:
    for _ in range(times):
        with store.write() as db:
            # Read, then write what was read: the pattern that loses updates under a deferred transaction.
            seen = db.execute(sa.select(sites.c.failures).where(sites.c.site == "x").with_for_update()).scalar_one()
            db.execute(sa.update(sites).where(sites.c.site == "x").values(failures=seen + 1))


def test_no_update_is_lost_between_threads_that_read_before_they_write(store: Store) -> None:
    with store.write() as db:
        db.execute(sa.insert(sites).values(site="x", failures=0))
    threads = [threading.Thread(target=_count_up, args=(store, 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as db:
        assert db.scalar(sa.select(sites.c.failures)) == 200


def test_an_error_rolls_the_transaction_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as db:
        db.execute(sa.insert(sites).values(site="x", failures=0))
        raise RuntimeError
    with store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(sites)) == 0


def test_a_read_sees_one_moment(store: Store) -> None:
    with store.read() as db:
        before = db.scalar(sa.select(sa.func.count()).select_from(sites))
        with store.write() as other:
            other.execute(sa.insert(sites).values(site="x", failures=0))
        assert db.scalar(sa.select(sa.func.count()).select_from(sites)) == before


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    moment = datetime(2026, 10, 13, 5, 4, 3, 210000, tzinfo=UTC)
    with store.write() as db:
        db.execute(sa.insert(sites).values(site="x", failures=0, not_before=moment))
    with store.read() as db:
        assert db.scalar(sa.select(sites.c.not_before)) == moment


def test_a_naive_time_is_refused(store: Store) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(sa.exc.StatementError, match="naive"), store.write() as db:
        db.execute(sa.insert(sites).values(site="x", failures=0, not_before=naive))


def test_a_body_is_kept_once_under_its_hash(store: Store) -> None:
    first = store.bodies.put("เมียวดี".encode())
    assert store.bodies.put("เมียวดี".encode()) == first
    assert store.bodies.get(first).decode() == "เมียวดี"


def test_a_missing_body_says_so(store: Store) -> None:
    with pytest.raises(NotFound, match="abc"):
        store.bodies.get("abc" + "0" * 61)


def test_a_url_that_names_no_database_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="sqlite:///path"):
        open_store("nonsense", tmp_path)


def test_an_unreachable_postgres_is_an_error_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://desk:hush@127.0.0.1:1/none", tmp_path)
    assert "hush" not in str(caught.value)


def test_what_takes_its_time_is_not_cut_off(store: Store) -> None:
    if store.is_sqlite:
        with store.read_at_length() as db:
            assert db.scalar(sa.text("SELECT 1")) == 1
        return
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    with store.read_at_length() as db:
        assert [db.scalar(sa.text(f"SHOW {limit}")) for limit in limits] == ["0", "0"]
    with store.read() as db:
        assert "0" not in [db.scalar(sa.text(f"SHOW {limit}")) for limit in limits]
