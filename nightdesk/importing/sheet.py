"""A spreadsheet as rows of words, whichever program wrote it. Workbooks are read in a child that may be killed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.pool import Limits, Pool

_LIMITS = Limits(seconds=120, megabytes=1536)
_LARGEST = 64 * 1024 * 1024
_LARGEST_UNPACKED = 512 * 1024 * 1024
_MOST_ROWS = 100_000
_LONGEST_CELL = 100_000
_DELIMITERS = ",;\t|"

Cells = Sequence[str]


@dataclass(frozen=True)
class Row:
    """One row that is not empty, with its number in the file and its words by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path, name: str | None = None) -> Sheet:
    """A .csv file, or a sheet of an .xlsx workbook: the first, or the one of that name. Raises UsageError."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".tsv", ".xlsx"):
        raise UsageError(f"{path}: a sheet of events ends in .csv or .xlsx")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(body) > _LARGEST:
        raise UsageError(f"{path} is larger than {_LARGEST >> 20} MB; split it")
    if ending == ".xlsx":
        return _sheet(path, _in_child(path, body, name))
    if name is not None:
        raise UsageError(f"{path} has no sheets; leave `sheet` out of the map")
    return _sheet(path, _of_csv(body))


def _sheet(path: Path, lines: Iterable[Cells]) -> Sheet:
    numbered = ((number, [cell.strip() for cell in line]) for number, line in enumerate(lines, start=1))
    said = ((number, line) for number, line in numbered if any(line))
    header = next(said, None)
    if header is None:
        raise UsageError(f"{path} is empty")
    columns = header[1]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise UsageError(f"{path}: two columns are called {twice[0]!r}; give each a name of its own")
    rows = tuple(Row(number, dict(zip(columns, line, strict=False))) for number, line in said)
    if len(rows) > _MOST_ROWS:
        raise UsageError(f"{path} has {len(rows):,} rows; split it into files of {_MOST_ROWS:,} at most")
    return Sheet(tuple(column for column in columns if column), rows)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _of_csv(body: bytes) -> Iterator[Cells]:
    text = _decoded(body)
    head = text[:20_000]
    first = next((line for line in head.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise UsageError(f"the file is no CSV: {error}") from error


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16"):
        if encoding == "utf-16" and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")  # what a spreadsheet on Windows writes unasked


# --- Workbooks -------------------------------------------------------------------------------------------------------


def _in_child(path: Path, body: bytes, name: str | None) -> list[list[str]]:
    pool = Pool(1, _LIMITS)
    try:
        outcome = pool.run(_read_workbook, (body, name))
    finally:
        pool.close(wait=0)
    if outcome.value is None:
        raise UsageError(f"{path} cannot be read: {outcome.error or 'it took too long'}")
    if isinstance(outcome.value, str):
        raise UsageError(f"{path}: {outcome.value}")
    return outcome.value


def _read_workbook(asked: tuple[bytes, str | None]) -> list[list[str]] | str:
    """Every row as words, or what is wrong. Raises whatever a broken file makes openpyxl raise."""
    import openpyxl

    body, name = asked
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        if sum(member.file_size for member in packed.infolist()) > _LARGEST_UNPACKED:
            return f"it unpacks to more than {_LARGEST_UNPACKED >> 20} MB"
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if name not in (None, *sheets):
        return f"there is no sheet {name!r}; it has {', '.join(map(repr, sheets))}"
    if not sheets:
        return "it has no sheet of rows"
    sheet = sheets[name] if name is not None else next(iter(sheets.values()))
    sheet.reset_dimensions()  # some programs write that a sheet is smaller than it is
    rows: list[list[str]] = []
    for line in sheet.iter_rows(values_only=True):
        if len(rows) > _MOST_ROWS:
            break
        rows.append([_words(value) for value in line])
    return rows


def _words(value: Any) -> str:
    """A cell as it would be typed: dates as ISO, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:g}" if abs(value) < 1e6 else repr(value)
    return str(value)[:_LONGEST_CELL]
