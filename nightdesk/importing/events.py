"""A row of a sheet as an event: its labels, its facts, its source; or everything that is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast, get_args

from core.clock import iso
from core.text import clean
from core.urls import normalise_url
from nightdesk.importing.cells import country_of, first_moment, read_day, read_figure
from nightdesk.importing.columnmap import Column, ColumnMap, Count
from nightdesk.importing.sheet import Row
from nightdesk.settings.mistakes import did_you_mean
from pipeline.language import normal_tag
from pipeline.ruled import as_json
from pipeline.values import Fact, Status

_SEVERAL = re.compile(r"\s*[;|\n]\s*")
_SEVERAL_WORDS = re.compile(r"\s*[;|/\n]\s*|\s*,\s+")  # of what has no commas in its names
_EARLIEST = date(1900, 1, 1)
_SURE = 1.0


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell."""

    row: int
    column: str
    value: str
    problem: str


@dataclass(frozen=True)
class Event:
    """What a row becomes."""

    row: int
    key: str
    title: str
    text: str
    date: str  # as precise as it was written
    published: datetime
    url: str | None
    outlet: str | None
    language: str | None
    topics: tuple[str, ...]
    events: tuple[str, ...]
    facts: tuple[Fact, ...]
    cells: Mapping[str, str] = field(repr=False, default_factory=dict)

    def said(self) -> dict[str, Any]:
        """Everything about it that makes a development: another one where this is another."""
        values = {name: getattr(self, name) for name in ("title", "text", "date", "url", "outlet", "language")}
        facts = [as_json(fact) for fact in self.facts]
        return {
            **values,
            "published": iso(self.published),
            "topics": self.topics,
            "events": self.events,
            "facts": facts,
        }


@dataclass(frozen=True)
class Beats:
    """The topics there are, each with its event types."""

    events: Mapping[str, Collection[str]]

    def topics_of(self, event: str) -> list[str]:
        return [topic for topic, events in self.events.items() if event in events]


def read_rows(rows: Sequence[Row], mapped: ColumnMap, beats: Beats, today: date) -> tuple[list[Event], list[Problem]]:
    """The events of a sheet, and what is wrong with the rows that are none."""
    events: list[Event] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        reading = _Reading(row, mapped, beats, today)
        event = reading.event()
        first = seen.setdefault(reading.key, row.number)
        if first != row.number:
            reading.wrong(mapped.key[0], f"row {first} has the same key; a key is of one row")
        if event is None or reading.problems:
            problems += reading.problems
        else:
            events.append(event)
    return events, problems


def key_of(row: Row, mapped: ColumnMap) -> str:
    """What makes a row the same one when its sheet is imported again."""
    return " ".join(row.cells.get(column, "") for column in mapped.key).strip()


