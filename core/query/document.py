"""An article as queries see it: its running texts made ready once, and its values."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple, Protocol

from core.clock import as_utc
from core.query.nodes import Part
from core.query.wording import is_compound
from core.text import HYPHENS, Token, fold, forms, is_space_free, written_words

_LONGEST_CHAIN = 4  # words that hyphens make one: state-of-the-art
_GAP = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*")
_WIDE_GAP = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff・·‧･]*")


class Alias(NamedTuple):
    """Another way to find some tokens: the plural as it was written, or hyphenated words as one."""

    text: str
    first: int
    last: int


class Field:
    """One running text, folded into a string that can be searched for ` word word `, with the way back."""

    def __init__(self, name: str, original: str) -> None:
        self.name = name
        self.original = original
        self.texts: list[str] = []  # of its tokens
        self._plain: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self.aliases: list[Alias] = []
        self._read()
        self.folded = f" {' '.join(self.texts)} "
        self.haystack = f"{self.folded}\n {' '.join([alias.text for alias in self.aliases])} "

    def _read(self) -> None:
        """Fill the lists; one plain loop, since this is what matching costs most."""
        original, texts, plains, spans = self.original, self.texts, self._plain, self._spans
        before = -1
        for word in written_words(original):
            span = word.span()
            for text, plain in forms(word[0]):
                if plain != text:
                    self.aliases.append(Alias(plain, len(texts), len(texts)))
                texts.append(text)
                plains.append(plain)
                spans.append(span)
            if span[0] == before + 1 and original[before] in HYPHENS and texts:
                self.aliases += self._closed(len(texts) - 1)
            before = span[1]

    def _closed(self, last: int) -> Iterator[Alias]:
        """The compounds that end with token `last`, written as one word."""
        written = self.cut(last, last)
        for first in range(last - 1, max(last - _LONGEST_CHAIN, -1), -1):
            if not is_compound(self.original, self._token(first), self._token(first + 1)):
                return
            written = self.cut(first, first) + written
            for form in forms(written)[:1]:
                yield from (Alias(text, first, last) for text in dict.fromkeys(form))

    def _token(self, index: int) -> Token:
        return Token(self.texts[index], *self._spans[index])

    def cut(self, first: int, last: int) -> str:
        """The original text from one token to another."""
        start, end = self.span(first, last)
        return self.original[start:end]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where two tokens begin and end in the original."""
        return self._spans[first][0], self._spans[last][1]

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(text) + 1 for text in self.texts), initial=1))

    @cached_property
    def _alias_starts(self) -> list[int]:
        return list(accumulate((len(alias.text) + 1 for alias in self.aliases), initial=len(self.folded) + 2))

    def place(self, offset: int) -> tuple[int, int]:
        """First and last token of what stands at `offset` in the haystack."""
        if offset < len(self.folded):
            index = min(bisect_right(self._starts, offset) - 1, len(self.texts) - 1)
            return index, index
        alias = self.aliases[min(bisect_right(self._alias_starts, offset) - 1, len(self.aliases) - 1)]
        return alias.first, alias.last

    def fits(self, part: Part, index: int) -> bool:
        """Whether token `index` is what `part` asks for."""
        if not 0 <= index < len(self.texts):
            return False
        token = self.texts[index]
        if part.how == "prefix":
            fits = token.startswith(part.text) or self._plain[index].startswith(part.text)
        else:
            fits = token == part.text if part.how == "is" else part.text in token
        if part.capitals and not self.cut(index, index).isupper():
            return False
        return fits and (not part.glued or self._unbroken(index))

    def _unbroken(self, index: int) -> bool:
        """Whether nothing that ends a word stands before token `index`."""
        if index == 0:
            return False
        end, start = self._spans[index - 1][1], self._spans[index][0]
        gap = _WIDE_GAP if is_space_free(self.texts[index - 1]) and is_space_free(self.texts[index]) else _GAP
        return start <= end or gap.fullmatch(self.original, end, start) is not None


@lru_cache(maxsize=8)
def read_field(name: str, original: str) -> Field:
    """A field made ready; watches and search ask for the same one, one after the other."""
    return Field(name, original)


class FactLike(Protocol):
    """What a query can ask of a fact."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def from_country(self) -> str | None: ...
    @property
    def via_country(self) -> str | None: ...
    @property
    def to_country(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def value(self) -> float | None: ...


@dataclass(frozen=True)
class Document:
    """One article version, made ready for any number of queries."""

    fields: tuple[Field, ...]
    values: dict[str, frozenset[str]]
    published: datetime | None
    counts: tuple[float, ...]

    @classmethod
    def of(
        cls,
        *,
        title: str = "",
        text: str = "",
        url: str = "",
        source: str | None = None,
        language: str | None = None,
        topics: Iterable[str] = (),
        events: Iterable[str] = (),
        countries: Iterable[str] = (),
        agencies: Iterable[str] = (),
        published: datetime | None = None,
        counts: Iterable[float] = (),
        facts: Iterable[FactLike] = (),
    ) -> Document:
        """A document of what is known; `facts` add their countries, agencies and done counts."""
        facts = tuple(facts)
        ways = [fact for fact in facts if fact.kind in ("place", "route")]
        places = [
            way for fact in ways for way in (fact.country, fact.from_country, fact.via_country, fact.to_country) if way
        ]
        names = [fact.name for fact in facts if fact.kind == "agency" and fact.name]
        done = [
            fact.value for fact in facts if fact.kind == "count" and fact.status == "done" and fact.value is not None
        ]
        return cls(
            fields=tuple(
                read_field(name, words) for name, words in (("title", title), ("text", text), ("url", url)) if words
            ),
            values={
                "source": frozenset([source.casefold()] if source else ()),
                "lang": frozenset(_tag_and_its_heads(language)),
                "topic": frozenset(map(slug, topics)),
                "event": frozenset(map(slug, events)),
                "country": frozenset(country.casefold() for country in (*countries, *places)),
                "agency": frozenset(fold(name) for name in (*agencies, *names)),
            },
            published=as_utc(published) if published else None,
            counts=(*counts, *done),
        )


def slug(name: str) -> str:
    """A topic or event name as it is compared: `Rescue-Release` is `rescue_release`."""
    return name.casefold().replace("-", "_")


def _tag_and_its_heads(language: str | None) -> list[str]:
    """`zh-Hant-TW` is also `zh-Hant` and `zh`."""
    if not language:
        return []
    subtags = language.casefold().replace("_", "-").split("-")
    return ["-".join(subtags[: count + 1]) for count in range(len(subtags))]
