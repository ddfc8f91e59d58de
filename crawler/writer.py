"""Writes what several sites have ready at the same moment in one transaction: a commit costs more than its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from store.engine import Store

T = TypeVar("T")
_Waiting = tuple[Callable[[Connection], Any], "asyncio.Future[Any]"]


class Writer:
    """One thread that writes. Each work is whole in its transaction; with which others it shares that is no matter."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crawl-write")
        self._waiting: list[_Waiting] = []
        self._at_work: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """`work` in a transaction. It may run twice."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, done))
        if self._at_work is None:
            self._at_work = loop.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        """Write until nothing waits. What comes in meanwhile is written together."""
        batch: list[_Waiting] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                works = [work for work, _ in batch]
                results = await asyncio.get_running_loop().run_in_executor(self._thread, self._together, works)
                for (_, done), (value, failure) in zip(batch, results, strict=True):
                    if done.done():  # who waited was cancelled
                        continue
                    if failure is not None:
                        done.set_exception(failure)
                    else:
                        done.set_result(value)
        except Exception as error:  # the thread is gone: nobody may wait for ever
            for _, done in (*batch, *self._waiting):
                if not done.done():
                    done.set_exception(error)
            self._waiting = []
        finally:
            self._at_work = None

    def _together(self, works: list[Callable[[Connection], Any]]) -> list[tuple[Any, Exception | None]]:
        """All in one transaction; where one of them fails, each in its own."""
        if len(works) > 1:
            try:
                return self._store.unit(lambda db: [(work(db), None) for work in works])
            except Exception:  # told by the one that fails alone
                pass
        return [self._alone(work) for work in works]

    def _alone(self, work: Callable[[Connection], Any]) -> tuple[Any, Exception | None]:
        try:
            return self._store.unit(work), None
        except Exception as error:
            return None, error

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
