"""When a source is visited next: from its rhythm, its wishes, its failures, and chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler import pace
from crawler.pace import Plan, next_visit
from crawler.wishes import Wishes, read_wishes

NOW = datetime(2026, 10, 13, 6, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)


def every(**gap: float) -> list[datetime]:
    return [NOW - timedelta(**gap) * number for number in range(10)]


def pause(interval: timedelta = HOUR, **changes: object) -> timedelta:
    return next_visit(Plan(interval, **changes), NOW) - NOW  # type: ignore[arg-type]


def test_a_source_is_visited_twice_per_usual_gap() -> None:
    assert pace.interval_after(every(hours=2), None, True, NOW) == HOUR


def test_the_pace_stays_between_two_minutes_and_a_day() -> None:
    assert pace.interval_after(every(minutes=1), None, True, NOW) == timedelta(minutes=2)
    assert pace.interval_after(every(days=30), None, True, NOW) == timedelta(hours=24)
    assert max(pause(pace.LONGEST, chance=chance / 10) for chance in range(11)) == timedelta(hours=24)


def test_a_source_gone_quiet_is_visited_less_and_less() -> None:
    times = [moment - timedelta(days=2) for moment in every(minutes=10)]
    assert pace.interval_after(times, None, False, NOW) == timedelta(hours=4)


def test_without_dates_the_pace_follows_what_visits_find() -> None:
    assert pace.interval_after([], HOUR, True, NOW) == HOUR / 2
    assert pace.interval_after([], HOUR, False, NOW) == HOUR * 1.5


def test_items_of_one_minute_are_one_beat() -> None:
    assert pace.rhythm([NOW] * 50) is None


def test_sources_added_together_drift_apart() -> None:
    assert pace.spread(HOUR, 0.0) == timedelta(minutes=54)
    assert pace.spread(HOUR, 1.0) == timedelta(minutes=66)


# lists that turn over


def test_a_list_that_turned_over_is_visited_four_times_as_often() -> None:
    cap = pace.cap_after(None, 1.0, HOUR)
    assert cap == HOUR / 4
    assert pause(cap=cap) == HOUR / 4


def test_a_list_of_which_half_is_new_is_visited_so_that_a_third_is() -> None:
    assert pace.cap_after(None, 0.5, HOUR) == timedelta(minutes=40)


def test_the_pace_loosens_slowly_when_little_is_new() -> None:
    assert pace.cap_after(HOUR, 0.1, HOUR) == HOUR * 1.25
    assert pace.cap_after(HOUR, 0.2, HOUR) == HOUR
    assert pace.cap_after(timedelta(hours=20), 0.0, HOUR) is None


def test_no_pause_is_shorter_than_two_minutes() -> None:
    assert pace.cap_after(None, 1.0, timedelta(minutes=3)) == timedelta(minutes=2)


# failures


@pytest.mark.parametrize(("failures", "score", "seconds"), [(0, 0, 2), (1, 1, 4), (5, 5, 64), (40, 40, 21600)])
def test_failures_stretch_every_and_never_end_it(failures: int, score: float, seconds: int) -> None:
    assert pause(every=timedelta(seconds=2), failures=failures, score=score) == timedelta(seconds=seconds)


def test_a_page_that_is_gone_slows_visits_more_than_a_time_out() -> None:
    hard, soft, passing = (pause(failures=4, score=4 * weight) for weight in (1.0, 0.5, 0.25))
    assert (hard, soft, passing) == (timedelta(hours=6), timedelta(hours=4), timedelta(hours=2))


def test_a_source_that_fails_for_long_is_still_visited_each_day() -> None:
    assert pause(failures=500, score=500.0) == timedelta(hours=24)


def test_the_first_failure_of_a_rare_source_is_looked_into_the_same_day() -> None:
    assert pause(pace.LONGEST, failures=1, score=1.0) == timedelta(hours=6)


# wishes


def test_retry_after_is_obeyed_even_where_every_is_set() -> None:
    assert pause(every=timedelta(seconds=2), asked=3 * HOUR) == 3 * HOUR
    assert pause(asked=3 * HOUR) == 3 * HOUR


def test_a_wish_for_an_hour_is_obeyed_and_a_longer_one_as_far_as_the_rhythm_allows() -> None:
    assert pause(HOUR / 4, wishes=Wishes(HOUR / 2)) == HOUR / 2
    assert pause(HOUR / 4, wishes=Wishes(24 * HOUR)) == HOUR
    assert pause(HOUR / 4, wishes=Wishes(24 * HOUR), usual=5 * HOUR) == 5 * HOUR


def test_a_list_that_turns_over_is_visited_in_time_whatever_it_wishes() -> None:
    assert pause(wishes=Wishes(24 * HOUR), cap=HOUR / 4) == HOUR / 4


def test_skipped_hours_and_days_are_waited_for() -> None:
    assert pause(wishes=Wishes(skip_hours=frozenset({7, 8, 9}))) == 4 * HOUR
    assert pause(wishes=Wishes(skip_days=frozenset({1}))) == timedelta(hours=18)


def test_a_source_that_skips_most_of_the_week_is_visited_each_day_all_the_same() -> None:
    assert pause(wishes=Wishes(skip_days=frozenset({1, 2, 3, 4, 5}))) == timedelta(hours=24)


def test_every_is_taken_literally_whatever_the_source_wishes() -> None:
    assert pause(every=HOUR / 4, wishes=Wishes(24 * HOUR, frozenset(range(23)))) == HOUR / 4


def test_a_visit_is_made_when_quiet_becomes_silence() -> None:
    assert pause(6 * HOUR, look_at=NOW + 2 * HOUR) == 2 * HOUR + timedelta(minutes=1)


RSS = b'<?xml version="1.0"?><rss><channel>%s<item><ttl>9</ttl></item></channel></rss>'


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        (b"<ttl>45</ttl>", 45),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 30),
        (b"<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod>", 1440),
        (b"<ttl>999999</ttl>", 1440),
        (b"<ttl>soon</ttl>", None),
        (b"<ttl>0</ttl>", None),
        (b"<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 60),
        (b"", None),
    ],
)
def test_wishes_of_the_feed_are_read_from_its_head(head: bytes, minutes: int | None) -> None:
    wish = read_wishes(RSS % head, {}, NOW).pause
    assert (wish.total_seconds() / 60 if wish else None) == minutes


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"cache-control": "public, max-age=600"}, 10),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"expires": "Tue, 13 Oct 2026 06:20:00 GMT"}, 20),
        ({"expires": "Tue, 13 Oct 2020 06:20:00 GMT"}, None),
        ({"expires": "-1"}, None),
        ({"cache-control": "max-age=999999999"}, 1440),
    ],
)
def test_headers_say_how_long_an_answer_keeps(headers: dict[str, str], minutes: int | None) -> None:
    wish = read_wishes(b"", headers, NOW).pause
    assert (wish.total_seconds() / 60 if wish else None) == minutes


def test_skip_hours_and_days_are_read_and_nonsense_is_not_obeyed() -> None:
    head = b"<skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    wishes = read_wishes(RSS % head, {}, NOW)
    assert (wishes.skip_hours, wishes.skip_days) == (frozenset({0, 5}), frozenset({6}))
    every_hour = b"".join(b"<hour>%d</hour>" % hour for hour in range(24))
    assert not read_wishes(RSS % (b"<skipHours>" + every_hour + b"</skipHours>"), {}, NOW).skip_hours
