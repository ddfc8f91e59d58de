"""What came back for one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """What came back, or the reason code why nothing did."""

    url: str  # as asked
    final_url: str = ""  # after redirects
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    request: Mapping[str, str] = field(default_factory=dict)  # the headers that asked for it
    error: str | None = None  # robots | timeout | dns | address | ...
    moved_to: str = ""  # where permanent redirects alone led

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def ok(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300
