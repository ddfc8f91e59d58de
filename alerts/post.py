"""Carries claimed deliveries to their senders, recipients side by side, each within a hard time limit."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, TextIO

import structlog
from sqlalchemy.engine import Row

from alerts.outbox import Outbox, Ready
from alerts.senders import console, mail, service, webhook
from alerts.senders.parcel import Answer, Parcel
from core import faults
from core.clock import Clock
from core.pool import Limits, Pool

log = structlog.get_logger(__name__)

#: How long to wait for one of those in flight before looking for new due ones.
_LOOK_AGAIN = 0.2
#: A plugin that hangs holds one child for the whole limit; so many can hang before a healthy one waits. A child is
#: forked from a process that has everything loaded, lives for one message, and costs 6 MB.
_CHILDREN = 64


class Post:
    """Threads that wait for receivers; what may hang without an end runs in a child."""

    def __init__(
        self, outbox: Outbox, pool: Pool | None, stream: TextIO, clock: Clock, parallel: int, seconds: float
    ) -> None:
        self._outbox = outbox
        self._pool = pool
        self._own_pool: Pool | None = None
        self._stream = stream
        self._clock = clock
        self._parallel = parallel
        self._seconds = seconds
        self._lock = threading.Lock()
        self._in_flight: set[int] = set()

    @property
    def in_flight(self) -> frozenset[int]:
        """Deliveries that this process is claiming or sending at this moment."""
        with self._lock:
            return frozenset(self._in_flight)

    def deliver(
        self, limit: int | None, stop: Callable[[], bool], grace: float, only: frozenset[int] | None
    ) -> Counter[str]:
        """Send until nothing is due and nothing in flight; the states that deliveries went to."""
        states: Counter[str] = Counter()
        mine: dict[int, Future[str]] = {}
        started = 0
        fruitless = 0
        while not stop():
            room = self._parallel - len(mine)
            if limit is not None:
                room = min(room, limit - started)
            rows = self._outbox.due(only)[:room] if room > 0 else []
            claimed = [ready for ready in map(self._claim, rows) if ready is not None]
            for ready in claimed:
                mine[ready.claim.delivery_id] = self._start(ready)
            started += len(claimed)
            # A due row may end without being sent (its channel went, a storm gathers it); others may stand behind it.
            fruitless = fruitless + 1 if rows and not claimed else 0
            if mine:
                self._collect(mine, states, _LOOK_AGAIN)
            elif not rows or fruitless > 2:
                return states
        if mine:
            self._collect(mine, states, grace, all_of_them=True)
        states["unfinished"] = len(mine)
        return states

    def wait_for(self, ids: frozenset[int], seconds: float) -> None:
        """Until none of these is in flight, whichever thread sends it, but no longer than that."""
        until = time.monotonic() + seconds
        while ids & self.in_flight and time.monotonic() < until:
            time.sleep(_LOOK_AGAIN)

    def _claim(self, row: Row[Any]) -> Ready | None:
        """Known as in flight before the lease is taken, so that `recover` never takes it for a dead worker's."""
        with self._lock:
            if row.id in self._in_flight:
                return None  # another thread of ours is at it: a test is sent beside the stage
            self._in_flight.add(row.id)
        ready = None
        try:
            ready = self._outbox.claim(row)
        finally:
            if ready is None:
                self._ended(row.id)
        return ready

    def _ended(self, delivery_id: int) -> None:
        with self._lock:
            self._in_flight.discard(delivery_id)

    def _start(self, ready: Ready) -> Future[str]:
        """In a thread that does not keep a stopping process alive: its lease tells the next one what happened."""
        future: Future[str] = Future()
        self._outbox.breaker.began(ready.parcel.target.service)
        name = f"post-{ready.claim.channel}"
        threading.Thread(target=self._work, args=(future, ready), name=name, daemon=True).start()
        return future

    def _work(self, future: Future[str], ready: Ready) -> None:
        try:
            future.set_result(self._carry(ready))
        except BaseException as error:
            future.set_exception(error)

    def _carry(self, ready: Ready) -> str:
        try:
            if not self._outbox.hand(ready):
                return "lost"
            answer = self._send(ready.parcel)
            self._outbox.breaker.heard(ready.parcel.target.service, answer, self._clock())
            state = self._outbox.finish(ready, answer)
            log.info(
                "delivery_tried",
                delivery=ready.claim.delivery_id,
                channel=ready.claim.channel,
                recipient=ready.claim.recipient,
                outcome=answer.result,
                state=state,
                detail=answer.detail,
            )
            return state
        finally:
            self._outbox.breaker.ended(ready.parcel.target.service)
            self._ended(ready.claim.delivery_id)

    def _send(self, parcel: Parcel) -> Answer:
        try:
            if parcel.target.sender == "service":
                return self._send_in_child(parcel)
            faults.hit("deliver.in_send")
            if parcel.target.sender == "console":
                return console.send(parcel, self._stream)
            own = webhook.send if parcel.target.sender == "webhook" else mail.send
            return own(parcel, self._seconds, self._clock())
        except Exception as error:  # a fault of ours: the message may have left
            log.error("sender_failed", channel=parcel.channel, error=type(error).__name__)
            return Answer("unknown", f"{type(error).__name__} in the sender")

    def _send_in_child(self, parcel: Parcel) -> Answer:
        pool = self._pool or self._make_pool()
        future = pool.submit(service.send, parcel, self._seconds, self._clock(), seconds=self._seconds)
        faults.hit("deliver.in_send")
        outcome = pool.outcome(future)
        if outcome.value is not None:
            answer: Answer = outcome.value
            return answer
        return Answer("unknown", f"no answer: the sender's process {'' if outcome.died else 'said '}{outcome.error}")

    def _make_pool(self) -> Pool:
        with self._lock:
            if self._own_pool is None:
                limits = Limits(seconds=self._seconds, megabytes=1024, tasks=1)
                self._own_pool = Pool(_CHILDREN, limits, warm="alerts.senders.warm")
            return self._own_pool

    def _collect(
        self, mine: dict[int, Future[str]], states: Counter[str], seconds: float, all_of_them: bool = False
    ) -> None:
        wait(mine.values(), timeout=seconds, return_when="ALL_COMPLETED" if all_of_them else FIRST_COMPLETED)
        for delivery_id, future in [pair for pair in mine.items() if pair[1].done()]:
            del mine[delivery_id]
            error = future.exception()
            if error is not None:
                # Its row stays leased by us; recover() finds it, since it is in flight no more.
                log.error("delivery_broken", delivery=delivery_id, error=f"{type(error).__name__}: {error}")
                states["unfinished"] += 1
            else:
                states[future.result()] += 1

    def warm_up(self) -> None:
        """Load the services before the first message for one comes; that takes seconds, once."""
        (self._pool or self._make_pool()).run(service.is_ready)

    def close(self) -> None:
        if self._own_pool is not None:
            self._own_pool.close(wait=1.0)
