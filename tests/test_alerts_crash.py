"""A process killed at every named point of deciding and delivering: nothing is lost, and what is repeated says so."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from core.faults import POINTS
from store.engine import Store, open_store
from tests.alerting import Newsroom, alerter
from tests.conftest import START, FakeClock
from tests.receivers import webhook
from tests.victims import Victims

#: Between these the request may have left and nobody wrote it down.
DOUBTFUL = ("deliver.in_send", "deliver.after_send", "deliver.in_finish", "deliver.before_send")


def work(url: str, data_dir: str, hook: str) -> None:
    """What a worker does in one turn."""
    desk = Alerter(
        open_store(url, Path(data_dir)),
        {"web": Channel(url=(hook,))},  # type: ignore[arg-type]
        OperatorConfig(),
        FakeClock(START + timedelta(minutes=1)),
        "worker:1:x",
    )
    desk.decide()
    desk.deliver()


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith(("decide.", "deliver."))])
def test_a_kill_loses_nothing_and_repeats_are_logged(
    point: str, sqlite_store: Store, clock: FakeClock, victims: Victims
) -> None:
    room = Newsroom(sqlite_store, clock)
    room.story(room.watch(channels=("web",)))
    clock.advance(minutes=1)
    with webhook() as hook:
        place = (str(sqlite_store.url), str(sqlite_store.data_dir), hook.url)
        assert victims.run(__name__, "work", *place, fault=point) == -signal.SIGKILL
        before = len(hook.requests)
        desk = alerter(room, owner="next:2:y", web=hook.url)
        desk.recover()
        desk.decide()
        desk.deliver()
        keys = {request.headers["idempotency-key"] for request in hook.requests}
        repeats = [request.json["nightdesk"]["repeat"] for request in hook.requests[before:]]
    unknown = room.rows("SELECT * FROM attempts WHERE outcome = 'unknown'")
    assert room.states() == ["sent"]
    assert len(room.rows("SELECT * FROM alerts")) == 1
    assert len(keys) == 1
    assert len(hook.requests) - 1 <= len(unknown) <= 1
    assert (len(unknown) == 1) is (point in DOUBTFUL)
    assert repeats == ([] if point == "deliver.after_finish" else [point in DOUBTFUL])
