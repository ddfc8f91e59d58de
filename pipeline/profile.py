"""What articles and developments are compared by: the keys of an event, its words and its names.

An article's profile counts each key once; a development's is the sum of its articles'. A key that few of the articles
of a development have is not held for its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from core.text import fold, tokens
from pipeline.casenames import case_names
from pipeline.editions import editions
from pipeline.values import Classification, Fact
from pipeline.vocabulary import load_vocabulary
from pipeline.words import Weights, name_weights, word_weights

Counts = dict[str, int]

_ANALYSIS = "report_analysis"
_LEAD = 250  # characters: further down the batch before is told, or the one to come
_BEGINNING = 800  # characters in which the nations are those of the news
_NATIONS = 6
_OF_A_NATION = frozenset(("nation", "place", "capital"))
_BEFORE, _AFTER = timedelta(days=14), timedelta(days=10)  # of publication: where the date of the news lies
_TELLING = 10
_KEPT = 300
_HELD = 4  # a key is a development's own if one in four of its articles has it


#: Units that count people one way or another; what is counted in other units is compared only with its like.
PERSONS = frozenset({"people", "suspects", "victims", "defendants", "fugitives"})


@dataclass(frozen=True)
class Figure:
    """A number of people or things, as one article gives it."""

    value: float
    low: float
    high: float
    unit: str | None = None
    nationality: str | None = None

    def is_like(self, other: Figure) -> bool:
        """Whether both count the same kind of thing, so that a difference says something."""
        return alike(self.unit, other.unit)

    def agrees(self, other: Figure, within: float) -> bool:
        """Equal, within the other's bounds, or within rounding."""
        if self.low <= other.value <= self.high or other.low <= self.value <= other.high:
            return True
        return abs(self.value - other.value) <= within * max(abs(self.value), abs(other.value))


def alike(unit: str | None, other: str | None) -> bool:
    """Whether two units count the same kind of thing; one that is not known may be anything."""
    return unit is None or other is None or unit == other or {unit, other} <= PERSONS


@dataclass(frozen=True)
class Profile:
    """The keys of domain and language by which two reports are found to be of one act, or not."""

    first: datetime
    last: datetime
    articles: int = 1
    topics: Counts = field(default_factory=dict)
    events: Counts = field(default_factory=dict)
    analyses: int = 0  # of its articles
    languages: Counts = field(default_factory=dict)
    countries: Counts = field(default_factory=dict)
    places: Counts = field(default_factory=dict)
    routes: Counts = field(default_factory=dict)
    nationalities: Counts = field(default_factory=dict)  # of the main group
    days: Counts = field(default_factory=dict)  # ISO dates of the event
    main_days: Counts = field(default_factory=dict)  # of them the one each article is about
    names: Counts = field(default_factory=dict)  # canonical persons, orgs, agencies
    editions: Counts = field(default_factory=dict)
    numbers: Counts = field(default_factory=dict)  # telling ones, whatever they count: rewrites keep them
    case_names: Counts = field(default_factory=dict)  # of the accused, firms and sites: what ties stages of a case
    told_days: Counts = field(default_factory=dict)  # every day that is named, also those of an earlier stage
    nations: Counts = field(default_factory=dict)  # how often headline and beginning name each
    leading: tuple[Figure, ...] = ()  # the done count each article is about
    figures: tuple[Figure, ...] = ()  # every done count
    words: Weights = field(default_factory=dict)
    entities: Weights = field(default_factory=dict)

    @property
    def is_analysis(self) -> bool:
        return self.analyses * 2 > self.articles

    def held(self, counts: Counts) -> frozenset[str]:
        """The keys that enough of the articles have. Kept, since each article asks it of many developments."""
        kept = self._held.get(id(counts))
        if kept is None or kept[0] is not counts:
            kept = self._held[id(counts)] = counts, self._holding(counts)
        return kept[1]

    def _holding(self, counts: Counts) -> frozenset[str]:
        if self.articles <= _HELD:
            return frozenset(counts)  # one article is enough
        return frozenset(key for key, count in counts.items() if count * _HELD >= self.articles)

    @cached_property
    def _held(self) -> dict[int, tuple[Counts, frozenset[str]]]:
        """By the id of the counts, which are kept so that it holds."""
        return {}

    def as_json(self) -> dict[str, Any]:
        value = {part.name: getattr(self, part.name) for part in fields(self)}
        value["first"], value["last"] = self.first.isoformat(), self.last.isoformat()
        for name in ("leading", "figures"):
            value[name] = [[f.value, f.low, f.high, f.unit, f.nationality] for f in value[name]]
        return value

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Profile:
        known = {part.name: value[part.name] for part in fields(Profile) if part.name in value}
        known["first"], known["last"] = datetime.fromisoformat(known["first"]), datetime.fromisoformat(known["last"])
        for name in ("leading", "figures"):
            known[name] = tuple(Figure(*row) for row in known.get(name, ()))
        return Profile(**known)


def profile_of(
    title: str, text: str, language: str | None, published: datetime, classified: Classification, facts: Sequence[Fact]
) -> Profile:
    """The profile of one article."""
    done = [
        fact for fact in facts if fact.kind == "count" and fact.status in ("done", "started") and fact.value is not None
    ]
    main = next((fact for fact in done if fact.leading), None)
    days = event_days(facts, published.date())
    return Profile(
        first=published,
        last=published,
        topics=_once(classified.topic_names),
        events=_once(classified.event_names),
        analyses=int(classified.event_names[:1] == (_ANALYSIS,)),
        languages=_once([language]),
        countries=_once(_countries(facts)),
        places=_once(fold(fact.place) for fact in facts if fact.kind == "place" and fact.place),
        routes=_once(
            f"{fact.from_country}>{fact.to_country}" for fact in facts if fact.from_country and fact.to_country
        ),
        nationalities=_once([_main_nationality(main, done)]),
        days=_once(days),
        main_days=_once(days[:1]),
        names=_once(fold(fact.name) for fact in facts if fact.kind in ("person", "org", "agency") and fact.name),
        editions=_once(sorted(editions(f"{title}\n{text[:_LEAD]}"))),
        numbers=_once(_telling(facts)),
        case_names=_once([*case_names(title, text, language), *_accused(facts)] if classified.topics else ()),
        told_days=_once(fact.event_date for fact in facts if fact.kind == "date" and len(fact.event_date or "") == 10),
        nations=_nations(title, text, language, facts) if classified.topics else {},
        leading=(_figure(main),) if main else (),
        figures=tuple(_figure(fact) for fact in done),
        words=word_weights(title, text, language),
        entities=name_weights(title, text, language),
    )


def _accused(facts: Sequence[Fact]) -> Iterable[str]:
    """Who an analyst says it is about, in a fact that is no quote: as telling as a name in the text."""
    return (f"who:{fold(fact.name)}" for fact in facts if fact.kind == "person" and fact.name and not fact.quote)


def _nations(title: str, text: str, language: str | None, facts: Sequence[Fact]) -> Counts:
    """The countries that headline and beginning name, by the nation, the people or a town; and what analysts add."""
    start = f"{title}\n{text[:_BEGINNING]}"
    named = Counter(
        hit.entry.country
        for hit in load_vocabulary().find(start, tokens(start), language)
        if hit.entry.country and hit.entry.kind in _OF_A_NATION
    )
    named.update(country for fact in facts if not fact.quote for country in _countries([fact]) if country)
    return {country: count for country, count in named.most_common(_NATIONS) if country}


def _telling(facts: Sequence[Fact]) -> Iterable[str]:
    """Numbers that two texts hardly share by chance: counts above nine that are not round, and amounts."""
    for fact in facts:
        value = fact.value
        if value and value >= _TELLING and fact.kind in ("count", "money") and not _is_round(value):
            yield f"{value:g}"


def _is_round(value: float) -> bool:
    return (value >= 100 and value % 100 == 0) or (value % 10 == 0 and value < 100)


def _once(keys: Iterable[str | None]) -> Counts:
    return dict.fromkeys((key for key in keys if key), 1)


def _countries(facts: Sequence[Fact]) -> Iterable[str | None]:
    for fact in facts:
        if fact.kind == "place":
            yield fact.country
        elif fact.kind == "route":
            yield from (fact.from_country, fact.via_country, fact.to_country)


def _main_nationality(main: Fact | None, done: Sequence[Fact]) -> str | None:
    if main is not None:
        return main.nationality
    known = {fact.nationality for fact in done if fact.nationality}
    return known.pop() if len(known) == 1 else None


def _figure(fact: Fact) -> Figure:
    value = fact.value or 0.0
    low = fact.low if fact.low is not None else value
    high = fact.high if fact.high is not None else value
    if fact.bound == "about":
        low, high = value * 0.9, value * 1.1
    elif fact.bound in ("at_least", "over"):
        high = max(high, value * 1.2)
    elif fact.bound in ("up_to", "under"):
        low = min(low, value * 0.8)
    return Figure(value, low, high, fact.unit, fact.nationality)


def event_days(facts: Sequence[Fact], published: date) -> tuple[str, ...]:
    """Dates of the news, the leading or first one in front: background dates lie further from publication."""
    dated = sorted(
        (fact for fact in facts if fact.event_date),
        key=lambda fact: (not fact.leading, fact.kind != "date", fact.position),
    )
    days = [fact.event_date for fact in dated if fact.event_date and len(fact.event_date) >= 10]
    return tuple(dict.fromkeys(day[:10] for day in days if _is_near(day[:10], published)))


def _is_near(day: str, published: date) -> bool:
    try:
        return published - _BEFORE <= date.fromisoformat(day) <= published + _AFTER
    except ValueError:
        return False


def joined(one: Profile, other: Profile) -> Profile:
    """The profile of both together."""
    return Profile(
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        articles=one.articles + other.articles,
        analyses=one.analyses + other.analyses,
        leading=_distinct(one.leading + other.leading),
        figures=_distinct(one.figures + other.figures),
        words=_summed(one.words, other.words),
        entities=_summed(one.entities, other.entities),
        **{name: _added(getattr(one, name), getattr(other, name)) for name in _COUNTED},
    )


_COUNTED = (
    "topics", "events", "languages", "countries", "places", "routes", "nationalities", "days", "main_days", "names",
    "editions", "numbers", "case_names", "told_days", "nations",
)  # fmt: skip


def _distinct(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    return tuple(dict.fromkeys(figures))[:60]


def _added(one: Counts, other: Counts) -> Counts:
    return dict((Counter(one) + Counter(other)).most_common(_KEPT))


def _summed(one: Weights, other: Weights) -> Weights:
    total = {term: one.get(term, 0.0) + other.get(term, 0.0) for term in one | other}
    kept = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]
    return {term: round(weight, 3) for term, weight in kept}
