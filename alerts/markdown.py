"""CommonMark for chat services: what publishers wrote stays words, whatever signs are in it. Pure.

Discord and Mattermost read it as it is; `senders/dialects.py` turns it into what Slack, Telegram and Matrix read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGNS = re.compile(r"([\\`*_\[\]|<>~&])")
#: What makes a line that begins with it a heading, a list or a rule.
_AT_START = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[+\-](?=\s|$)|-(?=[\s-]*$)|=(?=[\s=]*$)|\d{1,9}(?=[.)](?:\s|$)))")
#: In a line of ours that is otherwise words: an address, and a command to type.
_LIVE = re.compile(r"(https?://[^\s<>`]+|`nightdesk [a-z0-9 -]+`)")


def escape(text: object) -> str:
    """Words as CommonMark that shows them as they are."""
    escaped = _SIGNS.sub(r"\\\1", str(text))
    found = _AT_START.match(escaped)
    if found is None:
        return escaped
    sign, rest = found[2], escaped[found.end() :]
    # A digit cannot be escaped; the dot or bracket after it can.
    return f"{found[1]}{sign}\\{rest}" if sign[0].isdigit() else f"{found[1]}\\{sign}{rest}"


def link(label: str, url: str) -> str:
    """`[label](<url>)`; the label alone where there is no address.

    A label's own brackets become round ones: not every service counts an escaped one as a sign.
    """
    if not url:
        return escape(label)
    return f"[{escape(label.replace('[', '(').replace(']', ')'))}](<{url.replace('<', '%3C').replace('>', '%3E')}>)"


def paragraphs(lines: Sequence[str]) -> str:
    """Lines of a plain message: each stays a line, `- ` begins an item, addresses and commands can be used."""
    written = [f"- {_live(line[2:])}" if line.startswith("- ") else _live(line) for line in lines]
    text = "".join(f"{line}  \n" if line else "\n" for line in written)
    return text.strip() + "\n" if text.strip() else ""


def _live(line: str) -> str:
    pieces = _LIVE.split(line.strip())
    return "".join(_alone(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces))


def _alone(piece: str) -> str:
    return f"<{piece}>" if piece.startswith("http") else piece
