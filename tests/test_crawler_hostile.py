"""Servers that bomb, hang, lie and loop: each ends at its limit, with a reason, and holds up nobody else."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from core.addresses import Permit
from crawler import reactor as crawl_reactor
from crawler.answer import Answer
from crawler.ask import open_fetcher
from crawler.fetch import Manners, manners_of
from crawler.run import Crawler
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, rss, rss_item, source_at
from tests.hostile import (
    MB,
    Behaviour,
    Server,
    answer,
    bomb,
    by_path,
    endlessly,
    packed,
    redirecting,
    resetting,
    sending,
    serving,
    then_hanging,
    tls_context,
)

LIMITS = {"page_mb": 2, "feed_mb": 2, "timeout": "1s"}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def fetched(server: Server, path: str = "/", **manners: Any) -> Answer:
    """What a crawl with short limits has of a page of the server."""
    permitted = Manners(0.0, Permit.of(server.url()), frozenset({server.port}), **{"obey_robots": False, **manners})

    async def once() -> Answer:
        async with open_fetcher(config(**LIMITS)) as fetcher:
            return await fetcher.page(server.url(path), permitted)

    return in_reactor(once)


HOSTILE: dict[str, tuple[Callable[[], Behaviour], set[str]]] = {
    "gzip bomb": (lambda: bomb("gzip"), {"too_large"}),
    "deflate bomb": (lambda: bomb("deflate"), {"too_large"}),
    "brotli bomb": (lambda: bomb("br"), {"too_large"}),
    "zstd bomb": (lambda: bomb("zstd"), {"too_large"}),
    "gzip in gzip bomb": (lambda: bomb("gzip, gzip"), {"too_large"}),
    "packed ten times": (
        lambda: sending(answer(b"x", "200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 10))),
        {"encoding"},
    ),
    "endless body": (lambda: endlessly(OK + b"\r\n", b"x" * 65536), {"too_large"}),
    "endless chunks": (
        lambda: endlessly(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        {"too_large"},
    ),
    "announced as huge": (lambda: then_hanging(answer(b"x", length=10**12)), {"too_large"}),
    "endless headers": (lambda: endlessly(OK, b"X-More: " + b"x" * 1000 + b"\r\n"), {"headers"}),
    "a header of 4 MB": (lambda: sending(OK + b"X-Long: " + b"x" * 4 * MB + b"\r\n\r\n"), {"headers"}),
    "a header line without end": (lambda: endlessly(OK, b"x" * 65536), {"headers"}),
    "endless interim answers": (lambda: endlessly(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100), {"headers"}),
    "silence": (lambda: then_hanging(), {"timeout"}),
    "silence after the headers": (lambda: then_hanging(OK + b"Content-Length: 10\r\n\r\n"), {"timeout"}),
    "dripping headers": (lambda: endlessly(OK, b"X-A: b\r\n", pause=0.05), {"timeout"}),
    "dripping body": (lambda: endlessly(OK + b"\r\n", b"x", pause=0.05), {"timeout"}),
    "reset at once": (lambda: resetting(), {"connection"}),
    "reset in the body": (lambda: resetting(OK + b"Content-Length: 100\r\n\r\n", b"half"), {"cut_short", "connection"}),
    "shorter than announced": (lambda: sending(answer(b"half", length=100)), {"cut_short"}),
    "cut in a chunk": (
        lambda: sending(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"100\r\nhalf"),
        {"cut_short"},
    ),
    "no HTTP at all": (lambda: sending(b"220 mail.example ESMTP\r\n"), {"connection"}),
    "a redirect to itself": (lambda: redirecting("/"), {"redirects"}),
    "a redirect to a file": (lambda: redirecting("file:///etc/passwd"), {"address"}),
    "a redirect nowhere": (lambda: redirecting("javascript:alert(1)"), {"address"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_server_ends_at_its_limit_with_a_reason(name: str) -> None:
    make, reasons = HOSTILE[name]
    with serving(make()) as server:
        ended = fetched(server)
    assert ended.error in reasons
    assert ended.body == b""


def test_what_is_packed_twice_honestly_is_read() -> None:
    import gzip

    body = gzip.compress(gzip.compress(b"a page"))
    with serving(sending(answer(body, "200 OK", "Content-Encoding: gzip, gzip"))) as server:
        assert fetched(server).body == b"a page"


def test_what_is_longer_than_announced_ends_where_it_was_announced() -> None:
    with serving(sending(answer(b"a page and more", length=6))) as server:
        assert fetched(server).body == b"a page"


@pytest.mark.parametrize(("hops", "reason"), [(5, None), (6, "redirects"), (21, "redirects")])
def test_five_redirects_are_followed_and_no_more(hops: int, reason: str | None) -> None:
    steps: dict[str, Behaviour] = {f"/{n}": redirecting(f"/{n - 1}") for n in range(1, hops + 1)}
    with serving(by_path(steps | {"/0": sending(answer(b"here"))})) as server:
        ended = fetched(server, f"/{hops}")
        assert (ended.error, len(server.requests)) == (reason, 6)


def test_two_sites_that_send_us_to_each_other_end() -> None:
    addresses: list[str] = []

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        redirecting(addresses[1 - (b"?b" in request)])(path, request, connection, over)

    with serving(behave) as server:
        addresses += [server.url("/?a"), server.url("/?b")]
        assert fetched(server, "/?a").error == "redirects"
        assert len(server.requests) == 6


def test_a_slow_chain_of_redirects_ends_as_a_whole(clock: FakeClock) -> None:
    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        clock.advance(seconds=1)  # each step just within its own limit
        redirecting(f"/{len(path)}{path[1:]}")(path, request, connection, over)

    with serving(behave) as server:
        permitted = Manners(0.0, Permit.of(server.url()), frozenset({server.port}), obey_robots=False)

        async def once() -> Answer:
            async with open_fetcher(config(**LIMITS), clock) as fetcher:
                return await fetcher.page(server.url(), permitted)

        assert in_reactor(once).error == "timeout"
        assert len(server.requests) < 6


def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    with serving(sending(answer(b"", "304 Not Modified"))) as server:
        permitted = Manners(0.0, Permit.of(server.url()), frozenset({server.port}), obey_robots=False)

        async def both() -> tuple[Answer, Answer]:
            async with open_fetcher(config(**LIMITS)) as fetcher:
                url = server.url()
                return await fetcher.feed(url, permitted), await fetcher.feed(url, permitted, {"If-None-Match": '"a"'})

        plain, conditional = in_reactor(both)
    assert plain.error == "unasked_304"
    assert (conditional.error, conditional.status) == (None, 304)


def test_a_server_that_always_says_304_hides_news_for_a_day_at_most(
    sqlite_store: Store, clock: FakeClock, httpserver: HTTPServer
) -> None:
    from werkzeug import Request, Response

    entries = [rss_item("/a")]

    def liar(request: Request) -> Response:
        if "If-None-Match" in request.headers:
            return Response(status=304)
        return Response(rss(*entries), headers={"ETag": '"same"'})

    no_robots(httpserver)
    httpserver.expect_request("/feed").respond_with_handler(liar)
    add_source(sqlite_store, source_at(httpserver, every="6h"), clock())
    crawler = Crawler(sqlite_store, config(), clock)
    in_reactor(crawler.round)
    entries.append(rss_item("/b"))
    new = []
    for _ in range(5):
        clock.advance(hours=6.1)
        new.append(in_reactor(crawler.round).sources["post"].new)
    crawler.close()
    assert sum(new[:4]) == 1


# TLS


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose authority this machine trusts."""
    tls_context(tmp_path, "good")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "reason"), [("good", None), ("expired", "tls"), ("wrong_host", "tls"), ("self_signed", "tls")]
)
def test_a_certificate_is_verified(kind: str, reason: str | None, trusted: Path) -> None:
    with serving(sending(answer(b"page")), context=tls_context(trusted, kind)) as server:
        ended = fetched(server)
    assert (ended.error, ended.body) == (reason, b"" if reason else b"page")
    assert bool(server.requests) is (reason is None)


