"""Looking again at articles that matched: on a ladder, after everything new, a few in each round."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from core.clock import iso
from crawler import outcome, suspects
from crawler.answer import Answer
from crawler.charsets import decode
from crawler.fetch import Fetcher, Manners, manners_of, site_or_none
from crawler.means import Means
from crawler.plain import plain_line
from crawler.source import Source
from store import pages, revisits
from store.revisits import RevisitDue

log = structlog.get_logger(__name__)

#: Counted from the first fetch.
LADDER = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=30),
)
IN_A_ROUND = 20
AT_A_SITE = 2
_TRIES = 3
_PAUSE = timedelta(minutes=10)
_GONE = (404, 410)
_GONE_PAGES = frozenset({"soft_404", "home_page", "parked"})
_BATCH = 500
_LATELY = timedelta(hours=2)  # what matched is enrolled soon after it was found
_ENROL_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Seen:
    """What one look saw."""

    state: str  # same | different | gone | refused | unreachable
    reason: str | None = None


def next_look(first: datetime, now: datetime) -> datetime | None:
    """The next rung; those that were missed are not made up for."""
    return next((first + rung for rung in LADDER if first + rung > now), None)


def first_look(first: datetime, now: datetime) -> datetime | None:
    """When an article that just matched is looked at again: one of long ago only at a rung to come."""
    return first + LADDER[0] if now - first <= _LATELY else next_look(first, now)


def conditions(due: RevisitDue) -> dict[str, str]:
    """Headers that let the site answer 304, where it gave validators."""
    asked = {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified}
    return {name: value for name, value in asked.items() if value}


def judge(due: RevisitDue, answer: Answer, now: datetime) -> Seen:
    """What an answer says of a page that was there before."""
    if answer.status == 304:
        return Seen("same", "not modified")
    if answer.error is None and answer.status in _GONE:
        return Seen("gone", f"http_{answer.status}")
    verdict = outcome.judge(answer, 0, now)
    if isinstance(verdict, outcome.Later):
        return Seen("unreachable", answer.error or f"http_{answer.status}")
    if isinstance(verdict, outcome.Refused):
        return Seen("refused", verdict.reason)
    if (other := stands_instead(due, answer)) is not None:
        return Seen("gone" if other in _GONE_PAGES else "refused", other)
    same = hashlib.sha256(answer.body).hexdigest() == due.sha256
    return Seen("same" if same else "different", "the same bytes" if same else None)


def stands_instead(due: RevisitDue, answer: Answer) -> str | None:
    """What is shown in place of the article, a code of crawler.causes; None where the article is still there."""
    found = suspects.recognise(answer.body, url=due.url, final_url=answer.final_url, status=answer.status)
    if found is None or found == "home_page":
        return found
    # News may be about what was "not found", or a "security check"; a page that is there still has its headline.
    headline = plain_line(due.given.get("title"))
    shown = plain_line(decode(answer.body, answer.content_type)) or ""
    return None if headline and headline.casefold() in shown.casefold() else found


def remembered(due: RevisitDue, seen: Seen, answer: Answer, now: datetime) -> dict[str, Any]:
    """The row of `revisits` after a look."""
    rung = next_look(due.first_at, now)
    missed = seen.state == "unreachable"
    again = missed and due.tries + 1 < _TRIES
    values: dict[str, Any] = {
        "due_at": min(rung, now + _PAUSE) if again and rung else now + _PAUSE if again else rung,
        "tries": due.tries + 1 if missed else 0,
        "last_at": now,
        "state": seen.state,
        "reason": seen.reason,
    }
    if seen.state == "gone":
        values["gone_at"] = due.gone_at or now
    if seen.state == "different":
        values |= {
            "sha256": hashlib.sha256(answer.body).hexdigest(),
            "etag": answer.headers.get("etag"),
            "last_modified": answer.headers.get("last-modified"),
        }
    return values


def page_values(due: RevisitDue, answer: Answer, now: datetime) -> dict[str, Any]:
    """The row of `pages` for a look that saw other bytes. The feed's text is left behind: it is older."""
    return {
        "item_id": due.item_id,
        "source_id": due.source_id,
        "url": due.url,
        "final_url": answer.final_url or None,
        "fetched_at": now,
        "found_at": due.found_at,
        "origin": "live",  # of a baseline article an edit is baseline all the same: see the pipeline
        "http_status": answer.status,
        "content_type": answer.content_type[:200] or None,
        "headers": outcome.kept_headers(answer),
        "request": dict(answer.request) or None,
        "given": {name: value for name, value in due.given.items() if name != "text"},
    }


class Revisits:
    """Which second looks are due; those that matched since the last time are enrolled first."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._enrolled_at: datetime | None = None

    async def due(self, shut: Collection[str]) -> list[tuple[str, RevisitDue]]:
        """Due looks with their sites, so few that they hold up nothing new."""
        now = self._means.now()
        if self._enrolled_at is None or now - self._enrolled_at >= _ENROL_EVERY:
            since = now - (LADDER[-1] if self._enrolled_at is None else _LATELY)
            await self._enrol(since, now)
            self._enrolled_at = now
        chosen: list[tuple[str, RevisitDue]] = []
        counts: Counter[str] = Counter()
        for one in await self._means.read(lambda db: revisits.revisits_due(db, now, IN_A_ROUND * 10)):
            site = site_or_none(one.url)
            if site not in shut and counts[site] < AT_A_SITE and len(chosen) < IN_A_ROUND:
                counts[site] += 1
                chosen.append((site, one))
        return chosen

    async def _enrol(self, since: datetime, now: datetime) -> None:
        while found := await self._means.read(lambda db: revisits.matched_without(db, since, _BATCH)):
            rows = [
                {
                    "article_id": row.id,
                    "first_at": row.fetched_at,
                    "due_at": first_look(row.fetched_at, now),
                    "times": 0,
                    "tries": 0,
                    "etag": (row.headers or {}).get("etag"),
                    "last_modified": (row.headers or {}).get("last-modified"),
                    "sha256": row.sha256,
                }
                for row in found
            ]
            await self._means.write(lambda db, rows=rows: revisits.enrol(db, rows))  # type: ignore[misc]
            if len(found) < _BATCH:
                return


async def look_again(means: Means, fetcher: Fetcher, due: RevisitDue, source: Source | None) -> Seen | None:
    """One look: what it saw, kept. None where the site wants a pause or another process was first."""
    manners = manners_of(source, means.config) if source else Manners(means.config.delay.total_seconds())
    answer = await fetcher.page(due.url, manners, conditions(due))
    if answer.error == "waiting":
        return None
    now = means.now()
    seen = judge(due, answer, now)
    kept = await _keep(means, due, seen, answer, now)
    if kept and seen.state == "gone" and due.gone_at is None:
        log.info("article_gone", article=due.article_id, url=due.url, status=answer.status, at=iso(now))
    return seen if kept else None


async def _keep(means: Means, due: RevisitDue, seen: Seen, answer: Answer, now: datetime) -> bool:
    """The body, then its page with the look in one transaction."""
    values = page_values(due, answer, now)
    if seen.state == "different":
        values |= {"sha256": await means.keep_body(answer.body), "bytes": len(answer.body)}

    def work(db: Connection) -> bool:
        if not revisits.end_revisit(db, due, remembered(due, seen, answer, now)):
            return False
        if seen.state == "different":
            pages.add_page(db, values)
        return True

    return await means.write(work)
