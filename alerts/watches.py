"""Watches as values, from their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import Row

from core.watch import Watch


def readable(rows: Iterable[Row[Any]]) -> Iterator[tuple[Row[Any], Watch]]:
    """Those whose definition can be read, as row and value; of the others deciding tells the operator."""
    for row in rows:
        try:
            yield row, Watch.model_validate(row.definition)
        except ValidationError:
            continue
