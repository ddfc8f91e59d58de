"""How often a watch told of what was wanted, as far as analysts said so. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from store.alerts import alerts
from store.definitions import watches
from store.developments import developments
from store.rulings import rulings


@dataclass(frozen=True)
class Precision:
    """Developments that a watch told of, those of them that were judged, and those found relevant."""

    told: int = 0
    judged: int = 0
    relevant: int = 0

    @property
    def share(self) -> float | None:
        """Of the judged ones; None where none was."""
        return round(self.relevant / self.judged, 3) if self.judged else None


def by_watch(db: Connection) -> dict[str, Precision]:
    """The precision of every watch that told of anything, by its name; merged developments are one."""
    root = sa.func.coalesce(developments.c.merged_into, developments.c.id)
    told = (
        sa.select(alerts.c.watch_id, root.label("root"))
        .join(developments, developments.c.id == alerts.c.development_id)
        .distinct()
        .subquery()
    )
    said: dict[tuple[int, int], bool] = {}
    verdicts = (
        sa.select(rulings.c.watch_id, root.label("root"), rulings.c.holds)
        .join(developments, developments.c.id == rulings.c.development_id)
        .where(rulings.c.kind == "relevance", rulings.c.standing)
        .order_by(rulings.c.id)
    )
    for row in db.execute(verdicts):
        said[row.watch_id, row.root] = bool(row.holds)
    counted: dict[str, list[bool | None]] = {}
    for row in db.execute(sa.select(watches.c.name, told).join(told, told.c.watch_id == watches.c.id)):
        counted.setdefault(row.name, []).append(said.get((row.watch_id, row.root)))
    return {
        name: Precision(len(all_), sum(one is not None for one in all_), sum(one is True for one in all_))
        for name, all_ in counted.items()
    }


def watches_told(db: Connection, development_ids: Collection[int]) -> list[Row[tuple[int, str]]]:
    """Id and name of the watches that have an alert about one of these developments."""
    query = (
        sa.select(watches.c.id, watches.c.name)
        .join(alerts, alerts.c.watch_id == watches.c.id)
        .where(alerts.c.development_id.in_(development_ids))
        .distinct()
        .order_by(watches.c.name)
    )
    return list(db.execute(query))


def found_irrelevant(db: Connection, development_ids: Collection[int]) -> set[int]:
    """Those of these developments of which an analyst said last that a watch should not have told them."""
    said = (
        sa.select(rulings.c.development_id, rulings.c.holds)
        .where(rulings.c.kind == "relevance", rulings.c.standing, rulings.c.development_id.in_(development_ids))
        .order_by(rulings.c.id)
    )
    last = {row.development_id: row.holds for row in db.execute(said)}
    return {development_id for development_id, holds in last.items() if not holds}
