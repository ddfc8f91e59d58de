"""Asking for one address now, outside any round: for `try`, `sources test`, `sources add` and `ingest` of addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from core.clock import Clock, utc_now
from crawler.answer import Answer
from crawler.config import CrawlConfig
from crawler.fetch import Fetcher, Gates, Manners, manners_of
from crawler.source import Source
from crawler.web import open_web
from store.pages import SiteState


class _NoSites:
    """Remembers sites no longer than the crawl."""

    async def load(self, site: str) -> SiteState:
        return SiteState(site)

    async def keep(self, state: SiteState) -> None:
        pass


@asynccontextmanager
async def open_fetcher(config: CrawlConfig, clock: Clock = utc_now) -> AsyncIterator[Fetcher]:
    """Polite requests for the length of the block, without a store."""
    async with open_web(config) as web:
        yield Fetcher(web, Gates(_NoSites()), config, clock)


async def fetch(
    url: str,
    config: CrawlConfig,
    *,
    source: Source | None = None,
    kind: Literal["page", "feed"] = "page",
    clock: Clock = utc_now,
) -> Answer:
    """One answer for `url`, in the name of `source` if there is one: its delay, its permits, its exceptions.

    Needs the reactor of crawler.reactor to run. Never raises for what a site did: see `Answer.error`.
    """
    manners = manners_of(source, config) if source else Manners(config.delay.total_seconds())
    async with open_fetcher(config, clock) as fetcher:
        return await (fetcher.feed(url, manners) if kind == "feed" else fetcher.page(url, manners))
