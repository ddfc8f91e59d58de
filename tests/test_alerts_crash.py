"""A process killed at every named point of deciding and delivering: nothing is lost, and what is repeated says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.faults import POINTS
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import webhook

ROOT = Path(__file__).parents[1]
#: Between these the request may have left and nobody wrote it down.
DOUBTFUL = ("deliver.in_send", "deliver.after_send", "deliver.in_finish", "deliver.before_send")

WORKER = """
import sys, pathlib
from datetime import UTC, datetime
from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from store.engine import open_store
store = open_store(sys.argv[1], pathlib.Path(sys.argv[2]))
clock = lambda: datetime(2026, 10, 13, 6, 1, tzinfo=UTC)
desk = Alerter(store, {"web": Channel(url=sys.argv[3])}, OperatorConfig(), clock, "worker:1:x")
desk.decide()
desk.deliver()
"""


def work(store: Store, url: str, fault: str) -> int:
    command = [sys.executable, "-c", WORKER, str(store.url), str(store.data_dir), url]
    environment = {**os.environ, "NIGHTDESK_FAULT": fault, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, cwd=ROOT, timeout=60, capture_output=True, check=False).returncode


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith(("decide.", "deliver."))])
def test_a_kill_loses_nothing_and_repeats_are_logged(point: str, sqlite_store: Store, clock: FakeClock) -> None:
    room = Newsroom(sqlite_store, clock)
    room.story(room.watch(channels=("web",)))
    clock.advance(minutes=1)
    with webhook() as hook:
        assert work(sqlite_store, hook.url, point) == -signal.SIGKILL
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
