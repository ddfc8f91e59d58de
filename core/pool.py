"""A pool of child processes whose work can be killed: for what may hang, leak or crash.

Children are spawned (no inherited locks or connections), limited in memory, told their time per task, and end by
themselves when this process dies, however it dies.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing.process import parent_process
from types import TracebackType
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one child may use."""

    seconds: float  # wall clock of one task, then the child is killed
    megabytes: int  # address space of the child
    tasks: int = 500  # tasks before a child is replaced, so that leaks stay small


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What became of one task: a value, or the reason why there is none.

    `died` is true when the child was killed or crashed, so the same input may do it again.
    """

    value: T | None = None
    error: str = ""
    died: bool = False

    @property
    def ok(self) -> bool:
        return not self.error


class Pool:
    """Runs picklable functions in killable children. Start-up is lazy, at the first task."""

    def __init__(self, workers: int, limits: Limits, prepare: Callable[[], None] | None = None) -> None:
        self._limits = limits
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=limits.tasks,
            initializer=_enter_child,
            initargs=(limits.megabytes, prepare),
            context=multiprocessing.get_context("spawn"),
        )

    def submit(self, task: Callable[..., T], *args: Any, seconds: float | None = None) -> ProcessFuture[T]:
        """Queue `task(*args)`; hand the future to `outcome`."""
        future: ProcessFuture[T] = self._pool.schedule(task, args=list(args), timeout=seconds or self._limits.seconds)
        return future

    def outcome(self, future: ProcessFuture[T]) -> Outcome[T]:
        """Wait for a submitted task. Never raises for what the task or its child did."""
        try:
            return Outcome(value=future.result())
        except FutureTimeout:
            return Outcome(error=f"took more than {self._limits.seconds:g} s and was stopped", died=True)
        except ProcessExpired as expired:
            return Outcome(error=f"its process died (exit {expired.exitcode})", died=True)
        except MemoryError:
            return Outcome(error=f"needed more than {self._limits.megabytes} MB", died=True)
        except Exception as error:
            return Outcome(error=f"{type(error).__name__}: {error}")

    def run(self, task: Callable[..., T], *args: Any, seconds: float | None = None) -> Outcome[T]:
        """`task(*args)` in a child, waited for."""
        return self.outcome(self.submit(task, *args, seconds=seconds))

    def close(self, wait: float = 5.0) -> None:
        """Stop taking tasks, give running ones `wait` seconds, then kill."""
        if not self._pool.active:
            return
        self._pool.close()  # type: ignore[no-untyped-call]
        try:
            self._pool.join(timeout=wait)
        except TimeoutError:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _enter_child(megabytes: int, prepare: Callable[[], None] | None) -> None:
    # Ctrl-C and SIGTERM are for the parent, which stops its children in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if prepare is not None:
        prepare()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)
