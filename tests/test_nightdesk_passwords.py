"""What is kept of a password costs whoever guesses it as much as it says."""

from __future__ import annotations

import base64
import hashlib

import pytest

from nightdesk import people
from tests import passwords


def test_a_password_is_kept_as_a_costly_hash_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_scrypt", passwords.scrypt)
    kept = people.hashed("a long enough password")
    way, cost, block, lanes, salt, made = kept.split("$")
    assert way == "scrypt" and int(cost) * int(block) * int(lanes) * 128 >= 32 << 20  # bytes
    again = hashlib.scrypt(
        b"a long enough password",
        salt=base64.b64decode(salt),
        n=int(cost),
        r=int(block),
        p=int(lanes),
        maxmem=64 << 20,
    )
    assert base64.b64decode(made) == again
    assert people.fits("a long enough password", kept)
    assert not people.fits("a long enough passwore", kept)
    assert people.hashed("a long enough password") != kept
