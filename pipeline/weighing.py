"""Learned weights: what each trait counts for or against, and how sure that makes of an answer.

The weights are data beside the code (`weights/*.json`), made by `benchmarks/fit.py` from labelled articles. A model is
a bias and a weight for each trait; what is unknown to it counts nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
Traits = Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """One question: how much speaks for yes."""

    bias: float
    weights: Mapping[str, float]

    def score(self, traits: Traits) -> float:
        """The log odds of yes."""
        weights = self.weights
        return self.bias + sum(weights[name] * value for name, value in traits.items() if name in weights)

    def sure(self, traits: Traits) -> float:
        """The probability of yes, 0 to 1."""
        return probability(self.score(traits))


def probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


class Models(dict[str, Model]):
    """The models of one file, by what they answer, asked together: each trait is looked up once for all of them."""

    def scores(self, traits: Traits, own: Mapping[str, Traits] | None = None) -> dict[str, float]:
        """The log odds of every answer, or of those that have traits of their `own` beside the common ones."""
        sums = [0.0] * len(self)
        for name, value in traits.items():
            for place, weight in self._columns.get(name, ()):
                sums[place] += weight * value
        answers: Iterable[str] = self if own is None else own
        return {
            answer: self[answer].bias + self._added(answer, sums[self._places[answer]], (own or {}).get(answer, {}))
            for answer in answers
        }

    def _added(self, answer: str, score: float, traits: Traits) -> float:
        weights = self[answer].weights
        for name, value in traits.items():
            if name in weights:
                score += weights[name] * value
        return score

    @cached_property
    def _places(self) -> dict[str, int]:
        return {answer: place for place, answer in enumerate(self)}

    @cached_property
    def _columns(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """For each trait which answers it speaks for or against."""
        columns: dict[str, list[tuple[int, float]]] = {}
        for place, model in enumerate(self.values()):
            for name, weight in model.weights.items():
                columns.setdefault(name, []).append((place, weight))
        return {name: tuple(column) for name, column in columns.items()}


def shares(models: Models, traits: Traits) -> dict[str, float]:
    """How likely each answer is where exactly one of them holds."""
    return shares_of(models.scores(traits))


def shares_of(scores: Mapping[str, float]) -> dict[str, float]:
    """How likely each answer is by log odds that are true but for a number that all have in common."""
    top = max(scores.values())
    weights = {answer: math.exp(score - top) for answer, score in scores.items()}
    total = sum(weights.values())
    return {answer: weight / total for answer, weight in weights.items()}


@lru_cache(maxsize=8)
def load_models(name: str, folder: Path = WEIGHTS) -> Models:
    """The models of one file, by what they answer; none where there is no file: then rules decide alone."""
    path = folder / f"{name}.json"
    if not path.exists():
        return Models()
    told = json.loads(path.read_text("utf-8"))
    return Models((answer, Model(model["bias"], model["weights"])) for answer, model in told["models"].items())
