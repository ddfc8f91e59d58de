"""Threads on record, on both engines: streaming, late, merged, split, read again, and as analysts say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import NotFound, UsageError
from nightdesk import show
from pipeline import threadrulings
from store import threads as stored
from store.engine import Store
from tests.cases import ANOTHER_ARREST, ARREST, CASE, EXTRADITION, PACT_FROZEN, PACT_SIGNED, SENTENCE, Told
from tests.conftest import FakeClock
from tests.deciding import ANA
from tests.reports import NOON, Newsroom
from tests.test_pipeline_reprocess import Desk


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    return Desk(Newsroom(store), clock)


def tell(desk: Desk, *stages: Told) -> None:
    """Publish stages and read each before the next."""
    for stage in stages:
        desk.clock.now = max(desk.clock.now, stage.at + timedelta(hours=1))
        stage.publish(desk.newsroom)
        desk.process()


def threads(desk: Desk) -> dict[int, int | None]:
    return {row[0]: row[1] for row in desk.rows("SELECT id, thread_id FROM developments_v ORDER BY id")}


def put(desk: Desk, how: str, *numbers: int) -> list[str]:
    """`put(desk, "put_in", development, thread)`."""
    now_desk = desk._desk()
    act: Any = getattr(threadrulings, how)
    return desk.store.unit(lambda db: act(db, now_desk, *numbers, ANA))  # type: ignore[no-any-return]


def lines(desk: Desk, noun: str, number: int) -> str:
    with desk.store.read() as db:
        return show.in_words(show.load(db, noun, number))


def reasons(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows("SELECT id, thread_reason FROM developments ORDER BY id")


def test_the_stages_of_a_case_are_one_thread_and_each_says_why(desk: Desk) -> None:
    tell(desk, ARREST, ANOTHER_ARREST, EXTRADITION, SENTENCE)
    assert threads(desk) == {1: 1, 2: None, 3: 1, 4: 1}
    assert reasons(desk)[3][1] == "both name Tang Rongde; both name Copper Lantern: as d1"
    assert desk.rows("SELECT title FROM threads") == [(ARREST.title,)]


def test_a_development_alone_is_in_no_thread(desk: Desk) -> None:
    tell(desk, ARREST, ANOTHER_ARREST)
    assert threads(desk) == {1: None, 2: None}


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_a_stage_that_is_found_late_joins_all_the_same(desk: Desk, order: Sequence[int]) -> None:
    for index in order:
        desk.clock.now = NOON + timedelta(days=300)
        CASE[index].publish(desk.newsroom)
        desk.process()
    assert set(threads(desk).values()) == {1}


def test_the_dealings_of_two_police_forces_are_a_thread(desk: Desk) -> None:
    tell(desk, PACT_SIGNED, PACT_FROZEN)
    assert threads(desk) == {1: 1, 2: 1}


def test_a_copy_changes_no_thread(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION, replace(EXTRADITION, url="https://copy.example/x", days=61))
    assert threads(desk) == {1: 1, 2: 1}


def test_thousands_that_share_a_town_tie_nothing(desk: Desk) -> None:
    tell(desk, *(replace(ANOTHER_ARREST, url=f"https://one.example/{n}", days=n * 30) for n in range(5)))
    assert set(threads(desk).values()) == {None}


def test_a_thread_raises_no_change(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION)
    assert desk.rows("SELECT kind, what FROM changes_v ORDER BY id") == [("new", None), ("new", None)]


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_a_thread_shows_its_stages_and_a_stage_those_before_and_after_it(desk: Desk) -> None:
    tell(desk, *CASE)
    thread, stage = lines(desk, "thread", 1), lines(desk, "development", 2)
    assert "developments (3)" in thread
    assert [line.split()[0] for line in thread.splitlines() if line.startswith("  d")] == ["d1", "d2", "d3"]
    assert "earlier in thread (1)\n  d1" in stage and "later in thread (1)\n  d3" in stage
    assert "thread id            t1" in stage


def test_there_is_no_thread_that_was_never_made(desk: Desk) -> None:
    with desk.store.read() as db, pytest.raises(NotFound, match="there is no thread t7"):
        show.load(db, "thread", 7)


# --- Analysts ---------------------------------------------------------------------------------------------------------


def test_an_analyst_takes_a_stage_out_and_it_stays_out(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION)
    assert put(desk, "keep_out", 2) == ["d2 is in no thread (before: t1)"]
    tell(desk, SENTENCE)
    assert threads(desk) == {1: 1, 2: None, 3: 1}
    assert desk.changes("analyst") == [(2, "update", "thread", "t1", "none", "ana")]


def test_an_analyst_puts_a_stage_in_and_what_is_tied_to_it_follows(desk: Desk) -> None:
    tell(desk, PACT_SIGNED, PACT_FROZEN, ARREST)
    assert put(desk, "put_in", 3, 1) == ["d3 is in thread t1"]
    tell(desk, EXTRADITION)
    assert threads(desk) == {1: 1, 2: 1, 3: 1, 4: 1}


def test_two_that_an_analyst_ties_begin_a_thread(desk: Desk) -> None:
    tell(desk, ARREST, ANOTHER_ARREST)
    assert put(desk, "put_with", 2, 1) == ["d1 is in thread t1", "d2 is in thread t1"]
    with pytest.raises(UsageError, match="one development"):
        put(desk, "put_with", 2, 2)


def test_the_last_word_counts_and_the_first_is_kept(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION)
    put(desk, "keep_out", 2)
    put(desk, "put_in", 2, 1)
    assert threads(desk) == {1: 1, 2: 1}
    kept = desk.rows("SELECT what, standing FROM rulings ORDER BY id")
    assert [(what, bool(standing)) for what, standing in kept] == [("in no thread", False), ("in thread t1", True)]


# --- Merges, splits, reprocessing -------------------------------------------------------------------------------------


def test_developments_that_become_one_bring_their_threads_together(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION, PACT_SIGNED, PACT_FROZEN)
    assert threads(desk) == {1: 1, 2: 1, 3: 2, 4: 2}
    desk.merge(2, 4)
    assert threads(desk) == {1: 1, 2: 1, 3: 1, 4: None}
    assert lines(desk, "thread", 2).startswith("t1 ") and "asked for            t2" in lines(desk, "thread", 2)


def test_one_that_joins_another_in_no_thread_brings_its_thread(desk: Desk) -> None:
    tell(desk, ANOTHER_ARREST, ARREST, EXTRADITION)
    desk.merge(1, 3)
    assert threads(desk) == {1: 1, 2: 1, 3: None}


def test_what_is_split_off_is_seen_to_anew(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION)
    desk.merge(1, 2)
    assert set(threads(desk).values()) == {1, None}
    desk.split(2)
    assert threads(desk)[1] == 1
    assert threads(desk)[desk.homes()[2] or 0] == 1


def test_reading_all_again_finds_the_same_threads(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION, PACT_SIGNED, ANOTHER_ARREST, SENTENCE, PACT_FROZEN)
    before = (threads(desk), reasons(desk))
    assert desk.dry_run() == []
    assert desk.reprocess() == {}
    assert (threads(desk), reasons(desk)) == before


def test_a_better_reading_ties_what_was_apart(desk: Desk) -> None:
    tell(desk, ARREST, replace(EXTRADITION, events=("joint_patrol",)), PACT_SIGNED, PACT_FROZEN)
    assert threads(desk) == {1: None, 2: None, 3: 1, 4: 1}
    desk.reads(EXTRADITION.url, events=("arrest_handover",))
    assert ("thread", "none", "new") in [(one.what, one.old, one.new) for one in desk.dry_run()]
    desk.reprocess()
    assert threads(desk) == {1: 2, 2: 2, 3: 1, 4: 1}
    assert (2, "update", "thread", "none", "t2", None) in desk.changes("reprocess")
    assert [one for one in desk.dry_run() if one.what == "thread"] == []


def test_a_better_reading_unties_what_was_together(desk: Desk) -> None:
    tell(desk, ARREST, EXTRADITION)
    desk.reads(EXTRADITION.url, events=("joint_patrol",))
    desk.reprocess()
    assert threads(desk) == {1: None, 2: None}


def test_what_analysts_said_of_threads_outlives_another_reading(desk: Desk) -> None:
    tell(desk, *CASE, ANOTHER_ARREST)
    put(desk, "keep_out", 2)
    put(desk, "put_in", 4, 1)
    assert desk.dry_run() == []
    desk.reads(EXTRADITION.url, title="Another headline")
    desk.reprocess()
    assert threads(desk) == {1: 1, 2: None, 3: 1, 4: 1}


def test_reading_the_last_weeks_again_takes_no_stage_from_its_thread(desk: Desk) -> None:
    tell(desk, *CASE)
    desk.reads(SENTENCE.url, title="Another headline")
    desk.reprocess(since=SENTENCE.at - timedelta(days=1))
    assert threads(desk) == {1: 1, 2: 1, 3: 1}


def test_what_is_withdrawn_is_a_stage_of_nothing(desk: Desk) -> None:
    tell(desk, *CASE)
    desk.label(2, off_topic=True)
    assert threads(desk) == {1: 1, 2: None, 3: 1}
    with desk.store.read() as db:
        assert stored.keys_of(db, 2) == frozenset()
