"""What was read: articles, their versions, what they are about, and the end of every page. Written by the pipeline."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import Id, id_column, json, metadata, moment, ref, text

articles = sa.Table(
    "articles",
    metadata,
    id_column(),
    ref("page_id", "pages.id", index=True),  # the page it was first read from
    ref("source_id", "sources.id", nullable=True, index=True),
    text("url"),  # as first found
    text("canonical_url"),
    text("url_key"),  # canonical URL without scheme, www, tracking: the identity
    text("outlet", nullable=True),
    moment("found_at", index=True),
    text("origin"),  # live | baseline | backfill
    sa.Column("duplicate_of", Id, sa.ForeignKey("articles.id"), nullable=True),
    sa.UniqueConstraint("url_key"),
)

article_versions = sa.Table(
    "article_versions",
    metadata,
    id_column(),
    ref("article_id", "articles.id"),
    sa.Column("seq", sa.Integer, nullable=False),  # 1, 2, ...: edits by the publisher
    ref("page_id", "pages.id", index=True),
    sa.Column("is_current", sa.Boolean, nullable=False),
    text("title"),
    text("byline", nullable=True),
    text("text"),
    text("language", nullable=True),
    moment("published_at", index=True),
    text("published_from"),  # feed | page | url | given | found
    sa.Column("paywalled", sa.Boolean, nullable=False, default=False),
    text("text_from", default="page"),  # page | feed | given
    sa.Column("words", sa.Integer, nullable=False),
    text("text_sha256"),
    json("signature"),  # MinHash of the text, for near-duplicates
    json("explained"),  # classification evidence, positions and what spoke against it
    sa.Column("pipeline_version", sa.Integer, nullable=False),
    moment("created_at"),
    sa.UniqueConstraint("article_id", "seq"),
    sa.Index(
        "uq_article_versions_current",
        "article_id",
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    ),
)

article_topics = sa.Table(
    "article_topics",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
)

article_events = sa.Table(
    "article_events",
    metadata,
    ref("version_id", "article_versions.id", primary_key=True),
    sa.Column("event_type", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
)

signature_bands = sa.Table(
    "signature_bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True),
    ref("article_id", "articles.id", primary_key=True),
    sqlite_with_rowid=False,
)

page_outcomes = sa.Table(
    "page_outcomes",
    metadata,
    ref("page_id", "pages.id", primary_key=True),
    text("state"),  # article | duplicate | not_article | blocked | failed | empty | retry
    text("reason"),
    ref("article_id", "articles.id", nullable=True, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=1),
    sa.Column("pipeline_version", sa.Integer, nullable=False),
    moment("at"),
    sa.Index(
        "ix_page_outcomes_retry",
        "page_id",
        sqlite_where=sa.text("state = 'retry'"),
        postgresql_where=sa.text("state = 'retry'"),
    ),
)
