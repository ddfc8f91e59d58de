"""What the articles state: figures, places, routes, dates, agencies, persons, money. Written by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, metadata, moment, ref, text

facts = sa.Table(
    "facts",
    metadata,
    id_column(),
    ref("version_id", "article_versions.id", index=True),
    text("kind"),  # count | place | route | date | agency | org | person | money
    sa.Column("value", sa.Float, nullable=True),  # the printed number of a count or amount
    sa.Column("low", sa.Float, nullable=True),
    sa.Column("high", sa.Float, nullable=True),
    text("bound", nullable=True),  # exact | about | at_least | over | up_to | under | range
    text("unit", nullable=True),
    text(
        "status", nullable=True
    ),  # done | started | expected | planned_total | waiting | cumulative | background | claimed
    text("nationality", nullable=True),
    text("name", nullable=True),
    text("role", nullable=True),
    text("place", nullable=True),
    text("country", nullable=True),
    text("from_country", nullable=True),
    text("via_country", nullable=True),
    text("to_country", nullable=True),
    text("currency", nullable=True),
    text("event_date", nullable=True),  # ISO date, as precise as the text: 2026, 2026-10 or 2026-10-13
    text("speaker", nullable=True),
    text("quote"),  # verbatim from title or text
    sa.Column("position", sa.Integer, nullable=False),  # of the quote in title + "\n" + text
    sa.Column("leading", sa.Boolean, nullable=False, default=False),  # the figure the news is about
    sa.Column("confidence", sa.Float, nullable=False),
    text("origin", default="machine"),  # machine | analyst
    moment("created_at"),
)


def add_facts(db: Connection, version_id: int, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """The machine's facts of one article version."""
    if rows:
        db.execute(sa.insert(facts), [{**row, "version_id": version_id, "created_at": now} for row in rows])


def facts_of(db: Connection, version_id: int) -> list[Row[Any]]:
    """The facts of one version, as they stand in its text."""
    mine = sa.select(facts).where(facts.c.version_id == version_id)
    return list(db.execute(mine.order_by(facts.c.position, facts.c.id)))
