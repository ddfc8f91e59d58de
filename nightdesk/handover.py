"""What somebody leaves goes to somebody else: saved queries, developments that wait for them, silences that stand.

Tokens are not handed on, since whoever left knows their keys. A newcomer of the name takes nothing over.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from core.ids import show_id
from store import people, saved, silences, tokens

#: Whose a thing is that nobody took over: an operator's, whoever that is.
NOBODY = ""


def hand_over(db: Connection, name: str, to: str, by: str, now: datetime) -> list[str]:
    """Everything of `name`, who may be gone; what that was. Raises UsageError, NotFound."""
    if all(row.name != name for row in people.everybody(db)):
        raise NotFound(f"there is no user {name}; nightdesk users list shows them")
    if to == name or people.standing(db, to) is None:
        raise UsageError(f"{to!r} cannot take over from {name}; name another user")
    found = _move(db, name, to, by, now)
    found += [show_id("silence", number) for number in silences.hand_over(db, name, to, now)]
    if found:
        people.note_deed(db, by, "handed over", name, now, detail={"to": to, "what": found})
    return found


def revoke_tokens(db: Connection, name: str, by: str, now: datetime) -> list[str]:
    """Nothing is opened any more by the tokens of an owner; which these were. Those they made for others stand."""
    theirs = sorted(row.name for row in tokens.every(db) if row.owner == name and row.revoked_at is None)
    for token in theirs:
        tokens.revoke(db, token, by, now)
        people.note_deed(db, by, "token revoked", token, now)
    return theirs


def set_free(db: Connection, name: str, by: str, now: datetime) -> None:
    """Before a newcomer takes the name: what an earlier one left is nobody's. Silences keep it until they end."""
    if found := _move(db, name, NOBODY, by, now):
        people.note_deed(db, by, "set free", name, now, detail={"what": found})
    people.replace_stand_in(db, name, None, now)
    revoke_tokens(db, name, by, now)


def _move(db: Connection, name: str, to: str, by: str, now: datetime) -> list[str]:
    found = saved.hand_over(db, name, to, by, now)
    return found + [show_id("development", number) for number in people.hand_over(db, name, to or None, by, now)]
