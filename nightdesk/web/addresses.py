"""Addresses that a page leads on to: whether they stay on this desk."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_ours(path: str) -> bool:
    """Whether an address leads to a page of this desk, whatever a browser makes of it."""
    if not path.startswith("/") or path.startswith("//") or any(mark in path for mark in "\\\r\n\t"):
        return False
    split = urlsplit(path)
    return not split.scheme and not split.netloc
