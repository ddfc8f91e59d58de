"""One running text made ready for queries: folded into a string that can be searched, with the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from core.query.nodes import Part
from core.query.wording import is_compound
from core.text import HYPHENS, Token, forms, is_space_free, written_words

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

    def place(self, offset: int) -> tuple[int, int]:
        """First and last token of what stands at `offset` in the haystack: so many spaces stand before it."""
        if offset < len(self.folded):
            index = self.folded.count(" ", 0, offset) - 1
            return index, index
        index = self.haystack.count(" ", len(self.folded), offset) - 1
        first = self.places.first[index]
        return first, first + self.places.further[index]

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
    return _Reader(name, original).read()


class _Reader:
    """Reads a text from its beginning."""

    def __init__(self, name: str, original: str) -> None:
        self._name = name
        self._original = original
        self._texts: list[str] = []
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self._aliases: list[Alias] = []

    def read(self) -> Field:
        self._walk()
        folded, aliases = " ".join(self._texts), " ".join([alias.text for alias in self._aliases])
        first = [alias.first for alias in self._aliases]
        further = [alias.last - alias.first for alias in self._aliases]
        places = Places(self._starts, self._lengths, first, further)
        return Field(self._name, self._original, f" {folded} \n {aliases} ", lambda: places)

    def _walk(self) -> None:
        """One plain loop, since this is what matching costs most."""
        original, texts, starts, aliases = self._original, self._texts, self._starts, self._aliases
        before = -1
        for word in written_words(original):
            start, end = word.span()
            for text, plain in forms(word[0]):
                if plain != text:
                    aliases.append(Alias(plain, len(texts), len(texts)))
                texts.append(text)
                starts.append(start)
                self._lengths.append(end - start)
            if start == before + 1 and original[before] in HYPHENS and texts:
                aliases += self._closed(len(texts) - 1)
            before = end

    def _closed(self, last: int) -> Iterator[Alias]:
        """The compounds that end with token `last`, written as one word."""
        written = self._cut(last)
        for first in range(last - 1, max(last - _LONGEST_CHAIN, -1), -1):
            if not is_compound(self._original, self._token(first), self._token(first + 1)):
                return
            written = self._cut(first) + written
            for form in forms(written)[:1]:
                yield from (Alias(text, first, last) for text in dict.fromkeys(form))

    def _token(self, index: int) -> Token:
        return Token(self._texts[index], self._starts[index], self._starts[index] + self._lengths[index])

    def _cut(self, index: int) -> str:
        token = self._token(index)
        return self._original[token.start : token.end]
