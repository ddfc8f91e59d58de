"""Every table, imported in one place so that migrations see them all."""

from __future__ import annotations

from store import (
    alerts,
    articles,
    attempts,
    definitions,
    deliveries,
    developments,
    facts,
    findings,
    matches,
    messages,
    misses,
    pages,
    revisits,
    rulings,
    runs,
)
from store.base import metadata

__all__ = [
    "alerts",
    "articles",
    "attempts",
    "definitions",
    "deliveries",
    "developments",
    "facts",
    "findings",
    "matches",
    "messages",
    "metadata",
    "misses",
    "pages",
    "revisits",
    "rulings",
    "runs",
]
