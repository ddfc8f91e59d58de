"""One look at one document: whether a tree holds for it, and by which words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from core.query.document import Document
from core.query.field import Field
from core.query.needles import Met, Needles, Span
from core.query.nodes import And, CountRange, Leaf, Near, Node, Not, Or, Phrase, PublishedRange


class Term(NamedTuple):
    """Matched words as they stand in the original: `document.title[start:end]` where `field` is title."""

    field: str
    text: str
    start: int
    end: int


class Look:
    """Most queries do not hold, and that is cheap to say; where the words stand is asked of those that do."""

    def __init__(self, document: Document, needles: Needles) -> None:
        self._document = document
        self._needles = needles
        self._met = [needles.met_in(field) for field in document.fields]
        by_field = {met.field.name: (met,) for met in self._met}
        self._in_field = {"": tuple(met for met in self._met if met.field.name in ("title", "text")), **by_field}
        # What was asked, by the number of the leaf, or by field and word.
        self._held: dict[int, bool] = {}
        self._terms: dict[int, list[Term]] = {}
        self._windows: dict[tuple[int, str], list[Span]] = {}
        self._spans: dict[tuple[str, int], list[Span]] = {}

    def needles_met(self) -> Iterator[int]:
        return chain.from_iterable(met.places for met in self._met)

    def holds(self, node: Node) -> bool:
        """Whether `node` does."""
        kind = type(node)
        if kind is Phrase or kind is Near:
            return self._stands(node)  # type: ignore[arg-type]
        if isinstance(node, And):
            return not any(map(self._cannot, node.parts)) and all(map(self.holds, node.parts))
        if isinstance(node, Or):
            return any(map(self.holds, node.parts))
        if isinstance(node, Not):
            return not self.holds(node.part)
        return self._value_holds(node)

    def terms(self, node: Node) -> list[Term]:
        """The words that make `node` true, which it is; of a NOT or a value none."""
        if isinstance(node, Phrase | Near):
            return self._terms_of(node)
        if isinstance(node, And):
            return [term for part in node.parts for term in self.terms(part)]
        if isinstance(node, Or):
            return [term for part in node.parts if self.holds(part) for term in self.terms(part)]
        return []

    def _cannot(self, node: Node) -> bool:
        """Whether none of the words is there that `node` needs; asked before what takes longer to say."""
        kind = type(node)
        if kind is Phrase or kind is Near:
            _, words = self._needles.wanted[id(node)]
            return not any(met.words.issuperset(words) for met in self._in(node))  # type: ignore[arg-type]
        if isinstance(node, Or):
            return all(map(self._cannot, node.parts))
        return isinstance(node, And) and any(map(self._cannot, node.parts))

    def _in(self, leaf: Phrase | Near) -> tuple[Met, ...]:
        return self._in_field.get(leaf.field, ())

    def _stands(self, leaf: Phrase | Near) -> bool:
        number, words = self._needles.wanted[id(leaf)]
        if number not in self._held:
            places = [met for met in self._in(leaf) if met.words.issuperset(words)]
            if type(leaf) is Near:
                self._held[number] = any(self._window(leaf, met) for met in places)
            else:
                self._held[number] = any(self._needles.stands(words[0], met) for met in places)
        return self._held[number]

    def _terms_of(self, leaf: Phrase | Near) -> list[Term]:
        number, words = self._needles.wanted[id(leaf)]
        if number not in self._terms:
            self._terms[number] = [
                _term(met.field, span)
                for met in self._in(leaf)
                if met.words.issuperset(words)
                for span in (self._window(leaf, met) if isinstance(leaf, Near) else self._spans_of(words[0], met))
            ]
        return self._terms[number]

    def _spans_of(self, word: int, met: Met) -> list[Span]:
        key = (met.field.name, word)
        if key not in self._spans:
            self._spans[key] = self._needles.spans(word, met)
        return self._spans[key]

    def _window(self, leaf: Near, met: Met) -> list[Span]:
        """The spans of each window in which every word stands with at most `distance` tokens between."""
        number, words = self._needles.wanted[id(leaf)]
        key = (number, met.field.name)
        if key not in self._windows:
            places = [(span, place) for place, word in enumerate(words) for span in self._spans_of(word, met)]
            self._windows[key] = _windows(sorted(places), len(words), leaf.distance)
        return self._windows[key]

    def _value_holds(self, leaf: Leaf) -> bool:
        if isinstance(leaf, PublishedRange):
            at = self._document.published
            late_enough = at is not None and (leaf.low is None or at >= leaf.low)
            return at is not None and late_enough and (leaf.high is None or at < leaf.high)
        if isinstance(leaf, CountRange):
            return any(leaf.holds(number) for number in self._document.counts)
        assert not isinstance(leaf, Phrase | Near)
        have = self._document.values[leaf.field]
        if leaf.prefix:
            return any(value.startswith(leaf.values) for value in have)
        return not have.isdisjoint(leaf.values)


def _windows(places: list[tuple[Span, int]], words: int, distance: int) -> list[Span]:
    latest: dict[int, Span] = {}
    found: list[Span] = []
    for span, word in places:
        latest[word] = span
        if len(latest) == words and _between(latest.values()) <= distance:
            found += latest.values()
    return list(dict.fromkeys(found))


def _between(spans: Collection[Span]) -> float:
    """Tokens between the spans; more than any distance where they overlap."""
    if len(spans) == 2:
        (one, one_last), (other, other_last) = spans
        between = other - one_last - 1 if other > one_last else one - other_last - 1
        return between if between >= 0 else float("inf")
    width = max(last for _, last in spans) - min(first for first, _ in spans) + 1
    between = width - sum(last - first + 1 for first, last in spans)
    return between if between >= 0 else float("inf")


def _term(field: Field, span: Span) -> Term:
    start, end = field.span(*span)
    return Term(field.name, field.original[start:end], start, end)
