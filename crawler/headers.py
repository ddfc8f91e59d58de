"""Headers as they are kept: all that was said, but for what identifies us and what nobody should have to store."""

from __future__ import annotations

from collections.abc import Mapping

_MOST = 80
_LONGEST = 1000
_UNKEPT = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization"})


def tame_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """At most so many headers, each bounded and of one line, names in lower case."""
    kept: dict[str, str] = {}
    for name, value in headers.items():
        name = _line(name).lower()[:100]
        if name and name not in _UNKEPT and len(kept) < _MOST:
            kept[name] = _line(value)[:_LONGEST]
    return kept


def _line(value: str) -> str:
    if value.isprintable():
        return value.strip()
    return "".join(letter if letter.isprintable() else " " for letter in value).strip()
