"""A reader that dies of some pages. It loads little, since after each child that dies another one starts."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.reader import Job, ReadPage
from pipeline.values import Extract


def read_or_die(job: Job) -> ReadPage:
    """Dies of a body that says so; reads what came with the page."""
    if job.body == b"poison":
        os.kill(os.getpid(), signal.SIGKILL)
    if job.body == b"endless":
        time.sleep(60)
    return ReadPage(Extract("article", "", job.given.title or "", job.given.text or "", text_from="feed"))


def run_once(url: str, data_dir: str) -> None:
    """What the daemon's pipeline does in one turn."""
    from pipeline.config import PipelineConfig
    from pipeline.run import Pipeline
    from store.engine import open_store

    store = open_store(url, Path(data_dir))
    now = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
    Pipeline(store, PipelineConfig(), lambda: now, timedelta(days=7), read=read_or_die).run()
