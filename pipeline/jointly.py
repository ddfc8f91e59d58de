"""What the articles of a development tell together of who does what with whom. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.summarise import Part, independent

#: Whose word is taken first; a source of another type, or of none that is known, is like a newspaper.
_RANKS = {"government": 0, "police": 0, "wire": 1, "aggregator": 4}
_USUAL = 2
_HELD = 4  # an act is the development's own if one in four of the articles that tell any tells it
#: Columns that are filled one by one, and those that say one thing only together.
_ALONE = ("actor_agency", "host_agency", "instrument", "edition")
_TOGETHER = (("persons",), ("item",), ("value", "currency"), ("event_date", "date_precision"))

Told = Mapping[str, Any]
_Key = tuple[str | None, str | None, str | None]


def jointly(parts: Sequence[Part], told: Mapping[int, Sequence[Told]]) -> list[dict[str, Any]]:
    """One row for each act and pair of states. `told`: what each article tells, by its id."""
    by_key: dict[_Key, list[tuple[Part, Told]]] = defaultdict(list)
    telling = [part for part in parts if told.get(part.article_id)]
    for part in telling:
        for row in told[part.article_id]:
            by_key[row["type"], row["actor_country"], row["host_country"]].append((part, row))
    kept = {key: rows for key, rows in by_key.items() if len(rows) * _HELD >= len(telling)}
    whole = {key[0] for key in kept if None not in key}
    return [_joined(rows) for key, rows in kept.items() if None not in key or key[0] not in whole]


def _joined(rows: Sequence[tuple[Part, Told]]) -> dict[str, Any]:
    """The row of the best source, with what it leaves open from the others in their order."""
    ranked = sorted(rows, key=lambda pair: _rank(*pair))
    best_part, best = ranked[0]
    joined = {name: best[name] for name in ("type", "actor_country", "host_country")}
    for names in (*((name,) for name in _ALONE), *_TOGETHER):
        source = next((row for _, row in ranked if row[names[0]] is not None), best)
        joined |= {name: source[name] for name in names}
    joined["stage"] = _stage(ranked)
    tellers = [part for part, _ in rows]
    return joined | {"best_source": best_part.outlet, "independent_sources": len(independent(tellers))}


def _stage(ranked: Sequence[tuple[Part, Told]]) -> str | None:
    """What most of the sources that are as good as the best say."""
    best = _rank(*ranked[0])[0]
    stages = [row["stage"] for part, row in ranked if row["stage"] is not None and _rank(part, row)[0] == best]
    return max(stages, key=stages.count) if stages else next((row["stage"] for _, row in ranked if row["stage"]), None)


def _rank(part: Part, row: Told) -> tuple[Any, ...]:
    rank = _RANKS.get(part.source_type or "", _USUAL)
    return rank, part.duplicate_of is not None, -row["confidence"], min(part.published_at, part.found_at)
