"""People who log in: who they are, what their role lets them do, and the sessions they have.

The first operator is not made by command: whoever knows `web.password` is `operator`, for as long as it is set.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from core.errors import NotFound, UsageError
from nightdesk import handover
from nightdesk.settings.mistakes import did_you_mean
from store import people
from store.engine import Store

#: Each may do what those before it may: look and mark; decide on news, watches and silences; run the desk.
ROLES = ("reader", "editor", "operator")
FIRST = "operator"
COLUMNS = ("name", "role", "state", "created_at", "created_by", "away_until", "stand_in", "removed_at", "removed_by")
SHORTEST = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
#: A session ends by itself when nobody used it for so long, and at the latest after so long.
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)
#: scrypt as OWASP recommends it for a login: 32 MB, some tenth of a second.
_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in. `form` is the word that their forms must bring."""

    name: str
    role: str
    form: str
    timezone: str | None = None  # of their own

    def may(self, role: str) -> bool:
        """Whether their role includes another."""
        return ROLES.index(self.role) >= ROLES.index(role)


# -- users ------------------------------------------------------------------------------------------------------------


def add(db: Connection, name: str, role: str, password: str, by: str, now: datetime) -> None:
    """A name that comes free again takes nothing over. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a user; write small letters, digits, dots and -, as in ana.b")
    _check_role(role)
    _check_password(password)
    if any(row.name == name and row.removed_at is not None for row in people.everybody(db)):
        handover.set_free(db, name, by, now)
    if not people.add(db, name, role, hashed(password), by, now):
        raise UsageError(f"there is a user {name}; nightdesk users list shows them")
    people.note_deed(db, by, "user added", name, now, detail={"role": role})


def set_role(db: Connection, name: str, role: str, by: str, now: datetime) -> None:
    """Raises UsageError, NotFound."""
    _check_role(role)
    _change(db, name, {"role": role})
    people.note_deed(db, by, "role set", name, now, detail={"role": role})


def set_timezone(db: Connection, name: str, timezone: str, now: datetime) -> None:
    """The zone that somebody reads times in; that of the desk, if empty. Raises UsageError, NotFound."""
    if timezone and timezone not in available_timezones():
        advice = did_you_mean(timezone, available_timezones()) or "write one of the list, as in Asia/Bangkok"
        raise UsageError(f"there is no time zone {timezone}; {advice}")
    _change(db, name, {"timezone": timezone or None})
    people.note_deed(db, name, "time zone set", name, now, detail={"timezone": timezone})


def set_password(db: Connection, name: str, password: str, by: str, now: datetime) -> None:
    """The old one and every session by it hold no longer. Raises UsageError, NotFound."""
    _check_password(password)
    _change(db, name, {"password": hashed(password)})
    people.end_all(db, name, now)
    people.note_deed(db, by, "password set", name, now)


def change_own(db: Connection, name: str, old: str, new: str, first: str | None, now: datetime) -> None:
    """Somebody sets their own password, who knows the one that holds. `first` is `web.password`. Raises UsageError."""
    user = people.standing(db, name)
    if not _holds(name, old, user.password if user is not None else None, first):
        raise UsageError("the password that holds now is another")
    set_password(db, name, new, name, now)


def go_away(db: Connection, name: str, begin: datetime, until: datetime, stand_in: str, by: str, now: datetime) -> None:
    """Somebody else sees what is theirs, for a time. Raises UsageError, NotFound."""
    if until <= begin:
        raise UsageError("an absence ends after it begins")
    if stand_in == name or people.standing(db, stand_in) is None:
        raise UsageError(f"{stand_in!r} cannot stand in for {name}; name another user")
    _change(db, name, {"away_from": begin, "away_until": until, "stand_in": stand_in})
    people.note_deed(db, by, "away", name, now, detail={"stand_in": stand_in})


def come_back(db: Connection, name: str, by: str, now: datetime) -> None:
    """Raises NotFound."""
    _change(db, name, {"away_from": None, "away_until": None, "stand_in": None})
    people.note_deed(db, by, "back", name, now)


def remove(db: Connection, name: str, by: str, now: datetime, to: str | None = None) -> list[str]:
    """End their login, sessions and tokens; the tokens. What they did and own stays on record, or goes to `to`.

    Nobody is stood in for by them any more, but by `to` instead. Raises NotFound, UsageError.
    """
    if to is not None:
        handover.hand_over(db, name, to, by, now)
    _change(db, name, {"removed_at": now, "removed_by": by})
    people.end_all(db, name, now)
    ended = handover.revoke_tokens(db, name, by, now)
    absent = people.replace_stand_in(db, name, to, now)
    people.note_deed(db, by, "user removed", name, now, detail={"tokens": ended, "stood_in_for": absent, "to": to})
    return ended


def acts_for(db: Connection, name: str, now: datetime) -> list[str]:
    """Whose work somebody sees: their own, and that of those they stand in for now."""
    away = [
        row.name
        for row in people.everybody(db)
        if row.removed_at is None
        and row.stand_in == name
        and row.away_from is not None
        and row.away_from <= now < row.away_until
    ]
    return [name, *away]


def rows(db: Connection) -> list[Mapping[str, Any]]:
    """Every user, those who left last, without what opens anything."""
    return [
        {
            **{column: getattr(row, column) for column in COLUMNS if column != "state"},
            "state": "stands" if row.removed_at is None else "removed",
        }
        for row in people.everybody(db)
    ]


def _change(db: Connection, name: str, values: Mapping[str, Any]) -> None:
    if not people.change(db, name, values):
        raise NotFound(f"there is no user {name}; nightdesk users list shows them")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}; there are {', '.join(ROLES)}")


def _check_password(password: str) -> None:
    if len(password) < SHORTEST:
        raise UsageError(f"a password has {SHORTEST} characters at least")


# -- passwords --------------------------------------------------------------------------------------------------------


def hashed(password: str) -> str:
    """What is kept of a password: the way it was hashed, its salt and the hash."""
    salt = secrets.token_bytes(16)
    made = _scrypt(password, salt, _COST, _BLOCK, _LANES)
    return "$".join(["scrypt", str(_COST), str(_BLOCK), str(_LANES), _in_text(salt), _in_text(made)])


def fits(password: str, kept: str | None) -> bool:
    """Whether it is that password. Takes as long where nothing is kept, so that nobody learns who there is."""
    _, cost, block, lanes, salt, made = (kept or _NOBODY).split("$")
    tried = _scrypt(password, base64.b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(tried, base64.b64decode(made)) and kept is not None


def _is_same(password: str, other: str) -> bool:
    """Compared as hashes, so that the time it takes tells neither length nor beginning."""
    return hmac.compare_digest(_hash(password), _hash(other))


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=cost, r=block, p=lanes, maxmem=_MEMORY)


def _in_text(value: bytes) -> str:
    return base64.b64encode(value).decode()


_NOBODY = "$".join(["scrypt", str(_COST), str(_BLOCK), str(_LANES), _in_text(bytes(16)), _in_text(bytes(64))])


# -- sessions ---------------------------------------------------------------------------------------------------------


def log_in(store: Store, name: str, password: str, first: str | None, now: datetime) -> str | None:
    """The cookie of a new session, where name and password fit. `first` is `web.password`.

    It holds for the name `operator` unless a user of that name has a password of their own.
    """
    with store.read() as db:
        user = people.standing(db, name)
    kept = user.password if user is not None else None
    if not _holds(name, password, kept, first):
        return None
    is_first = name == FIRST and kept is None
    cookie = secrets.token_urlsafe(32)

    def write(db: Connection) -> None:
        if is_first:
            people.add(db, FIRST, "operator", None, "web.password", now)
        found = people.standing(db, name)
        if found is not None:
            people.begin(db, found.id, _hash(cookie), now)

    store.unit(write)
    return cookie


def _holds(name: str, password: str, kept: str | None, first: str | None) -> bool:
    """Whether a password is that of a user: what is kept of it, or for the first operator `web.password` until then."""
    if fits(password, kept):
        return True
    return name == FIRST and kept is None and bool(first) and _is_same(password, first or "")


def check(store: Store, cookie: str, now: datetime) -> Person | None:
    """Whose session a cookie is, if it holds; that it was used is noted."""
    with store.read() as db:
        row = people.session(db, _hash(cookie))
    if row is None or now - row.seen_at > IDLE or now - row.created_at > LONGEST:
        return None
    if people.is_sight_due(row, now):
        # Whoever holds the database for a moment keeps nobody out of a page that only reads.
        with suppress(OperationalError):
            store.unit(lambda db: people.mark_seen(db, row.id, now), tries=1)
    return Person(row.name, row.role, form_word(cookie), row.timezone)


def log_out(store: Store, cookie: str, now: datetime) -> None:
    store.unit(lambda db: people.end(db, _hash(cookie), now))


def form_word(cookie: str) -> str:
    """What a form of this session carries, and no other site can know."""
    return hmac.new(cookie.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
