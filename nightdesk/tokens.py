"""Personal tokens: made once, shown once, good until revoked. What each may open is for nightdesk/web/access.py."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from store import tokens
from store.engine import Store

#: What a token opens: all that reads, or what a feed reader or a spreadsheet fetches by an address with the key in it.
SCOPES = ("read", "feed", "sheet")
COLUMNS = ("name", "scope", "state", "created_at", "created_by", "used_at", "revoked_at", "revoked_by")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_PREFIX = "nd_"  # so that scanners of leaked keys, and people, know what they found


@dataclass(frozen=True)
class Token:
    """A token that was presented and holds."""

    name: str
    scope: str


def add(db: Connection, name: str, scope: str, by: str, now: datetime) -> str:
    """Make a token; its key, which nobody can show again. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a token; write small letters, digits and -, as in anas-sheet")
    if scope not in SCOPES:
        raise UsageError(f"there is no scope {scope!r}; there are {', '.join(SCOPES)}")
    key = _PREFIX + secrets.token_urlsafe(32)
    if not tokens.add(db, name, scope, _hash(key), by, now):
        raise UsageError(f"there is a token {name}; revoke it first, or take another name")
    return key


def revoke(db: Connection, name: str, by: str, now: datetime) -> None:
    """Raises NotFound."""
    if not tokens.revoke(db, name, by, now):
        raise NotFound(f"there is no token {name} that stands; nightdesk tokens list shows them")


def rows(db: Connection) -> list[Mapping[str, Any]]:
    """Every token, newest first, revoked ones too, without what opens anything."""
    return [
        {
            **{column: getattr(row, column) for column in COLUMNS if column != "state"},
            "state": "stands" if row.revoked_at is None else "revoked",
        }
        for row in tokens.every(db)
    ]


def check(store: Store, key: str, now: datetime) -> Token | None:
    """Whose key it is, if it holds; its use is noted."""
    if not key.startswith(_PREFIX):
        return None
    with store.read() as db:
        row = tokens.standing(db, _hash(key))
    if row is None:
        return None
    if tokens.is_use_due(row, now):
        store.unit(lambda db: tokens.mark_used(db, row.id, now))
    return Token(row.name, row.scope)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
