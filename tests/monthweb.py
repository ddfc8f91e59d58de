"""The web of a simulated month: every source's list and pages as bytes, and who asked for what. No sockets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from core.addresses import PORTS, Permit
from core.clock import Clock
from crawler.answer import Answer
from crawler.config import CrawlConfig
from tests.month import Line, Simulated, number_in
from tests.monthnews import NO_FATE, Text, page_of, text_of

_SOFT = b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>Sorry.</p></body></html>"
_HOME = b"<html><head><title>Home</title></head><body><h1>Today</h1><p>Our front page.</p></body></html>"


@dataclass(frozen=True)
class Fetched:
    """One request for an article's page, and which revision of its text was shown. None: it was not there."""

    at: datetime
    revision: int | None


class MonthWeb:
    """Answers as the sources' fates have it at the time of the clock. A `Way` of crawler.fetch."""

    def __init__(self, sources: Sequence[Simulated], clock: Clock) -> None:
        self._clock = clock
        self._hosts = {urlsplit(one.home).hostname: one for one in sources}
        self._asked: Counter[str] = Counter()
        self._texts: dict[tuple[str, int], Text] = {}
        self.listed: dict[str, dict[str, datetime]] = defaultdict(dict)  # by source: addresses it showed, first when
        self.fetched: dict[str, list[Fetched]] = defaultdict(list)  # by address

    @asynccontextmanager
    async def open(self, _: CrawlConfig) -> AsyncIterator[MonthWeb]:
        yield self

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
        parts = urlsplit(url)
        one, now = self._hosts[parts.hostname], self._clock()
        death = one.death if one.is_dead(now) else None
        if death == "dns" or one.is_out(now):
            return Answer(url, url, error="dns" if death else "timeout")
        if parts.path == "/robots.txt":
            return Answer(url, url, 404)
        if death == "challenge":
            return Answer(url, url, 403, {}, b"<html><title>Just a moment...</title></html>")
        if parts.path == "/":
            return Answer(url, url, 200, {"content-type": "text/html"}, _HOME)
        if parts.path == "/rss":
            return self._list(one, now, death, url, headers)
        return self._page(one, parts.path, now, url, headers)

    def _list(
        self, one: Simulated, now: datetime, death: str | None, url: str, headers: Mapping[str, str] | None
    ) -> Answer:
        if death == "gone":
            return Answer(url, url, 404)
        if death == "html":
            return Answer(url, url, 200, {"content-type": "text/html"}, b"<html><title>x</title></html>")
        lines = [] if death == "empty" else one.lines(now, death)
        shown = [(line, self._text(one, line.number, now).title) for line in lines]
        etag = '"1"' if one.trouble == "liar" else f'"{hash(tuple(shown))}"'
        if (headers or {}).get("If-None-Match") == etag:
            return Answer(url, url, 304, {"etag": etag})
        if death in (None, "frozen"):
            for line in lines:
                self.listed[one.name].setdefault(f"{one.home}/{line.path}", now)
        items = "".join(_item(one, line, title) for line, title in shown)
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{one.name}</title>{items}</channel></rss>'
        return Answer(url, url, 200, {"content-type": "application/rss+xml", "etag": etag}, body.encode())

    def _text(self, one: Simulated, number: int, now: datetime) -> Text:
        fate = one.fates.get(number, NO_FATE)
        if fate.story is not None:
            return text_of(one.name, number, one.came(number), fate, now)
        if (one.name, number) not in self._texts:
            self._texts[one.name, number] = text_of(one.name, number, one.came(number), fate, now)
        return self._texts[one.name, number]

    def _page(self, one: Simulated, path: str, now: datetime, url: str, headers: Mapping[str, str] | None) -> Answer:
        number = number_in(path)
        fate = one.fates.get(number, NO_FATE)
        if one.is_redesigned(now) and not path.startswith("/new/"):
            return Answer(url, url, 301, {"location": f"{one.home}/new{path}"})
        left_behind = fate.back_as == "moved" and fate.is_back(now) and "again-" not in path
        if number < 0 or fate.is_gone(now) or left_behind:
            self.fetched[url].append(Fetched(now, None))
            return _gone(one, fate.gone_how, url)
        text = self._text(one, number, now)
        page = page_of(text, one.name, one.came(number), fate, now, self._asked[url])
        self._asked[url] += 1
        self.fetched[url].append(Fetched(now, fate.revision(now)))
        body = page.encode()
        etag = f'"{hash(body)}"'
        if (headers or {}).get("If-None-Match") == etag:
            return Answer(url, url, 304, {"etag": etag})
        return Answer(url, url, 200, {"content-type": "text/html; charset=utf-8", "etag": etag}, body)


def _item(one: Simulated, line: Line, title: str) -> str:
    date = f"<pubDate>{format_datetime(line.when)}</pubDate>" if one.dated else ""
    link = f"<link>{one.home}/{line.path}</link>"
    return f"<item><title>{escape(title)}</title>{link}<guid>{line.guid}</guid>{date}</item>"


def _gone(one: Simulated, how: str, url: str) -> Answer:
    if how == "home":
        return Answer(url, url, 302, {"location": f"{one.home}/"})
    if how == "soft":
        return Answer(url, url, 200, {"content-type": "text/html"}, _SOFT)
    return Answer(url, url, int(how))
