"""Quiet hours: held, then told in one digest; what is urgent passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.config import Channel, OperatorConfig
from alerts.quiet import parse_quiet_hours, quiet_until
from alerts.run import Alerter
from store import findings
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import answer, webhook

NIGHT = "22:00-06:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    clock.now = at("2026-10-13T21:00")
    return Newsroom(store, clock)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-10-13T21:59:59", None),
        ("2026-10-13T22:00:00", "2026-10-14T06:00"),
        ("2026-10-14T00:00:00", "2026-10-14T06:00"),
        ("2026-10-14T05:59:59", "2026-10-14T06:00"),
        ("2026-10-14T06:00:00", None),
    ],
)
def test_the_first_edge_is_quiet_and_the_last_is_not(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, UTC, at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        # Bangkok has no summer time: 22:00 there is 15:00 here.
        ("22:00-06:00 Asia/Bangkok", "2026-10-13T14:59", None),
        ("22:00-06:00 Asia/Bangkok", "2026-10-13T15:00", "2026-10-13T23:00"),
        # The night of the change in autumn is an hour longer, the one in spring an hour shorter.
        ("22:00-06:00 Europe/Berlin", "2026-10-24T20:00", "2026-10-25T05:00"),
        ("22:00-06:00 Europe/Berlin", "2026-03-28T21:00", "2026-03-29T04:00"),
        # An edge that comes twice: quiet from the first, until the second.
        ("22:00-02:30 Europe/Berlin", "2026-10-25T00:45", "2026-10-25T01:30"),
        ("02:30-06:00 Europe/Berlin", "2026-10-25T00:30", "2026-10-25T05:00"),
        # An edge that is skipped comes as if the clocks had not changed.
        ("22:00-02:30 Europe/Berlin", "2026-03-29T00:59", "2026-03-29T01:30"),
        ("02:30-06:00 Europe/Berlin", "2026-03-29T01:29", None),
        ("02:30-06:00 Europe/Berlin", "2026-03-29T01:30", "2026-03-29T04:00"),
        ("13:00-14:00 Europe/Berlin", "2026-10-13T11:30", "2026-10-13T12:00"),
    ],
)
def test_the_hours_are_the_users(hours: str, now: str, until: str | None) -> None:
    span, zone = hours.split()
    assert quiet_until(span, ZoneInfo(zone), at(now)) == (at(until) if until else None)


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_every_night_of_a_year_has_one_end(zone: str) -> None:
    now, ends = at("2026-01-01T12:00"), set()
    while now < at("2027-01-01T12:00"):
        ends |= {quiet_until("23:30-02:30", ZoneInfo(zone), now)}
        now += timedelta(minutes=15)
    assert len(ends - {None}) == 365


@pytest.mark.parametrize("text", ["22-6", "22:00", "25:00-06:00", "06:00-06:00", ""])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_quiet_hours(text)


def test_a_night_is_told_in_one_digest_in_the_morning(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, quiet_hours=NIGHT))
        watch = room.watch(channels=("web",))
        room.clock.now = at("2026-10-13T22:00")
        for _ in range(3):
            room.story(watch)
            assert settle(desk) == 0
            room.clock.advance(hours=2)
        room.clock.now = at("2026-10-14T05:59:59")
        assert settle(desk) == 0
        room.clock.now = at("2026-10-14T06:00")
        assert settle(desk) == 1
        assert settle(desk) == 0
        room.story(watch)
        assert settle(desk) == 1
    assert [len(request.json["nightdesk"]["stories"]) for request in hook.requests] == [3, 1]


def test_what_is_urgent_passes_and_takes_nothing_with_it(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, quiet_hours=NIGHT))
        calm = room.watch("calm", channels=("web",))
        urgent = room.watch("urgent", channels=("web",), urgent=True)
        room.clock.now = at("2026-10-13T23:00")
        room.story(calm)
        settle(desk)
        room.story(urgent)
        assert settle(desk) == 1
        room.clock.now = at("2026-10-14T06:00")
        assert settle(desk) == 1
    told = [[story["watch"] for story in request.json["nightdesk"]["stories"]] for request in hook.requests]
    assert told == [["urgent"], ["calm"]]


def test_a_storm_of_urgent_news_at_night_leaves_the_rest_for_the_morning(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, quiet_hours=NIGHT, storm_cap=1))
        calm = room.watch("calm", channels=("web",))
        urgent = room.watch("urgent", channels=("web",), urgent=True)
        room.clock.now = at("2026-10-13T23:00")
        room.story(calm)
        for _ in range(4):
            room.story(urgent)
        assert settle(desk) == 1
        room.clock.advance(minutes=5)
        assert settle(desk) == 1
        room.clock.now = at("2026-10-14T06:00")
        assert settle(desk) == 1
    told = [{story["watch"] for story in request.json["nightdesk"]["stories"]} for request in hook.requests]
    assert told == [{"urgent"}, {"urgent"}, {"calm"}]


def test_what_was_refused_before_the_night_is_tried_again_after_it(room: Newsroom) -> None:
    with webhook(answer(503)) as hook:
        desk = alerter(room, web=Channel(url=hook.url, quiet_hours=NIGHT))
        room.clock.now = at("2026-10-13T21:59:50")
        room.story(room.watch(channels=("web",)))
        assert settle(desk) == 0
        hook.behaviours.append(answer(200))
        room.clock.advance(hours=1)
        assert settle(desk) == 0
        (waiting,) = room.deliveries()
        assert (waiting.state, waiting.not_before) == ("pending", at("2026-10-14T06:00"))
        room.clock.now = at("2026-10-14T06:00")
        assert settle(desk) == 1


def test_a_group_that_would_be_ready_in_the_night_waits_for_the_morning(room: Newsroom) -> None:
    desk = alerter(room, console=None, quiet=Channel(url="console://", quiet_hours=NIGHT))
    room.clock.now = at("2026-10-13T21:59:30")
    room.story(room.watch(channels=("quiet",), group_wait="60s"))
    desk.decide()
    assert [row.not_before for row in room.deliveries()] == [at("2026-10-14T06:00")]


def test_the_digest_of_a_watch_whose_hour_is_in_the_night_waits_too_and_stays_itself(room: Newsroom) -> None:
    desk = alerter(room, quiet=Channel(url="console://", quiet_hours=NIGHT))
    digest = room.watch("digest", channels=("quiet",), mode="digest", digest_at="23:00")
    calm = room.watch("calm", channels=("quiet",))
    room.story(digest)
    desk.decide()
    room.clock.now = at("2026-10-13T23:30")
    room.story(calm)
    assert settle(desk) == 0
    room.clock.now = at("2026-10-14T06:00")
    assert settle(desk) == 2
    assert {tuple(story["watch"] for story in content["stories"]) for content in contents(room)} == {
        ("digest",),
        ("calm",),
    }


def test_the_operator_is_woken_at_night_and_reads_lists_in_the_morning(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, quiet_hours=NIGHT))
        desk.configure({"web": Channel(url=hook.url, quiet_hours=NIGHT)}, OperatorConfig(channels=("web",)), UTC)
        with room.store.write() as db:
            findings.note(db, "source_failing", "post", "daily", "It cannot be read.", room.clock())
        room.clock.now = at("2026-10-14T03:30")
        with room.store.write() as db:
            findings.note(db, "disk_full", "disk", "wake", "No room is left.", room.clock())
        desk.tell_findings()
        assert desk.deliver().sent == 1
        room.clock.now = at("2026-10-14T06:00")
        assert desk.deliver().sent == 1
    assert [request.json["title"].partition(":")[0] for request in hook.requests] == [
        "Nightdesk",
        "Nightdesk, daily list",
    ]


def test_releasing_what_waits_does_not_end_the_quiet(room: Newsroom) -> None:
    desk = alerter(room, quiet=Channel(url="console://", quiet_hours=NIGHT))
    room.clock.now = at("2026-10-13T23:00")
    room.story(room.watch(channels=("quiet",)))
    desk.decide()
    desk.release_waiting()
    assert desk.deliver().sent == 0
    assert [(row.state, row.not_before) for row in room.deliveries()] == [("pending", at("2026-10-14T06:00"))]
