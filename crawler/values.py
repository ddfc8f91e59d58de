"""What taking in hands on: one page to take in, or why something is none. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Input:
    """One page to take in. Neither body nor text: it is fetched."""

    url: str
    body: bytes | None = None
    content_type: str | None = None
    given: dict[str, Any] | None = None
    fetched_at: datetime | None = None
    where: str = ""
    http_status: int | None = None
    headers: Mapping[str, str] | None = None
    restricted: bool = False  # also where it was said of all that is taken in


@dataclass(frozen=True)
class BadInput:
    """Something that no page can be made of."""

    url: str
    error: str
    where: str
    state: Literal["failed", "left_out"] = "failed"
