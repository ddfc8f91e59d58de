"""What the articles state: figures, places, routes, dates, agencies, persons, money. Written by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.articles import article_versions
from store.base import Id, id_column, metadata, moment, ref, text

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
    text("superseded", nullable=True),  # analyst | reprocess: who put something else, or nothing, in its place
    sa.Column("ruling_id", Id, nullable=True),  # of an analyst's fact: the ruling it comes from
    sa.Column("pipeline_version", sa.Integer, nullable=False, default=1, server_default="1"),
    moment("created_at"),
)

#: What holds of a fact that counts; the others are kept for the record.
STANDS = facts.c.superseded.is_(None)

_ADD = sa.insert(facts)
_OF_VERSION = (
    sa.select(facts).where(facts.c.version_id == sa.bindparam("version"), STANDS).order_by(facts.c.position, facts.c.id)
)


def add_facts(
    db: Connection, version_id: int, rows: Sequence[Mapping[str, Any]], pipeline_version: int, now: datetime
) -> None:
    """Facts of one article version."""
    whose = {"version_id": version_id, "pipeline_version": pipeline_version, "created_at": now}
    if rows:
        db.execute(_ADD, [{**row, **whose} for row in rows])


def supersede(db: Connection, marks: Sequence[tuple[int, str | None]]) -> None:
    """Say of facts why they stand no longer, or that they do."""
    for fact_id, reason in marks:
        db.execute(sa.update(facts).where(facts.c.id == fact_id).values(superseded=reason))


def facts_of(db: Connection, version_id: int) -> list[Row[Any]]:
    """The facts of one version, as they stand in its text."""
    return list(db.execute(_OF_VERSION, {"version": version_id}))


def every_fact_of(db: Connection, version_id: int) -> list[Row[Any]]:
    """The facts of one version, those that no longer stand too."""
    return list(db.execute(sa.select(facts).where(facts.c.version_id == version_id).order_by(facts.c.id)))


def fact(db: Connection, fact_id: int) -> Row[Any] | None:
    """One fact, standing or not, with the article and the version it is of."""
    query = (
        sa.select(facts, article_versions.c.article_id, article_versions.c.is_current)
        .join(article_versions, article_versions.c.id == facts.c.version_id)
        .where(facts.c.id == fact_id)
    )
    return db.execute(query).first()
