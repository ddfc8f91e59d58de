"""Passwords of tests are hashed like real ones and for little: else every login would take a tenth of a second."""

from __future__ import annotations

from nightdesk import people

#: How it is really done.
scrypt = people._scrypt
_CHEAPER = 2**10


def hash_cheaply() -> None:
    """From now on, in this process."""
    people._scrypt = _scrypt


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return scrypt(password, salt, max(cost // _CHEAPER, 2), block, lanes)
