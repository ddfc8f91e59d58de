"""`reprocess`: every page again with today's code, topics and watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from nightdesk.app import App, holder
from pipeline import replay, reprocess
from pipeline.contrast import Difference
from pipeline.reader import reading_pool
from pipeline.replay import Progress, Replay, Way
from pipeline.run import Pipeline
from pipeline.vocabulary import load_vocabulary

COLUMNS = ("development_id", "article_id", "what", "old", "new")


@dataclass(frozen=True)
class Done:
    """What a run did."""

    pages: int  # read again
    unread: int  # that could not be read this time: their articles stay as they are
    changed: dict[str, int]


def differences(app: App, since: datetime | None, progress: Progress) -> Iterator[Difference]:
    """What `reprocess` would change. Changes nothing, and leaves what it read for the run itself."""
    with _replay(app, since, progress) as (replayed, _):
        yield from reprocess.differences(app.store, replayed, since, progress)


def carry_out(app: App, since: datetime | None, progress: Progress) -> Done:
    """Bring the record to what its pages say today. The caller holds the daemon's lock."""

    def step(words: str, done: int, of: int) -> None:
        app.keep_lock()
        progress(words, done, of)

    with _replay(app, since, step) as (replayed, way):
        matcher = Pipeline(app.store, way.config, way.clock, way.max_age, vocabulary=way.vocabulary).matcher()
        changed = reprocess.carry_out(app.store, replayed, since, matcher, app.clock, step)
        done = Done(len(replayed.pages), replay.unread(replayed), dict(sorted((+changed).items())))
    replay.discard(app.store.data_dir)
    return done


@contextmanager
def _replay(app: App, since: datetime | None, progress: Progress) -> Iterator[tuple[Replay, Way]]:
    """All pages found since then, and those before that they may belong with, read and placed again."""
    config = app.config.pipeline
    progress("getting ready", 0, 0)
    with reading_pool(config) as pool:
        way = Way(config, app.clock, app.config.max_age, pool, load_vocabulary())
        with replay.replay(app.store, way, company_since(since, config.window), holder("reprocess")) as replayed:
            replay.read_all(replayed, app.store, way, progress)
            yield replayed, way


def company_since(since: datetime | None, window: timedelta) -> datetime | None:
    """From when on pages are read: what was found before `since` may be of the same developments.

    To the day, so that one replay serves a dry run and the run after it.
    """
    if since is None:
        return None
    return (since - window).replace(hour=0, minute=0, second=0, microsecond=0)
