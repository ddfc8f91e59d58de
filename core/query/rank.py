"""Which of several hits comes first: the one whose headline and opening lines have what was asked for, rare words most.

It is worked out from the matched words alone, not by an engine, so that every engine gives the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

from core.query.match import Match
from core.text import fold

_OPENING = 200  # characters of a text that say what it is about
_TITLE, _EARLY, _LATE = 3.0, 1.0, 0.4


def best_first(matches: Sequence[Match]) -> list[int]:
    """The places of `matches` from the best to the worst; equals keep their order."""
    weights = [_weights(match) for match in matches]
    held_by = Counter(word for words in weights for word in words)
    scores = [
        sum(weight * log(1 + len(matches) / held_by[word]) for word, weight in words.items()) for words in weights
    ]
    return sorted(range(len(matches)), key=lambda index: (-round(scores[index], 9), index))


def _weights(match: Match) -> dict[str, float]:
    """How much each matched word counts in one article: in its headline, and where it first stands in its text."""
    title: dict[str, float] = {}
    text: dict[str, float] = {}
    for term in match.terms:
        word = fold(term.text)
        if term.field == "title":
            title[word] = _TITLE
        else:
            weight = _EARLY if term.start < _OPENING else _LATE
            text[word] = max(weight, text.get(word, 0.0))
    return {word: title.get(word, 0.0) + text.get(word, 0.0) for word in title | text}
