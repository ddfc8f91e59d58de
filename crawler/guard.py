"""The address guard: every connection is checked where it is made, after names are resolved.

Scrapy's resolver settings are not installed under `AsyncCrawlerRunner`, and a literal address never meets a resolver.
So requests go through a reactor whose `connectTCP` lets only public addresses pass; redirects, robots.txt and
everything else connect through it too. A source with `allow_private` opens exactly its own origin, and only for
requests made in its name.

This leans on private names of Scrapy and Twisted; tests/test_crawler_guard_names.py fails when one of them changes.
"""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._deps_compat import TWISTED_TLS_NEW_IMPL
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet._sslverify import ClientTLSOptions, platformTrust
from twisted.internet.interfaces import IConnector, IReactorPluggableNameResolver, IReactorTime
from twisted.internet.ssl import CertificateOptions
from twisted.web.client import Agent
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import directlyProvides, implementer, providedBy  # type: ignore[import-untyped]

from core.addresses import AddressRefused, is_public
from core.errors import NightdeskError

__all__ = ["EncodingsRefused", "GuardedHandler", "GuardedReactor", "HeadersRefused", "guard_reactor"]

#: Keys of `Request.meta`, set by crawler.web.
OPEN, VERIFY = "nightdesk_open", "nightdesk_verify"

_HEADER_BYTES = 64 * 1024
_ENCODINGS = 2


class HeadersRefused(NightdeskError):
    """The headers of an answer do not end."""


class EncodingsRefused(NightdeskError):
    """An answer is packed more often than any honest one is."""


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


class _Parser(http11._LenientHTTPClientParser):
    """Ends an answer whose headers do not end; Twisted limits a line only. Counts interim answers (1xx) too."""

    header_bytes = 0

    def lineReceived(self, line: bytes) -> None:
        self.header_bytes += len(line) + 2
        if self.header_bytes > _HEADER_BYTES:
            raise HeadersRefused(f"more than {_HEADER_BYTES} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        raise HeadersRefused("a header line without end")


class _Protocol(http11._LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        # As Scrapy does in the same place: the class of the parser cannot be asked for.
        if isinstance(self._parser, http11._LenientHTTPClientParser):
            self._parser.__class__ = _Parser
        return answer


class _ProtocolFactory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _PooledAgent(http11._BindAddressAgent):
    """An agent whose kept connections serve only requests for which they would have been made."""

    kept_for: tuple[Any, ...] = ()

    def _requestWithEndpoint(self, key: tuple[Any, ...], *rest: Any, **named: Any) -> Any:
        return super()._requestWithEndpoint((*key, *self.kept_for), *rest, **named)


class _GuardedAgent(http11._ScrapyAgent):
    """Scrapy's agent for one request, on a guarded reactor. `kept_for`: what a kept connection must agree in."""

    def __init__(self, reactor: GuardedReactor, kept_for: tuple[Any, ...], **options: Any) -> None:
        super().__init__(**options)
        self._reactor = reactor
        self._kept_for = kept_for

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = _PooledAgent(
            reactor=self._reactor,  # type: ignore[arg-type]
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=None,
            pool=self._pool,
        )
        agent.kept_for = self._kept_for
        return agent


@implementer(IPolicyForHTTPS)
class _Verifying:
    """Certificates verified against the machine's authorities, which are read once and not for each connection.

    Only the authorities are shared: the name is verified by a callback of each connection's own.
    """

    def __init__(self, scrapys: Any) -> None:
        self._options = CertificateOptions(
            trustRoot=platformTrust(),  # type: ignore[no-untyped-call]
            **scrapys._get_cert_options_kwargs(),
        )

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        return ClientTLSOptions(self._options._makeTLSConnection, hostname.decode("ascii"))


class GuardedHandler(http11.HTTP11DownloadHandler):
    """Scrapy's HTTP handler with the guard, and with certificates verified unless a request says otherwise."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self._pool._factory = _ProtocolFactory
        self._reactors = {opened: GuardedReactor(reactor, opened) for opened in (False, True)}
        # Before Twisted 26 the name was verified by the shared part.
        self._strict: Any = _Verifying(self._contextFactory) if TWISTED_TLS_NEW_IMPL else self._contextFactory
        self._lax: Any = None

    async def download_request(self, request: Request) -> Response:
        verify = bool(request.meta.get(VERIFY, True))
        opened = request.meta.get(OPEN)
        agent = _GuardedAgent(
            self._reactors[bool(opened)],
            (verify, opened),
            contextFactory=self._strict if verify else self._unverified(),
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=0,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        with wrap_twisted_exceptions():
            response: Response = await maybe_deferred_to_future(agent.download_request(request))
        encodings = b",".join(response.headers.getlist("Content-Encoding"))
        if encodings.count(b",") >= _ENCODINGS:
            raise EncodingsRefused("a body packed in a body packed in a body")
        return response

    def _unverified(self) -> Any:
        if self._lax is None:
            lax = self._crawler.settings.copy()
            lax.frozen = False
            lax.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="cmdline")
            self._lax = _load_context_factory_from_settings(cast(Crawler, _WithSettings(self._crawler, lax)))
        return self._lax


class _WithSettings:
    """A crawler with other settings, for Scrapy's loader of TLS options."""

    def __init__(self, crawler: Crawler, settings: Any) -> None:
        self._crawler = crawler
        self.settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crawler, name)
