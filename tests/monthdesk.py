"""The whole desk through a simulated month: crawler, pipeline and alerts on one store, from one due moment on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from core.watch import Watch
from crawler.health import Notice
from crawler.run import Crawler
from pipeline.config import PipelineConfig
from pipeline.run import Pipeline
from store import definitions, deliveries, findings, pages, revisits
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import add_source, config
from tests.month import START, Simulated
from tests.monthweb import MonthWeb

_STEP = timedelta(minutes=2)  # the shortest pace of a source: nothing is due much sooner
_DAY = timedelta(days=1)
MAX_AGE = timedelta(days=7)


class MonthDesk:
    """A desk with one watch on the beat and one channel, a webhook. Use `run` once."""

    def __init__(self, store: Store, sources: Sequence[Simulated], hook: str) -> None:
        self.store, self.sources = store, sources
        self.clock = FakeClock(START)
        self.web = MonthWeb(sources, self.clock)
        self.errors: list[str] = []
        self.ids = {one.name: add_source(store, one.source, START) for one in sources}
        self._crawler = Crawler(store, config(), self.clock, MAX_AGE, _no_wait, self.web.open, lambda: 0.5)
        self._pipeline = Pipeline(store, PipelineConfig(), self.clock, MAX_AGE)
        channels = {"hook": Channel(url=(hook,), storm_cap=1_000_000)}  # type: ignore[arg-type]
        operator = OperatorConfig(channels=("hook",))
        self._alerter = Alerter(store, channels, operator, self.clock, "desk:1:a", max_age=MAX_AGE)
        self._add_watch()

    def run(self, days: float, on_day: Callable[[int], object] = lambda day: None) -> None:
        """Work until the month is over and everything found is told; `on_day` hears of each day that has passed."""
        before = structlog.get_config()
        structlog.configure(processors=[self._listen])
        try:
            asyncio.run(self._run(START + timedelta(days=days), on_day))
        finally:
            structlog.configure(**before)
            self._crawler.close()
            self._alerter.close()
        self._hand_over()

    async def _run(self, end: datetime, on_day: Callable[[int], object]) -> None:
        heard, day = START, 0
        while self.clock.now < end:
            busy = False
            for _ in range(50):
                report = await self._crawler.round()
                busy = busy or bool(report.pages)
                if report.pages and self._pipeline.run().pages:
                    self._alerter.decide()
                    self._alerter.deliver()
                if not report.more:
                    break
            if self.clock.now - heard >= timedelta(hours=1):
                heard = self.clock.now
                self._alerter.decide()
                self._alerter.tell_findings()
                self._alerter.deliver()
            if (passed := (self.clock.now - START).days) > day:
                on_day(day := passed)
            # What was just read is enrolled for second looks by the round after.
            soon = self.clock.now + _STEP
            self.clock.now = soon if busy else max(self._next_due(), soon)
        self._alerter.decide()
        self._alerter.deliver()

    def _next_due(self) -> datetime:
        with self.store.read() as db:
            due = [
                db.scalar(sa.select(sa.func.min(pages.source_states.c.next_visit_at))),
                db.scalar(sa.select(sa.func.min(revisits.revisits.c.due_at))),
                db.scalar(sa.select(sa.func.min(pages.items.c.not_before)).where(pages.items.c.ended_at.is_(None))),
                db.scalar(
                    sa.select(sa.func.min(deliveries.deliveries.c.not_before)).where(
                        deliveries.deliveries.c.state == "pending"
                    )
                ),
            ]
        return min((moment for moment in due if moment is not None), default=self.clock.now + _DAY)

    def _add_watch(self) -> None:
        watch = Watch(
            name="beat",
            topics=("scam_centres",),
            channels=("hook",),
            group_wait=timedelta(),
            update_interval=timedelta(),
        )
        then = START - _DAY
        with self.store.write() as db:
            row = {"name": watch.name, "origin": "file", "mode": watch.mode, "revision": 1}
            row |= {"definition": watch.model_dump(mode="json"), "created_at": then, "edited_at": then}
            db.execute(sa.insert(definitions.watches).values(**row))

    def _listen(self, _: Any, method: str, event: MutableMapping[str, Any]) -> str:
        if method in ("error", "critical", "exception"):
            self.errors.append(str(event)[:500])
        raise structlog.DropEvent

    def _hand_over(self) -> None:
        """What the store knows of each source, to where `month.judge` looks."""
        with self.store.read() as db:
            noted = list(db.execute(sa.select(findings.findings).order_by(findings.findings.c.id)))
            states = {row.source_id: row for row in db.execute(sa.select(pages.source_states))}
            counted = sa.select(pages.visits.c.source_id, sa.func.count()).group_by(pages.visits.c.source_id)
            visits = {row[0]: row[1] for row in db.execute(counted)}
        for one in self.sources:
            state = states[self.ids[one.name]]
            one.state = {"memory": state.memory}
            one.visits = visits[self.ids[one.name]]
            one.told = [
                (row.first_at, Notice(row.kind, row.severity, row.detail, row.cause))
                for row in noted
                if row.subject == one.name
            ]


async def _no_wait(_: float) -> None:
    """Pauses between requests are not what a month is about."""
