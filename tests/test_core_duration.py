"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("90s", 90), ("15m", 900), ("1.5h", 5400), ("7d", 604800), ("2w", 1209600)]
)
def test_a_number_and_a_unit_are_a_span(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "-3s", "3 parsecs", "1h30m", "9" * 400 + "w"])
def test_anything_else_is_an_error_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0s", "90s", "15m", "1h", "1d", "2w"])
def test_the_written_form_comes_back(text: str) -> None:
    assert format_duration(parse_duration(text)) == text
