"""The demo as a user sees it: the newsroom's articles as they are read, and what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.text import Text
from sqlalchemy.engine import Connection

from nightdesk.config import Config, load_config
from nightdesk.demo.newsroom import Newsroom

_NEWLY_READ = sa.text(
    "SELECT id, outlet, language, title, topics, development_id, duplicate_of FROM articles_v WHERE id > :after ORDER BY id"
)
_WIDTH = 22


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

    def greet(self) -> None:
        outlets = self.newsroom.stories.outlets
        languages = ", ".join(sorted({outlet.language for outlet in outlets}))
        say = self._terminal.print
        say(f"[bold]A newsroom on this machine[/]: {len(outlets)} outlets in {languages}, on loopback ports.")
        say(f"Its stories appear over {self.newsroom.length:.0f} seconds; Nightdesk looks every 2. Ctrl-C ends it.\n")

    def look(self, db: Connection) -> None:
        """Say what was read since the last look."""
        for row in db.execute(_NEWLY_READ, {"after": self._last_article}):
            self._last_article = row.id
            self._terminal.print(self._line(row))

    def _line(self, row: Any) -> Text:
        line = Text("  read  ", style="dim")
        line.append(f"{(row.outlet or '')[:_WIDTH]:<{_WIDTH}} {row.language or '?':<8}")
        line.append(row.title[:70])
        line.append(f"  {self._became(row)}", style="cyan" if row.development_id else "dim")
        return line

    def _became(self, row: Any) -> str:
        if row.development_id is None:
            return "off topic"
        if row.duplicate_of is not None:
            return f"copy of a{row.duplicate_of}, d{row.development_id}"
        if row.development_id in self._known:
            return f"joins d{row.development_id}"
        self._known.add(row.development_id)
        return f"new development d{row.development_id}"


def _toml(newsroom: Newsroom) -> str:
    parts = ['data_dir = "data"\n[crawl]\nsources = []\ncontact = "demo@example.org"\n']
    for table, entries in (("source", newsroom.sources()), ("watch", newsroom.watches())):
        for entry in entries:
            # JSON strings, lists and booleans are TOML as they stand.
            lines = [
                f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items() if value is not None
            ]
            parts.append(f"[[{table}]]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
