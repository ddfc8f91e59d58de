"""The address guard: every connection is checked where it is made, after names are resolved.

Scrapy's resolver settings are not installed under `AsyncCrawlerRunner`, and a literal address never meets a resolver.
So each request gets a reactor of its own whose `connectTCP` lets only public addresses pass; redirects, robots.txt
and everything else connect through it too. A source with `allow_private` opens exactly its own origin, and only for
requests made in its name.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.interfaces import IConnector, IReactorPluggableNameResolver, IReactorTime
from twisted.web.client import Agent, HTTPConnectionPool
from zope.interface import directlyProvides, providedBy  # type: ignore[import-untyped]

from core.addresses import AddressRefused, is_public

__all__ = ["GuardedHandler", "GuardedReactor", "guard_reactor"]

#: Keys of `Request.meta`, set by crawler.web.
OPEN, VERIFY = "nightdesk_open", "nightdesk_verify"


class GuardedReactor:
    """The reactor, but for connections to addresses that are not public."""

    def __init__(self, reactor: Any, opened: bool) -> None:
        self._reactor = reactor
        self._opened = opened
        directlyProvides(self, providedBy(reactor), IReactorPluggableNameResolver, IReactorTime)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def connectTCP(self, host: str, port: int, *args: Any, **kwargs: Any) -> IConnector:
        if not self._opened and not is_public(host):
            raise AddressRefused(f"//{host}:{port}", "its host is at a private or reserved address")
        connect = getattr(self._reactor, "unguarded_connect_tcp", self._reactor.connectTCP)
        connector: IConnector = connect(host, port, *args, **kwargs)
        return connector


def guard_reactor(reactor: Any) -> None:
    """Refuse private addresses also to whatever connects past `GuardedHandler`. Doing it twice is doing it once."""
    if not hasattr(reactor, "unguarded_connect_tcp"):
        reactor.unguarded_connect_tcp = reactor.connectTCP
        reactor.connectTCP = GuardedReactor(reactor, opened=False).connectTCP


class _GuardedAgent(http11._ScrapyAgent):
    def _get_agent(self, request: Request, timeout: float) -> Agent:
        from twisted.internet import reactor

        return http11._BindAddressAgent(
            reactor=GuardedReactor(reactor, opened=bool(request.meta.get(OPEN))),  # type: ignore[arg-type]
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=None,
            pool=self._pool,
        )


class GuardedHandler(http11.HTTP11DownloadHandler):
    """Scrapy's HTTP handler with the guard, and with certificates verified unless a request says otherwise."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        lax = crawler.settings.copy()
        lax.frozen = False
        lax.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="cmdline")
        self._lax = _load_context_factory_from_settings(cast(Crawler, _WithSettings(crawler, lax)))
        # A kept connection must not serve a request for which it would not have been made.
        self._pools: dict[tuple[bool, str], HTTPConnectionPool] = {(True, ""): self._pool}

    async def download_request(self, request: Request) -> Response:
        verify = bool(request.meta.get(VERIFY, True))
        agent = _GuardedAgent(
            contextFactory=self._contextFactory if verify else self._lax,
            pool=self._pool_for(verify, str(request.meta.get(OPEN) or "")),
            maxsize=self._default_maxsize,
            warnsize=0,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        with wrap_twisted_exceptions():
            response: Response = await maybe_deferred_to_future(agent.download_request(request))
        return response

    async def close(self) -> None:
        for key, pool in self._pools.items():
            if key != (True, ""):
                pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        await super().close()

    def _pool_for(self, verify: bool, opened: str) -> HTTPConnectionPool:
        key = (verify, opened)
        if key not in self._pools:
            from twisted.internet import reactor

            pool = HTTPConnectionPool(reactor, persistent=True)  # type: ignore[no-untyped-call]
            pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
            pool._factory = self._pool._factory
            self._pools[key] = pool
        return self._pools[key]


class _WithSettings:
    """A crawler with other settings, for Scrapy's loader of TLS options."""

    def __init__(self, crawler: Crawler, settings: Any) -> None:
        self._crawler = crawler
        self.settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crawler, name)
