"""A query as a tree of plain values: what is looked for, before any text is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

#: Fields whose words are looked for in running text; "" is title and text together.
TEXT_FIELDS = ("title", "text", "url")
#: Fields that hold names; each name is looked for in all its spellings in title and text.
NAME_FIELDS = ("agency", "place", "person", "org", "concept")
#: Fields that hold one of few values.
VALUE_FIELDS = ("source", "lang", "topic", "event", "country")
RANGE_FIELDS = ("published", "count")
FIELDS = TEXT_FIELDS + VALUE_FIELDS + NAME_FIELDS + RANGE_FIELDS


class Part(NamedTuple):
    """One token of a sequence and how a token of the text must be like it.

    `prefix`: the token begins so. `within`: the token has it anywhere, for long Korean words. `glued`: nothing but
    invisible characters may stand between this token and the one before, as in a word of an unspaced script.
    `capitals`: it is written in capitals, as an abbreviation is that would else be met in another word.
    """

    text: str
    how: Literal["is", "prefix", "within"] = "is"
    glued: bool = False
    capitals: bool = False


Sequence = tuple[Part, ...]


@dataclass(frozen=True)
class Phrase:
    """Words in a row, in any of several spellings."""

    field: str
    spellings: tuple[Sequence, ...]
    source: str  # as the user wrote it
    position: int


@dataclass(frozen=True)
class Near:
    """Words in any order with at most `distance` tokens between them."""

    field: str
    words: tuple[tuple[Sequence, ...], ...]
    distance: int
    source: str
    position: int


@dataclass(frozen=True)
class Value:
    """A field that has one of `values`, or begins with one of them."""

    field: str
    values: tuple[str, ...]
    prefix: bool
    source: str
    position: int


@dataclass(frozen=True)
class PublishedRange:
    """Published at or after `low` and before `high`."""

    low: datetime | None
    high: datetime | None
    source: str
    position: int
    field: str = "published"


@dataclass(frozen=True)
class CountRange:
    """A done count from `low` to `high`; each bound included or not."""

    low: float
    high: float
    include_low: bool
    include_high: bool
    source: str
    position: int
    field: str = "count"

    def holds(self, number: float) -> bool:
        above = number >= self.low if self.include_low else number > self.low
        below = number <= self.high if self.include_high else number < self.high
        return above and below


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    part: Node


Leaf = Phrase | Near | Value | PublishedRange | CountRange
Node = Leaf | And | Or | Not


def leaves(node: Node, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Every leaf under `node`, and whether an odd number of NOT stands above it."""
    if isinstance(node, Not):
        yield from leaves(node.part, not negated)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part, negated)
    else:
        yield node, negated


def sequences(leaf: Leaf) -> Iterator[Sequence]:
    """The token sequences that a leaf looks for in text."""
    if isinstance(leaf, Phrase):
        yield from leaf.spellings
    elif isinstance(leaf, Near):
        for spellings in leaf.words:
            yield from spellings
