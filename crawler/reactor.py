"""The asyncio reactor that Scrapy works in: installed once per process, before anything else asks for a reactor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from core.errors import NightdeskError

T = TypeVar("T")

_NAME_THREADS = 20


def install() -> None:
    """Install the asyncio reactor in this thread, unless it is there already."""
    from scrapy.utils.reactor import install_reactor, is_reactor_installed, verify_installed_reactor

    path = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
    if is_reactor_installed():
        verify_installed_reactor(path)
    else:
        install_reactor(path)
    from twisted.internet import reactor as installed

    reactor: Any = installed

    # Looking up names waits in threads; a slow server of names must not hold up the rest.
    reactor.suggestThreadPoolSize(_NAME_THREADS)
    _load_tls()


def _load_tls() -> None:
    """Scrapy's TLS without the old names of its classes, of which nobody here knows: to find its module, each of them
    reads the source of every frame and looks at every module there is, for a second in all.
    """
    from scrapy.utils import deprecate

    making = deprecate.create_deprecated_class
    deprecate.create_deprecated_class = _new_class  # type: ignore[assignment]
    try:
        import scrapy.core.downloader.contextfactory  # noqa: F401
    finally:
        deprecate.create_deprecated_class = making


def _new_class(_name: str, new_class: type, **_: Any) -> type:
    return new_class


def run(main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` in the reactor until it ends, and give back what it gave. Once per process: a reactor never restarts.

    Signals are left to `main`, which may use `asyncio.get_running_loop().add_signal_handler`.
    """
    install()
    from twisted.internet import reactor as installed

    reactor: Any = installed

    if reactor.running:
        raise RuntimeError("the reactor is running already")  # before anything of ours could stop it

    outcome: list[T] = []
    failure: list[BaseException] = []

    async def work() -> None:
        try:
            outcome.append(await main())
        except BaseException as error:
            failure.append(error)
        finally:
            reactor.stop()

    tasks: list[asyncio.Task[None]] = []  # a task that nothing refers to may be collected while it runs
    reactor.callLater(0, lambda: tasks.append(asyncio.get_running_loop().create_task(work())))
    reactor.run(installSignalHandlers=False)
    if failure:
        raise failure[0]
    return outcome[0]


def call(main: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Run `main` beside what the reactor is at, asked from another thread; where none is at work, as `run` does.

    Raises NightdeskError where that takes longer than `seconds`.
    """
    from scrapy.utils.reactor import is_reactor_installed

    if not is_reactor_installed():
        return run(main)
    from twisted.internet import reactor as installed
    from twisted.python.threadable import isInIOThread

    reactor: Any = installed
    if not reactor.running or isInIOThread():  # type: ignore[no-untyped-call]
        return run(main)
    answer: Future[T] = Future()
    tasks: list[asyncio.Task[None]] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(seconds):
                answer.set_result(await main())
        except TimeoutError:
            answer.set_exception(NightdeskError(f"it took longer than {seconds:.0f} seconds"))
        except BaseException as error:
            answer.set_exception(error)

    reactor.callFromThread(lambda: tasks.append(asyncio.get_running_loop().create_task(work())))
    return answer.result(seconds + 5)
