"""The states of a delivery, each transition by example."""

from __future__ import annotations

import io
import logging
import threading
from collections import Counter
from datetime import UTC, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.config import Channel, OperatorConfig
from alerts.outbox import Ready
from alerts.run import Alerter
from alerts.senders.parcel import Answer, Parcel
from store import attempts as tries
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import answer, hang, mailbox, reset, webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def due(desk: Alerter) -> list[Any]:
    return desk._outbox.due()


def claim(desk: Alerter) -> Ready:
    """Take the first due delivery, as a worker does, and stop there as if killed."""
    ready = desk._outbox.claim(due(desk)[0])
    assert ready is not None
    return ready


def attempts(room: Newsroom, delivery: int = 1) -> list[Any]:
    with room.store.read() as db:
        return tries.attempts_of(db, delivery)


# --- claiming


def test_two_workers_race_and_one_wins(room: Newsroom) -> None:
    room.story(room.watch())
    one, two = alerter(room, owner="one"), alerter(room, owner="two")
    one.decide()
    rows = (due(one)[0], due(two)[0])
    barrier, won = threading.Barrier(2), []

    def race(desk: Alerter, row: Any) -> None:
        barrier.wait()
        won.append(desk._outbox.claim(row))

    threads = [threading.Thread(target=race, args=pair) for pair in zip((one, two), rows, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ready is None for ready in won) == [False, True]
    assert len(attempts(room)) == 1


def test_a_recipient_has_one_delivery_in_flight(room: Newsroom) -> None:
    watch = room.watch()
    room.story(watch)
    room.story(watch)
    desk = alerter(room)
    desk.decide()
    first, second = due(desk)[0], room.deliveries()[1]
    desk._outbox.claim(first)
    assert due(desk) == []
    with pytest.raises(sa.exc.IntegrityError), room.store.write() as db:
        tries.claim(db, second.id, "two", room.clock(), timedelta(seconds=60))


def test_the_attempt_and_the_content_are_committed_with_the_claim(room: Newsroom) -> None:
    room.story(room.watch())
    desk = alerter(room)
    desk.decide()
    assert contents(room) == []
    ready = claim(desk)
    assert room.states() == ["leased"]
    assert [(row.outcome, row.handed_at) for row in attempts(room)] == [(None, None)]
    assert contents(room)[0]["title"] == ready.parcel.content["title"]


def test_a_retry_sends_the_frozen_content_although_the_story_went_on(room: Newsroom) -> None:
    with webhook(answer(500), answer(200)) as hook:
        desk = alerter(room, web=hook.url)
        development = room.story(room.watch(channels=("web",)))
        desk.decide()
        desk.deliver()
        room.touch(development, event_types=["raid"], event_date="2026-10-01")
        room.clock.advance(minutes=1)
        desk.deliver()
    first, second = (request.json for request in hook.requests)
    assert first["title"] == second["title"]
    assert first["nightdesk"]["key"] == second["nightdesk"]["key"]
    assert second["nightdesk"]["repeat"] is False


# --- answers


@pytest.mark.parametrize(
    ("said", "state", "outcome"),
    [
        (Answer("accepted"), "sent", "accepted"),
        (Answer("refused", "HTTP 404"), "dead", "refused"),
        (Answer("failed", "HTTP 500"), "pending", "failed"),
        (Answer("unknown", "no answer"), "pending", "unknown"),
    ],
)
def test_an_answer_moves_the_delivery_on(room: Newsroom, said: Answer, state: str, outcome: str) -> None:
    room.story(room.watch())
    desk = alerter(room)
    desk.decide()
    ready = claim(desk)
    desk._outbox.hand(ready)
    assert desk._outbox.finish(ready, said) == state
    assert room.states() == [state]
    assert attempts(room)[0].outcome == outcome
    assert room.deliveries()[0].lease_owner is None


def test_a_late_worker_cannot_overwrite_what_happened_since(room: Newsroom) -> None:
    room.story(room.watch())
    slow, quick = alerter(room, owner="slow"), alerter(room, owner="quick")
    slow.decide()
    late = claim(slow)
    quick.recover()
    assert quick.deliver().sent == 1
    assert slow._outbox.finish(late, Answer("failed", "too late")) == "lost"
    assert room.states() == ["sent"]


def test_a_refused_delivery_is_dead_and_the_operator_hears_of_it_elsewhere(room: Newsroom) -> None:
    screen = io.StringIO()
    with webhook(answer(404)) as hook:
        desk = alerter(room, console=screen, web=hook.url)
        room.story(room.watch(channels=("web",)))
        desk.decide()
        assert desk.deliver().dead == 1
        assert desk.tell_findings() == 1
        desk.deliver()
        assert desk.tell_findings() == 0
    assert room.states() == ["dead", "sent"]
    assert "channel dead: web" in screen.getvalue()
    assert "nightdesk channels test web" in screen.getvalue()
    assert len(hook.requests) == 1


def test_retry_after_sets_the_time_of_the_next_try(room: Newsroom) -> None:
    with webhook(answer(429, Retry_After="90"), answer(200)) as hook:
        desk = alerter(room, web=hook.url)
        room.story(room.watch(channels=("web",)))
        desk.decide()
        assert desk.deliver().retried == 1
        assert room.deliveries()[0].not_before == room.clock() + timedelta(seconds=90)
        room.clock.advance(seconds=89)
        assert desk.deliver().sent == 0
        room.clock.advance(seconds=1)
        assert desk.deliver().sent == 1


def test_a_delivery_is_given_up_after_three_days(room: Newsroom) -> None:
    with webhook(answer(500)) as hook:
        desk = alerter(room, web=hook.url)
        room.story(room.watch(channels=("web",)))
        desk.decide()
        while room.states() == ["pending"]:
            desk.deliver()
            room.clock.advance(hours=1)
    row = room.deliveries()[0]
    assert row.state == "dead"
    assert "72 hours" in row.reason and "HTTP 500" in row.reason
    assert row.attempts == row.refusals > 70


# --- killed in between


def test_killed_before_the_message_left_is_a_plain_retry(room: Newsroom) -> None:
    room.story(room.watch())
    dead, desk = alerter(room, owner="dead"), alerter(room, owner="new")
    dead.decide()
    claim(dead)
    assert desk.recover() == 1
    assert desk.deliver().sent == 1
    assert [row.outcome for row in attempts(room)] == ["interrupted", "accepted"]
    assert room.deliveries()[0].refusals == 0


def test_killed_after_it_left_is_sent_again_at_once_and_says_so(room: Newsroom) -> None:
    with webhook() as hook:
        dead, desk = alerter(room, owner="dead", web=hook.url), alerter(room, owner="new", web=hook.url)
        room.story(room.watch(channels=("web",)))
        dead.decide()
        dead._outbox.hand(claim(dead))
        assert desk.recover() == 1
        assert desk.deliver().sent == 1
    assert hook.requests[0].json["nightdesk"]["repeat"] is True
    assert "may be a repeat" in hook.requests[0].json["message"]
    assert [row.outcome for row in attempts(room)] == ["unknown", "accepted"]
    assert room.deliveries()[0].refusals == 0


def test_a_channel_that_holds_is_not_sent_a_possible_repeat(room: Newsroom) -> None:
    with webhook(hang) as hook:
        desk = alerter(room, web=Channel(url=hook.url, on_unknown="hold"))
        room.story(room.watch(channels=("web",)))
        desk.decide()
        assert desk.deliver().unknown == 1
        room.clock.advance(days=1)
        assert desk.deliver().unknown == 0
    assert room.states() == ["unknown"]
    assert [row.kind for row in room.rows("SELECT kind FROM findings")] == ["delivery_unknown"]


def test_a_worker_that_lives_keeps_its_lease(room: Newsroom) -> None:
    room.story(room.watch())
    other, desk = alerter(room, owner="other"), alerter(room, owner="desk")
    other.decide()
    claim(other)
    room.clock.advance(days=1)
    assert desk.recover({"other"}) == 0
    assert desk.recover() == 1


def test_our_own_attempt_without_a_record_is_recovered(room: Newsroom) -> None:
    room.story(room.watch())
    desk = alerter(room)
    desk.decide()
    claim(desk)
    assert desk.recover({"desk:1:a"}) == 1
    assert room.states() == ["pending"]


def test_what_was_taken_over_meanwhile_does_not_leave(room: Newsroom) -> None:
    room.story(room.watch())
    asleep, desk = alerter(room, owner="asleep"), alerter(room, owner="new")
    asleep.decide()
    late = claim(asleep)
    desk.recover()
    assert asleep._outbox.hand(late) is False
    assert desk.deliver().sent == 1


# --- one recipient, another recipient


def test_what_is_in_back_off_does_not_hold_back_other_developments(room: Newsroom) -> None:
    with webhook(answer(500), answer(200)) as hook:
        desk = alerter(room, web=hook.url)
        watch = room.watch(channels=("web",))
        room.story(watch)
        desk.decide()
        desk.deliver()
        room.story(watch)
        desk.decide()
        assert desk.deliver().sent == 1
    assert room.states() == ["pending", "sent"]


def test_what_is_in_back_off_holds_back_its_own_development(room: Newsroom) -> None:
    with webhook(answer(500), answer(200)) as hook:
        desk = alerter(room, web=hook.url)
        development = room.story(room.watch(channels=("web",), update_interval="0s"))
        desk.decide()
        desk.deliver()
        room.change(development, "update", what="figure", old="215", new="260")
        desk.decide()
        assert desk.deliver().sent == 0
        room.clock.advance(minutes=1)
        assert desk.deliver().sent == 2
    assert [request.json["title"].startswith("Update") for request in hook.requests] == [False, False, True]


def test_a_hanging_receiver_does_not_delay_a_healthy_one(room: Newsroom) -> None:
    with webhook(hang) as sick, webhook() as well:
        desk = alerter(room, seconds=0.5, sick=[sick.url + f"/{n}" for n in range(3)], well=well.url)
        room.story(room.watch(channels=("sick", "well")))
        desk.decide()
        worker = threading.Thread(target=desk.deliver)
        worker.start()
        while len(well.requests) < 1:
            assert worker.is_alive()
        assert len(sick.requests) <= 1
        worker.join()
    assert sorted(room.states()) == ["pending"] * 3 + ["sent"]


def test_one_of_two_recipients_is_refused_and_the_other_gets_one_mail(room: Newsroom) -> None:
    with mailbox(refuse={"ana@example.org": "550 unknown"}) as box:
        desk = alerter(room, post=box.url("ana@example.org", "bo@example.org"))
        room.story(room.watch(channels=("post",)))
        desk.decide()
        desk.deliver()
    assert box.recipients == ["bo@example.org"]
    assert [(row.recipient, row.state) for row in room.deliveries()] == [
        ("a***@example.org", "dead"),
        ("b***@example.org", "sent"),
    ]


def test_another_service_is_reached_through_a_child_process(sqlite_store: Store, clock: FakeClock) -> None:
    room = Newsroom(sqlite_store, clock)
    with webhook() as hook:
        desk = alerter(room, phone=f"ntfy://127.0.0.1:{hook.port}/one/two", seconds=30.0)
        room.story(room.watch(channels=("phone",)))
        desk.decide()
        assert desk.deliver().sent == 2
        desk.close()
    assert sorted(request.json["topic"] for request in hook.requests) == ["one", "two"]
    assert hook.requests[0].json["title"].startswith("At least 215 Chinese nationals freed")


def test_rate_keeps_a_channel_from_being_flooded(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, rate="2/m"))
        watch = room.watch(channels=("web",))
        for _ in range(3):
            room.story(watch)
        desk.decide()
        assert desk.deliver().sent == 2
        room.clock.advance(seconds=61)
        assert desk.deliver().sent == 1


