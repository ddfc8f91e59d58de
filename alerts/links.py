"""Signed links in messages, by which a reader tells the desk something with one tap; they expire. Pure but for the key.

A link says what it asks, of which alert, told on which channel, and until when it holds. Nobody without the key can
make or change one; opening it changes nothing, only the form that it opens does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

Action = Literal["not_relevant", "wrong_development", "mute"]
ACTIONS: tuple[Action, ...] = get_args(Action)

#: How long a link holds. Whoever opens an older message is shown what to do instead.
LIFETIME = timedelta(days=30)
KEY_FILE = "links.key"

_CODES: Mapping[Action, str] = {"not_relevant": "r", "wrong_development": "w", "mute": "m"}
_OF_CODES: Mapping[str, Action] = {code: action for action, code in _CODES.items()}
_TOKEN = re.compile(r"([a-z])(\d{1,18})\.([a-z0-9][a-z0-9_-]{0,79})\.([0-9a-f]{1,10})\.([A-Za-z0-9_-]{27})", re.ASCII)
_KEY_BYTES = 32
_SIGNATURE_BYTES = 20


class BadLink(Exception):
    """A link that was not made here, or was changed on its way."""


class ExpiredLink(Exception):
    """A link of ours whose time is over."""


@dataclass(frozen=True)
class Wish:
    """What a link asks for."""

    action: Action
    alert_id: int
    channel: str  # where it was told: who asks, as far as anybody knows
    until: datetime


class Links:
    """Makes and reads the links of one desk. Its key never shows."""

    def __init__(self, key: bytes, public_url: str) -> None:
        self._key = key
        self.public_url = public_url.rstrip("/")

    def url(self, action: Action, alert_id: int, channel: str, now: datetime) -> str:
        return f"{self.public_url}/a/{self.token(Wish(action, alert_id, channel, now + LIFETIME))}"

    def token(self, wish: Wish) -> str:
        until = int(wish.until.timestamp())
        said = f"{_CODES[wish.action]}{wish.alert_id}.{wish.channel}.{until:x}"
        return f"{said}.{self._sign('link', said)}"

    def read(self, token: str, now: datetime) -> Wish:
        """Raises BadLink and ExpiredLink."""
        found = _TOKEN.fullmatch(token)
        if found is None or found[1] not in _OF_CODES:
            raise BadLink
        said, signature = token.rsplit(".", 1)
        if not hmac.compare_digest(signature, self._sign("link", said)):
            raise BadLink
        until = datetime.fromtimestamp(int(found[4], 16), UTC)
        if now > until:
            raise ExpiredLink
        return Wish(_OF_CODES[found[1]], int(found[2]), found[3], until)

    def form_of(self, token: str) -> str:
        """What the form of a link's page sends along: who has only the link has not opened its page."""
        return self._sign("form", token)

    def is_form_of(self, token: str, form: str) -> bool:
        return hmac.compare_digest(form.encode(), self.form_of(token).encode())

    def _sign(self, purpose: str, said: str) -> str:
        digest = hmac.new(self._key, f"{purpose}\n{said}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).rstrip(b"=").decode()


def read_key(folder: Path) -> bytes:
    """The desk's key, made at the first use. Raises OSError, and ValueError for a file that is none."""
    path = folder / KEY_FILE
    try:
        return _key_in(path)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            os.link(fresh, path)  # unlike a rename it never replaces the key of a process that was faster
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return _key_in(path)


def _key_in(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{path} is no key of links; remove it, and links sent so far will no longer hold")
    return key
