"""A finding is one row while it lasts."""

from __future__ import annotations

import sqlalchemy as sa

from store import findings
from store.engine import Store
from tests.conftest import FakeClock


def test_the_same_finding_is_counted_not_repeated(store: Store, clock: FakeClock) -> None:
    for _ in range(3):
        with store.write() as db:
            findings.note(db, "source_failing", "post", "daily", "http 500", clock.advance(minutes=1))
    with store.read() as db:
        row = db.execute(sa.select(findings.findings)).one()
    assert (row.times, row.detail, (row.last_at - row.first_at).seconds) == (3, "http 500", 120)


def test_an_ended_finding_that_returns_is_a_new_one(store: Store, clock: FakeClock) -> None:
    with store.write() as db:
        findings.note(db, "source_failing", "post", "daily", "http 500", clock())
        assert findings.end(db, "source_failing", "post", clock())
        findings.note(db, "source_failing", "post", "daily", "http 404", clock())
    with store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(findings.findings)) == 2
