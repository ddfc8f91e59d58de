"""How long a healthy channel waits while many others hang: from the decision to the receiver.

    python benchmarks/hanging.py [--sick 40] [--stories 20] [--seconds 30]

Half of the sick are webhooks and half a service behind Apprise, each at a server of its own that takes a message and
says nothing. The healthy are one of both. Exit 1 where a healthy one waited more than 2 s at the 95th percentile.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from core.clock import utc_now
from store import migrate
from store.engine import open_store
from tests.alerting import Newsroom
from tests.receivers import Behaviour, Webhook, hang, says, webhook

_BAR = 2.0


class Timed:
    """A receiver that remembers when each message came."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self._says = says({"id": "1"})

    def __call__(self, connection: object) -> None:
        self.at.append(time.monotonic())
        self._says(connection)  # type: ignore[arg-type]


def silent(seconds: float) -> Behaviour:
    def behave(connection: object) -> None:
        threading.Event().wait(seconds)
        hang(connection)  # type: ignore[arg-type]

    return behave


def channel(server: Webhook, number: int) -> Channel:
    """A webhook, or every other time a service of Apprise."""
    return Channel(url=f"ntfy://127.0.0.1:{server.port}/news" if number % 2 else server.url, storm_cap=100_000)


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--sick", type=int, default=40)
    words.add_argument("--stories", type=int, default=20)
    words.add_argument("--seconds", type=float, default=30.0, help="limit of one call")
    asked = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-hanging-"))
    store = open_store(f"sqlite:///{folder}/nightdesk.db", folder)
    migrate.upgrade(store, utc_now())
    with ExitStack() as stack:
        sick = [stack.enter_context(webhook(silent(asked.seconds))) for _ in range(asked.sick)]
        heard = [Timed(), Timed()]
        well = [stack.enter_context(webhook(one)) for one in heard]
        channels = {f"sick-{number}": channel(server, number) for number, server in enumerate(sick)}
        channels |= {f"well-{number}": channel(server, number) for number, server in enumerate(well)}
        room = Newsroom(store, utc_now)  # type: ignore[arg-type]
        console = io.StringIO()
        desk = Alerter(store, channels, OperatorConfig(), utc_now, "bench", console=console, seconds=asked.seconds)
        watch = room.watch(channels=tuple(channels))
        stop = threading.Event()

        def deliver() -> None:
            while not stop.is_set():
                desk.deliver(stop=stop.is_set, grace=0.0)
                stop.wait(0.2)

        desk.warm_up()
        worker = threading.Thread(target=deliver, daemon=True)
        worker.start()
        decided: list[float] = []
        for number in range(asked.stories):
            room.story(watch)
            decided.append(time.monotonic())
            desk.decide()
            time.sleep(0.5)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {asked.stories} stories", end="", file=sys.stderr)
        patience = time.monotonic() + 60
        while time.monotonic() < patience and any(len(one.at) < asked.stories for one in heard):
            time.sleep(0.1)
        hanging = sum(len(server.requests) for server in sick)
        stop.set()
        worker.join()
        desk.close()
    worst = 0.0
    for name, one in zip(("webhook", "service"), heard, strict=True):
        waits = sorted(came - went for came, went in zip(sorted(one.at), decided, strict=False))
        p95 = waits[max(int(len(waits) * 0.95) - 1, 0)] if len(waits) == asked.stories else float("inf")
        worst = max(worst, p95)
        first, median = (waits[0], statistics.median(waits)) if waits else (0.0, 0.0)
        print(f"healthy {name}: {len(waits)} of {asked.stories} came")
        print(f"  seconds from the decision: least {first:.2f}, median {median:.2f}, p95 {p95:.2f}")
    print(f"{asked.sick} others hang, {hanging} of their requests stood open")
    return 0 if worst <= _BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
