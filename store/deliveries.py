"""What people are told: decisions, alerts, messages, deliveries, attempts. Written by the alerts stage.

A delivery is outbox row and log in one. Its states:

    pending ─▶ leased ─▶ sent
       ▲          ├────▶ pending      a known failure, later again
       │          ├────▶ unknown ───▶ pending, or held, by the channel's `on_unknown`
       │          └────▶ dead         refused for good, or too many tries
       └─ suppressed                  folded, silenced, or of a channel that is gone
"""

from __future__ import annotations

import sqlalchemy as sa

from store.base import id_column, json, metadata, moment, ref, text

decisions = sa.Table(
    "decisions",
    metadata,
    ref("watch_id", "watches.id", primary_key=True),
    ref("change_id", "development_changes.id", primary_key=True),
    text("outcome"),  # alert | none
    text("reason"),
    moment("at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    id_column(),
    ref("watch_id", "watches.id"),
    ref("change_id", "development_changes.id", index=True),
    ref("development_id", "developments.id", index=True),
    ref("article_id", "articles.id", nullable=True),  # the article whose match is quoted
    text("level"),  # new | update | correction | ...
    json("why", nullable=False),  # terms, quote, watch revision
    moment("created_at", index=True),
    sa.UniqueConstraint("watch_id", "change_id"),
)

messages = sa.Table(
    "messages",
    metadata,
    id_column(),
    text("kind"),  # alert | digest | finding | correction | test | welcome
    text("channel"),
    ref("watch_id", "watches.id", nullable=True),
    ref("development_id", "developments.id", nullable=True, index=True),
    moment("created_at"),
    moment("frozen_at", nullable=True),  # when its content was fixed, at the first claim
    json("content"),  # title, text, html and the facts it named; null until frozen
    sa.Index(
        "ix_messages_open",
        "channel",
        "watch_id",
        "development_id",
        sqlite_where=sa.text("frozen_at IS NULL"),
        postgresql_where=sa.text("frozen_at IS NULL"),
    ),
)

message_alerts = sa.Table(
    "message_alerts",
    metadata,
    ref("message_id", "messages.id", primary_key=True),
    ref("alert_id", "alerts.id", primary_key=True, index=True),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    id_column(),
    ref("message_id", "messages.id"),
    text("channel"),
    text("recipient"),  # masked, for people
    text("recipient_key"),  # which of the channel's targets; no secret can be read from it
    text("idempotency_key"),  # random, the same for every attempt
    text("state", default="pending"),
    text("reason", nullable=True),  # of dead or suppressed
    moment("not_before"),
    text("lease_owner", nullable=True),
    moment("lease_until", nullable=True),
    sa.Column("fence", sa.Integer, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("refusals", sa.Integer, nullable=False, default=0),  # what back-off counts: answers, refusals, time-outs
    text("last_error", nullable=True),
    moment("created_at"),
    moment("sent_at", nullable=True),
    sa.UniqueConstraint("message_id", "recipient_key"),
    sa.UniqueConstraint("idempotency_key"),
    sa.Index("ix_deliveries_due", "state", "not_before"),
    sa.Index("ix_deliveries_channel", "channel", "sent_at"),
    # One in flight per recipient, whatever two workers think at the same moment.
    sa.Index(
        "uq_deliveries_in_flight",
        "channel",
        "recipient_key",
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    ),
)

attempts = sa.Table(
    "attempts",
    metadata,
    id_column(),
    ref("delivery_id", "deliveries.id", index=True),
    sa.Column("fence", sa.Integer, nullable=False),
    text("owner"),
    moment("started_at"),
    moment("handed_at", nullable=True),  # given to the sender: from here the outcome may be unknown
    moment("finished_at", nullable=True),
    text("outcome", nullable=True),  # accepted | refused | failed | unknown | interrupted
    text("detail", nullable=True),
)
