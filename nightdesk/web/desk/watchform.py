"""The form of a watch: what was typed into it, kept as it is, and as somebody would give it to `watches add`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from core.errors import QueryError
from core.query import parse_query
from core.watch import Watch
from nightdesk.settings.references import countries, languages
from nightdesk.web.desk.deeds import Form
from nightdesk.wordlist import as_query, as_words

_MARKS = re.compile(r"[,;\n]+")
#: Keys that have no field: what the watch has stays.
_UNSEEN = ("threads", "group_wait", "update_interval", "must_match", "must_not_match")


@dataclass(frozen=True)
class Fields:
    """What the form shows."""

    name: str = ""
    topics: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    words: str = ""  # one a line
    query: str = ""
    countries: str = ""
    languages: str = ""
    sources: str = ""
    minimum_sources: str = "1"
    channels: tuple[str, ...] = ()
    mode: str = "immediate"
    digest_at: str = ""
    digest_empty: bool = False
    updates: str = "all"
    urgent: bool = False
    show_names: bool = False
    reason: str = ""

    @property
    def whole_query(self) -> str:
        """The words and the query, where both are given both."""
        words, query = as_query(self.words.splitlines()), self.query.strip()
        return f"({words}) ({query})" if words and query else words or query

    def given(self, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As `watches add` takes it; `before` is the definition that is changed."""
        kept = {key: (before or {}).get(key) for key in _UNSEEN}
        lists = {
            "topics": list(self.topics),
            "events": list(self.events),
            "countries": [_code(one, _countries(), upper=True) for one in listed(self.countries)],
            "languages": [_code(one, _languages()) for one in listed(self.languages)],
            "sources": listed(self.sources),
            "channels": list(self.channels),
        }
        single = {
            "query": self.whole_query,
            "minimum_sources": int(self.minimum_sources) if self.minimum_sources.isdecimal() else self.minimum_sources,
            "mode": self.mode,
            "digest_at": self.digest_at,
            "updates": self.updates,
        }
        truths = {"digest_empty": self.digest_empty, "urgent": self.urgent, "show_names": self.show_names}
        return {"name": self.name} | {key: one for key, one in (kept | lists | single | truths).items() if one}


@dataclass(frozen=True)
class BadQuery:
    """A query with the place where it cannot be read."""

    reason: str
    before: str
    at: str
    after: str
    position: int


def check_query(query: str) -> BadQuery | None:
    """What is wrong with the query by itself, without the words beside it."""
    if not query.strip():
        return None
    try:
        parse_query(query)
    except QueryError as error:
        at = error.position
        return BadQuery(error.reason, query[:at], query[at : at + 1] or "␣", query[at + 1 :], at + 1)
    return None


def from_form(form: Form) -> Fields:
    """Raises UsageError for what is longer than any watch."""
    return Fields(
        name=form.text("name", 100),
        topics=tuple(form.words("topics")),
        events=tuple(form.words("events")),
        words=form.text("words"),
        query=form.text("query"),
        countries=form.text("countries"),
        languages=form.text("languages"),
        sources=form.text("sources"),
        minimum_sources=form.text("minimum_sources", 10) or "1",
        channels=tuple(form.words("channels")),
        mode=form.text("mode", 20) or "immediate",
        digest_at=form.text("digest_at", 40),
        digest_empty=bool(form.text("digest_empty")),
        updates=form.text("updates", 20) or "all",
        urgent=bool(form.text("urgent")),
        show_names=bool(form.text("show_names")),
        reason=form.text("reason", 500),
    )


def of_watch(watch: Watch) -> Fields:
    """The form as it stands for a watch that is there."""
    words = as_words(watch.query)
    return Fields(
        name=watch.name,
        topics=watch.topics,
        events=watch.events,
        words="\n".join(words or ()),
        query=(watch.query or "") if words is None else "",
        countries=", ".join(watch.countries),
        languages=", ".join(watch.languages),
        sources=", ".join(watch.sources),
        minimum_sources=str(watch.minimum_sources),
        channels=watch.channels,
        mode=watch.mode,
        digest_at="" if watch.digest_at is None else str(watch.digest_at),
        digest_empty=watch.digest_empty,
        updates=watch.updates,
        urgent=watch.urgent,
        show_names=watch.show_names,
    )


def copy_of(watch: Watch) -> Fields:
    """The form for another watch that asks the same."""
    return replace(of_watch(watch), name="")


def widened(fields: Fields, key: str, value: str) -> Fields:
    """With one more topic, event, country, language or source to choose from."""
    if key in ("topics", "events"):
        values: dict[str, Any] = {key: tuple(dict.fromkeys([*getattr(fields, key), value]))}
        return replace(fields, **values)
    if key in ("countries", "languages", "sources"):
        values = {key: ", ".join(dict.fromkeys([*listed(getattr(fields, key)), value]))}
        return replace(fields, **values)
    return fields


def with_word(fields: Fields, word: str, clause: str, instead: bool) -> Fields:
    """With a word beside a clause of the query, or in its place; the clause as the query has it."""
    plain, lines = clause.strip('"'), fields.words.splitlines()
    if fields.query and clause in fields.query:
        written = word if instead else f"({clause} OR {word})"
        return replace(fields, query=fields.query.replace(clause, written, 1))
    if fields.query:
        return replace(fields, query=f"{fields.query} OR {word}")
    kept = [line for line in lines if not (instead and line == plain)]
    return replace(fields, words="\n".join(dict.fromkeys([*kept, word.strip('"')])))


def listed(text: str) -> list[str]:
    """What stands between commas, semicolons or on lines of its own."""
    return [word for one in _MARKS.split(text) if (word := one.strip())]


def _code(word: str, names: Mapping[str, str], upper: bool = False) -> str:
    """The code of a name that a person writes; what is no name is left for the check to refuse."""
    found = names.get(word.casefold())
    return found or (word.upper() if upper and len(word) == 2 else word)


@cache
def _countries() -> Mapping[str, str]:
    from babel import Locale

    return _by_name(Locale("en").territories, countries())


@cache
def _languages() -> Mapping[str, str]:
    from babel import Locale

    return {"traditional chinese": "zh-Hant", **_by_name(Locale("en").languages, languages())}


def _by_name(names: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    return {names[code].split(" (")[0].casefold(): code for code in codes if code in names}
