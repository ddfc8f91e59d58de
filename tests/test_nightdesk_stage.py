"""A stage works when woken, passes the word on, and survives its errors."""

from __future__ import annotations

import asyncio

from nightdesk.stage import Stage, rest


class Work:
    """Does what its script says at each call: True, False or an error; then stops the stage."""

    def __init__(self, *script: bool | Exception) -> None:
        self.script = list(script)
        self.calls = 0
        self.stage: Stage | None = None

    async def __call__(self) -> bool:
        self.calls += 1
        step = self.script.pop(0)
        if not self.script and self.stage is not None:
            self.stage.stop()
        if isinstance(step, Exception):
            raise step
        return step


def _run(work: Work, errors: list[str] | None = None, after: Stage | None = None, wakes: int = 1) -> None:
    async def main() -> None:
        stage = Stage(
            "test", work, lambda name, error: (errors if errors is not None else []).append(f"{name}: {error}")
        )
        work.stage = stage
        if after is not None:
            stage.then(after)
        for _ in range(wakes):
            stage.wake()
        await asyncio.wait_for(stage.run(), 5)

    asyncio.run(main())


def test_it_works_again_while_there_is_more() -> None:
    work = Work(True, True, False)
    _run(work)
    assert work.calls == 3


def test_many_wake_ups_before_a_run_are_one() -> None:
    work = Work(False)
    _run(work, wakes=5)
    assert work.calls == 1


def test_an_error_is_told_and_does_not_end_it() -> None:
    errors: list[str] = []

    async def main() -> None:
        work = Work(RuntimeError("disk full"), False)
        stage = Stage("test", work, lambda name, error: (errors.append(str(error)), stage.wake()), rest=lambda _: 0)
        work.stage = stage
        stage.wake()
        await asyncio.wait_for(stage.run(), 5)
        assert work.calls == 2

    asyncio.run(main())
    assert errors == ["disk full"]


def test_it_wakes_the_next_stage_when_something_was_done() -> None:
    following = Work(False)

    async def main() -> None:
        second = Stage("second", following, lambda *_: None)
        following.stage = second
        work = Work(True, False)
        first = Stage("first", work, lambda *_: None)
        work.stage = first
        first.then(second)
        first.wake()
        await asyncio.wait_for(asyncio.gather(first.run(), second.run()), 5)

    asyncio.run(main())
    assert following.calls == 1


def test_after_failures_in_a_row_it_rests_longer_each_time_and_says_when_it_is_well_again() -> None:
    rests: list[int] = []
    recovered: list[str] = []

    async def main() -> None:
        work = Work(OSError("disk full"), OSError("disk full"), False, OSError("disk full"), False)
        stage = Stage(
            "test", work, lambda *_: stage.wake(), recovered.append, rest=lambda n: float(rests.append(n) or 0)
        )
        work.stage = stage
        stage.wake()
        running = asyncio.create_task(stage.run())
        while not running.done():
            await asyncio.sleep(0)
            stage.wake()

    asyncio.run(main())
    assert rests == [1, 2, 1]
    assert recovered == ["test", "test"]


def test_the_first_run_that_ends_well_says_so_since_an_earlier_process_may_have_failed() -> None:
    recovered: list[str] = []

    async def main() -> None:
        work = Work(False, OSError("disk full"), False, False)
        stage = work.stage = Stage("test", work, lambda *_: None, recovered.append, rest=lambda _: 0.0)
        running = asyncio.create_task(stage.run())
        while not running.done():
            stage.wake()
            await asyncio.sleep(0)

    asyncio.run(main())
    assert recovered == ["test", "test"]  # the first, and the one after a failure


def test_a_rest_never_grows_beyond_ten_seconds() -> None:
    assert [rest(failures) for failures in (1, 2, 3, 99)] == [1, 2, 4, 10]


def test_a_stage_that_rests_stops_at_once() -> None:
    async def main() -> None:
        work = Work(OSError("disk full"), False)
        stage = Stage("test", work, lambda *_: stage.wake(), rest=lambda _: 3600)
        stage.wake()
        running = asyncio.create_task(stage.run())
        while not stage.failures:
            await asyncio.sleep(0)
        stage.stop()
        await asyncio.wait_for(running, 5)
        assert work.calls == 1

    asyncio.run(main())
