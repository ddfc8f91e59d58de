"""`sources add` and `sources test`: a feed found by its site's address, and one look at it that keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from core.errors import NightdeskError, NotFound, UsageError
from core.urls import normalise_url, site_of
from crawler import feeds, reactor
from crawler.ask import fetch
from crawler.discover import FeedLink, discover
from crawler.source import Source, mistakes_of
from nightdesk import definitions
from nightdesk.app import App
from store import definitions as stored


def find_feeds(app: App, url: str) -> list[FeedLink]:
    """The feeds at an address, the best first. Raises UsageError or NightdeskError that says why there are none."""
    address = url if "://" in url else f"https://{url}"
    try:
        address = normalise_url(address)
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error
    found = reactor.run(lambda: discover(address, app.config.crawl))
    if not found:
        raise NightdeskError(f"no feed was found at {address}")
    return found


def add(app: App, feed: FeedLink, given: Mapping[str, Any]) -> tuple[Source, str]:
    """Store a feed as the desk's own source; says what that did. Raises UsageError."""
    fields = {key: value for key, value in given.items() if value is not None}
    name = fields.pop("name", None) or name_for(feed.url)
    try:
        source = Source(name=name, title=feed.title or name, kind="feed", url=feed.url, **fields)
    except ValidationError as error:
        raise UsageError("\n".join(str(mistake) for mistake in mistakes_of(error, name))) from error
    if name in {one.name for one in app.config.sources}:
        raise UsageError(f'the source "{name}" is there already; choose another with --name')
    return source, app.store.unit(lambda db: definitions.add_source(db, source, app.clock()))


def name_for(url: str) -> str:
    """A name from an address: `https://www.river-daily.example/rss` is `river-daily`."""
    site = site_of(url)
    host = urlsplit(site).hostname if "://" in site else site.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", str(host).lower()).strip("-") or "source"


def look(app: App, name: str) -> Iterator[dict[str, Any]]:
    """The items that a source shows now; saves nothing. Raises NotFound, or NightdeskError that says what failed."""
    source = _source(app, name)
    if source.kind != "feed":
        raise UsageError(f"{name} is a {source.kind}; only feeds can be tested yet")
    answer = reactor.run(lambda: fetch(source.url, app.config.crawl, source=source, kind="feed"))
    if not answer.ok:
        raise NightdeskError(f"{name}: {source.url} cannot be read: {answer.error or answer.status}")
    feed = feeds.parse(answer.body, url=answer.final_url or source.url, content_type=answer.content_type)
    for entry in feed.entries:
        yield {"published_at": entry.published, "title": entry.title, "url": entry.url}


def _source(app: App, name: str) -> Source:
    for source in app.config.sources:
        if source.name == name:
            return source
    with app.store.read() as db:
        found = stored.definition_of(db, stored.sources, name)
    if found is None:
        raise NotFound(f'there is no source "{name}"; nightdesk sources list shows all')
    return Source.model_validate(found)
