"""The most that can speak for a recent development before it is weighed, from what it shares with an article.

A pair's score and its learned odds are sums over what agrees. Here each part is taken at its greatest: by the keys that
both have, and by the greatest likeness of their words. What stays below the line even so would not have been joined.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import NamedTuple

from pipeline import cluster, pairing
from pipeline.config import PipelineConfig
from pipeline.nearby import Nearby, span_of
from pipeline.profile import Profile
from pipeline.shared import Shared
from pipeline.weighing import Model, load_models

_SLACK = 1e-6  # more than sums in another order can differ by
_LIMITS = [timedelta(days=days) // timedelta(microseconds=1) for days, _ in pairing.DAYS]


class Ceiling(NamedTuple):
    """The most that one development can come to."""

    development_id: int
    score: float
    odds: float | None  # None where nothing is learned of such pairs
    words: float
    may_be_open: bool  # whether it is possible that nothing keeps it apart


class Gains:
    """What developments may add to what one comes to that shares nothing."""

    def __init__(self) -> None:
        self.base = 0.0
        self.of: defaultdict[int, float] = defaultdict(float)

    def add(self, ids: Iterable[int], gain: float) -> None:
        if gain:
            of = self.of
            for id in ids:
                of[id] += gain


def ceilings(article: Profile, near: Nearby, config: PipelineConfig) -> Iterator[Ceiling]:
    """That of every development nearby."""
    shared = Shared.of(article, near)
    facts, learned = _facts(article, near, shared), _Learned.of(article, near, shared)
    words, other_words = near.words.likeness(article.words)
    names, other_names = near.names.likeness(article.entities)
    share = config.entities if article.entities else 0.0
    half_life = config.half_life / timedelta(microseconds=1)
    first, last = span_of(article)
    has_names, days, opened, of_facts, base = near.names, shared.days, shared.open, facts.of, facts.base + _SLACK
    for id, (known_first, known_last) in near.spans.items():
        alike, named = words.get(id, other_words), names.get(id, other_names)
        likeness = (1 - share) * alike + share * named if share and id in has_names else alike
        apart = first - known_last if first > known_last else max(known_first - last, 0)
        decay = 1.0 if id in days else 0.5 ** (apart / half_life)
        odds = learned.odds(id, alike, named, likeness, apart) if learned and id in learned.known else None
        score = likeness * decay + base + of_facts.get(id, 0.0)
        yield Ceiling(id, score, odds, likeness + _SLACK, id in opened)


def _facts(article: Profile, near: Nearby, shared: Shared) -> Gains:
    """What facts may add to the likeness of words: `cluster._evidence` at its greatest."""
    worth, gains = cluster.WORTH, Gains()
    figure = cluster.figure_worth(article)
    for ids, gain in (
        (shared.sites, worth["place"]),
        (shared.nationalities, worth["nationality"]),
        (shared.figures, figure),
        (shared.editions, worth["batch or edition"]),
        (shared.routes, worth["route"]),
    ):
        gains.add(ids, gain)
    for id, number in shared.names.items():
        gains.of[id] += cluster.names_worth(number)
    # Type and country count only beside something else, and with the date but half in one language.
    telling, dated = gains.of.keys() | set(), shared.days
    for id in telling | dated:
        gains.of[id] += sum(
            (
                worth["date"] if id in dated else 0.0,
                worth["type"] if id in shared.types else 0.0,
                worth["country"] if id in shared.countries else 0.0,
            )
        ) / (1 if id in telling or id not in shared.languages else 2)
    if article.held(article.events):
        gains.base = -cluster.KIN
        gains.add(shared.types, cluster.KIN)
        gains.add(near.with_none("type"), cluster.KIN)
    return gains


# --- Learned odds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Learned:
    """The greatest odds of a development: a sum of what keys add, and of likeness and distance, which have steps."""

    of_keys: Gains
    known: Set[int]  # those whose kind of news is known
    tied: Set[int]  # those that share more than words
    words: float
    names: float
    both: float
    word_steps: Sequence[float]
    name_steps: Sequence[float]
    distances: Sequence[float]

    @staticmethod
    def of(article: Profile, near: Nearby, shared: Shared) -> _Learned | None:
        model = load_models("pairs").get("yes")
        if model is None or not article.events:
            return None
        return _Learned(
            of_keys=_keys(article, near, shared, model),
            known=near.with_any("event"),
            tied=shared.places | shared.names.keys() | shared.numbers.keys(),
            words=max(0.0, _of(model, "words")) + max(0.0, _of(model, "words in one language")),
            names=max(0.0, _of(model, "names")),
            both=max(0.0, _of(model, "words and names")),
            word_steps=_steps(model, "words"),
            name_steps=_steps(model, "names"),
            distances=[_of(model, f"apart {name}") for name in (*(name for _, name in pairing.DAYS), "weeks")],
        )

    def odds(self, id: int, words: float, names: float, likeness: float, apart: int) -> float:
        """By its likeness of words, of names and of both, and its distance in time."""
        if likeness + _SLACK < cluster.STRANGE and id not in self.tied:
            return cluster.NEVER
        of_likeness = self.words * words + self.names * names + self.both * words * names
        of_steps = self.word_steps[bisect_right(pairing.STEPS, words + _SLACK)]
        of_steps += self.name_steps[bisect_right(pairing.STEPS, names + _SLACK)]
        of_keys = self.of_keys.base + self.of_keys.of.get(id, 0.0)
        return of_likeness + of_steps + of_keys + self.distances[bisect_left(_LIMITS, apart)] + _SLACK


def _keys(article: Profile, near: Nearby, shared: Shared, model: Model) -> Gains:
    """All that words, names and distance do not make of the odds, at its greatest."""
    gains = Gains()
    gains.base = model.bias + max(0.0, _of(model, "another stage")) + max(0.0, _of(model, "next batch"))
    _answers(article, near, shared, model, gains)
    _main_days(article, near, shared, model, gains)
    _counted(article, near, shared, model, gains)
    _sorts(article, near, shared, model, gains)
    gains.add(shared.routes, max(0.0, _of(model, "same route")))
    return gains


def _answers(article: Profile, near: Nearby, shared: Shared, model: Model, gains: Gains) -> None:
    """Of each key: unknown where either lacks it, other where none is shared; where one is, perhaps the same."""
    strange = max(_of(model, "kin types"), _of(model, "strange types"))
    asked = (
        ("type", article.events, shared.types, "type", _of(model, "type other") + strange),
        ("place", article.places, shared.sites, "part of a place", _of(model, "place other")),
        # Of two sides of a border, and of a batch and an edition, it is not known whether they differ.
        ("country", article.countries, shared.countries, "country", _most(model, "country other", "country unknown")),
        ("day", article.days, shared.days, "day", _of(model, "day other")),
        ("nationality", article.nationalities, shared.nationalities, "nationality", _of(model, "nationality other")),
        ("edition", article.editions, shared.editions, "", _most(model, "edition other", "edition unknown")),
    )
    for name, keys, same, kind, differs in asked:
        unknown = _of(model, f"{name} unknown")
        if not article.held(keys):
            gains.base += unknown
            continue
        gains.base += differs
        gains.add(near.with_none(kind) if kind else (), unknown - differs)
        gains.add(same, max(0.0, _of(model, f"{name} same") - differs))
    unknown = _of(model, "figure unknown") + _of(model, "figure roughly unknown")
    rough = _of(model, "figure other") + _of(model, "figure roughly same")
    differs = _of(model, "figure other") + _of(model, "figure roughly other")
    agrees = _of(model, "figure same") + _of(model, "figure roughly same")
    gains.base += unknown
    gains.add(shared.counts, differs - unknown)
    gains.add(shared.figures, max(0.0, agrees - differs, rough - differs))


def _main_days(article: Profile, near: Nearby, shared: Shared, model: Model, gains: Gains) -> None:
    if article.main_days:
        another = _of(model, "another main day")
        gains.base += another
        gains.add(near.with_none("main day"), -another)
        gains.add(shared.main_days, _of(model, "very same main day") - another)


def _counted(article: Profile, near: Nearby, shared: Shared, model: Model, gains: Gains) -> None:
    """By how many names and telling numbers are shared."""
    none = _of(model, "0 numbers shared")
    gains.base += none
    if article.numbers:
        gains.add(near.with_any("number") - shared.numbers.keys(), _of(model, "no number shared"))
    for id, number in shared.numbers.items():
        many = _of(model, "shared numbers") * min(number, 4) / 2 + _of(model, f"{min(number, 3)} numbers shared")
        gains.of[id] += many - none
    by_name, both = max(0.0, _of(model, "shared names")), max(0.0, _of(model, "names and numbers"))
    for id, number in shared.names.items():
        gains.of[id] += by_name * min(number, 3) + (both if id in shared.numbers else 0.0)


def _sorts(article: Profile, near: Nearby, shared: Shared, model: Model, gains: Gains) -> None:
    """By topic, language, and whether either is an analysis."""
    topic = _of(model, "another topic")
    if article.topics:
        gains.base += topic
        gains.add(shared.topics, -topic)
    else:
        gains.add(near.with_any("topic"), topic)
    one, other = _of(model, "one language"), _of(model, "another language")
    gains.base += other
    gains.add(shared.languages, one - other)
    both, single = _of(model, "both analyses"), _of(model, "one analysis")
    if article.is_analysis:
        gains.base += single
        gains.add(near.with_any("analysis"), both - single)
    else:
        gains.add(near.with_any("analysis"), single)


def _steps(model: Model, name: str) -> Sequence[float]:
    """The most that the traits of the first steps add, for each number of them that a likeness may reach."""
    sums = accumulate((_of(model, f"{name} over {step}") for step in pairing.STEPS), initial=0.0)
    return list(accumulate(sums, max))


def _of(model: Model, trait: str) -> float:
    return model.weights.get(trait, 0.0)


def _most(model: Model, *traits: str) -> float:
    return max(_of(model, trait) for trait in traits)
