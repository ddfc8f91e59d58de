"""Every spelling of an inside address, through every way in: nobody inside is ever reached.

The site under attack is public as far as the crawler can tell: its name resolves to a public address, and only the
last step, the connection itself, is led to a local server. A canary listens on this machine at the same port, so that
no refusal is due to the port alone, and whatever name the resolver does not know it resolves to the canary.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from core.addresses import Permit, is_public
from core.clock import utc_now
from crawler.answer import Answer
from crawler.ask import _NoSites
from crawler.discover import feed_links
from crawler.fetch import Fetcher, Gates, Manners, manners_of
from crawler.guard import guard_reactor
from crawler.run import Crawler
from crawler.source import Source
from crawler.web import Web, open_web
from store import pages
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import add_source, config, in_reactor, rss
from tests.hostile import Canary, Server, answer

SITE, PUBLIC, NEWS = "127.0.0.77", "93.184.216.34", "news.example.com"

#: Hosts that are, or resolve to, this machine.
HOSTS = [
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.000.000.001", "0127.0.0.1", "0177.0.0.1", "0177.1", "0x7f.1",
    "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0", "0.0.0.0", "0x0",
    "localhost", "LOCALHOST", "localhost.", "desk.localhost", "localhost.localdomain", "ip6-localhost", "printer.local",
    "metadata.google.internal", "127.0.0.1.nip.example", "inside.example.com", "INSIDE.example.com.", "bücher.example",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::1%25lo]", "[::1%lo]", "[127.0.0.1]", "①②⑦.⓪.⓪.①",
    "１２７.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ", "loc\u00adalhost",
    "127.0.0.1\u200b", "%6cocalhost", "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "mapped.example.com", "both.example.com",
    "rebind.example.com", "private.example.com",
]  # fmt: skip
#: Whole addresses that programs read in different ways.
URLS = [
    "http://news.example.com@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@news.example.com/",
    "http://news.example.com:{port}\\@127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/", "https://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@news.example.com/", "http://127.0.0.1:{port}?@news.example.com/", "\\\\127.0.0.1:{port}/",
    "http://127.0.0.1:0{port}/", " http://127.0.0.1:{port}/", "http://127.0.0.1\t:{port}/", "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_x", "file://127.0.0.1:{port}/etc/passwd", "http://user:word@127.0.0.1:{port}/",
]  # fmt: skip
SPELLINGS = [f"http://{host}:{{port}}/inside" for host in HOSTS] + URLS


class Lab:
    """A public site, a canary on every local address that there is, a resolver in the attacker's hand."""

    def __init__(self, stack: ExitStack) -> None:
        self.spellings: list[str] = []
        self.lookups: dict[str, int] = {}
        for _ in range(20):
            site = Server(self._behave, SITE)
            try:
                self.canaries = [Canary(host, site.port) for host in _local_hosts()]
            except OSError:  # the port is taken there
                site.close()
                continue
            break
        self.site, self.port = site, site.port
        for server in (site, *self.canaries):
            stack.callback(server.close)
        self.spellings = [spelling.format(port=self.port) for spelling in SPELLINGS]
        self.documents: dict[str, bytes] = {}
        self.web: Web

    def url(self, path: str, host: str = NEWS) -> str:
        return f"http://{host}:{self.port}{path}"

    def reached(self) -> int:
        return sum(canary.connections() for canary in self.canaries)

    def fetcher(self) -> Fetcher:
        """As a fresh process would ask; nobody waits."""
        return Fetcher(self.web, Gates(_NoSites()), config(), utc_now, _no_sleep)

    def manners(self, **changes: Any) -> Manners:
        return Manners(0.0, ports=frozenset({80, 443, self.port}), **changes)

    async def page(self, url: str, manners: Manners | None = None) -> Answer:
        return await self.fetcher().page(url, manners or self.manners())

    def lookup(self, name: str, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Whatever an attacker who owns the name would answer, or an honest resolver for an odd number."""
        host = name.lower().rstrip(".")
        self.lookups[host] = turn = self.lookups.get(host, 0) + 1
        addresses = {
            "mapped.example.com": ["::ffff:127.0.0.1"],
            "both.example.com": [PUBLIC, "127.0.0.1", "::1"],
            "rebind.example.com": [PUBLIC] if turn == 1 else ["127.0.0.1"],
            "private.example.com": ["10.0.0.1", "127.0.0.1"],
        }.get(host) or self._numeric(name)
        if host == NEWS or host.startswith("robots-"):
            addresses = [PUBLIC]
        return [
            (
                (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
                if ":" in address
                else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            )
            for address in addresses
        ]

    @staticmethod
    def _numeric(name: str) -> list[str]:
        try:
            return [str(found[4][0]) for found in socket.getaddrinfo(name, 0, flags=socket.AI_NUMERICHOST)]
        except (OSError, UnicodeError):
            return ["127.0.0.1", "::1"]

    def _behave(self, path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        host = request.lower().partition(b"\r\nhost: ")[2].partition(b":")[0].decode()
        _, kind, *rest = path.split("/")
        if path == "/robots.txt" and host.startswith("robots-"):
            number = int(host.removeprefix("robots-").partition(".")[0])
            reply = answer(b"", "302 Found", f"Location: {self.spellings[number]}")
        elif kind in ("301", "302", "307"):
            reply = answer(b"", f"{kind} Moved", f"Location: {self.spellings[int(rest[0])]}")
        elif path in self.documents:
            reply = answer(self.documents[path])
        else:
            reply = answer(b"", "404 Not Found")
        connection.sendall(reply)


def _local_hosts() -> list[str]:
    hosts = ["127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
            hosts.append("::1")
    except OSError:
        pass
    return hosts


async def _no_sleep(seconds: float) -> None: ...


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with ExitStack() as stack:
        made = Lab(stack)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        closing: list[asyncio.Event] = []

        async def open_it() -> None:
            ready = asyncio.get_running_loop().create_future()
            event = asyncio.Event()
            closing.append(event)

            async def hold() -> None:
                async with open_web(config(timeout="2s")) as web:
                    ready.set_result(web)
                    await event.wait()

            closing.append(asyncio.ensure_future(hold()))  # type: ignore[arg-type]
            made.web = await ready

        in_reactor(open_it)
        from twisted.internet import reactor

        guard_reactor(reactor)
        connect = reactor.unguarded_connect_tcp  # type: ignore[attr-defined]

        def led_to_the_site(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            return connect(SITE if is_public(host) else host, made.port, *args, **kwargs)

        patch.setattr(reactor, "unguarded_connect_tcp", led_to_the_site)
        patch.setattr(reactor.nameResolver, "_getaddrinfo", made.lookup)  # type: ignore[attr-defined]
        yield made

        async def close() -> None:
            closing[0].set()
            await closing[1]  # type: ignore[misc]

        in_reactor(close)
        assert made.reached() == 0


# one way in after the other


async def direct(lab: Lab, number: int) -> list[Answer]:
    url = lab.spellings[number]
    return [await lab.page(url), await lab.fetcher().feed(url, lab.manners())]


async def configured(lab: Lab, number: int) -> list[Answer]:
    """As the address of a source, from a file or an OPML list: refused there, or when it is visited."""
    try:
        source = Source.model_validate({"name": "x", "title": "X", "url": lab.spellings[number]})
    except ValidationError:
        return []
    return [await lab.fetcher().feed(source.url, manners_of(source, config()))]


def redirected(status: int) -> Callable[[Lab, int], Awaitable[list[Answer]]]:
    async def way(lab: Lab, number: int) -> list[Answer]:
        return [await lab.page(lab.url(f"/{status}/{number}"))]

    return way


async def robots_redirected(lab: Lab, number: int) -> list[Answer]:
    await lab.page(lab.url("/robots.txt-leads-away", f"robots-{number}.example.com"))
    return []


async def discovered(lab: Lab, number: int) -> list[Answer]:
    spelling = quoteattr(lab.spellings[number])
    html = f'<link rel="alternate" type="application/rss+xml" href={spelling}><a href={spelling}>rss.xml</a>'
    return [
        await lab.page(link.url) for link in feed_links(html, lab.url("/")) if NEWS not in link.url.partition("?")[0]
    ]


async def permitted_elsewhere(lab: Lab, number: int) -> list[Answer]:
    """In the name of a source that may reach a private address: another one."""
    return [await lab.page(lab.spellings[number], lab.manners(permit=Permit.of(f"http://{SITE}:{lab.port}/")))]


async def redirected_with_a_permit(lab: Lab, number: int) -> list[Answer]:
    permit = Permit.of(f"http://{SITE}:{lab.port}/")
    return [await lab.page(f"http://{SITE}:{lab.port}/302/{number}", lab.manners(permit=permit))]


WAYS: dict[str, Callable[[Lab, int], Awaitable[list[Answer]]]] = {
    "direct": direct,
    "configured": configured,
    "301": redirected(301),
    "302": redirected(302),
    "307": redirected(307),
    "robots": robots_redirected,
    "discovered": discovered,
    "permit": permitted_elsewhere,
    "permit and 302": redirected_with_a_permit,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_spelling_reaches_the_inside_by_any_way(lab: Lab, way: str) -> None:
    async def all_at_once() -> list[list[Answer]]:
        return await asyncio.gather(*(WAYS[way](lab, number) for number in range(len(SPELLINGS))))

    lab.lookups.clear()
    answers = in_reactor(all_at_once)
    assert lab.reached() == 0, [url for url in lab.spellings if _reaches(lab, way, url)]
    assert not any(answer.body for several in answers for answer in several)


def _reaches(lab: Lab, way: str, url: str) -> bool:
    """Which one it was, once it is known that there was one."""
    before = lab.reached()
    in_reactor(lambda: WAYS[way](lab, lab.spellings.index(url)))
    return lab.reached() > before


def test_there_are_enough_spellings() -> None:
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 60


def test_a_name_that_changes_sides_is_refused_each_time(lab: Lab) -> None:
    async def again_and_again() -> set[str | None]:
        url = lab.url("/x", "rebind.example.com")
        return {answer.error for answer in await asyncio.gather(*(lab.page(url) for _ in range(100)))}

    lab.lookups.clear()
    assert "address" in in_reactor(again_and_again)
    assert lab.lookups["rebind.example.com"] > 100
    assert lab.reached() == 0


# whole rounds: addresses that come with what was read

ATTACKS = """<html><head><link rel="canonical" href={0}><link rel="amphtml" href={0}>
<meta property="og:url" content={0}><meta http-equiv="refresh" content={1}><link rel="hub" href={0}><base href={0}>
</head><body><article><h1>News</h1>
<p>Police freed forty people from a compound on Monday.</p><img src={0}><iframe src={0}></iframe></article>
</body></html>"""


def feed_of(lab: Lab) -> bytes:
    """Each spelling as an entry's address, its enclosure, its comments and its GUID."""
    items = []
    for spelling in lab.spellings:
        text, mark = escape(spelling), quoteattr(spelling)
        items.append(
            f"<item><title>News</title><link>{text}</link><guid>{text}</guid><comments>{text}</comments>"
            f'<enclosure url={mark} type="text/html" length="1"/></item>'
        )
    return rss(*items).encode()


def sitemap_of(lab: Lab) -> bytes:
    locations = "".join(f"<url><loc>{escape(url)}</loc><lastmod>2026-10-13</lastmod></url>" for url in lab.spellings)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>'.encode()


def index_of(lab: Lab) -> bytes:
    locations = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in lab.spellings)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</sitemapindex>'.encode()


