"""The pipeline's hands: takes the pages that are due, has them read in killable children, files each, one by one.

One page is one transaction. A process that is killed between any two of them, or within one, loses nothing: the page
is due again and comes out the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from core import faults
from core.clock import Clock
from core.errors import NotFound
from core.pool import Outcome, Pool
from core.query import Vocabulary
from core.saying import Saying, Value
from core.watch import Watch, not_valid
from pipeline import vanished
from pipeline.compiled import without_collecting
from pipeline.config import PIPELINE_VERSION, PipelineConfig
from pipeline.filing import Desk, Filed, file_reading
from pipeline.match import Matcher, readable
from pipeline.packing import Packing
from pipeline.reader import Job, ReadPage, read_page
from pipeline.recent import Recent
from pipeline.refolding import Refolding
from pipeline.ruled import Ruled, from_json
from pipeline.values import Given, GivenRow
from store import articles, findings, matches
from store.articles import DuePage
from store.engine import Store
from store.matches import AskedWatch

log = structlog.get_logger(__name__)

Read = Callable[[Job], ReadPage]

_OVERLAP = 1_000  # ids below the newest page that another process may still commit


@dataclass
class ProcessReport:
    """What one run did with its pages."""

    articles: int = 0
    versions: int = 0
    duplicates: int = 0
    not_articles: int = 0
    blocked: int = 0
    failed: int = 0
    retries: int = 0
    developments: int = 0
    changes: dict[str, int] = field(default_factory=dict)  # by kind: new, update, correction

    @property
    def pages(self) -> int:
        return self.articles + self.versions + self.duplicates + self.not_articles + self.blocked + self.failed

    def count(self, filed: Filed) -> None:
        if filed.is_new_version:
            self.versions += 1
        else:
            name = {"article": "articles", "duplicate": "duplicates", "blocked": "blocked", "failed": "failed"}
            counter = "retries" if filed.state == "retry" else name.get(filed.state, "not_articles")
            setattr(self, counter, getattr(self, counter) + 1)
        self.developments += filed.founded
        if filed.change:
            self.changes[filed.change] = self.changes.get(filed.change, 0) + 1


class Pipeline:
    """From pages to articles, matches, developments and changes."""

    def __init__(
        self,
        store: Store,
        config: PipelineConfig,
        clock: Clock,
        max_age: timedelta,
        pool: Pool | None = None,
        vocabulary: Vocabulary | None = None,
        read: Read = read_page,
        replayed: Mapping[int, Ruled] | None = None,
    ) -> None:
        """Without a `pool` pages are read in this process, where nothing can cut them short.

        `replayed`: the pages are those of another store, and this is what was ruled of their articles there.
        """
        self._store = store
        self._config = config
        self._clock = clock
        self._max_age = max_age
        self._pool = pool
        self._vocabulary = vocabulary
        self._read = read
        self._replayed = replayed
        self._recent = Recent(config.window)
        self._matcher: Matcher | None = None
        self._stamp: object = None
        self._done_below = 0  # every page up to this id has its outcome
        self._packing = Packing(store)
        self._refolding = Refolding(store)

    def run(self, limit: int | None = None, stop: Callable[[], bool] = lambda: False) -> ProcessReport:
        """End what pages are due, at most `limit` of them, until `stop` says so."""
        report = ProcessReport()
        for page, outcome in self._readings(limit, stop):
            faults.hit("process.after_extract")
            desk = self.desk()
            try:
                filed = self._file(desk, page, outcome)
            except sa.exc.OperationalError:
                raise  # the database's trouble, not the page's: it stays due
            except Exception as error:
                log.exception("page_failed", page=page.id, url=page.url)
                filed = self._give_up(page, f"{type(error).__name__}: {error}")
            if filed is not None:
                report.count(filed)
        vanished.note(self._store, self._clock())
        if not report.pages:
            self._idle()
        return report

    def _idle(self) -> None:
        """What brings an archive from before to how articles are filed now, and findings to the watches of now."""
        self.matcher()
        self._refolding.go_on()  # which packs too
        if self._refolding.is_over:
            self._packing.go_on()

    # --- Reading ----------------------------------------------------------------------------------------------

    def _readings(self, limit: int | None, stop: Callable[[], bool]) -> Iterator[tuple[DuePage, Outcome[ReadPage]]]:
        """New pages with what was read of them, then those that were cut short before or in this run."""
        read = 0
        for due in (self._due, self._due_again):
            for pair in self._ahead(due(None if limit is None else limit - read, stop)):
                read += 1
                yield pair

    def _ahead(self, due: Iterator[DuePage]) -> Iterator[tuple[DuePage, Outcome[ReadPage]]]:
        """Pages in their order, some read ahead while one is filed."""
        waiting: deque[tuple[DuePage, Future[Outcome[ReadPage]] | Outcome[ReadPage]]] = deque()
        while True:
            while len(waiting) < (self._config.ahead if self._pool else 1) and (page := next(due, None)):
                faults.hit("process.before_extract")
                waiting.append((page, self._start(page)))
            if not waiting:
                return
            page, started = waiting.popleft()
            yield page, started if isinstance(started, Outcome) else self._wait(started)

    def _due(self, limit: int | None, stop: Callable[[], bool]) -> Iterator[DuePage]:
        after, given = self._done_below, 0
        while not stop() and (limit is None or given < limit):
            size = min(self._config.batch, limit - given if limit is not None else self._config.batch)
            with self._store.read() as db:
                batch = articles.pages_to_process(db, after, size)
                newest = articles.last_page_id(db)
            if not batch:
                self._done_below = max(self._done_below, newest - _OVERLAP)
                break
            for page in batch:
                if stop():
                    return
                given += 1
                yield page
            after = batch[-1].id

    def _due_again(self, limit: int | None, stop: Callable[[], bool]) -> Iterator[DuePage]:
        with self._store.read() as db:
            cut_short = articles.pages_to_retry(db, self._config.batch if limit is None else max(limit, 0))
        for page in cut_short:
            if stop():
                return
            yield page

    def _start(self, page: DuePage) -> Future[Outcome[ReadPage]] | Outcome[ReadPage]:
        try:
            job = self._job(page)
        except NotFound as error:
            if not page.given.get("text"):
                return Outcome(error=str(error))
            job = self._job(replace(page, sha256=None))
        if self._pool is not None:
            return self._pool.submit(self._read, job)
        return self._read_here(job)

    def _wait(self, future: Future[Outcome[ReadPage]]) -> Outcome[ReadPage]:
        assert self._pool is not None
        return self._pool.outcome(future)

    def _read_here(self, job: Job) -> Outcome[ReadPage]:
        try:
            return Outcome(value=self._read(job))
        except Exception as error:
            return Outcome(error=f"{type(error).__name__}: {error}")

    def _job(self, page: DuePage) -> Job:
        return Job(
            url=page.final_url or page.url,
            found_at=page.found_at,
            given=given_of(page.given),
            body=self._store.bodies.get(page.sha256) if page.sha256 else None,
            content_type=page.content_type,
            topics_dir=self._config.topics_dir,
        )

    def _read_given(self, page: DuePage) -> Outcome[ReadPage]:
        """What came with the page, read without its body."""
        job = self._job(replace(page, sha256=None))
        return self._pool.run(self._read, job) if self._pool is not None else self._read_here(job)

    # --- Filing -----------------------------------------------------------------------------------------------

    def _file(self, desk: Desk, page: DuePage, outcome: Outcome[ReadPage]) -> Filed | None:
        """File what was read; None where another process ended the page meanwhile."""
        failure = outcome.error
        if outcome.died and page.attempts == 0:
            return self._cut_short(page, failure)
        if failure:
            if not (page.given.get("text") or page.given.get("title")):
                return self._give_up(page, failure)
            outcome = self._read_given(page)
        if outcome.value is None or (failure and outcome.value.extract.state != "article"):
            return self._give_up(page, failure or outcome.error)
        if failure:
            self._note(page, failure)
        reading = outcome.value
        reason = f"its page could not be read ({failure}); text of the feed" if failure else ""
        filed = self._store.unit(lambda db: file_reading(db, desk, page, reading, reason))
        faults.hit("process.after_commit")
        if filed is not None and filed.development_id is not None:
            self._recent.forget(filed.development_id)
        return filed

    def desk(self) -> Desk:
        """What filing needs, as of now."""
        return Desk(self._config, self._clock(), self._max_age, self._recent, self.matcher(), self._replayed)

    def matcher(self) -> Matcher:
        """The watches of this moment; read anew when one was added, edited or retired."""
        with self._store.read() as db:
            stamp = matches.watches_stamp(db)
            if self._matcher is None or stamp != self._stamp:
                rows = matches.watches_to_ask(db)
                complained: list[str] = []

                def complain(name: str, detail: Saying | str) -> None:
                    complained.append(name)
                    self._complain(name, detail)

                valid = _valid(rows, complain)
                with without_collecting():
                    asked = readable(
                        valid, self._vocabulary, lambda watch, error: complain(watch.name, str(error).split("\n")[0])
                    )
                    self._matcher, self._stamp = Matcher(asked), stamp
                self._forget_all(complained, db)
        return self._matcher

    def _forget_all(self, but: Sequence[str], db: Connection) -> None:
        """Whatever watch was mended or retired since it was complained of."""
        if any(row.subject not in but for row in findings.of_kind(db, "watch_unreadable")):
            now = self._clock()
            self._store.unit(lambda db: findings.end_all(db, "watch_unreadable", now, but=but))

    def _complain(self, name: str, detail: Saying | str) -> None:
        log.warning("watch_unreadable", watch=name, reason=str(detail))
        now = self._clock()
        self._store.unit(lambda db: findings.note(db, "watch_unreadable", name, "wake", detail, now))

    def _cut_short(self, page: DuePage, reason: str) -> Filed | None:
        return self._end(page, "retry", reason)

    def _give_up(self, page: DuePage, reason: str) -> Filed | None:
        self._note(page, reason)
        state = "blocked" if page.refused else "failed"
        return self._end(page, state, f"{page.refused}: {reason}" if page.refused else reason)

    def _end(self, page: DuePage, state: str, reason: str) -> Filed | None:
        log.warning("page_unread", page=page.id, url=page.url, state=state, reason=reason)
        now = self._clock()

        def end(db: Any) -> Filed | None:
            if not articles.claim_page(db, page.id, page.attempts, PIPELINE_VERSION, now):
                return None
            articles.end_page(db, page.id, state, reason, None, now)
            return Filed(state)

        return self._store.unit(end)

    def _note(self, page: DuePage, reason: str) -> None:
        now = self._clock()
        subject = page.source or "ingested pages"
        page_named: Value = Saying("restricted_report", "a restricted report") if page.restricted else page.url
        detail = Saying("page_unreadable", "{page}: {reason}", {"page": page_named, "reason": reason})
        self._store.unit(lambda db: findings.note(db, "page_unreadable", subject, "daily", detail, now))


def _valid(
    rows: Iterable[AskedWatch], complain: Callable[[str, Saying | str], None]
) -> Iterator[tuple[int, int, Watch]]:
    """The watches as values; those whose definition is none are complained of, and stop no other."""
    for row in rows:
        try:
            watch = Watch.model_validate(row.definition)
        except ValidationError as error:
            complain(row.name, not_valid(error))
        else:
            yield row.id, row.revision, watch


def given_of(value: Mapping[str, Any]) -> Given:
    """What the crawler wrote down with a page."""
    published = value.get("published_at")
    return Given(
        title=value.get("title"),
        text=value.get("text"),
        byline=value.get("byline"),
        published_at=datetime.fromisoformat(published) if published else None,
        outlet=value.get("outlet"),
        language=value.get("language"),
        speaker=value.get("speaker"),
        whole=bool(value.get("whole", False)),
        row=_row_of(value["row"]) if value.get("row") else None,
    )


def _row_of(value: Mapping[str, Any]) -> GivenRow:
    facts = tuple(fact for one in value.get("facts", ()) if (fact := from_json(one)) is not None)
    return GivenRow(value["key"], value["by"], tuple(value.get("topics", ())), tuple(value.get("events", ())), facts)
