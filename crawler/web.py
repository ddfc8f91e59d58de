"""The way out: one Scrapy crawl, held open while requests are made through it one by one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from traceback import clear_frames
from typing import Any

import structlog
from scrapy import Request, Spider, exceptions
from scrapy.crawler import AsyncCrawlerRunner
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.internet.error import SSLError as TwistedTLSError
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from core.addresses import PORTS, AddressRefused, Permit, check_url
from crawler.answer import Answer
from crawler.config import CrawlConfig
from crawler.guard import OPEN, VERIFY, EncodingsRefused, HeadersRefused, guard_reactor
from crawler.headers import tame_headers
from crawler.settings import scrapy_settings

log = structlog.get_logger(__name__)


class Web:
    """Requests through an open crawl. Neither redirects nor robots.txt nor delays: see crawler.fetch."""

    def __init__(self, spider: _Door) -> None:
        self._engine = spider.crawler.engine

    async def get(
        self,
        url: str,
        *,
        max_bytes: int,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        ports: Collection[int] = PORTS,
        permit: Permit | None = None,
        verify_tls: bool = True,
    ) -> Answer:
        """Ask once; a private address only if `permit` covers it. Never raises for what a site did."""
        try:
            check_url(url, ports=ports, permits=(permit,) if permit else ())
            opened = str(permit) if permit is not None and permit.covers(url) else None
            meta = {"download_maxsize": max_bytes, "download_timeout": timeout, OPEN: opened, VERIFY: verify_tls}
            request = Request(url, headers=dict(headers or {}), meta=meta, dont_filter=True)
            response = await self._engine.download_async(request)
        except Exception as error:
            reason = reason_of(error)
            _let_go(error)
            return Answer(url, url, error=reason)
        kept = {_header(name).lower(): _header(values[-1]) for name, values in response.headers.items() if values}
        # What was sent: Scrapy adds its own headers to the request on its way.
        asked = {_header(name): _header(values[-1]) for name, values in request.headers.items() if values}
        return Answer(url, url, response.status, kept, response.body, request=tame_headers(asked))


def _header(value: bytes) -> str:
    return value.decode("latin-1").replace("\x00", "")


@asynccontextmanager
async def open_web(config: CrawlConfig) -> AsyncIterator[Web]:
    """A crawl that lasts as long as the block. Needs the asyncio reactor (crawler.reactor) to be running."""
    from twisted.internet import reactor

    guard_reactor(reactor)
    _quiet_loggers()
    runner = AsyncCrawlerRunner(scrapy_settings(config))
    opening: asyncio.Future[_Door] = asyncio.get_running_loop().create_future()
    closing = asyncio.Event()
    crawl = runner.crawl(_Door, opening=opening, closing=closing)
    both: list[asyncio.Future[Any]] = [opening, crawl]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        opening.cancel()
        await crawl  # raises what kept it from opening
        raise RuntimeError("the crawl ended before it began")
    try:
        yield Web(opening.result())
    finally:
        closing.set()
        await crawl


class _Door(Spider):
    """Keeps the crawl open; the requests come from outside."""

    name = "door"

    def __init__(self, opening: asyncio.Future[_Door], closing: asyncio.Event, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._opening = opening
        self._closing = closing

    async def start(self) -> AsyncIterator[Any]:
        self._opening.set_result(self)
        await self._closing.wait()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request


def reason_of(error: BaseException) -> str:
    """The reason code of a failed request; an unknown failure is logged and called `connection`."""
    causes = _causes(error)
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return reason
    if any(type(cause).__module__.startswith(("OpenSSL", "service_identity", "ssl")) for cause in causes):
        return "tls"
    if any(isinstance(cause, (ConnectionLost, ConnectError, exceptions.DownloadFailedError)) for cause in causes):
        return "connection"
    log.warning("request_failed", error=type(error).__name__, detail=str(error)[:200])
    return "connection"


#: In this order: the first kind that is among the causes names the reason.
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (AddressRefused, "address"),
    (HeadersRefused, "headers"),
    (EncodingsRefused, "encoding"),
    (exceptions.DownloadTimeoutError, "timeout"),
    (exceptions.CannotResolveHostError, "dns"),
    (exceptions.DownloadCancelledError, "too_large"),
    (exceptions.IgnoreRequest, "too_large"),  # by the decompressor
    (exceptions.ResponseDataLossError, "cut_short"),
    (exceptions.DownloadConnectionRefusedError, "refused_connection"),
    (exceptions.UnsupportedURLSchemeError, "address"),
    (TwistedTLSError, "tls"),
    (UnicodeError, "address"),
)


def _causes(error: BaseException) -> list[BaseException]:
    """A failure and the reasons inside it: Twisted wraps them in lists, Python in chains."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < 20:
        one = waiting.pop()
        found.append(one)
        if isinstance(one, (ResponseFailed, ResponseNeverReceived)):
            waiting.extend(reason.value for reason in one.reasons)
        if one.__cause__ is not None:
            waiting.append(one.__cause__)
    return found


def _let_go(error: BaseException) -> None:
    """Drop what the frames of a failure hold: half a bomb each, until the next collection of cycles."""
    for cause in _causes(error):
        for one in (cause, cause.__context__):
            if one is not None:
                clear_frames(one.__traceback__)
                one.__traceback__ = None


def _quiet_loggers() -> None:
    # What matters of a request is in its answer, and Scrapy's own lines carry whole addresses.
    for name in ("scrapy", "twisted"):
        logging.getLogger(name).setLevel(logging.ERROR)
