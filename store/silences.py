"""Mutes with owner, reason and end, made by people; and what each held back, written by the alerts stage.

A silence holds back what all of its given columns fit. It is never deleted: ending one early moves its end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.base import id_column, insert_ignoring, metadata, moment, ref, text

#: What a silence can be limited to; at least one is given.
MATCHERS = ("watch", "topic", "event", "country", "development_id", "source")

silences = sa.Table(
    "silences",
    metadata,
    id_column(),
    text("owner"),
    text("reason"),
    moment("starts_at"),
    moment("ends_at"),
    text("watch", nullable=True),
    text("topic", nullable=True),
    text("event", nullable=True),
    text("country", nullable=True),
    ref("development_id", "developments.id", nullable=True),
    text("source", nullable=True),
    moment("created_at"),
    moment("end_told_at", nullable=True),
)

silenced = sa.Table(
    "silenced",
    metadata,
    ref("silence_id", "silences.id", primary_key=True),
    ref("alert_id", "alerts.id", primary_key=True, index=True),
    sa.Column("channel", sa.Text, primary_key=True),
    moment("at"),
)


def add(
    db: Connection,
    owner: str,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    matcher: Mapping[str, Any],
    now: datetime,
) -> int:
    """A new silence; its id. `matcher` has some of MATCHERS."""
    row = sa.insert(silences).values(
        owner=owner, reason=reason, starts_at=starts_at, ends_at=ends_at, created_at=now, **matcher
    )
    return int(db.execute(row.returning(silences.c.id)).scalar_one())


def end(db: Connection, silence_id: int, now: datetime) -> bool:
    """Let a silence end now; false where there is none that still stands or is to come."""
    standing = sa.update(silences).where(silences.c.id == silence_id, silences.c.ends_at > now)
    values = {"ends_at": now, "starts_at": sa.case((silences.c.starts_at > now, now), else_=silences.c.starts_at)}
    return db.execute(standing.values(**values)).rowcount == 1


def hand_over(db: Connection, owner: str, to: str, now: datetime) -> list[int]:
    """Somebody else answers for what somebody muted, as far as it still stands; which silences."""
    theirs = sa.update(silences).where(silences.c.owner == owner, silences.c.ends_at > now)
    return sorted(db.scalars(theirs.values(owner=to).returning(silences.c.id)))


def standing(db: Connection, now: datetime) -> list[Row[Any]]:
    """The silences in force, oldest first."""
    query = sa.select(silences).where(silences.c.starts_at <= now, silences.c.ends_at > now)
    return list(db.execute(query.order_by(silences.c.id)))


def by_id(db: Connection, silence_id: int) -> Row[Any] | None:
    return db.execute(sa.select(silences).where(silences.c.id == silence_id)).first()


def about(db: Connection, development_ids: Collection[int]) -> list[Row[Any]]:
    """Every silence of these developments, newest first."""
    query = sa.select(silences).where(silences.c.development_id.in_(development_ids))
    return list(db.execute(query.order_by(silences.c.id.desc())))


def hit(db: Connection, silence_id: int, alert_id: int, channel: str, now: datetime) -> None:
    """Write down that a silence held an alert back from a channel."""
    row = {"silence_id": silence_id, "alert_id": alert_id, "channel": channel, "at": now}
    db.execute(insert_ignoring(db, silenced).values(**row))


def with_hits(db: Connection) -> list[Row[Any]]:
    """Every silence with how many alerts it held back and when the last was, newest first."""
    hits = sa.func.count(sa.distinct(silenced.c.alert_id)).label("hits")
    last = sa.func.max(silenced.c.at, type_=silenced.c.at.type).label("last_hit_at")
    query = (
        sa.select(*silences.c, hits, last)
        .outerjoin(silenced, silenced.c.silence_id == silences.c.id)
        .group_by(silences.c.id)
        .order_by(silences.c.id.desc())
    )
    return list(db.execute(query))


def over_untold(db: Connection, now: datetime) -> list[Row[Any]]:
    """Silences that ended and whose end nobody was told of."""
    query = sa.select(silences).where(silences.c.ends_at <= now, silences.c.end_told_at.is_(None))
    return list(db.execute(query.order_by(silences.c.id)))


def mark_end_told(db: Connection, silence_id: int, now: datetime) -> bool:
    """Claim the telling of a silence's end; false where another was first."""
    untold = sa.update(silences).where(silences.c.id == silence_id, silences.c.end_told_at.is_(None))
    return db.execute(untold.values(end_told_at=now)).rowcount == 1


def held_by(db: Connection, silence_id: int) -> list[Row[Any]]:
    """What a silence held back, channel by channel: alert, watch, channel."""
    query = (
        sa.select(silenced.c.alert_id, alerts.c.watch_id, silenced.c.channel)
        .join(alerts, alerts.c.id == silenced.c.alert_id)
        .where(silenced.c.silence_id == silence_id)
        .order_by(silenced.c.channel, silenced.c.alert_id)
    )
    return list(db.execute(query))


def held_by_source(db: Connection, members: Sequence[int], now: datetime) -> list[Row[Any]]:
    """The first alerts of a development, or of one merged with it, that a silence of a source holds back now."""
    query = (
        sa.select(silenced.c.silence_id, silenced.c.channel, alerts)
        .join(alerts, alerts.c.id == silenced.c.alert_id)
        .join(silences, silences.c.id == silenced.c.silence_id)
        .where(alerts.c.development_id.in_(members), alerts.c.level == "new", silences.c.source.is_not(None))
        .where(silences.c.starts_at <= now, silences.c.ends_at > now)
        .order_by(alerts.c.id, silenced.c.channel)
    )
    return list(db.execute(query))


def let_go(db: Connection, silence_id: int, alert_id: int, channel: str) -> bool:
    """A silence holds an alert back no more; false where another saw that first."""
    its = (silenced.c.silence_id == silence_id, silenced.c.alert_id == alert_id, silenced.c.channel == channel)
    return db.execute(sa.delete(silenced).where(*its)).rowcount == 1


def without_hits(db: Connection, now: datetime) -> list[Row[Any]]:
    """Silences in force that have held nothing back so far."""
    none = ~sa.exists().where(silenced.c.silence_id == silences.c.id)
    query = sa.select(silences).where(silences.c.starts_at <= now, silences.c.ends_at > now, none)
    return list(db.execute(query.order_by(silences.c.id)))
