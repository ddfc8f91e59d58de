"""The guard leans on private names of Scrapy and Twisted: this fails, and says where to look, when one changes."""

from __future__ import annotations

import inspect
from importlib.metadata import requires, version

from packaging.requirements import Requirement
from packaging.version import Version
from scrapy.core.downloader.handlers import http11
from scrapy.http import Request
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.ssl import CertificateOptions
from twisted.web.client import Agent

from crawler.guard import GuardedHandler, _GuardedAgent, _Parser, _PooledAgent, _Protocol, _ProtocolFactory
from crawler.web import open_web
from tests.crawling import config, in_reactor


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]


def test_scrapy_is_one_that_the_guard_was_read_against() -> None:
    (bound,) = [Requirement(line) for line in requires("nightdesk") or [] if line.startswith("scrapy")]
    assert version("scrapy") in bound.specifier
    assert Version("2.19") <= Version(version("scrapy")) < Version("2.20")


def test_scrapys_agent_still_asks_for_its_agent_in_one_place() -> None:
    assert parameters(http11._ScrapyAgent._get_agent) == ["self", "request", "timeout"]
    assert "self._get_agent(request, timeout)" in inspect.getsource(http11._ScrapyAgent.download_request)
    assert http11._ScrapyAgent._get_agent is not _GuardedAgent._get_agent


def test_twisted_still_makes_connections_from_the_agents_reactor() -> None:
    assert "self._reactor = reactor" in inspect.getsource(http11._ScrapyAgent._get_agent) or hasattr(
        Agent, "_getEndpoint"
    )
    assert parameters(Agent._requestWithEndpoint)[:2] == ["self", "key"]
    assert "_requestWithEndpoint" in vars(http11._BindAddressAgent)
    assert "_requestWithEndpoint" in vars(_PooledAgent)


def test_the_parser_still_reads_headers_line_by_line() -> None:
    assert parameters(_Parser.lineReceived) == parameters(http11._LenientHTTPClientParser.lineReceived)
    assert "__class__ = _LenientHTTPClientParser" in inspect.getsource(http11._LenientHTTP11ClientProtocol.request)
    assert issubclass(_Protocol, http11._LenientHTTP11ClientProtocol)
    assert issubclass(_ProtocolFactory, http11._LenientHTTP11ClientFactory)


def test_a_name_is_verified_for_each_connection_and_not_by_what_is_shared() -> None:
    assert "set_verify" in inspect.getsource(ClientTLSOptions.clientConnectionForTLS)
    assert parameters(ClientTLSOptions.__init__)[1:3] == ["createConnection", "hostname"]
    assert hasattr(CertificateOptions, "_makeTLSConnection")


def test_an_open_crawl_uses_the_guard_for_both_schemes_and_nothing_else() -> None:
    async def handlers() -> dict[str, object]:
        async with open_web(config()) as web:
            engine = web._engine
            found = engine.downloader.handlers
            return {
                scheme: found._get_handler(scheme)
                for scheme in ("http", "https", "file", "data", "ftp", "s3", "gopher")
            }

    found = in_reactor(handlers)
    assert isinstance(found.pop("http"), GuardedHandler)
    assert isinstance(found.pop("https"), GuardedHandler)
    assert set(found.values()) == {None}


def test_each_request_gets_the_reactor_that_its_permit_allows() -> None:
    async def reactors() -> list[bool]:
        async with open_web(config()) as web:
            handler = web._engine.downloader.handlers._get_handler("http")
            opened = []
            for permit in (None, "http://127.0.0.1:1"):
                agent = _GuardedAgent(
                    handler._reactors[bool(permit)],
                    (True, permit),
                    contextFactory=handler._strict,
                    pool=handler._pool,
                    crawler=handler._crawler,
                )
                inner = agent._get_agent(Request("http://example.org/"), 5)
                assert inner._reactor is inner._endpointFactory._reactor
                opened.append(inner._reactor._opened)
            return opened

    assert in_reactor(reactors) == [False, True]