@pytest.mark.parametrize("kind", ["expired", "wrong_host", "self_signed"])
def test_a_source_may_have_its_certificate_unverified(kind: str, trusted: Path) -> None:
    with serving(sending(answer(b"page")), context=tls_context(trusted, kind)) as server:
        assert fetched(server, lax_tls=server.url().rstrip("/")).body == b"page"


def test_the_exception_of_one_source_holds_for_its_own_origin_only(trusted: Path) -> None:
    context = tls_context(trusted, "self_signed")
    with serving(sending(answer(b"page")), context=context) as other:
        with serving(redirecting(other.url()), context=context) as own:
            permit = Permit.of(other.url())
            manners = Manners(
                0.0, permit, frozenset({own.port, other.port}), lax_tls=own.url().rstrip("/"), obey_robots=False
            )

            async def once() -> Answer:
                async with open_fetcher(config(**LIMITS)) as fetcher:
                    return await fetcher.page(other.url(), manners)

            assert in_reactor(once).error == "tls"
            assert other.requests == []


def test_a_good_host_vouches_for_no_other(trusted: Path) -> None:
    good, wrong = tls_context(trusted, "good"), tls_context(trusted, "wrong_host")
    page = sending(answer(b"page"))
    with serving(page, context=good) as one, serving(page, context=wrong) as two:

        async def all_in_one_crawl() -> list[str | None]:
            async with open_fetcher(config(**LIMITS)) as fetcher:
                asked = []
                for server, lax in ((one, None), (two, None), (two, two.url().rstrip("/")), (two, None), (one, None)):
                    permit, ports = Permit.of(server.url()), frozenset({server.port})
                    manners = Manners(0.0, permit, ports, lax_tls=lax, obey_robots=False)
                    asked.append((await fetcher.page(server.url(), manners)).error)
                return asked

        assert in_reactor(all_in_one_crawl) == [None, "tls", None, "tls", None]


