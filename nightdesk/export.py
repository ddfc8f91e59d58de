"""Writes a view to a file: whole or not at all, row by row, so that an archive of any size fits."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, TextIO

from sqlalchemy.engine import Connection

from core.errors import UsageError
from nightdesk import listing, output
from nightdesk.listing import Filters, View
from nightdesk.restricted import restricted_hits
from nightdesk.whole import whole
from store.engine import Store

SUBJECTS: dict[str, View] = {
    "articles": listing.ARTICLES,
    "developments": listing.DEVELOPMENTS,
    "facts": listing.FACTS,
    "interactions": listing.INTERACTIONS,
    "deliveries": listing.DELIVERIES,
}

Rows = Iterable[Mapping[str, Any]]
Writer = Callable[[Rows, Sequence[str], IO[bytes], str], int]

#: More articles than anybody means by a query; their ids are held in memory.
_MOST_FOUND = 100_000


def export(
    store: Store, subject: str, target: str, filters: Filters, query: str | None = None, restricted: bool = False
) -> int:
    """Write every row of a subject that passes to `target`, oldest first; `-` is jsonl on stdout. Returns the count.

    `query` leaves only what the articles that it finds tell. Raises QueryError with the position of a mistake.
    `restricted` reports are written only where they are asked for, and then marked.
    """
    view = listing.with_restricted(SUBJECTS[subject]) if restricted else SUBJECTS[subject]
    write = FORMATS.get(".jsonl" if target == "-" else Path(target).suffix.lower())
    if write is None:
        *others, last = FORMATS
        raise UsageError(
            f"cannot tell the format of {target}; its name must end in {', '.join(others)} or {last}, or be -"
        )
    filters = replace(filters, newest_first=False, whole=True)
    with store.read_at_length() as db:
        if query is not None:
            filters = replace(filters, articles=_found(db, view, query, filters))
        found = listing.rows(db, view, filters)
        names = listing.columns(db, view)
        if target == "-":
            return output.write_jsonl(found, sys.stdout)
        with whole(Path(target)) as out:
            return write(found, names, out, subject)


def _found(db: Connection, view: View, query: str, filters: Filters) -> tuple[int, ...]:
    """The articles that a query finds, within the time that is asked for where that is theirs."""
    from core.query import parse_query
    from pipeline.vocabulary import load_vocabulary
    from store import search

    by_article = view.time == "published_at"
    span = search.Filters(since=filters.since, until=filters.until) if by_article else search.Filters()
    asked = parse_query(query, load_vocabulary())
    found = tuple(islice(search.found_ids(db, asked, span), _MOST_FOUND + 1))
    if len(found) > _MOST_FOUND:
        raise UsageError(f"--query finds more than {_MOST_FOUND:,} articles; narrow it, or ask for a shorter time")
    own = [hit.row["id"] for hit in restricted_hits(db, asked, Filters())] if view.restricted else []
    return (*found, *own)


# -- formats ----------------------------------------------------------------------------------------------------------


def _jsonl(rows: Rows, _columns: Sequence[str], out: IO[bytes], _subject: str) -> int:
    with _as_text(out) as text:
        return output.write_jsonl(rows, text)


def _csv(rows: Rows, columns: Sequence[str], out: IO[bytes], _subject: str) -> int:
    with _as_text(out) as text:
        text.write("\ufeff")  # so that spreadsheets read it as UTF-8
        return output.write_csv(rows, columns, text)


def _xlsx(rows: Rows, columns: Sequence[str], out: IO[bytes], subject: str) -> int:
    from nightdesk.writers.spreadsheet import write_xlsx

    return write_xlsx(rows, columns, out, subject)


def _parquet(rows: Rows, columns: Sequence[str], out: IO[bytes], _subject: str) -> int:
    from nightdesk.writers.parquet import write_parquet

    return write_parquet(rows, columns, out)


@contextmanager
def _as_text(out: IO[bytes]) -> Iterator[TextIO]:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


FORMATS: dict[str, Writer] = {".jsonl": _jsonl, ".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
