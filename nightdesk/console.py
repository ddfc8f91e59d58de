"""`nightdesk sql` on a terminal: statements that end with a semicolon, and help on views and named queries."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from core.errors import UsageError
from nightdesk.adhoc import Asker
from nightdesk.queries import Named
from nightdesk.terminal import plain
from store import views
from store.readonly import Answer

HELP = """Write a SELECT and end it with a semicolon.
  \\d            the views          \\d VIEW       its columns
  \\n            named queries      \\n NAME [parameter=value ...]   asks one
  \\q            leaves             \\?            this help"""
_HISTORY_LINES = 1_000

Show = Callable[[Answer], None]
Ask = Callable[[Named, Mapping[str, str]], Answer]
Read = Callable[[str], str]


class Console:
    """A conversation; what it reads with and writes to is given to it."""

    def __init__(self, asker: Asker, queries: Mapping[str, Named], ask: Ask, show: Show, out: TextIO) -> None:
        self._asker = asker
        self._queries = queries
        self._ask = ask
        self._show = show
        self._out = out

    def run(self, read: Read = input) -> None:
        """Answer until the end of input."""
        self._say(HELP)
        statement: list[str] = []
        while True:
            try:
                line = read("   ...> " if statement else "nightdesk> ")
            except EOFError:
                self._say("")
                return
            except KeyboardInterrupt:  # what was begun is dropped, as everywhere
                self._say("")
                statement = []
                continue
            if not statement and line.lstrip().startswith("\\"):
                if line.strip() == "\\q":
                    return
                self._tell(partial(self._obey, line.split()))
                continue
            if line.strip() or statement:
                statement.append(line)
            if line.rstrip().endswith(";"):
                query = "\n".join(statement)
                statement = []
                self._tell(partial(self._answer, query))

    def _tell(self, act: Callable[[], None]) -> None:
        """A mistake ends one answer and not the conversation."""
        try:
            act()
        except UsageError as error:
            self._say(f"nightdesk: {plain(str(error))}")
        except KeyboardInterrupt:
            self._say("stopped")

    def _answer(self, query: str) -> None:
        self._show(self._asker.ask(query))

    def _obey(self, words: list[str]) -> None:
        command, *rest = words
        if command == "\\d" and not rest:
            for name, about in views.ABOUT.items():
                self._say(f"  {name:<24}{about}")
        elif command == "\\d":
            self._describe(rest[0])
        elif command == "\\n" and not rest:
            for query in self._queries.values():
                self._say(f"  {query.name:<16}{query.about}")
        elif command == "\\n":
            self._show(self._ask(find(self._queries, rest[0]), pairs(rest[1:])))
        else:
            self._say(HELP)

    def _describe(self, name: str) -> None:
        if name not in views.NAMES:
            raise UsageError(f"there is no view {name}; \\d names them")
        self._say(f"{name}: {views.ABOUT[name]}")
        for column in self._asker.ask(f"SELECT * FROM {name} WHERE 1 = 0").columns:
            self._say(f"  {column}")

    def _say(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()


def find(queries: Mapping[str, Named], name: str) -> Named:
    """The query of that name. Raises UsageError with the names there are."""
    if name not in queries:
        raise UsageError(f"there is no query {name}; there are {', '.join(queries)}")
    return queries[name]


def pairs(written: list[str]) -> dict[str, str]:
    """`since=90d` as a name and a value. Raises UsageError."""
    found = {}
    for pair in written:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError(f"{pair!r} gives no value; write it as in since=90d")
        found[name] = value
    return found


def remember(words: list[str]) -> Callable[[], None]:
    """Lines can be edited, found again and completed with `words`, where Python has readline; gives what saves them."""
    try:
        import readline
    except ImportError:
        return lambda: None
    path = history_file()
    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(_HISTORY_LINES)
    readline.set_completer_delims(" \t\n(),.;=")
    readline.set_completer(lambda begun, number: _completions(words, begun, number))
    readline.parse_and_bind("tab: complete")

    def save() -> None:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            readline.write_history_file(path)

    return save


def _completions(words: list[str], begun: str, number: int) -> str | None:
    fitting = [word for word in words if word.startswith(begun)]
    return fitting[number] if number < len(fitting) else None


def history_file() -> Path:
    """Where the lines are kept from one conversation to the next, for their writer alone."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "nightdesk" / "sql_history"