# --- the configuration moved on


def test_what_waits_for_a_channel_that_is_gone_ends_with_a_reason(room: Newsroom) -> None:
    with webhook() as hook:
        before, after = alerter(room, web=hook.url), alerter(room)
        room.story(room.watch(channels=("web",)))
        before.decide()
        after.deliver()
    assert [(row.state, row.reason) for row in room.deliveries()] == [
        ("suppressed", "the channel is no longer configured")
    ]
    assert [row.kind for row in room.rows("SELECT kind FROM findings")] == ["channel_gone"]


def test_a_watch_that_names_no_channel_of_ours_is_reported(room: Newsroom) -> None:
    room.story(room.watch(channels=("nowhere",)))
    desk = alerter(room)
    assert desk.decide().alerts == 1
    assert [(row.state, row.reason) for row in room.deliveries()] == [("suppressed", "the channel is not configured")]
    assert desk.tell_findings() == 1


def test_an_address_that_cannot_be_read_is_reported_not_crashed_on(room: Newsroom) -> None:
    room.story(room.watch(channels=("bad",)))
    desk = alerter(room, bad="slackk://s3cret")
    desk.decide()
    assert room.deliveries()[0].reason == "the channel's address cannot be read"


def test_new_channels_are_taken_up_while_at_work(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room)
        desk.configure({"web": Channel(url=hook.url)}, OperatorConfig(), UTC)
        room.story(room.watch(channels=("web",)))
        desk.decide()
        assert desk.deliver().sent == 1


