"""Grows the trees that stand beside learned sums of weights (`pipeline/trees.py`), for `fit.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

PART = 0.35  # of the log odds
_TRAITS = 350  # which weigh most in the sum, and are met often enough
_ROUNDS, _RATE = 100, 0.12
_LEAVES, _LEAST = 8, 15  # of a tree, and of examples in a leaf


def grow(
    rows: Sequence[Mapping[str, float]], answers: Sequence[str], c: float, weights: Sequence[float]
) -> dict[str, Any]:
    """Trees for each answer as `Trees.of` reads them. `c` is that of the sum, which says what traits are worth asking.

    They are grown on whether a trait is there, not on how much of it.
    """
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(rows)
    straight = LogisticRegression(C=c, max_iter=5000).fit(matrix, answers, sample_weight=weights)
    matrix.data[:] = 1.0
    often = np.asarray(matrix.sum(axis=0)).ravel()
    telling = np.argsort(-np.abs(straight.coef_).max(axis=0) * np.sqrt(often), kind="stable")[:_TRAITS]
    grown = HistGradientBoostingClassifier(
        max_iter=_ROUNDS,
        learning_rate=_RATE,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_LEAST,
        l2_regularization=1.0,
        max_bins=2,
        early_stopping=False,
    ).fit(matrix[:, telling].toarray(), answers, sample_weight=weights)
    classes = [str(answer) for answer in grown.classes_]
    names = vectorizer.get_feature_names_out()
    return {
        "part": PART,
        "traits": [str(names[place]) for place in telling],
        "biases": dict(zip(classes, (round(float(one), 3) for one in grown._baseline_prediction[0]), strict=True)),
        "trees": {
            answer: [_written(of[place].nodes, 0) for of in grown._predictors] for place, answer in enumerate(classes)
        },
    }


def _written(nodes: Any, place: int) -> Any:
    """A tree as nested lists: which trait, the tree where it is there, and where it is not; or a number."""
    node = nodes[place]
    if node["is_leaf"]:
        return round(float(node["value"]), 3)
    return [int(node["feature_idx"]), _written(nodes, int(node["right"])), _written(nodes, int(node["left"]))]
