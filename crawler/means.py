"""What rounds work with: the store and the parsers, off the event loop, and the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.engine import Connection

from core.clock import Clock
from core.pool import Limits, Pool
from crawler import feeds
from crawler.budget import Budget
from crawler.config import CrawlConfig
from crawler.writer import Writer
from store import pages
from store.engine import Store
from store.pages import SiteState

T = TypeVar("T")

_PATIENT = Limits(seconds=15, megabytes=1024)


class Means:
    """Shared by all rounds of a crawler. `stopping` asks them to end at the next step."""

    def __init__(
        self,
        store: Store,
        config: CrawlConfig,
        clock: Clock,
        max_age: timedelta,
        chance: Callable[[], float],
    ) -> None:
        self.config = config
        self.max_age = max_age
        self.chance = chance  # 0 to 1: spreads visits out
        self.budget = Budget(config.pages_per_hour)
        self.stopping = False
        self._store = store
        self._clock = clock
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="crawl")
        self._writer = Writer(store)
        self._pool: Pool | None = None

    def now(self) -> datetime:
        return self._clock()

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """`ask` in a snapshot."""

        def work() -> T:
            with self._store.read() as db:
                return ask(db)

        return await self.threaded(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """`work` in a transaction. It may run twice."""
        return await self._writer.write(work)

    async def threaded(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def keep_body(self, content: bytes) -> str:
        """Write and sync a body; its SHA-256."""
        return await self.threaded(lambda: self._store.bodies.put(content))

    async def parse(self, body: bytes, url: str, content_type: str) -> feeds.Feed:
        """A feed; what lxml cannot read, by the patient parser in a child that can be killed. Raises FeedError."""
        try:
            return await self.threaded(lambda: feeds.parse(body, url=url, content_type=content_type))
        except feeds.FeedError as error:
            if not error.worth_another_try:
                raise
            found = await asyncio.to_thread(self._parse_patiently, body, url, content_type)
            if found is None:
                raise
            return found

    def _parse_patiently(self, body: bytes, url: str, content_type: str) -> feeds.Feed | None:
        if self._pool is None:
            self._pool = Pool(1, _PATIENT)
        return self._pool.run(feeds.parse_loosely, body, url, content_type).value

    def close(self) -> None:
        """Let go of threads and children."""
        self.stopping = True
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._writer.close()
        if self._pool is not None:
            self._pool.close(wait=0)


class StoredSites:
    """What is known of sites, kept in the store: a `SiteMemory`."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def load(self, site: str) -> SiteState:
        return await self._means.read(lambda db: pages.site_state(db, site))

    async def keep(self, state: SiteState) -> None:
        await self._means.write(lambda db: pages.keep_site(db, state))
