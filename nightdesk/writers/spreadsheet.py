"""Rows as an xlsx workbook: text is text, numbers are numbers, nothing is a formula. Row by row, so any size fits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from core.errors import NightdeskError
from nightdesk.columns import Kind, kind_of
from nightdesk.output import is_formula, natural

#: What a sheet and a cell have room for, by the file format.
ROWS = 1_048_576
CHARACTERS = 32_767
CUT = " [cut: a cell holds 32,767 characters]"
_WIDTHS = {Kind.TEXT: 22, Kind.TIME: 20, Kind.LIST: 24}  # of numbers: as they come
_WIDE = {"title": 60, "lede": 60, "quote": 60, "text": 60, "url": 40}


def write_xlsx(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], out: IO[bytes], name: str = "rows") -> int:
    """One sheet, and another whenever one is full, each under a header that stays in sight. Returns the count."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.use_zip64()
    bold, marked = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
    count, line, sheet = 0, 1, _sheet(book, name, columns, bold)
    try:
        for row in rows:
            if line == ROWS:
                line, sheet = 1, _sheet(book, f"{name} {len(book.worksheets()) + 1}", columns, bold)
            found = natural(row)
            for place, column in enumerate(columns):
                _put(sheet, line, place, found.get(column), marked)
            count, line = count + 1, line + 1
    finally:
        try:
            book.close()  # also where the rows broke off: it takes its temporary files away
        except XlsxWriterException as error:
            raise NightdeskError(f"cannot write the workbook: {error}") from error
    return count


def _sheet(book: Any, name: str, columns: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        width = _WIDE.get(column) or _WIDTHS.get(kind_of(column))
        if width:
            sheet.set_column(place, place, width)
        sheet.write_string(0, place, column, bold)
    return sheet


def _put(sheet: Any, line: int, place: int, value: Any, marked: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(line, place, value)
    else:
        text = "; ".join(str(part) for part in value) if isinstance(value, list) else str(value)
        # The mark keeps a formula text even when somebody edits the cell.
        sheet.write_string(line, place, _fitting(text), marked if is_formula(text) else None)


def _fitting(text: str) -> str:
    """Counted in UTF-16, as the programs count that open it."""
    written = text.encode("utf-16-le") if len(text) * 2 > CHARACTERS else b""
    if len(written) // 2 <= CHARACTERS:
        return text
    return written[: 2 * (CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT
