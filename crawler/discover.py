"""What a site offers to be read by: its feeds, its sitemaps, and where there are none the list on the page itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlsplit

from protego import Protego

from core.clock import Clock, utc_now
from core.errors import NightdeskError
from core.urls import resolve, url_key
from crawler import feeds
from crawler.answer import Answer
from crawler.ask import open_fetcher
from crawler.causes import cause_of
from crawler.charsets import decode
from crawler.config import CrawlConfig
from crawler.feeds import Entry, Feed, FeedError
from crawler.fetch import Fetcher, Manners, manners_of
from crawler.listing import read_listing
from crawler.look import Looker, OwnThreads
from crawler.plain import plain_line
from crawler.posts import is_telegram, read_posts
from crawler.sitemap import newest as newest_of_map
from crawler.sitemap import read_sitemap
from crawler.source import Kind, Source

_LINK = re.compile(r"<(?:link|a)\s[^<>]{1,2000}>", re.I)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json\+feed", re.I)
_FEED_PATH = re.compile(r"(?:\.rss|\.atom|/rss(?:/|\.xml|$)|/feed(?:s)?(?:/|\.xml|$)|rss\.xml|atom\.xml)", re.I)
#: Asked for only where the page names no feed that can be read.
_FEED_PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
_MAP_PLACES = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml")
_MOST = 4  # of each kind, so that looking stays polite
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """One way to read a site. `entries` and `newest` are known where it was read."""

    url: str
    title: str | None = None
    entries: int | None = None
    kind: Kind = "feed"
    newest: datetime | None = None
    titled: bool = True


async def discover(
    url: str, config: CrawlConfig, source: Source | None = None, clock: Clock = utc_now
) -> list[Candidate]:
    """Ways to read the site at `url`, the best first: the address itself if it is one, else what was found there.

    Raises NightdeskError for a site that does not answer, or may not be asked.
    """
    manners = manners_of(source, config) if source else Manners(config.delay.total_seconds())
    async with open_fetcher(config, clock) as fetcher:
        return await _Search(fetcher, manners, source, clock).of(url)


class _Search:
    """One search of a site."""

    def __init__(self, fetcher: Fetcher, manners: Manners, source: Source | None, clock: Clock) -> None:
        self._fetcher = fetcher
        self._manners = manners
        self._looker = Looker(fetcher, OwnThreads())
        self._source = source
        self._clock = clock

    async def of(self, url: str) -> list[Candidate]:
        answer = await self._fetcher.feed(url, self._manners)
        if answer.status is None and answer.error not in (None, "robots"):
            raise NightdeskError(f"nothing can be read at {url}: {cause_of(answer.error or '').words}")
        page = answer.final_url or url
        if answer.ok:
            try:
                kind, feed = read_any(answer.body, url=page, content_type=answer.content_type)
            except FeedError:
                kind, feed = "listing", Feed(None, (), 0)
            if kind != "listing":
                return [candidate(page, kind, feed)]
        else:
            feed = Feed(None, (), 0)
        html = decode(answer.body, answer.content_type) if answer.ok else ""
        found = await self._feeds(html, page)
        found += await self._maps(page)
        if feed.entries:
            found.append(candidate(page, "listing", feed))
        return ranked(found)

    async def _feeds(self, html: str, page: str) -> list[Candidate]:
        found = await self._readable([replace(link, kind="feed") for link in feed_links(html, page)[:_MOST]])
        if found:
            return found
        places = [Candidate(address) for place in _FEED_PLACES if (address := resolve(page, place))]
        return (await self._readable(places[:_MOST]))[:1]

    async def _maps(self, page: str) -> list[Candidate]:
        answer = await self._fetcher.page(str(resolve(page, "/robots.txt")), self._manners)
        named = sitemaps_of(answer) if answer.ok else []
        places = [address for place in _MAP_PLACES if (address := resolve(page, place))]
        wanted = list(dict.fromkeys([*named[:_MOST], *places]))[: _MOST + 1]
        return await self._readable([Candidate(address, kind="sitemap") for address in wanted])

    async def _readable(self, wanted: list[Candidate]) -> list[Candidate]:
        found = []
        for one in wanted:
            try:
                source = Source(name="candidate", kind=one.kind, url=one.url)
            except ValueError:
                continue
            look = await self._looker.look(source, self._manners, self._clock())
            if look.error and look.error.startswith(("http_5", "http_429", "waiting", "timeout", "connection")):
                break  # a server in trouble is not probed any further
            if look.feed is not None and look.feed.entries:
                read = candidate(one.url, one.kind, look.feed)
                found.append(replace(read, title=one.title or read.title))
        return found


def candidate(url: str, kind: Kind, feed: Feed) -> Candidate:
    """What was read, as a way to read it again."""
    dates = [moment for entry in feed.entries if (moment := entry.published or entry.modified)]
    titled = sum(entry.title is not None for entry in feed.entries) * 2 > len(feed.entries)
    return Candidate(url, feed.title, feed.total, kind, max(dates, default=None), titled)


def ranked(found: list[Candidate]) -> list[Candidate]:
    """The best first: feeds, then maps with headlines, plain maps, the page's own list; the latest news first."""

    def rank(one: Candidate) -> tuple[int, float]:
        order = {"feed": 0, "posts": 0, "sitemap": 2, "listing": 3}[one.kind]
        if one.kind == "sitemap" and one.titled:
            order = 1
        if "comment" in f"{one.url} {one.title or ''}".lower():
            order = 4
        return order, -(one.newest or _NEVER).timestamp()

    unique = {url_key(one.url): one for one in reversed(found)}
    return sorted(unique.values(), key=rank)


