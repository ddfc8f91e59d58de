"""What follows from the end of an attempt: the next state, findings, and who stands in for a dead channel."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from sqlalchemy.engine import Connection

from alerts import quota, retry
from alerts.config import Channel
from alerts.language import speak
from alerts.said import saying_in
from alerts.senders.parcel import Answer, Target
from core.saying import Saying, Value
from store import deliveries, findings, messages
from store.attempts import Claim

#: After so many bad answers in a row the operator hears of it, long before the message is given up.
_FAILING_AFTER = 5
_HELD = "held: "
_INSTEAD = Saying(
    "limit_instead",
    "Raise monthly_limit where the service allows it, or name a fallback; fewer watches or digests need less.",
)


def gone(whole: bool) -> Saying:
    """Why what waits is not sent: the `whole` channel left the configuration, or a recipient of it."""
    if whole:
        return Saying("gone_from_configuration", "the channel is no longer configured")
    return Saying("gone_from_channel", "the recipient is no longer in the channel")


class Died(Protocol):
    """A delivery that will not arrive."""

    @property
    def message_id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def recipient(self) -> str: ...


@dataclass(frozen=True)
class End:
    """Where a delivery goes after an attempt."""

    state: str
    not_before: datetime | None = None
    reason: Saying | str | None = None


class Ending:
    """Knows what each channel wants where a message fails; works in the caller's transaction."""

    def __init__(
        self, channels: Mapping[str, Channel], targets: Mapping[str, Mapping[str, Target]], zone: tzinfo
    ) -> None:
        self._channels = channels
        self._targets = targets
        self._zone = zone

    def of(self, claimed: Claim, answer: Answer, now: datetime) -> End:
        """What an answer makes of a delivery."""
        if answer.result == "accepted":
            return End("sent")
        if answer.result == "refused":
            return End("dead", reason=answer.detail)
        if answer.result == "unknown" and self.holds(claimed.channel):
            return End("unknown", reason=f"{_HELD}{answer.detail}")
        longest = self._patience_of(claimed.channel)
        again = retry.next_try(now, claimed.since, claimed.refusals + 1, answer.retry_after, random.random(), longest)
        if isinstance(again, retry.GiveUp):
            about: dict[str, Value] = {"reason": again.reason, "detail": answer.detail}
            return End("dead", reason=Saying("gave_up_last", "{reason}; last: {detail}", about))
        return End("pending", not_before=again.at)

    def holds(self, channel: str) -> bool:
        """Whether a channel would rather miss a message than risk a second copy."""
        settings = self._channels.get(channel)
        return settings is not None and settings.on_unknown == "hold"

    def _patience_of(self, channel: str) -> timedelta:
        """How long a message is tried: with a channel that stands in it need not be three days."""
        settings = self._channels.get(channel)
        return settings.fallback_after if settings is not None and settings.fallback else retry.LONGEST_AGE

    def follow_up(self, db: Connection, claimed: Claim, end: End, now: datetime) -> None:
        """Findings about the channel, and the fallback where the message is dead."""
        channel = claimed.channel
        if end.state == "sent":
            findings.end(db, "channel_dead", channel, now)
            findings.end(db, "channel_failing", channel, now)
            self._watch_limit(db, channel, now)
        elif end.state == "dead":
            self.died(db, claimed, end.reason or "", now)
        elif end.state == "unknown":
            detail = Saying(
                "delivery_unknown_to",
                "A message to {recipient} may or may not have arrived; it is held: {reason}",
                {"recipient": claimed.recipient, "reason": str(end.reason).removeprefix(_HELD)},
            )
            findings.note(db, "delivery_unknown", channel, "daily", detail, now)
        elif claimed.refusals + 1 == _FAILING_AFTER:
            detail = Saying(
                "channel_failing",
                "{recipient} on the channel {channel} did not take a message {n} times.",
                {"recipient": claimed.recipient, "channel": channel, "n": _FAILING_AFTER},
            )
            findings.note(db, "channel_failing", channel, "wake", detail, now)

    def died(self, db: Connection, what: Died, reason: Saying | str, now: datetime, *, by_limit: bool = False) -> None:
        """A message of a channel will not arrive: the operator hears of it, and its fallback tells it."""
        channel = what.channel
        detail = Saying(
            "channel_dead",
            "A message to {recipient} on the channel {channel} was given up: {reason}. "
            "Check its address with: nightdesk channels test {channel}",
            {"recipient": what.recipient, "channel": channel, "reason": reason},
        )
        findings.note(db, "channel_dead", channel, "wake", detail, now)
        settings = self._channels.get(channel)
        if settings is not None and settings.fallback:
            why = "fallback_limit" if by_limit else "fallback"
            self._stand_in(db, what, settings.fallback, why, reason, now)

    def _stand_in(self, db: Connection, what: Died, other: str, why: str, reason: Saying | str, now: datetime) -> None:
        """The message over another channel, once for all the recipients that missed it; the note speaks as it does."""
        targets = self._targets.get(other, {})
        spoken = speak(str((messages.content_of(db, what.message_id) or {}).get("language") or "en"))
        because = saying_in(spoken, reason) if isinstance(reason, Saying) else reason
        note = spoken.say("frame", why, other=other, channel=what.channel, reason=because)
        made = messages.stand_in(db, what.message_id, other, note, now) if targets else None
        if made is not None:
            for target in targets.values():
                deliveries.add_delivery(db, made, other, target.label, target.key, now, now)

    # -- a month's messages -----------------------------------------------------------------------------------------

    def limit_reached(self, db: Connection, name: str, now: datetime) -> Saying | None:
        """Why a channel may send nothing more this month; None where it may."""
        limit = self._limit(name)
        if limit is None or quota.judge(limit, self._taken(db, name, now)) != "used_up":
            return None
        again = quota.next_month(now, self._zone)
        detail = Saying(
            "channel_limit",
            "The {limit} messages of the channel {channel} for this month are used up, until {day}. {instead}",
            {"limit": limit, "channel": name, "day": again.date().isoformat(), "instead": _INSTEAD},
        )
        findings.note(db, "channel_limit", name, "wake", detail, now)
        return quota.reason(limit, again)

    def _watch_limit(self, db: Connection, name: str, now: datetime) -> None:
        """Say in time that a month's messages run out; take it back when a new month began."""
        limit = self._limit(name)
        if limit is None:
            return
        taken = self._taken(db, name, now)
        state = quota.judge(limit, taken)
        if state != "used_up":
            findings.end(db, "channel_limit", name, now)
        if state == "plenty":
            findings.end(db, "channel_limit_near", name, now)
        else:
            detail = Saying(
                "channel_limit_near",
                "The channel {channel} has sent {taken} of {limit} messages of this month. {instead}",
                {"channel": name, "taken": taken, "limit": limit, "instead": _INSTEAD},
            )
            findings.note(db, "channel_limit_near", name, "daily", detail, now)

    def _limit(self, name: str) -> int | None:
        settings = self._channels.get(name)
        return settings.monthly_limit if settings is not None else None

    def _taken(self, db: Connection, name: str, now: datetime) -> int:
        return deliveries.taken_since(db, name, quota.month_began(now, self._zone))
