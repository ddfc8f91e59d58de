"""The words and names of a text as weights, and how alike two such weights are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import repeat
from operator import mul

import justext

from core.text import fold, is_unspaced, words

_LEAD = 3_000  # characters: news tells its story first, archives and boilerplate stand below
_KEPT = 160
_NORMS = 20_000  # kept at a time
_LEAST = 0.1
_TITLE = 2  # a word of the headline counts so many times more

#: Languages whose commonest words justext lists, by the tag we detect.
_LISTS = {
    "en": "English", "es": "Spanish", "fr": "French", "pt": "Portuguese", "it": "Italian", "de": "German",
    "id": "Indonesian", "ms": "Malay", "vi": "Vietnamese", "tl": "Tagalog", "fil": "Tagalog", "ko": "Korean",
    "ru": "Russian", "nl": "Dutch", "pl": "Polish", "cs": "Czech", "sv": "Swedish", "hu": "Hungarian",
    "hr": "Croatian", "sr": "Serbian", "ro": "Romanian", "tr": "Turkish", "ar": "Arabic", "hi": "Hindi",
    "bn": "Bengali", "ta": "Tamil", "si": "Sinhala", "ne": "Nepali", "ur": "Urdu", "sw": "Swahili",
}  # fmt: skip
_NAME = re.compile(r"\b[^\W\d_a-zа-яα-ω][\w'’]*(?:[\s-]+(?:(?:of|de|da|al|bin)\s+)?[^\W\d_a-zа-яα-ω][\w'’]*)*")

Weights = dict[str, float]


@cache
def common_words(language: str | None) -> frozenset[str]:
    """Folded words that say nothing about what a text in `language` is about."""
    return frozenset(fold(word) for word in usual_words(language))


@cache
def usual_words(language: str | None) -> frozenset[str]:
    """The same words as they are written, in lower case."""
    name = _LISTS.get((language or "").split("-")[0])
    return frozenset(justext.get_stoplist(name)) if name in justext.get_stoplists() else frozenset()


def word_weights(title: str, text: str, language: str | None) -> Weights:
    """Log-damped counts of the words of headline and lead; pairs of characters where a script has no spaces."""
    counts = Counter(_terms(text[:_LEAD]))
    for term in _terms(title):
        counts[term] += _TITLE
    for word in common_words(language):
        counts.pop(word, None)
    kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]
    return {term: round(1 + math.log(count), 3) for term, count in kept}


def _terms(text: str) -> Iterable[str]:
    previous = ""
    for word in words(text):
        if is_unspaced(word):
            if previous:
                yield previous + word
            previous = word
            continue
        previous = ""
        if len(word) > 1:
            yield word


def name_weights(title: str, text: str, language: str | None) -> Weights:
    """Runs of capitalised words: names, without a model. Empty in scripts that have no capitals."""
    lead = text[:_LEAD]
    usual = common_words(language)
    lower = set(re.findall(r"\b[^\W\d_A-ZА-Я]\w+", lead))
    counts: Counter[str] = Counter()
    for run in _NAME.findall(lead) + ([] if title.istitle() else _NAME.findall(title)):
        parts = run.split()
        while parts and (parts[0].lower() in lower or fold(parts[0]) in usual):
            parts.pop(0)  # the start of a sentence
        if parts and not (name := fold(" ".join(parts))).isdigit() and len(name) > 2 and parts[0].lower() != parts[0]:
            counts[name] += 1
    kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]
    return {name: round(1 + math.log(count), 3) for name, count in kept}


class Rarity:
    """How much a term tells, from the number of recent developments that have it."""

    least = _LEAST  # of a term that all of them have

    def __init__(self) -> None:
        self.size = 0
        self._seen: Counter[str] = Counter()
        self._of_count = _OfCount(0)
        self._norms: dict[int, tuple[Mapping[str, float], float]] = {}  # by id; the weights are kept so that it holds

    def add(self, terms: Iterable[str]) -> None:
        self.size += 1
        self._seen.update(terms)
        self._forget()

    def remove(self, terms: Iterable[str]) -> None:
        self.size -= 1
        self._seen.subtract(terms)
        self._forget()

    def of(self, term: str) -> float:
        return self._of_count[self._seen.get(term, 0)]

    def count(self, term: str) -> int:
        """How many developments have a term."""
        return self._seen.get(term, 0)

    def norm(self, weights: Mapping[str, float]) -> float:
        """How long a text's weights are, each as rare as its term is now; never 0."""
        known = self._norms.get(id(weights))
        if known is None:
            # Of every development near, for every article: what is asked most often, hence without a loop of ours.
            of = map(self._of_count.__getitem__, map(self._seen.get, weights, repeat(0)))
            told = list(map(mul, weights.values(), of))
            known = weights, math.sqrt(sum(map(mul, told, told))) or 1.0
            if len(self._norms) >= _NORMS:
                self._norms.clear()
            self._norms[id(weights)] = known
        return known[1]

    def _forget(self) -> None:
        self._of_count = _OfCount(self.size)
        self._norms.clear()


class _OfCount(dict[int, float]):
    """The rarity of a term that so many of `size` developments have, worked out when it is asked for."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, count: int) -> float:
        self[count] = math.log((self._size + 2) / (count + 1)) + _LEAST
        return self[count]


def cosine(one: Mapping[str, float], other: Mapping[str, float], rarity: Rarity) -> float:
    """Of TF-IDF weights: 0 nothing in common, 1 the same."""
    small, large = sorted((one, other), key=len)
    both = filter(large.__contains__, small)
    shared = sum([small[term] * large[term] * rarity.of(term) ** 2 for term in both])
    if not shared:
        return 0.0
    return shared / (rarity.norm(one) * rarity.norm(other))
