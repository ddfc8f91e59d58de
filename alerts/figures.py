"""How one fact reads in a language, and which figure a message is about. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from babel.numbers import format_compact_decimal

from alerts.language import Language
from alerts.story import Stated, Story, Told

#: A figure of these says what happened; the others belong to what surrounds it.
NEWS = ("done", "started", "claimed", None)
PLANS = ("expected", "planned_total")
#: How the record writes a bound before the old or new value of a change.
_BOUNDS = {"about": "about", "at least": "at_least", "over": "over", "up to": "up_to", "under": "under"}
_BOUNDED = re.compile(rf"({'|'.join(_BOUNDS)}) (.+)")
_MILLION = 1_000_000


def figure(fact: Stated, language: Language) -> str:
    """`at least 215 Chinese nationals`, `300 to 374 people`, `5.9 billion CNY`."""
    if fact.currency or fact.kind == "money":
        return f"{_money(fact, language)} {fact.currency or ''}".strip()
    amount = language.bounded(fact.value, fact.low, fact.high, fact.bound)
    return language.counted(amount, _many(fact), fact.unit, fact.nationality) if amount else ""


def _many(fact: Stated) -> float:
    """The number that decides between `person` and `people`."""
    return (fact.high if fact.bound == "range" and fact.high is not None else fact.value) or 0


def _money(fact: Stated, language: Language) -> str:
    value = fact.value if fact.value is not None else fact.high
    if value is None:
        return ""
    if abs(value) < _MILLION:
        return language.bounded(value, fact.low, fact.high, fact.bound)
    short = format_compact_decimal(value, format_type="long", locale=language.locale, fraction_digits=2)
    return language.fill(language.word("bound", fact.bound or "", "{n}"), {"n": short.replace("\xa0", " ")})


def describe(fact: Stated, language: Language) -> str:
    """A fact in one line, without who says so."""
    if fact.kind in ("count", "money"):
        text = figure(fact, language)
        status = language.word("status", fact.status or "")
        return language.say("line", "with_status", figure=text, status=status) if text and status else text
    if fact.kind == "route":
        return " → ".join(language.country(code) for code in _way(fact) if code)
    if fact.kind == "place":
        return language.place(fact.place or fact.name, fact.country)
    if fact.kind == "date":
        return language.day(fact.event_date)
    return fact.name or ""


def _way(fact: Stated) -> tuple[str | None, str | None, str | None]:
    return fact.from_country, fact.via_country, fact.to_country


def leading_count(story: Story, units: frozenset[str] | None = None) -> Stated | None:
    """The figure that the news is about: a leading done-count of the shown article, else of any; of `units` only."""
    for group in _counts(story):
        leading = [fact for fact in group if fact.leading and fact.status in NEWS]
        # Of `268 held` and `268 people` in one text, the second says what is counted.
        twins = [fact for fact in group if any(fact.value == one.value for one in leading) and fact.status in NEWS]
        found = next((fact for fact in (*leading, *twins) if _is_of(fact, units)), None)
        if found:
            return found
    return None


def planned_count(story: Story, units: frozenset[str] | None = None) -> Stated | None:
    """What the shown article says is to come, where it counts nothing of the kind as done."""
    own = next(iter(_counts(story)))
    if any(fact.status in NEWS and _is_of(fact, units) for fact in own):
        return None
    return next((fact for fact in own if fact.status in PLANS and _is_of(fact, units)), None)


def _counts(story: Story) -> tuple[list[Stated], list[Stated]]:
    counts = [fact for fact in story.facts if fact.kind == "count" and fact.value is not None]
    return [fact for fact in counts if story.shown and fact.article_id == story.shown.id], counts


def _is_of(fact: Stated, units: frozenset[str] | None) -> bool:
    return units is None or fact.unit in units


def changed(value: str, story: Story, language: Language, counted: Stated | None = None) -> str:
    """A value of the record's change as the language says it: `at least 341 people` for a bare `at least 341`.

    What no fact states is taken to count what `counted` does.
    """
    bound, number = _parted(value)
    if number is None:
        return value
    like = _fact_of(number, story)
    if like is None and counted is not None:
        like = replace(counted, value=number, low=None, high=None, bound=bound)
    return language.bounded(number, None, None, bound) if like is None else figure(like, language)


def changed_amount(value: str, language: Language) -> str:
    """The same without what is counted, for beside one that says it."""
    bound, number = _parted(value)
    return value if number is None else language.bounded(number, None, None, bound)


def _parted(value: str) -> tuple[str | None, float | None]:
    found = _BOUNDED.fullmatch(value)
    words, bound = (found[2], _BOUNDS[found[1]]) if found else (value, None)
    try:
        return bound, float(words.replace(",", ""))
    except ValueError:
        return bound, None


def _fact_of(number: float, story: Story) -> Stated | None:
    """A count of that number: the leading one first, then one that is news."""
    counts = [fact for fact in story.facts if fact.kind == "count" and fact.value == number]
    return min(counts, key=lambda fact: (not fact.leading, fact.status not in NEWS), default=None)


def values_named(facts: tuple[Stated, ...]) -> list[str]:
    """Every value a message names, as a later correction would name it."""
    named: list[str] = []
    for fact in facts:
        named.extend(
            f"{value:g}" if value % 1 else f"{value:.0f}"
            for value in (fact.value, fact.low, fact.high)
            if value is not None
        )
        words = (
            fact.name,
            fact.place,
            fact.country,
            fact.from_country,
            fact.to_country,
            fact.event_date,
            fact.nationality,
        )
        named.extend(" ".join(word.casefold().split()) for word in words if word)
    return list(dict.fromkeys(named))


def values_told(told: tuple[Told, ...]) -> list[str]:
    """The new values of changes, which a message names whether a fact states them or not."""
    named: list[str] = []
    for one in told:
        if one.new and not one.is_withdrawal:
            number = _parted(one.new)[1]
            named.append(" ".join(one.new.casefold().split()))
            named += [] if number is None else [f"{number:g}" if number % 1 else f"{number:.0f}"]
    return list(dict.fromkeys(named))