def test_a_handshake_that_hangs_ends() -> None:
    with serving(then_hanging()) as server:
        url = server.url().replace("http:", "https:")
        manners = Manners(0.0, Permit.of(url), frozenset({server.port}), obey_robots=False)

        async def once() -> Answer:
            async with open_fetcher(config(**LIMITS)) as fetcher:
                return await fetcher.page(url, manners)

        assert in_reactor(once).error == "timeout"


# others


def test_a_healthy_source_is_visited_while_a_hostile_one_hangs(
    sqlite_store: Store, clock: FakeClock, httpserver: HTTPServer
) -> None:
    no_robots(httpserver)
    httpserver.expect_request("/feed").respond_with_data(rss(rss_item("/a")))
    with serving(then_hanging()) as hanging:
        for number in range(3):
            bad = source_at(httpserver, f"bad-{number}").model_copy(update={"url": hanging.url("/feed")})
            add_source(sqlite_store, bad, clock())
        add_source(sqlite_store, source_at(httpserver, "good"), clock())
        crawler = Crawler(sqlite_store, config(timeout="30s"), clock)

        async def until_the_good_one_is_done() -> tuple[int, int]:
            done = asyncio.Event()
            seen = []

            def progress(report: Any) -> None:
                if report.of("good").visited:
                    seen.append((report.of("good").visited, sum(report.of(f"bad-{n}").visited for n in range(3))))
                    done.set()

            round_ = asyncio.ensure_future(crawler.round(on_progress=progress))
            await done.wait()
            hanging.close()  # lets the others go
            await round_
            return seen[0]

        assert in_reactor(until_the_good_one_is_done) == (1, 0)
        crawler.close()


# memory


def _peak_mb(urls: list[str], sent: Any) -> None:
    """The body of a child: how much the peak of memory rises with all these pages."""

    def status(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    async def main() -> None:
        limits = config(timeout="10s")  # the sizes are those that a user gets
        async with open_fetcher(limits) as fetcher:
            errors = []
            for number, url in enumerate(urls):
                permit = Permit.of(url)
                manners = Manners(0.0, permit, frozenset({permit.port}), obey_robots=False)
                ended = await fetcher.feed(url, manners)
                if number == 0:  # an honest page: all that is loaded once is loaded
                    Path("/proc/self/clear_refs").write_text("5")
                    before = status("VmRSS")
                else:
                    errors.append(ended.error)
            sent.send((errors, (status("VmHWM") - before) / 1024))

    crawl_reactor.run(main)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measured as Linux does")
def test_bombs_cost_less_than_64_mb() -> None:
    kinds = ("gzip", "deflate", "br", "zstd", "gzip, gzip")
    pages: dict[str, Behaviour] = {"/": sending(answer(b"page"))}
    pages |= {f"/{number}": bomb(kind, 100) for number, kind in enumerate(kinds)}
    pages["/body"] = endlessly(OK + b"\r\n", b"x" * 65536)
    pages["/headers"] = endlessly(OK, b"X-More: " + b"x" * 1000 + b"\r\n")
    pages["/line"] = endlessly(OK, b"x" * 65536)
    with serving(by_path(pages)) as server:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        child = spawn.Process(target=_peak_mb, args=([server.url(path) for path in pages], theirs))
        child.start()
        assert ours.poll(90)
        errors, rise = ours.recv()
        child.join(10)
    assert errors == ["too_large"] * 6 + ["headers"] * 2
    assert rise < 64, f"{rise:.0f} MB"


def test_bombs_are_as_small_as_they_claim() -> None:
    assert all(len(packed(kind, 50)) < MB for kind in ("gzip", "deflate", "br", "zstd", "gzip, gzip"))


def test_manners_come_from_the_source() -> None:
    with serving(sending(answer(b"page"))) as server:
        source = source_at_url(server.url("/feed"), verify_tls=False, obey_robots=False)
        manners = manners_of(source, config())
    assert manners.permit == Permit.of(server.url())
    assert manners.lax_tls == server.url().rstrip("/")
    assert not manners.obey_robots


def source_at_url(url: str, **changes: Any) -> Any:
    from crawler.source import Source

    return Source.model_validate({"name": "post", "title": "Post", "url": url, "allow_private": True, **changes})
