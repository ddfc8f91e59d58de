"""What somebody owns: silences that stand, tokens, developments that wait for them, queries and watches they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.ids import show_id
from store import people, saved, tokens
from store.definitions import watches
from store.silences import silences

COLUMNS = ("what", "name", "says")


def of(db: Connection, name: str, now: datetime) -> list[dict[str, Any]]:
    """One row a thing, with what to know of it."""
    standing = sa.select(silences).where(silences.c.owner == name, silences.c.ends_at > now).order_by(silences.c.id)
    found = [
        _row("silence", show_id("silence", row.id), f"until {row.ends_at:%Y-%m-%d}: {row.reason}")
        for row in db.execute(standing)
    ]
    found += [
        _row("token", row.name, f"opens {row.scope}")
        for row in tokens.every(db)
        if row.owner == name and row.revoked_at is None
    ]
    found += [
        _row("development", show_id("development", row.development_id), row.note or row.state)
        for row in people.marked_for(db, [name])
    ]
    found += [_row("query", row.name, row.about) for row in saved.everyone(db) if row.owner == name]
    known = [row for row in people.everybody(db) if row.name == name]
    # An earlier one of the name may have made watches too.
    since = max(known, key=lambda row: row.id).created_at if known else None
    done = people.last_deeds(db, 10_000, by=name, since=since)
    made = {row.about for row in done if row.what.startswith("watch ")}
    for row in db.execute(sa.select(watches).where(watches.c.retired_at.is_(None)).order_by(watches.c.name)):
        if row.name in made and row.origin == "desk":
            found.append(_row("watch", row.name, "made or changed by them"))
    return found


def _row(what: str, name: str, says: str) -> dict[str, Any]:
    return {"what": what, "name": name, "says": says}
