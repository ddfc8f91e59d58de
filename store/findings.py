"""What the operator must know. Any stage may note one; the alerts stage tells of it."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import id_column, metadata, moment, text

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
    sa.Index("uq_findings_open", "kind", "subject", unique=True, sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
)
