"""Watches as values, from their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import Row

from core.watch import Watch


def watch_of(row: Row[Any]) -> Watch | None:
    """A watch as its row defines it; None where that cannot be read."""
    try:
        return Watch.model_validate(row.definition)
    except ValidationError:
        return None


def readable(rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Watch]]:
    """Those whose definition can be read, as row and value; of the others deciding tells the operator."""
    for row in rows:
        watch = watch_of(row)
        if watch is not None:
            yield row, watch
