"""The alerts stage: decide who is told of what, deliver it, tell the operator. Reading and writing, little else."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TextIO

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from alerts import calendar, group, message, reporting
from alerts.addresses import open_channels
from alerts.config import Channel, OperatorConfig, Report, with_console
from alerts.desk import Desk
from alerts.dispatch import Dispatch
from alerts.ending import gone as gone_because
from alerts.failing import Failing
from alerts.following import Following
from alerts.gate import Gate
from alerts.operator import Operator
from alerts.outbox import Outbox
from alerts.place import Place
from alerts.post import Post
from alerts.style import House
from core import faults
from core.clock import Clock
from core.errors import NotFound
from core.pool import Pool
from core.saying import Saying
from store import attempts, decisions, deliveries, findings, gathering, messages
from store.engine import Store

log = structlog.get_logger(__name__)

#: How far back one decision looks for what was touched since the last one, and how often it looks at everything.
_OVERLAP = timedelta(minutes=5)
_FULL_LOOK = timedelta(minutes=15)
#: How often the calendar is looked at.
_CALENDAR = timedelta(seconds=10)
#: After so many failures in a row to decide about one development the operator hears of it.
_TELL_AFTER = 3


@dataclass(frozen=True)
class DecideReport:
    """What one round of deciding did."""

    decided: int = 0  # (watch, change) pairs
    alerts: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)
    deliveries: int = 0
    failed: int = 0  # families that could not be decided; they are looked at again


@dataclass(frozen=True)
class DeliverReport:
    """What one round of delivering did, by the state the deliveries went to."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    unknown: int = 0
    unfinished: int = 0  # still in flight when it was told to stop

    @property
    def failed(self) -> int:
        return self.dead + self.unknown


@dataclass(frozen=True)
class TestResult:
    """What a channel's service answered to a test message."""

    recipient: str
    state: str
    detail: str


