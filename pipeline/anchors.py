"""Where the words stand that patterns begin with, so that a pattern is tried there and nowhere else.

What is found is what `finditer` finds. One pass over a text tells the places of all words, whatever pattern they are
of; a pattern of two hundred names is slow at every character and quick at the few places where one of them stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ahocorasick_rs import AhoCorasick

#: Letters that `re.IGNORECASE` takes for plain ones, and that would else change the length of a text in lower case.
_ODD = str.maketrans("İıſ\u212a", "iisk")
_HAS_ODD = re.compile("[İıſ\u212a]")
_DIGITS = re.compile(r"\d+")


class Anchors:
    """Groups of words, which must be in lower case."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        groups_of: dict[str, list[str]] = {}
        for group, words in groups.items():
            for word in dict.fromkeys(words):
                groups_of.setdefault(word, []).append(group)
        self._groups = tuple(groups)
        self._groups_of = tuple(groups_of.values())
        self._automaton = AhoCorasick(list(groups_of))

    def starts(self, text: str) -> dict[str, list[int]]:
        """Where words of each group begin, in whatever case, in order."""
        found: dict[str, dict[int, None]] = {group: {} for group in self._groups}
        for word, start, _ in self._automaton.find_matches_as_indexes(lowered(text), overlapping=True):
            for group in self._groups_of[word]:
                found[group][start] = None
        return {group: sorted(starts) for group, starts in found.items()}


def lowered(text: str) -> str:
    """`text` in lower case, each character at its own place."""
    return (text if _HAS_ODD.search(text) is None else text.translate(_ODD)).lower()


def matches_at(
    pattern: re.Pattern[str], text: str, starts: Iterable[int], until: int | None = None
) -> Iterator[re.Match[str]]:
    """The matches of `pattern` that begin at one of `starts`, from left to right, none within another."""
    after, until = 0, len(text) if until is None else until
    for start in starts:
        if start >= after and (match := pattern.match(text, start, until)):
            yield match
            after = max(match.end(), start + 1)


def digit_runs(text: str) -> list[tuple[int, int]]:
    """Where digits stand, of whatever script, as (start, end)."""
    return [match.span() for match in _DIGITS.finditer(text)]
