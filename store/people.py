"""Who may log in, their sessions, what each did by the page, and where a development stands among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.base import id_column, insert_ignoring, json, metadata, moment, ref, text, upsert

users = sa.Table(
    "users",
    metadata,
    id_column(),
    text("name"),
    text("role"),  # reader | editor | operator
    text("password", nullable=True),  # hashed, with its salt and cost; none: nobody can log in by it
    moment("created_at"),
    text("created_by"),
    moment("removed_at", nullable=True),
    text("removed_by", nullable=True),
    moment("looked_at", nullable=True),  # up to then they have seen the desk
    text("stand_in", nullable=True),  # who sees what is theirs while they are away
    moment("away_from", nullable=True),
    moment("away_until", nullable=True),
    text("timezone", nullable=True),  # of their own; the desk's, if none
    # A name is free again once its owner left; the old row stays on record.
    sa.Index(
        "uq_users_standing",
        "name",
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    ),
)

sessions = sa.Table(
    "sessions",
    metadata,
    id_column(),
    ref("user_id", "users.id", index=True),
    text("sha256"),  # of the cookie, which is random enough to need no slow hash
    moment("created_at"),
    moment("seen_at"),
    moment("ended_at", nullable=True),
    sa.UniqueConstraint("sha256"),
)

deeds = sa.Table(
    "deeds",
    metadata,
    id_column(),
    moment("at"),
    text("by"),
    text("what"),  # a word for it, as in `watch added`
    text("about"),  # what it was done to: a name, or an id as people write it
    text("reason", nullable=True),
    json("detail"),
    sa.Index("ix_deeds_about", "about", "id"),
)

marks = sa.Table(
    "marks",
    metadata,
    ref("development_id", "developments.id", primary_key=True),
    text("state"),  # new | seen | used | dismissed
    text("person", nullable=True),  # whose it is
    text("note", nullable=True),
    json("tags", nullable=False),
    moment("changed_at"),
    text("changed_by"),
)

#: When a session was seen is kept this exactly, so that reading does not become writing.
_GRAIN = timedelta(minutes=5)
#: Marks of what is still to be done.
_OPEN = ("new", "seen")


# -- users ------------------------------------------------------------------------------------------------------------


def add(db: Connection, name: str, role: str, password: str | None, by: str, now: datetime) -> bool:
    """Keep a new user; false where one of that name stands."""
    row = {"name": name, "role": role, "password": password, "created_by": by, "created_at": now}
    return db.execute(insert_ignoring(db, users).values(**row).returning(users.c.id)).first() is not None


def standing(db: Connection, name: str) -> Row[Any] | None:
    """The user of that name who may log in."""
    return db.execute(sa.select(users).where(users.c.name == name, users.c.removed_at.is_(None))).first()


def everybody(db: Connection) -> list[Row[Any]]:
    """All users who ever were, those who left last."""
    return list(db.execute(sa.select(users).order_by(users.c.removed_at.is_not(None), users.c.name, users.c.id)))


def change(db: Connection, name: str, values: Mapping[str, Any]) -> bool:
    """Set columns of the user of a name; false where none stands."""
    mine = sa.update(users).where(users.c.name == name, users.c.removed_at.is_(None))
    return db.execute(mine.values(**values)).rowcount == 1


def replace_stand_in(db: Connection, name: str, to: str | None, now: datetime) -> list[str]:
    """Those for whom somebody stands in, now or later, get another, or nobody, but not themselves; who that is."""
    away = sa.update(users).where(users.c.stand_in == name, users.c.removed_at.is_(None), users.c.away_until > now)
    other = sa.func.nullif(sa.literal(to, sa.Text), users.c.name)
    return sorted(db.scalars(away.values(stand_in=other).returning(users.c.name)))


# -- sessions ---------------------------------------------------------------------------------------------------------


def begin(db: Connection, user_id: int, sha256: str, now: datetime) -> None:
    db.execute(sa.insert(sessions).values(user_id=user_id, sha256=sha256, created_at=now, seen_at=now))


def session(db: Connection, sha256: str) -> Row[Any] | None:
    """A session that was not ended, with its user, if that one may still log in."""
    both: sa.Select[Any] = sa.select(
        sessions.c.id, sessions.c.created_at, sessions.c.seen_at, users.c.name, users.c.role, users.c.timezone
    )
    mine = both.join(users, users.c.id == sessions.c.user_id).where(
        sessions.c.sha256 == sha256, sessions.c.ended_at.is_(None), users.c.removed_at.is_(None)
    )
    return db.execute(mine).first()


def is_sight_due(row: Row[Any], now: datetime) -> bool:
    """Whether being seen now is worth a write."""
    return bool(now - row.seen_at >= _GRAIN)


def mark_seen(db: Connection, session_id: int, now: datetime) -> None:
    db.execute(sa.update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def end(db: Connection, sha256: str, now: datetime) -> None:
    open_one = sa.update(sessions).where(sessions.c.sha256 == sha256, sessions.c.ended_at.is_(None))
    db.execute(open_one.values(ended_at=now))


def end_all(db: Connection, name: str, now: datetime) -> None:
    """End every session of whoever has the name."""
    theirs = sa.select(users.c.id).where(users.c.name == name)
    mine = sa.update(sessions).where(sessions.c.user_id.in_(theirs), sessions.c.ended_at.is_(None))
    db.execute(mine.values(ended_at=now))


# -- deeds ------------------------------------------------------------------------------------------------------------


def note_deed(
    db: Connection,
    by: str,
    what: str,
    about: str,
    now: datetime,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    row = {"by": by, "what": what, "about": about, "at": now, "reason": reason, "detail": dict(detail or {})}
    db.execute(sa.insert(deeds).values(**row))


def deeds_about(db: Connection, about: str, limit: int = 100) -> list[Row[Any]]:
    """What was done to one thing, newest first."""
    return list(db.execute(sa.select(deeds).where(deeds.c.about == about).order_by(deeds.c.id.desc()).limit(limit)))


def last_deeds(db: Connection, limit: int, by: str | None = None, since: datetime | None = None) -> list[Row[Any]]:
    """What was done last, newest first."""
    query = sa.select(deeds).order_by(deeds.c.id.desc()).limit(limit)
    if by is not None:
        query = query.where(deeds.c.by == by)
    return list(db.execute(query if since is None else query.where(deeds.c.at >= since)))


# -- marks ------------------------------------------------------------------------------------------------------------


def mark(db: Connection, development_id: int, values: Mapping[str, Any], by: str, now: datetime) -> None:
    """Say where a development stands: of `state`, `person`, `note`, `tags` those that are given."""
    signed = {"changed_at": now, "changed_by": by}
    first = {"state": "seen", "person": None, "note": None, "tags": [], **values, **signed}
    row = upsert(db, marks).values(development_id=development_id, **first)
    db.execute(row.on_conflict_do_update(index_elements=[marks.c.development_id], set_={**values, **signed}))


def marks_of(db: Connection, development_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Where each development stands; those that nobody marked are left out."""
    found = db.execute(sa.select(marks).where(marks.c.development_id.in_(development_ids)))
    return {row.development_id: row for row in found}


def marked_for(db: Connection, names: Sequence[str], states: Sequence[str] = _OPEN) -> list[Row[Any]]:
    """What stands to be done by these people, oldest first."""
    theirs = sa.select(marks).where(marks.c.person.in_(names), marks.c.state.in_(states))
    return list(db.execute(theirs.order_by(marks.c.changed_at)))


def hand_over(db: Connection, name: str, to: str | None, by: str, now: datetime) -> list[int]:
    """What stands to be done by somebody stands to be done by somebody else, or by nobody; the developments."""
    open_ones = sa.update(marks).where(marks.c.person == name, marks.c.state.in_(_OPEN))
    moved = open_ones.values(person=to, changed_by=by, changed_at=now).returning(marks.c.development_id)
    return sorted(db.scalars(moved))
