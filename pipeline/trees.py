"""Learned trees beside the sums of weights: what one trait says may hang on which others are there.

A sum cannot tell that "will" says nothing of the figure that a finished act is told with. A tree asks for one trait
after the other and ends in a number; the numbers of all trees of an answer are its log odds. `benchmarks/fit.py` grows
them on what the sums learn from too, see docs/decisions/0028-trees-beside-sums.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.weighing import WEIGHTS, Traits, shares_of

#: A number, or which trait is asked for and the trees to go on with where it is there and where it is not.
Tree = float | tuple[int, Any, Any]


@dataclass(frozen=True)
class Trees:
    """The trees of one question to which exactly one answer holds."""

    part: float  # of the log odds of an answer, from the trees; the rest is the sum's
    traits: Mapping[str, int]
    biases: Mapping[str, float]
    trees: Mapping[str, tuple[Tree, ...]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Trees:
        """As `benchmarks/fit_trees.py` writes them down."""
        return cls(
            told["part"],
            {trait: place for place, trait in enumerate(told["traits"])},
            told["biases"],
            {answer: tuple(map(_tree, trees)) for answer, trees in told["trees"].items()},
        )

    def beside(self, told: Mapping[str, float], traits: Traits) -> dict[str, float]:
        """How likely each answer is, 0 to 1, from how likely the sum of weights made it and what the trees say."""
        has = {self.traits[name] for name in traits if name in self.traits}
        grown = {answer: self.biases[answer] + sum(_end(tree, has) for tree in of) for answer, of in self.trees.items()}
        both = {
            answer: self.part * grown[answer] + (1 - self.part) * math.log(max(share, 1e-9))
            for answer, share in told.items()
        }
        return shares_of(both)


def _end(tree: Tree, has: Set[int]) -> float:
    while isinstance(tree, tuple):
        tree = tree[1] if tree[0] in has else tree[2]
    return tree


@lru_cache(maxsize=4)
def load_trees(name: str, folder: Path = WEIGHTS) -> Trees | None:
    """Those of one file; None where there is no file: then the sums decide alone."""
    path = folder / f"{name}.json"
    if not path.exists():
        return None
    return Trees.of(json.loads(path.read_text("utf-8")))


def _tree(written: Any) -> Tree:
    return (written[0], _tree(written[1]), _tree(written[2])) if isinstance(written, list) else float(written)
