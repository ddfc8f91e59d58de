"""Rows on their way out: a table for people, json, jsonl and csv for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TextIO

from core.clock import iso
from core.ids import show_id
from nightdesk.terminal import plain

Row = Mapping[str, Any]

#: Columns of the views that hold a JSON list.
LISTS = frozenset({"topics", "event_types", "countries"})
#: Columns that hold the id of something; `id` itself is of what the listing is about.
_ID_NOUNS = {
    "article_id": "article",
    "cause_article_id": "article",
    "duplicate_of": "article",
    "development_id": "development",
    "merged_into": "development",
    "alert_id": "alert",
    "thread_id": "thread",
    "asked_for": "thread",
}
#: What a spreadsheet would take for a formula, its full-width twins too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


#: Columns of words without an end; they are folded, and the others are not.
_LONG = ("title", "quote", "snippet", "text", "lede", "reason", "last_error", "url", "asks", "sentence", "old",
         "new")  # fmt: skip
_LONG_AT_LEAST = 28
_GAP = 3  # between two columns


def choose_format(wanted: Format | None, out: TextIO) -> Format:
    """What was asked for, else a table on a terminal and jsonl for whatever else reads."""
    return wanted or (Format.TABLE if out.isatty() else Format.JSONL)


def natural(row: Row) -> dict[str, Any]:
    """A row as programs want it: real lists, times as ISO 8601, truths as truths."""
    return {key: _natural(key, value) for key, value in row.items()}


def _natural(key: str, value: Any) -> Any:
    if key in LISTS and isinstance(value, str):
        return json.loads(value)
    if key in ("paywalled", "fired", "restricted") and isinstance(value, int):
        return bool(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 120 people, not 120.0
    return iso(value) if isinstance(value, datetime) else value


def write(
    rows: Iterable[Row],
    columns: Sequence[str],
    format: Format,
    out: TextIO,
    *,
    noun: str = "",
    shown: Sequence[str] = (),
) -> int:
    """Write rows and return how many. `shown` are the columns that a table has room for."""
    if format is Format.TABLE:
        return _write_table(rows, shown or columns, out, noun)
    if format is Format.CSV:
        return write_csv(rows, columns, out)
    if format is Format.JSONL:
        return write_jsonl(rows, out)
    every = [natural(row) for row in rows]
    out.write(json.dumps(every, ensure_ascii=False, indent=2) + "\n")
    return len(every)


def write_jsonl(rows: Iterable[Row], out: TextIO) -> int:
    """One object a line."""
    count = 0
    for row in rows:
        count += 1
        out.write(json.dumps(natural(row), ensure_ascii=False) + "\n")
    return count


def write_csv(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> int:
    """With a header; lists are joined by `; `, and no cell can be taken for a formula."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        count += 1
        found = natural(row)
        writer.writerow([cell(found.get(column)) for column in columns])
    return count


def cell(value: Any) -> Any:
    """A value as a spreadsheet may safely read it: numbers stay numbers, a formula becomes text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = "; ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take it for one, what it passes over in front left aside."""
    return text.lstrip(" \u00a0\u3000\u200b\ufeff").startswith(_FORMULA)


def _write_table(rows: Iterable[Row], columns: Sequence[str], out: TextIO, noun: str) -> int:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # What reads a table without being a terminal should not get it cut to 80 columns.
    console = Console(file=out, width=None if out.isatty() else 200, highlight=False)
    found = [[words(column, row.get(column), noun) for column in columns] for row in rows]
    kept = _columns_with_room(columns, found, console.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index in kept:
        long = columns[index] in _LONG
        table.add_column(_heading(columns[index]), overflow="fold", no_wrap=not long, ratio=1 if long else None)
    for row_words in found:
        table.add_row(*(Text(row_words[index]) for index in kept))
    console.print(table if found else Text("nothing found", style="dim"))
    left_out = [
        column for index, column in enumerate(columns) if index not in kept and any(row[index] for row in found)
    ]
    if left_out:
        console.print(Text(f"No room for {', '.join(left_out)}; --format jsonl has every column.", style="dim"))
    return len(found)


def _columns_with_room(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Which columns fit: the first ones, and those with long words, which take what is left."""
    from rich.cells import cell_len

    kept, used = [], 0
    for index, column in enumerate(columns):
        if column in _LONG:
            kept.append(index)
            used += _LONG_AT_LEAST + _GAP
    for index, column in enumerate(columns):
        needed = max((cell_len(row[index]) for row in rows), default=0)
        if needed == 0 and rows:
            continue  # nothing to show
        needed = max(needed, *(len(line) for line in _heading(column).split("\n"))) + _GAP
        if column not in _LONG and (used + needed <= width or index == 0):
            kept.append(index)
            used += needed
    return sorted(kept)


def _heading(column: str) -> str:
    name = column.removesuffix("_at").removesuffix("_id")
    return name.replace("_", "\n" if len(name) > 10 else " ")


def words(column: str, value: Any, noun: str = "") -> str:
    """One value for people: ids with their letter, times without seconds, no control characters."""
    if value is None or value == "[]":
        return ""
    about = noun if column == "id" else _ID_NOUNS.get(column, "")
    if about in ("article", "development", "fact", "alert", "silence", "thread") and isinstance(value, int):
        return show_id(about, value)
    value = _natural(column, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(plain(str(part)) for part in value)
    if isinstance(value, float) or (isinstance(value, int) and column in ("value", "low", "high")):
        return f"{value:,.10g}"
    text = plain(str(value), lines=False)
    return text[:16].replace("T", " ") if column.endswith("_at") and text.endswith("Z") else text
