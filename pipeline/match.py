"""Which watches an article is for, and why: the filters of each watch against what the article is.

`minimum_sources` and `countries` are judged on the whole development, by the alerts stage.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from core.query import Document, Match, Query, QuerySet, parse_query
from core.query import Vocabulary as QueryVocabulary
from core.query.field import Field
from core.watch import Watch
from pipeline.values import Classification, Fact

_NEAR_MISSES = 50  # kept of one article; `why` answers for the others when someone asks
_QUOTE = 400
_BREAK = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+|(?<=[。！？؟।။៕])|\n+")
_BREAK_WITH_MARK = re.compile(r"[.!?][\"'”’)\]]*\s+|[。！？؟।။៕]|\n+")  # ends where the other does, sooner told


@dataclass(frozen=True)
class Subject:
    """An article as the watches see it."""

    title: str
    text: str
    url: str
    source: str | None
    language: str | None
    published: datetime
    classified: Classification
    facts: tuple[Fact, ...] = ()
    field: Field | None = None  # its text made ready for queries, where that was done before

    def document(self) -> Document:
        """What queries are matched against."""
        done = [fact for fact in self.facts if fact.kind == "count" and fact.status == "done"]
        return Document.of(
            title=self.title,
            text=self.field or self.text,
            url=self.url,
            source=self.source or "",
            language=self.language or "",
            topics=self.classified.topic_names,
            events=self.classified.event_names,
            countries=tuple(sorted(self.countries)),
            agencies=tuple(sorted({fact.name for fact in self.facts if fact.kind == "agency" and fact.name})),
            published=self.published,
            counts=tuple(fact.value for fact in done if fact.value is not None),
        )

    @property
    def countries(self) -> frozenset[str]:
        """Where it happened, not every country named."""
        named: set[str | None] = set()
        for fact in self.facts:
            if fact.kind in ("place", "route"):
                named |= {fact.country, fact.from_country, fact.via_country, fact.to_country}
        return frozenset(country for country in named if country)


@dataclass(frozen=True)
class Verdict:
    """What one watch makes of one article."""

    watch_id: int
    revision: int
    fired: bool
    reason: str
    terms: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True)
class Asked:
    """A watch with its query read."""

    id: int
    revision: int
    watch: Watch
    query: Query | None


def read_watch(id: int, revision: int, watch: Watch, vocabulary: QueryVocabulary | None) -> Asked:
    """Raises QueryError where the query cannot be read."""
    return Asked(id, revision, watch, parse_query(watch.query, vocabulary) if watch.query else None)


class Matcher:
    """All watches at once: their queries share one pass over the text, and watches of the same filters one look."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = tuple(asked)
        queries = {number: one.query for number, one in enumerate(self._asked) if one.query is not None}
        self._queries = QuerySet(queries) if queries else None
        self._alike: dict[_Filters, _Alike] = {}
        for number, one in enumerate(self._asked):
            alike = self._alike.setdefault(_filters(one.watch), _Alike(one.watch, [], []))
            (alike.without if one.query is None else alike.asking).append(number)

    def __len__(self) -> int:
        return len(self._asked)

    def verdicts(self, subject: Subject) -> list[Verdict]:
        """Every watch that fires, and the nearest misses."""
        matches = self._queries.match(subject.document()) if self._queries else {}
        against = {filters: objection(alike.watch, subject) for filters, alike in self._alike.items()}
        open_ = [alike for filters, alike in self._alike.items() if not against[filters]]
        fired = {number: _fired(self._asked[number], subject, None) for alike in open_ for number in alike.without}
        missed = []
        for number, match in matches.items():
            one = self._asked[number]
            if words := against[_filters(one.watch)]:
                missed.append(Verdict(one.id, one.revision, False, words, terms_of(match)))
            else:
                fired[number] = _fired(one, subject, match)
        unmet = (number for alike in open_ for number in alike.asking if number not in matches)
        for number in islice(unmet, max(_NEAR_MISSES - len(missed), 0)):
            one = self._asked[number]
            missed.append(Verdict(one.id, one.revision, False, no_match(one.watch)))
        return [fired[number] for number in sorted(fired)] + missed[:_NEAR_MISSES]


_Filters = tuple[tuple[str, ...], ...]


def _filters(watch: Watch) -> _Filters:
    """What `objections` looks at."""
    return (watch.topics, watch.events, watch.languages, watch.sources, watch.countries, watch.threads)


@dataclass(frozen=True)
class _Alike:
    """Watches of the same filters, those with a query and those without, by their numbers."""

    watch: Watch
    asking: list[int]
    without: list[int]


def why(one: Asked, subject: Subject) -> Verdict:
    """What a watch makes of an article, with the reason, whichever way it goes."""
    if against := objection(one.watch, subject):
        return Verdict(one.id, one.revision, False, against)
    if one.query is None:
        return _fired(one, subject, None)
    match = one.query.match(subject.document())
    return _fired(one, subject, match) if match else Verdict(one.id, one.revision, False, no_match(one.watch))


