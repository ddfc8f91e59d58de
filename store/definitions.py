"""What people asked for: sources, watches, channels. Written by nightdesk from file and command, read by the stages.

A definition's identity is its name. `origin` tells who defines it: the `file`, the `desk` (command or page) or, for
sources, the `builtin` catalogue. Channel rows carry no address, since an address may hold a secret.
"""

from __future__ import annotations

import sqlalchemy as sa

from store.base import id_column, json, metadata, moment, text

sources = sa.Table(
    "sources",
    metadata,
    id_column(),
    text("name"),
    text("origin"),  # builtin | file | desk
    text("title"),
    text("kind"),
    text("type"),
    text("url"),
    text("language", nullable=True),
    text("country", nullable=True),
    json("definition", nullable=False),  # the whole validated entry
    moment("created_at"),
    moment("edited_at"),
    moment("retired_at", nullable=True),  # no longer visited; its articles stay
    sa.UniqueConstraint("name"),
)

watches = sa.Table(
    "watches",
    metadata,
    id_column(),
    text("name"),
    text("origin"),
    text("mode"),
    json("definition", nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # counts edits; a match names the revision it was made with
    moment("created_at"),
    moment("edited_at"),  # changes older than this alert nobody
    moment("retired_at", nullable=True),
    sa.UniqueConstraint("name"),
)

channels = sa.Table(
    "channels",
    metadata,
    id_column(),
    text("name"),
    text("origin"),
    json("definition", nullable=False),  # without the address
    moment("created_at"),
    moment("edited_at"),
    moment("retired_at", nullable=True),
    sa.UniqueConstraint("name"),
)
