"""What wakes somebody ends when it is over, whatever ends it: else a dead man's switch hears nothing ever again."""

from __future__ import annotations

from datetime import UTC

import pytest
import sqlalchemy as sa

from alerts import mended
from alerts.addresses import open_channels
from alerts.config import Channel
from alerts.place import Place
from store import findings
from store.definitions import watches
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def place(**channels: Channel) -> Place:
    return Place(channels, open_channels(channels), UTC)


def note(room: Newsroom, kind: str, subject: str = "web") -> None:
    room.store.unit(lambda db: findings.note(db, kind, subject, "wake", "It is so.", room.clock()))


def told(room: Newsroom) -> None:
    with room.store.write() as db:
        findings.mark_told(db, [row.id for row in findings.to_wake(db)], room.clock())


def still(room: Newsroom, place: Place) -> list[str]:
    """What is open after a look."""
    room.store.unit(lambda db: mended.look(db, place, room.clock()))
    with room.store.read() as db:
        return findings.open_kinds(db, "wake")


HERE = Channel(url="console://", monthly_limit=100)


@pytest.mark.parametrize("kind", ["channel_dead", "channel_failing", "channel_limit", "channel_limit_near"])
def test_a_channel_that_left_the_configuration_has_no_trouble(room: Newsroom, kind: str) -> None:
    note(room, kind)
    assert still(room, place()) == []


@pytest.mark.parametrize(("kind", "left"), [("channel_dead", 1), ("channel_failing", 1), ("channel_limit", 0)])
def test_one_that_is_there_is_well_when_its_service_or_a_new_month_says_so(
    room: Newsroom, kind: str, left: int
) -> None:
    note(room, kind)
    assert len(still(room, place(web=HERE))) == left


def test_a_channel_whose_month_is_used_up_stays_so(room: Newsroom) -> None:
    desk = alerter(room, web="console://")
    room.story(room.watch(channels=("web",), group_wait="0s"))
    desk.decide()
    assert desk.deliver().sent == 1
    note(room, "channel_limit")
    used_up = place(web=Channel(url="console://", monthly_limit=1))
    assert still(room, used_up) == ["channel_limit"]
    room.clock.advance(days=31)
    assert still(room, used_up) == []


def test_a_channel_that_went_is_over_once_somebody_was_told_and_nothing_names_it(room: Newsroom) -> None:
    room.watch(channels=("web",))
    note(room, "channel_gone")
    note(room, "channel_gone", "other")
    assert len(still(room, place())) == 1  # nobody was told
    told(room)
    note(room, "channel_gone")
    room.store.unit(lambda db: mended.look(db, place(), room.clock()))
    with room.store.read() as db:
        assert [row.subject for row in findings.of_kind(db, "channel_gone")] == ["web"]  # a watch waits for it
    assert still(room, place(web=HERE)) == []


def test_a_watch_that_is_not_valid_names_no_channel_and_stops_no_look(room: Newsroom) -> None:
    broken = room.watch(channels=("web",))
    with room.store.write() as db:
        db.execute(sa.update(watches).where(watches.c.id == broken).values(definition={"channels": 5}))
    note(room, "channel_gone")
    told(room)
    assert still(room, place()) == []


def test_a_calendar_that_works_again_says_so_also_after_a_restart(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError

    desk = alerter(room)
    with monkeypatch.context() as patched:
        patched.setattr("alerts.calendar.tell", fail)
        desk.decide()
    assert [row.kind for row in room.rows("SELECT kind FROM findings WHERE ended_at IS NULL")] == ["calendar_failed"]
    alerter(room).decide()  # another process
    assert room.rows("SELECT kind FROM findings WHERE ended_at IS NULL") == []
    room.clock.advance(seconds=11)
    desk.decide()
    assert room.rows("SELECT kind FROM findings WHERE ended_at IS NULL") == []


def test_a_decision_that_failed_before_a_restart_is_over_when_all_is_decided(room: Newsroom) -> None:
    note(room, "decision_failed", "d1")
    alerter(room).decide()
    assert room.rows("SELECT kind FROM findings WHERE ended_at IS NULL") == []