def listing_of(lab: Lab) -> bytes:
    links = "".join(f"<li><a href={quoteattr(url)}>A long enough headline of news</a></li>" for url in lab.spellings)
    return f'<html><meta charset="utf-8"><body><main><ul>{links}</ul></main></body></html>'.encode()


def digest_of(lab: Lab) -> bytes:
    """Each spelling as a story that an aggregator's list names."""
    links = "".join(
        f"<li><a href={quoteattr(url)}>A headline of more than five words</a></li>" for url in lab.spellings
    )
    return rss(f"<item><link>{lab.url('/issue')}</link><description>{escape(links)}</description></item>").encode()


def pages_of(lab: Lab) -> bytes:
    """Honest addresses; what stands on their pages is not."""
    items = []
    for number, spelling in enumerate(lab.spellings):
        mark = quoteattr(spelling)
        lab.documents[f"/page/{number}"] = ATTACKS.format(mark, quoteattr(f"0;url={spelling}")).encode()
        items.append(f"<item><title>News {number}</title><link>{lab.url(f'/page/{number}')}</link></item>")
    return rss(*items).encode()


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("feed", feed_of),
        ("sitemap", sitemap_of),
        ("sitemap", index_of),
        ("listing", listing_of),
        ("feed", pages_of),
        ("feed", digest_of),
    ],
    ids=["entries and enclosures", "sitemap", "sitemap index", "listing", "what pages name and embed", "digest"],
)
def test_no_spelling_in_a_document_reaches_the_inside(
    lab: Lab, kind: str, make: Callable[[Lab], bytes], sqlite_store: Store, clock: FakeClock
) -> None:
    lab.documents["/list"] = make(lab)
    more = {"item": "li a"} if kind == "listing" else {"type": "aggregator"} if make is digest_of else {}
    source = Source.model_validate({"name": "x", "title": "X", "kind": kind, "url": lab.url("/list")} | more)
    add_source(sqlite_store, source, clock())
    crawler = Crawler(sqlite_store, config(round_pages_per_site=500, timeout="2s"), clock, sleep=_no_sleep)

    async def until_done() -> int:
        for _ in range(10):
            report = await crawler.round(only=["x"])
            clock.advance(hours=3)
            if not report.more:
                break
        return len(lab.site.requests)

    assert in_reactor(until_done, seconds=110) > 0
    crawler.close()
    assert lab.reached() == 0
    with sqlite_store.read() as db:
        found = db.execute(sa.select(pages.items.c.end_state, pages.items.c.end_reason)).all()
    fetched = sum(state == "fetched" for state, _ in found)
    refused = sum(reason == "address" for _, reason in found)
    assert (fetched >= 60 if make is pages_of else fetched == 0) or not found
    assert refused >= 40 or make not in (feed_of, sitemap_of, digest_of)


def test_the_canary_sings_where_nobody_guards(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would prove nothing."""
    import crawler.guard
    import crawler.web

    monkeypatch.setattr(crawler.web, "check_url", lambda *args, **kwargs: None)
    monkeypatch.setattr(crawler.guard, "is_public", lambda address: True)

    async def all_at_once() -> None:
        await asyncio.gather(*(direct(lab, number) for number in range(len(SPELLINGS))))

    in_reactor(all_at_once)
    reached = lab.reached()
    for canary in lab.canaries:
        canary.forget()
    assert reached >= 60
