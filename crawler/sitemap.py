"""Sitemaps, from bytes to entries: plain ones, news sitemaps, indexes of sitemaps, lists of addresses; gzip too.

Read as a stream, so that a map of fifty thousand addresses costs little memory. Nothing is fetched here: an index
gives back the addresses of its parts, the most promising first.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lxml import etree

from core.urls import resolve
from crawler import feeds
from crawler.charsets import decode
from crawler.dates import date_in_url, read_date
from crawler.feeds import MAX_ENTRIES, Entry, FeedError
from crawler.plain import plain_line

#: Of one map, after unpacking. The protocol allows 50 MB; no map of news comes near.
MAX_BYTES = 20 * 1024 * 1024
#: The protocol's own limit of addresses in one map.
MAX_ADDRESSES = 50_000
#: Of the parts of an index, so many are read at one visit.
MAX_PARTS = 6
#: An index may hold indexes; no deeper.
MAX_DEPTH = 2

# A map is dated late now and then, and a date without a time is its midnight.
_LATE = timedelta(days=2)
_NEWS = re.compile(r"news|latest|recent|article|post|stor(?:y|ies)", re.I)
_OTHER = re.compile(r"image|video|categor|tag|author|topic|section|product|landing|static", re.I)
_NUMBER = re.compile(r"\d{1,9}")
_CODES = {"yyyy": "%Y", "mm": "%m", "dd": "%d"}


@dataclass(frozen=True)
class Part:
    """One map that an index names."""

    url: str
    modified: datetime | None


@dataclass(frozen=True)
class Sitemap:
    """What one document holds: entries, or the parts of an index."""

    entries: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()
    total: int = 0
    damaged: bool = False


def read_sitemap(body: bytes, *, url: str, content_type: str | None = None) -> Sitemap:
    """The map in `body`, fetched from `url`. Raises FeedError of kind `sitemap`; a feed is taken for a map too."""
    text = unpacked(body)
    start = text[:1024].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    if not start.strip():
        raise FeedError("empty", kind="sitemap")
    if start.startswith((b"<!doctype html", b"<html")):
        raise FeedError("html", "a web page stands where a sitemap was", kind="sitemap")
    if not start.startswith(b"<"):
        return _list_of_addresses(text, url, content_type)
    try:
        return _read_xml(text, url, content_type)
    except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
        raise FeedError("damaged", f"{type(error).__name__}: {str(error)[:100]}", kind="sitemap") from error


def unpacked(body: bytes, most: int = MAX_BYTES) -> bytes:
    """`body`, or what its gzip holds. Raises FeedError where that is more than `most` or no whole gzip."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    # Only so many bytes are ever unpacked: a bomb costs what an honest map costs.
    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(body, most + 1)
    except zlib.error as error:
        raise FeedError("damaged", "not a whole gzip file", kind="sitemap") from error
    if len(found) > most:
        raise FeedError("too_large", kind="sitemap")
    return found


def addresses_of(url: str, now: datetime) -> tuple[str, ...]:
    """The map's addresses now: `{yyyy}`, `{mm}`, `{dd}` stand for today, and for yesterday too."""
    if "{" not in url:
        return (url,)
    days = (now, now - timedelta(days=1))
    return tuple(dict.fromkeys(_on_day(url, day) for day in days))


def _on_day(url: str, day: datetime) -> str:
    return re.sub(r"\{(yyyy|mm|dd)\}", lambda found: day.astimezone(UTC).strftime(_CODES[found[1]]), url)


def parts_to_read(parts: Iterable[Part], since: datetime | None, most: int = MAX_PARTS) -> list[Part]:
    """The parts worth a request: none older than `since`, the latest first, maps of news before all others."""
    fresh = [part for part in parts if since is None or part.modified is None or part.modified > since - _LATE]
    return sorted(fresh, key=_promise)[:most]


def since_then(entries: Iterable[Entry], since: datetime | None) -> tuple[Entry, ...]:
    """Entries without those dated before `since`: a map names the whole archive, and its old pages are no news."""
    if since is None:
        return tuple(entries)
    return tuple(entry for entry in entries if (_moment(entry) or since) > since - _LATE)


