"""Which queries a document may answer at all, told by the words it has before any query is looked at.

A query is one or more clauses, of which one must hold, and a clause some needs, which must all be met. The rarest of
these wakes it; which one that is, is learned from the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from core.query.needles import Needles, words_of
from core.query.nodes import And, Near, Node, Or, Phrase, Value

K = TypeVar("K")


class Held(NamedTuple):
    """A value that a document has in one of its fields."""

    field: str
    value: str


Sign = int | Held  # a needle, by its number, or a value
Need = frozenset[Sign]  # one of these must be met
Clause = tuple[Need, ...]

#: After so many documents it is chosen anew what wakes a query: first soon, then seldom.
_FIRST_LESSON, _LESSONS = 32, 16


class Waking(Generic[K]):
    """What wakes each of many trees."""

    def __init__(self, trees: Mapping[K, Node], needles: Needles) -> None:
        numbers: dict[Need, int] = {}
        self._always: list[K] = []
        self._clauses: list[tuple[K, tuple[int, ...]]] = []
        for key, tree in trees.items():
            clauses = _clauses(tree, needles)
            if clauses is None:
                self._always.append(key)
            for clause in clauses or ():
                self._clauses.append((key, tuple(numbers.setdefault(need, len(numbers)) for need in clause)))
        self._of_needle: list[list[int]] = [[] for _ in needles.texts]
        self._of_value: dict[Held, list[int]] = {}
        for need, number in numbers.items():
            for sign in need:
                known = self._of_value.setdefault(sign, []) if isinstance(sign, Held) else self._of_needle[sign]
                known.append(number)
        self._at_first = [_commonness(need, needles.lengths) for need in numbers]
        self._documents, self._lesson = 0, _FIRST_LESSON
        self._seen: Counter[int] = Counter()  # in how many documents each need was met
        self._choose()

    def woken(self, needles: Iterable[int], values: Iterable[Held]) -> list[K]:
        """The trees that may hold where these were met."""
        met = set(chain.from_iterable(map(self._of_needle.__getitem__, needles)))
        met.update(*filter(None, map(self._of_value.get, values)))
        self._seen.update(met)
        self._documents += 1
        if self._documents >= self._lesson:
            self._lesson *= _LESSONS
            self._choose()
        woken = dict.fromkeys(self._always)
        for key, others in chain.from_iterable(filter(None, map(self._woken_by.get, met))):
            if met.issuperset(others):
                woken[key] = None
        return list(woken)

    def _choose(self) -> None:
        woken_by: dict[int, list[tuple[K, tuple[int, ...]]]] = {}
        for key, needs in self._clauses:
            rarest = min(needs, key=self._how_common)
            woken_by.setdefault(rarest, []).append((key, tuple(need for need in needs if need != rarest)))
        self._woken_by = woken_by  # at once, since other threads may be matching

    def _how_common(self, need: int) -> tuple[float, ...]:
        return self._seen[need], *self._at_first[need]


def _commonness(need: Need, lengths: list[int]) -> tuple[float, ...]:
    """As long as nothing was read: words wake a query less often than values do, and few and long ones least."""
    words = [lengths[sign] for sign in need if not isinstance(sign, Held)]
    return len(words) < len(need), len(need), -min(words, default=0)


def _clauses(node: Node, needles: Needles) -> list[Clause] | None:
    """What must be met for `node` to hold; None where it may without any."""
    if isinstance(node, Phrase | Near):
        return [tuple(frozenset(needles.of[one].number for one in word) for word in words_of(node))]
    if isinstance(node, Value) and not node.prefix:
        return [(frozenset(Held(node.field, value) for value in node.values),)]
    if isinstance(node, Or):
        every = [_clauses(part, needles) for part in node.parts]
        return None if None in every else [clause for clauses in every for clause in clauses or ()]
    if isinstance(node, And):
        some = [clauses for part in node.parts if (clauses := _clauses(part, needles)) is not None]
        return [tuple(need for clauses in some for need in _both(clauses, needles))] if some else None
    return None


def _both(clauses: list[Clause], needles: Needles) -> Clause:
    """As a part of an AND: of several clauses one need each, that one of these be met."""
    if len(clauses) == 1:
        return clauses[0]
    rarest = (min(clause, key=lambda need: _commonness(need, needles.lengths)) for clause in clauses)
    return (frozenset[Sign]().union(*rarest),)
