"""Recent developments by what they have: keys, figures, words and names. Grows and shrinks with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from datetime import UTC, datetime, timedelta

from pipeline.postings import Postings
from pipeline.profile import PERSONS, Figure, Profile
from pipeline.words import Rarity

TELLING = 8  # smaller numbers agree by chance
_STEP = math.log(1.1)  # figures are looked up by steps of a tenth
_BELOW, _ABOVE = 0.96, 1.05  # so much of a value may be rounding: more than any that is let pass
_WIDEST = 60  # steps, from which a figure may be any
ANY = "any"
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Nearby:
    """The developments that are near in time, and which of them has what."""

    def __init__(self) -> None:
        self.rarity = Rarity()
        self.words = Postings(self.rarity)
        self.names = Postings(self.rarity)  # of capitalised words
        self.profiles: dict[int, Profile] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        self._stamps: dict[int, object] = {}
        self._by_key: dict[str, dict[str, set[int]]] = {}
        self._having: dict[str, set[int]] = {}

    def changes(self, current: Collection[int]) -> int:
        """How many would come and go, were it to hold these, but for those that are written anew."""
        return len(current) + len(self._stamps) - 2 * len(self._stamps.keys() & current)

    def hold(self, current: Mapping[int, object], profile_of: Callable[[int], Profile]) -> None:
        """Have these and no others, each as of its stamp."""
        gone = [id for id, stamp in self._stamps.items() if current.get(id) != stamp]
        changed = {term for id in gone for term in self._drop(id)}
        for id in current.keys() - self._stamps.keys():
            changed.update(self._take(id, profile_of(id), current[id]))
        self._recount(changed)

    def add(self, id: int, profile: Profile, stamp: object = None) -> None:
        self._recount(self._take(id, profile, stamp))

    def remove(self, id: int) -> None:
        if id in self._stamps:
            self._recount(self._drop(id))

    def _take(self, id: int, profile: Profile, stamp: object) -> Collection[str]:
        """Take one in; the terms that are commoner now."""
        self._stamps[id], self.profiles[id] = stamp, profile
        self.spans[id] = span_of(profile)
        terms = frozenset(_terms(profile))
        self.rarity.add(terms)
        self.words.add(id, profile.words)
        self.names.add(id, profile.entities)
        for kind, keys in keys_of(profile).items():
            if keys:
                self._having.setdefault(kind, set()).add(id)
                table = self._by_key.setdefault(kind, {})
                for key in keys:
                    table.setdefault(key, set()).add(id)

        return terms

    def _drop(self, id: int) -> Collection[str]:
        """Let one go; the terms that are rarer now."""
        profile = self.profiles.pop(id)
        del self._stamps[id], self.spans[id]
        terms = frozenset(_terms(profile))
        self.rarity.remove(terms)
        self.words.remove(id, profile.words)
        self.names.remove(id, profile.entities)
        for kind, keys in keys_of(profile).items():
            if keys:
                self._having[kind].discard(id)
                table = self._by_key[kind]
                for key in keys:
                    table[key].discard(id)
                    if not table[key]:
                        del table[key]
        return terms

    def having(self, kind: str, keys: Iterable[str]) -> set[int]:
        """Those that have one of the keys."""
        table = self._by_key.get(kind, {})
        return set().union(*(table[key] for key in keys if key in table))

    def each_having(self, kind: str, keys: Iterable[str]) -> Iterator[Collection[int]]:
        """Those that have each of the keys, key by key."""
        table = self._by_key.get(kind, {})
        return (table[key] for key in keys if key in table)

    def with_any(self, kind: str) -> Set[int]:
        return self._having.get(kind, frozenset())

    def with_none(self, kind: str) -> Set[int]:
        return self.profiles.keys() - self.with_any(kind)

    def _recount(self, terms: Collection[str]) -> None:
        self.words.recount(terms)
        self.names.recount(terms)


def span_of(profile: Profile) -> tuple[int, int]:
    """Its first and last report in microseconds: as exact as times are, and faster."""
    return (profile.first - _EPOCH) // _TICK, (profile.last - _EPOCH) // _TICK


def _terms(profile: Profile) -> Iterator[str]:
    yield from profile.words
    yield from profile.entities
    yield from (f"@{name}" for name in profile.names)


def keys_of(profile: Profile) -> dict[str, Collection[str]]:
    """By what two reports can be found to agree: wherever both say the same, they share a key."""
    held = profile.held
    return {
        "event": profile.events,
        "type": held(profile.events),
        "topic": profile.topics,
        "language": profile.languages,
        "country": held(profile.countries),
        "nationality": held(profile.nationalities),
        "place": profile.places,
        # A longer name that holds a shorter one has each of its words.
        "part of a place": {part for place in held(profile.places) for part in place.split(" ")},
        "day": held(profile.days),
        "main day": held(profile.main_days),
        "batch": {key for key in held(profile.editions) if key.startswith("batch:")},
        "edition": {key for key in held(profile.editions) if key.startswith("edition:")},
        "route": profile.routes,
        "name": profile.names,
        "number": profile.numbers,
        "analysis": ("yes",) if profile.is_analysis else (),
        "unit": {unit_of(figure) for figure in profile.leading},
        "leading": {step for figure in profile.leading for step in steps(figure)},
        "figure": {step for figure in profile.figures for step in steps(figure)},
        "value": {repr(float(figure.value)) for figure in profile.leading if figure.value >= TELLING},
    }


def told_values(profile: Profile) -> set[str]:
    """Every figure and telling number, as what its development's main figure may be found by."""
    told = {float(figure.value) for figure in profile.figures} | {float(number) for number in profile.numbers}
    return {repr(value) for value in told}


def unit_of(figure: Figure) -> str:
    """Figures of different ones count different things; what counts nothing in particular may count anything."""
    if figure.unit is None:
        return ANY
    return "person" if figure.unit in PERSONS else f"unit {figure.unit}"


def like_units(profile: Profile) -> set[str] | None:
    """The units that its leading figures may be compared with; None where that is any."""
    units = {unit_of(figure) for figure in profile.leading}
    return None if ANY in units else units | {ANY}


def steps(figure: Figure) -> Iterable[str]:
    """Steps of the scale that a figure covers, its bounds and rounding included: those that agree share one."""
    low = max(0.5, min(figure.low, figure.value) * _BELOW)
    high = max(0.5, max(figure.high, figure.value) * _ABOVE)
    first, last = math.floor(math.log(low) / _STEP), math.floor(math.log(high) / _STEP)
    return (ANY,) if last - first > _WIDEST else [str(step) for step in range(first, last + 1)]
