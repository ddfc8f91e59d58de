"""What is asked for every article on a beat is found by an index: it costs no more when the archive has grown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from pipeline.config import PipelineConfig
from pipeline.run import Pipeline
from store import developments, restricted, threads
from store.engine import Store
from tests.conftest import FakeClock
from tests.reports import NOON, Newsroom

WEEKS = NOON - timedelta(days=21), NOON + timedelta(days=21)


@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        (lambda db: developments.developments_between(db, *WEEKS), ["COVERING INDEX ix_developments_near"]),
        (
            lambda db: restricted.alone(db, *WEEKS),
            ["INDEX ix_articles_restricted", "INDEX sqlite_autoindex_article_versions_1 (article_id=?)"],
        ),
        (lambda db: threads.sharing(db, ["place:varlin"], 1, 40), ["COVERING INDEX sqlite_autoindex_thread_keys"]),
    ],
)
def test_no_table_is_gone_through(
    sqlite_store: Store, clock: FakeClock, ask: Callable[[Connection], Any], indexes: list[str]
) -> None:
    store = sqlite_store  # Postgres chooses by what is in a table, and these are nearly empty
    newsroom = Newsroom(store)
    newsroom.publish("https://one.example/tip", restricted=True)  # without one nothing is asked of its date
    Pipeline(store, PipelineConfig(), clock, timedelta(days=7), read=newsroom.read).run()
    asked: list[tuple[str, Any]] = []
    with store.read() as db:
        sa.event.listen(db, "before_cursor_execute", lambda *seen: asked.append(seen[2:4]))
        ask(db)
        plans = [
            [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)] for sql, values in list(asked)
        ]
    assert len(plans) == len(indexes)
    for steps, index in zip(plans, indexes, strict=True):
        assert any(f"USING {index}" in step for step in steps), steps
        assert not [step for step in steps if step.startswith("SCAN") and "INDEX" not in step]
