"""What happened in the world: developments, their articles, changes, threads. Written by the pipeline."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import Id, id_column, json, metadata, moment, ref, text

threads = sa.Table(
    "threads",
    metadata,
    id_column(),
    text("title"),
    moment("created_at"),
)

developments = sa.Table(
    "developments",
    metadata,
    id_column(),
    text("title"),
    text("lede", nullable=True),
    json("topics", nullable=False),
    json("event_types", nullable=False),
    json("countries", nullable=False),
    text("event_date", nullable=True),
    text("status", nullable=True),
    moment("first_found_at"),
    moment("last_found_at", index=True),
    moment("first_news_at"),  # publication, clamped to the time it was found: what windows in time are measured on
    moment("last_news_at", index=True),
    moment("updated_at", index=True),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("sources", sa.Integer, nullable=False),
    sa.Column("independent_sources", sa.Integer, nullable=False),
    text("first_reporter", nullable=True),
    ref("thread_id", "threads.id", nullable=True, index=True),
    sa.Column("merged_into", Id, sa.ForeignKey("developments.id"), nullable=True),
    sa.Column("baseline", sa.Boolean, nullable=False),  # only baseline or backfilled articles so far: raises no `new`
    json("profile"),  # what new articles are compared with: weights of words, keys of domain.md section 4
)

development_articles = sa.Table(
    "development_articles",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    ref("development_id", "developments.id", index=True),
    moment("joined_at"),
    sa.Column("similarity", sa.Float, nullable=True),
    text("reason"),  # why it joined, or why it founded
)

development_mentions = sa.Table(  # what an analysis or roundup names without reporting it anew: raises nothing
    "development_mentions",
    metadata,
    ref("article_id", "articles.id", primary_key=True),
    ref("development_id", "developments.id", primary_key=True, index=True),
)

development_countries = sa.Table(
    "development_countries",
    metadata,
    ref("development_id", "developments.id", primary_key=True),
    sa.Column("country", sa.Text, primary_key=True),
)

development_changes = sa.Table(
    "development_changes",
    metadata,
    id_column(),
    ref("development_id", "developments.id"),
    sa.Column("seq", sa.Integer, nullable=False),
    text("kind"),  # new | update | correction
    text("origin"),  # live | baseline | backfill | reprocess | analyst
    moment("at", index=True),
    sa.Column("cause_article_id", Id, sa.ForeignKey("articles.id"), nullable=True),
    text("what", nullable=True),  # figure | official | country | batch | ...
    text("old", nullable=True),
    text("new", nullable=True),
    text("by", nullable=True),  # the analyst, where one made it
    json("facts"),  # ids of the facts that made it
    sa.UniqueConstraint("development_id", "seq"),
)

interactions = sa.Table(
    "interactions",
    metadata,
    id_column(),
    ref("development_id", "developments.id", index=True),
    text("actor_country", nullable=True),
    text("actor_agency", nullable=True),
    text("host_country", nullable=True),
    text("host_agency", nullable=True),
    text("type", nullable=True),
    text("instrument", nullable=True),
    text("stage", nullable=True),
    text("edition", nullable=True),
    sa.Column("persons", sa.Float, nullable=True),
    text("item", nullable=True),
    sa.Column("value", sa.Float, nullable=True),
    text("currency", nullable=True),
    text("event_date", nullable=True),
    text("date_precision", nullable=True),
    text("best_source", nullable=True),
    sa.Column("independent_sources", sa.Integer, nullable=True),
)
