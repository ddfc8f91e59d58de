"""One try of a delivery: claimed with a lease and a fence, handed over, ended. Written by the alerts stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, metadata, moment, ref, text
from store.deliveries import deliveries

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
    since: datetime  # when it was first tried: from then on it grows old
    repeat: bool  # an earlier attempt may have arrived


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
    since = first_try(db, delivery_id) or now
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
        since=since,
        repeat=repeat,
    )


def first_try(db: Connection, delivery_id: int) -> datetime | None:
    """When the first attempt of a delivery began; None where there was none."""
    earliest: datetime | None = db.scalar(
        sa.select(sa.func.min(attempts.c.started_at)).where(attempts.c.delivery_id == delivery_id)
    )
    return earliest


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


def started_since(db: Connection, channel: str, since: datetime) -> int:
    """Attempts to a channel since a moment: what `rate` counts."""
    query = (
        sa.select(sa.func.count())
        .select_from(attempts)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.channel == channel, attempts.c.started_at > since)
    )
    return db.scalar(query) or 0


def results_of(db: Connection, message_id: int) -> list[tuple[str, str, str]]:
    """Recipient, outcome of the last attempt and its detail, for each delivery of a message."""
    query = (
        sa.select(deliveries.c.recipient, attempts.c.outcome, attempts.c.detail)
        .outerjoin(attempts, sa.and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.fence == deliveries.c.fence))
        .where(deliveries.c.message_id == message_id)
        .order_by(deliveries.c.id)
    )
    return [(row.recipient, row.outcome or "not sent", row.detail or "") for row in db.execute(query)]


def attempts_of(db: Connection, delivery_id: int) -> list[Row[Any]]:
    return list(db.execute(sa.select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)))
