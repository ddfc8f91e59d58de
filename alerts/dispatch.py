"""Brings an alert to its channels: a message to each and its deliveries, gathered, held or silenced as it must be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from alerts import group
from alerts import silence as mute
from alerts.group import Plan
from alerts.place import Place
from alerts.senders.parcel import Target
from alerts.silence import Silence
from core.saying import Saying
from core.watch import Watch
from store import deliveries, digests, findings, gathering, messages, silences


@dataclass(frozen=True)
class Alert:
    """An alert as it was decided, with what bears on when each channel hears of it."""

    id: int
    watch_id: int
    watch: Watch
    development_id: int
    level: str
    last_told: Mapping[str, datetime] = field(default_factory=dict)  # of this development, by channel
    silence: Silence | None = None  # what holds it back


class Dispatch:
    """Knows the channels and their recipients, and until when a time away is gathered."""

    def __init__(self, place: Place, catching_up_until: datetime | None = None) -> None:
        self._channels, self._targets, self._zone = place.channels, place.targets, place.zone
        self._catching_up_until = catching_up_until

    def send(self, db: Connection, alert: Alert, channel: str, now: datetime) -> int:
        """Make the message to one channel; how many deliveries that were."""
        if not self._targets.get(channel):
            self._nobody_there(db, alert, channel, now)
            return 0
        if alert.silence is not None:
            self._silenced(db, alert, alert.silence, channel, now)
            return 0
        gathered = self._plan(db, alert, channel, now)
        if gathered.gathering == "watch":
            return self._join_digest(db, alert, channel, gathered, now)
        message_id = self._message(db, alert, channel, gathered, now)
        return address(db, message_id, channel, self._targets[channel], gathered.not_before, now)

    def left(self, names: Collection[str], told: Collection[str]) -> tuple[str, ...]:
        """Of the channels that told, those still there which a watch of these channels names no more.

        One that only stood in for another is reached through that one.
        """
        stand_ins = {self._channels[name].fallback for name in names if name in self._channels}
        return tuple(sorted(name for name in told if name in self._channels and name not in {*names, *stand_ins}))

    def _plan(self, db: Connection, alert: Alert, channel: str, now: datetime) -> Plan:
        waiting = gathering.open_digest_at(db, channel, urgent=alert.watch.urgent)
        settings = self._channels.get(channel)
        return group.plan(
            alert.watch,
            alert.level,
            alert.last_told.get(channel),
            waiting if waiting is not None else self._catching_up_until,
            settings.quiet_hours if settings is not None else None,
            self._zone,
            now,
        )

    def _message(self, db: Connection, alert: Alert, channel: str, plan: Plan, now: datetime) -> int:
        about = {"because": plan.because} if plan.because else None
        of_channel = plan.gathering == "channel"
        return messages.add_message(
            db,
            "digest" if of_channel else "correction" if alert.level == "correction" else "alert",
            channel,
            now,
            watch_id=None if of_channel else alert.watch_id,
            development_id=None if of_channel else alert.development_id,
            alert_id=alert.id,
            urgent=alert.watch.urgent,
            about=about,
        )

    def _join_digest(self, db: Connection, alert: Alert, channel: str, plan: Plan, now: datetime) -> int:
        """Join the one message of the period, which the first alert makes; the next one's where it has left already."""
        assert plan.began is not None and plan.ends is not None
        if digests.take(db, alert.watch_id, channel, plan.began, plan.ends):
            message_id = add_digest(db, alert.watch_id, alert.watch, channel, plan.began, plan.ends, now)
        else:
            waiting = digests.waiting_message(db, alert.watch_id, channel, plan.ends)
            if waiting is None:
                return self._join_digest(db, alert, channel, self._plan_after(alert, channel, plan.ends), now)
            message_id = waiting
        messages.attach(db, message_id, alert.id)
        return address(db, message_id, channel, self._targets[channel], plan.not_before, now)

    def _plan_after(self, alert: Alert, channel: str, moment: datetime) -> Plan:
        settings = self._channels.get(channel)
        hours = settings.quiet_hours if settings is not None else None
        return group.plan(alert.watch, alert.level, None, None, hours, self._zone, moment)

    def _silenced(self, db: Connection, alert: Alert, held_by: Silence, channel: str, now: datetime) -> None:
        """The alert stands, its message is never sent, and both say why."""
        kind = "correction" if alert.level == "correction" else "alert"
        content: dict[str, Any] = {"silenced_by": held_by.id}
        message_id = messages.add_message(db, kind, channel, now, alert_id=alert.id, content=content)
        address(db, message_id, channel, self._targets[channel], now, now, suppressed=mute.words(held_by))
        silences.hit(db, held_by.id, alert.id, channel, now)

    def _nobody_there(self, db: Connection, alert: Alert, channel: str, now: datetime) -> None:
        """A channel that is not there gets a delivery that says so, and the operator hears of it."""
        known = channel in self._channels
        why = Saying("gone_address", "the channel's address cannot be read")
        if not known:
            why = Saying("gone_channel", "the channel is not configured")
        reason = str(why)
        content = {"not_sent": reason}
        message_id = messages.add_message(
            db, "alert", channel, now, watch_id=alert.watch_id, alert_id=alert.id, content=content
        )
        deliveries.add_delivery(db, message_id, channel, "nobody", "", now, now, suppressed=reason)
        detail = Saying(
            "channel_gone",
            "The watch {watch} sends to the channel {channel}: {reason}. Nothing is sent until that is mended.",
            {"watch": alert.watch.name, "channel": channel, "reason": why},
        )
        findings.note(db, "channel_gone", channel, "wake", detail, now)


def address(
    db: Connection,
    message_id: int,
    channel: str,
    targets: Mapping[str, Target],
    not_before: datetime,
    now: datetime,
    *,
    suppressed: str = "",
) -> int:
    """A delivery to each recipient that has none of this message; how many that were."""
    known = {row.recipient_key for row in deliveries.of_message(db, message_id)}
    missing = [target for target in targets.values() if target.key not in known]
    for target in missing:
        deliveries.add_delivery(
            db, message_id, channel, target.label, target.key, not_before, now, suppressed=suppressed
        )
    return len(missing)


def add_digest(
    db: Connection, watch_id: int, watch: Watch, channel: str, began: datetime, ends: datetime, now: datetime
) -> int:
    """The message of a period that was claimed before."""
    about = {"began": began.isoformat(), "ends": ends.isoformat(), "also_empty": watch.digest_empty}
    message_id = messages.add_message(db, "digest", channel, now, watch_id=watch_id, urgent=watch.urgent, about=about)
    digests.set_message(db, watch_id, channel, ends, message_id)
    return message_id