def test_operator_channels_hear_of_findings_but_not_of_their_own(room: Newsroom) -> None:
    with webhook(answer(404)) as sick, webhook() as well:
        desk = alerter(room, sick=sick.url, well=well.url)
        desk.configure(desk._channels, OperatorConfig(channels=("sick", "well")), UTC)
        room.story(room.watch(channels=("sick",)))
        desk.decide()
        desk.deliver()
        desk.tell_findings()
        desk.deliver()
    assert [request.json["nightdesk"]["kind"] for request in well.requests] == ["finding"]
    assert len(sick.requests) == 1


# --- tests and secrets


def test_a_test_message_says_what_the_service_answered(room: Newsroom) -> None:
    with webhook(answer(503)) as hook:
        desk = alerter(room, web=hook.url)
        result = desk.test_message("web")[0]
        assert (result.state, result.detail) == ("failed", "HTTP 503 Service Unavailable")
        room.clock.advance(hours=1)
        desk.deliver()
    assert len(hook.requests) == 1
    assert hook.requests[0].json["title"] == "Nightdesk test: channel web"


def test_no_secret_reaches_a_row_or_a_log(
    room: Newsroom, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with webhook(reset) as hook:
        secret = hook.url.replace("json://", "json://desk:c4nary@") + "?+X-Token=c4nary"
        desk = alerter(room, web=secret, wrong="slackk://c4nary", ntfy=f"ntfy://u:c4nary@127.0.0.1:{hook.port}/c4nary")
        room.story(room.watch(channels=("web", "wrong", "ntfy")))
        desk.decide()
        desk.deliver()
        desk.close()
    kept = [
        str(row)
        for table in ("deliveries", "attempts", "messages", "findings")
        for row in room.rows(f"SELECT * FROM {table}")
    ]
    said = capsys.readouterr()
    assert "c4nary" not in "\n".join([*kept, said.out, said.err, caplog.text])
    assert "c4nary" not in repr(desk.__dict__)


def test_forty_channels_that_hang_leave_a_healthy_one_alone(room: Newsroom) -> None:
    sick = {f"sick-{number}": f"json://sick-{number}.example.org/x" for number in range(40)}
    desk = alerter(room, well="json://well.example.org/x", **sick)
    watch = room.watch(channels=("well", *sick))
    hanging, told = threading.Event(), [threading.Event(), threading.Event()]

    def send(parcel: Parcel) -> Answer:
        if parcel.channel == "well":
            next(event for event in told if not event.is_set()).set()
            return Answer("accepted")
        hanging.wait(60)
        return Answer("unknown", "no answer")

    desk._post._send = send  # type: ignore[method-assign]
    room.story(watch)
    desk.decide()
    worker = threading.Thread(target=desk.deliver, kwargs={"stop": hanging.is_set})
    worker.start()
    assert told[0].wait(60)
    room.story(watch)
    desk.decide()
    assert told[1].wait(60)
    assert not hanging.is_set()
    hanging.set()
    worker.join()
    assert Counter(row.state for row in room.deliveries() if row.channel == "well") == {"sent": 2}
