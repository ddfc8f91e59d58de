"""Every page that the program or another page names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
_ROOMS = ("alerts", "core", "crawler", "nightdesk", "pipeline", "store", "docs")


def test_no_page_is_named_that_does_not_exist() -> None:
    files = [path for room in _ROOMS for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".md", ".toml")]
    files += [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {(path.name, page) for path in files for page in _PAGE.findall(path.read_text("utf-8"))}
    assert len(named) > 10
    assert {pair for pair in named if not (ROOT / pair[1]).exists()} == set()
