"""A pool of child processes whose work can be killed: for what may hang, leak or crash.

Children are spawned (no inherited locks or connections), limited in memory and time, and end when this process dies,
however it dies. Nothing that a task, its arguments or its result do can break the pool.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import multiprocessing.connection
import os
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess, parent_process
from multiprocessing.reduction import ForkingPickler
from multiprocessing.util import Finalize
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType, TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: What a child may need to start and to import what its task names: no time of the task's own.
_START_SECONDS = 60.0
_SPAWN = multiprocessing.get_context("spawn")
_Context = SpawnContext | ForkServerContext


def _forked_from(module: str) -> ForkServerContext:
    """Children of a process that has imported `module`, and what our main module does, since each child runs that."""
    main = list(vars(sys.modules["__main__"]).values())
    needs = {name for value in main if callable(value) and (name := getattr(value, "__module__", None))}
    needs |= {value.__name__ for value in main if isinstance(value, ModuleType)}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module, *sorted(needs - {"__main__", "builtins"})])
    return context


@dataclass(frozen=True)
class Limits:
    """What one child may use."""

    seconds: float  # wall clock of one task, then the child is killed
    megabytes: int  # address space beyond what it needs to start
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

    def __init__(
        self, workers: int, limits: Limits, prepare: Callable[[], None] | None = None, warm: str | None = None
    ) -> None:
        """`warm` names a module that one clean process imports; children are then forked from that one in no time.

        For many short-lived children that need the same heavy module. One pool of a program can have it.
        """
        self._limits = limits
        self._children = tuple(_Child(limits, prepare, _forked_from(warm) if warm else _SPAWN) for _ in range(workers))
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        # One thread beside each child: it hands over the task, waits, and kills when the time is up.
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="pool")

    def submit(self, task: Callable[..., T], *args: Any, seconds: float | None = None) -> Future[Outcome[T]]:
        """Queue `task(*args)`; hand the future to `outcome`."""
        try:
            return self._threads.submit(self._work, task, args, seconds or self._limits.seconds)
        except RuntimeError as closed:
            future: Future[Outcome[T]] = Future()
            future.set_result(Outcome(error=f"the pool is closed ({closed})"))
            return future

    def outcome(self, future: Future[Outcome[T]]) -> Outcome[T]:
        """Wait for a submitted task. Never raises for what the task or its child did."""
        try:
            return future.result()
        except CancelledError:
            return Outcome(error="the pool was closed before the task began")

    def run(self, task: Callable[..., T], *args: Any, seconds: float | None = None) -> Outcome[T]:
        """`task(*args)` in a child, waited for."""
        return self.outcome(self.submit(task, *args, seconds=seconds))

    def close(self, wait: float = 5.0) -> None:
        """Stop taking tasks, give running ones `wait` seconds, then kill."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        ending = threading.Thread(target=self._threads.shutdown, daemon=True)
        ending.start()
        ending.join(wait)
        for child in self._children:
            child.retire()
        ending.join()

    def _work(self, task: Callable[..., T], args: tuple[Any, ...], seconds: float) -> Outcome[T]:
        try:
            parcel = bytes(ForkingPickler.dumps((task, args)))
        except Exception as error:  # whatever a foreign __reduce__ raises
            return Outcome(error=f"cannot be handed to a child: {type(error).__name__}: {error}")
        child = self._idle.get()
        try:
            return child.run(parcel, seconds)
        finally:
            self._idle.put(child)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Child:
    """One place for a child process; a new one moves in when the old one dies or has done its number of tasks."""

    def __init__(self, limits: Limits, prepare: Callable[[], None] | None, context: _Context) -> None:
        self._limits = limits
        self._prepare = prepare
        self._context = context
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._done = 0
        self._retired = False
        self._change = threading.Lock()

    def run(self, parcel: bytes, seconds: float) -> Outcome[Any]:
        try:
            pipe = self._begin(parcel)
        except (OSError, EOFError) as error:
            self._end()
            return Outcome(error=f"its process could not start: {type(error).__name__}: {error}", died=True)
        if pipe is None:
            return Outcome(error="the pool is closed")
        try:
            if not pipe.poll(seconds):
                return self._died(f"took more than {seconds:g} s and was stopped")
            kind, value = pickle.loads(pipe.recv_bytes())
        except (OSError, EOFError):
            return self._died(f"its process died (exit {self._exit_code()})")
        except Exception as error:
            return Outcome(error=f"its result cannot be read: {type(error).__name__}: {error}")
        return self._told(kind, value)

    def _told(self, kind: str, value: Any) -> Outcome[Any]:
        if kind == "memory":
            return self._died(f"needed more than {self._limits.megabytes} MB")
        self._done += 1
        if self._done >= self._limits.tasks:
            self._end()
        return Outcome(value=value) if kind == "value" else Outcome(error=value)

    def _begin(self, parcel: bytes) -> Connection | None:
        """A child that has taken `parcel` and is about to run it; None once the pool is closed."""
        for attempt in (1, 2):
            pipe = self._open()
            if pipe is None:
                return None
            try:
                pipe.send_bytes(parcel)
                if not pipe.poll(_START_SECONDS):
                    raise TimeoutError(f"not ready within {_START_SECONDS:g} s")
                pipe.recv_bytes()
                return pipe
            except (OSError, EOFError):
                # An idle child may have been killed by the system; that is no fault of this task.
                code = self._exit_code()
                self._end()
                if attempt == 2:
                    raise ChildProcessError(f"exit {code}") from None
        return None

    def _open(self) -> Connection | None:
        with self._change:
            if self._retired:
                return None
            if self._pipe is not None and self._process is not None and self._process.is_alive():
                return self._pipe
            self._close()
            ours, theirs = self._context.Pipe()
            parent = os.getpid() if self._context is _SPAWN else None
            process = self._context.Process(
                target=_serve, args=(theirs, parent, self._limits.megabytes, self._prepare), daemon=True
            )
            try:
                process.start()
            finally:
                theirs.close()
            # Children ignore SIGTERM, with which multiprocessing would end them when this process exits.
            Finalize(process, _kill, args=(process,), exitpriority=100)
            self._process, self._pipe, self._done = process, ours, 0
            return ours

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join(1.0)
        return self._process.exitcode

    def _died(self, reason: str) -> Outcome[Any]:
        if self._retired:
            reason = "stopped, because the pool was closed"
        self._end()
        return Outcome(error=reason, died=True)

    def _end(self) -> None:
        with self._change:
            self._close()

    def retire(self) -> None:
        with self._change:
            self._retired = True
            if self._process is not None:
                _kill(self._process)

    def _close(self) -> None:
        if self._process is not None:
            _kill(self._process)
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _kill(process: BaseProcess) -> None:
    with contextlib.suppress(ValueError, OSError):
        process.kill()
        process.join(5.0)


