"""Tells a dead man's switch that all is well, so that somebody hears of it when this machine is gone.

Like the addresses of channels its URL comes from the configuration alone, and no redirect is followed.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from alerts.senders.http import Where, ask

_SECONDS = 10.0


def read_url(url: str) -> Where:
    """Where to ping. Raises ValueError, which does not show the URL, since it may hold a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the address cannot be read") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("write an http:// or https:// address")
    if parts.username or parts.password:
        raise ValueError("no user name may be in the address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(letter <= " " for letter in path):
        raise ValueError("the address has a letter in it that must be written as %XX")
    return Where(parts.scheme == "https", host, port, path)


def ping(url: str, now: datetime, seconds: float = _SECONDS) -> str:
    """Why the switch did not hear; empty where it did. Never raises."""
    try:
        answer = ask(read_url(url), "GET", None, {"User-Agent": "Nightdesk", "Connection": "close"}, seconds, now)
    except Exception as error:
        return type(error).__name__
    return "" if answer.result == "accepted" else answer.detail
