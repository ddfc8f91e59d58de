"""The demo's newsroom: everything is served as written, and what it should cause follows from its data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import feedparser
import pytest

from core.watch import Watch
from nightdesk.demo import Expected, Newsroom
from nightdesk.demo.story import Outlet, Story, load_stories
from nightdesk.demo.wording import wording
from tests.conftest import FakeClock

STORIES = load_stories()
OUTLETS = [outlet.name for outlet in STORIES.outlets]


@pytest.fixture
def newsroom(clock: FakeClock) -> Iterator[Newsroom]:
    with Newsroom(clock=clock, stories=STORIES) as newsroom:
        yield newsroom


def get(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    parts = urlsplit(url)
    assert parts.hostname
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request(method, path or "/", headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def feed_links(newsroom: Newsroom, outlet: str) -> list[str]:
    body = get(f"{newsroom.url(outlet)}/feed")[1]
    if body.startswith(b"{"):
        return [item["url"] for item in json.loads(body)["items"]]
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.link for entry in parsed.entries]


def read_every_feed(newsroom: Newsroom) -> None:
    for outlet in OUTLETS:
        get(f"{newsroom.url(outlet)}/feed")


@pytest.mark.parametrize("outlet", OUTLETS)
def test_before_the_opening_only_the_baseline_is_there(newsroom: Newsroom, clock: FakeClock, outlet: str) -> None:
    clock.advance(seconds=3600)
    links = feed_links(newsroom, outlet)
    assert links
    assert len(links) == sum(story.expect == "baseline" for story in STORIES.of(outlet))


@pytest.mark.parametrize("outlet", OUTLETS)
def test_after_the_last_second_a_feed_lists_every_story_of_its_outlet(
    newsroom: Newsroom, clock: FakeClock, outlet: str
) -> None:
    newsroom.open()
    clock.advance(seconds=newsroom.length)
    assert len(feed_links(newsroom, outlet)) == len(list(STORIES.of(outlet)))


@pytest.mark.parametrize("outlet", STORIES.outlets, ids=OUTLETS)
def test_every_link_of_a_feed_gives_its_page_in_the_charset_of_the_outlet(
    newsroom: Newsroom, clock: FakeClock, outlet: Outlet
) -> None:
    newsroom.open()
    clock.advance(seconds=newsroom.length)
    name, charset, refuses = outlet.name, outlet.charset, outlet.refuses_pages
    for link in feed_links(newsroom, name):
        response, body = get(link)
        assert response.status == (403 if refuses else 200)
        assert refuses or "<h1" in body.decode(charset)


def test_the_schedule_opens_once_every_feed_was_read(newsroom: Newsroom, clock: FakeClock) -> None:
    for outlet in OUTLETS[:-1]:
        get(f"{newsroom.url(outlet)}/feed")
    clock.advance(seconds=100)
    assert newsroom.elapsed() == 0
    get(f"{newsroom.url(OUTLETS[-1])}/feed")
    clock.advance(seconds=5)
    assert newsroom.elapsed() == 5


def test_a_story_appears_at_its_second_and_not_before(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.open()
    address = f"{newsroom.url('meridian-wire')}/news/260-ethiopians-freed-myawaddy"
    clock.advance(seconds=3.9)
    assert get(address)[0].status == 404
    clock.advance(seconds=0.1)
    assert get(address)[0].status == 200


def test_speed_presses_the_schedule_together(clock: FakeClock) -> None:
    with Newsroom(clock=clock, stories=STORIES, speed=10) as newsroom:
        newsroom.open()
        clock.advance(seconds=newsroom.length)
        assert newsroom.length < 10
        assert newsroom.elapsed() == pytest.approx(newsroom.length * 10)


def test_a_feed_that_did_not_change_is_answered_with_304(newsroom: Newsroom) -> None:
    address = f"{newsroom.url('harbour-post')}/feed"
    tag = get(address)[0].headers["ETag"]
    read_every_feed(newsroom)
    response, body = get(address, {"If-None-Match": tag})
    assert (response.status, body) == (304, b"")


def test_an_edited_story_keeps_its_address_and_gets_a_new_date(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.open()
    before = {item.link: item for item in feedparser.parse(get(f"{newsroom.url('coral-tribune')}/feed")[1]).entries}
    clock.advance(seconds=newsroom.length)
    after = {item.link: item for item in feedparser.parse(get(f"{newsroom.url('coral-tribune')}/feed")[1]).entries}
    address = f"{newsroom.url('coral-tribune')}/news/third-traffic-course"
    assert before[address].title != after[address].title
    assert before[address].updated_parsed < after[address].updated_parsed


def test_a_relisted_story_is_the_page_of_its_original_under_another_address(
    newsroom: Newsroom, clock: FakeClock
) -> None:
    newsroom.open()
    clock.advance(seconds=newsroom.length)
    same = [link for link in feed_links(newsroom, "harbour-post") if "ethiopians-released-from-lotus-ridge?" in link]
    assert len(set(same)) == 2
    assert get(same[0])[1] == get(same[1])[1]


def test_robots_txt_and_a_head_request_are_answered(newsroom: Newsroom) -> None:
    assert b"Disallow: /admin/" in get(f"{newsroom.url('nanjiang')}/robots.txt")[1]
    response, body = get(f"{newsroom.url('nanjiang')}/feed", method="HEAD")
    assert (response.status, body) == (200, b"")


def test_expected_counts_follow_from_the_stories(newsroom: Newsroom) -> None:
    told = [
        (story.expect, watch)
        for story in STORIES.stories
        if story.expect in ("alert", "update")
        for watch in STORIES.developments[story.development or ""].watches
    ]
    alerts = sum(expect == "alert" for expect, _ in told)
    assert newsroom.expected() == Expected(alerts=alerts, updates=len(told) - alerts)
    assert newsroom.expected().alerts >= 8
    assert newsroom.expected().updates >= 2


def test_every_link_is_mapped_to_the_development_of_its_story(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.open()
    clock.advance(seconds=newsroom.length)
    links = {link for outlet in OUTLETS for link in feed_links(newsroom, outlet)}
    assert links == set(newsroom.developments())
    assert set(newsroom.developments().values()) == {None, *STORIES.developments}


def test_watches_are_valid_and_every_development_names_existing_ones(newsroom: Newsroom) -> None:
    names = {Watch.model_validate(watch).name for watch in newsroom.watches()}
    assert {name for development in STORIES.developments.values() for name in development.watches} == names


def test_sources_name_the_port_of_their_outlet(newsroom: Newsroom) -> None:
    sources = newsroom.sources()
    assert [source["name"] for source in sources] == OUTLETS
    assert all(source["url"].startswith("http://127.0.0.1:") and source["allow_private"] for source in sources)


@pytest.mark.parametrize("story", STORIES.stories, ids=lambda story: story.slug)
def test_a_story_has_words_and_a_place_in_the_schedule(story: Story) -> None:
    language = next(outlet.language for outlet in STORIES.outlets if outlet.name == story.outlet)
    text = wording(date(2026, 10, 13), language).fill(story.text)
    assert story.title and story.summary and len(text) > 150 and "{" not in text
    assert (story.at == 0) == (story.expect == "baseline")
    assert 0 <= story.at <= 90


@pytest.mark.parametrize("development", STORIES.developments)
def test_a_development_is_first_told_by_its_alert_or_by_the_baseline(development: str) -> None:
    told = [story for story in STORIES.stories if story.development == development]
    assert told[0].expect in ("alert", "baseline")
    assert [story.expect for story in told].count("alert") == (0 if told[0].expect == "baseline" else 1)
    assert all(story.at - told[0].at >= 15 for story in told if story.expect == "update")


def test_the_newsroom_is_as_varied_as_the_web() -> None:
    assert len({outlet.markup for outlet in STORIES.outlets}) >= 6
    assert len({outlet.feed for outlet in STORIES.outlets}) == 5
    assert len({outlet.language for outlet in STORIES.outlets}) >= 4
    assert any(outlet.charset != "utf-8" for outlet in STORIES.outlets)


def test_days_are_written_as_papers_of_the_language_write_them() -> None:
    day = date(2026, 10, 13)
    assert wording(day, "en").fill("It came {when}.") == "It came on Tuesday, 13 October 2026."
    assert wording(day, "th").when == "เมื่อวันอังคารที่ 13 ตุลาคม 2569"
    assert wording(day, "zh").when == "10月13日（星期二）"
    assert wording(day, "id").when == "pada Selasa (13/10/2026)"
    assert wording(day, "vi").when == "ngày 13/10/2026"
