"""Rows as Parquet, for programs that compute: every column has its type, lists are lists, times are times in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from core.errors import NightdeskError
from nightdesk.columns import Kind, kind_of
from nightdesk.output import natural

Row = Mapping[str, Any]

_MOST_ROWS, _MOST_CHARACTERS = 10_000, 8_000_000  # of what is in memory at once


def write_parquet(rows: Iterable[Row], columns: Sequence[str], out: IO[bytes]) -> int:
    """In groups of rows, so that any size fits. Returns the count. Raises NightdeskError where pyarrow is absent."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise NightdeskError(
            "Parquet needs pyarrow, which is not installed; install it with: pip install 'nightdesk[parquet]'"
        ) from error
    types = {
        Kind.TEXT: pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.TRUTH: pa.bool_(),
        Kind.TIME: pa.timestamp("ms", tz="UTC"),
        Kind.LIST: pa.list_(pa.string()),
    }
    schema = pa.schema([(column, types[kind_of(column)]) for column in columns])
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(rows):
            values = {column: [_value(column, row[column]) for row in group] for column in columns}
            writer.write_table(pa.table(values, schema=schema))
            count += len(group)
    return count


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(natural(row))
        characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(group) >= _MOST_ROWS or characters >= _MOST_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _value(column: str, value: Any) -> Any:
    if value is not None and kind_of(column) is Kind.TIME:
        return datetime.fromisoformat(value)
    return value
