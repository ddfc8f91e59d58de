"""Taking in what was not crawled: pages, feeds, documents, archives, lines, addresses. A bad one stops nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy.exc import DataError

from core.clock import Clock
from crawler import documents, handed, outcome, pictures
from crawler.answer import Answer
from crawler.config import CrawlConfig
from crawler.fetch import Fetcher, Manners
from crawler.handed import About
from crawler.inputs import inputs
from crawler.values import BadInput, Input
from store import pages
from store.engine import Store

log = structlog.get_logger(__name__)


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


async def ingest(
    store: Store,
    config: CrawlConfig,
    clock: Clock,
    paths: list[str],
    *,
    about: About | None = None,
    alerts: bool = True,
    manners: Manners | None = None,
) -> AsyncIterator[Taken]:
    """Write a page for each input of `paths` (files, folders, addresses, `-`), and tell of each as it is written.

    `about` is what whoever hands them in says of them. Addresses need the reactor of crawler.reactor to run; files do
    not.
    """
    origin: Literal["live", "backfill"] = "live" if alerts else "backfill"
    about = about or About()
    async with AsyncExitStack() as stack:
        fetcher: Fetcher | None = None
        for path in paths:
            for one in inputs(path, about):
                if isinstance(one, BadInput):
                    yield _left(one)
                elif one.body is not None or (one.given or {}).get("text"):
                    yield _write(store, _marked(one, about), {}, origin, clock())
                else:
                    if fetcher is None:
                        from crawler.ask import open_fetcher  # takes a second to import, and files need none

                        fetcher = await stack.enter_async_context(open_fetcher(config, clock))
                    answer = await fetcher.page(one.url, manners or Manners(config.delay.total_seconds()))
                    known = _known(one, answer, about)
                    if isinstance(known, BadInput):
                        yield _left(known)
                    else:
                        fetched = _fetched(one, answer, clock())
                        if known is not one:  # read, whatever is said of its kind
                            fetched.pop("refused", None)
                        yield _write(store, _marked(known, about), fetched, origin, clock())


def _marked(one: Input, about: About) -> Input:
    return replace(one, restricted=one.restricted or about.restricted)


def _left(bad: BadInput) -> Taken:
    return Taken(bad.url, error=bad.error, where=bad.where, state=bad.state)


def _known(one: Input, answer: Answer, about: About) -> Input | BadInput:
    """A page as it was asked for; a document or a picture with the words in it."""
    about = replace(about, url=one.url)
    if answer.ok and documents.is_pdf(answer.body):
        return handed.of_document(answer.body, about, one.where)
    if answer.ok and (kind := pictures.kind_of(answer.body)) is not None:
        return handed.of_picture(answer.body, kind, about, one.where)
    return one


def _write(store: Store, one: Input, fetched: dict[str, Any], origin: str, now: datetime) -> Taken:
    """The page of one input, in a transaction of its own, its body before it."""
    values: dict[str, Any] = {
        "url": one.url,
        "fetched_at": one.fetched_at or now,
        "found_at": one.fetched_at or now,
        "origin": origin,
        "given": one.given or {"whole": False},
        "content_type": one.content_type,
        "http_status": one.http_status,
        "headers": dict(one.headers) if one.headers else None,
        "restricted": one.restricted,
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
