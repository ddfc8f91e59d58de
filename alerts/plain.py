"""Text made safe and narrow: no control characters or direction tricks, and lines that fit a mail reader. Pure."""

from __future__ import annotations

import re
import unicodedata

#: Overrides and isolates that can make a line read as something else than it says.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_ELLIPSIS = "…"


def safe(text: str | None, limit: int = 2000) -> str:
    """One line of plain text: NFC, spaces for line ends and control characters, cut at `limit` characters."""
    if not text:
        return ""
    text = unicodedata.normalize("NFC", text).translate(_BIDI)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cs")
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + _ELLIPSIS


def safe_url(url: str | None) -> str:
    """An http(s) address without anything that a reader or a header could trip over; empty for every other kind."""
    if not url:
        return ""
    url = "".join(char for char in url.strip() if not unicodedata.category(char).startswith(("C", "Z")))
    return url if re.match(r"https?://", url, re.IGNORECASE) else ""


def width(text: str) -> int:
    """Columns in a terminal or a mail reader: two for a wide character, none for a mark."""
    return sum(_columns(char) for char in text)


def wrap(text: str, columns: int = 76, indent: str = "", first: str | None = None) -> str:
    """`text` in lines of at most `columns`; addresses stay whole, unspaced scripts break between characters.

    `first` is the indent of the first line, where it differs.
    """
    lines: list[str] = []
    line = ""
    rest, indent = indent, indent if first is None else first
    for word in text.split():
        for piece in _pieces(word, columns - width(indent)):
            glue = " " if line and piece.starts_word else ""
            if line and width(indent + line + glue + piece.text) > columns:
                lines.append(indent + line)
                line, glue, indent = "", "", rest
            line += glue + piece.text
    if line:
        lines.append(indent + line)
    return "\n".join(lines)


class _Piece:
    __slots__ = ("starts_word", "text")

    def __init__(self, text: str, starts_word: bool) -> None:
        self.text = text
        self.starts_word = starts_word


def _pieces(word: str, columns: int) -> list[_Piece]:
    """A word whole where it fits in a line or is an address, else cut where a character may end a line."""
    if "://" in word or (width(word) <= columns and not any(_columns(char) == 2 for char in word)):
        return [_Piece(word, True)]
    pieces: list[_Piece] = []
    for char in word:
        wide = _columns(char) == 2
        clings = unicodedata.category(char) in ("Pe", "Pf", "Po", "Mn", "Me")
        last = pieces[-1].text if pieces else ""
        joins = bool(last) and (clings or (not wide and _columns(last[-1]) != 2 and width(last) < columns))
        if joins:
            pieces[-1].text += char
        else:
            pieces.append(_Piece(char, not pieces))
    return pieces


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
