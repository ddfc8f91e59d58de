"""One round under way: visits sources, fetches pages, and writes each before the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from core import faults
from core.errors import StoreError
from core.urls import normalise_url
from crawler import feeds, outcome, visit
from crawler.aggregator import is_wrapped
from crawler.answer import Answer
from crawler.fetch import Fetcher, Manners, manners_of, site_or_none
from crawler.keep import keep_visit
from crawler.look import Before, Look, Looker
from crawler.means import Means
from crawler.remember import Visit
from crawler.report import RoundReport
from crawler.revisit import look_again
from crawler.source import PatternTooSlow, Source
from store import pages
from store.pages import ItemDue, SourceDue
from store.revisits import RevisitDue, end_revisit

log = structlog.get_logger(__name__)

#: Then the site's feeds have their turn again, before more of its pages.
_LONGEST_AT_SITE = timedelta(seconds=30)

Progress = Callable[[RoundReport], None]


@dataclass
class SiteWork:
    """What one round does at one site, in this order."""

    visits: list[SourceDue] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    revisits: list[RevisitDue] = field(default_factory=list)


class Round:
    """One crawl under way."""

    def __init__(self, means: Means, report: RoundReport, alert_backlog: bool, on_progress: Progress | None) -> None:
        self._means = means
        self._report = report
        self._alert_backlog = alert_backlog
        self._on_progress = on_progress
        self._sources: dict[int, tuple[SourceDue, Source | None]] = {}

    async def work_at(self, site: str, work: SiteWork, fetcher: Fetcher) -> None:
        """All visits of the site, then its pages, those just found among them, then second looks at old ones."""
        for due in work.visits:
            if self._means.stopping:
                return
            await self._visit_safely(due, fetcher)
            self._tell()
        began = self._means.now()
        for item_id in await self._items_at(site, work):
            if self._means.stopping or await fetcher.is_waiting(site) or self._means.now() - began > _LONGEST_AT_SITE:
                return
            await self._page_safely(item_id, fetcher)
            self._tell()
        for again in work.revisits:
            if self._means.stopping or await fetcher.is_waiting(site):
                return
            await self._look_again_safely(again, fetcher)
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._report)

    async def _items_at(self, site: str, work: SiteWork) -> list[int]:
        # What was due before is in the plan; most visits find nothing, and need not ask again.
        if not any(self._report.of(due.name).new for due in work.visits):
            return work.items
        each = self._means.config.round_pages_per_site
        now = self._means.now()
        of = [due.id for due in work.visits]
        found = await self._means.read(lambda db: pages.items_to_fetch(db, now, each * len(of), each, source_ids=of))
        here = [item_id for item_id, url, _ in found if site_or_none(url) == site]
        return list(dict.fromkeys([*here, *work.items]))[:each]

    async def _source(self, source_id: int) -> tuple[SourceDue, Source | None]:
        if source_id not in self._sources:
            due = await self._means.read(lambda db: pages.source_by_id(db, source_id))
            assert due is not None  # a foreign key of the item
            self._sources[source_id] = due, _defined(due)
        return self._sources[source_id]

    # visits

    async def _visit_safely(self, due: SourceDue, fetcher: Fetcher) -> None:
        """A source that hits upon a fault of ours fails like any other and stops nobody else."""
        started = self._means.now()
        try:
            await self._visit(due, fetcher)
        except (OperationalError, StoreError):
            raise
        except Exception:
            log.exception("visit_broke", source=due.name)
            await self._end_visit(Visit(due, _defined(due), started, error="internal"))

    async def _visit(self, due: SourceDue, fetcher: Fetcher) -> None:
        source = _defined(due)
        self._sources[due.id] = due, source
        started = self._means.now()
        faults.hit("crawl.before_visit")
        if source is None:
            await self._end_visit(Visit(due, None, started, error="definition"))
            return
        before = Before(visit.conditions(due, started), due.body_sha256, due.baseline_at, due.last_ok_at)
        manners = manners_of(source, self._means.config)
        found = await Looker(fetcher, self._means).look(source, manners, started, before)
        faults.hit("crawl.after_feed")
        if found.error == "waiting":  # the site asked for a pause: nothing was seen, nothing failed
            self._report.of(due.name).error = "waiting"
            return
        await self._end_visit(self._seen(due, source, started, found))

    def _seen(self, due: SourceDue, source: Source, started: datetime, found: Look) -> Visit:
        """The visit with what the look brought."""
        seen = Visit(due, source, started, found.answer, error=found.error, sha256=found.sha256)
        feed = found.feed
        if feed is None:
            return seen
        if feed.total > feeds.MAX_ENTRIES:
            log.warning("feed_too_long", source=due.name, entries=feed.total, taken=len(feed.entries))
        try:
            seen.entries, seen.keyed = feed.total, visit.keyed(feed.entries, source)
        except PatternTooSlow:
            seen.error = "pattern_too_slow"
        return seen

    async def _end_visit(self, seen: Visit) -> None:
        new = await self._means.write(lambda db: self._record(db, seen))
        faults.hit("crawl.after_visit")
        mine = self._report.of(seen.due.name)
        mine.visited += 1
        mine.new += new
        mine.baseline = mine.baseline or seen.baseline
        mine.error = seen.error
        if seen.baseline:
            log.info("baseline_taken", source=seen.due.name, items=new)
        if seen.error:
            log.warning("visit_failed", source=seen.due.name, reason=seen.error, failures=seen.due.failures + 1)

    def _record(self, db: Connection, seen: Visit) -> int:
        """The visit, its items, its validators and the next visit, in one transaction."""
        now = self._means.now()
        due = pages.source_by_id(db, seen.due.id) or seen.due
        keys = [key for one in seen.keyed for key in one.keys]
        aggregated = seen.source is not None and seen.source.type == "aggregator"
        new = visit.new_among(seen.keyed, pages.known_keys(db, due.id, keys), now, aggregated=aggregated)
        # The first visit that reads the feed is the baseline; a failed one is not.
        first = due.baseline_at is None and seen.error is None
        seen.baseline = first and not self._alert_backlog
        row = {
            "started_at": seen.started,
            "finished_at": now,
            "outcome": seen.outcome(bool(new)),
            "http_status": seen.answer.status if seen.answer else None,
            "error": seen.error,
            "entries": seen.entries,
            "baseline": seen.baseline,
        }
        an_hour = self._means.budget.limit(site_or_none(seen.source.url)) if seen.source else None
        added = keep_visit(db, seen, due, row, new, first, now, self._means.chance(), an_hour)
        faults.hit("crawl.in_visit")
        return added

    # pages

    async def _page_safely(self, item_id: int, fetcher: Fetcher) -> None:
        """An item that hits upon a fault of ours ends, so that it is not met again at each round."""
        try:
            await self._page(item_id, fetcher)
        except (OperationalError, StoreError):
            raise
        except Exception:
            log.exception("page_broke", item=item_id)
            now = self._means.now()
            await self._means.write(lambda db: pages.end_item(db, item_id, now, "refused", "internal"))

    async def _look_again_safely(self, again: RevisitDue, fetcher: Fetcher) -> None:
        """A look that hits upon a fault of ours is the last at its article."""
        due, source = await self._source(again.source_id)
        try:
            seen = await look_again(self._means, fetcher, again, source)
        except (OperationalError, StoreError):
            raise
        except Exception:
            log.exception("revisit_broke", article=again.article_id)
            broken = {"due_at": None, "state": "refused", "reason": "internal"}
            await self._means.write(lambda db: end_revisit(db, again, broken))
        else:
            self._report.of(due.name).revisited += seen is not None

    async def _page(self, item_id: int, fetcher: Fetcher) -> None:
        asked_at = self._means.now()
        item = await self._means.read(lambda db: pages.item_to_fetch(db, item_id, asked_at))
        if item is None:  # someone else was first
            return
        due, source = await self._source(item.source_id)
        mine = self._report.of(due.name)
        urls, aggregated = _spellings(item.url), source is not None and source.type == "aggregator"
        if await self._means.read(lambda db: pages.is_known_elsewhere(db, item, urls, aggregated=aggregated)):
            now = self._means.now()
            await self._means.write(lambda db: pages.end_item(db, item.id, now, "known"))
            mine.known += 1
            return
        if source is not None and outcome.is_at_hand(item, source):
            await self._take_at_hand(item, source)
            return
        site, budget = site_or_none(item.url), self._means.budget
        if not budget.left(site, asked_at, baseline=item.baseline):
            mine.later += 1
            return
        budget.spend(site, asked_at)
        manners = manners_of(source, self._means.config) if source else Manners(3.0)
        answer = await fetcher.page(item.url, manners)
        faults.hit("crawl.after_page")
        now = self._means.now()
        verdict = outcome.judge(answer, item.attempts, now)
        if isinstance(verdict, outcome.Later):
            mine.later += 1
            if verdict.counts and verdict.not_before is not None:
                until = verdict.not_before
                await self._means.write(lambda db: pages.postpone_item(db, item.id, item.attempts + 1, until))
            return
        values = outcome.page_values(item, source, answer, self._means.max_age, now)
        refused = verdict.reason if isinstance(verdict, outcome.Refused) else None
        body = answer.body if refused is None else None
        if await self._keep_page(item, values, body, refused, now):
            faults.hit("crawl.after_commit")
            mine.pages += refused is None
            mine.refused += refused is not None

    async def _take_at_hand(self, item: ItemDue, source: Source) -> None:
        """A post is its own page; a link that hides the publisher's address leads to none."""
        now = self._means.now()
        mine = self._report.of(source.name)
        refused = "wrapped" if is_wrapped(item.url) else None
        values = outcome.page_values(item, source, Answer(item.url), self._means.max_age, now)
        if await self._keep_page(item, values, None, refused, now):
            mine.pages += refused is None
            mine.refused += refused is not None

    async def _keep_page(
        self, item: ItemDue, values: dict[str, Any], body: bytes | None, refused: str | None, now: datetime
    ) -> bool:
        """The body, then the page with the end of its item in one transaction. False: someone else was first."""
        if body is not None:
            values |= {"sha256": await self._means.keep_body(body), "bytes": len(body)}
            faults.hit("crawl.after_body")
        values["refused"] = refused

        def work(db: Connection) -> bool:
            if not pages.end_item(db, item.id, now, "refused" if refused else "fetched", refused):
                return False
            pages.add_page(db, values)
            faults.hit("crawl.in_page")
            return True

        return await self._means.write(work)


def _defined(due: SourceDue) -> Source | None:
    try:
        return Source.model_validate(due.definition)
    except ValidationError as error:
        log.warning("definition_unusable", source=due.name, mistakes=error.error_count())
        return None


def _spellings(url: str) -> set[str]:
    try:
        return {url, normalise_url(url)}
    except ValueError:
        return {url}
