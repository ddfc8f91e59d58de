"""Named queries with parameters: ours, and those of a file `queries.sql` beside the configuration.

-- name: freed
-- Who was freed or sent home, and according to whom.
-- param since: day = 90d
SELECT ... WHERE published_at >= :since
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.clock import iso
from core.errors import UsageError
from nightdesk.listing import read_moment
from store.placeholders import named, with_nulls
from store.readonly import Value

#: Beside the configuration.
FILE = "queries.sql"
_OURS = Path(__file__).with_name("queries.sql")

NAME = re.compile(r"[a-z][a-z0-9_-]*")
_HEAD = re.compile(r"--\s*name:\s*(\S+)\s*")
_PARAMETER = re.compile(r"--\s*param\s+(\w+)\s*:\s*(\w+)\s*(?:=\s*(.*?))?\s*")
_KINDS = ("day", "number", "text")
#: What a query is tried with before somebody gives a value. A text may have to be a word that we cannot know.
_TRIED = {"day": "1d", "number": "1"}
#: What stands in the address of a query beside its parameters.
TAKEN = frozenset({"q", "name", "run", "token"})


@dataclass(frozen=True)
class Parameter:
    """What is filled in: a day (`90d`, `2026-10-01`), a number or a text."""

    name: str
    kind: str
    default: str | None

    def read(self, written: str, now: datetime, zone: ZoneInfo) -> Value:
        """The value as the query takes it. Raises UsageError."""
        if self.kind == "day":
            try:
                return iso(read_moment(written, f"--param {self.name}", now, zone))
            except OverflowError as error:
                raise UsageError(f"--param {self.name}: {written!r} is out of the reach of days") from error
        if self.kind == "text":
            return written
        try:
            number = float(written.replace(",", ""))
        except ValueError as error:
            raise UsageError(f"--param {self.name}: {written!r} is no number") from error
        return int(number) if number.is_integer() else number


@dataclass(frozen=True)
class Named:
    """A query that has a name."""

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    sql: str
    origin: str = "ours"  # ours | queries.sql | saved
    owner: str = ""  # of a saved one

    def values(self, given: Mapping[str, str], now: datetime, zone: ZoneInfo) -> dict[str, Value]:
        """What was given, and the defaults. Raises UsageError for what is unknown, missing or unreadable."""
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := [name for name in given if name not in known]:
            raise UsageError(f"{self.name} has no parameter {unknown[0]}; it has {', '.join(known) or 'none'}")
        values = {}
        for name, parameter in known.items():
            written = given.get(name, parameter.default)
            if written is None:
                raise UsageError(f"{self.name} needs {name} (a {parameter.kind}): --param {name}=...")
            values[name] = parameter.read(written, now, zone)
        return values

    def trial(self, now: datetime, zone: ZoneInfo) -> tuple[str, dict[str, Value]]:
        """The query and what it is tried with: its defaults; where there is none, yesterday, a 1, and no text."""
        values: dict[str, Value] = {}
        for one in self.parameters:
            written = _TRIED.get(one.kind) if one.default is None else one.default
            if written is not None:
                values[one.name] = one.read(written, now, zone)
        return with_nulls(self.sql, but=values), values


def load(folder: Path | None) -> dict[str, Named]:
    """Our queries and those of `folder`, which come before ours of the same name. Raises UsageError for a bad file."""
    own = folder / FILE if folder is not None else None
    theirs = read(own) if own is not None and own.is_file() else {}
    return read(_OURS) | {name: replace(query, origin=FILE) for name, query in theirs.items()}


def make(name: str, about: str, written: str, sql: str) -> Named:
    """A query that was typed into a form; its parameters are `written` as `since: day = 90d`. Raises UsageError."""
    parameters = []
    for line in filter(None, (line.strip() for line in written.splitlines())):
        found = _PARAMETER.fullmatch(f"-- param {line}")
        if found is None:
            raise UsageError(f"{line!r} is no parameter; write it as in: since: day = 90d")
        parameters.append(_parameter(found, ""))
    return _checked(name, " ".join(about.split()), parameters, sql.strip().rstrip(";").strip(), "")


def read(path: Path) -> dict[str, Named]:
    """The queries of one file. Raises UsageError with the line of a mistake."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    starts = [number for number, line in enumerate(lines) if _HEAD.fullmatch(line)]
    before = lines[: starts[0]] if starts else lines
    for number, line in enumerate(before, start=1):
        if line.strip() and not line.startswith("--"):
            raise UsageError(f"{path}, line {number}: a query begins with its name, as in: -- name: freed")
    found: dict[str, Named] = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        query = _read_one(path, start + 1, lines[start:end])
        if query.name in found:
            raise UsageError(f"{path}, line {start + 1}: there is a query {query.name} above already")
        found[query.name] = query
    return found


def _read_one(path: Path, line: int, lines: Sequence[str]) -> Named:
    head = _HEAD.fullmatch(lines[0])
    assert head is not None
    place = f"{path}, line {line}"
    if not NAME.fullmatch(head[1]):
        raise UsageError(f"{place}: {head[1]!r} is no name; write small letters, digits, - and _")
    about: list[str] = []
    parameters: list[Parameter] = []
    body = 1
    while body < len(lines) and lines[body].startswith("--"):
        if found := _PARAMETER.fullmatch(lines[body]):
            parameters.append(_parameter(found, f"{path}, line {line + body}: "))
        else:
            about.append(lines[body].lstrip("- ").strip())
        body += 1
    sql = "\n".join(lines[body:]).strip().rstrip(";")
    return _checked(head[1], " ".join(about), parameters, sql, f"{place}: ")


def _parameter(found: re.Match[str], where: str) -> Parameter:
    if found[2] not in _KINDS:
        raise UsageError(f"{where}{found[2]!r} is none of {', '.join(_KINDS)}")
    return Parameter(found[1], found[2], found[3])


def _checked(name: str, about: str, parameters: Sequence[Parameter], sql: str, where: str) -> Named:
    """The query, whose places are those that it names. `where` begins the words of a mistake."""
    places, known = named(sql), {parameter.name for parameter in parameters}
    if not sql:
        raise UsageError(f"{where}{name} has no query")
    if taken := sorted(known & TAKEN):
        raise UsageError(
            f"{where}{name} has a parameter {taken[0]}, which addresses use otherwise; name it differently"
        )
    if len(parameters) > len(known):
        seen = [parameter.name for parameter in parameters]
        raise UsageError(f"{where}{name} has the parameter {next(one for one in seen if seen.count(one) > 1)} twice")
    if set(places) != known:
        odd = sorted(set(places) ^ known)[0]
        how = "`-- param`" if where else f"such as `{odd}: day = 90d` among its parameters"
        lacks = f"no line {how}" if odd in places else "no place in the query"
        raise UsageError(f"{where}{name} has {lacks} for {odd}")
    return Named(name, about, tuple(parameters), sql)
