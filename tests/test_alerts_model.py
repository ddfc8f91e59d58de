"""Alerting under everything at once, beside a small model of what people must have been told.

Articles, updates, kills at every point, clocks that step, receivers in every mood, reloads and silences, in whatever
order hypothesis finds. In the end nothing may be lost, decided twice, or repeated without a try that says why.
"""

from __future__ import annotations

import io
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from alerts.senders.parcel import Answer, Parcel
from core import faults
from store import silences
from store.engine import open_store
from tests.alerting import Newsroom
from tests.conftest import FakeClock

POINTS = [point for point in faults.POINTS if point.startswith(("decide.", "deliver."))]
CHANNELS = ("one", "two")
#: Whether the receiver keeps the message, and what the sender hears of it.
MOODS: dict[str, tuple[bool, Answer]] = {
    "takes": (True, Answer("accepted")),
    "fails": (False, Answer("failed", "HTTP 500")),
    "refuses": (False, Answer("refused", "HTTP 404")),
    "takes and is not heard": (True, Answer("unknown", "no answer")),
    "is silent": (False, Answer("unknown", "no answer")),
    "asks for patience": (False, Answer("failed", "HTTP 429", timedelta(minutes=3), everybody=True)),
}


class Killed(BaseException):
    """Stands for SIGKILL: nothing below catches it, and every open transaction is rolled back."""


