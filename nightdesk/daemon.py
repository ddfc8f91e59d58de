"""`nightdesk run`: start the daemon, with the user's configuration or the demo's, and say what it did."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from core.clock import utc_now
from nightdesk import signals
from nightdesk.app import App
from nightdesk.config import Config
from nightdesk.summary import Summary, summarise

if TYPE_CHECKING:
    from nightdesk.demo.show import DemoShow

log = structlog.get_logger(__name__)


def run_daemon(
    config: Config,
    *,
    demo: bool = False,
    seconds: float | None = None,
    format: str = "table",
    reread: Callable[[], Config] | None = None,
) -> int:
    """Run until a signal, or for `seconds` from ready; returns the exit code. Raises AlreadyRunning.

    `reread` reads the configuration anew when a SIGHUP asks for it.
    """
    # Twisted allows one reactor, chosen before anything imports it.
    from crawler import reactor

    # With json, stdout is one object: alerts on the console channel go to stderr.
    stream = sys.stderr if format == "json" else sys.stdout
    with _place(config, demo) as (config, show), App.open(config, "run", alone=True, console=stream) as app:
        try:
            summary = reactor.run(lambda: _run(app, show, seconds, None if demo else reread))
        finally:
            signals.while_ending()
        _say(summary, show, format)
    return 0


@contextmanager
def _place(config: Config, demo: bool) -> Iterator[tuple[Config, DemoShow | None]]:
    """Where the daemon works: the user's place, or the demo's newsroom with a folder that is gone afterwards."""
    if not demo:
        yield config, None
        return
    from nightdesk.demo.show import DemoShow

    folder = Path(tempfile.mkdtemp(prefix="nightdesk-demo-"))
    try:
        with DemoShow() as show:
            yield show.config(folder), show
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(app: App, show: DemoShow | None, seconds: float | None, reread: Callable[[], Config] | None) -> Summary:
    from nightdesk.loop import Daemon

    ready: list[datetime] = []

    def on_ready() -> None:
        ready.append(app.clock())
        log.info(
            "ready",
            sources=len(app.config.sources),
            watches=len(app.config.watches),
            database=app.store.shown_url(),
            page=daemon.page_address or "closed",
        )
        if show is not None:
            show.greet(daemon.page_address)

    daemon = Daemon(app, show.look if show is not None else None, reread)
    await daemon.run(on_ready, seconds)
    with app.store.read() as db:
        return summarise(db, ready[0] if ready else utc_now())


def _say(summary: Summary, show: DemoShow | None, format: str) -> None:
    figures = summary.as_dict() | (show.expected() if show is not None else {})
    if format == "json":
        print(json.dumps(figures), flush=True)
        return
    print(f"\n{_in_words(figures)}", file=sys.stderr, flush=True)


def _in_words(figures: dict[str, int | float | None]) -> str:
    told = "{articles} articles, {developments} developments: {alerts} alerts and {updates} updates.\n"
    told += "{deliveries} messages delivered"
    if figures["failed"]:
        told += ", {failed} dead"
    if figures["first_alert_s"] is not None:
        told += ", the first after {first_alert_s:g} s"
    told += "."
    if "expected_alerts" in figures:
        told += "\nThe whole newsroom was written to cause {expected_alerts} alerts and {expected_updates} updates."
    return told.format(**figures)
