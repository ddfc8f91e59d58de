"""docs/sql.md and docs/configuration.md say what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from nightdesk.config import FileModel
from nightdesk.settings.shape import model_at
from store.engine import Store
from store.readonly import Bounds, ask_postgres, ask_sqlite
from store.views import NAMES
from tests.test_store_views import COLUMNS

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = re.findall(r"```sql\n(.*?)```", (DOCS / "sql.md").read_text(), re.DOTALL)


def test_every_view_and_column_is_documented() -> None:
    found = re.findall(r"^### (\w+)\n\n.*?\n\n(`.*`)$", (DOCS / "sql.md").read_text(), re.MULTILINE)
    assert {name: " ".join(re.findall(r"`(\w+)`", columns)) for name, columns in found} == COLUMNS


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_answered(store: Store, example: str) -> None:
    if store.is_sqlite:
        answer = ask_sqlite(str(store.path), example, NAMES, Bounds())
    else:
        answer = ask_postgres(store.url.set(drivername="postgresql").render_as_string(False), example, NAMES, Bounds())
    assert (answer.refused, answer.columns != ()) == ("", True)


def keys(model: type[BaseModel], section: str) -> set[str]:
    """Every key of a section as the page writes it: `crawl.contact`, `watch.name`."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        place: Any = (name, 0) if name in ("source", "watch", "report") and not section else (name,)
        inner = model_at(model, ("channel", "x")) if name == "channel" and not section else model_at(model, place)
        if name == "watch" and not section:
            from core.watch import Watch

            inner = Watch
        path = f"{section}.{field.alias or name}" if section else name
        found |= keys(inner, path) if inner is not None else {path}
    return found


def test_every_key_is_documented_and_no_other() -> None:
    written = set(re.findall(r"^\| `([\w.]+)` \|", (DOCS / "configuration.md").read_text(), re.MULTILINE))
    assert written == keys(FileModel, "")
