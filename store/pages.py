"""What was seen and fetched: visits, items, pages, and what is remembered of sources and sites. Written by the crawler."""

from __future__ import annotations

import sqlalchemy as sa

from store.base import id_column, json, metadata, moment, ref, text

source_states = sa.Table(
    "source_states",
    metadata,
    ref("source_id", "sources.id", primary_key=True),
    moment("baseline_at", nullable=True),  # when the first visit was committed
    moment("next_visit_at", nullable=True),  # null: at once
    moment("last_visit_at", nullable=True),
    moment("last_ok_at", nullable=True),
    moment("last_new_at", nullable=True),
    moment("last_full_at", nullable=True),  # last visit without validators
    text("etag", nullable=True),
    text("last_modified", nullable=True),
    text("body_sha256", nullable=True),
    sa.Column("interval_s", sa.Float, nullable=True),  # the pace found so far, where `every` sets none
    sa.Column("failures", sa.Integer, nullable=False, default=0),  # in a row
    text("state", default="unproven"),  # unproven | ok | degraded | failing | silent | recovered
    moment("state_at", nullable=True),
    text("last_error", nullable=True),
)

visits = sa.Table(
    "visits",
    metadata,
    id_column(),
    ref("source_id", "sources.id", index=True),
    moment("started_at", index=True),
    moment("finished_at"),
    text("outcome"),  # new | nothing_new | unchanged | not_modified | failed
    sa.Column("http_status", sa.Integer, nullable=True),
    text("error", nullable=True),
    sa.Column("entries", sa.Integer, nullable=False, default=0),
    sa.Column("new_items", sa.Integer, nullable=False, default=0),
    sa.Column("baseline", sa.Boolean, nullable=False, default=False),
)

items = sa.Table(
    "items",
    metadata,
    id_column(),
    ref("source_id", "sources.id"),
    ref("visit_id", "visits.id", index=True),
    text("key"),  # what makes the entry the same one at the next visit
    text("url"),  # as the feed gave it
    text("guid", nullable=True),
    text("title", nullable=True),
    text("summary", nullable=True),  # the feed's own text, plain
    text("byline", nullable=True),
    moment("published_at", nullable=True),
    moment("found_at"),
    sa.Column("baseline", sa.Boolean, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    moment("not_before", nullable=True),
    moment("ended_at", nullable=True),  # null: due
    text("end_state", nullable=True),  # fetched | refused | known
    text("end_reason", nullable=True),
    sa.UniqueConstraint("source_id", "key"),
    sa.Index("ix_items_url", "url"),
    sa.Index(
        "ix_items_due",
        "not_before",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

pages = sa.Table(
    "pages",
    metadata,
    id_column(),
    ref("item_id", "items.id", nullable=True, index=True),
    ref("source_id", "sources.id", nullable=True, index=True),
    text("url"),  # as first found, unchanged
    text("final_url", nullable=True),  # after redirects
    moment("fetched_at", index=True),
    moment("found_at"),  # when its item was first seen
    text("origin"),  # live | baseline | backfill: what may be told of it
    sa.Column("http_status", sa.Integer, nullable=True),
    text("content_type", nullable=True),
    json("headers"),
    text("sha256", nullable=True),  # of the body; null where the page was refused or only text was given
    sa.Column("bytes", sa.Integer, nullable=True),
    text("refused", nullable=True),  # why there is no body: robots, http_403, too_large, ...
    json("given", nullable=False),  # what came with it: title, text, html flag, byline, published, outlet, language
    sa.Index("ix_pages_url", "url"),
)

bodies = sa.Table(
    "bodies",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

sites = sa.Table(
    "sites",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    moment("not_before", nullable=True),  # no request earlier: Retry-After, back-off
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    json("robots"),  # {origin: {status, body, fetched_at}}: each origin of the site has its own
)
