"""The parts put together for one process: store, stages and their pools, opened and closed in order."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

import structlog

from core.clock import Clock, utc_now
from core.errors import ConfigError, Mistake
from nightdesk import definitions, logs
from nightdesk.config import Config
from nightdesk.house import open_house
from store import lock, migrate, runs
from store.engine import Store, open_store
from store.lock import Lock

if TYPE_CHECKING:
    from alerts.run import Alerter
    from core.pool import Pool
    from crawler.run import Crawler
    from nightdesk.reporting import Reports
    from pipeline.run import Pipeline

log = structlog.get_logger(__name__)


@dataclass
class App:
    """What a command or the daemon works with. Rooms are imported when they are first asked for."""

    config: Config
    clock: Clock
    store: Store
    run: runs.Run
    console: TextIO  # where the channel `console` writes
    _closing: ExitStack
    _lock: Lock | None = None
    _reading: Pool | None = None
    _crawls_by: Config | None = None

    @classmethod
    @contextmanager
    def open(
        cls,
        config: Config,
        command: str,
        clock: Clock = utc_now,
        *,
        alone: bool = False,
        console: TextIO | None = None,
    ) -> Iterator[App]:
        """Open the store, bring its schema and definitions up to date, note the run; close all at the end.

        `alone` holds the daemon's lock for as long; raises AlreadyRunning where another has it.
        """
        with ExitStack() as closing:
            store = open_store(config.database_url, config.data_dir)
            closing.callback(store.close)
            held = lock.hold(store, holder(command)) if alone else None
            if held is not None:
                closing.callback(held.release)
            if alone or not migrate.is_current(store):
                _upgrade(store, clock(), locked=alone)
            run = store.unit(lambda db: runs.begin(db, command, clock()))
            closing.callback(lambda: store.unit(lambda db: runs.finish(db, run, clock())))
            store.unit(lambda db: definitions.sync(db, config, clock()))
            yield cls(config, clock, store, run, console or sys.stdout, closing, held)

    @cached_property
    def crawler(self) -> Crawler:
        from crawler.run import Crawler

        self._crawls_by = self.config
        crawler = Crawler(self.store, self.config.crawl, self.clock, self.config.max_age)
        self._closing.callback(crawler.close)
        return crawler

    @cached_property
    def pipeline(self) -> Pipeline:
        from pipeline.reader import reading_pool
        from pipeline.run import Pipeline
        from pipeline.vocabulary import load_vocabulary

        config = self.config
        self._reading = self._closing.enter_context(reading_pool(config.pipeline))
        return Pipeline(self.store, config.pipeline, self.clock, config.max_age, self._reading, load_vocabulary())

    @cached_property
    def alerter(self) -> Alerter:
        from alerts.run import Alerter

        alerter = Alerter(
            self.store,
            self.config.channels,
            self.config.operator,
            self.clock,
            owner=self.run.owner,
            timezone=ZoneInfo(self.config.timezone),
            max_age=self.config.max_age,
            downtime=self.config.downtime,
            console=self.console,
            house=open_house(self.config),
        )
        self._closing.callback(alerter.close)
        return alerter

    @cached_property
    def reports(self) -> Reports:
        from nightdesk.reporting import Reports

        return Reports(self)

    def keep_lock(self) -> None:
        """Take the lock again where the database lost it. Raises AlreadyRunning where another was faster."""
        if self._lock is not None:
            self._lock.keep()

    # -- a new configuration --------------------------------------------------------------------------------------

    def require_same_place(self, config: Config) -> None:
        """Raises ConfigError where a configuration needs a restart: it names another database or folder."""
        file = str(config.file or "nightdesk.toml")
        moved = {
            "database.url": config.database_url != self.config.database_url,
            "data_dir": config.data_dir != self.config.data_dir,
        }
        if mistakes := [Mistake(file, key, "needs a restart to change") for key, differs in moved.items() if differs]:
            raise ConfigError(mistakes)

    def configure(self, config: Config) -> None:
        """Sources, watches and channels as `config` has them; crawler and pipeline go on with theirs until renewed."""
        self.store.unit(lambda db: definitions.sync(db, config, self.clock()))
        logs.configure(config.log, logs.secrets_of(config) | logs.secrets_of(self.config))
        self.alerter.configure(
            config.channels,
            config.operator,
            ZoneInfo(config.timezone),
            config.max_age,
            config.downtime,
            open_house(config),
        )
        self.config = config

    def renew_pipeline(self) -> None:
        """Read pages with the new configuration, and with topic files as they are now."""
        self.__dict__.pop("pipeline", None)  # the next who asks makes another
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    @property
    def crawler_is_outdated(self) -> bool:
        """Whether the crawler at work does what an earlier configuration said."""
        old = self._crawls_by
        return old is not None and (old.crawl, old.max_age) != (self.config.crawl, self.config.max_age)

    def renew_crawler(self) -> None:
        """Crawl with the new configuration. The old crawler must have been stopped."""
        self._crawls_by = None
        self.__dict__.pop("crawler", None)  # the next who asks makes another

    def recover_leases(self) -> None:
        """Take over at once the deliveries that runs left which are no more."""
        with self.store.write() as db:
            runs.bury_the_dead(db, self.run, self.clock())
            living = runs.unfinished_owners(db)
        self.alerter.recover(living)


def holder(command: str) -> str:
    """Who holds a lock, for whoever is refused it."""
    return f"nightdesk {command}, pid {os.getpid()} on {socket.gethostname()}"


def _upgrade(store: Store, now: datetime, *, locked: bool) -> None:
    held = None if locked else lock.hold(store, holder("db upgrade"))
    try:
        done = migrate.upgrade(store, now)
    finally:
        if held is not None:
            held.release()
    if done.before not in (None, done.after):
        log.info("database_upgraded", before=done.before, after=done.after, backup=str(done.backup or "none"))