@dataclass(frozen=True)
class Objection:
    """One filter of a watch that does not hold."""

    filter: str  # topic | event | language | source | country | thread
    has: tuple[str, ...]
    wanted: tuple[str, ...]

    def __str__(self) -> str:
        wanted = " or ".join(self.wanted)
        if self.filter == "country":
            return f"no topic, and not of {wanted}"
        if self.filter == "thread":
            return f"it follows {wanted}, which no single article is"
        return f"{self.filter} {', '.join(self.has) or 'none'}, not {wanted}"


def objection(watch: Watch, subject: Subject) -> str:
    """The first filter of the watch that does not hold, or nothing. The query is not asked here."""
    return next((str(one) for one in objections(watch, subject)), "")


def objections(watch: Watch, subject: Subject) -> Iterator[Objection]:
    """Every filter of the watch that does not hold; the query is not asked here."""
    for name, has, wanted, same in (
        ("topic", subject.classified.topic_names, watch.topics, _equal),
        ("event", subject.classified.event_names, watch.events, _equal),
        ("language", (subject.language or "und",), watch.languages, _is_kind_of),
        ("source", (subject.source or "",), watch.sources, _equal),
    ):
        if wanted and not any(same(own, want) for own in has for want in wanted):
            yield Objection(name, tuple(filter(None, has)), wanted)
    if not watch.asks_articles:  # it follows cases: of which its development is, is known only when it is filed
        yield Objection("thread", (), watch.threads)
    # Of an article on no topic the development tells no more than itself; others are judged by all their articles.
    if watch.countries and not subject.classified.topics and not subject.countries & set(watch.countries):
        yield Objection("country", tuple(sorted(subject.countries)), watch.countries)


def _equal(own: str, wanted: str) -> bool:
    return own == wanted


def _is_kind_of(own: str, wanted: str) -> bool:
    return own.lower() == wanted.lower() or own.lower().startswith(wanted.lower() + "-")


def no_match(watch: Watch) -> str:
    return f"the query does not match: {watch.query}"


def terms_of(match: Match) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.text for term in match.terms))


def _fired(one: Asked, subject: Subject, match: Match | None) -> Verdict:
    held = [f"topic {', '.join(sorted(set(one.watch.topics) & set(subject.classified.topic_names)))}"] * bool(
        one.watch.topics
    )
    held += [f"event {', '.join(sorted(set(one.watch.events) & set(subject.classified.event_names)))}"] * bool(
        one.watch.events
    )
    terms = terms_of(match) if match else ()
    held += [f"words {', '.join(terms)}"] * bool(terms)
    reason = "; ".join(held) or "all its filters hold"
    return Verdict(one.id, one.revision, True, reason, terms, quote_for(subject, match))


def quote_for(subject: Subject, match: Match | None) -> str | None:
    """The sentence of the first match; without a query that of the strongest evidence, in the text if any is there."""
    if match:
        for term in match.terms:
            if term.field == "text":
                return sentence_at(subject.text, term.start, term.end)
        return subject.title or None
    # A message shows the title anyway.
    strongest = max(
        subject.classified.evidence,
        key=lambda evidence: (evidence.position > len(subject.title), evidence.weight),
        default=None,
    )
    if strongest is None:
        return sentence_at(subject.text, 0, 0) or subject.title or None
    whole = f"{subject.title}\n{subject.text}"
    return sentence_at(whole, strongest.position, strongest.position + len(strongest.quote))


@lru_cache(maxsize=4)
def _breaks(text: str) -> list[int]:
    """Where sentences begin; every watch that fires asks for one of the same text."""
    return [found.end() for found in _BREAK_WITH_MARK.finditer(text)]


def sentence_at(text: str, start: int, end: int) -> str:
    """The sentence around a span, cut at words where it is long."""
    breaks = _breaks(text)
    place = bisect_right(breaks, start)
    before = breaks[place - 1] if place else 0
    after = _BREAK.search(text, max(end, start))
    sentence = text[before : after.start() if after else len(text)]
    if len(sentence) <= _QUOTE:
        return sentence.strip()
    middle = start - before
    left = max(0, min(middle - _QUOTE // 3, len(sentence) - _QUOTE))
    piece = sentence[left : left + _QUOTE].strip()
    return f"{'… ' if left else ''}{piece}{' …' if left + _QUOTE < len(sentence) else ''}"


def readable(
    watches: Iterable[tuple[int, int, Watch]],
    vocabulary: QueryVocabulary | None,
    complain: Callable[[Watch, Exception], None],
) -> list[Asked]:
    """Every watch whose query can be read; the others are complained of and asked nothing."""
    asked = []
    for id, revision, watch in watches:
        try:
            asked.append(read_watch(id, revision, watch, vocabulary))
        except Exception as error:
            complain(watch, error)
    return asked
