"""What SQL gave, as rows with a key for each column."""

from __future__ import annotations

from typing import Any

from store.readonly import Answer


def rows(answer: Answer) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the columns, and the rows by them."""
    names = unique(answer.columns)
    return names, [dict(zip(names, row, strict=True)) for row in answer.rows]


def unique(columns: tuple[str, ...]) -> list[str]:
    """Column names as keys: a second `id` becomes `id_2`."""
    names: list[str] = []
    for column in columns:
        count = 1
        name = column
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    return names
