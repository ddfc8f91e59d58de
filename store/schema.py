"""Every table, imported in one place so that migrations see them all."""

from __future__ import annotations

from store import (
    articles,
    definitions,
    deliveries,
    developments,
    facts,
    findings,
    matches,
    misses,
    pages,
    revisits,
    rulings,
    runs,
)
from store.base import metadata

__all__ = [
    "articles",
    "definitions",
    "deliveries",
    "developments",
    "facts",
    "findings",
    "matches",
    "metadata",
    "misses",
    "pages",
    "revisits",
    "rulings",
    "runs",
]
