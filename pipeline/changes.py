"""Whether an article changes what is known of its development, and which kind of change that is. From the record alone.

`new`         the development was founded
`update`      another article adds what matters: a figure, an official word, a country, a batch
`correction`  a new version of one article puts another figure, place, date or name where one stood
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from pipeline.profile import alike
from pipeline.values import Fact

#: Whose word confirms or contradicts.
OFFICIAL = ("government", "police")

_Slot = Callable[["Stated"], tuple[object, ...] | None]
_Shown = Callable[["Stated"], str | None]

#: How a figure stands that tells of the act: done, or begun and still going on, as the officers on a course are.
_HAPPENED = ("done", "started")
_SMALL = 3  # below it, one more or less is twenty per cent and no news


@dataclass(frozen=True)
class Stated:
    """A fact as far as changes go by it."""

    id: int
    kind: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: str | None = None
    unit: str | None = None
    status: str | None = None
    nationality: str | None = None
    name: str | None = None
    role: str | None = None
    place: str | None = None
    country: str | None = None
    event_date: str | None = None
    leading: bool = False
    source_type: str | None = None

    @property
    def is_figure(self) -> bool:
        """A count that the news is about, of what was done or has begun."""
        return self.kind == "count" and self.status in _HAPPENED and self.leading and self.value is not None

    @property
    def is_official(self) -> bool:
        return self.source_type in OFFICIAL


#: The columns of a fact that changes go by.
STATED = tuple(part.name for part in fields(Stated) if part.name != "source_type")


@dataclass(frozen=True)
class Change:
    kind: Literal["new", "update", "correction"]
    what: str | None = None  # figure | official | country | batch | place | date | name
    old: str | None = None
    new: str | None = None
    facts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Record:
    """What was known of a development before."""

    facts: tuple[Stated, ...]
    countries: frozenset[str]
    editions: frozenset[str]


@dataclass(frozen=True)
class Report:
    """What one more article states."""

    facts: tuple[Stated, ...]
    countries: frozenset[str]
    editions: frozenset[str]
    is_copy: bool = False


def update_by(known: Record, report: Report, materiality: float) -> Change | None:
    """The update that another article of the development makes, if it makes one.

    A copy makes none, unless it is the wire's own next version: nearly the same words with another figure.
    """
    if change := _figure_update(known.facts, report.facts, materiality) or _official_update(known.facts, report.facts):
        return change
    if report.is_copy:
        return None
    if change := _addition("batch", known.editions, report.editions):
        return change
    # A country named is no news; people brought to another one are.
    brought = any(fact.is_figure for fact in report.facts)
    return _addition("country", known.countries, report.countries) if brought else None


def _figure_update(known: Sequence[Stated], stated: Sequence[Stated], materiality: float) -> Change | None:
    """A leading count that differs by more than `materiality` from every one known before."""
    for fact in stated:
        if not fact.is_figure:
            continue
        like = [other for other in known if _is_like(fact, other)]
        leading = [other for other in like if other.is_figure]
        if leading and all(_differs(fact, other, materiality) for other in like):
            last = leading[-1]
            return Change("update", "figure", show_figure(last), show_figure(fact), (last.id, fact.id))
    return None


def _is_like(fact: Stated, other: Stated) -> bool:
    """Another count of the same kind of thing, of the same people where both say whose."""
    if other.kind != "count" or other.status not in _HAPPENED or other.value is None:
        return False
    if not alike(fact.unit, other.unit):
        return False
    return not (fact.nationality and other.nationality and fact.nationality != other.nationality)


def _differs(one: Stated, other: Stated, materiality: float) -> bool:
    if one.value is None or other.value is None or _within(one, other.value) or _within(other, one.value):
        return False
    if max(abs(one.value), abs(other.value)) < _SMALL:
        return False
    return abs(one.value - other.value) > materiality * abs(other.value)


def _within(fact: Stated, value: float) -> bool:
    return fact.low is not None and fact.high is not None and fact.low <= value <= fact.high


def _official_update(known: Sequence[Stated], stated: Sequence[Stated]) -> Change | None:
    """The first official word on a figure that others gave, whether it confirms or contradicts."""
    before = [fact for fact in known if fact.is_figure]
    if not before or any(fact.is_official for fact in known):
        return None
    for fact in stated:
        if fact.is_figure and fact.is_official:
            return Change("update", "official", show_figure(before[-1]), show_figure(fact), (before[-1].id, fact.id))
    return None


def _addition(what: str, known: Collection[str], stated: Collection[str]) -> Change | None:
    """Something of a kind that was known, and was not among it."""
    added = sorted(set(stated) - set(known))
    if not known or not added:
        return None
    return Change("update", what, ", ".join(sorted(known)), ", ".join(added))


def retraction(before: Sequence[Stated], others: Sequence[Stated], title: str) -> Change:
    """What it changes that an article is taken back: its figure is withdrawn, unless another article states it too."""
    for fact in before:
        if fact.is_figure and not any(_is_like(fact, other) and other.value == fact.value for other in others):
            return Change("correction", "figure", show_figure(fact), "withdrawn", (fact.id,))
    return Change("correction", "article", title, "retracted")


def change_by_edit(old: Sequence[Stated], new: Sequence[Stated]) -> Change | None:
    """What a new version of one article changes: a correction where a fact replaces another, else at most an update."""
    return next(corrections(old, new), None)


def corrections(old: Sequence[Stated], new: Sequence[Stated]) -> Iterator[Change]:
    """Every fact of one article that replaces another, what weighs most first."""
    for what, slot, shown in _SLOTS:
        before, after = _by_slot(old, slot, shown), _by_slot(new, slot, shown)
        for key in before.keys() & after.keys():
            gone, come = before[key].keys() - after[key].keys(), after[key].keys() - before[key].keys()
            if len(gone) == 1 and len(come) == 1:
                was, now = gone.pop(), come.pop()
                yield Change("correction", what, was, now, (before[key][was].id, after[key][now].id))


def _by_slot(facts: Iterable[Stated], slot: _Slot, shown: _Shown) -> dict[tuple[object, ...], dict[str, Stated]]:
    grouped: dict[tuple[object, ...], dict[str, Stated]] = {}
    for fact in facts:
        key, value = slot(fact), shown(fact)
        if key is not None and value:
            grouped.setdefault(key, {})[value] = fact
    return grouped


def _count_slot(fact: Stated) -> tuple[object, ...] | None:
    if fact.kind != "count" or fact.status == "background":
        return None
    return (fact.unit, fact.status, fact.nationality)


def _kind_slot(kind: str) -> _Slot:
    return lambda fact: (kind, fact.role if kind == "person" else None) if fact.kind == kind else None


def show_figure(fact: Stated | Fact) -> str:
    """`200`, `at least 100`: the number with its bound, for people."""
    if fact.value is None:
        return ""
    number = f"{fact.value:,.0f}" if fact.value == int(fact.value) else f"{fact.value:,g}"
    return f"{_BOUNDS[fact.bound]} {number}" if fact.bound in _BOUNDS else number


_BOUNDS = {"about": "about", "at_least": "at least", "over": "over", "up_to": "up to", "under": "under"}


_SLOTS: tuple[tuple[str, _Slot, _Shown], ...] = (
    ("figure", _count_slot, show_figure),
    ("place", _kind_slot("place"), lambda fact: fact.place),
    ("date", _kind_slot("date"), lambda fact: fact.event_date),
    ("name", _kind_slot("person"), lambda fact: fact.name),
)
