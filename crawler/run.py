"""The crawler: rounds over what is due. It may be killed at any moment and started again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from core.clock import Clock
from crawler.budget import HOUR
from crawler.config import CrawlConfig
from crawler.fetch import Fetcher, Gates, Sleep, Way, site_or_none
from crawler.flood import FloodFindings
from crawler.means import Means, StoredSites
from crawler.outlets import OutletFindings
from crawler.report import RoundReport
from crawler.revisit import Revisits
from crawler.round import Progress, Round, SiteWork
from crawler.web import open_web
from store import pages
from store.engine import Store

_VISITS = 200  # of one round, unless all are asked for
_ALL = 1_000_000

OpenWay = Callable[[CrawlConfig], AbstractAsyncContextManager[Way]]


class Crawler:
    """Rounds over what is due. They may overlap: each takes sites that no other is at."""

    def __init__(
        self,
        store: Store,
        config: CrawlConfig,
        clock: Clock,
        max_age: timedelta = timedelta(days=7),
        sleep: Sleep = asyncio.sleep,
        way: OpenWay = open_web,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._clock = clock
        self._sleep = sleep
        self._way = way
        self._means = Means(store, config, clock, max_age, chance)
        self._gates = Gates(StoredSites(self._means))
        self._revisits = Revisits(self._means)
        self._floods = FloodFindings(self._means)
        self._outlets = OutletFindings(self._means)
        self._has_planned = False
        self._busy: set[str] = set()
        self._rounds: set[asyncio.Task[Any]] = set()
        self._planning = asyncio.Lock()

    @property
    def busy(self) -> frozenset[str]:
        """Sites that running rounds are at."""
        return frozenset(self._busy)

    async def round(
        self,
        *,
        only: Collection[str] | None = None,
        everything: bool = False,
        alert_backlog: bool = False,
        on_progress: Progress | None = None,
    ) -> RoundReport:
        """One bounded crawl over what is due; `only` names sources, due or not, `everything` takes all.

        Gives back an empty report at once when nothing is due, or when as many rounds run as may. `alert_backlog`
        makes what a first visit finds live instead of baseline.
        """
        report = RoundReport()
        if self._means.stopping or len(self._rounds) >= self._config.rounds:
            return report
        task = asyncio.current_task()
        assert task is not None
        self._rounds.add(task)
        try:
            async with self._planning:
                work = await self._plan(only, everything)
                self._busy |= work.keys()
            try:
                if work:
                    await self._crawl(Round(self._means, report, alert_backlog, on_progress), work)
            finally:
                self._busy -= work.keys()
            if work and not self._means.stopping:
                report.more = bool(await self._due_items(only))
        finally:
            self._rounds.discard(task)
        return report

    async def stop(self, deadline_s: float = 10.0) -> None:
        """Ask for nothing more, give running rounds until the deadline, then leave them where they are."""
        self._means.stopping = True
        running = self._rounds - {asyncio.current_task()}
        if running:
            _, late = await asyncio.wait(running, timeout=deadline_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=2)
        self.close()

    def close(self) -> None:
        """Let go of threads and children; no round may follow."""
        self._means.close()

    async def _crawl(self, round_: Round, work: Mapping[str, SiteWork]) -> None:
        places = asyncio.Semaphore(self._config.connections)
        async with self._way(self._config) as web:
            fetcher = Fetcher(web, self._gates, self._config, self._clock, self._sleep)

            async def at(site: str) -> None:
                async with places:
                    await round_.work_at(site, work[site], fetcher)

            results = await asyncio.gather(*(at(site) for site in work), return_exceptions=True)
        self._gates.forget_idle(self._clock(), self._busy)
        self._means.budget.forget_idle(self._clock())
        # A bug or a lost database ends the round, after the other sites were served.
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _plan(self, only: Collection[str] | None, everything: bool) -> dict[str, SiteWork]:
        """Due sources and items by site, but for sites where another round is, or which asked to be left alone."""
        now = self._clock()
        if not self._has_planned:
            self._has_planned = True  # what was asked for shortly before this process began counts
            asked = await self._means.read(lambda db: pages.item_pages_since(db, now - HOUR))
            self._means.budget.restore((site_or_none(url), at) for url, at in asked)
        asked_for = only is not None or everything
        limit = _ALL if asked_for else _VISITS + 4 * len(self._busy)
        due = await self._means.read(
            lambda db: pages.sources_to_visit(db, now, limit, only=only, everything=everything)
        )
        waiting = await self._means.read(lambda db: pages.sites_waiting(db, now))
        work: dict[str, SiteWork] = {}
        for source in due:
            site = site_or_none(str(source.definition.get("url", "")))
            if site not in self._busy and (asked_for or site not in waiting):
                work.setdefault(site, SiteWork()).visits.append(source)
        for item_id, url in await self._due_items(only):
            work.setdefault(site_or_none(url), SiteWork()).items.append(item_id)
        if only is None:
            await self._outlets.tell(now)
            for site, again in await self._revisits.due(waiting | self._busy):
                work.setdefault(site, SiteWork()).revisits.append(again)
        return work

    async def _due_items(self, only: Collection[str] | None) -> list[tuple[int, str]]:
        """Due items at sites that are free now, so many that a round stays short."""
        now = self._clock()
        most, each = self._config.round_pages, self._config.round_pages_per_site

        def ask(db: Connection) -> list[tuple[int, str]]:
            of = None if only is None else [one.id for one in pages.sources_to_visit(db, now, _ALL, only=only)]
            shut = pages.sites_waiting(db, now) | self._busy
            found: list[tuple[int, str]] = []
            counts: dict[str, int] = {}
            for item_id, url, baseline in pages.items_to_fetch(db, now, most * 10, each, source_ids=of):
                site = site_or_none(url)
                if site in shut or counts.get(site, 0) >= each or len(found) >= most:
                    continue
                if counts.get(site, 0) < self._means.budget.left(site, now, baseline=baseline):
                    counts[site] = counts.get(site, 0) + 1
                    found.append((item_id, url))
                elif not baseline:
                    held.add(site)
            return found

        held: set[str] = set()
        found = await self._means.read(ask)
        if only is None:
            await self._floods.tell(held, now)
        return found
