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
from store import people, tokens
from store.engine import Store

#: What a token opens: all that reads, or what a feed reader or a spreadsheet fetches by an address with the key in it.
SCOPES = ("read", "feed", "sheet")
COLUMNS = ("name", "scope", "state", "owner", "created_at", "created_by", "used_at", "revoked_at", "revoked_by")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_OWNER = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_PREFIX = "nd_"  # so that scanners of leaked keys, and people, know what they found


@dataclass(frozen=True)
class Token:
    """A token that was presented and holds."""

    name: str
    scope: str


def add(db: Connection, name: str, scope: str, by: str, now: datetime, owner: str | None = None) -> str:
    """Make a token for its owner, or for who makes it; its key, which nobody can show again. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a token; write small letters, digits and -, as in anas-sheet")
    if scope not in SCOPES:
        raise UsageError(f"there is no scope {scope!r}; there are {', '.join(SCOPES)}")
    if owner is not None:
        _check_owner(db, owner)
    key = _PREFIX + secrets.token_urlsafe(32)
    if not tokens.add(db, name, scope, _hash(key), by, now, owner):
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


def ends_with(db: Connection, owner: str) -> str:
    """Until when a token of theirs stands, in words."""
    if people.standing(db, owner) is None:
        return f"{owner} is no user, so it stands until it is revoked"
    return f"it ends with the login of {owner}"


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


def _check_owner(db: Connection, owner: str) -> None:
    """A user who stands, or a program, which never was one."""
    if not _OWNER.fullmatch(owner):
        raise UsageError(f"{owner!r} is no name of an owner; write a user, or a program, as in prometheus")
    if people.standing(db, owner) is None and any(row.name == owner for row in people.everybody(db)):
        raise UsageError(f"{owner} was removed and gets no token; nightdesk users list shows who there is")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
