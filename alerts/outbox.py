"""The way of one delivery: claim, freeze, hand over, finish. Each step is a transaction of its own.

A process can be killed between any two of them: before `hand` the message did not leave, after it nobody knows until
`finish`, and the rows say which it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Row

from alerts import group, rendering, retry
from alerts.breaker import Breaker
from alerts.config import Channel
from alerts.ending import Ending, gone
from alerts.gate import Gate
from alerts.senders.parcel import Answer, File, Parcel, Target
from alerts.style import House
from core import faults
from core.errors import NotFound
from core.saying import Saying
from store import attempts, decisions, deliveries, findings, gathering, messages
from store.attempts import Claim
from store.engine import Store

log = structlog.get_logger(__name__)

#: Longer than any sender's limit, so that a lease never ends under a worker that is alive.
LEASE = timedelta(seconds=90)
#: Seconds for which an outcome is tried to be recorded while the database is away, and between two tries.
_RECORD_FOR = 50.0
_RECORD_EVERY = 2.0


@dataclass(frozen=True)
class Ready:
    """A claimed delivery with all that its sender needs."""

    claim: Claim
    parcel: Parcel


class Outbox:
    """Deliveries of one process, which is named `owner` in its leases."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        targets: Mapping[str, Mapping[str, Target]],
        owner: str,
        clock: Callable[[], datetime],
        zone: tzinfo,
        gate: Gate,
    ) -> None:
        self._store = store
        self._channels = channels
        self._targets = targets
        self._owner = owner
        self._clock = clock
        self._zone = zone
        self._gate = gate
        self._ending = Ending(channels, targets, zone)
        self.breaker = Breaker()
        self.house = House()
        self.hurry = False  # nothing more can join: the excess of a storm is told at once

    def configure(
        self, channels: Mapping[str, Channel], targets: Mapping[str, Mapping[str, Target]], zone: tzinfo
    ) -> None:
        """Go on with other channels; what is in flight keeps its target."""
        self._channels, self._targets, self._zone = channels, targets, zone
        self._ending = Ending(channels, targets, zone)

    def due(self, only: frozenset[int] | None = None) -> list[Row[Any]]:
        """The next delivery of each recipient, as far as the channels' rates and the services' health allow."""
        now = self._clock()
        if only is None:
            self._gate.keep_back(now)
        with self._store.read() as db:
            rows = deliveries.due(db, now, only)
            room = {name: self._room(db, name, now) for name in {row.channel for row in rows}}
        services = {self._service_of(row) for row in rows}
        # A test asks for an answer now, whatever is known of the service.
        way = {name: self.breaker.room(name, now) if name and only is None else 1_000_000 for name in services}
        allowed, old = [], []
        for row in rows:
            service = self._service_of(row)
            if room[row.channel] > 0 and way[service] > 0:
                room[row.channel] -= 1
                way[service] -= 1
                allowed.append(row)
            elif row.not_before < now - retry.LONGEST_AGE and self.breaker.is_down(service, now):
                old.append(row)
        for row in old:
            self._store.unit(lambda db, row=row: self._expire(db, row))  # type: ignore[misc]
        # Those that answer first, so that many that do not take no time from them.
        return sorted(allowed, key=lambda row: not self.breaker.answers(self._service_of(row)))

    def _service_of(self, row: Row[Any]) -> str:
        target = self._targets.get(row.channel, {}).get(row.recipient_key)
        return target.service if target is not None else ""

    def _expire(self, db: Connection, row: Row[Any]) -> None:
        """Give up what has waited as long as a delivery is tried, and whose service is down still."""
        hours = round(retry.LONGEST_AGE.total_seconds() / 3600)
        reason = Saying("gave_up_down", "not delivered in {n} hours, its service took nothing", {"n": hours})
        self._end_unsent(db, row, reason, self._clock())

    def _room(self, db: Connection, channel: str, now: datetime) -> int:
        settings = self._channels.get(channel)
        if settings is None or settings.pace is None:
            return 1_000_000
        return settings.pace.count - attempts.started_since(db, channel, now - settings.pace.span)

    def claim(self, row: Row[Any]) -> Ready | None:
        """Lease a due delivery, freezing its message at the first claim; None where it is not to be sent now."""
        try:
            ready = self._store.unit(lambda db: self._claim(db, row))
        except sa.exc.IntegrityError:
            return None  # another worker has one in flight for this recipient
        return ready and self._with_files(ready)

    def _with_files(self, ready: Ready) -> Ready:
        """What is attached to a message, for the one sender that carries files."""
        parcel = ready.parcel
        attached = parcel.content.get("attachment")
        if not attached or parcel.target.sender != "mail":
            return ready
        try:
            body = self._store.bodies.get(attached["sha256"])
        except NotFound:
            log.error("attachment_lost", name=attached["name"], sha256=attached["sha256"])
            return ready
        return replace(ready, parcel=replace(parcel, files=(File(attached["name"], attached["type"], body),)))

    def _claim(self, db: Connection, row: Row[Any]) -> Ready | None:
        now = self._clock()
        channel = self._channels.get(row.channel)
        target = self._targets.get(row.channel, {}).get(row.recipient_key)
        if channel is None or target is None:
            self._give_up_recipient(db, row, channel, now)
            return None
        current = messages.message_to_freeze(db, row.message_id)
        if current.frozen_at is None and self._is_storm(db, current, channel, now):
            return None
        if current.kind != "test" and (limit := self._ending.limit_reached(db, row.channel, now)):
            self._end_unsent(db, row, limit, now, by_limit=True)
            return None
        claimed = attempts.claim(db, row.id, self._owner, now, LEASE)
        if claimed is None:
            return None
        content = current.content if current.frozen_at is not None else self._freeze(db, current, now)
        parcel = Parcel(
            target=target,
            key=claimed.idempotency_key,
            content=content,
            channel=claimed.channel,
            attempt=claimed.attempt,
            repeat=claimed.repeat,
        )
        return Ready(claimed, parcel)

    def _give_up_recipient(self, db: Connection, row: Row[Any], channel: Channel | None, now: datetime) -> None:
        why = gone(channel is None)
        ended = deliveries.suppress_recipient(db, row.channel, row.recipient_key, str(why))
        if ended:
            detail = Saying(
                "channel_gone_to",
                "{n} waiting deliveries to {recipient} were not sent: {reason}.",
                {"n": ended, "recipient": row.recipient, "reason": why},
            )
            findings.note(db, "channel_gone", row.channel, "wake", detail, now)

    def _end_unsent(
        self, db: Connection, row: Row[Any], reason: Saying | str, now: datetime, *, by_limit: bool = False
    ) -> None:
        """End a delivery without another try, and let the fallback tell it."""
        current = messages.message_to_freeze(db, row.message_id)
        if current.frozen_at is None:
            self._freeze(db, current, now)
        if deliveries.give_up(db, row.id, str(reason)):
            self._ending.died(db, row, reason, now, by_limit=by_limit)

    def _is_storm(self, db: Connection, current: Row[Any], channel: Channel, now: datetime) -> bool:
        """Whether the cap is reached; then what waits for the channel waits for one digest instead."""
        if current.kind not in ("alert", "correction"):
            return False
        if gathering.singles_since(db, current.channel, now - group.STORM_SPAN) < channel.storm_cap:
            return False
        last = gathering.last_digest_at(db, current.channel)
        at = now if self.hurry else group.storm_digest_at(now, last)
        count = gathering.turn_into_digest(db, current.channel, at)
        log.info("storm_gathered", channel=current.channel, messages=count, not_before=at.isoformat())
        return True

    def _freeze(self, db: Connection, current: Row[Any], now: datetime) -> dict[str, Any]:
        members: tuple[int, ...] = ()
        if current.development_id is not None:
            members = decisions.families_of(db, [current.development_id])[0].members
        gathering.fold(db, current, members, now)
        content = rendering.draw(db, current, self._channels.get(current.channel), self._zone, now, self.house)
        frozen = content.as_json()
        messages.freeze(db, current.id, content.kind, frozen, now)
        return frozen

    def hand(self, ready: Ready) -> bool:
        """Commit that the attempt leaves for its sender; false where the lease was lost and nothing may leave."""
        faults.hit("deliver.after_claim")
        kept = self._store.unit(lambda db: attempts.hand(db, ready.claim, self._clock()))
        if kept:
            faults.hit("deliver.before_send")
        return kept

    def finish(self, ready: Ready, answer: Answer) -> str:
        """Record what became of an attempt and say the delivery's new state."""
        faults.hit("deliver.after_send")
        state = self._persist(lambda db: self._finish(db, ready, answer))
        faults.hit("deliver.after_finish")
        return state

    def _persist(self, work: Callable[[Connection], str]) -> str:
        """`work`, tried for as long as the lease: an answer that is not recorded makes a repeat."""
        until = time.monotonic() + _RECORD_FOR
        while True:
            try:
                return self._store.unit(work)
            except sa.exc.OperationalError as error:
                if time.monotonic() > until:
                    raise
                log.warning("answer_not_recorded_yet", reason=str(error.orig).partition("\n")[0])
                time.sleep(_RECORD_EVERY)

    def _finish(self, db: Connection, ready: Ready, answer: Answer) -> str:
        now, claimed = self._clock(), ready.claim
        end = self._ending.of(claimed, answer, now)
        kept = attempts.finish(
            db,
            claimed,
            answer.result,
            answer.detail,
            now,
            state=end.state,
            not_before=end.not_before,
            reason=None if end.reason is None else str(end.reason),
            counted=answer.result != "accepted",
        )
        if kept:
            self._ending.follow_up(db, claimed, end, now)
        faults.hit("deliver.in_finish")
        return end.state if kept else "lost"

    def recover(self, live_owners: frozenset[str], in_flight: frozenset[int]) -> int:
        """Take over the leases of workers that are gone, and of our own attempts that ended without a record."""
        return self._store.unit(lambda db: self._recover(db, live_owners, in_flight))

    def _recover(self, db: Connection, live_owners: frozenset[str], in_flight: frozenset[int]) -> int:
        now, taken = self._clock(), 0
        for row in attempts.leased(db):
            if row.id in in_flight if row.lease_owner == self._owner else row.lease_owner in live_owners:
                continue
            if row.handed_at is None:
                state, outcome, detail = "pending", "interrupted", "interrupted before it left"
            else:
                state = "unknown" if self._ending.holds(row.channel) else "pending"
                outcome, detail = "unknown", "interrupted after it left; whether it arrived is not known"
            if attempts.take_over(db, row, state, outcome, detail, now):
                taken += 1
                log.warning("lease_taken_over", delivery=row.id, owner=row.lease_owner, outcome=outcome)
            if state == "unknown":
                text = Saying(
                    "delivery_unknown_on",
                    "A message on the channel {channel} may or may not have arrived; it is held.",
                    {"channel": row.channel},
                )
                findings.note(db, "delivery_unknown", row.channel, "daily", text, now)
        return taken
