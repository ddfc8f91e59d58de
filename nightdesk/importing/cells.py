"""What a cell of a sheet says: a day, a figure with its bound, a country. None where it is none. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, cast

from core.text import tokens
from pipeline.values import Bound
from pipeline.vocabulary import load_vocabulary

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]\d{2}:\d{2}.*)?")
_NUMBER = re.compile(r"\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+|\d+(?:\.\d+)?")
_BOUNDS: tuple[tuple[str, Bound], ...] = (
    (r"(?:at least|>=|≥|min\.?)", "at_least"),
    (r"(?:more than|over|>)", "over"),
    (r"(?:up to|at most|<=|≤|max\.?)", "up_to"),
    (r"(?:less than|fewer than|under|<)", "under"),
    (r"(?:about|around|approx\.?|approximately|some|c\.|ca\.?|~|≈)", "about"),
)


def first_moment(day: str) -> datetime:
    """When a day, month or year began."""
    year, month, day_of_month = (*(int(part) for part in day.split("-")), 1, 1)[:3]
    return datetime(year, month, day_of_month, tzinfo=UTC)


def read_day(words: str, form: str | None = None) -> str | None:
    """A date as precise as it was written; None where it is none."""
    if form is not None:
        try:
            return datetime.strptime(words, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            pass  # a workbook's own date is ISO, whatever it shows
    match = _DAY.fullmatch(words)
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def read_figure(words: str) -> dict[str, Any] | None:
    """`120`, `1,041`, `100-120`, `at least 100`, `~100`, `100+` as the values of a fact; None where it is none."""
    rest = words.strip()
    bound: Bound = "exact"
    for form, named in _BOUNDS:
        if match := re.match(rf"{form}\s*", rest, re.IGNORECASE):
            rest, bound = rest[match.end() :], named
            break
    if rest.endswith("+"):
        rest, bound = rest[:-1].strip(), "at_least"
    numbers = [_number(part) for part in re.split(r"\s*(?:-|–|—|\bto\b)\s*", rest)]
    if any(number is None for number in numbers):
        return None
    if len(numbers) == 1:
        return {"value": numbers[0], "bound": bound}
    low, high = cast(float, numbers[0]), cast(float, numbers[1])
    if len(numbers) != 2 or bound != "exact" or low > high:
        return None
    return {"low": low, "high": high, "bound": "range"}


def _number(words: str) -> float | None:
    if not _NUMBER.fullmatch(words.strip()):
        return None
    plain = words.strip()
    if re.fullmatch(r"\d+\.\d+", plain) and not re.fullmatch(r"\d{1,3}\.\d{3}", plain):
        return float(plain)
    return float(re.sub(r"\D", "", plain))


@cache
def country_of(words: str) -> str | None:
    """The two letters of a country that goes by this name in any language we know."""
    if re.fullmatch(r"[A-Z]{2}", words):
        return words if words in _codes() else None
    vocabulary = load_vocabulary()
    whole = [
        hit.entry.country
        for hit in vocabulary.find(words, tokens(words))
        if hit.entry.kind == "nation" and (hit.start, hit.end) == (0, len(words))
    ]
    return whole[0] if whole else None


@cache
def _codes() -> frozenset[str]:
    from babel import Locale

    territories = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in territories if re.fullmatch(r"[A-Z]{2}", code)) - {"ZZ", "EU", "UN"}
