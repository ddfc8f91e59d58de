"""What is asked for every article on a beat is found by an index: it costs no more when the archive has grown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import developments, restricted, threads
from store.engine import Store
from tests.reports import NOON

WEEKS = NOON - timedelta(days=21), NOON + timedelta(days=21)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda db: developments.developments_between(db, *WEEKS), "USING COVERING INDEX ix_developments_near"),
        (lambda db: restricted.alone(db, *WEEKS), "USING INDEX ix_articles_restricted"),
        (lambda db: threads.sharing(db, ["place:varlin"], 1, 40), "USING COVERING INDEX sqlite_autoindex_thread_keys"),
    ],
)
def test_no_table_is_gone_through(store: Store, ask: Callable[[Connection], Any], index: str) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("Postgres chooses by what is in a table, and these are empty")
    asked: list[tuple[str, Any]] = []
    with store.read() as db:
        sa.event.listen(db, "before_cursor_execute", lambda *seen: asked.append(seen[2:4]))
        ask(db)
        steps = [
            row[3] for sql, values in list(asked) for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert any(index in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN") and "INDEX" not in step]
