"""A brief as plain values, which every format writes in its own way. Strings are one line and in their final words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Source:
    """An article as it is cited."""

    article_id: int
    development_id: int
    outlet: str
    type: str | None  # of source: newspaper, wire, police, ...
    byline: str
    title: str  # as the publisher wrote it, in its own language
    language: str | None
    published_on: date | None  # in the user's zone; None where the publisher did not say
    accessed_on: date
    url: str
    sha256: str | None
    tongue: str  # the language in words
    dates: str  # both moments in words


@dataclass(frozen=True)
class Note:
    """One footnote: an article, and the words of it that the statement rests on."""

    source: Source
    quote: str = ""
    speaker: str = ""
    remark: str = ""  # where it does not rest on words of the article

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the title, the title, and what stands between it and the address."""
        source = self.source
        kind = f" ({source.type.replace('_', ' ')})" if source.type else ""
        byline = f", {source.byline}" if source.byline else ""
        tongue = f" (in {source.tongue})" if source.tongue else ""
        return f"{source.outlet}{kind}{byline}: ", source.title, f"{tongue}. {source.dates}. "

    @property
    def said(self) -> str:
        """The words of the article, and who said them; empty where the note is of the whole article."""
        if not self.quote:
            return self.remark
        return f"“{self.quote}”" + (f" ({self.speaker})" if self.speaker else "")


@dataclass(frozen=True)
class Line:
    """A statement, and the footnotes it rests on."""

    text: str
    notes: tuple[Note, ...] = ()
    language: str | None = None  # of the text, where it is a publisher's


@dataclass(frozen=True)
class Entry:
    """One development."""

    development_id: int
    headline: str
    about: str  # where, when, how well it stands
    lede: Line | None
    figures: tuple[Line, ...]
    changes: tuple[str, ...]
    reports: tuple[Line, ...]  # an outlet each

    def lines(self) -> Iterator[Line]:
        """Every statement with its notes, in the order of the page."""
        yield from (self.lede,) if self.lede else ()
        yield from self.figures
        yield from self.reports


@dataclass(frozen=True)
class Chapter:
    """The developments of one case, or those that stand alone."""

    title: str
    entries: tuple[Entry, ...]
    earlier: tuple[str, ...] = ()  # stages before this span, a line each


@dataclass(frozen=True)
class Brief:
    """The whole document."""

    title: str
    about: tuple[str, ...]
    chapters: tuple[Chapter, ...]

    def sources(self) -> tuple[Source, ...]:
        """Every article that is cited, once, in the order of the notes."""
        found = {note.source.article_id: note.source for note in self.notes()}
        return tuple(found.values())

    def notes(self) -> Iterator[Note]:
        for chapter in self.chapters:
            for entry in chapter.entries:
                for line in entry.lines():
                    yield from line.notes
