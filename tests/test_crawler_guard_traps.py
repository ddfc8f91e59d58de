"""Endless places, and robots.txt files of every make."""

from __future__ import annotations

import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from core.clock import utc_now
from crawler import robots
from crawler.ask import fetch
from crawler.robots import Robots, read_robots
from crawler.run import Crawler
from crawler.settings import ROBOT
from crawler.traps import trap_in
from store.definitions import sources
from store.engine import Store
from store.findings import findings
from tests.conftest import FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, page, rss, source_at


@pytest.mark.parametrize(
    ("url", "trap"),
    [
        ("https://example.org/" + "a/" * 21, "deep"),
        ("https://example.org/news/th/news/th/news/th/", "repeating"),
        ("https://example.org/x/News/y/news/z/NEWS", "repeating"),
        ("https://example.org/calendar/2031/05", "calendar"),
        ("https://example.org/event-calendar/2031-05-01/", "calendar"),
        ("https://example.org/events?month=5&year=2031", "calendar"),
        ("https://example.org/?tribe-bar-date=2031-05", "calendar"),
        ("https://example.org/a?" + "&".join(f"p{n}=1" for n in range(31)), "parameters"),
        ("https://example.org/" + "a" * 2000, "long"),
        ("https://example.org/" + "ก" * 700, "long"),
        ("https://example.org/?" + "&" * 1001 + "a=b&" * 1001, "long"),
    ],
)
def test_an_endless_place(url: str, trap: str) -> None:
    assert trap_in(url) == trap


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/2026/10/10/10/raid",
        "https://example.org/news/news/123",
        "https://example.org/events/2026/10/police-raid",
        "https://example.org/news.php?year=2026&id=4",
        "https://example.org/calendar/opening-of-the-new-season",
        "https://example.org/th/ข่าว/อาชญากรรม/123",
        "https://example.org/",
    ],
)
def test_an_honest_address(url: str) -> None:
    assert trap_in(url) is None


def test_a_trap_is_not_asked_for(httpserver: HTTPServer) -> None:
    url = httpserver.url_for("/calendar/2031/05")
    assert in_reactor(lambda: fetch(url, config(), source=source_at(httpserver))).error == "trap"
    assert httpserver.log == []


# robots.txt


@pytest.mark.parametrize(
    ("status", "error", "asked"),
    [
        (200, "robots", 0),
        (401, None, 1),
        (403, None, 1),
        (404, None, 1),
        (410, None, 1),
        (429, "robots_unreachable", 0),
        (500, "robots_unreachable", 0),
        (503, "robots_unreachable", 0),
    ],
)
def test_what_an_answer_for_robots_txt_means(
    status: int, error: str | None, asked: int, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /", status=status)
    httpserver.expect_request("/a").respond_with_data(page())
    answer = in_reactor(lambda: fetch(httpserver.url_for("/a"), config(), source=source_at(httpserver)))
    assert answer.error == error
    assert sum(request.path == "/a" for request, _ in httpserver.log) == asked


def test_a_source_may_pass_over_robots_txt(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /")
    httpserver.expect_request("/a").respond_with_data(page())
    source = source_at(httpserver, obey_robots=False)
    assert in_reactor(lambda: fetch(httpserver.url_for("/a"), config(), source=source)).ok
    assert [request.path for request, _ in httpserver.log] == ["/a"]


def test_the_operator_is_told_of_what_a_source_is_excused_from(
    httpserver: HTTPServer, sqlite_store: Store, clock: FakeClock
) -> None:
    httpserver.expect_request("/feed").respond_with_data(rss())
    no_robots(httpserver)
    number = add_source(sqlite_store, source_at(httpserver, obey_robots=False, verify_tls=False), clock())
    crawler = Crawler(sqlite_store, config(), clock)

    def told() -> list[str]:
        in_reactor(lambda: crawler.round(only=["post"]))
        clock.advance(hours=25)
        with sqlite_store.read() as db:
            return [row.detail for row in db.execute(sa.select(findings).where(findings.c.ended_at.is_(None)))]

    (one,) = told()
    assert "obey_robots = false" in one and "verify_tls = false" in one
    with sqlite_store.write() as db:
        obedient = source_at(httpserver).model_dump(mode="json")
        db.execute(sources.update().where(sources.c.id == number).values(definition=obedient))
    assert told() == []
    crawler.close()


def test_a_huge_robots_txt_is_read_to_its_limit() -> None:
    head = b"User-agent: *\nDisallow: /private\n"
    read = read_robots(200, head + b"Disallow: /x\n" * 200_000, utc_now())
    assert len(read.body) <= robots.MAX_BYTES
    assert not read.allows("https://example.org/private/a", ROBOT)


def test_a_robots_txt_beyond_all_limits_states_no_rules(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data(b"#" * (3 * robots.MAX_BYTES))
    httpserver.expect_request("/a").respond_with_data(page())
    assert in_reactor(lambda: fetch(httpserver.url_for("/a"), config(), source=source_at(httpserver))).ok


def test_a_crawl_delay_is_kept_within_reason() -> None:
    read = read_robots(200, b"User-agent: *\nCrawl-delay: 86400\n", utc_now())
    assert read.delay(ROBOT) == 60.0


def test_our_own_group_comes_before_everybodys() -> None:
    read = read_robots(200, b"User-agent: *\nDisallow: /\n\nUser-agent: nightdesk\nAllow: /\n", utc_now())
    assert read.allows("https://example.org/a", ROBOT)


def test_an_unreadable_site_is_asked_again_sooner_than_a_readable_one() -> None:
    now = utc_now()
    for status, hours, fresh in ((200, 23, True), (200, 25, False), (503, 1, False)):
        assert read_robots(status, b"", now).is_fresh(now + timedelta(hours=hours)) is fresh


@pytest.mark.corpus
def test_real_robots_files_parse(shared: Path) -> None:
    archive = shared / "testdata" / "feeds" / "protego-real-robots.tar.xz"
    count = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            opened = tar.extractfile(member) if member.isfile() and member.size < 4_000_000 else None
            if opened is None:
                continue
            count += 1
            if count % 5:  # a fifth of them
                continue
            read: Robots = read_robots(200, opened.read(), utc_now())
            assert read.allows("https://example.org/news/1", ROBOT) in (True, False)
            assert 0 <= read.delay(ROBOT) <= 60
            assert robots.from_json(read.as_json()) == read
    assert count > 100
