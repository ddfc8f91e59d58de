"""The words of many queries, looked for in one walk over a text, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from core.query.field import Field
from core.query.nodes import Leaf, Near, Node, Part, Phrase, Sequence, leaves

Span = tuple[int, int]  # first and last token


class Needle(NamedTuple):
    """What is looked for of a sequence: its longest run of whole tokens."""

    number: int  # the same for equal needles, whichever sequences they are of
    first: int  # the part of the sequence that it begins with
    is_all: bool  # a sequence of nothing but whole tokens: it stands where its needle does


class Wanted(NamedTuple):
    """What a phrase or a window of words asks of a text, worked out once for all documents."""

    number: int  # the same for leaves that ask the same, whichever queries they stand in
    words: tuple[int, ...]  # each of them must be met


class Met(NamedTuple):
    """What was met in one field."""

    field: Field
    size: int  # its tokens
    places: Mapping[int, list[int]]  # by needle: the token it begins with, or `size` and more, an alias
    words: frozenset[int]  # of which a needle was met


class Needles:
    """The words of all leaves of some trees. A word may have hundreds of spellings; equal words are one."""

    def __init__(self, trees: Iterable[Node]) -> None:
        self.of: dict[Sequence, Needle] = {}
        self.wanted: dict[int, Wanted] = {}  # by the `id` of a leaf: the trees keep it
        self.spellings: list[dict[int, tuple[Sequence, ...]]] = []  # of each word, by needle
        self.texts: dict[str, int] = {}
        self._words: dict[tuple[Sequence, ...], int] = {}
        numbers: dict[tuple[object, ...], int] = {}
        for tree in trees:
            for leaf, _ in leaves(tree):
                words = tuple(self._word(spellings) for spellings in words_of(leaf))
                if words:
                    asked = (type(leaf), leaf.field, words, getattr(leaf, "distance", 0))
                    self.wanted[id(leaf)] = Wanted(numbers.setdefault(asked, len(numbers)), words)
        self._part_of: list[list[int]] = [[] for _ in self.texts]
        for word, by_needle in enumerate(self.spellings):
            for number in by_needle:
                self._part_of[number].append(word)
        self.lengths = list(map(len, self.texts))
        self._is_closed = [text.endswith(" ") for text in self.texts]
        self._further = [text.strip(" ").count(" ") for text in self.texts]  # tokens beside the first
        self._automaton = AhoCorasick(list(self.texts)) if self.texts else None

    def _word(self, spellings: tuple[Sequence, ...]) -> int:
        if spellings not in self._words:
            by_needle: dict[int, tuple[Sequence, ...]] = {}
            for sequence in spellings:
                number = self._needle(sequence).number
                by_needle[number] = (*by_needle.get(number, ()), sequence)
            self._words[spellings] = len(self.spellings)
            self.spellings.append(by_needle)
        return self._words[spellings]

    def _needle(self, sequence: Sequence) -> Needle:
        if sequence not in self.of:
            text, first = _longest_run(sequence)
            is_all = all(part[1:] == ("is", False, False) for part in sequence)
            self.of[sequence] = Needle(self.texts.setdefault(text, len(self.texts)), first, is_all)
        return self.of[sequence]

    def met_in(self, field: Field) -> Met:
        """One walk over the field. Its tokens are counted on the way: what is met is told in the order of its ends."""
        haystack, places = field.haystack, dict[int, list[int]]()
        size = field.folded.count(" ") - 1
        if self._automaton is not None:
            before = counted = 0
            for number, _, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
                within = end - self._is_closed[number]
                counted += haystack.count(" ", before, within)
                before = within
                place = counted - 1 - self._further[number]
                places.setdefault(number, []).append(place if place < size else place - 1)
        return Met(field, size, places, frozenset(chain.from_iterable(map(self._part_of.__getitem__, places))))

    def stands(self, word: int, met: Met) -> bool:
        """Whether a word does, in one of its spellings."""
        if word not in met.words:
            return False
        spellings, places = self.spellings[word], met.places
        for number in spellings.keys() & places.keys():
            for sequence in spellings[number]:
                needle = self.of[sequence]
                if needle.is_all and (len(sequence) == 1 or places[number][0] < met.size):
                    return True
                if any(_span(sequence, needle, place, met) is not None for place in places[number]):
                    return True
        return False

    def spans(self, word: int, met: Met) -> list[Span]:
        """Everywhere that a word stands."""
        spellings, found = self.spellings[word], dict[Span, None]()
        for number in spellings.keys() & met.places.keys():
            for sequence in spellings[number]:
                needle = self.of[sequence]
                for place in met.places[number]:
                    if (span := _span(sequence, needle, place, met)) is not None:
                        found[span] = None
        return list(found)


def words_of(leaf: Leaf) -> tuple[tuple[Sequence, ...], ...]:
    """The words that a leaf looks for in text, each in its spellings; a phrase is one."""
    if isinstance(leaf, Phrase):
        return (leaf.spellings,)
    return leaf.words if isinstance(leaf, Near) else ()


def _longest_run(sequence: Sequence) -> tuple[str, int]:
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


def _span(sequence: Sequence, needle: Needle, place: int, met: Met) -> Span | None:
    """The tokens of a sequence whose needle was met at `place`, or None if the rest does not fit."""
    field, size = met.field, met.size
    if place < size and needle.is_all:
        return place, place + len(sequence) - 1
    first, last = (place, place) if place < size else field.alias(place - size)
    if len(sequence) == 1:
        if first != last:
            return first, last  # hyphenated words, asked for as one
        if needle.is_all or (place >= size and not sequence[0].capitals):
            return first, first  # a plural, asked for as it is written or by its beginning
    elif first != last:
        return None
    begin = first - needle.first
    if begin >= 0 and all(field.fits(part, begin + index) for index, part in enumerate(sequence)):
        return begin, begin + len(sequence) - 1
    return None
