"""Two deliveries and two workers, in every order there is: each may die anywhere, or be taken for dead while it lives.

The functions are the store's own, on a database of its own; every state that is reached is reached once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import attempts, deliveries, messages
from store.attempts import Claim
from store.base import metadata
from tests.conftest import START

LEASE = timedelta(seconds=90)
#: Whether the receiver keeps the message, and what its sender hears.
ANSWERS = {"accepted": True, "unknown": True, "failed": False}
TABLES = [messages.messages, deliveries.deliveries, attempts.attempts]


@dataclass(frozen=True)
class Worker:
    """What a process has in memory, and loses when it dies."""

    name: str
    life: int = 1
    claim: Claim | None = None
    handed: bool = False
    answer: str = ""

    @property
    def owner(self) -> str:
        return f"{self.name}:{self.life}"

    def idle(self) -> Worker:
        return Worker(self.name, self.life)

    def reborn(self) -> Worker:
        return Worker(self.name, self.life + 1)


@dataclass(frozen=True)
class World:
    """One state of everything: the database, the workers, and what the receiver keeps."""

    database: bytes
    workers: tuple[Worker, Worker]
    kept: tuple[int, ...] = ()
    deaths: int = 0
    mistakes: int = 0  # a living worker taken for dead

    def with_worker(self, worker: Worker, **values: Any) -> World:
        first, second = self.workers
        pair = (worker, second) if worker.name == first.name else (first, worker)
        return replace(self, workers=pair, **values)


class Explorer:
    """Walks every state that can be reached; what must hold is asked of each."""

    def __init__(self, recipients: tuple[str, ...], tries: int, deaths: int, mistakes: int) -> None:
        self.tries, self.deaths, self.mistakes = tries, deaths, mistakes
        self.numbers = range(1, len(recipients) + 1)
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        self.db: Connection = engine.connect()
        self.engine = engine
        metadata.create_all(self.db, tables=TABLES)
        for number, recipient in enumerate(recipients, start=1):
            made = messages.add_message(self.db, "alert", "web", START, content={"title": str(number)})
            deliveries.add_delivery(self.db, made, "web", recipient, recipient, START, START)
        self.db.commit()
        self.seen: set[Any] = set()
        self.ends: Counter[str] = Counter()

    def close(self) -> None:
        self.db.close()
        self.engine.dispose()

    def explore(self) -> None:
        todo = [World(self._save(), (Worker("a"), Worker("b")))]
        while todo:
            world = todo.pop()
            key = self._key(world)
            if key in self.seen:
                continue
            self.seen.add(key)
            self._check(world)
            after = list(self._steps(world))
            if not after:
                self._load(world)
                self.ends.update(row.state for row in self._rows())
            todo += after

    # -- what can happen next ---------------------------------------------------------------------------------------

    def _steps(self, world: World) -> Iterator[World]:
        for worker, other in (world.workers, world.workers[::-1]):
            yield from self._own_steps(world, worker)
            yield from self._recoveries(world, worker, other)
            if world.deaths < self.deaths and worker.claim is not None:
                yield world.with_worker(worker.reborn(), deaths=world.deaths + 1)

    def _own_steps(self, world: World, worker: Worker) -> Iterator[World]:
        claim = worker.claim
        if claim is None:
            for number in self.numbers:
                if (after := self._claimed(world, worker, number)) is not None:
                    yield after
        elif not worker.handed:
            self._load(world)
            kept = attempts.hand(self.db, claim, START)
            self.db.commit()
            yield self._now(world, replace(worker, handed=True) if kept else worker.idle())
        elif not worker.answer:
            for answer, keeps in ANSWERS.items():
                kept_now = (*world.kept, claim.delivery_id) if keeps else world.kept
                yield world.with_worker(replace(worker, answer=answer), kept=tuple(sorted(kept_now)))
        else:
            self._load(world)
            state = "sent" if worker.answer == "accepted" else "pending"
            attempts.finish(self.db, claim, worker.answer, "", START, state=state, not_before=START)
            self.db.commit()
            yield self._now(world, worker.idle())

    def _claimed(self, world: World, worker: Worker, number: int) -> World | None:
        """Whatever it believes to be due: what it read may be old by now."""
        self._load(world)
        if self._rows()[number - 1].attempts >= self.tries:
            return None
        try:
            claim = attempts.claim(self.db, number, worker.owner, START, LEASE)
            self.db.commit()
        except sa.exc.IntegrityError:
            self.db.rollback()
            return None
        return self._now(world, replace(worker, claim=claim)) if claim is not None else None

    def _recoveries(self, world: World, worker: Worker, other: Worker) -> Iterator[World]:
        """Leases of lives that ended, or, by mistake, of the other's."""
        self._load(world)
        for row in attempts.leased(self.db):
            lives = row.lease_owner in (worker.owner, other.owner)
            if row.lease_owner == worker.owner or (lives and world.mistakes >= self.mistakes):
                continue
            self._load(world)
            outcome = "interrupted" if row.handed_at is None else "unknown"
            attempts.take_over(self.db, row, "pending", outcome, outcome, START)
            self.db.commit()
            yield replace(self._now(world, worker), mistakes=world.mistakes + lives)

    # -- what must hold ---------------------------------------------------------------------------------------------

    def _check(self, world: World) -> None:
        self._load(world)
        copies, rows = Counter(world.kept), self._rows()
        for row in rows:
            tries = attempts.attempts_of(self.db, row.id)
            doubtful = sum(
                one.outcome == "unknown" or (one.outcome is None and one.handed_at is not None) for one in tries
            )
            known = sum(one.outcome == "accepted" for one in tries)
            assert copies[row.id] <= doubtful + min(known, 1), "a copy that no try accounts for"
            assert row.state != "sent" or copies[row.id] >= 1, "sent, and nobody has it"
            assert known <= 1, "sent again although it was known to be taken"
            assert len(tries) == row.attempts == row.fence
        flying = Counter(row.recipient_key for row in rows if row.state == "leased")
        assert max(flying.values(), default=0) <= 1, "two in flight for one recipient"
        claims = [worker.claim.delivery_id for worker in world.workers if worker.claim is not None]
        assert len(set(claims)) == len(claims) or world.mistakes, "two workers with one delivery"

    # -- the database as a value --------------------------------------------------------------------------------------

    def _raw(self) -> Any:
        return cast(Any, self.db.connection.driver_connection)

    def _save(self) -> bytes:
        return bytes(self._raw().serialize())

    def _load(self, world: World) -> None:
        self.db.rollback()
        self._raw().deserialize(world.database)

    def _now(self, world: World, worker: Worker) -> World:
        return replace(world.with_worker(worker), database=self._save())

    def _rows(self) -> list[Any]:
        return list(self.db.execute(sa.select(deliveries.deliveries).order_by(deliveries.deliveries.c.id)))

    def _key(self, world: World) -> Any:
        """What tells two states apart: not the random keys, and not which of two equal ways led there."""
        self._load(world)
        rows = [(row.state, row.lease_owner, row.fence) for row in self._rows()]
        tries = self.db.execute(
            sa.select(attempts.attempts).order_by(attempts.attempts.c.delivery_id, sa.text("fence"))
        )
        log = [(one.delivery_id, one.fence, one.owner, one.handed_at is None, one.outcome) for one in tries]
        minds = [
            (one.name, one.life, one.claim and (one.claim.delivery_id, one.claim.fence), one.handed, one.answer)
            for one in world.workers
        ]
        rest = (world.kept, world.deaths, world.mistakes)
        # Which of the two workers is which makes no difference.
        return min(
            repr((named(rows, swap), named(log, swap), sorted(named(minds, swap)), rest)) for swap in (False, True)
        )


