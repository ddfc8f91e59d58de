"""Who gives which figure of what the news is about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.figures import NEWS, leading_count
from alerts.story import Stated, Story

_SHOWN = 4


def voices(story: Story, units: frozenset[str] | None) -> list[Stated]:
    """The figure that the news is about, then those that others give for the same, each number once.

    An outlet's own figure, and what another speaker in its text says of the same people. Copies say what their
    originals say.
    """
    first = leading_count(story, units)
    if first is None:
        return []
    heard = [first, *(fact for fact in _own(story) if _is_of_the_same(fact, first, units))]
    by_number: dict[object, Stated] = {}
    for fact in heard:
        by_number.setdefault((fact.value, fact.low, fact.high), fact)
    return list(by_number.values())[:_SHOWN]


def _own(story: Story) -> Sequence[Stated]:
    """What is counted in texts of their own: of each its leading figures, and those of another speaker."""
    copies = {report.id for report in story.reports if report.duplicate}
    counts = [fact for fact in story.facts if fact.kind == "count" and fact.article_id not in copies]
    leads = {fact.article_id: fact for fact in counts if fact.leading}
    return [fact for fact in counts if fact.leading or _contradicts(fact, leads.get(fact.article_id))]


def _contradicts(fact: Stated, lead: Stated | None) -> bool:
    """Whether somebody else in the same text counts what its leading figure counts, and not a part of it."""
    return (
        lead is not None
        and bool(fact.speaker)
        and fact.speaker != lead.speaker
        and (fact.unit, fact.nationality, fact.status) == (lead.unit, lead.nationality, lead.status)
    )


def _is_of_the_same(fact: Stated, first: Stated, units: frozenset[str] | None) -> bool:
    if fact.value is None or fact.status not in NEWS:
        return False
    alike = fact.unit == first.unit or (units is not None and {fact.unit, first.unit} <= units)
    return alike and (fact.nationality == first.nationality or None in (fact.nationality, first.nationality))
