"""Rounds over sources that are no feeds: what a visit of each kind finds, keeps, fetches and calls a failure."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from crawler.report import RoundReport
from crawler.run import Crawler
from crawler.source import Source
from store import pages
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, page, rss, rss_item, source_at
from tests.sections import board, index_of, section, sitemap_of, telegram, url_of


class Desk:
    """A crawler on a store, whose waiting costs no time."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        async def sleep(seconds: float) -> None:
            clock.advance(seconds=seconds)

        self.store, self.clock = store, clock
        self.crawler = Crawler(store, config(), clock, sleep=sleep)

    def round(self, **options: Any) -> RoundReport:
        report = in_reactor(lambda: self.crawler.round(**options))
        self.clock.advance(minutes=5)
        return report

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.store.read() as db:
            return [dict(row) for row in db.execute(sa.select(table).order_by(*table.primary_key)).mappings()]

    def urls(self) -> list[str]:
        return [row["url"].partition("/news/")[2] or row["url"] for row in self.rows(pages.items)]


@pytest.fixture
def desk(sqlite_store: Store, clock: FakeClock) -> Iterator[Desk]:
    found = Desk(sqlite_store, clock)
    yield found
    found.crawler.close()


def serve(server: HTTPServer, path: str, body: str | bytes, kind: str = "text/html", **more: Any) -> None:
    server.expect_request(path).respond_with_data(body, content_type=kind, **more)


def begin(desk: Desk, server: HTTPServer, **source: Any) -> Source:
    no_robots(server)
    made = source_at(server, every="1m", **source)
    add_source(desk.store, made)
    return made


def again(server: HTTPServer) -> None:
    server.clear_all_handlers()
    no_robots(server)


# sitemaps


