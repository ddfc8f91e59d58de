"""When a delivery is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.retry import Again, GiveUp, next_try
from tests.conftest import START


def pause(refusals: int, retry_after: timedelta | None = None, jitter: float = 0.0) -> timedelta:
    again = next_try(START, START, refusals, retry_after, jitter)
    assert isinstance(again, Again)
    return again.at - START


@pytest.mark.parametrize(("refusals", "seconds"), [(1, 30), (2, 60), (3, 120), (8, 3600), (5000, 3600)])
def test_pauses_double_up_to_an_hour(refusals: int, seconds: int) -> None:
    assert pause(refusals) == timedelta(seconds=seconds)


def test_jitter_shortens_a_pause_by_a_quarter_at_most() -> None:
    assert pause(1, jitter=1.0) == timedelta(seconds=22.5)


def test_what_the_server_asks_for_is_honoured() -> None:
    assert pause(1, timedelta(seconds=7)) == timedelta(seconds=7)
    assert pause(1, timedelta(hours=2)) == timedelta(hours=2)


def test_a_server_that_asks_again_and_again_for_a_second_still_meets_back_off() -> None:
    assert pause(5, timedelta(seconds=1)) == timedelta(seconds=480)


def test_no_server_can_ask_for_a_year() -> None:
    assert pause(1, timedelta(days=365)) == timedelta(hours=6)


def test_after_three_days_a_delivery_is_given_up() -> None:
    verdict = next_try(START + timedelta(hours=72), START, 90, None, 0.5)
    assert isinstance(verdict, GiveUp)
    assert "72 hours" in str(verdict.reason)