def newest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The latest entries; of undated ones those at both ends, since some maps grow at the top and some below."""
    every = list(dict.fromkeys(entries))
    if len(every) <= MAX_ENTRIES:
        return tuple(every)
    dated = sorted((one for one in every if _moment(one)), key=lambda one: _moment(one) or _NEVER, reverse=True)
    undated = [one for one in every if not _moment(one)]
    room = MAX_ENTRIES - min(len(dated), MAX_ENTRIES)
    ends = undated if len(undated) <= room else [*undated[: room // 2], *undated[len(undated) - (room - room // 2) :]]
    return (*dated[:MAX_ENTRIES], *ends)


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(entry: Entry) -> datetime | None:
    return entry.published or entry.modified


def _promise(part: Part) -> tuple[int, float, tuple[int, ...]]:
    """Sorts parts: by what the name says, by date, and of undated ones the highest numbers first."""
    path = part.url.partition("://")[2].partition("/")[2]
    rank = 2 if _OTHER.search(path) else 0 if _NEWS.search(path) else 1
    age = -part.modified.timestamp() if part.modified else 0.0
    return rank, age, tuple(-int(number) for number in _NUMBER.findall(path))


def _list_of_addresses(body: bytes, url: str, content_type: str | None) -> Sitemap:
    lines = [line for line in decode(body, content_type).splitlines()[:MAX_ADDRESSES] if line.strip()]
    found = [resolve(url, line) for line in lines if line.strip().startswith(("http://", "https://"))]
    entries = [_entry(address) for address in found if address]
    if len(entries) * 2 < len(lines):  # a text in which addresses occur
        raise FeedError("not_a_sitemap", kind="sitemap")
    return Sitemap(newest(entries), total=len(entries))


def _read_xml(body: bytes, url: str, content_type: str | None) -> Sitemap:
    kind = ""
    entries: list[Entry] = []
    parts: list[Part] = []
    damaged = False
    try:
        for event, node in _events(body):
            name = _name(node)
            if event == "start":
                if not kind:
                    kind = name
                    _require_map(kind)
                continue
            if name == "url" and (entry := _read_url(node, url)):
                entries.append(entry)
            elif name == "sitemap" and (part := _read_part(node, url)):
                parts.append(part)
            if name in ("url", "sitemap"):
                _let_go(node)
            if len(entries) + len(parts) >= MAX_ADDRESSES:
                break
    except _ItIsAFeed:
        return _of_feed(body, url, content_type)
    except etree.XMLSyntaxError:
        damaged = True
    if not entries and not parts:
        raise FeedError("truncated" if damaged and kind in ("urlset", "sitemapindex") else "empty", kind="sitemap")
    return Sitemap(newest(entries), tuple(parts), len(entries) + len(parts), damaged)


class _ItIsAFeed(Exception):
    pass


def _require_map(kind: str) -> None:
    if kind in ("rss", "feed", "rdf"):
        raise _ItIsAFeed
    if kind in ("html", "body", "head"):
        raise FeedError("html", "a web page stands where a sitemap was", kind="sitemap")
    if kind not in ("urlset", "sitemapindex"):
        raise FeedError("not_a_sitemap", f"the root element is <{kind[:40]}>", kind="sitemap")


def _events(body: bytes) -> Iterator[tuple[str, etree._Element]]:
    # No `huge_tree`, no entities, no network: a map is hostile until it is read.
    return iter(
        etree.iterparse(
            io.BytesIO(body.lstrip()),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            recover=True,
        )
    )


def _let_go(node: etree._Element) -> None:
    """Free what was read, or the tree of a long map stays in memory."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _of_feed(body: bytes, url: str, content_type: str | None) -> Sitemap:
    feed = feeds.parse(body, url=url, content_type=content_type)
    return Sitemap(feed.entries, total=feed.total, damaged=feed.damaged)


def _read_url(node: etree._Element, base: str) -> Entry | None:
    address = resolve(base, _said(node, "loc"))
    if address is None:
        return None
    news = next((child for child in node if _name(child) == "news"), None)
    entry = _entry(address, read_date(_said(node, "lastmod")))
    if news is None:
        return entry
    publication = next((child for child in news if _name(child) == "publication"), None)
    return replace(
        entry,
        title=plain_line(_said(news, "title")),
        published=read_date(_said(news, "publication_date")) or entry.published,
        outlet=plain_line(_said(publication, "name")) if publication is not None else None,
    )


def _entry(address: str, modified: datetime | None = None) -> Entry:
    # An old page may be touched today: that says whether to look at it, never when it was published.
    return Entry(None, address, None, None, None, date_in_url(address), modified=modified)


def _read_part(node: etree._Element, base: str) -> Part | None:
    address = resolve(base, _said(node, "loc"))
    return Part(address, read_date(_said(node, "lastmod"))) if address else None


def _said(node: etree._Element, name: str) -> str | None:
    for child in node:
        if _name(child) == name:
            return "".join(child.itertext()).strip() or None
    return None


def _name(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""
