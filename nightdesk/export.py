"""Writes a view to a file: whole or not at all, row by row, so that an archive of any size fits."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TextIO, cast

from core.errors import NightdeskError, UsageError
from nightdesk import listing, output
from nightdesk.listing import Filters, View
from store.engine import Store

SUBJECTS: dict[str, View] = {
    "articles": listing.ARTICLES,
    "developments": listing.DEVELOPMENTS,
    "facts": listing.FACTS,
    "interactions": listing.INTERACTIONS,
    "deliveries": listing.DELIVERIES,
}
ENDINGS = (".jsonl", ".csv")

Progress = Callable[[int], None]


def export(store: Store, subject: str, target: str, filters: Filters) -> int:
    """Write every row of a subject that passes to `target`, oldest first; `-` is jsonl on stdout. Returns the count."""
    view = SUBJECTS[subject]
    ending = ".jsonl" if target == "-" else Path(target).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"cannot tell the format of {target}; its name must end in {' or '.join(ENDINGS)}, or be -")
    with _opened(target) as out, store.read() as db:
        found = listing.rows(db, view, replace(filters, newest_first=False, whole=True))
        if ending == ".jsonl":
            return output.write_jsonl(found, out)
        out.write("\ufeff")  # so that spreadsheets read it as UTF-8
        return output.write_csv(found, listing.columns(db, view), out)


@contextmanager
def _opened(target: str) -> Iterator[TextIO]:
    """The target under a temporary name, given its own once everything is written and synced."""
    if target == "-":
        yield sys.stdout
        return
    path = Path(target)
    try:
        file = tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", suffix=".partial", delete=False
        )
    except OSError as error:
        raise NightdeskError(f"cannot write {target}: {error.strerror}") from error
    try:
        with file:
            yield cast(TextIO, file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(file.name, 0o666 & ~_umask())  # a temporary file is for its owner alone
        os.replace(file.name, path)
    except OSError as error:
        os.unlink(file.name)
        raise NightdeskError(f"cannot write {target}: {error.strerror}") from error
    except BaseException:
        os.unlink(file.name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