class _Reading:
    """One row, read column by column; what cannot be read is noted, and reading goes on."""

    def __init__(self, row: Row, mapped: ColumnMap, beats: Beats, today: date) -> None:
        self._row = row
        self._map = mapped
        self._beats = beats
        self._today = today
        self.problems: list[Problem] = []
        self.key = key_of(row, mapped)

    def wrong(self, column: str, problem: str) -> None:
        self.problems.append(Problem(self._row.number, column, self._row.cells.get(column, "")[:80], problem))

    def event(self) -> Event | None:
        columns = self._map.columns
        if not self.key:
            self.wrong(self._map.key[0], "is empty; every row needs a key of its own")
        title = " ".join(clean(self._row.cells.get(columns.title, "")).split())
        if not title:
            self.wrong(columns.title, "is empty; every event needs a title")
        when = self._day(columns.date)
        published = self._day(columns.published) if columns.published else None
        topics, events = self._labels()
        facts = [*self._facts(when), *self._figures()]
        url = self._url()
        outlet = self._value("outlet")
        if url is None and outlet is None and not self.problems:
            self.wrong(columns.outlet or columns.title, "neither address nor outlet: whose word is it?")
        if when is None or self.problems:
            return None
        text = clean(self._value("text") or "").strip()
        published_at = first_moment(published or when)
        language = self._language()
        return Event(
            self._row.number, self.key, title, text, when, published_at, url, outlet, language, topics, events,
            tuple(facts), self._row.cells,
        )  # fmt: skip

    def _value(self, name: str) -> str | None:
        """What a row says of something, in our words: from its column, else what is the same for all."""
        column = getattr(self._map.columns, name, None)
        words = self._map.ours(name, self._row.cells.get(column, "")) if column else ""
        return words or getattr(self._map.constants, name, None)

    def _column(self, name: str) -> str:
        return getattr(self._map.columns, name, None) or f"constants.{name}"

    def _day(self, column: str) -> str | None:
        words = self._row.cells.get(column, "")
        if not words:
            if column == self._map.columns.date:
                self.wrong(column, "is empty; every event needs a date")
            return None
        day = read_day(words, self._map.date_format)
        if day is None:
            wanted = self._map.date_format or "2026-10-13, 2026-10 or 2026"
            self.wrong(
                column, f"is no date; write {wanted}" + ("" if self._map.date_format else ", or set date_format")
            )
        elif not _EARLIEST <= first_moment(day).date() <= self._today + timedelta(days=1):
            self.wrong(column, "is before 1900 or has not come yet")
        else:
            return day
        return None

    def _labels(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        events = self._several("event")
        topics = self._several("topic")
        known = {event for some in self._beats.events.values() for event in some}
        for kind, names, there in (("event", events, known), ("topic", topics, self._beats.events)):
            for name in names:
                if name not in there:
                    hint = did_you_mean(name, there) or f"there are {', '.join(sorted(there))}"
                    self.wrong(
                        self._column(kind), f"there is no {kind} {name!r}; {hint}; or map it with [values.{kind}]"
                    )
        for event in events:
            of = self._beats.topics_of(event)
            if len(of) == 1:
                topics = tuple(dict.fromkeys((*topics, *of)))
            elif of and not set(of) & set(topics):
                self.wrong(self._column("event"), f"{event} is of {' and '.join(of)}: map a topic too")
        return topics, events

    def _several(self, name: str) -> tuple[str, ...]:
        column = getattr(self._map.columns, name)
        cell = self._row.cells.get(column, "") if column else ""
        is_known_whole = self._map.ours(name, cell) != cell.strip()
        words = [cell] if is_known_whole else [part for part in _SEVERAL_WORDS.split(cell) if part.strip()]
        constant = getattr(self._map.constants, name)
        found = [self._map.ours(name, word) for word in words] or ([constant] if constant else [])
        return tuple(dict.fromkeys(found))

    def _facts(self, when: str | None) -> Iterator[Fact]:
        speaker = self._value("speaker")
        if when is not None:
            yield _fact(kind="date", event_date=when, leading=True)
        countries = self._countries()
        places = [part for part in _SEVERAL.split(self._value("place") or "") if part]
        for place in places:
            yield _fact(kind="place", place=place, country=countries[0] if countries else None, speaker=speaker)
        for country in countries[1 if places else 0 :]:
            yield _fact(kind="place", place=None, country=country, speaker=speaker)
        for kind in ("agency", "person"):
            for name in _SEVERAL.split(self._value(kind) or ""):
                if name:
                    yield _fact(kind=kind, name=name, speaker=speaker)

    def _countries(self) -> list[str]:
        found = []
        for word in self._several("country"):
            code = country_of(word)
            if code is None:
                problem = f"{word!r} is no country that is known; write its two letters, as TH, or map it"
                self.wrong(self._column("country"), f"{problem} with [values.country]")
            else:
                found.append(code)
        return list(dict.fromkeys(found))

    def _figures(self) -> Iterator[Fact]:
        for index, count in enumerate(self._map.count):
            words = self._row.cells.get(count.value, "")
            if words in ("", "-", "–", "n/a", "N/A"):
                continue
            figure = read_figure(words)
            if figure is None:
                self.wrong(count.value, "is no number; write 120, 1,041, 100-120, at least 100 or ~100")
                continue
            status = self._part(count, "status") or "done"
            if status not in get_args(Status):
                column = count.status.column if isinstance(count.status, Column) else count.value
                self.wrong(column, f"there is no status {status!r}; there are {', '.join(get_args(Status))}")
                continue
            leading = count.leading or (index == 0 and not any(other.leading for other in self._map.count))
            yield _fact(
                kind="count",
                unit=self._part(count, "unit") or "people",
                status=cast(Status, status),
                nationality=self._nationality(count),
                speaker=self._value("speaker"),
                leading=leading,
                **figure,
            )

    def _part(self, count: Count, name: str) -> str | None:
        said = getattr(count, name)
        return self._map.ours(name, self._row.cells.get(said.column, "")) or None if isinstance(said, Column) else said

    def _nationality(self, count: Count) -> str | None:
        said = self._part(count, "nationality")
        if said is None or not isinstance(count.nationality, Column):
            return said
        code = country_of(said)
        if code is None:
            self.wrong(count.nationality.column, f"{said!r} is no country that is known; write its two letters, as TH")
        return code

    def _url(self) -> str | None:
        said = self._value("url")
        if said is None:
            return None
        try:
            normalise_url(said)
        except ValueError as error:
            self.wrong(self._column("url"), f"is no address: {error}")
            return None
        return said

    def _language(self) -> str | None:
        said = self._value("language")
        return normal_tag(said) if said else None


def _fact(**values: Any) -> Fact:
    return Fact(**{"quote": "", "position": 0, "confidence": _SURE, **values})
