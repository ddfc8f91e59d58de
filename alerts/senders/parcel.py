"""What a sender is given and what it answers: plain, picklable values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any, Literal

#: accepted: the receiver took it · refused: it never will · failed: it was not taken, later perhaps ·
#: unknown: the request left and no answer came, so it may have been taken
Result = Literal["accepted", "refused", "failed", "unknown"]

#: Said above the text of a second copy, in the message's own language where it has one; what is frozen stays as it is.
REPEAT_NOTE = "(This may be a repeat: whether the first copy arrived is not known.)"


@dataclass(frozen=True)
class Answer:
    """The outcome of one attempt. `detail` is for the log and holds no secret."""

    result: Result
    detail: str = ""
    retry_after: timedelta | None = None
    everybody: bool = False  # the service asked for patience on behalf of all its recipients


@dataclass(frozen=True)
class File:
    """What goes with a message."""

    name: str
    type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Target:
    """One recipient of a channel."""

    address: str = field(repr=False)  # an Apprise URL, perhaps of several recipients; holds secrets
    index: int  # which of that URL's recipients
    key: str  # stable, says nothing of the secret
    label: str  # masked, for people
    sender: Literal["console", "webhook", "mail", "service"]
    service: str = ""  # which server or account: what is down together
    secrets: tuple[str, ...] = field(default=(), repr=False)  # to sign a webhook with


@dataclass(frozen=True)
class Parcel:
    """One frozen message on its way to one target."""

    target: Target
    key: str  # idempotency key: the same for every attempt
    content: dict[str, Any] = field(repr=False)
    channel: str = ""
    attempt: int = 1
    repeat: bool = False
    files: tuple[File, ...] = ()  # for senders that carry any

    @property
    def text(self) -> str:
        text = str(self.content.get("text", ""))
        text = f"{self._repeat_note}\n\n{text}" if self.repeat else text
        return f"{text.rstrip()}\n\n{self.note}\n" if self.note else text

    @property
    def html(self) -> str:
        html = str(self.content.get("html") or "")
        if self.repeat:
            html = re.sub(r"<body[^>]*>", lambda body: f"{body[0]}<p>{escape(self._repeat_note)}</p>", html, count=1)
        return html.replace("</body>", f"<p>{escape(self.note)}</p></body>") if self.note else html

    @property
    def _repeat_note(self) -> str:
        return str(self.content.get("repeat_note") or REPEAT_NOTE)

    @property
    def note(self) -> str:
        """Why a message comes over this channel and not over its own; empty where it is its own."""
        return str(self.content.get("note") or "")