class World(RuleBasedStateMachine):
    database: bytes  # with the schema, empty

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="nightdesk-model-")
        path = Path(self.folder.name) / "nightdesk.db"
        path.write_bytes(self.database)
        self.store = open_store(f"sqlite:///{path}", path.parent)
        self.clock = FakeClock()
        self.room = Newsroom(self.store, self.clock)
        self.watch = self.room.watch(age=timedelta(days=60), channels=CHANNELS, update_interval="0s")
        self.mood = dict.fromkeys(CHANNELS, "takes")
        self.kept: list[tuple[str, str, dict[str, Any]]] = []  # channel, key, content of what a receiver has
        self.stories: dict[int, int] = {}  # development: how many updates it had
        self.perhaps_silent: set[int] = set()
        self.silence: int | None = None
        self.kill_at: str | None = None
        self.starts = 0
        self.hold = False
        self._plain_hit = faults.hit
        faults.hit = self._hit
        self.desk = self._start()

    # -- the process ------------------------------------------------------------------------------------------------

    def _hit(self, point: str) -> None:
        assert point in faults.POINTS
        if point == self.kill_at:
            self.kill_at = None
            raise Killed(point)

    def _start(self) -> Alerter:
        self.starts += 1
        channels = self._channels()
        owner = f"model:{self.starts}"
        desk = Alerter(self.store, channels, OperatorConfig(), self.clock, owner, console=io.StringIO(), timezone=UTC)
        desk._post._send = self._receive  # type: ignore[method-assign]
        desk.recover()
        return desk

    def _channels(self) -> dict[str, Channel]:
        unknown = "hold" if self.hold else "resend"
        urls = {name: f"json://{name}.example.org/hook" for name in CHANNELS}
        return {name: Channel(url=url, storm_cap=6, on_unknown=unknown) for name, url in urls.items()}  # type: ignore[arg-type]

    def _receive(self, parcel: Parcel) -> Answer:
        if parcel.channel not in CHANNELS:
            return Answer("accepted")
        keeps, answer = MOODS[self.mood[parcel.channel]]
        self._hit("deliver.in_send")
        if keeps:
            self.kept.append((parcel.channel, parcel.key, parcel.content))
        return answer

    def _work(self) -> None:
        """One turn of the daemon; where it is killed another one takes over."""
        before = self.kill_at
        with self.store.read() as db:
            # By a clock that was set back, a silence that has ended stands again until its end.
            if silences.standing(db, self.clock()):
                self.perhaps_silent |= {d for d in self.stories if self._countries(db, d) == ["KH"]}
        try:
            self.desk.recover()
            self.desk.decide()
            self.desk.tell_findings()
            self.desk.deliver()
        except Killed:
            pass
        if before is not None and self.kill_at is None:
            self.desk = self._start()

    # -- what happens -----------------------------------------------------------------------------------------------

    @rule(country=st.sampled_from(["MM", "KH"]))
    def article(self, country: str) -> None:
        development = self.room.story(self.watch, countries=[country])
        self.stories[development] = 0
        if country == "KH" and self.silence is not None:
            self.perhaps_silent.add(development)

    @precondition(lambda self: self.stories)
    @rule(data=st.data())
    def update(self, data: st.DataObject) -> None:
        development = data.draw(st.sampled_from(sorted(self.stories)))
        self.stories[development] += 1
        number = self.stories[development]
        self.room.change(development, "update", what="figure", old=str(100 * number), new=str(100 * number + 100))

    @rule()
    def tick(self) -> None:
        self._work()

    @rule(point=st.sampled_from(POINTS))
    def crash(self, point: str) -> None:
        self.kill_at = point
        self._work()
        self.kill_at = None

    @rule(minutes=st.integers(min_value=-90, max_value=120))
    def clock_step(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule(channel=st.sampled_from(CHANNELS), mood=st.sampled_from(sorted(MOODS)))
    def receiver(self, channel: str, mood: str) -> None:
        self.mood[channel] = mood

    @rule(hold=st.booleans())
    def reload(self, hold: bool) -> None:
        self.hold = hold
        self.desk.configure(self._channels(), OperatorConfig(), UTC)

    @rule()
    def silence_or_end_it(self) -> None:
        now = self.clock()
        with self.store.write() as db:
            if self.silence is None:
                ends = now + timedelta(days=30)
                self.silence = silences.add(
                    db, "ana", "too much", now - timedelta(days=1), ends, {"country": "KH"}, now
                )
                # What waits, or waits for its retry, may be held too.
                self.perhaps_silent |= {d for d in self.stories if self._countries(db, d) == ["KH"]}
            else:
                silences.end(db, self.silence, now)
                self.silence = None

    @staticmethod
    def _countries(db: Any, development: int) -> list[str]:
        import sqlalchemy as sa

        from store.developments import developments

        found = db.scalar(sa.select(developments.c.countries).where(developments.c.id == development))
        return list(found or ())

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_decided_twice(self) -> None:
        twice = "SELECT watch_id, change_id FROM alerts GROUP BY watch_id, change_id HAVING count(*) > 1"
        news = "SELECT development_id FROM alerts WHERE level = 'new' GROUP BY development_id HAVING count(*) > 1"
        assert self.room.rows(twice) == self.room.rows(news) == []

    @invariant()
    def whatever_came_twice_has_a_try_that_says_why(self) -> None:
        doubtful = {
            row.idempotency_key: row.tries
            for row in self.room.rows(
                "SELECT d.idempotency_key, count(*) AS tries FROM deliveries d JOIN attempts a ON a.delivery_id = d.id"
                " WHERE a.outcome = 'unknown' OR a.outcome IS NULL GROUP BY d.idempotency_key"
            )
        }
        for (_, key), copies in Counter((channel, key) for channel, key, _ in self.kept).items():
            assert copies - 1 <= doubtful.get(key, 0), (key, copies)

    @invariant()
    def no_recipient_has_two_in_flight(self) -> None:
        two = (
            "SELECT channel FROM deliveries WHERE state = 'leased' GROUP BY channel, recipient_key HAVING count(*) > 1"
        )
        assert self.room.rows(two) == []

    @invariant()
    def nobody_hears_of_an_update_before_the_news(self) -> None:
        heard: dict[str, set[int]] = defaultdict(set)
        for channel, _, content in self.kept:
            for story in content.get("stories", ()):
                if story["level"] == "new":
                    heard[channel].add(story["development"])
                elif story["development"] not in self.perhaps_silent:
                    dead = "SELECT 1 FROM deliveries WHERE state IN ('dead', 'unknown', 'suppressed')"
                    assert story["development"] in heard[channel] or self.room.rows(dead)

    def teardown(self) -> None:
        try:
            self._settle()
            self._nothing_is_lost()
        finally:
            faults.hit = self._plain_hit
            self.desk.close()
            self.store.close()
            self.folder.cleanup()

    def _settle(self) -> None:
        self.kill_at = None
        self.mood = dict.fromkeys(CHANNELS, "takes")
        for _ in range(8):
            self._work()
            self.clock.advance(hours=2)
        self._work()

    def _nothing_is_lost(self) -> None:
        for row in self.room.deliveries():
            assert row.state in ("sent", "dead", "suppressed", "unknown"), (row.id, row.state)
            assert row.state == "sent" or row.reason
        told = {(row.development_id, row.level) for row in self.room.rows("SELECT development_id, level FROM alerts")}
        ended = Counter(row.channel for row in self.room.deliveries() if row.state in ("dead", "unknown"))
        for channel in CHANNELS:
            has = [content for name, _, content in self.kept if name == channel]
            heard = {story["development"] for content in has for story in content.get("stories", ())}
            missed = {d for d in self.stories if d not in heard and d not in self.perhaps_silent}
            assert all((development, "new") in told for development in self.stories)
            assert len(missed) == 0 or ended[channel], (channel, missed)


def explore(database: bytes, examples: int, steps: int) -> None:
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    world: Callable[[], World] = type("World", (World,), {"database": database})
    run_state_machine_as_test(world, settings=profile)


def test_a_few_stories_of_everything_at_once(migrated_sqlite: Path) -> None:
    explore(migrated_sqlite.read_bytes(), examples=3, steps=15)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_stories_of_everything_at_once(migrated_sqlite: Path) -> None:
    explore(migrated_sqlite.read_bytes(), examples=60, steps=30)
