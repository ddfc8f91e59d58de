"""Feeds of other people's news: links led back to the publisher, items booked to the outlet that wrote them. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from core.urls import normalise_url, registrable_domain
from crawler.feeds import Entry, Feed

_PARAMETERS = ("url", "u", "q", "target", "to", "link", "redirect", "dest", "destination", "article", "r")
_HOPS = 3
#: Hosts whose paths hide the article behind a number or cipher.
_CIPHERED = {"news.google.com": re.compile(r"/(?:__i/)?(?:rss/)?(?:articles|read)/([\w-]{20,2000})")}
_REDIRECT_PATHS = re.compile(r"/(?:url|l\.php|redirect|redir|out|go|link|click|apiclick\.aspx|r|away\.php)/?$", re.I)
_ADDRESS = re.compile(rb"https?://[\x21-\x7e]{4,2000}")


@dataclass(frozen=True)
class Unwrapped:
    """Where a link really leads. `wrapped` names who hid an address that cannot be had."""

    url: str
    wrapped: str | None = None


def unwrap(url: str) -> Unwrapped:
    """The publisher's address inside an aggregator's link."""
    for _ in range(_HOPS):
        inner = _inside(url)
        if inner is None:
            break
        url = inner
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Unwrapped(url, host if host in _CIPHERED and _CIPHERED[host].search(urlsplit(url).path) else None)


def booked(entry: Entry) -> Entry:
    """An aggregator's entry with the publisher's address, outlet and headline."""
    if entry.url is None:
        return entry
    found = unwrap(entry.url)
    outlet = entry.outlet or (None if found.wrapped else host_of(found.url))
    return replace(
        entry,
        url=found.url,
        outlet=outlet[:200] if outlet else None,
        title=_without_outlet(entry.title, entry.outlet),
    )


def booked_feed(feed: Feed) -> Feed:
    return replace(feed, entries=tuple(booked(entry) for entry in feed.entries))


def is_wrapped(url: str) -> bool:
    """Whether an address still hides the publisher's: asking for it would bring no article."""
    return unwrap(url).wrapped is not None


def host_of(url: str) -> str | None:
    """What an outlet is called where nothing names it: its domain."""
    try:
        host = urlsplit(normalise_url(url)).hostname or ""
    except ValueError:
        return None
    return registrable_domain(host) or host.removeprefix("www.") or None


@dataclass(frozen=True)
class Outlet:
    """One outlet met in aggregators, and how often."""

    site: str
    outlet: str
    items: int
    newest: str
    example: str


def unknown_outlets(
    seen: Iterable[tuple[str | None, str, str]], known_sites: set[str], known_titles: set[str]
) -> list[Outlet]:
    """Outlets of `(outlet, url, found_at)` that are no source of ours, the most frequent first."""
    titles = {title.casefold() for title in known_titles}
    found: dict[str, Outlet] = {}
    for outlet, url, when in seen:
        site = (outlet or "?") if is_wrapped(url) else host_of(url) or (outlet or "?")
        name = outlet or site
        if site in known_sites or name in known_sites or name.casefold() in titles:
            continue
        before = found.get(site)
        if before is None:
            found[site] = Outlet(site, name, 1, when, url)
        else:
            newest = max((before.newest, before.example), (when, url))
            found[site] = Outlet(site, before.outlet, before.items + 1, *newest)
    return sorted(found.values(), key=lambda one: (-one.items, one.site))


def _inside(url: str) -> str | None:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host in _CIPHERED and (found := _CIPHERED[host].search(parts.path)):
        return _deciphered(found[1])
    if not parts.query or not (
        _REDIRECT_PATHS.search(parts.path) or host.startswith(("google.", "bing.", "l.", "lm."))
    ):
        return None
    try:
        given = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    for name in _PARAMETERS:
        for value in given.get(name, ()):
            if value.startswith(("http://", "https://")) and _is_address(value):
                return value
    return None


def _deciphered(code: str) -> str | None:
    """The address inside an id of the older kind; the newer ones hold none."""
    try:
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    found = _ADDRESS.search(raw)
    if found is None:
        return None
    # Before the address stands its length, so that what follows it is not taken for its end.
    start = found.start()
    length = raw[start - 1] if start else 0
    if length >= 0x80 or (start > 1 and raw[start - 2] >= 0x80):
        length = (raw[start - 2] & 0x7F) | (raw[start - 1] << 7)
    address = raw[start : start + length] if 8 <= length <= len(raw) - start else found[0]
    text = address.decode("ascii", "ignore")
    return text if _is_address(text) else None


def _is_address(url: str) -> bool:
    try:
        return "." in (urlsplit(normalise_url(url)).hostname or "")
    except ValueError:
        return False


def _without_outlet(title: str | None, outlet: str | None) -> str | None:
    """`A headline - Example Post` is `A headline`, where the outlet is told apart from it."""
    if title and outlet and title.endswith(f" - {outlet}"):
        return title[: -len(outlet) - 3].rstrip() or title
    return title
