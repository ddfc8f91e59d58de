"""CommonMark for chat services: what publishers wrote stays words, whatever signs are in it. Pure.

Apprise turns CommonMark into each service's own markup: mrkdwn for Slack, HTML for Telegram and Matrix.
"""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_\[\]|<>~&])")
#: What makes a line that begins with it a heading, a list or a quote.
_AT_START = re.compile(r"^(\s*)(#{1,6}(?=\s)|[+\-](?=\s)|\d{1,9}(?=[.)]\s))")


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
