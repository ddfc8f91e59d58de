"""One stage's due work, or one round, by hand: what the commands beside the daemon do."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import AlreadyRunning, NotFound, StoreError
from nightdesk.app import App, holder
from store import history, lock, runs

if TYPE_CHECKING:
    from alerts.run import DeliverReport
    from crawler.handed import About
    from crawler.ingest import Taken
    from crawler.report import RoundReport
    from pipeline.run import ProcessReport

_BATCH = 50  # inputs taken in before their pages are read


def daemon_is_running(app: App) -> bool:
    """Whether a daemon holds the lock of this database right now."""
    try:
        lock.hold(app.store, holder("probe")).release()
    except AlreadyRunning:
        return True
    return False


def ask_to_reload(app: App) -> int:
    """Tell the daemon of this database to read its configuration again; its pid. Raises NotFound and StoreError."""
    with app.store.read() as db:
        at_work = runs.daemon(db)
    if at_work is None or not daemon_is_running(app):
        raise NotFound("no daemon is at work on this database; nightdesk run starts one")
    if at_work.host != socket.gethostname():
        raise StoreError(f"the daemon runs on {at_work.host}; ask there, or send its process {at_work.pid} a SIGHUP")
    os.kill(at_work.pid, signal.SIGHUP)
    return at_work.pid


def process(app: App) -> list[ProcessReport]:
    """Read every page that is due."""
    reports = []
    while (report := app.pipeline.run(limit=_BATCH)).pages:
        reports.append(report)
    return reports


def deliver(app: App) -> DeliverReport:
    """Decide about every change and deliver what is due."""
    if not daemon_is_running(app):
        app.recover_leases()
    app.alerter.decide()
    app.reports.tell()
    return app.alerter.deliver()


def finish(app: App) -> DeliverReport | None:
    """After taking something in: tell of it at once where no daemon will, else leave the telling to the daemon."""
    if daemon_is_running(app):
        return None
    app.recover_leases()
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
    progress: Callable[[RoundReport], None] | None = None,
) -> RoundReport:
    """One round now over what is due, the named sources or all; then read and tell."""
    from crawler import reactor

    with app.store.read() as db:
        seen = runs.last_seen(db, before=app.run)
    report = reactor.run(
        lambda: app.crawler.round(
            only=names or None, everything=everything, alert_backlog=alert_backlog, on_progress=progress
        )
    )
    process(app)
    if not daemon_is_running(app):
        app.alerter.resume(None if seen is None else app.clock() - seen)
    finish(app)
    return report


@dataclass(frozen=True)
class TakenIn:
    """What became of one input of `ingest`; `url` is as it was given."""

    url: str
    article_id: int | None
    state: str
    reason: str


def ingest(
    app: App,
    paths: Sequence[str],
    on_row: Callable[[TakenIn], None],
    *,
    about: About | None = None,
    no_alerts: bool = False,
) -> None:
    """Take files and addresses in through the same stages; `on_row` hears of each input when it has ended.

    `about` is what whoever hands them in says of them.
    """
    from crawler import reactor
    from crawler.ingest import ingest as take

    async def run() -> None:
        batch: list[Taken] = []
        async for taken in take(app.store, app.config.crawl, app.clock, list(paths), about=about, alerts=not no_alerts):
            batch.append(taken)
            if len(batch) == _BATCH:
                await asyncio.to_thread(_end_batch, app, batch, on_row)
                batch = []
        await asyncio.to_thread(_end_batch, app, batch, on_row)

    reactor.run(run)
    if not no_alerts:
        finish(app)


def _end_batch(app: App, batch: Sequence[Taken], on_row: Callable[[TakenIn], None]) -> None:
    process(app)
    with app.store.read() as db:
        outcomes = history.outcomes_of(db, [taken.page_id for taken in batch if taken.page_id is not None])
    for taken in batch:
        if taken.page_id is None:
            where = f"{taken.where}: " if taken.where else ""
            state = "left_out" if taken.state == "left_out" else "failed"
            on_row(TakenIn(taken.url, None, state, f"{where}{taken.error}"))
            continue
        outcome = outcomes.get(taken.page_id)
        if outcome is None:
            on_row(TakenIn(taken.url, None, "failed", "its page could not be read; nightdesk process tries again"))
        else:
            on_row(TakenIn(taken.url, outcome.article_id, outcome.state, outcome.reason))
