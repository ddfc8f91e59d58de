"""Fields with values and ranges: what may stand after `lang:`, `published:` and the like."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import inf

from core.query.document import slug
from core.query.nodes import CountRange, PublishedRange, Value

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class ValueProblem(ValueError):
    """A value that its field cannot have."""


def make_value(field: str, written: str, position: int) -> Value:
    """`topic:scam_centres`, `source:example*`. Raises ValueProblem."""
    prefix = written.endswith("*")
    value = written[:-1] if prefix else written
    if "*" in value or "?" in value:
        raise ValueProblem("a * may stand only at the end")
    if not value.strip():
        raise ValueProblem(f"{field}: needs a value")
    if field == "lang" and not _LANGUAGE.fullmatch(f"{value}x" if prefix else value):
        raise ValueProblem(f"{value!r} is not a language; write a code like en, th or zh-Hant")
    if field == "country" and (prefix or not _COUNTRY.fullmatch(value)):
        raise ValueProblem(f"{value!r} is not a country; write two letters, as in country:TH")
    folded = slug(value) if field in ("topic", "event") else value.casefold()
    if field == "lang":
        folded = folded.replace("_", "-")
    return Value(field, (folded,), prefix, f"{field}:{written}", position)


def make_range(
    field: str, low: str, high: str, include_low: bool, include_high: bool, source: str, position: int
) -> PublishedRange | CountRange:
    """`[low TO high]` with * for no bound. Raises ValueProblem."""
    if field == "count":
        least = -inf if low == "*" else _number(low)
        most = inf if high == "*" else _number(high)
        if least > most:
            raise ValueProblem(f"{low} is more than {high}")
        return CountRange(least, most, include_low, include_high, source, position)
    since = None if low == "*" else _span(low)[0 if include_low else 1]
    until = None if high == "*" else _span(high)[1 if include_high else 0]
    if since and until and since >= until:
        raise ValueProblem(f"nothing lies between {low} and {high}")
    return PublishedRange(since, until, source, position)


def _number(written: str) -> float:
    try:
        number = float(written.replace(",", "").replace("_", "x"))
    except ValueError as error:
        raise ValueProblem(f"{written!r} is not a number") from error
    if number != number or abs(number) == inf:
        raise ValueProblem(f"{written!r} is not a number")
    return number


def _span(written: str) -> tuple[datetime, datetime]:
    """The first moment of what was written, and the first one after it: `2026-02` is a month."""
    try:
        match = _DAY.fullmatch(written)
        if match is None:
            moment = datetime.fromisoformat(written.upper())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
            return moment, moment + timedelta(seconds=1)
        year, month, day = int(match[1]), match[2], match[3]
        start = datetime(year, int(month or 1), int(day or 1), tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        if month:
            return start, start.replace(year=year + int(month) // 12, month=int(month) % 12 + 1)
        return start, start.replace(year=year + 1)
    except (ValueError, OverflowError) as error:
        raise ValueProblem(f"{written!r} is not a date; write 2026, 2026-02, 2026-02-13 or 2026-02-13T06:00") from error
