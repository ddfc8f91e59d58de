"""Reads for requests, a few at a time: however many ask at once, the stages find the database free."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import anyio.to_thread
from sqlalchemy.engine import Connection

from store.engine import Store

T = TypeVar("T")

#: Of the connections that a store holds open; the others are for the stages.
_AT_ONCE = 4
#: A question that takes longer is stopped: it would keep others from their turn.
_SECONDS = 20.0


class Reading:
    """One site's way to the store."""

    def __init__(self, store: Store, at_once: int = _AT_ONCE, seconds: float = _SECONDS) -> None:
        self._store = store
        self._at_once = at_once
        self._seconds = seconds

    @cached_property
    def _turns(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(self._at_once)  # made by the loop that serves

    async def ask(self, work: Callable[[Connection], T]) -> T:
        """`work` on a snapshot, in a thread. Raises TookTooLong."""

        def read() -> T:
            with self._store.read_within(self._seconds) as db:
                return work(db)

        return await self.aside(read)

    async def aside(self, work: Callable[[], T]) -> T:
        """`work`, which opens what it needs, in a thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._turns)
