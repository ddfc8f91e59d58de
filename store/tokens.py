"""Tokens to read with from outside: whose each is, what it opens, when it was used last. The key itself is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, metadata, moment, text
from store.people import users

tokens = sa.Table(
    "tokens",
    metadata,
    id_column(),
    text("name"),
    text("scope"),  # read | feed | sheet
    text("sha256"),  # of the key, which is random enough to need no slow hash
    moment("created_at"),
    text("created_by"),
    text("owner"),  # with whom it ends: a user, or a program that is none
    moment("used_at", nullable=True),
    moment("revoked_at", nullable=True),
    text("revoked_by", nullable=True),
    sa.UniqueConstraint("sha256"),
    # A name is free again once its token is revoked; the old row stays on record.
    sa.Index(
        "uq_tokens_standing",
        "name",
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    ),
)

#: The last use is kept this exactly, so that reading does not become writing.
_GRAIN = timedelta(minutes=1)


def add(db: Connection, name: str, scope: str, sha256: str, by: str, now: datetime, owner: str | None = None) -> bool:
    """Keep a new token, of whoever made it if of nobody else; false where one of that name stands."""
    row = {"name": name, "scope": scope, "sha256": sha256, "created_by": by, "owner": owner or by, "created_at": now}
    return db.execute(insert_ignoring(db, tokens).values(**row).returning(tokens.c.id)).first() is not None


def standing(db: Connection, sha256: str) -> Row[Any] | None:
    """The token of that hash, unless it was revoked."""
    return db.execute(sa.select(tokens).where(tokens.c.sha256 == sha256, tokens.c.revoked_at.is_(None))).first()


def is_use_due(row: Row[Any], now: datetime) -> bool:
    """Whether a use now is worth a write."""
    return row.used_at is None or bool(now - row.used_at >= _GRAIN)


def mark_used(db: Connection, token_id: int, now: datetime) -> None:
    db.execute(sa.update(tokens).where(tokens.c.id == token_id).values(used_at=now))


def revoke(db: Connection, name: str, by: str, now: datetime) -> bool:
    """End the token of a name at once; false where none stands."""
    mine = sa.update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
    return db.execute(mine.values(revoked_at=now, revoked_by=by)).rowcount == 1


def every(db: Connection) -> list[Row[Any]]:
    """All tokens ever made, newest first."""
    return list(db.execute(sa.select(tokens).order_by(tokens.c.id.desc())))


def of_leavers(db: Connection) -> list[Row[Any]]:
    """Tokens that stand though their owner was removed, by name; not those of a newcomer who has the owner's name."""
    left = sa.select(users.c.id).where(users.c.name == tokens.c.owner, users.c.removed_at >= tokens.c.created_at)
    mine = sa.select(tokens).where(tokens.c.revoked_at.is_(None), left.exists())
    return list(db.execute(mine.order_by(tokens.c.name)))
