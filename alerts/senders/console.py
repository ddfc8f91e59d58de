"""Alerts as lines on a terminal, for whoever runs Nightdesk without a channel."""

from __future__ import annotations

import os
import threading
from typing import TextIO

from alerts.plain import width
from alerts.senders.parcel import Answer, Parcel

_COLUMNS = 78
_one_at_a_time = threading.Lock()


def send(parcel: Parcel, stream: TextIO) -> Answer:
    """Write the message between two rules."""
    kind = str(parcel.content.get("kind", "alert"))
    rule = f"── {kind} " if kind != "alert" else "── Nightdesk "
    text = "\n".join(f"  {line}".rstrip() for line in parcel.text.strip().splitlines())
    text = _with_bold_title(text) if _takes_colour(stream) else text
    block = f"\n{rule}{'─' * max(_COLUMNS - width(rule), 3)}\n{text}\n{'─' * _COLUMNS}\n"
    with _one_at_a_time:
        try:
            stream.write(block)
            stream.flush()
        except UnicodeEncodeError:
            stream.write(block.encode("ascii", "backslashreplace").decode("ascii"))
            stream.flush()
        except (OSError, ValueError) as error:
            return Answer("failed", f"the terminal is gone: {type(error).__name__}")
    return Answer("accepted", "shown")


def _with_bold_title(text: str) -> str:
    title, gap, rest = text.partition("\n\n")
    return f"\x1b[1m{title}\x1b[0m{gap}{rest}"


def _takes_colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
