"""The pure decisions of the crawler: politeness, robots, what becomes of an answer, dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler import outcome, politeness
from crawler.answer import Answer
from crawler.dates import read_date
from crawler.feeds import Entry
from crawler.outcome import Fetched, Later, Refused, judge
from crawler.plain import plain
from crawler.robots import from_json, read_robots
from crawler.source import Source
from crawler.visit import conditions, keyed, new_among, settled
from store.pages import ItemDue, SiteState, SourceDue

NOW = datetime(2026, 10, 13, 6, tzinfo=UTC)
SITE = SiteState("example.org")
SOURCE = Source.model_validate({"name": "post", "url": "https://example.org/rss"})
URL = "https://example.org/a"


def html(status: int = 200, body: bytes = b"<p>x", kind: str = "text/html", **headers: str) -> Answer:
    return Answer(URL, URL, status, {"content-type": kind, **headers}, body)


# politeness


def test_the_delay_is_taken_literally() -> None:
    assert politeness.seconds_between(0, 0, 0) == 0
    assert politeness.seconds_between(3, 0, 0) == 3


def test_robots_and_trouble_raise_the_delay_within_reason() -> None:
    assert politeness.seconds_between(3, 0, 10) == 10
    assert politeness.seconds_between(0, 1, 0) == 2
    assert politeness.seconds_between(3, 2, 0) == 12
    assert politeness.seconds_between(3, 20, 0) == 300


def test_time_that_went_by_counts_and_a_clock_set_back_does_not_block() -> None:
    assert politeness.seconds_until(NOW, NOW - timedelta(seconds=1), 3) == 2
    assert politeness.seconds_until(NOW, NOW + timedelta(days=1), 3) == 3
    assert politeness.seconds_until(NOW, None, 3) == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Tue, 13 Oct 2026 06:10:00 GMT", 600),
        ("999999999", 86400),
        ("soon", None),
        ("-5", None),
        (None, None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: int | None) -> None:
    found = politeness.read_retry_after(value, NOW)
    assert (found.total_seconds() if found else None) == seconds


def test_a_site_in_trouble_is_remembered_until_it_answers() -> None:
    troubled = politeness.after_answer(SITE, 429, None, "60", NOW)
    assert (troubled.failures, troubled.not_before) == (1, NOW + timedelta(seconds=60))
    assert politeness.after_answer(troubled, 200, None, None, NOW) == SITE
    assert politeness.after_answer(troubled, None, "robots", None, NOW) == troubled


# robots.txt


def test_no_robots_txt_means_no_rules() -> None:
    assert read_robots(404, b"Disallow: /", NOW).allows(URL, "Nightdesk")


@pytest.mark.parametrize("status", [None, 500, 503, 429])
def test_a_robots_txt_that_is_not_answered_is_no_permission(status: int | None) -> None:
    robots = read_robots(status, b"", NOW)
    assert not robots.readable
    assert not robots.is_fresh(NOW + timedelta(minutes=20))


def test_a_robots_txt_survives_being_kept() -> None:
    robots = read_robots(200, b"User-agent: *\nDisallow: /x\nCrawl-delay: 900", NOW)
    kept = from_json(robots.as_json())
    assert kept is not None
    assert (kept.allows("https://example.org/x/1", "Nightdesk"), kept.delay("Nightdesk")) == (False, 60.0)
    assert kept.is_fresh(NOW + timedelta(hours=23)) and not kept.is_fresh(NOW + timedelta(hours=25))


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"<html>" * 1000, b"Crawl-delay: x\nUser-agent: *", b"Disallow: /[" * 10]
)
def test_a_robots_txt_of_rubbish_breaks_nothing(body: bytes) -> None:
    assert isinstance(read_robots(200, body, NOW).allows(URL, "Nightdesk"), bool)


# items


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (html(), Fetched()),
        (html(403), Refused("http_403")),
        (html(451), Refused("http_451")),
        (html(402), Refused("paywall")),
        (html(body=b" "), Refused("empty")),
        (html(body=b"%PDF-1.4"), Refused("not_text")),
        (html(kind="image/png"), Refused("not_text")),
        (Answer(URL, error="robots"), Refused("robots")),
        (Answer(URL, error="too_large"), Refused("too_large")),
        (Answer(URL, error="timeout"), Later(NOW + timedelta(seconds=30))),
        (html(503, **{"retry-after": "7200"}), Later(NOW + timedelta(hours=2))),
        (Answer(URL, error="waiting"), Later(None, counts=False)),
    ],
)
def test_each_answer_has_its_consequence(answer: Answer, verdict: object) -> None:
    assert judge(answer, 0, NOW) == verdict


def test_the_last_try_ends_in_a_refusal() -> None:
    assert judge(Answer(URL, error="timeout"), outcome.TRIES - 1, NOW) == Refused("timeout")


def test_an_aggregator_is_the_outlet_of_its_own_pages_only() -> None:
    digest = SOURCE.model_copy(update={"type": "aggregator"})
    own = ItemDue(1, 1, "k", URL, "T", None, None, None, NOW, False, 0)
    other = ItemDue(1, 1, "k", "https://harbour-post.example/a", "T", None, None, None, NOW, False, 0, "Harbour Post")
    assert outcome.given_by_feed(own, digest)["outlet"] == "post"
    assert outcome.given_by_feed(other, digest)["outlet"] == "Harbour Post"
    assert outcome.given_by_feed(other, SOURCE)["outlet"] == "post"


# entries


def entry(url: str | None = URL, guid: str | None = None, title: str | None = "T") -> Entry:
    return Entry(guid, url, title, None, None, None)


def keys(*entries: Entry) -> list[str]:
    return [one.keys[0] for one in keyed(entries, SOURCE)]


def test_entries_that_share_an_address_are_told_apart_by_guid() -> None:
    assert len(keys(entry(guid="1"), entry(guid="2"), entry(guid="2"))) == 2


def test_an_entry_whose_address_comes_to_be_shared_stays_known() -> None:
    (first,) = keyed([entry(guid="1")], SOURCE)
    later = keyed([entry(guid="1"), entry(guid="2")], SOURCE)
    new = new_among(later, {first.keys[0]: "1"}, NOW)
    assert [item.guid for item in new] == ["2"]


def test_entries_that_all_lead_to_one_page_are_their_own_words_and_not_edits_of_one_article() -> None:
    entries = [entry(f"https://example.org/news#{number}", guid=str(number)) for number in range(6)]
    found = [item.url for item in new_among(keyed(entries, SOURCE), {}, NOW)]
    assert len(set(found)) == 6 and all(url.startswith("https://example.org/news?notice=") for url in found)
    item = ItemDue(1, 1, "k", found[0], "A notice", "All of it.", None, None, NOW, False, 0)
    assert outcome.is_at_hand(item, SOURCE)
    assert outcome.given_by_feed(item, SOURCE)["whole"] is True


def test_entries_without_a_usable_address_are_left_out() -> None:
    assert keys(entry(url=None), entry(url="https://example.org/" + "a" * 3000)) == []


def test_include_and_exclude_choose_entries() -> None:
    source = SOURCE.model_copy(update={"include": "/world/", "exclude": "/sport/"})
    urls = ["https://example.org/world/1", "https://example.org/world/sport/1", "https://example.org/x"]
    assert [one.entry.url for one in keyed([entry(url) for url in urls], source)] == urls[:1]


def test_a_long_guid_makes_a_key_that_fits_an_index() -> None:
    assert all(len(key) < 1000 for key in keys(entry(guid="g" * 5000), entry(guid="h" * 5000)))


def test_a_future_date_is_now_or_nothing() -> None:
    assert settled(NOW + timedelta(hours=7), NOW) == NOW
    assert settled(NOW + timedelta(days=3), NOW) is None


def test_validators_are_left_out_once_a_day() -> None:
    due = SourceDue(1, "post", {}, etag='"v"', last_full_at=NOW)
    assert conditions(due, NOW + timedelta(hours=23)) == {"If-None-Match": '"v"'}
    assert conditions(due, NOW + timedelta(hours=24)) == {}
    assert conditions(replace(due, last_full_at=None), NOW) == {}


# dates and text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 13 Oct 2026 12:05:00 +0700", "2026-10-13T05:05"),
        ("Tue, 13 Oct 26 05:05 GMT", "2026-10-13T05:05"),
        ("13 October 2026 05:05:00 UTC", "2026-10-13T05:05"),
        ("Wrongday, 13 Oct 2026 01:05:00 EDT", "2026-10-13T05:05"),
        ("2026-10-13T05:05:00Z", "2026-10-13T05:05"),
        ("2026-10-13T12:05:00.123456+07:00", "2026-10-13T05:05"),
        ("2026-10-13 12:05:00 +0700", "2026-10-13T05:05"),
        ("2026-10-13", "2026-10-13T00:00"),
        ("20261013T050500Z", None),
        ("2026/10/13 05:05", "2026-10-13T05:05"),
        ("2026年10月13日 05:05", "2026-10-13T05:05"),
        ("2026년 10월 13일", "2026-10-13T00:00"),
        ("October 13, 2026 5:05 PM ICT", "2026-10-13T10:05"),
        ("Tue Oct 13 05:05:00 2026", "2026-10-13T05:05"),
        ("13 Oktober 2026 12:05 WIB", "2026-10-13T05:05"),
        ("2569-10-13T05:05:00Z", "2026-10-13T05:05"),
        ("Tue, 13 Oct 2026 24:05:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("yesterday", None),
        ("9999-99-99", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_as_feeds_write_them(text: str | None, expected: str | None) -> None:
    found = read_date(text)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br/>b", "a\nb"),
        ("x <style>p{}</style> y", "x y"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("e\u0301\x00\u200b", "é"),
        ("<!-- <b> -->t", "t"),
        ("<p> </p>", None),
    ],
)
def test_text_loses_its_tags(text: str, expected: str | None) -> None:
    assert plain(text) == expected
