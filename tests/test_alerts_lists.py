"""Findings that wake nobody: one list a day and one a week, each once, whatever restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts import findings_digest as digest
from alerts.config import Channel, OperatorConfig
from alerts.language import speak
from alerts.lists import due_lists
from core.saying import Saying
from store import findings
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import webhook

BANGKOK = ZoneInfo("Asia/Bangkok")
GROUPS = ["blocked"] * 9 + ["moved"] * 5 + ["empty"] * 3


def note(store: Store, clock: FakeClock, number: int, cause: str = "blocked", severity: str = "daily") -> None:
    with store.write() as db:
        findings.note(db, "source_failing", f"post-{number}", severity, "It cannot be read.", clock(), cause)


def lists(store: Store, clock: FakeClock) -> list[digest.Listed]:
    with store.write() as db:
        return [digest.compose(draft, speak("en")) for draft in due_lists(db, clock(), UTC)]


def test_a_first_day_of_dead_sources_is_one_list(store: Store, clock: FakeClock) -> None:
    clock.advance(hours=3)  # it is nine
    for number, cause in enumerate(GROUPS):
        note(store, clock, number, cause)
        assert lists(store, clock) == []
        clock.advance(minutes=10)
    clock.advance(hours=4)
    (listed,) = lists(store, clock)
    assert "17 of 0 sources cannot be read: 9 blocked, 5 moved, 3 empty" in listed.title
    assert len([line for line in listed.lines if line.startswith("- post-")]) == 17
    assert lists(store, clock) == []


def test_what_comes_after_the_days_list_is_told_the_next_morning(store: Store, clock: FakeClock) -> None:
    note(store, clock, 1)
    clock.advance(hours=7)
    assert len(lists(store, clock)) == 1
    note(store, clock, 2)
    clock.advance(hours=18)  # seven in the morning
    assert lists(store, clock) == []
    clock.advance(hours=1)
    assert len(lists(store, clock)) == 1


def test_the_end_of_what_was_told_is_told_once(store: Store, clock: FakeClock) -> None:
    note(store, clock, 1)
    clock.advance(hours=7)
    lists(store, clock)
    with store.write() as db:
        findings.end(db, "source_failing", "post-1", clock())
    clock.advance(days=1)
    (listed,) = lists(store, clock)
    assert listed.title == "Nightdesk, daily list: 1 over"
    assert "Over: post-1 (failing)." in listed.lines
    clock.advance(days=1)
    assert lists(store, clock) == []


def test_what_began_and_ended_before_the_list_is_never_told(store: Store, clock: FakeClock) -> None:
    note(store, clock, 1)
    with store.write() as db:
        findings.end(db, "source_failing", "post-1", clock())
    clock.advance(days=1)
    assert lists(store, clock) == []


def test_what_lasts_is_remembered_once_a_week(store: Store, clock: FakeClock) -> None:
    note(store, clock, 1)
    told = []
    for _ in range(24 * 21):
        clock.advance(hours=1)
        told += lists(store, clock)
    assert [one.title.partition(":")[0] for one in told] == ["Nightdesk, daily list"] + ["Nightdesk, weekly list"] * 3


def test_weekly_findings_wait_for_the_week(store: Store, clock: FakeClock) -> None:
    note(store, clock, 1, severity="weekly")
    clock.advance(hours=23)
    assert lists(store, clock) == []
    clock.advance(hours=1)
    assert len(lists(store, clock)) == 1


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-10-13T00:59", "2026-10-12"), ("2026-10-13T01:00", "2026-10-13"), ("2026-10-14T00:30", "2026-10-13")],
)
def test_a_day_begins_at_eight_where_the_operator_is(moment: str, day: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert digest.period_key("daily", now, BANGKOK) == f"daily {day}"
    assert now - timedelta(days=1) < digest.period_began("daily", now, BANGKOK) <= now


@pytest.mark.parametrize(
    ("language", "title", "last"),
    [
        ("th", "Nightdesk รายการประจำวัน: อ่านไม่ได้ 2 จาก 0 แหล่งข่าว: ถูกปิดกั้น 2 แห่ง", "nightdesk doctor"),
        ("zh", "Nightdesk 每日清单：0个来源中有2个无法读取：被拦截2个", "nightdesk doctor"),
    ],
    ids=["th", "zh"],
)
def test_a_list_is_framed_in_the_channels_language(
    store: Store, clock: FakeClock, language: str, title: str, last: str
) -> None:
    for number in range(2):
        note(store, clock, number)
    clock.advance(hours=7)
    with store.write() as db:
        (draft,) = due_lists(db, clock(), UTC)
    listed = digest.compose(draft, speak(language))
    assert listed.title == title and last in listed.lines[-1]


def test_what_wakes_says_what_to_do_in_each_channels_language(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    with webhook() as english, webhook() as chinese:
        channels = {"mail": Channel(url=english.url), "phone": Channel(url=chinese.url, language="zh")}
        desk = alerter(room, **channels)
        desk.configure(channels, OperatorConfig(channels=("mail", "phone")), UTC)
        with store.write() as db:
            detail = Saying("delivery_unknown_to", "", {"recipient": "line", "reason": "HTTP 404"})
            findings.note(db, "channel_failing", "line", "wake", detail, clock())
        assert desk.tell_findings() == 1
        desk.deliver()
    assert english.requests[0].json["title"] == "Nightdesk: channel failing: line"
    told = chinese.requests[0].json
    assert told["title"] == "Nightdesk：渠道故障：line"
    assert "nightdesk channels test line" in told["message"] and "现暂缓处理：HTTP 404" in told["message"]


def test_a_line_of_a_list_says_what_to_do(store: Store, clock: FakeClock) -> None:
    with store.write() as db:
        findings.note(db, "delivery_unknown", "phone", "daily", "A message may or may not have arrived.", clock())
    clock.advance(hours=7)
    (listed,) = lists(store, clock)
    assert listed.lines[0].startswith("- delivery unknown, phone: A message may or may not have arrived. Ask")
    assert "nightdesk alerts retry" in listed.lines[0]
