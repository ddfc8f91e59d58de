"""One stage of the daemon: a loop that works when it is woken and never lets an error end it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from core.clock import Clock, utc_now

log = structlog.get_logger(__name__)

#: What a run says of itself: more may be due, nothing is, or (None) it has begun something that will say later.
Work = Callable[[], Awaitable[bool | None]]

_LONGEST_REST = 10.0


def rest(failures: int) -> float:
    """Seconds to leave a stage alone after so many failures in a row: whatever failed needs time, and the log room."""
    return min(_LONGEST_REST, 2.0 ** (failures - 1))


class Stage:
    """Runs `work` each time it is woken, and at once again while `work` says that more is due.

    A wake-up costs nothing and is never lost; many during one run are one. `then` names stages to wake when something
    was done. After a failure it rests, longer with each one in a row.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        on_error: Callable[[str, BaseException], object],
        on_recovery: Callable[[str], object] = lambda name: None,
        rest: Callable[[int], float] = rest,
        clock: Clock = utc_now,
    ) -> None:
        self.name = name
        self.failures = 0  # in a row
        self.turned_at: datetime | None = None  # when its last run ended, however
        self._work = work
        self._on_error = on_error
        self._on_recovery = on_recovery
        self._rest = rest
        self._clock = clock
        self._proven = False  # that it works
        self._woken = asyncio.Event()
        self._stopped = asyncio.Event()
        self._after: list[Stage] = []

    def then(self, *stages: Stage) -> None:
        """Wake these whenever this one did something."""
        self._after.extend(stages)

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """End after the run under way."""
        self._stopped.set()
        self._woken.set()

    async def run(self) -> None:
        while True:
            await self._woken.wait()
            if self.failures:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), self._rest(self.failures))
            self._woken.clear()
            if self._stopped.is_set():
                return
            try:
                done = await self._work()
            except Exception as error:
                self.failed(error)
                continue
            finally:
                self.turned_at = self._clock()
            if done is not None:
                self.succeeded()
            if done:
                for stage in (self, *self._after):
                    stage.wake()

    def failed(self, error: BaseException) -> None:
        """A run ended in an error. The rows are still due: a later tick tries again, whatever this was."""
        self.failures += 1
        if self.failures == 1:
            log.error("stage_failed", stage=self.name, exc_info=error)
        else:
            words = f"{type(error).__name__}: {error}".partition("\n")[0]
            log.error("stage_failed_again", stage=self.name, failures=self.failures, error=words)
        self._on_error(self.name, error)

    def succeeded(self) -> None:
        """A run ended well. The first one says so too: a process before this one may have ended in failures."""
        if self.failures:
            log.info("stage_recovered", stage=self.name, failures=self.failures)
        if self.failures or not self._proven:
            self.failures, self._proven = 0, True
            self._on_recovery(self.name)
