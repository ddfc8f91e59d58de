"""Ways to read a site: feeds first, then sitemaps, the page's own list last."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pytest_httpserver import HTTPServer

from crawler.discover import Candidate, discover, ranked, read_any
from tests.crawling import config, in_reactor, rss, rss_item, source_at
from tests.sections import section, sitemap_of, telegram, url_of

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
SLUGS = ("police-free-forty-from-compound", "ministers-sign-police-pact", "court-jails-five-for-fraud")


def found_at(server: HTTPServer, path: str = "/") -> list[Candidate]:
    server.expect_request("/robots.txt").respond_with_data(f"Sitemap: {server.url_for('/maps/news.xml')}")
    server.expect_request(re.compile(".*")).respond_with_data("", status=404)
    return in_reactor(lambda: discover(server.url_for(path), config(), source_at(server), lambda: NOW))


def test_a_map_named_in_robots_and_the_pages_list_are_offered(httpserver: HTTPServer) -> None:
    body = sitemap_of(url_of("/news/a", title="A", at=NOW), url_of("/news/b", title="B", at=NOW))
    httpserver.expect_request("/maps/news.xml").respond_with_data(body, content_type="text/xml")
    httpserver.expect_request("/").respond_with_data(section(*SLUGS), content_type="text/html")
    first, second = found_at(httpserver)
    assert (first.kind, first.entries, first.newest) == ("sitemap", 2, NOW)
    assert (second.kind, second.entries) == ("listing", 3)


def test_a_feed_in_a_common_place_comes_first(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(section(*SLUGS), content_type="text/html")
    feed = rss(rss_item("/a", date="Tue, 13 Oct 2026 06:00:00 +0000"))
    httpserver.expect_request("/rss.xml").respond_with_data(feed, content_type="text/xml")
    assert [(one.kind, one.entries, one.newest) for one in found_at(httpserver)] == [
        ("feed", 1, NOW),
        ("listing", 3, None),
    ]


def test_a_site_that_offers_nothing_gives_nothing(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("<p>Soon.</p>", content_type="text/html")
    assert found_at(httpserver) == []


def test_the_latest_news_comes_first_within_a_kind() -> None:
    old = Candidate("https://r.example/a", newest=datetime(2020, 1, 1, tzinfo=UTC))
    new = Candidate("https://r.example/b", newest=NOW)
    plain_map = Candidate("https://r.example/m", kind="sitemap", newest=NOW, titled=False)
    assert ranked([plain_map, old, new]) == [new, old, plain_map]


def test_what_stands_at_an_address_is_told_by_its_content() -> None:
    url = "https://t.me/s/river_desk"
    assert read_any(telegram((1, "Words.")).encode(), url=url)[0] == "posts"
    assert read_any(section(*SLUGS).encode(), url="https://r.example/")[0] == "listing"
    assert read_any(sitemap_of(url_of("/a")).encode(), url="https://r.example/m.xml")[0] == "sitemap"
    assert read_any(rss(rss_item("/a")).encode(), url="https://r.example/feed")[0] == "feed"
