"""Digests of watches: one for each period and channel, with what was seen, whatever happens in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from alerts.config import Channel
from alerts.run import Alerter
from store import definitions, digests
from store.engine import Store
from store.pages import source_states
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import START, FakeClock
from tests.receivers import webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def periods(room: Newsroom) -> list[Any]:
    with room.store.read() as db:
        table = digests.digests
        return list(db.execute(sa.select(table).order_by(table.c.channel, table.c.ends_at)))


def source(room: Newsroom, name: str, state: str = "ok", read: timedelta | None = timedelta(hours=1)) -> None:
    now = room.clock()
    row = {"name": name, "origin": "file", "title": name.title(), "kind": "feed", "type": "newspaper", "language": "en"}
    times = {"created_at": now, "edited_at": now}
    made = room.insert(definitions.sources, **row, url=f"https://{name}.example/rss", definition={}, **times)
    last = now - read if read is not None else None
    room.insert(source_states, source_id=made, state=state, last_ok_at=last, next_visit_at=now, failures=0)


def test_all_of_a_period_is_one_message_and_one_delivery(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch(mode="digest", digest_at="07:30")
    for _ in range(3):
        room.story(watch)
        desk.decide()
    assert len(room.deliveries()) == 1
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    room.story(watch)
    assert settle(desk) == 0
    room.clock.now = at("2026-10-14T07:30")
    assert settle(desk) == 1
    assert [len(content["stories"]) for content in contents(room)] == [3, 1]
    assert [(row.began_at, row.ends_at) for row in periods(room)] == [
        (at("2026-10-12T07:30"), at("2026-10-13T07:30")),
        (at("2026-10-13T07:30"), at("2026-10-14T07:30")),
    ]


def test_a_weekly_one_goes_out_on_its_day(room: Newsroom) -> None:
    desk = alerter(room)  # the clock stands on a Tuesday
    room.story(room.watch(mode="digest", digest_at="Mon 07:30"))
    room.clock.now = at("2026-10-19T07:29")
    assert settle(desk) == 0
    room.clock.now = at("2026-10-19T07:30")
    assert settle(desk) == 1


def test_what_is_decided_at_the_very_end_belongs_to_the_next(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch(mode="digest", digest_at="07:30")
    room.clock.now = at("2026-10-13T07:30")
    room.story(watch)
    assert settle(desk) == 0
    assert [row.ends_at for row in periods(room)] == [at("2026-10-14T07:30")]


def test_what_comes_when_the_clock_was_set_back_is_told_in_the_next(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch(mode="digest", digest_at="07:30")
    room.story(watch)
    desk.decide()
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    room.clock.advance(hours=-1)
    room.story(watch)
    assert settle(desk) == 0
    room.clock.now = at("2026-10-14T07:30")
    assert settle(desk) == 1
    assert [len(content["stories"]) for content in contents(room)] == [1, 1]


def test_one_whose_hour_passed_while_nobody_was_at_work_goes_out_at_the_start(room: Newsroom) -> None:
    room.story(room.watch(mode="digest", digest_at="07:30"))
    alerter(room).decide()
    room.clock.now = at("2026-10-13T19:00")
    later = alerter(room, owner="desk:2:b")
    assert later.resume(timedelta(hours=13)) is True
    assert settle(later) == 1
    assert settle(later) == 0


def test_a_late_one_does_not_take_in_what_came_after_it(room: Newsroom) -> None:
    watch = room.watch(mode="digest", digest_at="07:30")
    room.story(watch)
    alerter(room).decide()
    room.clock.now = at("2026-10-14T06:00")
    later = alerter(room, owner="desk:2:b")
    room.story(watch)
    assert settle(later) == 1
    room.clock.now = at("2026-10-14T07:30")
    assert settle(later) == 1
    assert [len(content["stories"]) for content in contents(room)] == [1, 1]


def test_two_channels_have_one_each(room: Newsroom) -> None:
    desk = alerter(room, one="console://", two="console://")
    room.story(room.watch(mode="digest", digest_at="07:30", channels=("one", "two")))
    desk.decide()
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 2
    assert [row.channel for row in periods(room)] == ["one", "two"]


def test_a_recipient_who_joins_in_the_middle_gets_the_whole_of_it(room: Newsroom) -> None:
    with webhook() as one, webhook() as two:
        watch = room.watch(mode="digest", digest_at="07:30", channels=("web",))
        room.story(watch)
        desk = alerter(room, web=one.url)
        desk.decide()
        desk.configure({"web": Channel(url=(one.url, two.url))}, desk._settings, UTC)
        room.story(watch)
        desk.decide()
        room.clock.now = at("2026-10-13T07:30")
        assert settle(desk) == 2
    for hook in (one, two):
        assert [len(request.json["nightdesk"]["stories"]) for request in hook.requests] == [2]


def test_a_day_without_news_is_told_where_it_is_wanted(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        room.watch("loud", mode="digest", digest_at="07:30", digest_empty=True, channels=("web",))
        room.watch("calm", mode="digest", digest_at="07:30", channels=("web",))
        for _ in range(4):
            room.clock.advance(hours=1)
            settle(desk)
    (request,) = hook.requests
    assert request.json["title"] == "No news for your watch “loud”"
    assert request.json["nightdesk"]["stories"] == []


def test_a_day_with_news_has_no_second_one_that_says_there_was_none(room: Newsroom) -> None:
    desk = alerter(room)
    room.story(room.watch(mode="digest", digest_at="07:30", digest_empty=True))
    desk.decide()
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    room.clock.advance(hours=1)
    assert settle(desk) == 0


def test_one_whose_news_was_silenced_says_that_there_was_none(room: Newsroom) -> None:
    from tests.test_alerts_silences import mute

    desk = alerter(room)
    development = room.story(room.watch(mode="digest", digest_at="07:30", digest_empty=True))
    desk.decide()
    mute(room, hours=100, development_id=development)
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    assert [content["title"] for content in contents(room) if "title" in content] == [
        "No news for your watch “releases”"
    ]


def test_periods_that_ended_while_nobody_was_at_work_share_a_message(room: Newsroom) -> None:
    desk = alerter(room)
    room.watch(mode="digest", digest_at="07:30", digest_empty=True)
    room.clock.now = at("2026-10-16T12:00")
    assert settle(desk) == 1
    assert len({row.message_id for row in periods(room)}) == 1
    assert [row.ends_at.day for row in periods(room)] == [13, 14, 15, 16]
    (content,) = contents(room)
    assert "12 Oct 2026, 07:30 UTC to 16 Oct 2026, 07:30 UTC" in " ".join(content["text"].split())
    room.clock.now = at("2026-10-17T07:30")
    assert settle(desk) == 1


def test_a_new_watch_tells_of_no_period_before_it(room: Newsroom) -> None:
    desk = alerter(room)
    room.watch(mode="digest", digest_at="07:30", digest_empty=True, age=timedelta(0))
    assert settle(desk) == 0
    assert periods(room) == []


def test_its_foot_says_what_was_seen_and_what_was_not(room: Newsroom) -> None:
    desk = alerter(room)
    room.story(room.watch(mode="digest", digest_at="07:30"))
    desk.decide()
    source(room, "post")
    source(room, "times", state="silent")
    source(room, "gazette", state="failing", read=timedelta(days=3))
    source(room, "herald", state="unproven", read=None)
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    text = contents(room)[0]["text"]
    assert "Seen: 2 of 4 sources were read." in text
    assert "Not read: Gazette, Herald." in text
    assert "Suspiciously silent: Times." in text


def test_its_foot_counts_the_sources_of_its_watch_alone(room: Newsroom) -> None:
    desk = alerter(room)
    source(room, "post")
    source(room, "gazette", state="failing", read=None)
    room.story(room.watch(mode="digest", digest_at="07:30", sources=("post",)))
    desk.decide()
    room.clock.now = at("2026-10-13T07:30")
    settle(desk)
    assert "Seen: 1 of 1 sources were read." in contents(room)[0]["text"]


@pytest.mark.parametrize(
    ("language", "said"), [("th", "แหล่งข่าวที่อ่านได้: 0 จาก 0 แห่ง"), ("zh-Hans", "共0个来源，已读取0个")]
)
def test_its_foot_is_in_the_language_of_its_channel(room: Newsroom, language: str, said: str) -> None:
    desk = alerter(room, there=Channel(url="console://", language=language))
    room.watch(mode="digest", digest_at="07:30", digest_empty=True, channels=("there",))
    room.clock.now = at("2026-10-13T07:30")
    assert settle(desk) == 1
    assert said in contents(room)[0]["text"]


def test_an_hour_that_changes_in_the_middle_loses_nothing(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch(mode="digest", digest_at="07:30")
    room.story(watch)
    desk.decide()
    edit(room, watch, digest_at="18:00")
    room.clock.now = START + timedelta(minutes=30)
    room.story(watch)
    desk.decide()
    sent = 0
    for _ in range(30):
        room.clock.advance(hours=1)
        sent += settle(desk)
    assert sent == 2
    assert [len(content["stories"]) for content in contents(room)] == [1, 1]


def edit(room: Newsroom, watch: int, **changed: Any) -> None:
    with room.store.write() as db:
        table = definitions.watches
        row = db.execute(sa.select(table).where(table.c.id == watch)).one()
        db.execute(sa.update(table).where(table.c.id == watch).values(definition={**row.definition, **changed}))


def test_the_period_is_that_of_the_users_clock(room: Newsroom) -> None:
    desk = alerter(room)
    desk.configure({}, desk._settings, ZoneInfo("Asia/Bangkok"))
    room.story(room.watch(mode="digest", digest_at="07:30"))
    desk.decide()
    assert [row.ends_at for row in periods(room)] == [at("2026-10-14T00:30")]
