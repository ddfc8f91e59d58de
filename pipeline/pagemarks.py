"""On which page of a document a fact stands: its quote says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.values import Extract

#: Where a page of a document begins, as crawler.documents writes it.
_PAGE_MARK = re.compile(r"^\[page (\d{1,4})\]$", re.M)


def page_marks(found: Extract) -> tuple[tuple[int, int], ...]:
    """Where each page of a document begins, counted as positions of facts are, and its number."""
    words = f"{found.title}\n{found.text}"
    return ((0, 1), *((mark.start(), int(mark[1])) for mark in _PAGE_MARK.finditer(words)))


def with_page(fact: dict[str, Any], marks: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """A fact of a document says on which page its quote stands."""
    number = max((number for start, number in marks if start <= fact["position"]), default=None)
    if number is None or fact["origin"] != "machine":
        return fact
    return fact | {"quote": f"{fact['quote']} [page {number}]"}
