"""Sources added and tested: ways to read a site found by its address, and one look that keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from core.errors import NightdeskError, NotFound, UsageError
from core.urls import normalise_url, site_of
from crawler import reactor
from crawler.ask import fetch, open_fetcher
from crawler.discover import Candidate, discover, read_any
from crawler.feeds import Feed, FeedError
from crawler.fetch import manners_of
from crawler.look import Looker, OwnThreads
from crawler.source import Source, load_catalogue, load_source, mistakes_of
from nightdesk import definitions
from nightdesk.app import App
from store import definitions as stored
from store import people

_CANONICAL = re.compile(
    rb"<link\s[^<>]{0,300}?rel=[\"']?canonical[\"']?[^<>]{0,300}?href=[\"']?(https?://[^\"'\s<>]{4,500})", re.I
)

#: Seconds for which somebody waits for a site. Polite pauses between requests are part of it.
_PATIENCE = 90.0


def find(app: App, url: str) -> list[Candidate]:
    """Ways to read a site, the best first. Raises UsageError or NightdeskError that says why there are none."""
    address = _address(url)
    found = reactor.call(lambda: discover(address, app.config.crawl, clock=app.clock), _PATIENCE)
    if not found:
        raise NightdeskError(f"neither a feed nor a sitemap nor a list of articles was found at {address}")
    return found


def add(app: App, found: Candidate, given: Mapping[str, Any], by: str = "") -> tuple[Source, str]:
    """Store what was found as the desk's own source; says what that did. Raises UsageError.

    `by` is who does it, and is noted with it.
    """
    source = made_of(found, given)
    if source.name in {one.name for one in app.config.sources}:
        raise UsageError(f'the source "{source.name}" is there already; choose another name')

    def put(db: Connection) -> str:
        done = definitions.add_source(db, source, app.clock())
        if by and done != "same":
            people.note_deed(db, by, "source added", source.name, app.clock(), detail={"url": source.url})
        return done

    return source, app.store.unit(put)


def made_of(found: Candidate, given: Mapping[str, Any]) -> Source:
    """What was found as a source, with what else was said of it. Raises UsageError."""
    fields = {key: value for key, value in given.items() if value is not None}
    name = fields.pop("name", None) or name_for(found.url)
    try:
        return Source(name=name, title=found.title or name, kind=found.kind, url=found.url, **fields)
    except ValidationError as error:
        raise UsageError("\n".join(str(mistake) for mistake in mistakes_of(error, name))) from error


def follow(app: App, name: str, by: str) -> str:
    """Visit a source of the catalogue from now on; says what that did. Raises NotFound."""
    found = next((one for one in load_catalogue() if one.name == name), None)
    if found is None:
        raise NotFound(f'there is no source "{name}" in the catalogue')

    def put(db: Connection) -> str:
        done = definitions.add_source(db, found, app.clock())
        people.note_deed(db, by, "source added", name, app.clock(), "from the catalogue")
        return done

    return app.store.unit(put)


def retire(app: App, name: str, by: str, reason: str | None) -> None:
    """Visit one of the desk's own sources no longer; what it brought stays. Raises NotFound, UsageError."""
    if name in {one.name for one in app.config.sources}:
        raise UsageError(f'the source "{name}" is of the configuration; leave it out of `sources` in [crawl] there')

    def work(db: Connection) -> None:
        if not stored.retire(db, stored.sources, name, app.clock()):
            raise NotFound(f'there is no source "{name}" that is visited')
        people.note_deed(db, by, "source retired", name, app.clock(), reason)

    app.store.unit(work)


def name_for(url: str) -> str:
    """A name from an address: `https://www.river-daily.example/rss` is `river-daily`."""
    site = site_of(url)
    host = urlsplit(site).hostname if "://" in site else site.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", str(host).lower()).strip("-") or "source"


@dataclass(frozen=True)
class Sight:
    """What a source, an address or a file shows now."""

    kind: str
    feed: Feed
    note: str = ""

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"published_at": one.published, "title": one.title, "url": one.url, "outlet": one.outlet}
            for one in self.feed.entries
        ]

    def summary(self) -> str:
        """How much of it is there, in one line."""
        entries = self.feed.entries
        titled, dated = sum(one.title is not None for one in entries), sum(one.published is not None for one in entries)
        return f"{self.kind}: {len(entries)} items, {titled} with a title, {dated} with a date{self.note}"


def look(app: App, what: str, base: str | None = None) -> Sight:
    """One look at a source by name, an address, a file of a source or a saved copy; keeps nothing.

    Raises NotFound, or NightdeskError that says what failed.
    """
    path = Path(what)
    if path.suffix == ".toml" and path.is_file():
        return visit(app, load_source(path))
    if path.is_file():
        return look_at_copy(path, base)
    if "://" in what:
        return _read_address(app, what)
    return visit(app, known(app, what))


def visit(app: App, source: Source) -> Sight:
    """One look at it. Raises NightdeskError that says what failed."""

    async def go() -> Any:
        async with open_fetcher(app.config.crawl, app.clock) as fetcher:
            return await Looker(fetcher, OwnThreads()).look(source, manners_of(source, app.config.crawl), app.clock())

    found = reactor.call(go, _PATIENCE)
    if found.error or found.feed is None:
        raise NightdeskError(f"{source.name}: {source.url} cannot be read: {found.error or 'nothing came'}")
    taken = tuple(one for one in found.feed.entries if one.url and source.takes(one.url))
    left = len(found.feed.entries) - len(taken)
    note = f", {left} left out by include and exclude" if left else ""
    return Sight(source.kind, Feed(found.feed.title, taken, found.feed.total), note)


def _read_address(app: App, url: str) -> Sight:
    address = _address(url)
    answer = reactor.call(lambda: fetch(address, app.config.crawl, kind="feed", clock=app.clock), _PATIENCE)
    if not answer.ok:
        raise NightdeskError(f"{address} cannot be read: {answer.error or answer.status}")
    return _read(answer.body, answer.final_url or address, answer.content_type)


def look_at_copy(path: Path, base: str | None = None) -> Sight:
    """A saved copy; its links are resolved against `base`, else the address that the page itself names."""
    body = path.read_bytes()[: 64 * 1024 * 1024]
    named = _CANONICAL.search(body[:200_000])
    url = base or (named[1].decode("utf-8", "replace") if named else "https://saved.example/")
    return _read(body, url, "")


def _read(body: bytes, url: str, content_type: str) -> Sight:
    try:
        kind, feed = read_any(body, url=url, content_type=content_type)
    except FeedError as error:
        raise NightdeskError(f"nothing to read there: {error.kind}: {error}") from error
    return Sight(kind, feed)


def _address(url: str) -> str:
    address = url if "://" in url else f"https://{url}"
    try:
        return normalise_url(address)
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error


def known(app: App, name: str) -> Source:
    """The source of that name. Raises NotFound."""
    for source in app.config.sources:
        if source.name == name:
            return source
    with app.store.read() as db:
        found = stored.definition_of(db, stored.sources, name)
    if found is None:
        raise NotFound(f'there is no source "{name}"; nightdesk sources list shows all')
    return Source.model_validate(found)
