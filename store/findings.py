"""What the operator must know. Any stage may note one; the alerts stage tells of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from core.saying import Saying
from store.base import id_column, insert_ignoring, json, metadata, moment, text

findings = sa.Table(
    "findings",
    metadata,
    id_column(),
    text("kind"),  # source_failing | channel_dead | child_died | ...
    text("subject"),  # which source, channel, page
    text("severity"),  # wake | daily | weekly
    text("detail"),  # in English
    moment("first_at"),
    moment("last_at"),
    sa.Column("times", sa.Integer, nullable=False, default=1),
    moment("told_at", nullable=True),
    moment("ended_at", nullable=True),
    text("cause", nullable=True),  # by which a list counts: blocked, moved, empty, ...
    moment("end_told_at", nullable=True),
    json("said"),  # the detail by its code and values, as other languages say it
    sa.Index(
        "uq_findings_open",
        "kind",
        "subject",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)


#: Lists of findings that went out, by the period each is of: what keeps a restart from sending one twice.
finding_lists = sa.Table(
    "finding_lists",
    metadata,
    sa.Column("period", sa.Text, primary_key=True),  # daily 2026-10-13 | weekly 2026-W42
    moment("at"),
)


def note(
    db: Connection,
    kind: str,
    subject: str,
    severity: str,
    detail: Saying | str,
    now: datetime,
    cause: str | None = None,
) -> None:
    """Write down a finding, or count it once more where it is still open. A `str` is told as it is."""
    said = detail.as_json() if isinstance(detail, Saying) else None
    telling = {"detail": str(detail), "said": said, "cause": cause}
    again = (
        sa.update(findings)
        .where(findings.c.kind == kind, findings.c.subject == subject, findings.c.ended_at.is_(None))
        .values(last_at=now, times=findings.c.times + 1, **telling)
    )
    if db.execute(again).rowcount:
        return
    row = {"kind": kind, "subject": subject, "severity": severity, "first_at": now, "last_at": now}
    db.execute(insert_ignoring(db, findings).values(times=1, **row, **telling))


def end(db: Connection, kind: str, subject: str, now: datetime) -> bool:
    """Close an open finding; false where there was none."""
    done = (
        sa.update(findings)
        .where(findings.c.kind == kind, findings.c.subject == subject, findings.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return bool(db.execute(done).rowcount)


def end_all(db: Connection, kind: str, now: datetime, but: Collection[str] = ()) -> None:
    """Close the open findings of a kind, but for those about some subjects."""
    others = (findings.c.kind == kind, findings.c.subject.not_in(list(but)), findings.c.ended_at.is_(None))
    db.execute(sa.update(findings).where(*others).values(ended_at=now))


def of_kind(db: Connection, *kinds: str) -> list[Row[Any]]:
    """The open findings of some kinds."""
    return list(db.execute(sa.select(findings).where(findings.c.kind.in_(kinds), findings.c.ended_at.is_(None))))


def end_told(db: Connection, kind: str, now: datetime) -> None:
    """Close the findings of a kind that lasts no longer than until somebody was told of it."""
    told = (findings.c.kind == kind, findings.c.told_at.is_not(None), findings.c.ended_at.is_(None))
    db.execute(sa.update(findings).where(*told).values(ended_at=now, end_told_at=now))


def still_open(db: Connection, limit: int = 1000) -> list[Row[Any]]:
    """Findings that nobody and nothing has ended, oldest first."""
    query = sa.select(findings).where(findings.c.ended_at.is_(None)).order_by(findings.c.id).limit(limit)
    return list(db.execute(query))


def to_wake(db: Connection) -> list[Row[Any]]:
    """Open findings that should wake somebody and that nobody was told of."""
    query = sa.select(findings).where(
        findings.c.severity == "wake", findings.c.told_at.is_(None), findings.c.ended_at.is_(None)
    )
    return list(db.execute(query.order_by(findings.c.id)))


def mark_told(db: Connection, finding_ids: Sequence[int], now: datetime) -> None:
    db.execute(sa.update(findings).where(findings.c.id.in_(finding_ids)).values(told_at=now))


def open_kinds(db: Connection, severity: str) -> list[str]:
    """Which kinds of findings of a severity are open, each once."""
    query = sa.select(findings.c.kind).where(findings.c.severity == severity, findings.c.ended_at.is_(None))
    return list(db.scalars(query.distinct().order_by(findings.c.kind)))


def untold(db: Connection, severities: Collection[str]) -> list[Row[Any]]:
    """Open findings of those severities that nobody was told of."""
    query = sa.select(findings).where(
        findings.c.severity.in_(list(severities)), findings.c.told_at.is_(None), findings.c.ended_at.is_(None)
    )
    return list(db.execute(query.order_by(findings.c.id)))


def told_and_open(db: Connection) -> list[Row[Any]]:
    """Findings that somebody was told of and that are not over."""
    query = sa.select(findings).where(findings.c.told_at.is_not(None), findings.c.ended_at.is_(None))
    return list(db.execute(query.order_by(findings.c.id)))


def ends_untold(db: Connection) -> list[Row[Any]]:
    """Findings that somebody was told of and that are over, which nobody was told of."""
    query = sa.select(findings).where(
        findings.c.told_at.is_not(None), findings.c.ended_at.is_not(None), findings.c.end_told_at.is_(None)
    )
    return list(db.execute(query.order_by(findings.c.id)))


def mark_ends_told(db: Connection, finding_ids: Collection[int], now: datetime) -> None:
    db.execute(sa.update(findings).where(findings.c.id.in_(list(finding_ids))).values(end_told_at=now))


def last_list(db: Connection, kind: str) -> datetime | None:
    """When the last `daily` or `weekly` list went out."""
    lists = finding_lists.c
    query = sa.select(lists.at).where(lists.period.startswith(f"{kind} ")).order_by(lists.at.desc()).limit(1)
    return db.scalars(query).first()


def take_list(db: Connection, period: str, now: datetime) -> bool:
    """Claim the list of one period; false where it went out before."""
    taken = insert_ignoring(db, finding_lists).values(period=period, at=now).returning(finding_lists.c.period)
    return db.execute(taken).first() is not None
