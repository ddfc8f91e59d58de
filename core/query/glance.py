"""Which piece of a text is likely to show that a query holds, found without reading the text.

A query without NOT that holds for a piece holds for the whole; where the piece does not show it, the whole is to be
read. So a wrong guess costs time and changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.query.nodes import Near, Node, Phrase, Sequence, leaves
from core.text import is_unspaced

_BEFORE, _AFTER = 120, 180  # characters around a word, so that it can be shown in its context
_WIDEST = 1_200
_SLACK = 60  # to look for the end of a word
_MOST_PROBES = 64
_WORD_ENDS = " \n。，！？។၊"


class Glance:
    """The beginnings of the words that a query asks for, as they are likely to be written."""

    def __init__(self, root: Node) -> None:
        self._probes = [
            tuple(dict.fromkeys(probes))[:_MOST_PROBES]
            for leaf, negated in leaves(root)
            if not negated and isinstance(leaf, Phrase | Near) and leaf.field in ("", "text")
            for probes in _probes(leaf)
        ]

    def piece(self, text: str) -> tuple[int, int] | None:
        """From where to where to read; None where that would be most of the text."""
        if len(text) < 2 * (_BEFORE + _AFTER):
            return None
        lowered = text.lower()
        found = []
        for probes in self._probes:
            places = [place for probe in probes if (place := lowered.find(probe)) >= 0]
            found += [min(places)] if places else []
        first = min(found, default=0)
        last = max((place for place in found if place - first < _WIDEST), default=0)
        start, end = _start(text, first - _BEFORE), _end(text, last + _AFTER)
        return None if start is None or end is None or end - start > len(text) // 2 else (start, end)


def _probes(leaf: Phrase | Near) -> Iterator[list[str]]:
    for spellings in (leaf.spellings,) if isinstance(leaf, Phrase) else leaf.words:
        yield [_probe(spelling) for spelling in spellings]


def _probe(spelling: Sequence) -> str:
    """The first word without its ending, or a run of characters whole."""
    first = spelling[0].text
    if is_unspaced(first):
        run = [part.text for part in spelling if is_unspaced(part.text)]
        return "".join(run) if len(run) == len(spelling) else first
    begins = "" if spelling[0].how == "within" else " "
    return begins + first[: max(3, len(first) - 2)]


def _start(text: str, near: int) -> int | None:
    """The beginning of a word at or before `near`."""
    if near <= 0:
        return 0
    end_of_word = max(text.rfind(sign, max(0, near - _SLACK), near) for sign in _WORD_ENDS)
    if end_of_word < 0:
        return 0 if near <= _SLACK else None
    return end_of_word + 1


def _end(text: str, near: int) -> int | None:
    """The end of a word at or after `near`."""
    if near >= len(text):
        return len(text)
    ends = [place for sign in _WORD_ENDS if (place := text.find(sign, near, near + _SLACK)) >= 0]
    return min(ends) if ends else None
