"""The demo as a user sees it: the newsroom's articles as they are read, and what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text
from sqlalchemy.engine import Connection

from nightdesk.config import Config, load_config
from nightdesk.demo.newsroom import Newsroom
from nightdesk.terminal import plain

_NEWLY_READ = sa.text(
    "SELECT id, outlet, language, title, topics, development_id, duplicate_of FROM articles_v WHERE id > :after ORDER BY id"
)
_OUTLET, _LANGUAGE, _BECAME = 18, 4, 15  # columns; the title has the rest
_WIDEST = 110

#: Of the first operator. Whoever could read it sits at this machine, and the demo is gone when it ends.
_PASSWORD = "demo"


class DemoShow:
    """Opens the newsroom, writes the configuration that watches it, and tells the terminal what is going on."""

    def __init__(self) -> None:
        self.newsroom = Newsroom()
        self._terminal = Console(stderr=True, highlight=False)
        self._last_article = 0
        self._known: set[int] = set()

    def __enter__(self) -> DemoShow:
        self.newsroom.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.newsroom.stop()

    def config(self, folder: Path) -> Config:
        """A configuration file in `folder`, read as any user's would be."""
        path = folder / "nightdesk.toml"
        path.write_text(_toml(self.newsroom), encoding="utf-8")
        return load_config(path, {})

    def expected(self) -> dict[str, Any]:
        """What the newsroom was written to cause."""
        expected = self.newsroom.expected()
        return {"expected_alerts": expected.alerts, "expected_updates": expected.updates}

    def greet(self, page: str) -> None:
        outlets = self.newsroom.stories.outlets
        languages = ", ".join(sorted({outlet.language for outlet in outlets}))
        say = self._terminal.print
        say(f"[bold]A newsroom on this machine[/]: {len(outlets)} outlets in {languages}, all invented.")
        say(f"Its stories appear over {self.newsroom.length:.0f} seconds; Nightdesk looks every 2. Ctrl-C ends it.")
        if page:
            say(f"[bold]The desk's page[/]: {page} (to change things there, log in as operator, password {_PASSWORD})")
        say("A line is an article as it is read; d1, d2 ... are developments.\n")

    def look(self, db: Connection) -> None:
        """Say what was read since the last look."""
        for row in db.execute(_NEWLY_READ, {"after": self._last_article}):
            self._last_article = row.id
            self._terminal.print(self._line(row))

    def _line(self, row: Any) -> Text:
        """One line, whatever the width of the terminal and of the script."""
        became = self._became(row)
        line = Text("  ", no_wrap=True, overflow="crop")
        line.append(f"{_fit(row.outlet or '', _OUTLET)} {_fit(row.language or '?', _LANGUAGE)} ", style="dim")
        wide = min(self._terminal.width, _WIDEST) - line.cell_len - _BECAME - 2
        line.append(_fit(row.title, max(wide, 10)) + "  ")
        line.append(became, style="cyan" if row.development_id else "dim")
        return line

    def _became(self, row: Any) -> str:
        if row.development_id is None:
            return "off topic"
        if row.duplicate_of is not None:
            return f"copy, in d{row.development_id}"
        if row.development_id in self._known:
            return f"joins d{row.development_id}"
        self._known.add(row.development_id)
        return f"new: d{row.development_id}"


def _fit(text: str, columns: int) -> str:
    """`text` in exactly so many columns, cut with an ellipsis where it is too long."""
    text = plain(text, lines=False)
    if cell_len(text) > columns:
        return set_cell_size(set_cell_size(text, columns - 1).rstrip() + "…", columns)
    return set_cell_size(text, columns)


def _toml(newsroom: Newsroom) -> str:
    parts = ['data_dir = "data"\n[crawl]\nsources = []\ncontact = "demo@example.org"\n[web]\nlisten = "127.0.0.1:0"\n']
    parts.append(f'password = "{_PASSWORD}"\n')
    for table, entries in (("source", newsroom.sources()), ("watch", newsroom.watches())):
        for entry in entries:
            # JSON strings, lists and booleans are TOML as they stand.
            lines = [
                f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items() if value is not None
            ]
            parts.append(f"[[{table}]]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
