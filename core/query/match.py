"""Many queries against one document in one pass over its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from core.query.document import Document
from core.query.field import Field
from core.query.nodes import (
    And,
    CountRange,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Part,
    Phrase,
    PublishedRange,
    Sequence,
    Value,
    leaves,
    sequences,
)

K = TypeVar("K", bound=Hashable)
Span = tuple[int, int]  # first and last token


class Held(NamedTuple):
    """A value that a document has in one of its fields."""

    field: str
    value: str


Trigger = Sequence | Held


class Wanted(NamedTuple):
    """What a phrase or a window of words asks of a text, worked out once for all documents."""

    number: int  # the same for equal leaves, whichever queries they stand in
    groups: tuple[Mapping[int, tuple[Sequence, ...]], ...]  # of each one needle must be met: what it may be part of


class Term(NamedTuple):
    """Matched words as they stand in the original: `document.title[start:end]` where `field` is title."""

    field: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Match:
    """A query that holds for a document, and the words that made it so."""

    terms: tuple[Term, ...]


#: After so many documents it is chosen anew what wakes a query: first soon, then seldom.
_FIRST_LESSON, _LESSONS = 32, 16


class Matcher(Generic[K]):
    """Trees compiled together; a hundred thousand phrases cost one walk over the text.

    Of an AND it is enough to look for one part, and best for the rarest. Which that is, is learned from the documents.
    """

    def __init__(self, trees: Mapping[K, Node]) -> None:
        self._trees = dict(trees)
        needles: dict[str, int] = {}
        self._needle_of: dict[Sequence, tuple[int, int]] = {}
        self._wanted: dict[int, Wanted] = {}  # by the `id` of the leaf: the trees keep it
        numbers: dict[Leaf, int] = {}
        for tree in self._trees.values():
            for leaf, _ in leaves(tree):
                for sequence in sequences(leaf):
                    needle, first = _needle(sequence)
                    self._needle_of[sequence] = (needles.setdefault(needle, len(needles)), first)
                if isinstance(leaf, Phrase | Near):
                    words = (leaf.spellings,) if isinstance(leaf, Phrase) else leaf.words
                    groups = tuple(map(self._by_needle, words))
                    self._wanted[id(leaf)] = Wanted(numbers.setdefault(leaf, len(numbers)), groups)
        self._automaton = AhoCorasick(list(needles)) if needles else None
        self._place = {key: place for place, key in enumerate(self._trees)}
        self._documents, self._lesson = 0, _FIRST_LESSON
        self._seen: Counter[int | Held] = Counter()  # in how many documents each trigger was met
        self._choose(_commonness)

    def _by_needle(self, word: Iterable[Sequence]) -> dict[int, tuple[Sequence, ...]]:
        """A concept has hundreds of spellings: only those of needles that are met are looked at."""
        found: dict[int, tuple[Sequence, ...]] = {}
        for sequence in word:
            number, _ = self._needle_of[sequence]
            found[number] = (*found.get(number, ()), sequence)
        return found

    def _choose(self, commonness: _Commonness) -> None:
        """Decide what wakes each tree."""
        woken_by: dict[int | Held, list[K]] = {}
        always: list[K] = []
        for key, tree in self._trees.items():
            triggers = _triggers(tree, commonness)
            if triggers is None:
                always.append(key)
                continue
            for trigger in {self._trigger(one) for one in triggers}:
                woken_by.setdefault(trigger, []).append(key)
        self._wakers = woken_by, always  # at once, since other threads may be matching

    def _trigger(self, trigger: Trigger) -> int | Held:
        return trigger if isinstance(trigger, Held) else self._needle_of[trigger][0]

    def _learn(self, met: Iterable[int | Held]) -> None:
        self._seen.update(met)
        self._documents += 1
        if self._documents >= self._lesson:
            self._lesson *= _LESSONS
            self._choose(
                lambda triggers: (sum(self._seen[self._trigger(one)] for one in triggers), *_commonness(triggers))
            )

    def match(self, document: Document) -> dict[K, Match]:
        """The queries that hold for `document`."""
        look = Look(document, self._needle_of, self._wanted, self._automaton)
        held = [Held(field, value) for field, values in document.values.items() for value in values]
        met: set[int | Held] = {*look.needles_met(), *held}
        self._learn(met)
        woken_by, always = self._wakers
        woken = dict.fromkeys(always)
        for trigger in met:
            woken.update(dict.fromkeys(woken_by.get(trigger, ())))
        found = {}
        for key in sorted(woken, key=self._place.__getitem__):
            terms = look.holds(self._trees[key])
            if terms is not None:
                found[key] = _as_match(terms)
        return found

    def holds(self, key: K, document: Document) -> Match | None:
        """Whether one query does, where no other is asked."""
        terms = Look(document, self._needle_of, self._wanted, self._automaton).holds(self._trees[key])
        return _as_match(terms) if terms is not None else None


class Look:
    """One look at one document: which needles stand where, and what that says of a tree."""

    def __init__(
        self,
        document: Document,
        needle_of: Mapping[Sequence, tuple[int, int]],
        wanted: Mapping[int, Wanted],
        automaton: AhoCorasick | None,
    ) -> None:
        self._document = document
        self._needle_of = needle_of
        self._wanted = wanted
        self._told: dict[int, list[Term] | None] = {}  # of leaves that were asked for, by their numbers
        self._hits: dict[str, dict[int, list[int]]] = {}
        self._spans: dict[tuple[str, Sequence], list[Span]] = {}
        for field in document.fields:
            hits = self._hits.setdefault(field.name, {})
            if automaton is not None:
                for number, start, _ in automaton.find_matches_as_indexes(field.haystack, overlapping=True):
                    hits.setdefault(number, []).append(start)

    def needles_met(self) -> Iterator[int]:
        for hits in self._hits.values():
            yield from hits

    def holds(self, node: Node) -> list[Term] | None:
        """The terms that make `node` true, none for a NOT or a value; None where it is false."""
        if isinstance(node, And):
            return self._all(node.parts)
        if isinstance(node, Or):
            found = [terms for part in node.parts if (terms := self.holds(part)) is not None]
            return [term for terms in found for term in terms] if found else None
        if isinstance(node, Not):
            return [] if self.holds(node.part) is None else None
        return self._leaf(node)

    def _all(self, parts: tuple[Node, ...]) -> list[Term] | None:
        if any(self._cannot(part) for part in parts):
            return None  # before the places of the others are asked for
        terms: list[Term] = []
        for part in parts:
            found = self.holds(part)
            if found is None:
                return None
            terms += found
        return terms

    def _cannot(self, node: Node) -> bool:
        """Whether none of the words is there that `node` needs."""
        if isinstance(node, Phrase | Near):
            return not any(self._may_stand(node, field) for field in self._fields(node))
        if isinstance(node, Or):
            return all(self._cannot(part) for part in node.parts)
        return isinstance(node, And) and any(self._cannot(part) for part in node.parts)

    def _fields(self, leaf: Phrase | Near) -> list[Field]:
        wanted = (leaf.field,) if leaf.field else ("title", "text")
        return [field for field in self._document.fields if field.name in wanted]

    def _leaf(self, leaf: Leaf) -> list[Term] | None:
        if isinstance(leaf, Phrase):
            return self._in_fields(leaf)
        if isinstance(leaf, Near):
            return self._in_fields(leaf)
        if isinstance(leaf, PublishedRange):
            at = self._document.published
            late_enough = at is not None and (leaf.low is None or at >= leaf.low)
            return [] if at is not None and late_enough and (leaf.high is None or at < leaf.high) else None
        if isinstance(leaf, CountRange):
            return [] if any(leaf.holds(number) for number in self._document.counts) else None
        have = self._document.values[leaf.field]
        if leaf.prefix:
            return [] if any(value.startswith(leaf.values) for value in have) else None
        return [] if have.intersection(leaf.values) else None

    def _in_fields(self, leaf: Phrase | Near) -> list[Term] | None:
        number = self._wanted[id(leaf)].number
        if number not in self._told:
            self._told[number] = self._terms_in_fields(leaf)
        return self._told[number]

    def _terms_in_fields(self, leaf: Phrase | Near) -> list[Term] | None:
        terms = []
        for field in self._fields(leaf):
            if self._may_stand(leaf, field):
                groups = self._wanted[id(leaf)].groups
                spans = self._any(groups[0], field) if isinstance(leaf, Phrase) else self._near(groups, leaf, field)
                terms += [_term(field, span) for span in spans]
        return terms or None

    def _may_stand(self, leaf: Phrase | Near, field: Field) -> bool:
        """Whether anything of each word was met; a place has dozens of spellings, and seldom one is."""
        met = self._hits[field.name].keys()
        return not any(met.isdisjoint(group) for group in self._wanted[id(leaf)].groups)

    def _any(self, group: Mapping[int, tuple[Sequence, ...]], field: Field) -> list[Span]:
        met = self._hits[field.name].keys() & group.keys()
        return [span for needle in met for sequence in group[needle] for span in self._find(sequence, field)]

    def _find(self, sequence: Sequence, field: Field) -> list[Span]:
        number, first = self._needle_of[sequence]
        starts = self._hits[field.name].get(number)
        if starts is None:
            return []
        key = (field.name, sequence)
        if key not in self._spans:
            spans = (_verify(sequence, first, start, field) for start in starts)
            self._spans[key] = list(dict.fromkeys(span for span in spans if span is not None))
        return self._spans[key]

    def _near(self, groups: tuple[Mapping[int, tuple[Sequence, ...]], ...], leaf: Near, field: Field) -> list[Span]:
        """The spans of each window in which every word stands with at most `distance` tokens between."""
        places = [(span, number) for number, group in enumerate(groups) for span in self._any(group, field)]
        latest: dict[int, Span] = {}
        found: list[Span] = []
        for span, number in sorted(places):
            latest[number] = span
            if len(latest) == len(leaf.words) and _between(list(latest.values())) <= leaf.distance:
                found += latest.values()
        return list(dict.fromkeys(found))


def _as_match(terms: list[Term]) -> Match:
    return Match(tuple(sorted(set(terms), key=lambda term: (term.field != "title", term.field, term.start, term.end))))


def _between(spans: list[Span]) -> float:
    """Tokens between the spans; more than any distance where they overlap."""
    width = max(last for _, last in spans) - min(first for first, _ in spans) + 1
    between = width - sum(last - first + 1 for first, last in spans)
    return between if between >= 0 else float("inf")


def _term(field: Field, span: Span) -> Term:
    start, end = field.span(*span)
    return Term(field.name, field.original[start:end], start, end)


def _needle(sequence: Sequence) -> tuple[str, int]:
    """What to look for first, and which part of the sequence it begins with: its longest run of whole tokens."""
    best: tuple[str, int] | None = None
    run: list[str] = []
    for index, part in enumerate((*sequence, Part("", "prefix"))):
        if part.how == "is":
            run.append(part.text)
            continue
        if run and (best is None or len(" ".join(run)) > len(best[0]) - 2):
            best = (f" {' '.join(run)} ", index - len(run))
        run = []
    if best is not None:
        return best
    number, part = max(enumerate(sequence), key=lambda pair: len(pair[1].text))
    return (part.text if part.how == "within" else f" {part.text}"), number


def _verify(sequence: Sequence, first: int, start: int, field: Field) -> Span | None:
    """The tokens of a sequence whose part `first` was met at `start`, or None if the rest does not fit."""
    within = sequence[first].how == "within"
    met, met_last = field.place(start if within else start + 1)
    if len(sequence) == 1 and met != met_last:
        return met, met_last  # hyphenated words, asked for as one
    begin = met - first
    if begin < 0 or met != met_last:
        return None
    if len(sequence) == 1 and sequence[0][1:] == ("is", False, False):
        return met, met  # all of it was met
    if len(sequence) == 1 and start >= len(field.folded) and not sequence[0].capitals:
        return met, met  # a plural, asked for by its beginning
    if all(field.fits(part, begin + index) for index, part in enumerate(sequence)):
        return begin, begin + len(sequence) - 1
    return None


#: What to order sets of triggers by: how often they wake.
_Commonness = Callable[[set[Trigger]], tuple[float, ...]]


def _triggers(node: Node, commonness: _Commonness) -> set[Trigger] | None:
    """Of what one must stand in the text, or be held by a field, for `node` to hold; None where it may without any."""
    if isinstance(node, Phrase):
        return set(node.spellings)
    if isinstance(node, Near):
        return min((set[Trigger](word) for word in node.words), key=commonness)
    if isinstance(node, Value) and not node.prefix:
        return {Held(node.field, value) for value in node.values}
    if isinstance(node, Or):
        every = [_triggers(part, commonness) for part in node.parts]
        return None if None in every else {trigger for some in every if some for trigger in some}
    if isinstance(node, And):
        some = [triggers for part in node.parts if (triggers := _triggers(part, commonness)) is not None]
        return min(some, key=commonness) if some else None
    return None


def _commonness(triggers: set[Trigger]) -> tuple[float, ...]:
    """As long as nothing was read: words wake a query less often than values do, and few and long needles least."""
    sequences_ = [trigger for trigger in triggers if not isinstance(trigger, Held)]
    shortest = min((len(_needle(sequence)[0]) for sequence in sequences_), default=0)
    return len(sequences_) < len(triggers), len(triggers), -shortest
