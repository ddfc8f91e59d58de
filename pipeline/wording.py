"""How the text around a count is worded, and where in it the count stands, as marks that learned weights speak of.

Terms say what a word means wherever it stands; here the plain words beside a figure speak, which tell a course that was
"attended by 30" from one that "seats 30". A word that labelled articles seldom had has no weight.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pipeline.counted import PERSONS, Count
from pipeline.reading import Reading, Sentence

#: How many words on either side count as beside a figure, and how many of them by their place.
_BESIDE = 6
_PLACED = 3
#: Languages whose tokens are less than a syllable: so many of them make a word.
_UNSPACED = frozenset(("th", "lo", "km", "my"))
_SYLLABLES = 3
#: What the words of the sentence before weigh, and what headline and first sentence tell.
_BEFORE = 0.5
_TOLD = 0.5
#: Every mark of a word begins so.
WORD = "word "
_QUOTES = re.compile(r"[“”\"«»「」『』]")
_FRONT = ("title", "lead")
_NAMES = ("org", "agency", "person", "place")
_OF_BEFORE = frozenset("past cumulative expected waiting claimed new started background study".split())


class Wording:
    """One article's words and names, by sentence."""

    def __init__(self, reading: Reading, counts: Sequence[Count]) -> None:
        self._reading = reading
        self._counts = counts
        self._starts = [token.start for token in reading.tokens]
        self._people = [count.figure.number.value for count in counts if count.unit in PERSONS]
        self._titled = [count.figure.number.value for count in counts if count.sentence.zone == "title"]
        self._own = self._named([sentence for sentence in reading.sentences if sentence.zone in _FRONT])

    def front(self) -> dict[str, float]:
        """What headline and first sentence tell, which every count of the article is seen against."""
        return {
            f"{sentence.zone} tells {hit.entry.name}": _TOLD
            for sentence, hits in zip(self._reading.sentences, self._reading.by_sentence, strict=True)
            if sentence.zone in _FRONT
            for hit in hits
            if hit.entry.kind in ("concept", "cue")
        }

    def words(self, count: Count) -> dict[str, float]:
        """The words beside the count, of its sentence and of the sentence before."""
        sentence = count.sentence
        first, last = self._span(sentence.start, sentence.end)
        start, end = self._span(count.start, count.end)
        reach = _BESIDE + (_SYLLABLES if self._reading.language in _UNSPACED else 0)
        before, after = self._told(max(first, start - reach), start), self._told(end, min(last, end + reach + 1))
        marks: dict[str, float] = {}
        if sentence.index > 1:
            earlier = self._reading.sentences[sentence.index - 1]
            for word in self._told(*self._span(earlier.start, earlier.end)):
                marks[f"{WORD}of the sentence before {word}"] = _BEFORE
        whole = self._told(first, last)
        told = [f"first {whole[0]}"] if whole else []
        for way, words in (("before", before[::-1]), ("after", after)):
            told += [f"{way} {word}" for word in words]
            told += [f"{place} {way} {word}" for place, word in enumerate(words[:_PLACED], 1)]
            if len(words) > 1:
                told.append(f"two {way} {words[0]} {words[1]}")
        told += [f"of the sentence {word}" for word in whole if word != _DIGITS]
        marks.update({WORD + mark: 1.0 for mark in told})
        return marks

    def place(self, count: Count) -> Iterator[str]:
        """Where the count stands among sentences, names and the other counts."""
        sentence, text, value = count.sentence, self._reading.text, count.figure.number.value
        yield f"sentence {min(sentence.index, 12)}"
        yield f"of sentences {_many(len(self._reading.sentences))}"
        beside = [other for other in self._counts if other.sentence is sentence]
        yield f"counts in sentence {min(len(beside), 5)}"
        yield f"place among them {min(beside.index(count), 4)}"
        if count.unit in PERSONS:
            if value == max(self._people):
                yield "the largest"
            if value == min(self._people):
                yield "the smallest"
        if not self._titled:
            yield "no number in the headline"
        else:
            way = "above" if value > max(self._titled) else "below" if value < max(self._titled) else "equal to"
            yield f"{way} the headline"
            yield f"{way} the headline in {sentence.zone}"
        if count.start - sentence.start <= 3:
            yield from _zoned("begins the sentence", sentence.zone)
        if len(_QUOTES.findall(text, sentence.start, count.start)) % 2:
            yield from _zoned("quoted", sentence.zone)
        named = self._named([sentence])
        yield from _zoned(f"{'own' if named & self._own else 'other' if named else 'no'} names", sentence.zone)
        if sentence.index > 1:
            earlier = self._reading.sentences[sentence.index - 1]
            if earlier.paragraph != sentence.paragraph:
                yield "new paragraph"
            for hit in self._reading.by_sentence[earlier.index]:
                is_month = self._reading.quote(hit.start, hit.end) == "May"
                if hit.entry.kind in ("cue", "concept") and hit.entry.name in _OF_BEFORE and not is_month:
                    yield f"sentence before {hit.entry.name}"

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return bisect_left(self._starts, start), bisect_left(self._starts, end)

    def _told(self, first: int, end: int) -> list[str]:
        words = [_DIGITS if token.text.isdecimal() else token.text for token in self._reading.tokens[first:end]]
        if self._reading.language not in _UNSPACED:
            return words
        return ["".join(words[at : at + _SYLLABLES]) for at in range(len(words) - _SYLLABLES + 1)]

    def _named(self, sentences: Sequence[Sentence]) -> set[str]:
        """Countries, places and names of some sentences."""
        found: set[str] = set()
        for sentence in sentences:
            for hit in self._reading.by_sentence[sentence.index]:
                if hit.entry.country:
                    found.add(hit.entry.country)
                elif hit.entry.kind in _NAMES:
                    found.add(hit.entry.name)
        return found


_DIGITS = "#"


def _zoned(mark: str, zone: str) -> Iterator[str]:
    yield mark
    yield f"{mark} in {zone}"


def _many(sentences: int) -> str:
    return "few" if sentences <= 5 else "some" if sentences <= 12 else "many"
