"""What a configuration's entries say of each other: names that must exist, be unique, or mean something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from alerts.config import CONSOLE
from core.errors import QueryError
from core.query import parse_query
from nightdesk.settings.mistakes import Mistakes, did_you_mean
from nightdesk.settings.reading import Place, TomlFile


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2, as babel knows it, without its regions and private codes."""
    from babel import Locale

    others = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - others


@cache
def languages() -> frozenset[str]:
    """Primary language subtags."""
    from babel import Locale

    return frozenset(code for code in map(str, Locale("en").languages) if "_" not in code)


@dataclass(frozen=True)
class Known:
    """The names that entries may refer to."""

    topics: Collection[str] = ()
    events: Collection[str] = ()
    sources: Collection[str] = ()
    channels: Collection[str] = ()


@dataclass(frozen=True)
class References:
    """Looks up the names in one file."""

    file: TomlFile
    known: Known
    mistakes: Mistakes

    def check(self) -> None:
        """Every name in watches, channels, sources and operator."""
        for index, watch in enumerate(_tables(self.file.data.get("watch"))):
            self._watch(("watch", index), watch)
        for index, source in enumerate(_tables(self.file.data.get("source"))):
            self.source(("source", index), source)
        channels = dict(_named_tables(self.file.data.get("channel")))
        for name, channel in channels.items():
            self._fallback(("channel", name, "fallback"), channel.get("fallback"), channels)
        self._names(("operator", "channels"), _table(self.file.data.get("operator")), "channel")
        for index, report in enumerate(_tables(self.file.data.get("report"))):
            if isinstance(report.get("channel"), str):
                self._name(("report", index, "channel"), report["channel"], "channel")
        self._unique("report")
        self._unique("watch")
        self._unique("source")

    def source(self, place: Place, source: Mapping[str, Any]) -> None:
        """The beats, language and country of one source entry."""
        self._names((*place, "beats"), source, "topic")
        for key in ("language", "country"):
            if isinstance(source.get(key), str):
                self._name((*place, key), source[key], key)

    def _watch(self, place: Place, watch: Mapping[str, Any]) -> None:
        for key, what in _WATCH_NAMES.items():
            self._names((*place, key), watch, what)
        query = watch.get("query")
        if isinstance(query, str) and query.strip():
            try:
                parse_query(query)
            except QueryError as error:
                problem = f"{error.reason} (at character {error.position + 1} of {query!r})"
                self.mistakes.at(self.file, (*place, "query"), problem)

    def _fallback(self, place: Place, fallback: Any, channels: Mapping[str, Mapping[str, Any]]) -> None:
        if not isinstance(fallback, str) or not fallback:
            return
        self._name(place, fallback, "channel")
        seen: list[Any] = [place[1]]
        next_: Any = fallback
        while isinstance(next_, str) and next_ not in seen:
            seen.append(next_)
            next_ = channels.get(next_, {}).get("fallback")
        if next_ != place[1]:
            return
        if fallback == place[1]:
            self.mistakes.at(self.file, place, "a channel cannot stand in for itself")
        else:
            ring = " → ".join(map(str, [*seen, next_]))
            self.mistakes.at(self.file, place, f"channels stand in for each other in a ring: {ring}")

    def _unique(self, table: str) -> None:
        seen: dict[str, int] = {}
        for index, entry in enumerate(_tables(self.file.data.get(table))):
            name = entry.get("name")
            if not isinstance(name, str):
                continue
            if name in seen:
                first = self.file.where((table, seen[name], "name"))
                self.mistakes.at(
                    self.file, (table, index, "name"), f'a second {table} "{name}"', f"the first is {first}"
                )
            seen.setdefault(name, index)

    def _names(self, place: Place, table: Mapping[str, Any], what: str) -> None:
        values = table.get(str(place[-1]))
        for value in values if isinstance(values, list) else ():
            if isinstance(value, str):
                self._name(place, value, what)

    def _name(self, place: Place, written: str, what: str) -> None:
        names = self._known(what)
        looked_up = written.partition("-")[0].lower() if what == "language" else written
        if looked_up not in names:
            self.mistakes.at(self.file, place, f'unknown {what} "{written}"', _advice(written, what, names))

    def _known(self, what: str) -> Collection[str]:
        if what == "country":
            return countries()
        if what == "language":
            return languages()
        if what == "channel":
            return {*self.known.channels, CONSOLE}
        return {"topic": self.known.topics, "event type": self.known.events, "source": self.known.sources}[what]


_WATCH_NAMES = {
    "topics": "topic",
    "events": "event type",
    "sources": "source",
    "countries": "country",
    "languages": "language",
    "channels": "channel",
}


def _advice(written: str, what: str, names: Collection[str]) -> str:
    if what == "country" and written.upper() in names:
        return f'did you mean "{written.upper()}"?'
    if what in ("country", "language"):  # two letters are near to too many others
        form = 'two letters of ISO 3166, as in "TH"' if what == "country" else 'a BCP 47 code, as in "th" or "zh-Hant"'
        return f"write {form}"
    return did_you_mean(written, names) or (f"known: {', '.join(sorted(names))}" if 0 < len(names) <= 25 else "")


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tables(value: Any) -> Iterable[Mapping[str, Any]]:
    return [_table(entry) for entry in value] if isinstance(value, list) else []


def _named_tables(value: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    return [(name, _table(entry)) for name, entry in _table(value).items()]
