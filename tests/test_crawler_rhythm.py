"""Weeks of simulated sources: deaths are found in time, the living are left in peace, and little goes by unseen."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.health import Notice
from crawler.keep import keep_visit
from crawler.remember import Visit
from store import findings, pages
from store.engine import Store
from store.pages import SourceDue
from tests.crawling import add_source
from tests.month import DEATHS, START, TROUBLES, Simulated, judge, make, run

AT = START + timedelta(days=10, hours=5)


@pytest.mark.parametrize("death", DEATHS)
def test_every_death_is_found_within_a_day_or_four_usual_gaps(death: str) -> None:
    rng = random.Random(3)
    dying = [make(0, rng, rhythm=rhythm, death=death, dies_at=AT) for rhythm in ("paper", "thrice", "daily")]
    run(dying, 25, rng.random)
    for found in (judge(one, 25) for one in dying):
        assert found.delay is not None and found.limit is not None and found.delay <= found.limit
        assert not found.false


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_that_is_no_death_raises_no_false_notice(trouble: str) -> None:
    rng = random.Random(4)
    living = [make(0, rng, rhythm=rhythm, trouble=trouble, troubled_at=AT) for rhythm in ("thrice", "ministry")]
    run(living, 20, rng.random)
    assert [judge(one, 20).false for one in living] == [(), ()]


def test_weekly_sources_are_left_in_peace_for_a_quarter() -> None:
    rng = random.Random(5)
    living = [make(0, rng, 90, rhythm=rhythm) for rhythm in ("weekly", "fortnightly") for _ in range(3)]
    run(living, 90, rng.random)
    assert [judge(one, 90).false for one in living] == [()] * len(living)


def test_every_source_is_visited_each_day_and_misses_next_to_nothing() -> None:
    rng = random.Random(6)
    living = [make(number, rng, 6) for number in range(2, 8)]
    run(living, 6, rng.random)
    found = [judge(one, 6) for one in living]
    assert all(one.largest_pause <= timedelta(hours=24) for one in living)
    assert sum(one.missed for one in found) <= 0.02 * sum(one.items for one in found)


def test_the_store_keeps_state_cause_and_findings(store: Store) -> None:
    dying = make(0, random.Random(7), rhythm="thrice", death="gone", dies_at=START + timedelta(days=1))
    source_id = add_source(store, dying.source, START)

    def load(_: Simulated) -> SourceDue:
        with store.read() as db:
            due = pages.source_by_id(db, source_id)
        assert due is not None
        return due

    def keep(
        one: Simulated, seen: Visit, due: SourceDue, new: list[Any], first: bool, now: datetime, chance: float
    ) -> list[Notice]:
        row = {"started_at": now, "finished_at": now, "outcome": seen.outcome(bool(new)), "baseline": first}
        with store.write() as db:
            keep_visit(db, seen, due, row, new, first, now, chance)
            one.state["next_visit_at"] = db.scalar(sa.select(pages.source_states.c.next_visit_at))
        return []

    run([dying], 3, keep=keep, load=load)
    with store.read() as db:
        state, cause = db.execute(sa.select(pages.source_states.c.state, pages.source_states.c.cause)).one()
        (finding,) = findings.still_open(db)
        assert db.scalar(sa.text("SELECT state FROM sources_v")) == "failing"
    assert (state, cause) == ("failing", "http_404")
    assert (finding.kind, finding.subject, finding.severity, finding.cause) == (
        "source_failing",
        dying.name,
        "daily",
        "moved",
    )
