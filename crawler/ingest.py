"""Taking in what was not crawled: pages, feeds, documents, archives, lines, addresses. A bad one stops nothing."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import structlog
from sqlalchemy.exc import DataError

from core.clock import Clock, iso
from core.urls import normalise_url, resolve
from crawler import archives, documents, feeds, outcome
from crawler.answer import Answer
from crawler.charsets import decode
from crawler.config import CrawlConfig
from crawler.dates import read_date
from crawler.fetch import Fetcher, Manners
from crawler.plain import plain, plain_line, tidy
from store import pages
from store.engine import Store

log = structlog.get_logger(__name__)

_LONGEST_LINE = 32 * 1024 * 1024
_LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What became of one input: a page to process, or an error. `url` is as it was given, even where it is none.

    Where `state` is "left_out" there is neither: `error` tells what an archive holds beside pages.
    """

    url: str
    page_id: int | None = None
    error: str | None = None
    where: str = ""  # file and line
    state: Literal["taken", "failed", "left_out"] = "taken"


@dataclass(frozen=True)
class Input:
    """One page to take in. Neither body nor text: it is fetched."""

    url: str
    body: bytes | None = None
    content_type: str | None = None
    given: dict[str, Any] | None = None
    fetched_at: datetime | None = None
    where: str = ""
    http_status: int | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class BadInput:
    """Something that no page can be made of."""

    url: str
    error: str
    where: str
    state: Literal["failed", "left_out"] = "failed"


async def ingest(
    store: Store,
    config: CrawlConfig,
    clock: Clock,
    paths: list[str],
    *,
    url: str | None = None,
    outlet: str | None = None,
    alerts: bool = True,
    manners: Manners | None = None,
) -> AsyncIterator[Taken]:
    """Write a page for each input of `paths` (files, folders, addresses), and tell of each as it is written.

    `url` is the address of a single HTML file. Addresses need the reactor of crawler.reactor to run; files do not.
    """
    origin: Literal["live", "backfill"] = "live" if alerts else "backfill"
    async with AsyncExitStack() as stack:
        fetcher: Fetcher | None = None
        for path in paths:
            for one in inputs(path, url, outlet):
                if isinstance(one, BadInput):
                    yield Taken(one.url, error=one.error, where=one.where, state=one.state)
                    continue
                if one.body is None and not (one.given or {}).get("text"):
                    if fetcher is None:
                        from crawler.ask import open_fetcher  # takes a second to import, and files need none

                        fetcher = await stack.enter_async_context(open_fetcher(config, clock))
                    answer = await fetcher.page(one.url, manners or Manners(config.delay.total_seconds()))
                    document = answer.ok and documents.is_pdf(answer.body)
                    fetched = _fetched(one, answer, clock())
                    if document:
                        one = _of_document(one.url, answer.body, outlet, one.where)
                        fetched = {key: value for key, value in fetched.items() if key != "refused"}
                    if isinstance(one, BadInput):
                        yield Taken(one.url, error=one.error, where=one.where, state="failed")
                    else:
                        yield _write(store, one, fetched, origin, clock())
                else:
                    yield _write(store, one, {}, origin, clock())


def inputs(path: str, url: str | None = None, outlet: str | None = None) -> Iterator[Input | BadInput]:
    """What a file, folder or address holds, one by one."""
    if re.match(r"https?://", path, re.I):
        yield from _checked(Input(path, given=_given({"outlet": outlet})))
        return
    place = Path(path)
    if place.is_dir():
        for child in sorted(one for one in place.rglob("*") if one.is_file() and not one.name.startswith(".")):
            yield from inputs(str(child), None, outlet)
        return
    if not place.is_file():
        yield BadInput(url or path, "no such file", path)
        return
    try:
        yield from _of_file(place, url, outlet)
    except (OSError, EOFError, zlib.error) as error:
        yield BadInput(url or path, f"cannot be read: {error}", path)


