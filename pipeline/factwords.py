"""Facts in a few words, for changes, rulings and differences."""

from __future__ import annotations

from pipeline.changes import show_figure
from pipeline.values import Fact

#: What a change of a fact of that kind is a change of.
WHAT = {"count": "figure", "money": "amount", "person": "name", "org": "name", "agency": "name"}


def what(fact: Fact) -> str:
    return WHAT.get(fact.kind, fact.kind)


def short(fact: Fact) -> str:
    """What it says: `at least 120`, `Myawaddy, MM`, `2026-10-12`, `TH > KE`."""
    if fact.kind == "count":
        return show_figure(fact) or "no figure"
    if fact.kind == "money":
        return " ".join(filter(None, (show_figure(fact), fact.currency)))
    if fact.kind == "route":
        return " > ".join(filter(None, (fact.from_country, fact.via_country, fact.to_country)))
    if fact.kind == "place":
        return ", ".join(filter(None, (fact.place, fact.country)))
    return fact.event_date or fact.name or fact.place or fact.country or fact.kind


def long(fact: Fact) -> str:
    """With all that tells it from its like: `at least 120 people, done, KE`."""
    named = " ".join(filter(None, (short(fact), fact.unit)))
    rest = (fact.status, fact.nationality, fact.role, fact.speaker and f"said by {fact.speaker}")
    return ", ".join(filter(None, (named, *rest, "leading" if fact.leading else None)))


def change_in_words(old: Fact, new: Fact) -> tuple[str, str]:
    """Both sides of a change, no longer than it takes to tell them apart."""
    return (short(old), short(new)) if short(old) != short(new) else (long(old), long(new))
