"""A quarter of digests across a change of the clocks, with daemons that stop, start twice and are killed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from alerts.run import Alerter
from core import faults
from core.digest_hour import parse_digest_hour
from store import alerts, attempts, deliveries, digests, messages
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock

HOURS = {"daily": "02:30", "weekly": "Sun 02:30"}  # the hour that comes twice, or not at all
LONGEST_STEP = 900  # minutes


class Killed(BaseException):
    """The process is gone at this point."""


@dataclass
class Quarter:
    """Runs a desk through the months and writes down what it was meant to tell."""

    room: Newsroom
    zone: ZoneInfo
    chance: random.Random
    watches: dict[str, int] = field(default_factory=dict)
    desks: list[Alerter] = field(default_factory=list)
    published: list[int] = field(default_factory=list)
    armed: str | None = None
    started: int = 0
    done: Counter[str] = field(default_factory=Counter)

    def run(self, begin: datetime, end: datetime) -> None:
        self.room.clock.now = begin
        for name, hour in HOURS.items():
            self.watches[name] = self.room.watch(
                name, age=timedelta(0), mode="digest", digest_at=hour, digest_empty=True
            )
        self.start()
        while self.room.clock() < end:
            self.room.clock.advance(minutes=self.chance.randint(5, LONGEST_STEP))
            self.something_happens()
            self.tick()
        self.armed = None
        if not self.desks:
            self.start()
        for _ in range(4):  # whatever waited goes out
            self.room.clock.advance(days=2)
            self.tick()

    def something_happens(self) -> None:
        if self.chance.random() < 0.5:
            self.published.append(self.room.story(*self.watches.values()))
        what = self.chance.random()
        if not self.desks:
            if what < 0.5:
                self.start()
        elif what < 0.08:
            self.done["stopped"] += 1
            self.desks.clear()
        elif what < 0.14:
            self.done["started twice"] += 1
            self.start()
        elif what < 0.34:
            self.armed = self.chance.choice([name for name in faults.POINTS if name.startswith(("decide", "deliver"))])

    def start(self) -> None:
        self.started += 1
        desk = alerter(self.room, owner=f"desk:{self.started}")
        desk.configure({}, desk._settings, self.zone)
        self.desks.append(desk)
        if len(self.desks) == 1:  # only who holds the lock takes over
            desk.recover()
            desk.resume(timedelta(hours=3))

    def tick(self) -> None:
        for desk in list(self.desks):
            try:
                desk.decide()
                desk.caught_up()
                lost = desk.deliver().unfinished
            except Killed:
                lost = 1
            if lost:
                self.done["killed"] += 1
                self.desks.clear()
                return

    def hit(self, name: str) -> None:
        if name == self.armed:
            self.armed = None
            raise Killed(name)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("zone", "begin", "end", "least"),
    [
        ("Europe/Berlin", "2026-10-20", "2026-10-30", 1),
        pytest.param("Europe/Berlin", "2026-09-01", "2026-12-01", 5, marks=pytest.mark.slow),
        pytest.param("America/New_York", "2026-02-01", "2026-05-01", 5, marks=pytest.mark.slow),
    ],
)
def test_every_period_has_one_digest_and_every_item_is_in_one(
    sqlite_store: Store,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    begin: str,
    end: str,
    least: int,
) -> None:
    start, stop = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (begin, end))
    room = Newsroom(sqlite_store, clock)
    quarter = Quarter(room, ZoneInfo(zone), random.Random(f"{zone} {begin}"))
    monkeypatch.setattr(faults, "hit", quarter.hit)
    quarter.run(start, stop)

    assert quarter.done.total() >= 3 * least
    assert len(quarter.published) > 10 * least
    for name, watch in quarter.watches.items():
        told = _told(room, watch)
        assert [row.ends_at for row in told] == _ends(HOURS[name], zone, start, clock())
        for row in told:
            assert (row.state, row.deliveries) == ("sent", 1)
            assert all(row.began_at <= moment < row.ends_at for moment in row.decided)
        items = Counter(item for message in {row.message_id: row for row in told}.values() for item in message.items)
        assert items == Counter(quarter.published)
    assert _repeats(room) <= _doubtful(room)


def _ends(hour: str, zone: str, start: datetime, stop: datetime) -> list[datetime]:
    found, moment = [], start
    while (moment := parse_digest_hour(hour).next_after(moment, ZoneInfo(zone))) <= stop:
        found.append(moment)
    return found


@dataclass(frozen=True)
class Told:
    """One period, and what its message told."""

    began_at: datetime
    ends_at: datetime
    message_id: int
    items: tuple[int, ...]
    decided: tuple[datetime, ...]
    state: str
    deliveries: int


def _told(room: Newsroom, watch: int) -> list[Told]:
    with room.store.read() as db:
        table = digests.digests
        over = sa.and_(table.c.watch_id == watch, table.c.ends_at <= room.clock())
        rows = db.execute(sa.select(table).where(over).order_by(table.c.ends_at)).all()
        return [_of_period(db, row) for row in rows]


def _of_period(db: sa.Connection, row: Any) -> Told:
    content = db.scalar(sa.select(messages.messages.c.content).where(messages.messages.c.id == row.message_id))
    its = messages.message_alerts.c
    decided = db.scalars(
        sa.select(alerts.alerts.c.created_at)
        .join(messages.message_alerts, its.alert_id == alerts.alerts.c.id)
        .where(its.message_id == row.message_id)
    ).all()
    sent = deliveries.of_message(db, row.message_id)
    items = tuple(story["development"] for story in content["stories"])
    state = sent[0].state if sent else ""
    return Told(row.began_at, row.ends_at, row.message_id, items, tuple(decided), state, len(sent))


def _repeats(room: Newsroom) -> int:
    """Copies that were sent beyond the first."""
    return room.rows("SELECT coalesce(sum(attempts - 1), 0) AS n FROM deliveries WHERE attempts > 1")[0].n  # type: ignore[no-any-return]


def _doubtful(room: Newsroom) -> int:
    """Attempts that ended without anybody knowing, or before they left."""
    with room.store.read() as db:
        ended = attempts.attempts.c.outcome.in_(("unknown", "interrupted"))
        return db.scalar(sa.select(sa.func.count()).select_from(attempts.attempts).where(ended)) or 0
