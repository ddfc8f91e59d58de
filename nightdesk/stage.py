"""One stage of the daemon: a loop that works when it is woken and never lets an error end it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[bool]]


class Stage:
    """Runs `work` each time it is woken, and at once again while `work` says that more is due.

    A wake-up costs nothing and is never lost; many during one run are one. `after` names stages to wake when
    something was done.
    """

    def __init__(self, name: str, work: Work, on_error: Callable[[str, Exception], None]) -> None:
        self.name = name
        self._work = work
        self._on_error = on_error
        self._woken = asyncio.Event()
        self._stopping = False
        self._after: list[Stage] = []

    def then(self, *stages: Stage) -> None:
        """Wake these whenever this one did something."""
        self._after.extend(stages)

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """End after the run under way."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self._stopping:
                return
            try:
                done = await self._work()
            except Exception as error:
                # The rows are still due: the next tick tries again, whatever this was.
                log.exception("stage_failed", stage=self.name)
                self._on_error(self.name, error)
                continue
            if done:
                for stage in (self, *self._after):
                    stage.wake()
