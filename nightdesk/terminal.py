"""Text on its way to a terminal: what came from outside must not steer it."""

from __future__ import annotations

import unicodedata

#: Bidirectional overrides and isolates reorder what stands around them.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str, *, lines: bool = True) -> str:
    """`text` with control characters made visible; line ends stay where `lines` allows them."""
    return "".join(_shown(character, lines) for character in text)


def _shown(character: str, lines: bool) -> str:
    if character == "\n" and lines:
        return character
    if character in "\t\n":
        return " "
    if unicodedata.category(character) == "Cc" or character in _REORDERING:
        return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
    return character
