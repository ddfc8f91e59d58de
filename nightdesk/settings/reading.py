"""Reads TOML files into plain tables; what cannot be read becomes a mistake with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Mistake

Place = tuple[str | int, ...]

_LARGEST = 4 << 20
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")


@dataclass(frozen=True)
class TomlFile:
    """One file as plain tables, with its text so that a key can be found again."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def where(self, place: Place) -> str:
        """The file's name, with the line of the key at `place` where it can be told."""
        line = find_line(self.text, place)
        return f"{self.name}:{line}" if line else self.name


def read_toml(path: Path) -> TomlFile | Mistake:
    """The tables of `path`, or why there are none."""
    name = str(path)
    try:
        if path.stat().st_size > _LARGEST:
            return Mistake(name, "", "is larger than 4 MB", "a configuration is a short text; is this the right file?")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Mistake(name, "", f"is not UTF-8 text (byte {error.start})", "save it with the encoding UTF-8")
    except FileNotFoundError:
        return Mistake(name, "", "does not exist", "write one with: nightdesk init")
    except IsADirectoryError:
        return Mistake(name, "", "is a folder, not a file", f"did you mean {path / 'nightdesk.toml'}?")
    except OSError as error:
        return Mistake(name, "", f"cannot be read: {error.strerror}")
    if not text.strip():
        # A truncated write must not silently retire every watch.
        return Mistake(name, "", "is empty", "delete it for the built-in defaults, or write one with: nightdesk init")
    return parse_toml(name, text)


def parse_toml(name: str, text: str) -> TomlFile | Mistake:
    """The tables of a text, or its first syntax error with line and column."""
    try:
        return TomlFile(name, tomllib.loads(text.replace("\r\n", "\n")), text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_mistake(name, text, str(error))
    except RecursionError:
        return Mistake(name, "", "is nested too deeply")


def _syntax_mistake(name: str, text: str, message: str) -> Mistake:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(found[1]) if found else len(text.splitlines())
    column = f", column {found[2]}" if found else ""
    problem = re.sub(r"\s*\(at .*\)$", "", message)
    source = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    key = source.partition("=")[0].strip() if "=" in source else ""
    key = key if re.fullmatch(r"[\w.\"'-]+", key) else ""
    return Mistake(f"{name}:{line}", key, f"is not valid TOML: {problem} (line {line}{column})", _syntax_advice(source))


def _syntax_advice(line: str) -> str:
    value = line.partition("=")[2].strip()
    if value in {"True", "False"}:
        return f"write {value.lower()}"
    if re.match(r"\s*[\w-]+\s*:\s", line):
        return "TOML writes key = value, not key: value"
    if re.match(r"[A-Za-z/]", value) and value not in {"true", "false"}:
        return "write texts in quotes"
    return ""


def find_line(text: str, place: Place) -> int | None:
    """The line on which the key at `place` is set, or else its table begins; None where neither is plain to see."""
    lines = text.splitlines()
    tables: list[tuple[int, Place]] = [(0, ()), *_headers(lines)]
    for depth in range(len(place), -1, -1):
        for index, (start, table) in enumerate(tables):
            if table != place[:depth]:
                continue
            end = tables[index + 1][0] - 1 if index + 1 < len(tables) else len(lines)
            key_line = _key_line(lines, start, end, place[depth:])
            if key_line or start:
                return key_line or start
    return None


def _key_line(lines: Sequence[str], start: int, end: int, rest: Place) -> int | None:
    if not rest or not isinstance(rest[0], str):
        return None
    key = re.compile(rf"^\s*[\"']?{re.escape(rest[0])}[\"']?\s*[.=]")
    return next((number + 1 for number in range(start, end) if key.match(lines[number])), None)


def _headers(lines: Sequence[str]) -> list[tuple[int, Place]]:
    """Every `[table]` and `[[array]]` header: its line, and the place it opens."""
    found: list[tuple[int, Place]] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        match = _HEADER.match(line)
        if match is None:
            continue
        place: Place = tuple(part.strip().strip("\"'") for part in match[2].split("."))
        if match[1] == "[[":
            index = counts.get(match[2], -1) + 1
            counts[match[2]] = index
            place = (*place, index)
        elif place[0] in counts:
            place = (place[0], counts[str(place[0])], *place[1:])
        found.append((number, place))
    return found
