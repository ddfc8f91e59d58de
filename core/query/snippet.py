"""A few lines of a text around what was found in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.query.look import Term
from core.query.match import Match

_WIDTH = 240
_CUT_BEFORE = re.compile(r"(?:[.!?]\s+|[。！？।။៕\n]\s*)(?=\S)")


@dataclass(frozen=True)
class Snippet:
    """Original text on one line. `marks` are the spans of found words in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def highlighted(self, before: str, after: str) -> str:
        """The text with `before` and `after` around each found word."""
        pieces, last = [], 0
        for start, end in self.marks:
            pieces += [self.text[last:start], before, self.text[start:end], after]
            last = end
        return "".join([*pieces, self.text[last:]])


def snippet(title: str, text: str, match: Match | None, width: int = _WIDTH) -> Snippet:
    """Where most of the found words stand together; the beginning where none stands in the text."""
    spans = _merged(match.terms if match else (), "text")
    if not text:
        return _cut(title, 0, width, _merged(match.terms if match else (), "title"))
    return _cut(text, _begin(text, spans, width), width, spans)


def _merged(terms: Sequence[Term], field: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted((term.start, term.end) for term in terms if term.field == field):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _begin(text: str, spans: Sequence[tuple[int, int]], width: int) -> int:
    """Where to begin so that the window shows as many different found words as it can."""
    best, begin, right = 0, 0, 0
    words = [text[start:end].casefold() for start, end in spans]
    for left, (start, _) in enumerate(spans):
        while right < len(spans) and spans[right][1] <= start + width * 2 // 3:
            right += 1
        different = len(set(words[left : min(right, left + 20)]))
        if different > best:
            best, begin = different, start
    if begin < width // 3:
        return 0
    sentence = max((found.end() for found in _CUT_BEFORE.finditer(text, begin - width // 3, begin)), default=0)
    if sentence:
        return sentence
    space = text.find(" ", begin - width // 6, begin)
    return space + 1 if space >= 0 else begin


def _cut(text: str, begin: int, width: int, spans: Sequence[tuple[int, int]]) -> Snippet:
    end = min(len(text), begin + width)
    if end < len(text):
        space = text.rfind(" ", begin + width * 2 // 3, end)
        end = space if space > 0 else end
    while begin and unicodedata.category(text[begin]) in ("Mn", "Mc"):  # no mark without its letter
        begin -= 1
    while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Mc"):
        end += 1
    lead, tail = "… " if begin else "", " …" if end < len(text) else ""
    shift = len(lead) - begin
    marks = tuple((start + shift, last + shift) for start, last in spans if begin <= start and last <= end)
    line = re.sub(r"[\s\x00-\x1f]", " ", text[begin:end])  # one character for one, so that the marks stay
    return Snippet(f"{lead}{line}{tail}", marks)
