"""`nightdesk try`: one page through every stage as it would be now, with reasons; nothing is kept and nothing sent."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from core.clock import Clock, utc_now
from core.errors import NightdeskError
from nightdesk import definitions
from nightdesk.app import App
from nightdesk.config import Config
from nightdesk.explain import Explanation, explain
from store import migrate, runs
from store.engine import Store, is_missing, open_store
from store.rehearsal import Rehearsal


def try_page(config: Config, url_or_file: str, url: str | None = None, clock: Clock = utc_now) -> Explanation:
    """What would become of a page. `url` is the address of a saved one. Raises NightdeskError without one."""
    from crawler import reactor
    from crawler.handed import About
    from crawler.ingest import Taken, ingest

    with _stage(config, clock) as stage:

        async def take() -> Taken:
            async for taken in ingest(stage.store, config.crawl, clock, [url_or_file], about=About(url=url)):
                return taken
            raise NightdeskError(f"{url_or_file} holds no page")

        taken = reactor.run(take)
        if taken.error is not None:
            raise NightdeskError(f"{taken.where or taken.url}: {taken.error}")
        stage.store.unit(lambda db: definitions.sync(db, config, clock()))
        while stage.pipeline.run().pages:
            pass
        stage.alerter.decide()
        with stage.store.read() as db:
            return explain(db, config, taken.url, clock(), trial=True)


@contextmanager
def _stage(config: Config, clock: Clock) -> Iterator[App]:
    """The real stages on the user's database, or on a passing one where there is none yet; all is taken back."""
    with ExitStack() as closing:
        store = closing.enter_context(_database(config, clock))
        rehearsal = Rehearsal(store)
        closing.callback(rehearsal.close)
        yield App(config, clock, rehearsal, runs.Run(0, "try"), sys.stderr, closing)


@contextmanager
def _database(config: Config, clock: Clock) -> Iterator[Store]:
    with ExitStack() as closing:
        if is_missing(config.database_url):
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="nightdesk-try-")))
            store = open_store(f"sqlite:///{folder}/try.db", folder)
            migrate.upgrade(store, clock())
        else:
            store = open_store(config.database_url, config.data_dir)
            migrate.require_current(store)
        closing.callback(store.close)
        yield store
