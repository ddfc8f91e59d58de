"""The feeds that a web page names, or that the address itself is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from core.urls import resolve, url_key
from crawler import feeds
from crawler.ask import fetch
from crawler.charsets import decode
from crawler.config import CrawlConfig
from crawler.plain import plain_line
from crawler.source import Source

_LINK = re.compile(r"<(?:link|a)\s[^<>]{1,2000}>", re.I)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json\+feed", re.I)
_FEED_PATH = re.compile(r"(?:\.rss|\.atom|/rss(?:/|\.xml|$)|/feed(?:s)?(?:/|\.xml|$)|rss\.xml|atom\.xml)", re.I)


@dataclass(frozen=True)
class FeedLink:
    """A feed that was found, and what it calls itself. `entries` is known where it was read."""

    url: str
    title: str | None = None
    entries: int | None = None


async def discover(url: str, config: CrawlConfig, source: Source | None = None) -> list[FeedLink]:
    """The feeds at `url`, the best first: the address itself if it is one, else those its page names."""
    answer = await fetch(url, config, source=source, kind="feed")
    if not answer.ok:
        return []
    here = answer.final_url or url
    try:
        feed = feeds.parse(answer.body, url=here, content_type=answer.content_type)
        return [FeedLink(here, feed.title, feed.total)]
    except feeds.FeedError:
        return feed_links(decode(answer.body, answer.content_type), here)


def feed_links(html: str, base: str) -> list[FeedLink]:
    """Feeds that a page names in its head (`rel=alternate`), then those it links to; comment feeds last. Pure."""
    found: dict[str, tuple[int, FeedLink]] = {}
    for tag in _LINK.findall(html[:1_000_000]):
        rank, link = _ranked(tag, base)
        if link is not None and url_key(link.url) not in found:
            found[url_key(link.url)] = rank, link
    return [link for _, link in sorted(found.values(), key=lambda pair: pair[0])]


def _ranked(tag: str, base: str) -> tuple[int, FeedLink | None]:
    attributes = {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag)
    }
    address = resolve(base, attributes.get("href"))
    if address is None:
        return 0, None
    title = plain_line(attributes.get("title"))
    is_comments = "comment" in f"{address} {title or ''}".lower()
    if _FEED_TYPE.search(attributes.get("type", "")) and "alternate" in attributes.get("rel", "").lower():
        return 2 if is_comments else 0, FeedLink(address, title)
    if tag[:2].lower() == "<a" and _FEED_PATH.search(address):
        return 3 if is_comments else 1, FeedLink(address, title)
    return 0, None
