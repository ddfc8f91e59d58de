"""Writing together what is ready together: each work whole, and none the victim of another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawler.writer import Writer
from store.engine import Store
from store.pages import SiteState, keep_site, sites


def put(site: str, failing: bool = False) -> Callable[[Connection], str]:
    def work(db: Connection) -> str:
        keep_site(db, SiteState(site))
        if failing:
            raise LookupError(site)
        return site

    return work


def written(store: Store) -> list[Any]:
    with store.read() as db:
        return list(db.scalars(sa.select(sites.c.site).order_by(sites.c.site)))


def together(store: Store, *works: Callable[[Connection], Any]) -> list[Any]:
    async def run() -> list[Any]:
        writer = Writer(store)
        try:
            return await asyncio.gather(*(writer.write(work) for work in works), return_exceptions=True)
        finally:
            writer.close()

    return asyncio.run(run())


def test_each_gets_what_its_own_work_gave(store: Store) -> None:
    assert together(store, *(put(name) for name in "abcde")) == list("abcde")
    assert written(store) == list("abcde")


def test_one_that_fails_takes_nothing_with_it_but_its_own(store: Store) -> None:
    a, b, c = together(store, put("a"), put("b", failing=True), put("c"))
    assert (a, c) == ("a", "c") and isinstance(b, LookupError)
    assert written(store) == ["a", "c"]


def test_what_is_ready_while_another_is_written_shares_one_transaction(sqlite_store: Store) -> None:
    commits = []
    sa.event.listen(sqlite_store.engine, "commit", lambda _: commits.append(1))
    together(sqlite_store, *(put(f"{number:02}") for number in range(50)))
    assert len(written(sqlite_store)) == 50 and len(commits) <= 3


def test_one_that_is_cancelled_while_it_waits_holds_up_nobody(sqlite_store: Store) -> None:
    async def run() -> str:
        writer = Writer(sqlite_store)
        try:
            first, second = (asyncio.ensure_future(writer.write(put(name))) for name in "ab")
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await second
        finally:
            writer.close()

    assert asyncio.run(run()) == "b"


def test_who_waits_for_a_writer_that_is_closed_hears_of_it(sqlite_store: Store) -> None:
    async def run() -> None:
        writer = Writer(sqlite_store)
        writer.close()
        await writer.write(put("a"))

    with pytest.raises(RuntimeError):
        asyncio.run(run())
