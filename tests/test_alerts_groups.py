"""What gathers in one message: groups, updates, storms, time away, digests."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.config import Channel
from alerts.run import Alerter
from core.digest_hour import DigestHour
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import Webhook, webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def titles(hook: Webhook) -> list[str]:
    return [request.json["title"] for request in hook.requests]


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def test_a_message_waits_for_its_group(room: Newsroom) -> None:
    desk = alerter(room)
    room.story(room.watch(group_wait="60s"))
    assert settle(desk) == 0
    room.clock.advance(seconds=60)
    assert settle(desk) == 1


def test_releasing_ends_the_wait(room: Newsroom) -> None:
    desk = alerter(room)
    room.story(room.watch(group_wait="60s"))
    desk.decide()
    assert desk.release_waiting() == 1
    assert desk.deliver().sent == 1


def test_an_update_joins_the_first_message_while_it_waits(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        development = room.story(room.watch(group_wait="60s", channels=("web",)))
        desk.decide()
        room.clock.advance(seconds=30)
        room.change(development, "update", what="figure", old="215 people", new="260 people")
        desk.decide()
        room.clock.advance(seconds=30)
        assert desk.deliver().sent == 1
        room.clock.advance(hours=1)
        assert desk.deliver().sent == 0
    assert [(row.state, row.reason) for row in room.deliveries()] == [("sent", None), ("suppressed", "folded")]
    assert len(room.rows("SELECT * FROM message_alerts WHERE message_id = 1")) == 2
    assert not titles(hook)[0].startswith("Update")


def test_alerts_of_merged_developments_are_one_message(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(group_wait="60s", channels=("web",))
        first, second = room.story(watch), room.story(watch)
        desk.decide()
        room.touch(second, merged_into=first)
        room.clock.advance(seconds=60)
        assert settle(desk) == 1
    assert room.states() == ["sent", "suppressed"]


def test_a_development_merged_into_one_that_was_told_is_not_told_again(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch()
    first = room.story(watch)
    assert settle(desk) == 1
    room.clock.advance(minutes=5)
    room.story(watch, merged_into=first)
    assert settle(desk) == 0


def test_updates_keep_their_interval(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        development = room.story(room.watch(channels=("web",), update_interval="15m"))
        assert settle(desk) == 1
        for figure in ("230", "260"):
            room.clock.advance(minutes=2)
            room.change(development, "update", what="figure", old="215", new=figure)
            assert settle(desk) == 0
        room.clock.advance(minutes=11)
        assert settle(desk) == 1
        assert settle(desk) == 0
    assert titles(hook)[1] == "Update: 260 Chinese nationals (was 215) freed in Myawaddy, Myanmar, 12 Oct 2026"
    assert "Figure: 215 → 230" in hook.requests[1].json["message"]


def test_each_watch_is_told_of_its_own_match(room: Newsroom) -> None:
    desk = alerter(room)
    one, two = room.watch("one"), room.watch("two")
    room.story(one, two)
    assert settle(desk) == 2
    assert {content["stories"][0]["watch"] for content in contents(room)} == {"one", "two"}


def test_a_later_translation_that_is_the_first_to_match_raises_the_one_alert(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch()
    development = room.story()
    assert settle(desk) == 0
    room.clock.advance(hours=3)
    room.match(watch, room.article(development, "获救", "南方"), quote="获救")
    assert settle(desk) == 1
    assert settle(desk) == 0


def test_enough_sources_may_come_later(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch(minimum_sources=2)
    development = room.story(watch)
    assert settle(desk) == 0
    room.clock.advance(hours=30)
    room.touch(development, independent_sources=2)
    assert settle(desk) == 1


def test_a_match_of_an_old_version_of_the_watch_does_not_count(room: Newsroom) -> None:
    desk = alerter(room)
    room.story(room.watch())
    with room.store.write() as db:
        db.exec_driver_sql("UPDATE watches SET revision = 2")
    assert settle(desk) == 0


def test_baseline_developments_are_told_when_they_move(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch()
    development = room.development(baseline=True)
    article = room.article(development)
    room.match(watch, article)
    room.change(development, origin="baseline")
    assert settle(desk) == 0
    room.clock.advance(minutes=5)
    room.change(development, "update", what="figure", old="10", new="40", cause_article_id=article)
    assert settle(desk) == 1
    assert contents(room)[0]["title"].startswith("Update: ")


def test_who_was_told_the_wrong_figure_gets_a_correction(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        development = room.story(room.watch(channels=("web",), updates="none"))
        assert settle(desk) == 1
        room.clock.advance(minutes=5)
        room.change(development, "correction", what="figure", old="at least 215", new="at least 115")
        assert settle(desk) == 1
    assert titles(hook)[1].startswith("Correction: ")
    assert [row.kind for row in room.rows("SELECT kind FROM messages ORDER BY id")] == ["alert", "correction"]


def test_a_storm_is_told_in_a_digest_that_names_every_headline(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, storm_cap=3))
        watch = room.watch(channels=("web",))
        for number in range(8):
            room.story(watch, event_types=[], title=f"Story {number}")
        desk.decide()
        assert desk.deliver().sent == 3
        room.clock.advance(minutes=2)
        assert desk.deliver().sent == 1
    digest = hook.requests[-1].json
    assert digest["nightdesk"]["kind"] == "digest"
    assert digest["title"].startswith("Digest: 5 developments")
    assert len(digest["nightdesk"]["stories"]) == 5
    assert room.states().count("suppressed") == 4


def test_when_nothing_more_can_come_the_excess_is_told_at_once(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, storm_cap=2))
        watch = room.watch(channels=("web",), group_wait="60s")
        for _ in range(6):
            room.story(watch)
        desk.decide()
        desk.release_waiting()
        assert desk.deliver().sent == 3
    assert [len(request.json["nightdesk"]["stories"]) for request in hook.requests] == [1, 1, 4]


def test_after_an_hour_of_quiet_a_channel_gets_single_messages_again(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, storm_cap=1))
        watch = room.watch(channels=("web",))
        room.story(watch)
        settle(desk)
        room.clock.advance(minutes=61)
        room.story(watch)
        assert settle(desk) == 1
    assert [request.json["nightdesk"]["kind"] for request in hook.requests] == ["alert", "alert"]


def test_what_accumulated_while_nobody_was_there_is_one_digest_a_channel(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(channels=("web",))
        room.story(watch)
        desk.decide()
        room.clock.advance(hours=5)
        assert desk.resume(timedelta(hours=5)) is True
        for _ in range(3):
            room.story(watch)
        assert settle(desk) == 0
        assert desk.caught_up() == 4
        assert settle(desk) == 1
        room.story(watch)
        assert settle(desk) == 1
    assert [len(request.json["nightdesk"]["stories"]) for request in hook.requests] == [4, 1]


def test_a_short_absence_changes_nothing(room: Newsroom) -> None:
    desk = alerter(room)
    assert desk.resume(timedelta(minutes=59)) is False
    assert desk.resume(None) is False
    room.story(room.watch())
    assert settle(desk) == 1


def test_a_digest_that_nobody_ends_goes_by_itself(room: Newsroom) -> None:
    desk = alerter(room)
    desk.resume(timedelta(hours=5))
    room.story(room.watch())
    assert settle(desk) == 0
    room.clock.advance(minutes=11)
    assert settle(desk) == 1


def test_a_digest_watch_gets_one_message_a_day_at_its_hour(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(mode="digest", digest_at="07:30", channels=("web",))
        for _ in range(3):
            room.story(watch)
            room.clock.advance(minutes=20)
        assert settle(desk) == 0
        assert desk.release_waiting() == 0
        room.clock.now = datetime(2026, 10, 13, 7, 30, tzinfo=UTC)
        assert settle(desk) == 1
        room.clock.advance(days=1)
        assert settle(desk) == 0
    assert titles(hook)[0].startswith("Digest: 3 developments")


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Asia/Bangkok", "2026-10-13T00:00", "2026-10-13T00:30"),
        ("Asia/Bangkok", "2026-10-13T00:30", "2026-10-14T00:30"),
        ("Europe/Berlin", "2026-10-24T12:00", "2026-10-25T06:30"),
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T05:30"),
    ],
)
def test_the_hour_of_a_digest_is_the_users(zone: str, now: str, expected: str) -> None:
    at = DigestHour(time(7, 30)).next_after(datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone))
    assert at.isoformat()[:16] == expected


def test_a_failing_development_does_not_stop_the_others(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    from alerts.desk import Desk

    desk, watch = alerter(room), room.watch()
    bad, good = room.story(watch), room.story(watch)
    settle_one = Desk.settle

    def fail(self: Desk, db: Any, family: Any, now: Any) -> Any:
        if family.root == bad:
            raise RuntimeError("broken")
        return settle_one(self, db, family, now)

    monkeypatch.setattr(Desk, "settle", fail)
    report = desk.decide()
    assert (report.alerts, report.failed) == (1, 1)
    monkeypatch.undo()
    assert desk.decide().alerts == 0  # it rests a moment first
    room.clock.advance(seconds=2)
    assert desk.decide().alerts == 1
    assert good != bad