def _of_file(place: Path, url: str | None, outlet: str | None) -> Iterator[Input | BadInput]:
    if place.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _of_lines(place, outlet)
        return
    if archives.is_archive(place):
        yield from _of_archive(place, outlet)
        return
    body = _body_of(place)
    if len(body) > _LARGEST_FILE:
        yield BadInput(url or str(place), "too_large", str(place))
        return
    if documents.is_pdf(body):
        yield from _of_pdf(place, body, url, outlet)
        return
    if place.name.lower().removesuffix(".gz").rpartition(".")[2] not in ("html", "htm", "xhtml") and not _is_html(body):
        yield from _of_feed(place, body, outlet)
        return
    address = url or _own_address(body)
    if address is None:
        yield BadInput(str(place), "no address: the page names none, give it with --url", str(place))
        return
    given = _given({"outlet": outlet})
    yield from _checked(Input(address, body, "text/html", given, where=str(place)))


def _of_archive(place: Path, outlet: str | None) -> Iterator[Input | BadInput]:
    left_out = archives.LeftOut()
    number = 0
    try:
        for number, page in enumerate(archives.pages_in(place, left_out), start=1):
            yield from _checked(
                Input(
                    page.url,
                    page.body,
                    page.content_type,
                    _given({"outlet": outlet}),
                    page.fetched_at,
                    f"{place}:page {number}",
                    http_status=200,
                    headers=page.headers,
                )
            )
    except archives.ArchiveBroken as error:
        yield BadInput(str(place), f"after {number:,} pages: {error}", str(place))
    if left_out.counts:
        yield BadInput(str(place), str(left_out), str(place), "left_out")


def _of_pdf(place: Path, body: bytes, url: str | None, outlet: str | None) -> Iterator[Input | BadInput]:
    if url is None:
        yield BadInput(str(place), "no address: a PDF names none, give it with --url", str(place))
        return
    one = _of_document(url, body, outlet, str(place))
    if isinstance(one, BadInput):
        yield one
    else:
        yield from _checked(one)


def _of_document(url: str, body: bytes, outlet: str | None, where: str) -> Input | BadInput:
    """A PDF with its words; one without any is kept as it is, and its page says so."""
    found = documents.read_in_child(body)
    if isinstance(found, str):
        return BadInput(url, found, where)
    if found.text:
        title = found.title or found.text.partition("\n")[0][:200]
        given = _given({"title": plain_line(title), "text": found.text, "outlet": outlet}, whole=True)
    else:
        given = _given({"outlet": outlet, "no_text": f"{found.pages} pages, none with text: a scan"})
    return Input(url, body, "application/pdf", given, where=where)


def _body_of(place: Path) -> bytes:
    """The bytes of a file, unpacked, and no more of them than one byte too many."""
    opened = gzip.open(place) if place.suffix.lower() == ".gz" else place.open("rb")
    with opened as file:
        return file.read(_LARGEST_FILE + 1)


def _of_feed(place: Path, body: bytes, outlet: str | None) -> Iterator[Input | BadInput]:
    try:
        feed = feeds.parse(body, url="")
    except feeds.FeedError as error:
        yield BadInput(str(place), f"neither a page nor a feed: {error}", str(place))
        return
    for number, entry in enumerate(feed.entries, start=1):
        where = f"{place}:entry {number}"
        if entry.url is None:
            yield BadInput(entry.guid or entry.title or "", "an entry without an address", where)
            continue
        given = _given(
            {
                "title": entry.title,
                "text": entry.text or entry.title,
                "byline": entry.byline,
                "published_at": iso(entry.published) if entry.published else None,
                "outlet": outlet or feed.title,
            }
        )
        yield from _checked(Input(entry.url, given=given, where=where))


def _of_lines(place: Path, outlet: str | None) -> Iterator[Input | BadInput]:
    with place.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            where = f"{place}:{number}"
            if not line.endswith(b"\n") and len(line) >= _LONGEST_LINE:
                while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield BadInput("", "too_large", where)
            elif line.strip():
                yield from _of_line(line, where, outlet)


