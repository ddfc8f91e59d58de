"""One stage's due work, or one round, by hand: what the commands beside the daemon do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog

from core.errors import AlreadyRunning
from nightdesk.app import App, holder
from store import lock
from store.articles import page_outcomes_of

if TYPE_CHECKING:
    from alerts.run import DeliverReport
    from crawler.run import RoundReport
    from pipeline.run import ProcessReport

log = structlog.get_logger(__name__)

_BATCH = 50  # inputs taken in before their pages are read


def daemon_is_running(app: App) -> bool:
    """Whether a daemon holds the lock of this database right now."""
    try:
        lock.hold(app.store, holder("probe")).release()
    except AlreadyRunning:
        return True
    return False


def process(app: App) -> list[ProcessReport]:
    """Read every page that is due."""
    reports = []
    while (report := app.pipeline.run(limit=_BATCH)).pages:
        reports.append(report)
    return reports


def deliver(app: App) -> DeliverReport:
    """Decide about every change and deliver what is due."""
    app.alerter.decide()
    return app.alerter.deliver()


def finish(app: App) -> DeliverReport | None:
    """After taking something in: tell of it at once where no daemon will, else leave the telling to the daemon."""
    if daemon_is_running(app):
        return None
    app.alerter.decide()
    # Nothing more can join: the groups need not wait.
    app.alerter.release_waiting()
    return app.alerter.deliver()


def crawl(
    app: App,
    names: Collection[str] = (),
    *,
    everything: bool = False,
    alert_backlog: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> RoundReport:
    """One round now over what is due, the named sources or all; then read and tell."""
    from crawler import reactor

    gap = _downtime_so_far(app)
    report = reactor.run(
        lambda: app.crawler.crawl(
            only=names or None, everything=everything, alert_backlog=alert_backlog, on_progress=progress
        )
    )
    process(app)
    if gap is not None and not daemon_is_running(app):
        app.alerter.resume(gap)
    finish(app)
    return report


@dataclass(frozen=True)
class Taken:
    """What became of one input of `ingest`."""

    url: str
    article_id: int | None
    state: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {"url": self.url, "article_id": self.article_id, "state": self.state, "reason": self.reason}
