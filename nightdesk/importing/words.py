"""What a row would become, in a line: for whoever tries a map. Pure."""

from __future__ import annotations

from typing import Any

from nightdesk.importing.events import Event
from pipeline.factwords import long
from pipeline.values import Fact


def in_words(event: Event) -> dict[str, Any]:
    """The parts of an event by what they are called in the views."""
    by_kind: dict[str, list[Fact]] = {}
    for fact in event.facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    places = by_kind.get("place", [])
    counts = by_kind.get("count", [])
    return {
        "date": event.date,
        "title": event.title,
        "topics": list(event.topics),
        "event_types": list(event.events),
        "countries": list(dict.fromkeys(fact.country for fact in places if fact.country)),
        "place": _joined(fact.place for fact in places),
        "figures": _joined(long(fact) for fact in counts),
        "nationality": _joined(fact.nationality for fact in counts),
        "agency": _joined(fact.name for fact in by_kind.get("agency", [])),
        "person": _joined(fact.name for fact in by_kind.get("person", [])),
        "speaker": next((fact.speaker for fact in event.facts if fact.speaker), None),
        "outlet": event.outlet,
        "url": event.url,
    }


def _joined(words: Any) -> str | None:
    return "; ".join(dict.fromkeys(word for word in words if word)) or None
