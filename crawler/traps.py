"""Addresses that lead into endless places: calendars, paths that repeat themselves, paths without end. Pure."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from core.urls import MAX_URL_BYTES

_SEGMENTS = 20
_REPEATS = 2
_PARAMETERS = 30
_CALENDAR = re.compile(r"/(?:event-?)?calendar(?:/[a-z-]+)?/(?:19|20)\d\d(?:[/-]\d{1,2}){0,2}/?$", re.I)
_DATE_PARTS = (
    frozenset({"year", "month"}),
    frozenset({"y", "m", "d"}),
    frozenset({"cal_y", "cal_m"}),
    frozenset({"tribe-bar-date"}),
    frozenset({"calendar_date"}),
)


def trap_in(url: str) -> str | None:
    """Why an address is not asked for, in a word or two; None if it looks like a page."""
    if len(url.encode("utf-8", "replace")) > MAX_URL_BYTES:
        return "long"
    try:
        split = urlsplit(url)
        names = [name.lower() for name, _ in parse_qsl(split.query, keep_blank_values=True, max_num_fields=1000)]
    except ValueError:
        return "unreadable"
    segments = [segment for segment in split.path.split("/") if segment]
    if len(segments) > _SEGMENTS:
        return "deep"
    # Numbers repeat in honest paths (/2026/10/10/10); words do not, three times.
    words = Counter(segment.lower() for segment in segments if not segment.isdigit())
    if words and max(words.values()) > _REPEATS:
        return "repeating"
    if len(names) > _PARAMETERS:
        return "parameters"
    if _CALENDAR.search(split.path) or any(parts <= set(names) for parts in _DATE_PARTS):
        return "calendar"
    return None