def read_any(body: bytes, *, url: str, content_type: str | None = None, item: str | None = None) -> tuple[Kind, Feed]:
    """What stands in `body`: a feed, a sitemap, a channel's posts or a section page. Raises FeedError."""
    try:
        return "feed", feeds.parse(body, url=url, content_type=content_type)
    except FeedError as error:
        no_feed = error
    try:
        found = read_sitemap(body, url=url, content_type=content_type)
        parts = tuple(Entry(None, part.url, None, None, None, part.modified) for part in found.parts)
        return "sitemap", Feed(None, newest_of_map([*found.entries, *parts]), found.total, found.damaged)
    except FeedError as error:
        if error.code != "html" and no_feed.code != "html":
            raise no_feed from error
    if is_telegram(url):
        return "posts", read_posts(body, url=url, content_type=content_type)
    return "listing", read_listing(body, url=url, content_type=content_type, item=item)


def sitemaps_of(answer: Answer) -> list[str]:
    """The sitemaps that a robots.txt names, those of news first."""
    try:
        rules = Protego.parse(answer.body[:512_000].decode("utf-8", "replace"))
        named = [address for line in rules.sitemaps if (address := resolve(answer.final_url or answer.url, line))]
    except Exception:  # a file that breaks the parser names none
        return []
    return sorted(dict.fromkeys(named), key=lambda address: "news" not in urlsplit(address).path.lower())


def feed_links(html: str, base: str) -> list[Candidate]:
    """Feeds that a page names in its head (`rel=alternate`), then those it links to; comment feeds last. Pure."""
    found: dict[str, tuple[int, Candidate]] = {}
    for tag in _LINK.findall(html[:1_000_000]):
        rank, link = _ranked(tag, base)
        if link is not None and url_key(link.url) not in found:
            found[url_key(link.url)] = rank, link
    return [link for _, link in sorted(found.values(), key=lambda pair: pair[0])]


def _ranked(tag: str, base: str) -> tuple[int, Candidate | None]:
    attributes = {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag)
    }
    address = resolve(base, attributes.get("href"))
    if address is None:
        return 0, None
    title = plain_line(attributes.get("title"))
    is_comments = "comment" in f"{address} {title or ''}".lower()
    if _FEED_TYPE.search(attributes.get("type", "")) and "alternate" in attributes.get("rel", "").lower():
        return 2 if is_comments else 0, Candidate(address, title)
    if tag[:2].lower() == "<a" and _FEED_PATH.search(address):
        return 3 if is_comments else 1, Candidate(address, title)
    return 0, None
