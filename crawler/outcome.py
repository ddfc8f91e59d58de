"""What becomes of an item after one answer for its page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import iso
from core.urls import site_of
from crawler.aggregator import is_wrapped
from crawler.answer import Answer
from crawler.headers import tame_headers
from crawler.politeness import TROUBLED, read_retry_after
from crawler.posts import is_made
from crawler.source import Source
from store.pages import ItemDue

TRIES = 5
_PASSING = frozenset({"timeout", "connection", "refused_connection", "dns", "cut_short", "robots_unreachable"})


@dataclass(frozen=True)
class Fetched:
    """The page is there."""


@dataclass(frozen=True)
class Refused:
    """The page is not to be had; what the feed said of it stands in."""

    reason: str


@dataclass(frozen=True)
class Later:
    """Try again at `not_before`. `counts`: as one of the tries."""

    not_before: datetime | None
    counts: bool = True


def judge(answer: Answer, attempts: int, now: datetime) -> Fetched | Refused | Later:
    """`attempts`: how often this item was tried before."""
    if answer.error == "waiting":
        return Later(None, counts=False)
    if answer.error in _PASSING or answer.status in TROUBLED:
        if attempts + 1 >= TRIES:
            return Refused(answer.error or f"http_{answer.status}")
        asked = read_retry_after(answer.headers.get("retry-after"), now) or timedelta()
        return Later(now + max(asked, timedelta(seconds=30 * 4**attempts)))
    if answer.error is not None:
        return Refused(answer.error)
    if answer.status == 402:
        return Refused("paywall")
    if not answer.ok:
        return Refused(f"http_{answer.status}")
    return Refused(bad) if (bad := _unreadable(answer)) else Fetched()


def _unreadable(answer: Answer) -> str | None:
    kind = answer.content_type.partition(";")[0].strip().lower()
    if not answer.body.strip():
        return "empty"
    if answer.body.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "not_text"
    if kind.startswith(("image/", "video/", "audio/", "font/")) or kind in ("application/pdf", "application/zip"):
        return "not_text"
    return None


def origin_of_item(item: ItemDue, max_age: timedelta) -> str:
    """What may be told of an item: live, baseline or backfill."""
    if item.baseline:
        return "baseline"
    if item.published_at is not None and item.found_at - item.published_at > max_age:
        return "backfill"
    return "live"


def given_by_feed(item: ItemDue, source: Source | None) -> dict[str, Any]:
    """What the feed said, for the pipeline."""
    given = {
        "title": item.title,
        "text": item.summary,
        "byline": item.byline,
        "published_at": iso(item.published_at) if item.published_at else None,
        "outlet": _outlet(item, source),
        "language": source.language if source else None,
    }
    at_hand = source is not None and is_at_hand(item, source) and not is_wrapped(item.url)
    is_whole = at_hand and bool(item.summary)
    return {name: value for name, value in given.items() if value is not None} | {"whole": is_whole}


def _outlet(item: ItemDue, source: Source | None) -> str | None:
    """Who published it: of an aggregator's item the outlet it leads to, of its own pages the aggregator."""
    if source is None:
        return item.outlet
    if source.type != "aggregator" or site_of(item.url) == site_of(source.url):
        return source.title
    return item.outlet


def is_at_hand(item: ItemDue, source: Source) -> bool:
    """Whether nothing is to be fetched: the item's own text is the page, or its address hides the publisher's."""
    if is_made(item.url):
        return True
    if source.type != "aggregator":
        return source.kind == "posts"
    # A board's own posts are at hand, the stories that one of them lists are not.
    return is_wrapped(item.url) or (source.kind == "posts" and site_of(item.url) == site_of(source.url))


def kept_headers(answer: Answer) -> dict[str, str]:
    """The headers of an answer, as evidence of it."""
    return tame_headers(answer.headers)


def page_values(
    item: ItemDue, source: Source | None, answer: Answer, max_age: timedelta, now: datetime
) -> dict[str, Any]:
    """The row of `pages` for an answer, but for its body or refusal."""
    return {
        "item_id": item.id,
        "source_id": item.source_id,
        "url": item.url,
        "final_url": answer.final_url or None,
        "fetched_at": now,
        "found_at": item.found_at,
        "origin": origin_of_item(item, max_age),
        "http_status": answer.status,
        "content_type": answer.content_type[:200] or None,
        "headers": kept_headers(answer),
        "request": dict(answer.request) or None,
        "given": given_by_feed(item, source),
    }
