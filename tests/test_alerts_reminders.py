"""What was announced for a day is remembered on it, where nothing was heard of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.config import Channel
from alerts.run import Alerter
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.test_alerts_silences import mute

DAY = "2026-10-20"


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def announced(room: Newsroom, desk: Alerter, **watch: Any) -> int:
    """A development for that day, of which the watch was told a week before."""
    development = room.story(room.watch(**watch), event_date=DAY)
    assert settle(desk) == 1
    return development


def morning(room: Newsroom, hour: int = 8) -> None:
    room.clock.now = datetime(2026, 10, 20, hour, tzinfo=UTC)


def test_it_comes_on_the_morning_of_the_day_and_once(room: Newsroom) -> None:
    desk = alerter(room)
    announced(room, desk)
    for hour, sent in ((0, 0), (7, 0), (8, 1), (12, 0), (23, 0)):
        morning(room, hour)
        assert settle(desk) == sent
    said = contents(room)[-1]
    assert said["kind"] == "reminder"
    assert said["title"].startswith("Reminder: ")
    assert "announced for 20 Oct 2026" in said["text"]


def test_news_of_it_needs_no_reminder(room: Newsroom) -> None:
    desk = alerter(room)
    development = announced(room, desk)
    morning(room, 5)
    room.change(development, "update", what="figure", old="215", new="300")
    assert settle(desk) == 1
    morning(room)
    assert settle(desk) == 0


def test_a_page_of_it_that_vanished_is_no_news(room: Newsroom) -> None:
    desk = alerter(room)
    development = announced(room, desk)
    morning(room, 5)
    room.change(development, "update", what="gone", old="https://one.example/a", new="http_410")
    assert settle(desk) == 0
    morning(room)
    assert settle(desk) == 1


def test_what_was_told_the_evening_before_needs_none(room: Newsroom) -> None:
    desk = alerter(room)
    room.clock.now = datetime(2026, 10, 19, 20, tzinfo=UTC)
    announced(room, desk)
    morning(room)
    assert settle(desk) == 0


def test_a_day_that_passed_while_nobody_was_at_work_is_not_remembered(room: Newsroom) -> None:
    desk = alerter(room)
    announced(room, desk)
    room.clock.now = datetime(2026, 10, 21, 8, tzinfo=UTC)
    assert settle(desk) == 0


@pytest.mark.parametrize("watch", [{"updates": "none"}, {"updates": "figures"}, {"updates": "official"}])
def test_only_who_wants_all_updates_is_reminded(room: Newsroom, watch: dict[str, Any]) -> None:
    desk = alerter(room)
    announced(room, desk, **watch)
    morning(room)
    assert settle(desk) == 0


def test_a_silence_holds_for_reminders_too(room: Newsroom) -> None:
    desk = alerter(room)
    development = announced(room, desk)
    mute(room, hours=24 * 30, development_id=development)
    morning(room)
    assert settle(desk) == 0


def test_what_is_not_relevant_is_not_remembered(room: Newsroom) -> None:
    from store import rulings

    desk = alerter(room)
    development = announced(room, desk)
    word = {"kind": "relevance", "development_id": development, "watch_id": 1, "holds": False, "what": "not relevant"}
    with room.store.write() as db:
        rulings.add_ruling(db, {**word, "by": "ana", "at": room.clock()})
    morning(room)
    assert settle(desk) == 0


def test_the_day_is_the_users(room: Newsroom) -> None:
    desk = alerter(room)
    announced(room, desk)
    desk.configure({}, desk._settings, ZoneInfo("Asia/Bangkok"))
    room.clock.now = datetime(2026, 10, 20, 0, 29, tzinfo=UTC)  # 07:29 there
    assert settle(desk) == 0
    room.clock.advance(minutes=1)
    assert settle(desk) == 1


def test_it_keeps_to_quiet_hours_unless_urgent(room: Newsroom) -> None:
    desk = alerter(room, calm=Channel(url="console://", quiet_hours="22:00-09:00"))
    room.clock.now = datetime(2026, 10, 13, 12, tzinfo=UTC)
    announced(room, desk, channels=("calm",))
    morning(room)
    assert settle(desk) == 0
    morning(room, 9)
    assert settle(desk) == 1
