"""Silences: what one holds back is decided, visible, and listed when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.config import Channel
from alerts.run import Alerter
from alerts.silence import Muted, Silence, fits
from store import findings, silences
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import START, FakeClock
from tests.receivers import webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def mute(room: Newsroom, hours: float = 24, begins_in: float = 0, **matcher: Any) -> int:
    now = room.clock()
    begin = now + timedelta(hours=begins_in)
    with room.store.write() as db:
        return silences.add(db, "ana", "known already", begin, begin + timedelta(hours=hours), matcher, now)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def silence(**matcher: Any) -> Silence:
    return Silence(1, "ana", "known", START, START + timedelta(days=1), **matcher)


ALERT = Muted(
    watch="releases",
    topics=frozenset({"scam_centres"}),
    events=frozenset({"raid", "arrest"}),
    countries=frozenset({"MM"}),
    members=frozenset({3, 4}),
    sources=frozenset({"post"}),
)


@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        ({"watch": "releases"}, True),
        ({"watch": "other"}, False),
        ({"topic": "scam_centres"}, True),
        ({"event": "raid"}, True),
        ({"event": "trial"}, False),
        ({"country": "MM"}, True),
        ({"country": "TH"}, False),
        ({"development_id": 4}, True),
        ({"development_id": 5}, False),
        ({"source": "post"}, True),
        ({"source": "times"}, False),
        ({"watch": "releases", "country": "MM"}, True),
        ({"watch": "releases", "country": "TH"}, False),
    ],
)
def test_all_that_a_silence_names_must_fit(matcher: dict[str, Any], holds: bool) -> None:
    assert fits(silence(**matcher), ALERT) is holds


def test_what_a_silence_holds_is_decided_and_says_why(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, watch="releases")
    room.story(room.watch())
    assert desk.decide().alerts == 1
    assert desk.deliver().sent == 0
    (held,) = room.deliveries()
    assert (held.state, held.reason) == ("suppressed", "silenced by s1 (ana: known already)")
    assert room.rows("SELECT last_error FROM deliveries_v")[0].last_error == held.reason
    assert [row.hits for row in hits(room)] == [1]


def hits(room: Newsroom) -> list[Any]:
    with room.store.read() as db:
        return silences.with_hits(db)


def test_others_are_told(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, watch="one")
    room.story(room.watch("one"), room.watch("two"))
    assert settle(desk) == 1


def test_when_it_ends_what_it_held_is_listed_once_and_not_sent_again(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(channels=("web",))
        mute(room, hours=2, watch="releases")
        room.story(watch, title="One", event_types=[])
        room.story(watch, title="Two", event_types=[])
        assert settle(desk) == 0
        room.clock.advance(hours=2)
        assert settle(desk) == 1
        for _ in range(3):
            room.clock.advance(minutes=1)
            assert settle(desk) == 0
    (notice,) = [request.json["nightdesk"] for request in hook.requests]
    assert notice["kind"] == "digest"
    assert len(notice["stories"]) == 2


def test_a_list_of_one_is_a_list(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        mute(room, hours=2, watch="releases")
        room.story(room.watch(channels=("web",)))
        settle(desk)
        room.clock.advance(hours=2)
        assert settle(desk) == 1
    assert hook.requests[0].json["nightdesk"]["kind"] == "digest"


def test_a_correction_reaches_who_read_the_list(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, hours=2, watch="releases")
    development = room.story(room.watch(updates="none"))
    settle(desk)
    room.clock.advance(hours=2)
    assert settle(desk) == 1
    room.clock.advance(minutes=5)
    room.change(development, "correction", what="figure", old="at least 215", new="at least 115")
    assert settle(desk) == 1


def test_a_correction_of_what_a_silence_held_tells_nobody(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, hours=2, watch="releases", event="rescue_release")
    development = room.story(room.watch(updates="none"))
    settle(desk)
    room.change(development, "correction", what="figure", old="at least 215", new="at least 115")
    assert desk.decide().alerts == 0


def test_ending_one_early_ends_it_now(room: Newsroom) -> None:
    desk = alerter(room)
    one = mute(room, hours=200, watch="releases")
    watch = room.watch()
    room.story(watch)
    assert settle(desk) == 0
    room.clock.advance(minutes=1)
    with room.store.write() as db:
        assert silences.end(db, one, room.clock()) is True
        assert silences.end(db, one, room.clock()) is False
    room.story(watch)
    assert settle(desk) == 2  # the list, and the news


def test_one_that_is_to_come_holds_nothing_yet(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, begins_in=1, watch="releases")
    watch = room.watch()
    room.story(watch)
    assert settle(desk) == 1
    room.clock.advance(hours=1)
    room.story(watch)
    assert settle(desk) == 0


def test_what_waits_for_its_group_is_held_too(room: Newsroom) -> None:
    desk = alerter(room)
    development = room.story(room.watch(group_wait="60s"))
    desk.decide()
    mute(room, development_id=development)
    room.clock.advance(seconds=60)
    assert settle(desk) == 0
    assert room.states() == ["suppressed"]
    assert [row.hits for row in hits(room)] == [1]


def test_a_digest_leaves_out_what_was_silenced_meanwhile(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(channels=("web",), mode="digest", digest_at="07:30")
        muted, _ = room.story(watch), room.story(watch)
        desk.decide()
        mute(room, hours=200, development_id=muted)
        room.clock.advance(hours=2)
        assert settle(desk) == 1
    assert [story["development"] for story in hook.requests[0].json["nightdesk"]["stories"]] == [muted + 1]
    assert sorted(room.states()) == ["sent", "suppressed"]


def test_a_digest_of_nothing_but_silenced_news_is_not_sent(room: Newsroom) -> None:
    desk = alerter(room)
    muted = room.story(room.watch(mode="digest", digest_at="07:30"))
    desk.decide()
    mute(room, hours=200, development_id=muted)
    room.clock.advance(hours=2)
    assert settle(desk) == 0
    assert room.states() == ["suppressed"]


def test_a_silenced_source_holds_what_it_alone_reports(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch()
    mute(room, source="Border Post")
    room.story(watch)
    both = room.story(watch)
    room.article(both, outlet="River Times")
    assert settle(desk) == 1


def test_what_another_source_reports_later_is_told_then_and_once(room: Newsroom) -> None:
    desk = alerter(room)
    one = mute(room, source="Border Post", hours=24)
    development = room.story(room.watch())
    assert settle(desk) == 0
    room.clock.advance(minutes=5)
    room.article(development, outlet="Border Post")
    assert settle(desk) == 0
    room.clock.advance(minutes=5)
    room.article(development, outlet="River Times")
    assert [settle(desk), settle(desk)] == [1, 0]
    with room.store.write() as db:
        silences.end(db, one, room.clock())
    room.clock.advance(minutes=5)
    assert settle(desk) == 0  # it held nothing in the end
    assert sorted(room.states()) == ["sent", "suppressed"]


def test_merged_developments_are_silenced_together(room: Newsroom) -> None:
    desk = alerter(room)
    watch = room.watch()
    first = room.story(watch)
    assert settle(desk) == 1
    mute(room, development_id=first)
    second = room.story(watch, merged_into=first)
    room.change(second, "update", what="figure", old="215", new="400")
    assert settle(desk) == 0


def test_one_without_hits_is_told_of_in_the_weekly_list(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, hours=24 * 30, country="LA")
    room.clock.advance(days=6)
    desk.decide()
    assert notes(room) == []
    room.clock.advance(days=1)
    desk.decide()
    (note,) = notes(room)
    assert (note.kind, note.severity, note.subject) == ("silence_unused", "weekly", "s1")
    assert "country LA" in note.detail
    room.clock.advance(minutes=1)
    room.story(room.watch(), countries=["LA"])
    desk.decide()
    room.clock.advance(minutes=1)
    desk.decide()
    assert notes(room) == []


def notes(room: Newsroom) -> list[Any]:
    with room.store.read() as db:
        return findings.still_open(db)


def test_the_operator_hears_of_the_end_of_one_that_held_nothing(room: Newsroom) -> None:
    desk = alerter(room)
    mute(room, hours=1, country="LA")
    room.clock.advance(hours=1)
    desk.decide()
    (note,) = notes(room)
    assert (note.kind, note.severity) == ("silence_over", "daily")
    assert "held nothing back" in note.detail


def test_a_list_keeps_to_quiet_hours(room: Newsroom) -> None:
    desk = alerter(room, quiet=Channel(url="console://", quiet_hours="06:00-09:00"))
    room.clock.now = START - timedelta(hours=1)
    mute(room, hours=1, watch="releases")
    room.story(room.watch(channels=("quiet",)))
    settle(desk)
    room.clock.now = START
    assert settle(desk) == 0
    room.clock.advance(hours=3)
    assert settle(desk) == 1