def _of_line(line: bytes, where: str, outlet: str | None) -> Iterator[Input | BadInput]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield BadInput("", f"not a line of JSON: {str(error)[:100]}", where)
        return
    if not isinstance(data, dict):
        yield BadInput("", "not a JSON object", where)
        return
    address = data.get("url")
    if not isinstance(address, str) or not address.strip():
        yield BadInput(str(address or ""), "url is missing", where)
        return
    published = data.get("published")
    when = read_date(published) if isinstance(published, str) else None
    text = tidy(_word(data, "text"))
    given = _given(
        {
            "title": plain_line(_word(data, "title")),
            "text": text,
            "byline": plain_line(_word(data, "byline")),
            "published_at": iso(when) if when else None,
            "outlet": plain_line(_word(data, "outlet")) or outlet,
            "language": plain_line(_word(data, "language")),
        },
        whole=text is not None,
    )
    html = _word(data, "html")
    fetched = read_date(_word(data, "fetched_at"))
    body = html.encode("utf-8", "replace") if html else None
    content_type = "text/html; charset=utf-8" if html else None
    yield from _checked(Input(address, body, content_type, given, fetched, where))


def _checked(one: Input) -> Iterator[Input | BadInput]:
    try:
        normalise_url(one.url)
    except ValueError as error:
        yield BadInput(one.url, str(error), one.where)
    else:
        yield one


def _write(store: Store, one: Input, fetched: dict[str, Any], origin: str, now: datetime) -> Taken:
    """The page of one input, in a transaction of its own, its body before it."""
    values: dict[str, Any] = {
        "url": one.url,
        "fetched_at": one.fetched_at or now,
        "found_at": one.fetched_at or now,
        "origin": origin,
        "given": one.given or _given({}),
        "content_type": one.content_type,
        "http_status": one.http_status,
        "headers": dict(one.headers) if one.headers else None,
        **fetched,
    }
    try:
        body = values.pop("body", one.body)
        if body is not None:
            values |= {"sha256": store.bodies.put(body), "bytes": len(body)}
        page_id = store.unit(lambda db: pages.add_page(db, values))
    except (ValueError, DataError) as error:  # what the database cannot hold
        log.warning("input_refused", where=one.where, error=str(error)[:200])
        return Taken(one.url, error="cannot be stored", where=one.where, state="failed")
    return Taken(one.url, page_id, where=one.where)


def _fetched(one: Input, answer: Answer, now: datetime) -> dict[str, Any]:
    """What a request adds to the page: its body, or why there is none."""
    verdict = outcome.judge(answer, outcome.TRIES, now)
    got: dict[str, Any] = {
        "fetched_at": now,
        "found_at": now,
        "final_url": answer.final_url or None,
        "http_status": answer.status,
        "content_type": answer.content_type[:200] or None,
        "headers": outcome.kept_headers(answer),
        "request": dict(answer.request) or None,
    }
    if isinstance(verdict, outcome.Fetched):
        return got | {"body": answer.body}
    return got | {"refused": verdict.reason if isinstance(verdict, outcome.Refused) else "waiting"}


def _given(values: dict[str, Any], whole: bool = False) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None} | {"whole": whole}


def _word(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _is_html(body: bytes) -> bool:
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return b"<html" in start or start.startswith((b"<!doctype html", b"<head", b"<body"))


_CANONICAL = re.compile(r"<link\s[^<>]{0,1000}rel\s*=\s*[\"']?canonical[^<>]{0,1000}>", re.I)
_OG_URL = re.compile(r"<meta\s[^<>]{0,1000}og:url[^<>]{0,1000}>", re.I)
_VALUE = re.compile(r"(?:href|content)\s*=\s*[\"']?(https?://[^\s\"'<>]{1,2000})", re.I)


def _own_address(body: bytes) -> str | None:
    """The address that a saved page gives for itself."""
    head = decode(body[:300_000])
    for form in (_CANONICAL, _OG_URL):
        if (tag := form.search(head)) and (value := _VALUE.search(tag[0])):
            return resolve("", plain(value[1]))
    return None
