"""One daemon per database, and a dead one never bars the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from core.errors import AlreadyRunning
from store import lock
from store.engine import Store

_HOLD = """
import sys, pathlib
from store.engine import open_store
from store.lock import hold
held = hold(open_store(sys.argv[1], pathlib.Path(sys.argv[2])), "pid 4711 on desk")
print("held", flush=True)
sys.stdin.read()
"""


def _holder(store: Store) -> subprocess.Popen[str]:
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _HOLD, url, str(store.data_dir)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_the_second_holder_is_told_who_the_first_is(store: Store) -> None:
    first = lock.hold(store, "pid 1 on desk")
    with pytest.raises(AlreadyRunning, match="pid 1 on desk"):
        lock.hold(store, "pid 2 on desk")
    first.release()


def test_a_released_lock_is_free(store: Store) -> None:
    lock.hold(store, "pid 1").release()
    lock.hold(store, "pid 2").release()


def test_the_lock_of_a_killed_process_is_free_at_once(store: Store) -> None:
    with _holder(store) as process:
        with pytest.raises(AlreadyRunning, match="4711"):
            lock.hold(store, "pid 2")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    # Postgres notices the closed socket within moments, not in the same instant.
    for _ in range(500):
        try:
            lock.hold(store, "pid 2").release()
            return
        except AlreadyRunning:
            os.sched_yield()
    lock.hold(store, "pid 2").release()
