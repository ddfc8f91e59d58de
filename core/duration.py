"""Durations as people write them: `0s`, `90s`, `15m`, `1h`, `7d`, `2w`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """A span from its written form; raises ValueError that shows the right form."""
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f'{text!r} is not a duration; write a number and one of s, m, h, d, w, as in "15m"')
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than any span that could be meant") from error


def format_duration(span: timedelta) -> str:
    """The shortest exact written form of a span of whole seconds."""
    seconds = span.total_seconds()
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{int(seconds // _UNITS[unit])}{unit}"
    return f"{seconds:g}s"


def _validate(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_validate), PlainSerializer(format_duration)]
