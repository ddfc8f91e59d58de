"""One running text made ready for queries: folded into a string that can be searched, with the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import sub
from typing import NamedTuple

from core.query.nodes import Part
from core.query.wording import is_compound
from core.text import HYPHENS, Token, Written, forms, is_space_free, written

_HYPHENS = frozenset(HYPHENS)
_LONGEST_CHAIN = 4  # words that hyphens make one: state-of-the-art
_GAP = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*")
_WIDE_GAP = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff・·‧･]*")


class Alias(NamedTuple):
    """Another way to find some tokens: the plural as it was written, or hyphenated words as one."""

    text: str
    first: int
    last: int


class Places(NamedTuple):
    """Where each token begins in the original, and how long it is there; which tokens each alias stands for."""

    starts: Sequence[int]
    lengths: Sequence[int]
    first: Sequence[int]
    further: Sequence[int]  # beside the first


class Field:
    """A text that can be searched for ` word word `.

    `folded` are its tokens; `haystack` is that, and its aliases on a second line. Where they stand is asked for when a
    word was met, which in most texts none is.
    """

    def __init__(self, name: str, original: str, haystack: str, places: Callable[[], Places]) -> None:
        self.name = name
        self.original = original
        self.haystack = haystack
        self.folded = haystack[: haystack.index("\n")]
        self.packed: bytes | None = None  # where it was packed before
        self._tell = places

    @cached_property
    def places(self) -> Places:
        return self._tell()

    @cached_property
    def texts(self) -> list[str]:
        """Its tokens."""
        return self.folded[1:-1].split(" ") if len(self.folded) > len("  ") else []

    @cached_property
    def aliases(self) -> list[Alias]:
        written = self.haystack[len(self.folded) + 2 : -1].split(" ")
        _, _, first, further = self.places
        return [Alias(text, a, a + more) for text, a, more in zip(written, first, further, strict=False)]

    @cached_property
    def _plurals(self) -> dict[int, str]:
        """What tokens were before their plural was taken away."""
        return {alias.first: alias.text for alias in self.aliases if alias.first == alias.last}

    def cut(self, first: int, last: int) -> str:
        """The original text from one token to another."""
        start, end = self.span(first, last)
        return self.original[start:end]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where two tokens begin and end in the original."""
        starts, lengths, _, _ = self.places
        return starts[first], starts[last] + lengths[last]

    def alias(self, number: int) -> tuple[int, int]:
        """First and last token of what an alias stands for."""
        first = self.places.first[number]
        return first, first + self.places.further[number]

    def fits(self, part: Part, index: int) -> bool:
        """Whether token `index` is what `part` asks for."""
        if not 0 <= index < len(self.texts):
            return False
        token = self.texts[index]
        if part.how == "prefix":
            fits = token.startswith(part.text) or self._plurals.get(index, token).startswith(part.text)
        else:
            fits = token == part.text if part.how == "is" else part.text in token
        if part.capitals and not self.cut(index, index).isupper():
            return False
        return fits and (not part.glued or self._unbroken(index))

    def _unbroken(self, index: int) -> bool:
        """Whether nothing that ends a word stands before token `index`."""
        if index == 0:
            return False
        starts, lengths, _, _ = self.places
        start, end = starts[index], starts[index - 1] + lengths[index - 1]
        if start <= end:
            return True
        gap = _WIDE_GAP if is_space_free(self.texts[index - 1]) and is_space_free(self.texts[index]) else _GAP
        return gap.fullmatch(self.original, end, start) is not None


@lru_cache(maxsize=8)
def read_field(name: str, original: str) -> Field:
    """A field made ready; watches and search ask for the same one, one after the other."""
    return make_field(name, original, written(original))


def make_field(name: str, original: str, found: Written) -> Field:
    """The same, where its words are known already."""
    aliases = _aliases(original, found)
    folded, others = " ".join([text for text, _ in found.forms]), " ".join([alias.text for alias in aliases])

    def places() -> Places:
        lengths = list(map(sub, found.ends, found.starts))
        first = [alias.first for alias in aliases]
        return Places(found.starts, lengths, first, [alias.last - alias.first for alias in aliases])

    return Field(name, original, f" {folded} \n {others} ", places)


def _aliases(original: str, found: Written) -> list[Alias]:
    """In the order of the text: plurals as they were written, and each end of a compound as one word."""
    plurals = {at: plain for at, (text, plain) in enumerate(found.forms) if plain != text}
    joined = {at for at, gap in enumerate(found.gaps) if at and gap in _HYPHENS}
    aliases: list[Alias] = []
    for at in sorted(plurals.keys() | joined):
        if at in plurals:
            aliases.append(Alias(plurals[at], at, at))
        if at in joined:
            aliases += _closed(original, found, at)
    return aliases


def _closed(original: str, found: Written, last: int) -> Iterator[Alias]:
    """The compounds that end with token `last`, written as one word."""
    _, starts, ends, _ = found
    closed = original[starts[last] : ends[last]]
    for first in range(last - 1, max(last - _LONGEST_CHAIN, -1), -1):
        if not is_compound(original, _token(found, first), _token(found, first + 1)):
            return
        closed = original[starts[first] : ends[first]] + closed
        for form in forms(closed)[:1]:
            yield from (Alias(text, first, last) for text in dict.fromkeys(form))


def _token(found: Written, index: int) -> Token:
    return Token(found.forms[index].text, found.starts[index], found.ends[index])
