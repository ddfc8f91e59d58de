"""What tests of the crawler share: one reactor for the whole run, sources on a local server, feeds to serve."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pytest_httpserver import HTTPServer

from core.clock import utc_now
from crawler import reactor as crawl_reactor
from crawler.config import CrawlConfig
from crawler.run import Crawler
from crawler.source import Source
from store.definitions import sources
from store.engine import Store, open_store

T = TypeVar("T")

_loop: Future[asyncio.AbstractEventLoop] | None = None
_starting = threading.Lock()


def in_reactor(work: Callable[[], Awaitable[T]], seconds: float = 60) -> T:
    """Run `work` in the reactor's own thread. The reactor starts with the first test and ends with the process."""

    async def wrapped() -> T:
        return await work()

    return asyncio.run_coroutine_threadsafe(wrapped(), _reactor_loop()).result(seconds)


def _reactor_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _starting:
        if _loop is None:
            _loop = Future()
            threading.Thread(target=_run_reactor, args=(_loop,), daemon=True, name="reactor").start()
    return _loop.result(30)


def _run_reactor(loop: Future[asyncio.AbstractEventLoop]) -> None:
    async def forever() -> None:
        loop.set_result(asyncio.get_running_loop())
        await asyncio.Event().wait()

    crawl_reactor.run(forever)


def config(**changes: Any) -> CrawlConfig:
    return CrawlConfig.model_validate({"delay": "0s", "timeout": "5s", "contact": "desk@example.org", **changes})


def source_at(server: HTTPServer, name: str = "post", path: str = "/feed", **changes: Any) -> Source:
    """A source on the local server, which it may reach."""
    values = {"name": name, "title": "Example Post", "url": server.url_for(path), "allow_private": True, **changes}
    return Source.model_validate(values)


def add_source(store: Store, source: Source, now: datetime | None = None) -> int:
    moment = now or utc_now()
    with store.write() as db:
        row = sources.insert().values(
            name=source.name,
            origin="file",
            title=source.title,
            kind=source.kind,
            type=source.type,
            url=source.url,
            language=source.language,
            country=source.country,
            definition=source.model_dump(mode="json"),
            created_at=moment,
            edited_at=moment,
        )
        return int(db.execute(row).inserted_primary_key[0])  # type: ignore[index]


def rss(*items: str, title: str = "Example Post") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def rss_item(link: str, title: str = "A headline", *, guid: str = "", text: str = "", date: str = "") -> str:
    parts = f"<title>{title}</title><link>{link}</link>"
    parts += f"<guid>{guid}</guid>" if guid else ""
    parts += f"<description>{text}</description>" if text else ""
    parts += f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item>{parts}</item>"


def page(title: str = "A headline", text: str = "Police freed forty people from a compound on Monday.") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


def no_robots(server: HTTPServer) -> None:
    server.expect_request("/robots.txt").respond_with_data("", status=404)


def crawl_in_this_process(url: str, data_dir: str) -> None:
    """One crawl of everything due, with a reactor of its own: the body of a child process that a test may kill."""
    store = open_store(url, Path(data_dir))
    crawler = Crawler(store, config(), utc_now)
    crawl_reactor.run(lambda: crawler.round(everything=True))
    crawler.close()
    store.close()
