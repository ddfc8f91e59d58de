"""Developments as a page tells them: in a line of facts, with the figures, who reports it and in which languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Row

from alerts import headline
from alerts.language import Language, speak
from alerts.read import read_developments
from alerts.story import Stated, Story
from store import people, stories

#: What a page can say of a figure; the others are of another time or matter.
_STATUSES = ("done", "started", "expected", "planned_total", "waiting", "cumulative", "claimed")
_FIGURES = 4


@dataclass(frozen=True)
class Telling:
    """One development for a list. `row` has the columns of its table, `mark` where it stands among people."""

    row: Row[Any]
    line: str
    title: str
    language: str | None  # of the title
    figures: tuple[str, ...]
    languages: tuple[str, ...]
    outlets: tuple[str, ...]
    mark: Row[Any] | None

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def is_told_by_title(self) -> bool:
        """Whether the line is the headline itself."""
        return self.line == self.title


def tell(db: Connection, development_ids: Sequence[int], tag: str = "en") -> list[Telling]:
    """In the order of the ids; those that are not there are left out."""
    if not development_ids:
        return []
    language = speak(tag)
    rows = {row.id: row for row in stories.developments_of(db, development_ids)}
    told = read_developments(db, list(rows.values()))
    marks = people.marks_of(db, development_ids)
    return [telling(rows[one], told[one], language, marks.get(one)) for one in development_ids if one in rows]


def telling(row: Row[Any], story: Story, language: Language, mark: Row[Any] | None) -> Telling:
    first = next((report for report in story.reports if report.title == story.title), None)
    return Telling(
        row=row,
        line=headline.headline(story, language),
        title=story.title,
        language=first.language if first else None,
        figures=figures(story.facts, language),
        languages=_unique(report.language for report in story.reports),
        outlets=_unique(report.outlet for report in story.reports if not report.duplicate),
        mark=mark,
    )


def figures(facts: Iterable[Stated], language: Language) -> tuple[str, ...]:
    """What was counted, as ranges over all reports: the leading figure first, then what was done."""
    grouped: dict[tuple[str | None, str | None, str | None], list[Stated]] = {}
    for fact in facts:
        if fact.kind == "count" and fact.value is not None and fact.status in _STATUSES and language.knows(fact.unit):
            grouped.setdefault((fact.unit, fact.status, fact.nationality), []).append(fact)
    ranked = sorted(grouped.values(), key=_rank)
    return tuple(dict.fromkeys(_figure(some, language) for some in ranked[:_FIGURES]))


def _rank(facts: Sequence[Stated]) -> tuple[bool, int, int]:
    return not any(fact.leading for fact in facts), _STATUSES.index(facts[0].status or "claimed"), -len(facts)


def _figure(facts: Sequence[Stated], language: Language) -> str:
    counted, status = ranged(facts, language), facts[0].status or ""
    return counted if status == "done" else f"{counted} ({status.replace('_', ' ')})"


def ranged(facts: Sequence[Stated], language: Language) -> str:
    """The span of several figures of one thing: `160 to 163 people`."""
    low = min(_end(fact, fact.low) for fact in facts)
    high = max(_end(fact, fact.high) for fact in facts)
    first = facts[0]
    if low == high:
        amount = language.bounded(low, None, None, first.bound)
    else:
        amount = language.bounded(None, low, high, "range")
    return language.counted(amount, high, first.unit, first.nationality)


def _end(fact: Stated, end: float | None) -> float:
    return float(end if end is not None else fact.value or 0)


def _unique(words: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
