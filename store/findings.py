"""What the operator must know. Any stage may note one; the alerts stage tells of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.base import id_column, insert_ignoring, metadata, moment, text

findings = sa.Table(
    "findings",
    metadata,
    id_column(),
    text("kind"),  # source_failing | channel_dead | child_died | ...
    text("subject"),  # which source, channel, page
    text("severity"),  # wake | daily | weekly
    text("detail"),
    moment("first_at"),
    moment("last_at"),
    sa.Column("times", sa.Integer, nullable=False, default=1),
    moment("told_at", nullable=True),
    moment("ended_at", nullable=True),
    sa.Index(
        "uq_findings_open",
        "kind",
        "subject",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)


def note(db: Connection, kind: str, subject: str, severity: str, detail: str, now: datetime) -> None:
    """Write down a finding, or count it once more where it is still open."""
    again = (
        sa.update(findings)
        .where(findings.c.kind == kind, findings.c.subject == subject, findings.c.ended_at.is_(None))
        .values(detail=detail, last_at=now, times=findings.c.times + 1)
    )
    if db.execute(again).rowcount:
        return
    row = {"kind": kind, "subject": subject, "severity": severity, "detail": detail, "first_at": now, "last_at": now}
    db.execute(insert_ignoring(db, findings).values(times=1, **row))


def end(db: Connection, kind: str, subject: str, now: datetime) -> bool:
    """Close an open finding; false where there was none."""
    done = (
        sa.update(findings)
        .where(findings.c.kind == kind, findings.c.subject == subject, findings.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return bool(db.execute(done).rowcount)
