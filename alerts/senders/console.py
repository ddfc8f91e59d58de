"""Alerts as lines on a terminal, for whoever runs Nightdesk without a channel."""

from __future__ import annotations

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
