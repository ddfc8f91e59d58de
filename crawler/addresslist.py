"""Text files of addresses, one a line: comments and blank lines are passed over, bad lines told by row. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.urls import normalise_url

_WEB = re.compile(r"https?://\S", re.I)
#: What somebody meant as an address: one word with a scheme, or with a dot and a path.
_MEANT = re.compile(r"(?:[a-z][a-z0-9+.-]*:/?/?\S+|[\w-]+(?:\.[\w-]+)+(?:[/:?#]\S*)?)", re.I)
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One line that says something: an address, or why it is none."""

    row: int
    url: str
    error: str = ""
    repeats: int = 0  # the row that has the same address already


def is_list(text: str) -> bool:
    """Whether a text is a list of addresses: at least one, and most lines are meant as one."""
    lines = [line for _, line in _said(text)]
    meant = sum(bool(_MEANT.fullmatch(line)) for line in lines)
    return any(_WEB.match(line) for line in lines) and 2 * meant >= len(lines)


def lines(text: str) -> Iterator[Line]:
    """Each line that says something. The same address, however it is written, is given once and then as a repeat."""
    seen: dict[str, int] = {}
    for row, line in _said(text):
        if len(line.split()) > 1:
            yield Line(row, line[:_LONGEST_SHOWN], "not one address; write one a line, and remarks after a #")
        elif not _WEB.match(line):
            yield Line(row, line[:_LONGEST_SHOWN], "not an address; write it with http:// or https://")
        else:
            yield _address(row, line, seen)


def _address(row: int, line: str, seen: dict[str, int]) -> Line:
    try:
        same = normalise_url(line)
    except ValueError as error:
        return Line(row, line[:_LONGEST_SHOWN], str(error))
    first = seen.setdefault(same, row)
    return Line(row, line, repeats=first if first != row else 0)


def _said(text: str) -> Iterator[tuple[int, str]]:
    """The lines without comments and blanks. A # within an address is its own; a comment has a space before it."""
    for row, line in enumerate(text.splitlines(), start=1):
        said = re.sub(r"(?:^|\s)#.*$", "", line.removeprefix("\ufeff")).strip()
        if said:
            yield row, said
