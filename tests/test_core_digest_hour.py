"""When a digest goes out: each day or each week, once, whatever the clocks do."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.digest_hour import DigestHour, parse_digest_hour

ZONES = ["Asia/Bangkok", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
A_YEAR = (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC))


def moments(hour: DigestHour, zone: str) -> list[datetime]:
    now, end = A_YEAR
    found = []
    while (now := hour.next_after(now, ZoneInfo(zone))) <= end:
        found.append(now)
    return found


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("07:30", DigestHour(time(7, 30))),
        ("7:30", DigestHour(time(7, 30))),
        ("07:30:00", DigestHour(time(7, 30))),
        ("Mon 07:30", DigestHour(time(7, 30), 0)),
        ("sunday 23:59", DigestHour(time(23, 59), 6)),
    ],
)
def test_the_forms_of_an_hour(text: str, hour: DigestHour) -> None:
    assert parse_digest_hour(text) == hour
    assert parse_digest_hour(hour.as_json()) == parse_digest_hour(str(hour)) == hour


@pytest.mark.parametrize("text", ["", "25:00", "07:60", "Mon", "Moon 07:30", "m 07:30", "07:30 Mon", "half past seven"])
def test_a_bad_hour_shows_the_right_form(text: str) -> None:
    with pytest.raises(ValueError, match=r'"Mon 07:30"'):
        parse_digest_hour(text)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["00:00", "01:30", "02:30", "07:30", "23:59"])
def test_a_year_has_one_moment_for_each_local_day(zone: str, text: str) -> None:
    found = moments(parse_digest_hour(text), zone)
    assert len(found) == len(set(found)) == 365
    assert max(later - earlier for earlier, later in itertools.pairwise(found)) <= timedelta(hours=25)


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_has_one_moment_for_each_week(zone: str) -> None:
    found = moments(parse_digest_hour("Sun 02:30"), zone)
    assert len(found) == 52
    assert {moment.astimezone(ZoneInfo(zone)).weekday() for moment in found} == {6}


@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_is_between_the_last_and_the_next(zone: str) -> None:
    hour, now = parse_digest_hour("02:30"), A_YEAR[0]
    while now < A_YEAR[1]:
        last, following = hour.last_until(now, ZoneInfo(zone)), hour.next_after(now, ZoneInfo(zone))
        assert last <= now < following == hour.next_after(last, ZoneInfo(zone))
        now += timedelta(hours=7, minutes=30)


def test_an_hour_that_the_clocks_skip_comes_as_if_they_had_not() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_digest_hour("02:30").next_after(datetime(2026, 3, 28, 12, tzinfo=UTC), berlin) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_digest_hour("02:30").next_after(datetime(2026, 10, 24, 12, tzinfo=UTC), berlin) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
