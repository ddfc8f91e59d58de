"""The pool of killable children: limits hold, deaths are told, the pool goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.pool import Limits, Pool

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, limits=Limits(seconds=20, megabytes=256)) as pool:
        yield pool


def double(number: int) -> int:
    return number * 2


def sleep_for_ever() -> None:
    signal.pause()


def spin() -> None:
    while True:
        pass


def spin_in_c() -> int:
    return len(str(9**9_999_999))  # holds the interpreter lock for minutes


def take_memory() -> int:
    return len(bytearray(1 << 30))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    sys.exit(3)


def complain() -> None:
    raise ValueError("no such article")


class Unpicklable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(one)


def raise_unpicklable() -> None:
    raise Unpicklable(1, 2)


def return_unpicklable() -> object:
    return lambda: None


def process_id() -> int:
    return os.getpid()


def test_a_task_gives_its_value(pool: Pool) -> None:
    outcome = pool.run(double, 21)
    assert outcome.ok and outcome.value == 42 and not outcome.died


@pytest.mark.parametrize("task", [sleep_for_ever, spin, spin_in_c])
def test_a_task_that_takes_too_long_is_killed_and_the_pool_goes_on(pool: Pool, task: object) -> None:
    outcome = pool.run(task, seconds=0.5)  # type: ignore[arg-type]
    assert outcome.died and "took more than 0.5 s" in outcome.error
    assert pool.run(double, 1).value == 2


def test_a_task_that_wants_too_much_memory_fails_alone(pool: Pool) -> None:
    outcome = pool.run(take_memory)
    assert outcome.died and "256 MB" in outcome.error
    assert pool.run(double, 2).value == 4


@pytest.mark.parametrize("task", [crash, leave])
def test_a_crash_is_told_and_the_pool_goes_on(pool: Pool, task: object) -> None:
    outcome = pool.run(task)  # type: ignore[arg-type]
    assert not outcome.ok
    assert pool.run(double, 3).value == 6


@pytest.mark.parametrize(
    ("task", "words"),
    [(complain, "ValueError: no such article"), (raise_unpicklable, ""), (return_unpicklable, "")],
)
def test_an_exception_is_an_outcome_not_an_exception(pool: Pool, task: object, words: str) -> None:
    outcome = pool.run(task)  # type: ignore[arg-type]
    assert not outcome.ok and words in outcome.error and not outcome.died
    assert pool.run(double, 4).value == 8


def test_an_argument_that_cannot_travel_is_an_outcome_too(pool: Pool) -> None:
    outcome = pool.run(double, lambda: 1)  # type: ignore[arg-type]
    assert not outcome.ok
    assert pool.run(double, 5).value == 10


def say_and_sleep(path: Path) -> None:
    path.with_suffix(".tmp").write_text(str(os.getpid()))
    path.with_suffix(".tmp").rename(path)
    signal.pause()


def test_a_task_killed_by_another_hand_is_told(pool: Pool, tmp_path: Path) -> None:
    future = pool.submit(say_and_sleep, tmp_path / "pid")
    while not (tmp_path / "pid").exists() and not future.done():
        os.sched_yield()
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    outcome = pool.outcome(future)
    assert outcome.died and "died (exit -9)" in outcome.error


def test_an_idle_child_killed_by_another_hand_costs_no_task(pool: Pool) -> None:
    child = pool.run(process_id).value
    assert child is not None
    os.kill(child, signal.SIGKILL)
    assert pool.run(double, 6).value == 12


def test_a_closed_pool_says_so() -> None:
    pool = Pool(workers=1, limits=Limits(seconds=20, megabytes=256))
    pool.close()
    assert "closed" in pool.run(double, 1).error


def test_children_are_replaced_after_their_tasks() -> None:
    with Pool(workers=1, limits=Limits(seconds=20, megabytes=256, tasks=1)) as pool:
        assert pool.run(process_id).value != pool.run(process_id).value


def test_a_closed_pool_leaves_no_child_behind() -> None:
    pool = Pool(workers=1, limits=Limits(seconds=20, megabytes=256))
    child = pool.run(process_id).value
    pool.submit(spin)
    pool.close(wait=0.1)
    pool.close()
    assert child is not None and not psutil.pid_exists(child)


PARENT = """
import sys
from core.pool import Limits, Pool
from tests.test_core_pool import process_id, spin

if __name__ == "__main__":
    pool = Pool(workers=1, limits=Limits(seconds=300, megabytes=512))
    print(pool.run(process_id).value, flush=True)
    if sys.argv[1] == "busy":
        pool.submit(spin)
    sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_children_end_when_their_parent_is_killed(tmp_path: Path, state: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script), state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        ended, alive = psutil.wait_procs([child], timeout=30)
        assert not alive and ended


def test_children_forked_from_a_warm_process_are_as_killable_as_others() -> None:
    with Pool(workers=2, limits=Limits(seconds=20, megabytes=256, tasks=1), warm="json") as warm:
        assert [warm.run(double, number).value for number in (1, 2)] == [2, 4]
        assert "stopped" in warm.run(spin_in_c, seconds=0.3).error
        assert warm.run(crash).died
        assert warm.run(double, 3).value == 6
