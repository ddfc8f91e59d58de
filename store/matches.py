"""Which article a watch asked for, and why or why not. Written by the pipeline."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import json, metadata, moment, ref, text

matches = sa.Table(
    "matches",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    ref("watch_id", "watches.id", primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),  # of the watch
    sa.Column("fired", sa.Boolean, nullable=False),
    text("reason"),
    json("terms"),  # matched words as they stand in the text
    text("quote", nullable=True),  # the sentence of the first match
    moment("created_at"),
    sa.Index(
        "ix_matches_fired", "watch_id", "version_id", sqlite_where=sa.text("fired"), postgresql_where=sa.text("fired")
    ),
)
