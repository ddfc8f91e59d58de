"""The daemon: stages woken by ticks and by each other, taken over from the dead, ended in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.engine import Connection

from nightdesk.app import App
from nightdesk.stage import Stage
from store import findings, runs

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: Seconds between two looks at what is due. A wake-up from the stage before comes sooner.
_TICK = 1.0
_HEARTBEAT = 10.0
_RECOVERY = 60.0
#: A stop must end within 20 s: the crawl gets the first part, the other stages the rest.
_CRAWL_DEADLINE = 8.0
_STAGE_DEADLINE = 8.0


class Daemon:
    """The stages of one App, their schedule and their end."""

    def __init__(self, app: App, observe: Callable[[Connection], None] | None = None) -> None:
        """`observe` is shown the database each second."""
        self.app = app
        self._observe = observe
        names = ("process", "decide", "deliver", "beat")
        self._threads = {name: ThreadPoolExecutor(1, thread_name_prefix=name) for name in names}
        self._stop = asyncio.Event()
        self._rounds: set[asyncio.Task[Any]] = set()
        self._catching_up = False  # after a long absence, until everything due was looked at once
        self._looked_everywhere = False
        self.crawl = Stage("crawl", self._crawl, self._note_failure)
        self.process = Stage("process", self._process, self._note_failure)
        self.decide = Stage("decide", self._decide, self._note_failure)
        self.deliver = Stage("deliver", self._deliver, self._note_failure)
        self.process.then(self.decide)
        self.decide.then(self.deliver)
        self.stages = (self.crawl, self.process, self.decide, self.deliver)

    async def run(self, on_ready: Callable[[], None], seconds: float | None = None) -> None:
        """Work until a signal, or for `seconds` from ready; then stop in order."""
        self._take_signals()
        await self._in_thread("decide", self._take_over)
        scheduler = self._schedule()
        tasks = [asyncio.create_task(stage.run(), name=stage.name) for stage in self.stages]
        scheduler.start()
        on_ready()
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            await self._drain()
        finally:
            scheduler.shutdown(wait=False)
            await self._end(tasks)

    def stop(self) -> None:
        self._stop.set()

    # -- stages ---------------------------------------------------------------------------------------------------

    async def _crawl(self) -> bool:
        """Start a round over what is due. Rounds are on different sites, so a slow one holds up nobody."""
        round_ = asyncio.create_task(self.app.crawler.round(on_progress=lambda _: self.process.wake()))
        self._rounds.add(round_)
        round_.add_done_callback(self._round_ended)
        return False

    def _round_ended(self, round_: asyncio.Task[Any]) -> None:
        self._rounds.discard(round_)
        if round_.cancelled():
            return
        error = round_.exception()
        if error is not None:
            log.error("round_failed", error=str(error), exc_info=error)
            self._note_failure("crawl", error)
        elif round_.result().more:
            self.crawl.wake()
        else:
            self._looked_everywhere = True

    async def _process(self) -> bool:
        report = await self._in_thread("process", lambda: self.app.pipeline.run(limit=50, stop=self._stop.is_set))
        if self._catching_up and self._looked_everywhere and not report.pages:
            self._catching_up = False
            await self._in_thread("decide", self.app.alerter.decide)
            await self._in_thread("decide", self.app.alerter.caught_up)
            self.deliver.wake()
        return bool(report.pages)

    async def _decide(self) -> bool:
        decided = (await self._in_thread("decide", self.app.alerter.decide)).decided
        told = await self._in_thread("decide", self.app.alerter.tell_findings)
        return bool(decided or told)

    async def _deliver(self) -> bool:
        report = await self._in_thread("deliver", lambda: self.app.alerter.deliver(stop=self._stop.is_set))
        return bool(report.sent)

    # -- schedule -------------------------------------------------------------------------------------------------

    def _schedule(self) -> AsyncIOScheduler:
        """The ticks. No state lives here: what is due is a query of each stage."""
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for stage in self.stages:
            scheduler.add_job(stage.wake, "interval", seconds=_TICK, id=stage.name)
        scheduler.add_job(self._beat, "interval", seconds=_HEARTBEAT, id="beat")
        if self._observe is not None:
            scheduler.add_job(self._look, "interval", seconds=_TICK, id="look")
        scheduler.add_job(self._recover, "interval", seconds=_RECOVERY, id="recover")
        return scheduler

    async def _look(self) -> None:
        def look() -> None:
            with self.app.store.read() as db:
                assert self._observe is not None
                self._observe(db)

        await self._in_thread("beat", look)

    async def _beat(self) -> None:
        app = self.app
        with contextlib.suppress(Exception):  # a busy database must not end the heartbeat; the next one comes
            await self._in_thread("beat", lambda: app.store.unit(lambda db: runs.beat(db, app.run, app.clock())))

    # -- begin and end --------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Holding the lock, this is the only daemon: what earlier ones were at is ours now."""
        app, now = self.app, self.app.clock()
        with app.store.read() as db:
            seen = runs.last_seen(db, before=app.run)
        app.recover_leases()
        self._catching_up = app.alerter.resume(None if seen is None else now - seen)

    async def _recover(self) -> None:
        await self._in_thread("beat", self.app.recover_leases)

    def _take_signals(self) -> None:
        loop = asyncio.get_running_loop()

        def on_signal(number: int) -> None:
            if self._stop.is_set():
                log.warning("stopped_at_once", signal=signal.Signals(number).name)
                os._exit(1)
            log.info("stopping", signal=signal.Signals(number).name)
            self._stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, on_signal, number)

    async def _drain(self) -> None:
        """Before a planned end: finish what was found, and tell what waits for company that cannot come."""
        await self.app.crawler.stop(_CRAWL_DEADLINE)
        while (await self._in_thread("process", lambda: self.app.pipeline.run(stop=self._stop.is_set))).pages:
            pass
        await self._in_thread("decide", self.app.alerter.decide)
        await self._in_thread("decide", self.app.alerter.release_waiting)
        await self._in_thread("deliver", lambda: self.app.alerter.deliver(stop=self._stop.is_set))

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        """Stop the crawl, let each stage finish its transaction; whatever is cut off is due at the next start."""
        self._stop.set()
        await self.app.crawler.stop(_CRAWL_DEADLINE)
        for stage in self.stages:
            stage.stop()
        await asyncio.wait([*tasks, *self._rounds], timeout=_STAGE_DEADLINE)
        for executor in self._threads.values():
            executor.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, name: str, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads[name], work)

    def _note_failure(self, stage: str, error: BaseException) -> None:
        app = self.app
        detail = f"the {stage} stage failed: {type(error).__name__}: {error}"
        with contextlib.suppress(Exception):  # the database may be what failed
            with app.store.write() as db:
                findings.note(db, "stage_failed", stage, "wake", detail, app.clock())
