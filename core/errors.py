"""What can go wrong, as few classes as a caller must tell apart.

NightdeskError
├── UsageError            exit 2: the command line or a query is wrong
│   └── QueryError        a query with the position of its mistake
├── ConfigError           exit 78: configuration; carries every mistake at once
├── AlreadyRunning        exit 75: another daemon holds the database
├── StoreError            exit 1: the database cannot be used as it is
└── NotFound              exit 1: an id or name that does not exist
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class NightdeskError(Exception):
    """Something failed; the message says what and how to mend it."""

    exit_code = 1


class UsageError(NightdeskError):
    """The command cannot be carried out as it was written."""

    exit_code = 2


class QueryError(UsageError):
    """A query that cannot be read. `position` counts characters from 0."""

    def __init__(self, reason: str, query: str, position: int) -> None:
        self.reason = reason
        self.query = query
        self.position = position
        super().__init__(f"{reason} (at character {position + 1})\n  {query}\n  {' ' * position}^")


@dataclass(frozen=True)
class Mistake:
    """One fault in a configuration: where it stands, what it is, what would mend it."""

    file: str
    key: str
    problem: str
    suggestion: str = ""

    def __str__(self) -> str:
        text = f"{self.file}: {self.key}: {self.problem}" if self.key else f"{self.file}: {self.problem}"
        return f"{text} ({self.suggestion})" if self.suggestion else text


class ConfigError(NightdeskError):
    """A configuration with mistakes, all of them listed."""

    exit_code = 78

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class AlreadyRunning(NightdeskError):
    """Another daemon works on this database; the message names it."""

    exit_code = 75


class StoreError(NightdeskError):
    """The database cannot be used: out of reach, newer than this program, or damaged."""


class TookTooLong(StoreError):
    """A question was stopped at its limit of time."""


class NotFound(NightdeskError):
    """Nothing has that id or name."""
