"""What is told elsewhere because its own channel cannot: dead channels, and months that are used up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts import quota
from alerts.config import Channel
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import START, FakeClock
from tests.receivers import Webhook, answer, mailbox, reset, webhook

BANGKOK = ZoneInfo("Asia/Bangkok")


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def findings(room: Newsroom) -> list[str]:
    return [row.kind for row in room.rows("SELECT kind FROM findings WHERE ended_at IS NULL ORDER BY id")]


def phone_and_mail(phone: Webhook, mail: Webhook, **settings: Any) -> dict[str, Channel]:
    return {"phone": Channel(url=phone.url, fallback="mail", **settings), "mail": Channel(url=mail.url)}


def test_a_dead_message_goes_out_over_the_fallback_and_says_so(room: Newsroom) -> None:
    with webhook(answer(404)) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail))
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        desk.deliver()
    first, second = phone.requests[0].json, mail.requests[0].json
    assert first["title"] == second["title"]
    assert second["message"].startswith(first["message"].rstrip())
    assert "Sent over mail, because the channel phone did not take it: HTTP 404" in second["message"]
    assert [(row.channel, row.state) for row in room.deliveries()] == [("phone", "dead"), ("mail", "sent")]
    assert "channel_dead" in findings(room)


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("th", "ส่งผ่าน mail เพราะช่องทาง phone ไม่รับข้อความนี้: HTTP 404"),
        ("zh", "改经 mail 发送，因为渠道 phone 未接收此消息：HTTP 404"),
    ],
    ids=["th", "zh"],
)
def test_the_note_speaks_the_language_of_its_message(room: Newsroom, language: str, note: str) -> None:
    with webhook(answer(404)) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail, language=language))
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        desk.deliver()
    assert note in mail.requests[0].json["message"]


def test_however_many_recipients_died_the_fallback_tells_it_once(room: Newsroom) -> None:
    with mailbox(refuse={"a@example.org": "550 gone", "b@example.org": "550 gone"}) as box, webhook() as hook:
        channels = {"post": Channel(url=box.url("a@example.org", "b@example.org"), fallback="web")}
        desk = alerter(room, web=hook.url, **channels)
        room.story(room.watch(channels=("post",)))
        desk.decide()
        desk.deliver()
    assert sorted(room.states()) == ["dead", "dead", "sent"]
    assert len(hook.requests) == 1


def test_a_channel_with_a_fallback_is_given_an_hour_and_not_three_days(room: Newsroom) -> None:
    with webhook(answer(500)) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail, fallback_after=timedelta(minutes=20)))
        begun = room.clock()
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        while not mail.requests:
            desk.deliver()
            room.clock.advance(minutes=1)
            assert room.clock() - begun < timedelta(minutes=21)
    assert room.deliveries()[0].reason == "not delivered in 20 minutes, 6 tries answered badly; last: HTTP 500 " + (
        "Internal Server Error"
    )


def test_a_fallback_that_is_dead_too_hands_on_to_its_own(room: Newsroom) -> None:
    with webhook(answer(404)) as one, webhook(answer(410)) as two, webhook() as three:
        channels = {
            "one": Channel(url=one.url, fallback="two"),
            "two": Channel(url=two.url, fallback="three"),
            "three": Channel(url=three.url),
        }
        desk = alerter(room, **channels)
        room.story(room.watch(channels=("one",)))
        desk.decide()
        desk.deliver()
    assert [row.state for row in room.deliveries()] == ["dead", "dead", "sent"]
    assert three.requests[0].json["message"].count("did not take it") == 1


def test_who_was_told_by_a_fallback_gets_its_correction(room: Newsroom) -> None:
    with webhook(answer(404)) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail))
        development = room.story(room.watch(channels=("phone",)))
        desk.decide()
        desk.deliver()
        room.clock.advance(hours=1)
        room.change(development, "correction", what="figure", old="215", new="125")
        desk.decide()
        desk.deliver()
    assert [request.json["nightdesk"]["kind"] for request in mail.requests] == ["alert", "correction"]


@pytest.mark.parametrize(("urgent", "sent"), [(False, [0, 1]), (True, [1, 0])])
def test_a_fallback_has_its_own_quiet_hours(room: Newsroom, urgent: bool, sent: list[int]) -> None:
    with webhook(answer(404)) as phone, webhook() as mail:
        channels = {
            "phone": Channel(url=phone.url, fallback="mail"),
            "mail": Channel(url=mail.url, quiet_hours="05:00-07:00"),
        }
        desk = alerter(room, **channels)
        room.story(room.watch(channels=("phone",), urgent=urgent))
        desk.decide()
        assert desk.deliver().sent == sent[0]
        room.clock.advance(hours=1)
        assert desk.deliver().sent == sent[1]
    assert len(mail.requests) == 1 and "did not take it" in mail.requests[0].json["message"]


def test_what_a_channels_quiet_hours_hold_falls_back_only_after_them(room: Newsroom) -> None:
    with webhook(answer(503)) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail, quiet_hours="06:10-12:00"))
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        while room.clock() < START + timedelta(hours=6):
            desk.deliver()
            assert not mail.requests
            room.clock.advance(minutes=10)
        desk.deliver()
    assert len(mail.requests) == 1


def test_what_may_have_arrived_is_held_and_told_nowhere_else(room: Newsroom) -> None:
    with webhook(reset) as phone, webhook() as mail:
        desk = alerter(room, **phone_and_mail(phone, mail, on_unknown="hold"))
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        desk.deliver()
    assert room.states() == ["unknown"] and not mail.requests


def test_a_test_that_fails_is_nobody_elses(room: Newsroom) -> None:
    with webhook(answer(404)) as phone, webhook() as mail:
        assert alerter(room, **phone_and_mail(phone, mail)).test_message("phone")[0].state == "refused"
    assert not mail.requests


# --- a month's messages


def test_the_operator_hears_in_time_that_a_months_messages_run_out(room: Newsroom) -> None:
    with webhook() as line:
        desk = alerter(room, line=Channel(url=line.url, monthly_limit=5))
        watch = room.watch(channels=("line",))
        for number in range(5):
            assert findings(room) == (["channel_limit_near"] if number > 3 else [])
            room.story(watch)
            desk.decide()
            desk.deliver()


def test_what_is_beyond_a_months_messages_goes_elsewhere_until_the_next(room: Newsroom) -> None:
    with webhook() as line, webhook() as mail:
        channels = {"line": Channel(url=line.url, monthly_limit=2, fallback="mail"), "mail": Channel(url=mail.url)}
        desk = alerter(room, **channels)
        watch = room.watch(channels=("line",))
        for _ in range(3):
            room.story(watch)
            desk.decide()
            desk.deliver()
        assert (len(line.requests), len(mail.requests)) == (2, 1)
        assert "the channel line has used up its messages of this month" in mail.requests[0].json["message"]
        assert "channel_limit" in findings(room)
        room.clock.advance(days=31)
        room.story(watch)
        desk.decide()
        desk.deliver()
        assert (len(line.requests), len(mail.requests)) == (3, 1)
    assert "channel_limit" not in findings(room)


@pytest.mark.parametrize(
    ("taken", "state"), [(0, "plenty"), (399, "plenty"), (400, "near"), (499, "near"), (500, "used_up")]
)
def test_four_fifths_of_a_limit_are_near_it(taken: int, state: str) -> None:
    assert quota.judge(500, taken) == state


def test_a_month_is_one_of_the_users_calendar() -> None:
    new_year = datetime(2026, 12, 31, 18, tzinfo=UTC)
    assert quota.month_began(new_year, BANGKOK) == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert quota.next_month(new_year - timedelta(hours=2), BANGKOK).date().isoformat() == "2027-01-01"


# --- services that are down


def test_what_waited_three_days_for_a_service_that_is_down_is_given_up_visibly(room: Newsroom) -> None:
    with webhook(answer(500)) as hook:
        desk = alerter(room, web=[f"{hook.url}/{number}" for number in range(30)])
        room.story(room.watch(channels=("web",)))
        desk.decide()
        for _ in range(16):
            desk.deliver()
            room.clock.advance(hours=6)
    never_tried = [row for row in room.deliveries() if not row.attempts]
    assert len(never_tried) > 5
    assert {row.state for row in never_tried} == {"dead"}
    assert all("72 hours" in row.reason for row in never_tried)


def test_messages_that_waited_long_because_the_daemon_was_off_are_still_sent(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=[f"{hook.url}/{number}" for number in range(6)])
        room.story(room.watch(channels=("web",)))
        desk.decide()
        room.clock.advance(days=5)
        desk.deliver()
    assert room.states() == ["sent"] * 6


def test_one_recipients_flood_limit_spares_the_service_for_all(room: Newsroom) -> None:
    with webhook(answer(429, Retry_After="60"), answer(200)) as hook:
        desk = alerter(room, web=[f"{hook.url}/{number}" for number in range(6)])
        room.story(room.watch(channels=("web",)))
        desk.decide()
        desk.deliver()
        assert len(hook.requests) == 1
        room.clock.advance(seconds=61)
        assert desk.deliver().sent == 6
