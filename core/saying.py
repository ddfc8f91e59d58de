"""A sentence by its code and values, so that each reader's language can say it; its English stands beside it. Pure.

Values are words and numbers that every language keeps as they are, or sayings in turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

SLOT = re.compile(r"\{(\w+)\}")
Value: TypeAlias = "str | int | Saying | Sequence[Saying]"


@dataclass(frozen=True)
class Saying:
    """`english` names the values in braces, as other languages' sentences do that have the same code."""

    code: str
    english: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """In English."""
        return SLOT.sub(lambda found: _english(self.values[found[1]]), self.english)

    def as_json(self) -> dict[str, Any]:
        """What another language needs."""
        return {"code": self.code, "values": {name: _plain(value) for name, value in self.values.items()}}


def _english(value: Value) -> str:
    if isinstance(value, str | int | Saying):
        return str(value)
    return ", ".join(str(one) for one in value)


def _plain(value: Value) -> Any:
    if isinstance(value, Saying):
        return value.as_json()
    return value if isinstance(value, str | int) else [one.as_json() for one in value]
