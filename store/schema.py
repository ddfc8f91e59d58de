"""Every table, imported in one place so that migrations see them all."""

from __future__ import annotations

from store import (
    alerts,
    articles,
    attempts,
    definitions,
    deliveries,
    developments,
    digests,
    facts,
    findings,
    interactions,
    matches,
    messages,
    misses,
    occasions,
    pages,
    revisits,
    rulings,
    runs,
    silences,
    threads,
    vanishings,
)
from store.base import metadata

__all__ = [
    "alerts",
    "articles",
    "attempts",
    "definitions",
    "deliveries",
    "developments",
    "digests",
    "facts",
    "findings",
    "interactions",
    "matches",
    "messages",
    "metadata",
    "misses",
    "occasions",
    "pages",
    "revisits",
    "rulings",
    "runs",
    "silences",
    "threads",
    "vanishings",
]
