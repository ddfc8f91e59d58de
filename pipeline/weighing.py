"""Learned weights: what each trait counts for or against, and how sure that makes of an answer.

The weights are data beside the code (`weights/*.json`), made by `benchmarks/fit.py` from labelled articles. A model is
a bias and a weight for each trait; what is unknown to it counts nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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


def shares(models: Mapping[str, Model], traits: Traits) -> dict[str, float]:
    """How likely each answer is where exactly one of them holds."""
    scores = {answer: model.score(traits) for answer, model in models.items()}
    top = max(scores.values())
    weights = {answer: math.exp(score - top) for answer, score in scores.items()}
    total = sum(weights.values())
    return {answer: weight / total for answer, weight in weights.items()}


@lru_cache(maxsize=8)
def load_models(name: str, folder: Path = WEIGHTS) -> Mapping[str, Model]:
    """The models of one file, by what they answer; none where there is no file: then rules decide alone."""
    path = folder / f"{name}.json"
    if not path.exists():
        return {}
    told = json.loads(path.read_text("utf-8"))
    return {answer: Model(model["bias"], model["weights"]) for answer, model in told["models"].items()}
