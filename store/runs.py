"""Which processes worked on this database, and when: for the lock's holder, leases of the dead, and downtime."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import id_column, metadata, moment, text

runs = sa.Table(
    "runs",
    metadata,
    id_column(),
    text("command"),  # run | crawl
    text("owner"),  # host:pid:random, names the leases it takes
    text("host"),
    sa.Column("pid", sa.Integer, nullable=False),
    moment("started_at"),
    moment("seen_at"),  # heartbeat
    moment("stopped_at", nullable=True),
    sa.Index("ix_runs_seen_at", "seen_at"),
)
