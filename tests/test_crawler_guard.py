"""What the crawler may reach, and what it opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

import crawler
from core.addresses import AddressRefused, Permit
from crawler.ask import fetch
from crawler.discover import discover, feed_links
from crawler.guard import GuardedReactor, guard_reactor
from crawler.settings import scrapy_settings, user_agent
from crawler.web import Web, open_web
from tests.crawling import config, in_reactor, no_robots, page, rss, rss_item, source_at


class RecordingReactor:
    """Connects to nothing and remembers where it was asked to."""

    def __init__(self) -> None:
        self.connected: list[tuple[str, int]] = []

    def connectTCP(self, host: str, port: int, *args: Any, **kwargs: Any) -> None:
        self.connected.append((host, port))


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::ffff:127.0.0.1",
    "fe80::1",
    "fd00::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "localhost",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_no_connection_is_made_to_a_private_address(host: str) -> None:
    reactor = RecordingReactor()
    with pytest.raises(AddressRefused):
        GuardedReactor(reactor, opened=False).connectTCP(host, 80, None)
    assert reactor.connected == []


def test_public_addresses_and_opened_requests_pass() -> None:
    reactor = RecordingReactor()
    GuardedReactor(reactor, opened=False).connectTCP("8.8.8.8", 443, None)
    GuardedReactor(reactor, opened=True).connectTCP("127.0.0.1", 8000, None)
    assert reactor.connected == [("8.8.8.8", 443), ("127.0.0.1", 8000)]


def test_the_reactor_itself_is_guarded_once() -> None:
    reactor: Any = RecordingReactor()
    guard_reactor(reactor)
    guard_reactor(reactor)
    with pytest.raises(AddressRefused):
        reactor.connectTCP("127.0.0.1", 80, None)
    GuardedReactor(reactor, opened=True).connectTCP("127.0.0.1", 80, None)
    assert reactor.connected == [("127.0.0.1", 80)]


async def nothing() -> None: ...


def ask(url: str, **options: Any) -> str | None:
    async def once() -> str | None:
        async with open_web(config()) as web:
            return (await web.get(url, max_bytes=1000, timeout=5, **options)).error

    return in_reactor(once)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://①②⑦.⓪.⓪.①/",
        "http://localhost/",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://127.0.0.1/",
        "s3://a/b",
    ],
)
def test_no_spelling_leads_inside(url: str) -> None:
    assert ask(url) == "address"


def test_a_name_that_resolves_inside_is_refused_at_the_connection(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    port = httpserver.port
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    in_reactor(nothing)  # so that there is a reactor
    from twisted.internet import reactor

    monkeypatch.setattr(reactor.nameResolver, "_getaddrinfo", lambda *args, **kwargs: answer)  # type: ignore[attr-defined]
    url = f"http://rebound.example.org:{port}/"
    assert ask(url, ports={port}) == "address"
    other = Permit.of(httpserver.url_for("/"))
    assert ask(url, ports={port}, permit=other) == "address"
    assert httpserver.log == []


def test_a_kept_connection_does_not_serve_those_without_the_permit(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("x")
    url = httpserver.url_for("/").replace("localhost", "127.0.0.1")

    async def both() -> list[str | None]:
        async with open_web(config()) as web:
            first = await web.get(url, max_bytes=99, timeout=5, permit=Permit.of(url))
            second = await web.get(url, max_bytes=99, timeout=5, ports={httpserver.port})
            return [first.error, second.error]

    assert in_reactor(both) == [None, "address"]


def test_an_open_crawl_listens_on_no_port() -> None:
    def listening() -> set[str]:
        found = set()
        for name in ("tcp", "tcp6"):
            text = Path(f"/proc/self/net/{name}").read_text() if Path(f"/proc/self/net/{name}").exists() else ""
            found |= {line.split()[1] + line.split()[9] for line in text.splitlines()[1:] if line.split()[3] == "0A"}
        return found

    async def compare() -> set[str]:
        before = listening()
        async with open_web(config()) as web:
            assert isinstance(web, Web)
            owners = {line.rstrip("]").rpartition("[")[2] for line in _sockets()}
            return {entry for entry in listening() - before if any(entry.endswith(owner) for owner in owners)}

    assert in_reactor(compare) == set()


def _sockets() -> list[str]:
    links = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            links.append(target)
    return links


def test_settings_leave_nothing_open() -> None:
    settings = scrapy_settings(config())
    assert (
        settings["TELNETCONSOLE_ENABLED"] is settings["REMOTE_CONTROL_ENABLED"] is settings["COOKIES_ENABLED"] is False
    )
    assert settings["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert {scheme for scheme, handler in settings["DOWNLOAD_HANDLERS"].items() if handler} == {"http", "https"}


def test_the_user_agent_names_a_contact_and_no_second_header() -> None:
    assert user_agent(config(contact="desk@example.org\r\nX-Evil: 1")).endswith("(+desk@example.orgX-Evil: 1)")


def test_nothing_in_the_crawler_opens_the_web_another_way() -> None:
    clients = re.compile(
        r"^\s*(?:import|from)\s+(requests|httpx|aiohttp|urllib3|urllib\.request|http\.client|socket|treq)\b", re.M
    )
    folder = Path(crawler.__file__).parent
    assert [path.name for path in folder.rglob("*.py") if clients.search(path.read_text("utf-8"))] == []


def test_a_certificate_that_nobody_vouches_for_is_an_error(httpserver: HTTPServer) -> None:
    # TLS spoken to a server that does not: no page either way, and a reason.
    url = httpserver.url_for("/").replace("http://", "https://")
    assert ask(url, permit=Permit.of(url)) in ("tls", "connection")


# one address


def test_one_address_is_fetched_in_the_name_of_a_source(httpserver: HTTPServer) -> None:
    no_robots(httpserver)
    httpserver.expect_request("/a").respond_with_data(page())
    source = source_at(httpserver)
    assert in_reactor(lambda: fetch(httpserver.url_for("/a"), config(), source=source)).body == page().encode()
    assert in_reactor(lambda: fetch(httpserver.url_for("/a"), config())).error == "address"


def test_feeds_are_found_from_a_sites_address(httpserver: HTTPServer) -> None:
    no_robots(httpserver)
    head = '<link rel="alternate" type="application/rss+xml" title="News &amp; more" href="/feed">'
    httpserver.expect_request("/").respond_with_data(f"<html><head>{head}</head></html>", content_type="text/html")
    httpserver.expect_request("/feed").respond_with_data(rss(rss_item("/a")))
    source = source_at(httpserver)
    (found,) = in_reactor(lambda: discover(httpserver.url_for("/"), config(), source))
    assert (found.url, found.title) == (httpserver.url_for("/feed"), "News & more")
    (itself,) = in_reactor(lambda: discover(found.url, config(), source))
    assert (itself.title, itself.entries) == ("Example Post", 1)


def test_the_best_feed_comes_first_and_comments_last() -> None:
    html = """<a href="/rss.xml">RSS</a><a href="/about">About</a><a href="javascript:x()">x</a>
    <link rel=alternate type=application/atom+xml href="/comments/feed" title="Comments">
    <link type='application/rss+xml' rel='alternate' href='/feed'>"""
    found = [link.url for link in feed_links(html, "https://example.org/x")]
    assert found == ["https://example.org/feed", "https://example.org/rss.xml", "https://example.org/comments/feed"]
