"""Where the words that facts rest on stand in an article, so that a page can mark them. Pure.

Positions count characters of `title + "\\n" + text`, as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and the facts whose quotes it is of."""

    text: str
    facts: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()  # those of them that begin here


@dataclass(frozen=True)
class Passage:
    """A quote with the words around it."""

    before: str
    quote: str
    after: str


def span(quote: str, position: int, whole: str) -> Span | None:
    """Where a quote stands: where it was read, else at its next like, however its spaces are."""
    quote = quote.partition(" [page ")[0]
    if not quote.strip():
        return None
    if whole.startswith(quote, position):
        return position, position + len(quote)
    words = re.compile(r"\s+".join(map(re.escape, quote.split())))
    found = min(words.finditer(whole), key=lambda match: abs(match.start() - position), default=None)
    return found.span() if found is not None else None


def innermost(spans: Mapping[int, Span]) -> dict[int, Span]:
    """Without the spans that hold another: a mark over a whole sentence shows nothing."""
    ends = set(spans.values())
    return {
        fact: (left, right)
        for fact, (left, right) in spans.items()
        if not any(left <= start and end <= right and (start, end) != (left, right) for start, end in ends)
    }


def around(whole: str, at: Span, room: int = 45) -> Passage:
    """A quote with some words before and after it, of the same paragraph."""
    start, end = at
    left = max(whole.rfind("\n", 0, start) + 1, start - room)
    line_end = whole.find("\n", end)
    right = min(len(whole) if line_end < 0 else line_end, end + room)
    before, after = whole[left:start], whole[end:right]
    if left > 0 and whole[left - 1] != "\n":
        before = "…" + _from_a_word(before)
    if right < len(whole) and whole[right] != "\n":
        after = _to_a_word(after) + "…"
    return Passage(before, whole[start:end], after)


def _from_a_word(text: str) -> str:
    """Without the half word that it begins with; scripts without spaces have none."""
    cut = text.find(" ")
    return text[cut + 1 :] if 0 <= cut < len(text) // 2 else text


def _to_a_word(text: str) -> str:
    cut = text.rfind(" ")
    return text[:cut] if cut > len(text) // 2 else text


def lines(whole: str, spans: Mapping[int, Span]) -> list[list[Piece]]:
    """The text paragraph by paragraph, cut where quotes begin and end; the first is the title."""
    found = []
    start = 0
    for line in whole.split("\n"):
        end = start + len(line)
        if line.strip() or start == 0:
            found.append(list(_pieces(whole, start, end, spans)))
        start = end + 1
    return found


def _pieces(whole: str, start: int, end: int, spans: Mapping[int, Span]) -> Iterable[Piece]:
    here = {fact: (max(left, start), min(right, end)) for fact, (left, right) in spans.items()}
    here = {fact: (left, right) for fact, (left, right) in here.items() if left < right}
    cuts = sorted({start, end, *(edge for edges in here.values() for edge in edges)})
    for left, right in pairwise(cuts):
        facts = tuple(fact for fact, (first, last) in here.items() if first <= left and right <= last)
        yield Piece(whole[left:right], facts, tuple(fact for fact in facts if spans[fact][0] == left))
