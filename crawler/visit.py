"""From one answer of a feed to what the visit found. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.urls import MAX_URL_BYTES, url_key
from crawler.answer import Answer
from crawler.feeds import Entry
from crawler.posts import made_address
from crawler.source import Source
from store.pages import NewItem, SourceDue

_VALIDATORS_LAST = timedelta(hours=24)
_LONGEST_KEY = 700
_ALIKE = 5
_LONGEST_SUMMARY = 60_000
_AHEAD = timedelta(hours=36)  # a local time without a zone is at most that far in the future


@dataclass(frozen=True)
class Keyed:
    """An entry with what makes it the same one at the next visit, best first."""

    entry: Entry
    keys: tuple[str, ...]
    alone: bool  # no other entry of the feed has its address
    address: str = ""  # what stays the same of it


def conditions(source: SourceDue, now: datetime) -> dict[str, str]:
    """The headers of a conditional request. None once a day, since servers lie about what changed; none to who did."""
    if source.last_full_at is None or now - source.last_full_at >= _VALIDATORS_LAST:
        return {}
    if source.memory.get("validators_lie"):
        return {}
    headers = {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    return {name: value for name, value in headers.items() if value}


def failure_of(answer: Answer) -> str | None:
    """Why an answer is no feed; None if it may be one."""
    if answer.error is not None:
        return answer.error
    if answer.status == 304 or answer.ok:
        return None
    return f"http_{answer.status}"


def keyed(entries: Iterable[Entry], source: Source) -> list[Keyed]:
    """The entries that `source` takes, each with its keys; the same entry listed twice is one.

    The address is the key, since GUIDs change from visit to visit more often than addresses; a GUID only tells
    entries apart that share their address, as in a live page or a feed whose links all lead home.
    """
    wanted = [(entry, url_key(entry.url)) for entry in entries if entry.url is not None and _is_usable(entry, source)]
    shared = Counter(address for _, address in wanted)
    found: dict[str, Keyed] = {}
    for entry, address in wanted:
        one = _keyed(entry, address, shared[address] == 1, source.kind == "posts")
        found.setdefault(one.keys[0], one)
    return list(found.values())


def _keyed(entry: Entry, address: str, alone: bool, is_post: bool) -> Keyed:
    if is_post and entry.guid:  # what stands on one page may share that page's address
        return Keyed(entry, (_short(f"{address} {entry.guid}"),), True, address)
    mark = entry.guid or entry.title or ""
    key, both = _short(address), _short(f"{address} {mark}" if mark else address)
    return Keyed(entry, (key, both) if alone else (both, key), alone, address)


def new_among(
    entries: Sequence[Keyed], known: Mapping[str, str | None], now: datetime, *, aggregated: bool = False
) -> list[NewItem]:
    """The items for entries that were not seen before; `known` are keys seen, with their GUIDs.

    Those that an aggregator brought keep the name of their outlet. Where all lead to one page, each gets an address of
    its own, so that they are not taken for edits of one another.
    """
    one_page = all_lead_to_one_page(entries)
    return [_item(one, now, aggregated, one_page) for one in entries if not _is_known(one, known)]


def all_lead_to_one_page(entries: Sequence[Keyed]) -> bool:
    """Whether a list links every entry to the same page: the articles are not there, or not yet."""
    return len(entries) >= _ALIKE and len({one.address for one in entries}) == 1


def _is_known(one: Keyed, known: Mapping[str, str | None]) -> bool:
    first, *others = one.keys
    if first in known:
        return True
    for other in others:
        if other in known and (one.alone or known[other] == one.entry.guid):
            return True
    return False


def _is_usable(entry: Entry, source: Source) -> bool:
    return entry.url is not None and len(entry.url.encode()) <= MAX_URL_BYTES and source.takes(entry.url)


def _item(one: Keyed, now: datetime, aggregated: bool, one_page: bool) -> NewItem:
    entry = one.entry
    url = entry.url or ""
    return NewItem(
        key=one.keys[0],
        url=made_address(url, one.keys[0]) if one_page else url,
        guid=entry.guid[:_LONGEST_KEY] if entry.guid else None,
        title=entry.title[:1000] if entry.title else None,
        summary=entry.text[:_LONGEST_SUMMARY] if entry.text else None,
        byline=entry.byline,
        published_at=settled(entry.published, now),
        outlet=entry.outlet if aggregated else None,
    )


def settled(published: datetime | None, now: datetime) -> datetime | None:
    """A date that may be believed: a little in the future is now, far in the future is none."""
    if published is None or published - now > _AHEAD:
        return None
    return min(published, now)


def _short(key: str) -> str:
    """A key that fits into an index, still its own."""
    if len(key.encode()) <= _LONGEST_KEY:
        return key
    return key[:200] + " " + hashlib.sha256(key.encode()).hexdigest()
