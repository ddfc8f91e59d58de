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
from nightdesk import definitions
from nightdesk.config import Config
from store import lock, migrate, runs
from store.engine import Store, open_store

if TYPE_CHECKING:
    from alerts.run import Alerter
    from crawler.run import Crawler
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
            if alone:
                closing.callback(lock.hold(store, holder(command)).release)
            if alone or not migrate.is_current(store):
                _upgrade(store, clock(), locked=alone)
            run = store.unit(lambda db: runs.begin(db, command, clock()))
            closing.callback(lambda: store.unit(lambda db: runs.finish(db, run, clock())))
            store.unit(lambda db: definitions.sync(db, config, clock()))
            yield cls(config, clock, store, run, console or sys.stdout, closing)

    @cached_property
    def crawler(self) -> Crawler:
        from crawler.run import Crawler

        crawler = Crawler(self.store, self.config.crawl, self.clock, self.config.max_age)
        self._closing.callback(crawler.close)
        return crawler

    @cached_property
    def pipeline(self) -> Pipeline:
        from pipeline.reader import reading_pool
        from pipeline.run import Pipeline
        from pipeline.vocabulary import load_vocabulary

        pool = self._closing.enter_context(reading_pool(self.config.pipeline))
        config = self.config
        return Pipeline(self.store, config.pipeline, self.clock, config.max_age, pool, load_vocabulary())

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
        )
        self._closing.callback(alerter.close)
        return alerter

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
