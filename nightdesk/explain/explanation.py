"""What `explain` and `try` say: one sentence, what would mend it, then every stage's word and each watch at length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class WatchStory:
    """One watch at length."""

    watch: str
    outcome: str
    fired: bool
    sentence: str
    reason: str = ""  # of the match on record
    lacks: tuple[dict[str, Any], ...] = ()  # what failed: filter or clause, with what is absent or in the way
    has: tuple[dict[str, Any], ...] = ()  # words of its query that are there, with place and sentence
    decisions: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        yield f"{self.watch}: {self.sentence}"
        if self.reason:
            yield f"  matched: {self.reason}"
        for lack in self.lacks:
            yield f"  lacks: {lack['words']}"
            yield from (f"    {line}" for line in lack["lines"])
        for word in self.has:
            yield f"  has: “{word['quote']}” at {word['position']}: {word['sentence']}"
        yield from (f"  {line}" for line in (*self.decisions, *self.deliveries))


@dataclass(frozen=True)
class Explanation:
    """The whole answer."""

    asked: str
    outcome: str
    sentence: str
    mend: tuple[str, ...] = ()
    article_id: int | None = None
    development_id: int | None = None
    title: str | None = None
    watch: str | None = None
    missed: bool = False
    today: bool = False  # the same thing would be told, had it come today
    key: str = ""  # under which a miss is kept
    notes: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    watches: tuple[WatchStory, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "key"}

    def lines(self) -> Iterator[str]:
        """For people: the sentence, what would mend it, and below a heading for each stage."""
        yield self.sentence
        yield from _section("What would mend it", self.mend)
        yield from _section("Note", self.notes)
        for heading, words in (("Seen", self.seen), ("Fetched", self.fetched), ("Read", self.read)):
            yield from _section(heading, words)
        yield from _section("Development", self.development)
        yield from _section("Watches", tuple(line for story in self.watches for line in story.lines()))


def _section(heading: str, words: tuple[str, ...]) -> Iterator[str]:
    if words:
        yield ""
        yield heading
        yield from (f"  {line}" for line in words)
