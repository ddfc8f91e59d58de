"""What people are told: decisions, alerts, messages, deliveries, attempts. Written by the alerts stage.

A delivery is outbox row and log in one. Its states:

    pending ─▶ leased ─▶ sent
       ▲          ├────▶ pending      a known failure, later again
       │          ├────▶ unknown ───▶ pending, or held, by the channel's `on_unknown`
       │          └────▶ dead         refused for good, or too many tries
       └─ suppressed                  folded, silenced, or of a channel that is gone
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, json, metadata, moment, ref, text
from store.definitions import watches
from store.developments import development_changes
from store.findings import findings

decisions = sa.Table(
    "decisions",
    metadata,
    ref("watch_id", "watches.id", primary_key=True),
    ref("change_id", "development_changes.id", primary_key=True),
    text("outcome"),  # alert | none
    text("reason"),
    moment("at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    id_column(),
    ref("watch_id", "watches.id"),
    ref("change_id", "development_changes.id", index=True),
    ref("development_id", "developments.id", index=True),
    ref("article_id", "articles.id", nullable=True),  # the article whose match is quoted
    text("level"),  # new | update | correction | ...
    json("why", nullable=False),  # terms, quote, watch revision
    moment("created_at", index=True),
    sa.UniqueConstraint("watch_id", "change_id"),
)

messages = sa.Table(
    "messages",
    metadata,
    id_column(),
    text("kind"),  # alert | digest | finding | correction | test | welcome
    text("channel"),
    ref("watch_id", "watches.id", nullable=True),
    ref("development_id", "developments.id", nullable=True, index=True),
    moment("created_at"),
    moment("frozen_at", nullable=True),  # when its content was fixed, at the first claim
    json("content"),  # title, text, html and the facts it named; null until frozen
    sa.Index("ix_messages_frozen", "channel", "frozen_at"),  # how many went, and when the last digest did
    sa.Index(
        "ix_messages_open",
        "channel",
        "watch_id",
        "development_id",
        sqlite_where=sa.text("frozen_at IS NULL"),
        postgresql_where=sa.text("frozen_at IS NULL"),
    ),
)

message_alerts = sa.Table(
    "message_alerts",
    metadata,
    ref("message_id", "messages.id", primary_key=True),
    ref("alert_id", "alerts.id", primary_key=True, index=True),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    id_column(),
    ref("message_id", "messages.id"),
    text("channel"),
    text("recipient"),  # masked, for people
    text("recipient_key"),  # which of the channel's targets; no secret can be read from it
    text("idempotency_key"),  # random, the same for every attempt
    text("state", default="pending"),
    text("reason", nullable=True),  # of dead or suppressed
    moment("not_before"),
    text("lease_owner", nullable=True),
    moment("lease_until", nullable=True),
    sa.Column("fence", sa.Integer, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("refusals", sa.Integer, nullable=False, default=0),  # what back-off counts: answers, refusals, time-outs
    text("last_error", nullable=True),
    moment("created_at"),
    moment("sent_at", nullable=True),
    sa.UniqueConstraint("message_id", "recipient_key"),
    sa.UniqueConstraint("idempotency_key"),
    sa.Index("ix_deliveries_due", "state", "not_before"),
    sa.Index("ix_deliveries_channel", "channel", "sent_at"),
    # One in flight per recipient, whatever two workers think at the same moment.
    sa.Index(
        "uq_deliveries_in_flight",
        "channel",
        "recipient_key",
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    ),
)

attempts = sa.Table(
    "attempts",
    metadata,
    id_column(),
    ref("delivery_id", "deliveries.id", index=True),
    sa.Column("fence", sa.Integer, nullable=False),
    text("owner"),
    moment("started_at"),
    moment("handed_at", nullable=True),  # given to the sender: from here the outcome may be unknown
    moment("finished_at", nullable=True),
    text("outcome", nullable=True),  # accepted | refused | failed | unknown | interrupted
    text("detail", nullable=True),
)


#: A message to people about the news, one of `storm_cap`; digests and findings are not counted.
_SINGLE = ("alert", "correction")


@dataclass(frozen=True)
class Claim:
    """One delivery, leased: what its worker needs, and the fence that its end must carry."""

    delivery_id: int
    message_id: int
    channel: str
    recipient: str
    recipient_key: str
    idempotency_key: str
    fence: int
    attempt_id: int
    attempt: int  # 1 for the first
    refusals: int
    created_at: datetime
    repeat: bool  # an earlier attempt may have arrived


def add_message(
    db: Connection,
    kind: str,
    channel: str,
    now: datetime,
    *,
    watch_id: int | None = None,
    development_id: int | None = None,
    alert_id: int | None = None,
    content: Any = None,
) -> int:
    """A message to one channel; with `content` it is frozen from the start."""
    row = sa.insert(messages).values(
        kind=kind,
        channel=channel,
        watch_id=watch_id,
        development_id=development_id,
        created_at=now,
        frozen_at=None if content is None else now,
        content=content,
    )
    message_id = int(db.execute(row.returning(messages.c.id)).scalar_one())
    if alert_id is not None:
        db.execute(sa.insert(message_alerts).values(message_id=message_id, alert_id=alert_id))
    return message_id


def add_delivery(
    db: Connection,
    message_id: int,
    channel: str,
    recipient: str,
    recipient_key: str,
    not_before: datetime,
    now: datetime,
    *,
    suppressed: str = "",
) -> int:
    """One message to one recipient, due at `not_before`, or never where `suppressed` says why."""
    row = sa.insert(deliveries).values(
        message_id=message_id,
        channel=channel,
        recipient=recipient,
        recipient_key=recipient_key,
        idempotency_key=str(uuid.uuid4()),
        state="suppressed" if suppressed else "pending",
        reason=suppressed or None,
        not_before=not_before,
        created_at=now,
    )
    return int(db.execute(row.returning(deliveries.c.id)).scalar_one())


def due(db: Connection, now: datetime, only: Collection[int] | None = None) -> list[Row[Any]]:
    """The next due delivery of each recipient who has none in flight.

    One in back-off holds back only later ones of its own development.
    """
    other, earlier, its_message, message = (
        deliveries.alias("other"),
        deliveries.alias("earlier"),
        messages.alias("its_message"),
        messages.alias("message"),
    )
    in_flight = sa.exists().where(
        other.c.channel == deliveries.c.channel,
        other.c.recipient_key == deliveries.c.recipient_key,
        other.c.state == "leased",
    )
    # Gathered first, since only few are in back-off: asked for each delivery it would cost the square of a backlog.
    backing_off = (
        sa.select(
            earlier.c.channel,
            earlier.c.recipient_key,
            its_message.c.development_id,
            sa.func.min(earlier.c.id).label("first_id"),
        )
        .join(its_message, its_message.c.id == earlier.c.message_id)
        .where(earlier.c.state == "pending", earlier.c.attempts > 0, earlier.c.not_before > now)
        .where(its_message.c.development_id.is_not(None))
        .group_by(earlier.c.channel, earlier.c.recipient_key, its_message.c.development_id)
        .cte("backing_off")
    )
    its_own = sa.and_(
        backing_off.c.channel == deliveries.c.channel,
        backing_off.c.recipient_key == deliveries.c.recipient_key,
        backing_off.c.development_id == message.c.development_id,
        backing_off.c.first_id < deliveries.c.id,
    )
    heads = (
        sa.select(sa.func.min(deliveries.c.id))
        .join(message, message.c.id == deliveries.c.message_id)
        .outerjoin(backing_off, its_own)
        .where(deliveries.c.state == "pending", deliveries.c.not_before <= now, ~in_flight)
        .where(backing_off.c.first_id.is_(None))
        .group_by(deliveries.c.channel, deliveries.c.recipient_key)
    )
    if only is not None:
        heads = heads.where(deliveries.c.id.in_(only))
    query = (
        sa.select(deliveries, messages.c.kind, messages.c.watch_id, messages.c.development_id, messages.c.frozen_at)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.id.in_(heads))
        .order_by(deliveries.c.not_before, deliveries.c.id)
    )
    return list(db.execute(query))


def claim(db: Connection, delivery_id: int, owner: str, now: datetime, lease: timedelta) -> Claim | None:
    """Lease one due delivery and open its attempt; None where another worker or a later state was first."""
    taken = (
        sa.update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == "pending", deliveries.c.not_before <= now)
        .values(
            state="leased",
            lease_owner=owner,
            lease_until=now + lease,
            fence=deliveries.c.fence + 1,
            attempts=deliveries.c.attempts + 1,
        )
    )
    if db.execute(taken).rowcount != 1:
        return None
    row = db.execute(sa.select(deliveries).where(deliveries.c.id == delivery_id)).one()
    doubtful = sa.exists().where(attempts.c.delivery_id == delivery_id, attempts.c.outcome == "unknown").select()
    repeat = bool(db.scalar(doubtful))
    opened = sa.insert(attempts).values(delivery_id=delivery_id, fence=row.fence, owner=owner, started_at=now)
    return Claim(
        delivery_id=delivery_id,
        message_id=row.message_id,
        channel=row.channel,
        recipient=row.recipient,
        recipient_key=row.recipient_key,
        idempotency_key=row.idempotency_key,
        fence=row.fence,
        attempt_id=db.execute(opened.returning(attempts.c.id)).scalar_one(),
        attempt=row.attempts,
        refusals=row.refusals,
        created_at=row.created_at,
        repeat=repeat,
    )


def message_to_freeze(db: Connection, message_id: int) -> Row[Any]:
    """The message, locked until the end of the transaction, so that two workers cannot freeze it differently."""
    return db.execute(sa.select(messages).where(messages.c.id == message_id).with_for_update()).one()


def freeze(db: Connection, message_id: int, kind: str, content: Any, now: datetime) -> bool:
    """Fix the content for good; false where it is fixed already."""
    frozen = (
        sa.update(messages)
        .where(messages.c.id == message_id, messages.c.frozen_at.is_(None))
        .values(content=content, kind=kind, frozen_at=now)
    )
    return db.execute(frozen).rowcount == 1


def fold(db: Connection, into: Row[Any], members: Collection[int], now: datetime) -> list[int]:
    """Let every waiting message of the same watch, channel and development join `into`; their own deliveries end.

    A digest takes in what waits for a digest of the same channel and watch.
    """
    same = sa.and_(
        messages.c.channel == into.channel,
        messages.c.frozen_at.is_(None),
        messages.c.id != into.id,
        _same(messages.c.watch_id, into.watch_id),
    )
    if into.kind == "digest":
        query = sa.select(messages.c.id).where(same, messages.c.kind == "digest")
    else:
        query = sa.select(messages.c.id).where(
            same, messages.c.kind.in_(_SINGLE), messages.c.development_id.in_(members)
        )
    folded = list(db.scalars(query.order_by(messages.c.id).with_for_update()))
    for message_id in folded:
        _join(db, into.id, message_id, now)
    return folded


def _same(column: sa.Column[Any], value: Any) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _join(db: Connection, into: int, message_id: int, now: datetime) -> None:
    for alert_id in db.scalars(sa.select(message_alerts.c.alert_id).where(message_alerts.c.message_id == message_id)):
        db.execute(insert_ignoring(db, message_alerts).values(message_id=into, alert_id=alert_id))
    freeze(db, message_id, "alert", {"folded_into": into}, now)
    suppress_message(db, message_id, "folded")


def suppress_message(db: Connection, message_id: int, reason: str) -> int:
    """End every pending delivery of a message with a reason."""
    ended = (
        sa.update(deliveries)
        .where(deliveries.c.message_id == message_id, deliveries.c.state == "pending")
        .values(state="suppressed", reason=reason)
    )
    return db.execute(ended).rowcount


def suppress(db: Connection, delivery_id: int, reason: str) -> bool:
    ended = sa.update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.state == "pending")
    return db.execute(ended.values(state="suppressed", reason=reason)).rowcount == 1


def hand(db: Connection, claimed: Claim, now: datetime) -> bool:
    """Mark that the attempt goes to its sender: from here on the outcome may stay unknown. False without the lease."""
    holding = sa.exists().where(
        deliveries.c.id == claimed.delivery_id, deliveries.c.fence == claimed.fence, deliveries.c.state == "leased"
    )
    handed = sa.update(attempts).where(attempts.c.id == claimed.attempt_id, attempts.c.finished_at.is_(None), holding)
    return db.execute(handed.values(handed_at=now)).rowcount == 1


def finish(
    db: Connection,
    claimed: Claim,
    outcome: str,
    detail: str,
    now: datetime,
    *,
    state: str,
    not_before: datetime | None = None,
    reason: str | None = None,
    counted: bool = False,
) -> bool:
    """Close an attempt and move its delivery on; where the lease was lost meanwhile, only the attempt, and false."""
    db.execute(
        sa.update(attempts)
        .where(attempts.c.id == claimed.attempt_id, attempts.c.finished_at.is_(None))
        .values(finished_at=now, outcome=outcome, detail=detail or None)
    )
    values: dict[str, Any] = {"state": state, "lease_owner": None, "lease_until": None, "reason": reason}
    values["last_error"] = None if state == "sent" else detail or None
    if state == "sent":
        values["sent_at"] = now
    if not_before is not None:
        values["not_before"] = not_before
    if counted:
        values["refusals"] = deliveries.c.refusals + 1
    moved = sa.update(deliveries).where(
        deliveries.c.id == claimed.delivery_id, deliveries.c.fence == claimed.fence, deliveries.c.state == "leased"
    )
    return db.execute(moved.values(**values)).rowcount == 1


def leased(db: Connection) -> list[Row[Any]]:
    """Every delivery in flight with its open attempt."""
    query = (
        sa.select(
            deliveries.c.id,
            deliveries.c.channel,
            deliveries.c.fence,
            deliveries.c.lease_owner,
            attempts.c.id.label("attempt_id"),
            attempts.c.handed_at,
        )
        .outerjoin(attempts, sa.and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.fence == deliveries.c.fence))
        .where(deliveries.c.state == "leased")
        .order_by(deliveries.c.id)
    )
    return list(db.execute(query))


def take_over(db: Connection, row: Row[Any], state: str, outcome: str, detail: str, now: datetime) -> bool:
    """End the lease of a dead worker: its delivery is due at once, or held. Conditional, so that it happens once."""
    moved = sa.update(deliveries).where(
        deliveries.c.id == row.id, deliveries.c.fence == row.fence, deliveries.c.state == "leased"
    )
    values = {"state": state, "lease_owner": None, "lease_until": None, "not_before": now, "last_error": detail}
    values["reason"] = detail if state == "unknown" else None
    if db.execute(moved.values(**values)).rowcount != 1:
        return False
    if row.attempt_id is not None:
        ended = sa.update(attempts).where(attempts.c.id == row.attempt_id, attempts.c.finished_at.is_(None))
        db.execute(ended.values(finished_at=now, outcome=outcome, detail=detail))
    return True


def singles_since(db: Connection, channel: str, since: datetime) -> int:
    """How many single messages went to a channel: what `storm_cap` counts."""
    tried = sa.exists().where(deliveries.c.message_id == messages.c.id, deliveries.c.attempts > 0)
    query = sa.select(sa.func.count()).where(
        messages.c.channel == channel, messages.c.frozen_at > since, messages.c.kind.in_(_SINGLE), tried
    )
    return db.scalar(query) or 0


def last_digest_at(db: Connection, channel: str) -> datetime | None:
    """When a digest of a channel, of all its watches, was last frozen."""
    query = sa.select(sa.func.max(messages.c.frozen_at)).where(
        messages.c.channel == channel, messages.c.kind == "digest", messages.c.watch_id.is_(None)
    )
    latest: datetime | None = db.scalar(query)
    return latest


def turn_into_digest(db: Connection, channel: str, not_before: datetime) -> int:
    """Let every single message that waits for a channel wait for one digest instead."""
    waiting = list(
        db.scalars(
            sa.select(messages.c.id).where(
                messages.c.channel == channel, messages.c.frozen_at.is_(None), messages.c.kind.in_(_SINGLE)
            )
        )
    )
    for start in range(0, len(waiting), 500):
        batch = waiting[start : start + 500]
        db.execute(
            sa.update(messages)
            .where(messages.c.id.in_(batch), messages.c.frozen_at.is_(None))
            .values(kind="digest", watch_id=None, development_id=None)
        )
        db.execute(
            sa.update(deliveries)
            .where(deliveries.c.message_id.in_(batch), deliveries.c.state == "pending")
            .values(not_before=not_before)
        )
    return len(waiting)


def open_digest_at(db: Connection, channel: str) -> datetime | None:
    """When the waiting digest of a whole channel goes out; None where none waits."""
    query = (
        sa.select(sa.func.min(deliveries.c.not_before))
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(messages.c.channel == channel, messages.c.kind == "digest", messages.c.watch_id.is_(None))
        .where(messages.c.frozen_at.is_(None), deliveries.c.state == "pending")
    )
    earliest: datetime | None = db.scalar(query)
    return earliest


def release(db: Connection, now: datetime, kinds: Sequence[str], *, of_channels: bool = False) -> int:
    """Make what waits for others to join due at once; of digests only those of whole channels where asked.

    What is in back-off keeps its time.
    """
    waiting = sa.select(messages.c.id).where(messages.c.frozen_at.is_(None), messages.c.kind.in_(kinds))
    if of_channels:
        waiting = waiting.where(messages.c.watch_id.is_(None))
    released = (
        sa.update(deliveries)
        .where(deliveries.c.message_id.in_(waiting), deliveries.c.state == "pending", deliveries.c.attempts == 0)
        .where(deliveries.c.not_before > now)
        .values(not_before=now)
    )
    return db.execute(released).rowcount


def results_of(db: Connection, message_id: int) -> list[tuple[str, str, str]]:
    """Recipient, outcome of the last attempt and its detail, for each delivery of a message."""
    query = (
        sa.select(deliveries.c.recipient, attempts.c.outcome, attempts.c.detail)
        .outerjoin(attempts, sa.and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.fence == deliveries.c.fence))
        .where(deliveries.c.message_id == message_id)
        .order_by(deliveries.c.id)
    )
    return [(row.recipient, row.outcome or "not sent", row.detail or "") for row in db.execute(query)]


def started_since(db: Connection, channel: str, since: datetime) -> int:
    """Attempts to a channel since a moment: what `rate` counts."""
    query = (
        sa.select(sa.func.count())
        .select_from(attempts)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.channel == channel, attempts.c.started_at > since)
    )
    return db.scalar(query) or 0


def alerts_in(db: Connection, message_id: int) -> list[Row[Any]]:
    """The alerts of a message with their changes, oldest change first."""
    query = (
        sa.select(
            alerts,
            development_changes.c.kind.label("change_kind"),
            development_changes.c.seq,
            development_changes.c.at,
            development_changes.c.what,
            development_changes.c.old,
            development_changes.c.new,
            development_changes.c.by,
            watches.c.name.label("watch"),
        )
        .join(message_alerts, message_alerts.c.alert_id == alerts.c.id)
        .join(development_changes, development_changes.c.id == alerts.c.change_id)
        .join(watches, watches.c.id == alerts.c.watch_id)
        .where(message_alerts.c.message_id == message_id)
        .order_by(development_changes.c.at, alerts.c.id)
    )
    return list(db.execute(query))


def content_of(db: Connection, message_id: int) -> Any:
    return db.scalar(sa.select(messages.c.content).where(messages.c.id == message_id))


def pending_channels(db: Connection) -> list[tuple[str, str]]:
    """Channels and recipients that something waits for."""
    query = (
        sa.select(deliveries.c.channel, deliveries.c.recipient_key).where(deliveries.c.state == "pending").distinct()
    )
    return [(row.channel, row.recipient_key) for row in db.execute(query)]


def suppress_recipient(db: Connection, channel: str, recipient_key: str, reason: str) -> int:
    """End what waits for a recipient who is no longer in the configuration."""
    ended = sa.update(deliveries).where(
        deliveries.c.channel == channel, deliveries.c.recipient_key == recipient_key, deliveries.c.state == "pending"
    )
    return db.execute(ended.values(state="suppressed", reason=reason)).rowcount


def attempts_of(db: Connection, delivery_id: int) -> list[Row[Any]]:
    return list(db.execute(sa.select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)))


def findings_to_tell(db: Connection) -> list[Row[Any]]:
    """Open findings that should wake somebody and that nobody was told of."""
    query = sa.select(findings).where(
        findings.c.severity == "wake", findings.c.told_at.is_(None), findings.c.ended_at.is_(None)
    )
    return list(db.execute(query.order_by(findings.c.id)))


def mark_told(db: Connection, finding_ids: Sequence[int], now: datetime) -> None:
    db.execute(sa.update(findings).where(findings.c.id.in_(finding_ids)).values(told_at=now))
