"""Text made safe and narrow: no control characters or direction tricks, and lines that fit a mail reader. Pure."""

from __future__ import annotations

import re
import unicodedata

#: Overrides and isolates that can make a line read as something else than it says.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_ELLIPSIS = "…"
#: What calls a whole room in one chat service or another.
_CALL = r"(?:everyone|here|channel|all|room|team|online)\b"
_CALLS = re.compile(rf"@(?={_CALL})|<(?=[!@#]\S)|<(?=users/)", re.IGNORECASE)
_CALLS_IN_URL = re.compile(rf"@(?={_CALL})", re.IGNORECASE)
_GAP = "\u200b"  # without width
#: Scripts without spaces: a line must not begin with these, nor end with those.
_FOLLOWS = frozenset("ะาำๆฯະາຳໆ")
_LEADS = frozenset("เแโใไເແໂໃໄ")


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
    # Not to call a room: the same address, written otherwise.
    return _CALLS_IN_URL.sub("%40", url) if re.match(r"https?://", url, re.IGNORECASE) else ""


def without_calls(text: str) -> str:
    """The text with `@everyone`, `<!channel>` and their like as words that call nobody."""
    return _CALLS.sub(lambda found: found[0] + _GAP, text)


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
        clings = unicodedata.category(char) in ("Pe", "Pf", "Po", "Mn", "Me", "Mc") or char in _FOLLOWS
        last = pieces[-1].text if pieces else ""
        clings = clings or last[-1:] in _LEADS
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
