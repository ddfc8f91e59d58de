"""Following a case: every further stage is told, whatever its articles say."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.run import Alerter
from core.errors import NotFound, UsageError
from core.watch import Watch
from nightdesk import newwatch
from pipeline.match import Matcher, Subject, read_watch
from pipeline.values import Classification
from store import threads
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import START, FakeClock


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def thread(room: Newsroom) -> int:
    with room.store.write() as db:
        return threads.add_thread(db, "The raid and what came of it", room.clock())


def stage(room: Newsroom, case: int | None, *watches: int, **values: Any) -> int:
    return room.story(*watches, thread_id=case, **values)


def follow(room: Newsroom, *cases: int, **definition: Any) -> int:
    names = tuple(f"t{case}" for case in cases)
    return room.watch("follow", topics=definition.pop("topics", ()), threads=names, **definition)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def test_a_stage_of_the_case_is_told_though_no_article_matches(room: Newsroom) -> None:
    desk, case, other = alerter(room), thread(room), thread(room)
    follow(room, case)
    told = stage(room, case)
    stage(room, other)
    stage(room, None)
    assert settle(desk) == 1
    assert settle(desk) == 0
    assert [story["development"] for content in contents(room) for story in content["stories"]] == [told]


def test_what_becomes_a_stage_later_is_told_then(room: Newsroom) -> None:
    desk, case = alerter(room), thread(room)
    follow(room, case)
    development = stage(room, None)
    assert settle(desk) == 0
    room.clock.advance(minutes=20)
    room.touch(development, thread_id=case)
    assert settle(desk) == 1


def test_updates_of_earlier_stages_are_told_and_the_stages_are_not(room: Newsroom) -> None:
    desk, case = alerter(room), thread(room)
    development = stage(room, case)
    room.clock.advance(minutes=20)
    room.watch("follow", age=START - START, topics=(), threads=(f"t{case}",))
    assert settle(desk) == 0
    room.clock.advance(minutes=20)
    room.change(development, "update", what="figure", old="215", new="400")
    assert settle(desk) == 1


def test_an_id_that_was_merged_into_another_still_leads_there(room: Newsroom) -> None:
    desk, first, second = alerter(room), thread(room), thread(room)
    follow(room, second)
    with room.store.write() as db:
        threads.merge(db, second, first)
    stage(room, first)
    assert settle(desk) == 1


def test_other_filters_hold_beside_the_case(room: Newsroom) -> None:
    desk, case = alerter(room), thread(room)
    watch = follow(room, case, topics=("scam_centres",))
    stage(room, case)
    assert settle(desk) == 0
    stage(room, case, watch)
    assert settle(desk) == 1
    stage(room, None, watch)
    assert settle(desk) == 0


def test_a_stage_that_two_watches_ask_for_is_told_by_each(room: Newsroom) -> None:
    desk, case = alerter(room), thread(room)
    follow(room, case)
    stage(room, case, room.watch("releases"))
    assert settle(desk) == 2


def test_a_follower_asks_nothing_of_single_articles() -> None:
    watch = Watch(name="follow", threads=("t7",))
    subject = Subject("Raid", "A raid.", "https://x.example/1", None, "en", START, Classification((), (), ()))
    assert not any(verdict.fired for verdict in Matcher([read_watch(1, 1, watch, None)]).verdicts(subject))


@pytest.mark.parametrize("threads", [("7",), ("d7",), ("t0",), ("t",)])
def test_a_case_is_named_as_show_names_it(threads: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="threads"):
        Watch(name="follow", threads=threads)


def test_a_case_is_found_by_a_development_of_it(room: Newsroom) -> None:
    case = thread(room)
    development = stage(room, case)
    alone = stage(room, None)
    assert newwatch.case(room.store, f"d{development}") == newwatch.case(room.store, f"t{case}") == f"t{case}"
    with pytest.raises(NotFound, match="no case"):
        newwatch.case(room.store, f"d{alone}")
    with pytest.raises(NotFound):
        newwatch.case(room.store, "t99")
    with pytest.raises(UsageError):
        newwatch.case(room.store, "a1")
