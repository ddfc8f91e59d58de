"""One look at a source of any kind: its address, and for a sitemap the parts behind it, as entries."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from core.urls import site_of
from crawler import feeds, sitemap
from crawler.aggregator import booked_feed
from crawler.answer import Answer
from crawler.digest import taken_apart
from crawler.feeds import Entry, Feed, FeedError
from crawler.fetch import Fetcher, Manners
from crawler.listing import read_listing
from crawler.posts import preview_of, read_posts
from crawler.sitemap import MAX_DEPTH, MAX_PARTS, Part, Sitemap
from crawler.source import Source
from crawler.visit import failure_of

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: What a map says of older pages is its archive, at the first visit too.
_FIRST_REACH = timedelta(days=7)
_PAGES = {"Accept": "text/html, application/xhtml+xml, */*;q=0.5"}
_VALIDATORS = ("etag", "last-modified")


class Readers(Protocol):
    """Where parsing is done: off the event loop."""

    async def threaded(self, work: Callable[[], T]) -> T: ...

    async def parse(self, body: bytes, url: str, content_type: str) -> Feed: ...


class OwnThreads:
    """Readers without a store: for `sources test` and `sources add`."""

    async def threaded(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def parse(self, body: bytes, url: str, content_type: str) -> Feed:
        try:
            return await asyncio.to_thread(lambda: feeds.parse(body, url=url, content_type=content_type))
        except FeedError as error:
            if not error.worth_another_try:
                raise
            return await asyncio.to_thread(lambda: feeds.parse_loosely(body, url, content_type))


@dataclass(frozen=True)
class Before:
    """What is remembered of the source: what was read already, and since when."""

    conditions: Mapping[str, str] = field(default_factory=dict)
    body_sha256: str | None = None
    baseline_at: datetime | None = None
    last_ok_at: datetime | None = None


@dataclass(frozen=True)
class Look:
    """What came. Without `error` and `feed` nothing changed since the last look."""

    answer: Answer
    feed: Feed | None = None
    error: str | None = None
    sha256: str | None = None


class Looker:
    """Looks at sources through one fetcher."""

    def __init__(self, fetcher: Fetcher, readers: Readers) -> None:
        self._fetcher = fetcher
        self._readers = readers

    async def look(self, source: Source, manners: Manners, now: datetime, before: Before | None = None) -> Look:
        """Never raises for what a site did: see `Look.error`."""
        before = before or Before()
        found = await self._look(source, manners, now, before)
        if found.feed is not None and source.type == "aggregator":
            return replace(found, feed=booked_feed(taken_apart(found.feed, source.url)))
        return found

    async def _look(self, source: Source, manners: Manners, now: datetime, before: Before) -> Look:
        if source.kind == "sitemap":
            return await _Maps(self._fetcher, self._readers, source, manners, now, before).look()
        address = preview_of(source.url) if source.kind == "posts" else source.url
        headers = dict(before.conditions) | ({} if source.kind == "feed" else _PAGES)
        answer = await self._fetcher.feed(address, manners, headers)
        if (error := failure_of(answer)) or answer.status == 304:
            return Look(answer, error=error)
        sha256 = hashlib.sha256(answer.body).hexdigest()
        if sha256 == before.body_sha256:
            return Look(answer, sha256=sha256)
        try:
            return Look(answer, await self._read(source, answer), sha256=sha256)
        except FeedError as broken:
            return Look(answer, error=broken.reason, sha256=sha256)

    async def _read(self, source: Source, answer: Answer) -> Feed:
        url = answer.final_url or answer.url
        if source.kind == "feed":
            return await self._readers.parse(answer.body, url, answer.content_type)
        return await self._readers.threaded(lambda: read_page(source, answer.body, url, answer.content_type))


def read_page(source: Source, body: bytes, url: str, content_type: str) -> Feed:
    """The entries of a listing or of posts. Raises FeedError."""
    read = read_posts if source.kind == "posts" else read_listing
    return read(body, url=url, content_type=content_type, item=source.item)


class _Maps:
    """A sitemap with its parts, as one look. Bounded in parts, depth and entries."""

    def __init__(
        self, fetcher: Fetcher, readers: Readers, source: Source, manners: Manners, now: datetime, before: Before
    ) -> None:
        self._fetcher = fetcher
        self._readers = readers
        self._source = source
        self._manners = manners
        self._before = before
        self._now = now
        self._since = before.baseline_at or now - _FIRST_REACH
        self._digest = hashlib.sha256()
        self._entries: list[Entry] = []
        self._total = 0
        self._failed: list[Look] = []
        self._asked: set[str] = set()

    async def look(self) -> Look:
        addresses = sitemap.addresses_of(self._source.url, self._now)
        if len(addresses) > 1:
            return await self._together(None, [Part(address, None) for address in addresses])
        answer = await self._fetcher.feed(addresses[0], self._manners, self._before.conditions)
        if (error := failure_of(answer)) or answer.status == 304:
            return Look(answer, error=error)
        sha256 = hashlib.sha256(answer.body).hexdigest()
        try:
            map_ = await self._parsed(answer)
        except FeedError as broken:
            return Look(answer, error=broken.reason, sha256=sha256)
        if map_.parts:
            self._take(answer, map_)
            return await self._together(answer, list(map_.parts))
        if sha256 == self._before.body_sha256:
            return Look(answer, sha256=sha256)
        self._take(answer, map_)
        return Look(answer, self._feed(), sha256=sha256)

    async def _together(self, root: Answer | None, parts: list[Part]) -> Look:
        """All parts as one. Validators of the root say nothing of its parts, so none are kept."""
        first = await self._read_parts(parts, depth=1)
        answer = root or first
        if answer is None or (root is None and not self._entries and self._failed and self._failed[0].answer is answer):
            return self._failed[0] if self._failed else Look(Answer(self._source.url, error="address"))
        if self._failed:
            failed = [look.answer.url for look in self._failed]
            log.warning(
                "sitemap_parts_failed", source=self._source.name, reason=self._failed[0].error, parts=failed[:5]
            )
            if not self._entries and root is not None and len(self._failed) == len(self._asked):
                return replace(self._failed[0], error=f"sitemap_part_{self._failed[0].error}")
        bare = replace(answer, headers={k: v for k, v in answer.headers.items() if k not in _VALIDATORS})
        sha256 = self._digest.hexdigest()
        return Look(bare, None if sha256 == self._before.body_sha256 else self._feed(), sha256=sha256)

    async def _read_parts(self, parts: list[Part], depth: int) -> Answer | None:
        """The first answer that came whole; the first of all where none did."""
        good: Answer | None = None
        for part in sitemap.parts_to_read(parts, self._before.last_ok_at):
            if len(self._asked) >= MAX_PARTS or part.url in self._asked or not self._is_near(part.url):
                continue
            self._asked.add(part.url)
            answer = await self._fetcher.feed(part.url, self._manners)
            error = failure_of(answer)
            try:
                map_ = await self._parsed(answer) if error is None else Sitemap()
            except FeedError as broken:
                error = broken.reason
            if error is not None:
                self._failed.append(Look(answer, error=error))
                continue
            good = good or answer
            self._take(answer, map_)
            if map_.parts and depth < MAX_DEPTH:
                await self._read_parts(list(map_.parts), depth + 1)
        return good or (self._failed[0].answer if self._failed else None)

    def _is_near(self, url: str) -> bool:
        """Whether a part lies at the source's own site: a map speaks for no other."""
        try:
            return site_of(url) == site_of(self._source.url)
        except ValueError:
            return False

    async def _parsed(self, answer: Answer) -> Sitemap:
        url = answer.final_url or answer.url
        return await self._readers.threaded(
            lambda: sitemap.read_sitemap(answer.body, url=url, content_type=answer.content_type)
        )

    def _take(self, answer: Answer, map_: Sitemap) -> None:
        self._digest.update(hashlib.sha256(answer.body).digest())
        self._entries += map_.entries
        self._total += map_.total

    def _feed(self) -> Feed:
        entries = sitemap.newest(sitemap.since_then(self._entries, self._since))
        return Feed(None, entries, self._total)
