"""The daemon: stages woken by ticks and by each other, taken over from the dead, ended in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.engine import Connection

from core.errors import AlreadyRunning, ConfigError
from core.saying import Saying
from nightdesk import signals
from nightdesk.app import App
from nightdesk.config import Config
from nightdesk.page import Page
from nightdesk.stage import Stage
from nightdesk.wellbeing import trouble
from store import findings, runs

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: Seconds between two looks at what is due. A wake-up from the stage before comes sooner.
_TICK = 1.0
_HEARTBEAT = 10.0
_RECOVERY = 60.0
_PING = 60.0
_REPORTS = 15.0
#: A stop must end within 20 s: the crawl gets the first part, the other stages the rest.
_CRAWL_DEADLINE = 8.0
_STAGE_DEADLINE = 8.0


class Daemon:
    """The stages of one App, their schedule and their end."""

    def __init__(
        self,
        app: App,
        observe: Callable[[Connection], None] | None = None,
        reread: Callable[[], Config] | None = None,
    ) -> None:
        """`observe` is shown the database each second; `reread` reads the configuration anew, or raises ConfigError."""
        self.app = app
        self._observe = observe
        self._reread = reread
        self._reloading = asyncio.Lock()
        self._asides: set[asyncio.Task[Any]] = set()  # what nobody waits for
        self._lost: AlreadyRunning | None = None
        names = ("process", "decide", "deliver", "report", "beat", "ping")
        self._threads = {name: ThreadPoolExecutor(1, thread_name_prefix=name) for name in names}
        self._began = app.clock()
        self._stop = asyncio.Event()
        self._rounds: set[asyncio.Task[Any]] = set()
        self._page = Page(app)
        self._catching_up = False  # after a long absence, until everything due was looked at once
        self._looked_everywhere = False
        self.crawl = Stage("crawl", self._crawl, self._stage_failed, self._stage_recovered)
        self.process = Stage("process", self._process, self._stage_failed, self._stage_recovered)
        self.decide = Stage("decide", self._decide, self._stage_failed, self._stage_recovered)
        self.deliver = Stage("deliver", self._deliver, self._stage_failed, self._stage_recovered)
        self.process.then(self.decide)
        self.decide.then(self.deliver)
        self.stages = (self.crawl, self.process, self.decide, self.deliver)

    @property
    def page_address(self) -> str:
        """Where the desk's page is; empty while it is closed."""
        return self._page.address

    async def run(self, on_ready: Callable[[], None], seconds: float | None = None) -> None:
        """Work until a signal, or for `seconds` from ready; then stop in order. Raises AlreadyRunning where the lock
        was lost to another.
        """
        self._take_signals()
        await self._in_thread("decide", self._take_over)
        scheduler = self._schedule()
        tasks = [asyncio.create_task(stage.run(), name=stage.name) for stage in self.stages]
        scheduler.start()
        await self._page.open()
        self._aside(self._beside("warm_up", self.app.alerter.warm_up, "ping"))
        on_ready()
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            await self._drain()
        finally:
            scheduler.shutdown(wait=False)
            await self._end(tasks)
        if self._lost is not None:
            raise self._lost

    def stop(self) -> None:
        self._stop.set()

    # -- stages ---------------------------------------------------------------------------------------------------

    async def _crawl(self) -> None:
        """Start a round over what is due. Rounds are on different sites, so a slow one holds up nobody."""
        round_ = asyncio.create_task(self.app.crawler.round(on_progress=lambda _: self.process.wake()))
        self._rounds.add(round_)
        round_.add_done_callback(self._round_ended)

    def _round_ended(self, round_: asyncio.Task[Any]) -> None:
        self._rounds.discard(round_)
        if round_.cancelled():
            return
        error = round_.exception()
        if error is not None:
            self.crawl.failed(error)
            return
        report = round_.result()
        if report.sources:
            self.crawl.succeeded()
        if report.more:
            self.crawl.wake()
        elif not self._reloading.locked():
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
        scheduler.add_job(self._ping, "interval", seconds=_PING, id="ping")
        if self._observe is not None:
            scheduler.add_job(self._look, "interval", seconds=_TICK, id="look")
        scheduler.add_job(self._report, "interval", seconds=_REPORTS, id="report")
        scheduler.add_job(self._recover, "interval", seconds=_RECOVERY, id="recover")
        return scheduler

    async def _look(self) -> None:
        def look() -> None:
            with self.app.store.read() as db:
                assert self._observe is not None
                self._observe(db)

        await self._beside("look", look)

    async def _beat(self) -> None:
        app = self.app

        def beat() -> None:
            app.keep_lock()
            app.store.unit(lambda db: runs.beat(db, app.run, app.clock()))

        await self._beside("heartbeat", beat)

    async def _ping(self) -> None:
        """Tell the dead man's switch that all is well, where it is and somebody asked for it."""
        app, url = self.app, self.app.config.operator.heartbeat.get_secret_value()

        def ping() -> None:
            from alerts.senders import heartbeat

            with app.store.read() as db:
                wake = findings.open_kinds(db, "wake")
            if reason := trouble(self.stages, wake, self._began, app.clock()):
                log.warning("heartbeat_withheld", reason=reason)
            elif failed := heartbeat.ping(url, app.clock()):
                log.warning("heartbeat_not_heard", reason=failed)

        if url:
            await self._beside("ping", ping, "ping")

    async def _report(self) -> None:
        """Ask the queries of scheduled reports whose hour has come; what takes long holds up no news."""

        def tell() -> None:
            self.app.reports.tell()

        if self.app.config.reports:
            await self._beside("reports", tell, "report")

    async def _recover(self) -> None:
        await self._beside("recovery", self.app.recover_leases)
        await self._page.open()

    async def _beside(self, what: str, work: Callable[[], None], thread: str = "beat") -> None:
        """Work beside the stages, which comes again: a database that is busy or away must not end it."""
        try:
            await self._in_thread(thread, work)
        except AlreadyRunning as error:
            log.error("lock_lost", reason=str(error))
            self._lost = error
            self._stop.set()
        except Exception as error:
            log.warning(f"{what}_missed", reason=f"{type(error).__name__}: {error}".partition("\n")[0])
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise

    # -- begin and end --------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Holding the lock, this is the only daemon: what earlier ones were at is ours now."""
        app, now = self.app, self.app.clock()
        with app.store.read() as db:
            seen = runs.last_seen(db, before=app.run)
        app.recover_leases()
        app.store.unit(self._forget)
        self._catching_up = app.alerter.resume(None if seen is None else now - seen)

    def _take_signals(self) -> None:
        loop = asyncio.get_running_loop()

        def end(number: int) -> None:
            signals.told_to_end(number)
            self._stop.set()

        for number in signals.ENDING:
            loop.add_signal_handler(number, end, number)
        # Without a configuration to read again, a terminal that closes ends what ran in it.
        loop.add_signal_handler(signal.SIGHUP, *((self.reload,) if self._reread else (end, signal.SIGHUP)))

    # -- a new configuration --------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the configuration again and go on with it; one with mistakes leaves the old in force."""
        self._aside(self._reload())

    async def _reload(self) -> None:
        async with self._reloading:
            if self._reread is None or self._stop.is_set():
                return
            try:
                config = await asyncio.to_thread(self._reread)
                self.app.require_same_place(config)
            except ConfigError as error:
                log.error("configuration_refused", mistakes=[str(mistake) for mistake in error.mistakes])
                await self._note(
                    "configuration_refused",
                    "reload",
                    Saying("reload_refused", "The old one stays in force. {error}", {"error": str(error)}),
                )
                return
            try:
                await self._apply(config)
            except Exception as error:
                log.exception("configuration_not_applied")
                await self._note(
                    "configuration_refused",
                    "reload",
                    Saying("reload_failed", "It could not be applied: {error}", {"error": str(error)}),
                )
                return
            await self._end_note("configuration_refused", "reload")

    async def _apply(self, config: Config) -> None:
        """Stage by stage, each in its own thread and so between two runs of it."""
        app = self.app
        # First the tables, in one transaction: where that fails, all stays as it was.
        await self._in_thread("decide", lambda: app.configure(config))
        await self._in_thread("decide", lambda: app.store.unit(self._forget))
        await self._in_thread("process", app.renew_pipeline)
        if app.crawler_is_outdated:
            await app.crawler.stop(_CRAWL_DEADLINE)
            app.renew_crawler()
        await self._page.renew()
        for stage in self.stages:
            stage.wake()
        log.info(
            "configuration_applied",
            sources=len(config.sources),
            watches=len(config.watches),
            channels=len(config.channels),
        )

    def _forget(self, db: Connection) -> None:
        """Findings that are over by the configuration that holds now."""
        app, now = self.app, self.app.clock()
        findings.end_all(db, "configuration_refused", now)
        findings.end_all(db, "report_failed", now, but=[report.name for report in app.config.reports])

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
        await self._page.close()
        await self.app.crawler.stop(_CRAWL_DEADLINE)
        for stage in self.stages:
            stage.stop()
        await asyncio.wait([*tasks, *self._rounds], timeout=_STAGE_DEADLINE)
        for executor in self._threads.values():
            executor.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, name: str, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads[name], work)

    # -- findings -------------------------------------------------------------------------------------------------

    def _stage_failed(self, stage: str, error: BaseException) -> None:
        if getattr(self, stage).failures > 1:  # once may be chance
            about = {"stage": stage, "error": f"{type(error).__name__}: {error}"}
            self._aside(
                self._note("stage_failed", stage, Saying("stage_failed", "the {stage} stage failed: {error}", about))
            )

    def _stage_recovered(self, stage: str) -> None:
        self._aside(self._end_note("stage_failed", stage))

    async def _note(self, kind: str, subject: str, detail: Saying) -> None:
        def note() -> None:
            with self.app.store.write() as db:
                findings.note(db, kind, subject, "wake", detail, self.app.clock())

        with contextlib.suppress(Exception):  # the database may be what failed
            await self._in_thread("beat", note)

    async def _end_note(self, kind: str, subject: str) -> None:
        with contextlib.suppress(Exception):
            await self._in_thread(
                "beat", lambda: self.app.store.unit(lambda db: findings.end(db, kind, subject, self.app.clock()))
            )

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
