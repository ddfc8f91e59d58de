"""Whether all is well, as a dead man's switch is told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

#: How long one run of a stage may take before its loop counts as standing still.
PATIENCE = timedelta(minutes=15)


class Loop(Protocol):
    """A stage, as far as its health goes."""

    name: str
    failures: int
    turned_at: datetime | None


def trouble(loops: Sequence[Loop], wake: Sequence[str], began: datetime, now: datetime) -> str:
    """What keeps all from being well; empty where nothing does. `wake` are the open findings that wake somebody."""
    for loop in loops:
        if loop.failures:
            return f"the stage {loop.name} fails"
        if now - (loop.turned_at or began) > PATIENCE:
            return f"the stage {loop.name} stands still"
    return f"an open finding: {', '.join(wake)}" if wake else ""
