"""Keeps who does what with whom: writes what each article tells, and what a development's articles tell together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from pipeline.interactions import Interaction, find_interactions
from pipeline.jointly import jointly
from pipeline.summarise import Part
from pipeline.values import Classification, Fact
from pipeline.vocabulary import load_vocabulary
from store import interactions


def write(
    db: Connection,
    version_id: int,
    title: str,
    text: str,
    language: str | None,
    classified: Classification,
    facts: Sequence[Fact],
    is_new: bool = False,
) -> None:
    """What a version tells, by its labels and facts as they stand; of a new one nothing is on record."""
    found = find_interactions(title, text, language, load_vocabulary(), classified, facts)
    if found != (() if is_new else told_by(db, version_id)):
        interactions.replace_told(db, version_id, [vars(one) for one in found])


def told_by(db: Connection, version_id: int) -> tuple[Interaction, ...]:
    """What is on record of a version."""
    rows = interactions.told_by(db, version_id)
    return tuple(Interaction(**{name: getattr(row, name) for name in interactions.TOLD}) for row in rows)


def settle(db: Connection, development_id: int, parts: Sequence[Part]) -> None:
    """Write what a development's articles tell together; without articles nothing stays."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in interactions.told_of(db, development_id):
        told[row.article_id].append({name: getattr(row, name) for name in interactions.TOLD})
    wanted = jointly(parts, told)
    known = [dict(row._mapping) for row in interactions.interactions_of(db, development_id)]
    if wanted != [{name: row[name] for name in row if name not in ("id", "development_id")} for row in known]:
        interactions.replace_interactions(db, development_id, wanted)