def named(value: Any, swap: bool) -> Any:
    """A value with the names of the workers as they are, or exchanged."""
    if not swap:
        return value
    if isinstance(value, list | tuple):
        return type(value)(named(one, swap) for one in value)
    if isinstance(value, str) and value[:1] in "ab" and value[1:2] in ("", ":"):
        return {"a": "b", "b": "a"}[value[0]] + value[1:] if value else value
    return value


def explored(recipients: tuple[str, ...], tries: int, deaths: int, mistakes: int) -> Explorer:
    explorer = Explorer(recipients, tries, deaths, mistakes)
    try:
        explorer.explore()
    finally:
        explorer.close()
    return explorer


def test_every_order_of_two_deliveries_and_two_workers_keeps_the_promises() -> None:
    explorer = explored(("ana", "bo"), tries=1, deaths=1, mistakes=0)
    assert len(explorer.seen) > 200
    assert explorer.ends["sent"] > 0 and explorer.ends["leased"] == 0


def test_every_order_of_second_tries_and_two_deaths_keeps_the_promises() -> None:
    explorer = explored(("ana",), tries=2, deaths=2, mistakes=0)
    assert len(explorer.seen) > 100
    assert explorer.ends["sent"] > 0 and explorer.ends["leased"] == 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("recipients", [("ana",), ("ana", "ana"), ("ana", "bo")])
@pytest.mark.parametrize(("tries", "deaths", "mistakes"), [(1, 1, 1), (2, 0, 0), (2, 1, 0)])
def test_every_order_with_mistakes_and_second_tries_keeps_the_promises(
    recipients: tuple[str, ...], tries: int, deaths: int, mistakes: int
) -> None:
    assert explored(recipients, tries, deaths, mistakes).ends["leased"] == 0