def _serve(pipe: Connection, parent: int | None, megabytes: int, prepare: Callable[[], None] | None) -> None:
    """The child's life: take a parcel, say so, run it, answer; end when the parent's end of the pipe closes."""
    _enter_child(parent)
    if prepare is not None:
        prepare()
    _limit_memory(megabytes)
    while True:
        try:
            parcel = pipe.recv_bytes()
            answer = _answer(parcel, lambda: pipe.send_bytes(b""))
            pipe.send_bytes(answer)
        except (EOFError, OSError):
            return
        except MemoryError:
            os._exit(1)


def _answer(parcel: bytes, begin: Callable[[], None]) -> bytes:
    begun = False
    try:
        task, args = pickle.loads(parcel)
        begin()
        begun = True
        return _packed("value", task(*args))
    except MemoryError:
        kind, words = "memory", ""
    except BaseException as error:
        kind, words = "error", f"{type(error).__name__}: {_words(error)}"
    if not begun:
        begin()
    return _packed(kind, words)


def _packed(kind: str, value: Any) -> bytes:
    return pickle.dumps((kind, value), protocol=pickle.HIGHEST_PROTOCOL)


def _words(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:
        return "(no message)"


def _limit_memory(megabytes: int) -> None:
    """Allow so much address space beyond what libraries have mapped by now, which is their own business."""
    mapped = 0
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        mapped = pages * resource.getpagesize()
    limit = mapped + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _enter_child(parent: int | None) -> None:
    # Ctrl-C and SIGTERM to the whole group are for the parent, which stops its children in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _end_with(parent)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_watch_parent, daemon=True).start()


def _end_with(parent: int | None) -> None:
    """Ask Linux to kill this process with its parent: no thread gets its turn while C code holds the interpreter.

    A forked child's parent is the process it was forked from, which ends with ours; its number is not known here.
    """
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def _watch_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)