class Alerter:
    """Decides and delivers for one process; `owner` names it in its leases."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        operator: OperatorConfig,
        clock: Clock,
        owner: str,
        pool: Pool | None = None,
        timezone: tzinfo = UTC,
        max_age: timedelta = timedelta(days=7),
        downtime: timedelta = timedelta(hours=1),
        console: TextIO | None = None,
        parallel: int = 256,
        seconds: float = 30.0,
        house: House | None = None,
    ) -> None:
        self._store = store
        self._channels = with_console(dict(channels))
        self._settings = operator
        self._clock = clock
        self._zone = timezone
        self._max_age = max_age
        self._downtime = downtime
        self._seconds = seconds
        self._targets = open_channels(self._channels)
        self._gate = Gate(store, self._channels, timezone)
        self._outbox = Outbox(store, self._channels, self._targets, owner, clock, timezone, self._gate)
        self._outbox.house = house or House()
        self._post = Post(self._outbox, pool, console or sys.stdout, clock, parallel, seconds)
        self._failing = Failing()
        self._looked_at: datetime | None = None
        self._looked_at_all: datetime | None = None
        self._catching_up_until: datetime | None = None
        self._calendar_at: datetime | None = None
        self._calendar_well = False  # not known
        self._following = Following()

    @property
    def _place(self) -> Place:
        return Place(self._channels, self._targets, self._zone, self._outbox.house)

    def decide(self) -> DecideReport:
        """Decide every change that a watch can now be told of. Each development in a transaction of its own."""
        now = self._clock()
        self._outbox.hurry = False
        self._look_at_calendar(now)
        since, everything = self._since(now)
        with self._store.read() as db:
            followed = self._following.any(db)
            families = decisions.families_to_decide(db, since, now - self._max_age, cases_are_followed=followed)
        if families:
            faults.hit("decide.before")
        desk = Desk(Dispatch(self._place, self._catching_up_until), self._max_age)
        total: Counter[str] = Counter()
        for family in families:
            if self._failing.rests(family.root, now):
                total["failed"] += 1
                continue
            try:
                done = self._store.unit(lambda db, family=family: desk.settle(db, family, self._clock()))  # type: ignore[misc]
            except Exception as error:
                total["failed"] += 1
                self._undecided(family.root, error)
                continue
            if self._failing.succeeded(family.root) >= _TELL_AFTER:
                with self._store.write() as db:
                    findings.end(db, "decision_failed", f"d{family.root}", self._clock())
            if done["alerts"]:
                faults.hit("decide.after_commit")
            total.update(done)
        if not total["failed"]:
            if everything and self._is_noted(
                "decision_failed"
            ):  # by a run before this one, or of what is too old by now
                self._store.unit(lambda db: findings.end_all(db, "decision_failed", now))
            self._looked_at = now
            self._looked_at_all = now if everything else self._looked_at_all
        levels = {level: total[level] for level in ("new", "update", "correction") if total[level]}
        return DecideReport(total["decided"], total["alerts"], levels, total["deliveries"], total["failed"])

    def _is_noted(self, kind: str) -> bool:
        with self._store.read() as db:
            return bool(findings.of_kind(db, kind))

    def _look_at_calendar(self, now: datetime) -> None:
        """Tell what is told because its time has come, before news of the next period joins in."""
        last = self._calendar_at
        if last is not None and timedelta(0) <= now - last < _CALENDAR:
            return
        try:
            self._store.unit(lambda db: calendar.tell(db, self._place, now))
        except sa.exc.OperationalError:
            raise
        except Exception as error:  # must not hold up what is news
            log.exception("calendar_failed")
            detail = Saying(
                "calendar_failed",
                "Digests without news, ends of silences, reminders and welcomes are not told: {error}",
                {"error": repr(error)},
            )
            with self._store.write() as db:
                findings.note(db, "calendar_failed", "calendar", "wake", detail, now)
            self._calendar_well = False
        else:
            self._end_once_well(now)
        self._calendar_at = now

    def _end_once_well(self, now: datetime) -> None:
        """What failed is told again; of a run before this one nothing else is known."""
        if not self._calendar_well:
            self._store.unit(lambda db: findings.end_all(db, "calendar_failed", now))
            self._calendar_well = True

    def _undecided(self, development: int, error: Exception) -> None:
        """A fault of one family holds up no other; trouble of the whole database is the stage's. Raises that."""
        if isinstance(error, sa.exc.OperationalError) and self._failing.is_not_alone(development):
            raise error
        times = self._failing.failed(development, self._clock())
        words = f"{type(error).__name__}: {error}".partition("\n")[0]
        log.error("decision_failed", development=development, times=times, error=words)
        if times == _TELL_AFTER:
            detail = Saying(
                "decision_failed",
                "Nobody is told of {development}: deciding about it fails again and again. {error}",
                {"development": f"d{development}", "error": words},
            )
            with self._store.write() as db:
                findings.note(db, "decision_failed", f"d{development}", "wake", detail, self._clock())

    def _since(self, now: datetime) -> tuple[datetime, bool]:
        """From when on to look, and whether that is everything that may still be told."""
        last, full = self._looked_at, self._looked_at_all
        if last is None or full is None or not timedelta(0) <= now - full < _FULL_LOOK:
            return now - self._max_age, True
        return min(last, now) - _OVERLAP, False

    def deliver(
        self,
        limit: int | None = None,
        stop: Callable[[], bool] = lambda: False,
        grace: float = 10.0,
        only: Iterable[int] | None = None,
    ) -> DeliverReport:
        """Send what is due until nothing is, recipients side by side; after `stop` wait `grace` seconds more."""
        self._suppress_the_gone()
        states = self._post.deliver(limit, stop, grace, None if only is None else frozenset(only))
        return DeliverReport(
            sent=states["sent"],
            retried=states["pending"],
            dead=states["dead"],
            unknown=states["unknown"],
            unfinished=states["unfinished"],
        )

    def warm_up(self) -> None:
        """Make ready for services, where there is a channel of one."""
        if any(target.sender == "service" for targets in self._targets.values() for target in targets.values()):
            self._post.warm_up()

    def recover(self, live_owners: Iterable[str] = ()) -> int:
        """Take over at once what workers left who are not among `live_owners`; how many deliveries that were."""
        return self._outbox.recover(frozenset(live_owners), self._post.in_flight)

    def resume(self, gap: timedelta | None) -> bool:
        """Tell how long nobody was at work. After more than `downtime`, what accumulated becomes one digest a channel.

        Call `caught_up` when the first round of visits is processed.
        """
        if gap is None or gap <= self._downtime:
            return False
        now = self._clock()
        self._catching_up_until = now + group.CATCH_UP
        self._store.unit(self._gather_waiting)
        log.info("catching_up", away_s=gap.total_seconds())
        return True

    def _gather_waiting(self, db: Connection) -> None:
        for name in self._channels:
            gathering.turn_into_digest(db, name, self._clock() + group.CATCH_UP)

    def caught_up(self) -> int:
        """Send the digests of the time away now."""
        self._catching_up_until = None
        return self._store.unit(lambda db: gathering.release(db, self._clock(), ("digest",), of_channels=True))

    def release_waiting(self) -> int:
        """Let groups wait no longer: nothing can join before the next `decide`. Daily digests keep their hour."""
        now = self._clock()
        self._catching_up_until = None
        self._outbox.hurry = True
        with self._store.write() as db:
            single = gathering.release(db, now, ("alert", "correction"))
            return single + gathering.release(db, now, ("digest",), of_channels=True)

    def tell_findings(self) -> int:
        """Make messages to the operator's channels: of what should wake somebody, and the lists of a day and a week.

        How many messages that were.
        """
        operator = Operator(self._settings, self._place)
        return self._store.unit(lambda db: operator.tell(db, self._clock()))

    def report_periods(self, report: Report) -> list[reporting.Period]:
        """The periods of a scheduled report that are over and not told."""
        return self._store.unit(lambda db: reporting.over(db, report, self._zone, self._clock()))

    def send_report(self, report: Report, periods: list[reporting.Period], answer: reporting.Answer) -> bool:
        """Make the message of these periods, to be delivered like any other; false where it is made already."""
        now = self._clock()
        made = self._store.unit(lambda db: reporting.send(db, self._place, report, periods, answer, now))
        return made is not None

    def test_message(self, channel: str) -> list[TestResult]:
        """Send a marked test message to every recipient of a channel now and say what each answered."""
        if channel not in self._channels:
            raise NotFound(f"there is no channel {channel!r}; nightdesk channels list shows all")
        now = self._clock()
        content = message.test(channel, now, self._zone, self._channels[channel].language).as_json()
        with self._store.write() as db:
            message_id = messages.add_message(db, "test", channel, now, content=content)
            made = [
                deliveries.add_delivery(db, message_id, channel, target.label, target.key, now, now)
                for target in self._targets[channel].values()
            ]
        self._post.deliver(None, lambda: False, 0.0, frozenset(made))
        self._post.wait_for(frozenset(made), self._seconds)  # the stage may have been faster
        with self._store.write() as db:
            # A test that failed is not tried again: it was asked for to see the answer.
            deliveries.suppress_message(db, message_id, "a test is sent once")
            return [TestResult(*row) for row in attempts.results_of(db, message_id)]

    def configure(
        self,
        channels: Mapping[str, Channel],
        operator: OperatorConfig,
        timezone: tzinfo,
        max_age: timedelta | None = None,
        downtime: timedelta | None = None,
        house: House | None = None,
    ) -> None:
        """Go on with a new configuration: what waits keeps its content, and its target where that is still there."""
        self._outbox.house = house or self._outbox.house
        self._max_age = max_age or self._max_age
        self._downtime = downtime or self._downtime
        self._channels = with_console(dict(channels))
        self._settings = operator
        self._zone = timezone
        self._targets = open_channels(self._channels)
        self._gate.configure(self._channels, timezone)
        self._outbox.configure(self._channels, self._targets, timezone)

    def close(self) -> None:
        """Let the sending threads go."""
        self._post.close()

    def _suppress_the_gone(self) -> None:
        """End visibly what waits for a channel or recipient that left the configuration."""
        with self._store.read() as db:
            waiting = deliveries.pending_channels(db)
        gone = [pair for pair in waiting if pair[1] not in self._targets.get(pair[0], {})]
        if not gone:
            return
        now = self._clock()
        with self._store.write() as db:
            for name, key in gone:
                why = gone_because(name not in self._channels)
                count = deliveries.suppress_recipient(db, name, key, str(why))
                detail = Saying(
                    "channel_gone_waiting",
                    "{n} waiting deliveries of the channel {channel} were not sent: {reason}.",
                    {"n": count, "channel": name, "reason": why},
                )
                findings.note(db, "channel_gone", name, "wake", detail, now)