def test_a_news_sitemap_gives_items_with_titles_and_dates(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/news.xml")
    when = desk.clock() - timedelta(hours=2)
    serve(httpserver, "/news.xml", sitemap_of(url_of("/news/raid", title="A raid", at=when)), "text/xml")
    serve(httpserver, "/news/raid", page("A raid"))
    assert desk.round().of("post").baseline
    (item,) = desk.rows(pages.items)
    assert (item["title"], item["published_at"]) == ("A raid", when)
    assert desk.rows(pages.pages)[0]["sha256"]


def test_a_plain_sitemap_leaves_its_archive_alone(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/map.xml")
    now = desk.clock()
    old = url_of("/news/old", modified=now - timedelta(days=400))
    serve(httpserver, "/map.xml", sitemap_of(old, url_of("/news/one", modified=now)), "text/xml")
    serve(httpserver, "/news/one", page())
    desk.round()
    assert desk.urls() == ["one"]
    again(httpserver)
    later = url_of("/news/two", modified=desk.clock())
    serve(httpserver, "/map.xml", sitemap_of(old, url_of("/news/one", modified=now), later), "text/xml")
    serve(httpserver, "/news/two", page())
    assert desk.round().of("post").new == 1
    assert desk.urls() == ["one", "two"]
    # When a page was touched is not when it was published.
    assert [row["published_at"] for row in desk.rows(pages.items)] == [None, None]


def test_an_index_is_read_part_by_part_the_newest_first(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/index.xml")
    now = desk.clock()
    parts = {f"/part-{n}.xml.gz": now - timedelta(hours=n) for n in range(12)}
    serve(httpserver, "/index.xml", index_of(parts), "text/xml")
    for n in range(12):
        body = gzip.compress(sitemap_of(url_of(f"/news/{n}", title=f"Number {n}", at=now)).encode())
        serve(httpserver, f"/part-{n}.xml.gz", body, "application/x-gzip")
    desk.round()
    asked = [request.path for request, _ in httpserver.log if request.path.startswith("/part")]
    assert asked == [f"/part-{n}.xml.gz" for n in range(6)]
    assert len(desk.rows(pages.items)) == 6


def test_a_part_that_fails_does_not_hide_the_others(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/index.xml")
    serve(httpserver, "/index.xml", index_of({"/gone.xml": desk.clock(), "/here.xml": desk.clock()}), "text/xml")
    serve(httpserver, "/here.xml", sitemap_of(url_of("/news/a", title="A", at=desk.clock())), "text/xml")
    assert desk.round().of("post").error is None
    assert desk.urls() == ["a"]


def test_an_index_whose_parts_all_fail_is_a_failed_visit(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/index.xml")
    serve(httpserver, "/index.xml", index_of({"/gone.xml": desk.clock()}), "text/xml")
    serve(httpserver, "/gone.xml", "", status=404)
    assert desk.round().of("post").error == "sitemap_part_http_404"


def test_an_index_that_names_itself_or_another_site_ends(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/index.xml")
    parts = {"/index.xml": desk.clock(), "/inner.xml": desk.clock(), "http://127.0.0.2:9/away.xml": desk.clock()}
    serve(httpserver, "/index.xml", index_of(parts), "text/xml")
    serve(httpserver, "/inner.xml", index_of({"/index.xml": desk.clock(), "/inner.xml": desk.clock()}), "text/xml")
    desk.round()
    assert len([1 for request, _ in httpserver.log if request.path.endswith(".xml")]) <= 4


def test_a_map_of_the_month_is_found_by_its_day(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="sitemap", path="/{yyyy}/map_{mm}_{dd}.xml")
    serve(httpserver, "/2026/map_10_13.xml", "", status=404)
    serve(httpserver, "/2026/map_10_12.xml", sitemap_of(url_of("/news/a", title="A", at=desk.clock())), "text/xml")
    assert desk.round().of("post").error is None
    assert desk.urls() == ["a"]


# listings


def test_a_listing_learns_which_links_are_articles(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="listing", path="/section")
    serve(httpserver, "/section", section("police-free-forty-from-compound", "ministers-sign-police-pact"))
    assert desk.round().of("post").error == "listing_empty"
    again(httpserver)
    slugs = ("police-free-forty-from-compound", "ministers-sign-police-pact", "court-jails-five-for-fraud")
    serve(httpserver, "/section", section(*slugs))
    desk.clock.advance(hours=1)
    assert desk.round().of("post").baseline
    assert desk.urls() == list(slugs)


def test_a_selector_and_patterns_choose_the_links(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="listing", path="/s", item="h2 a", include="/news/", exclude="sport")
    links = (
        '<h2><a href="/news/raid">A raid</a></h2><h2><a href="/news/sport-cup">A cup</a></h2><a href="/news/x">X</a>'
    )
    serve(httpserver, "/s", links)
    desk.round()
    assert desk.urls() == ["raid"]


def test_a_pattern_that_runs_back_and_forth_is_named(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="listing", path="/s", item="a", include=r"(\w|\w\w)+!$")
    serve(httpserver, "/s", f'<a href="/news/{"x" * 80}-!q">A raid</a>')
    assert desk.round().of("post").error == "pattern_too_slow"


# posts


def test_a_post_is_its_own_page_and_none_is_fetched(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="posts", path="/notices", item="li.notice")
    serve(httpserver, "/notices", board("Forty people were freed on Monday.", "The bridge is closed."))
    report = desk.round()
    assert (report.of("post").new, report.of("post").pages) == (2, 2)
    first = desk.rows(pages.pages)[0]
    assert first["given"]["whole"] is True
    assert first["given"]["text"] == "Forty people were freed on Monday."
    assert (first["sha256"], first["refused"]) == (None, None)
    assert {request.path for request, _ in httpserver.log} == {"/robots.txt", "/notices"}


def test_a_notice_without_an_address_is_new_once(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="posts", path="/notices", item="li.notice")
    serve(httpserver, "/notices", board("The first notice of the week."))
    desk.round()
    again(httpserver)
    serve(httpserver, "/notices", board("The second notice.", "The first notice of the week."))
    assert desk.round().of("post").new == 1
    assert len({row["url"] for row in desk.rows(pages.items)}) == 2


def test_a_board_where_the_selector_finds_nothing_is_named(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, kind="posts", path="/notices", item="div.gone")
    serve(httpserver, "/notices", board("The first notice of the week."))
    assert desk.round().of("post").error == "posts_empty"


# aggregators


def entry_of(link: str, title: str = "A raid") -> str:
    source = '<source url="https://river.example">River Post</source>'
    return f"<item><title>{title}</title><link>{link.replace('&', '&amp;')}</link>{source}</item>"


def test_an_aggregators_item_is_booked_to_its_outlet(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, path="/alerts", type="aggregator")
    real = f"http://127.0.0.1:{httpserver.port}/news/raid"
    link = f"https://www.google.com/url?rct=j&url={real}&ct=ga"
    serve(httpserver, "/alerts", rss(entry_of(link, "A raid - River Post")), "application/rss+xml")
    desk.round()
    (item,) = desk.rows(pages.items)
    assert (item["url"], item["title"], item["outlet"]) == (real, "A raid", "River Post")


def test_a_link_that_hides_the_publisher_is_kept_and_named(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, path="/alerts", type="aggregator")
    link = "https://news.google.com/rss/articles/CBMiK0FVX3lxTE5hYmNkZWZnaGlqa2xtbm9w?oc=5"
    serve(httpserver, "/alerts", rss(entry_of(link)), "application/rss+xml")
    desk.round()
    desk.round()
    (kept,) = desk.rows(pages.pages)
    assert (kept["url"], kept["refused"], kept["given"]["outlet"]) == (link, "wrapped", "River Post")
    with desk.store.read() as db:
        seen = pages.seen_in_aggregators(db, desk.clock() - timedelta(days=7))
    assert [(outlet, url) for outlet, url, _ in seen] == [("River Post", link)]


def test_what_an_aggregator_showed_first_is_read_for_its_own_source_too(desk: Desk, httpserver: HTTPServer) -> None:
    url = httpserver.url_for("/news/raid")
    serve(httpserver, "/news/raid", page())
    for path in ("/alerts", "/rss", "/more-alerts"):
        serve(httpserver, path, rss(), "application/rss+xml")
    begin(desk, httpserver, name="alerts", path="/alerts", type="aggregator")
    for name, path, kind in (("post", "/rss", "newspaper"), ("more", "/more-alerts", "aggregator")):
        add_source(desk.store, source_at(httpserver, name, path, type=kind, every="1m"))
    desk.round()
    again(httpserver)
    serve(httpserver, "/news/raid", page())
    for path in ("/alerts", "/rss", "/more-alerts"):
        serve(httpserver, path, rss(rss_item(url)), "application/rss+xml")
        desk.round(only=[{"/alerts": "alerts", "/rss": "post", "/more-alerts": "more"}[path]])
    assert [item["end_state"] for item in desk.rows(pages.items)] == ["fetched", "fetched", "known"]
    assert [one["source_id"] for one in desk.rows(pages.pages)] == [1, 2]


def test_a_list_of_stories_is_taken_apart_into_those_of_their_outlets(desk: Desk, httpserver: HTTPServer) -> None:
    begin(desk, httpserver, path="/digest", type="aggregator")
    home, river, hill = httpserver.url_for("/issues/7"), "http://127.0.0.2:9/news/raid", "http://127.0.0.3:9/raid"
    links = f'<li><a href="{river}">Forty people freed from compound near river</a> River Post</li>'
    links += f'<li><a href="{hill}">Soldiers open gates of compound in hills</a> Hill Times</li>'
    serve(
        httpserver, "/digest", rss(rss_item(home, "Issue 7", text=escape(f"<ul>{links}</ul>"))), "application/rss+xml"
    )
    desk.round()
    assert [(item["url"], item["outlet"]) for item in desk.rows(pages.items)] == [
        (river, "River Post"),
        (hill, "Hill Times"),
    ]


def test_telegrams_page_without_a_preview_is_a_named_state() -> None:
    from crawler.feeds import FeedError
    from crawler.posts import read_posts

    with pytest.raises(FeedError) as refused:
        read_posts(telegram(preview=False).encode(), url="https://t.me/river_desk")
    assert refused.value.reason == "posts_no_preview"
