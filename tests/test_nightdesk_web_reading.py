"""Requests take turns at the store: the stages find connections free however many ask."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy.engine import Connection

from core.errors import TookTooLong
from nightdesk.web.api import problems
from nightdesk.web.reading import Reading
from store.engine import Store


def test_no_more_read_at_once_than_there_are_turns(sqlite_store: Store) -> None:
    reading, lock, pairs = Reading(sqlite_store, at_once=2), threading.Lock(), threading.Barrier(2, timeout=10)
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        pairs.wait()  # passes only while two are here
        with lock:
            inside -= 1

    async def ask_all() -> None:
        await asyncio.gather(*(reading.aside(work) for _ in range(8)))

    asyncio.run(ask_all())
    assert most == 2


def test_what_is_read_is_one_snapshot_that_nothing_is_written_to(sqlite_store: Store) -> None:
    reading = Reading(sqlite_store)
    insert = "INSERT INTO threads (title, created_at) VALUES ('x', '2026-10-13T06:00:00.000000Z')"
    asyncio.run(reading.ask(lambda db: db.exec_driver_sql(insert).rowcount))
    assert asyncio.run(reading.ask(lambda db: db.exec_driver_sql("SELECT count(*) FROM threads").scalar())) == 0


ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000) SELECT max(x) FROM n"


def test_a_question_without_end_is_stopped_and_its_limit_named(store: Store) -> None:
    reading = Reading(store, seconds=0.05)
    with pytest.raises(TookTooLong, match=r"more than 0\.05 s and was stopped") as stopped:
        asyncio.run(reading.ask(lambda db: db.exec_driver_sql(ENDLESS).scalar()))
    told = problems.answer(stopped.value)
    assert told is not None and told.status_code == 503 and b"0.05 s" in told.body
    assert asyncio.run(Reading(store).ask(lambda db: db.exec_driver_sql("SELECT 1").scalar())) == 1


def test_many_short_questions_are_stopped_like_a_long_one(store: Store) -> None:
    def ask_on(db: Connection) -> None:
        while True:
            db.exec_driver_sql("SELECT 1").scalar()

    with pytest.raises(TookTooLong):
        asyncio.run(Reading(store, seconds=0.05).ask(ask_on))
