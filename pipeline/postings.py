"""Weights of recent developments by their terms: how alike an article's weights can be to each, without a look at all.

Lengths are kept from below. How rare a term is changes with every development that comes or goes, and with it the
length of all that have the term: the change is carried out once it amounts to `_DRIFT`, and allowed for until then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from pipeline.words import Rarity, Weights

_DRIFT = 0.05
#: Of the article's own length: as much as the commonest of its words may make is allowed for, and not looked up.
_PASSED_OVER = 0.03
_COMMON = 16  # developments that have a term; of fewer every one is looked up


class Postings:
    """For each term the developments that have it, with its weight there."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._having: dict[str, dict[int, float]] = {}
        self._logs: dict[str, float] = {}  # of how many have a term, as of when lengths were last made to fit
        self._sums: dict[int, list[float]] = {}  # of the squared weights alone, times their logs, times these squared

    def __contains__(self, id: int) -> bool:
        return id in self._sums

    def add(self, id: int, weights: Weights) -> None:
        """Take in a development, which `rarity` counts already."""
        if not weights:
            return
        sums = self._sums[id] = [0.0, 0.0, 0.0]
        for term, weight in weights.items():
            self._having.setdefault(term, {})[id] = weight
            log = self._logs.get(term)
            if log is None:
                log = self._logs[term] = self._log(term)
            square = weight * weight
            sums[0] += square
            sums[1] += square * log
            sums[2] += square * log * log

    def remove(self, id: int, weights: Weights) -> None:
        if self._sums.pop(id, None) is None:
            return
        for term in weights:
            having = self._having[term]
            del having[id]
            if not having:
                del self._having[term], self._logs[term]

    def recount(self, terms: Iterable[str]) -> None:
        """`rarity` counts these anew: make lengths fit where the change is no longer small."""
        for term in terms:
            before = self._logs.get(term)
            if before is None:
                continue
            log = self._log(term)
            if abs(log - before) <= _DRIFT:
                continue
            self._logs[term] = log
            by, by_square = log - before, log * log - before * before
            for id, weight in self._having[term].items():
                sums = self._sums[id]
                sums[1] += weight * weight * by
                sums[2] += weight * weight * by_square

    def likeness(self, weights: Mapping[str, float]) -> tuple[dict[int, float], float]:
        """The most that each development's weights can be like these, and the most of those that are not named."""
        if not weights:
            return {}, 0.0
        length = self._rarity.norm(weights)
        looked_up, passed_over = self._looked_up(weights, length)
        products: dict[int, float] = {}
        for term in looked_up:
            worth = weights[term] * self._rarity.of(term) ** 2
            for id, weight in self._having[term].items():
                products[id] = products.get(id, 0.0) + worth * weight
        known = self._log_of_all()
        return {
            id: min(1.0, product / (length * self._length(id, known)) + passed_over) for id, product in products.items()
        }, passed_over

    def _looked_up(self, weights: Mapping[str, float], length: float) -> tuple[list[str], float]:
        """The terms to look up, and what all others can make: the commonest say least and take longest."""
        having = self._having
        terms = sorted((term for term in weights if term in having), key=lambda term: len(having[term]))
        room, passed = (_PASSED_OVER * length) ** 2, 0.0
        while terms and len(having[terms[-1]]) > _COMMON:
            square = (weights[terms[-1]] * self._rarity.of(terms[-1])) ** 2
            if passed + square > room:
                break
            passed += square
            terms.pop()
        return terms, math.sqrt(passed) / length

    def _length(self, id: int, log_of_all: float) -> float:
        """No more than the length of a development's weights."""
        plain, by_log, by_square = self._sums[id]
        known = math.sqrt(max(0.0, log_of_all * (log_of_all * plain - 2 * by_log) + by_square))
        root = math.sqrt(plain)
        return max(known - _DRIFT * root, self._rarity.least * root)

    def _log(self, term: str) -> float:
        return math.log(self._rarity.count(term) + 1)

    def _log_of_all(self) -> float:
        return self._rarity.of("") + math.log(self._rarity.count("") + 1)
