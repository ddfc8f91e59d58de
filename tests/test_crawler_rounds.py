"""Rounds against a local server: what is visited, fetched, refused, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawler.report import RoundReport
from crawler.run import Crawler
from store import pages
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, page, rss, rss_item, source_at


@dataclass
class Desk:
    """A crawler on a store, in a test's hand."""

    store: Store
    clock: FakeClock
    crawler: Crawler
    slept: list[float]

    def round(self, **options: Any) -> RoundReport:
        return in_reactor(lambda: self.crawler.round(**options))

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.store.read() as db:
            return [dict(row) for row in db.execute(sa.select(table).order_by(*table.primary_key)).mappings()]

    def one(self, table: sa.Table) -> dict[str, Any]:
        (row,) = self.rows(table)
        return row


@pytest.fixture
def desk(sqlite_store: Store, clock: FakeClock) -> Iterator[Desk]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds=seconds)

    crawler = Crawler(sqlite_store, config(), clock, sleep=sleep)
    yield Desk(sqlite_store, clock, crawler, slept)
    crawler.close()


def serve_feed(server: HTTPServer, *items: str, path: str = "/feed", **headers: str) -> None:
    server.clear_all_handlers() if path == "/feed" else None
    no_robots(server)
    server.expect_request(path).respond_with_data(rss(*items), content_type="application/rss+xml", headers=headers)


def serve_page(server: HTTPServer, path: str, body: str | None = None, status: int = 200, **headers: str) -> None:
    server.expect_request(path).respond_with_data(
        body or page(), status=status, content_type="text/html", headers=headers
    )


def asked(server: HTTPServer, path: str) -> list[Request]:
    return [request for request, _ in server.log if request.path == path]


def test_the_first_visit_is_the_baseline_and_later_items_are_live(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, every="2s"))
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a")
    assert desk.round().of("post").baseline
    desk.clock.advance(seconds=2)
    serve_feed(httpserver, rss_item("/b"), rss_item("/a"))
    serve_page(httpserver, "/b")
    assert desk.round().of("post").new == 1
    assert [(row["url"][-2:], row["origin"]) for row in desk.rows(pages.pages)] == [("/a", "baseline"), ("/b", "live")]


def test_a_failed_visit_is_no_baseline(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    no_robots(httpserver)
    httpserver.expect_request("/feed").respond_with_data("", status=500)
    assert desk.round().of("post").error == "http_500"
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a")
    assert desk.round(everything=True).of("post").baseline
    assert desk.one(pages.pages)["origin"] == "baseline"


def test_the_backlog_may_be_told_on_request(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a")
    desk.round(alert_backlog=True)
    assert desk.one(pages.pages)["origin"] == "live"


def test_what_came_out_long_before_it_was_found_is_backfill(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    old = format_datetime(desk.clock() - timedelta(days=8))
    serve_feed(httpserver, rss_item("/a", date=old))
    serve_page(httpserver, "/a")
    desk.round(alert_backlog=True)
    assert desk.one(pages.pages)["origin"] == "backfill"


def test_a_page_keeps_what_the_feed_said_of_it(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, language="th"))
    serve_feed(
        httpserver,
        rss_item(
            "/a?utm_source=rss", "คนไทย 40 คน", text="&lt;p&gt;ข่าว&lt;/p&gt;", date="Tue, 13 Oct 2026 05:00:00 GMT"
        ),
    )
    serve_page(httpserver, "/a", page("Full"))
    desk.round()
    row = desk.one(pages.pages)
    assert row["url"] == httpserver.url_for("/a?utm_source=rss")
    assert row["given"] == {
        "title": "คนไทย 40 คน",
        "text": "ข่าว",
        "published_at": "2026-10-13T05:00:00Z",
        "outlet": "Example Post",
        "language": "th",
        "whole": False,
    }
    assert desk.store.bodies.get(row["sha256"]) == page("Full").encode()


def test_validators_are_sent_back_and_a_304_is_no_news(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    no_robots(httpserver)

    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(rss(rss_item("/a")), content_type="application/rss+xml", headers={"ETag": '"v1"'})

    httpserver.expect_request("/feed").respond_with_handler(answer)
    serve_page(httpserver, "/a")
    desk.round()
    desk.round(everything=True)
    assert [row["outcome"] for row in desk.rows(pages.visits)] == ["new", "not_modified"]
    desk.clock.advance(hours=25)
    desk.round(everything=True)
    assert "If-None-Match" not in asked(httpserver, "/feed")[-1].headers


def test_the_same_bytes_are_not_read_again(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver)
    desk.round()
    desk.round(everything=True)
    assert [row["outcome"] for row in desk.rows(pages.visits)] == ["nothing_new", "unchanged"]


def test_new_guids_and_tracking_make_no_new_item(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a?utm_source=1", guid="g1"))
    serve_page(httpserver, "/a")
    desk.round()
    serve_feed(httpserver, rss_item("/a?utm_source=2", guid="g2"))
    assert desk.round(everything=True).of("post").new == 0


def test_the_same_guid_at_another_address_is_a_new_item(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a", guid="g"))
    serve_page(httpserver, "/a")
    desk.round()
    serve_feed(httpserver, rss_item("/b", guid="g"))
    serve_page(httpserver, "/b")
    assert desk.round(everything=True).of("post").new == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "http_403"), (404, "http_404"), (410, "http_410"), (402, "paywall")]
)
def test_a_page_that_is_refused_leaves_the_words_of_the_feed(
    desk: Desk, httpserver: HTTPServer, status: int, reason: str
) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a", "Forty freed", text="In the feed."))
    serve_page(httpserver, "/a", "no", status=status)
    assert desk.round().of("post").refused == 1
    row = desk.one(pages.pages)
    assert (row["refused"], row["sha256"], row["given"]["text"]) == (reason, None, "In the feed.")
    assert desk.one(pages.items)["end_state"] == "refused"


def test_a_page_that_fails_is_tried_again_and_given_up(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a", "later", status=500)
    reports = []
    for _ in range(6):
        reports.append(desk.round(only=["post"]))
        desk.clock.advance(hours=3)
    assert [report.of("post").later for report in reports] == [1, 1, 1, 1, 0, 0]
    assert desk.one(pages.pages)["refused"] == "http_500"
    assert len(asked(httpserver, "/a")) == 5


def test_retry_after_holds_the_whole_site_back(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, every="1s"))
    serve_feed(httpserver, rss_item("/a"), rss_item("/b"))
    serve_page(httpserver, "/a", "slow down", status=429, **{"Retry-After": "600"})
    serve_page(httpserver, "/b")
    desk.round()
    desk.clock.advance(seconds=599)
    assert desk.round().sources == {}
    assert asked(httpserver, "/b") == []
    desk.clock.advance(seconds=2)
    serve_feed(httpserver, rss_item("/a"), rss_item("/b"))
    serve_page(httpserver, "/a")
    serve_page(httpserver, "/b")
    assert desk.round().of("post").pages == 2


def test_robots_txt_is_obeyed_for_pages(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: Nightdesk\nDisallow: /a")
    httpserver.expect_request("/feed").respond_with_data(rss(rss_item("/a")))
    desk.round()
    assert desk.one(pages.pages)["refused"] == "robots"
    assert asked(httpserver, "/a") == []


def test_robots_txt_is_obeyed_for_feeds_and_kept_for_a_day(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /")
    assert desk.round().of("post").error == "robots"
    desk.round(everything=True)
    assert len(asked(httpserver, "/robots.txt")) == 1
    desk.clock.advance(hours=25)
    desk.round(everything=True)
    assert len(asked(httpserver, "/robots.txt")) == 2


def test_a_source_may_be_told_to_pass_over_robots_txt(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, obey_robots=False))
    httpserver.expect_request("/feed").respond_with_data(rss())
    assert desk.round().of("post").error is None
    assert asked(httpserver, "/robots.txt") == []


def test_a_robots_txt_that_fails_means_wait(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    httpserver.expect_request("/robots.txt").respond_with_data("", status=503)
    assert desk.round().of("post").error == "robots_unreachable"
    assert asked(httpserver, "/feed") == []


def test_crawl_delay_is_kept(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nCrawl-delay: 7")
    httpserver.expect_request("/feed").respond_with_data(rss(rss_item("/a")))
    serve_page(httpserver, "/a")
    desk.round()
    assert desk.slept == [7.0, 7.0]


def test_delay_is_kept_between_all_requests_to_a_site(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, delay="4s"))
    serve_feed(httpserver, rss_item("/a"), rss_item("/b"))
    serve_page(httpserver, "/a")
    serve_page(httpserver, "/b")
    desk.round()
    assert desk.slept == [4.0, 4.0, 4.0]


def test_every_is_taken_literally(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, every="1s"))
    serve_feed(httpserver)
    desk.round()
    assert desk.round().visited == 0
    desk.clock.advance(seconds=1)
    assert desk.round().visited == 1


def test_redirects_are_followed_and_loops_are_not(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"), rss_item("/loop"))
    serve_page(httpserver, "/a", "", status=301, Location="/final")
    serve_page(httpserver, "/final")
    serve_page(httpserver, "/loop", "", status=302, Location="/loop")
    desk.round()
    first, second = desk.rows(pages.pages)
    assert (first["final_url"], first["refused"]) == (httpserver.url_for("/final"), None)
    assert second["refused"] == "redirects"
    assert len(asked(httpserver, "/loop")) == 6


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://[::1]/"]
)
def test_a_redirect_to_another_private_address_is_refused(desk: Desk, httpserver: HTTPServer, target: str) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a", "", status=302, Location=target)
    desk.round()
    assert desk.one(pages.pages)["refused"] == "address"


def test_a_private_address_needs_the_sources_own_permit(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, allow_private=False))
    assert desk.round().of("post").error == "address"
    assert httpserver.log == []


def test_an_item_does_not_borrow_the_permit_of_another_source(desk: Desk, httpserver: HTTPServer) -> None:
    with HTTPServer(port=0) as other:
        add_source(desk.store, source_at(httpserver))
        add_source(desk.store, source_at(other, name="inner", path="/inner"))
        other.expect_request("/inner").respond_with_data(rss())
        no_robots(other)
        serve_feed(httpserver, rss_item(other.url_for("/secret")))
        desk.round()
        desk.round()
        assert desk.one(pages.pages)["refused"] == "address"
        assert asked(other, "/secret") == []


def test_what_is_no_text_is_not_kept(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"))
    httpserver.expect_request("/a").respond_with_data(b"%PDF-1.7 ...", content_type="text/html")
    desk.round()
    assert desk.one(pages.pages)["refused"] == "not_text"


def test_a_bomb_is_refused_before_it_unfolds(desk: Desk, httpserver: HTTPServer) -> None:
    import gzip

    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"))
    bomb = gzip.compress(b"\0" * 30_000_000)
    httpserver.expect_request("/a").respond_with_data(
        bomb, content_type="text/html", headers={"Content-Encoding": "gzip"}
    )
    desk.round()
    assert desk.one(pages.pages)["refused"] == "too_large"


def test_a_web_page_instead_of_a_feed_is_named(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    no_robots(httpserver)
    serve_page(httpserver, "/feed")
    assert desk.round().of("post").error == "feed_html"
    assert desk.one(pages.source_states)["last_error"] == "feed_html"


def test_one_page_told_by_two_sources_is_fetched_once(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    add_source(desk.store, source_at(httpserver, name="section", path="/section"))
    serve_feed(httpserver, rss_item("/a"))
    httpserver.expect_request("/section").respond_with_data(rss(rss_item("/a?utm_source=section")))
    serve_page(httpserver, "/a")
    desk.round()
    assert [row["end_state"] for row in desk.rows(pages.items)] == ["fetched", "known"]
    assert len(asked(httpserver, "/a")) == 1


def test_a_broken_definition_stops_no_other_source(desk: Desk, httpserver: HTTPServer) -> None:
    from store.definitions import sources

    broken = add_source(desk.store, source_at(httpserver, name="broken", path="/broken"))
    add_source(desk.store, source_at(httpserver))
    with desk.store.write() as db:
        db.execute(sources.update().where(sources.c.id == broken).values(definition={"name": "broken", "url": 7}))
    serve_feed(httpserver)
    report = desk.round()
    assert (report.of("broken").error, report.of("post").error) == ("definition", None)


def test_a_fault_of_ours_ends_one_item_and_one_visit_only(
    desk: Desk, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler import outcome, visit

    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a"), rss_item("/b"))
    serve_page(httpserver, "/a")
    serve_page(httpserver, "/b")
    monkeypatch.setattr(outcome, "page_values", lambda item, *rest: {"given": 1 / 0})
    desk.round()
    assert [row["end_reason"] for row in desk.rows(pages.items)] == ["internal", "internal"]
    monkeypatch.setattr(visit, "keyed", lambda *rest: 1 / 0)
    serve_feed(httpserver, rss_item("/c"))
    assert desk.round(everything=True).of("post").error == "internal"


def test_a_round_is_bounded_and_says_what_is_left(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    serve_feed(httpserver, *(rss_item(f"/p{number}") for number in range(25)))
    for number in range(25):
        serve_page(httpserver, f"/p{number}")
    first = desk.round()
    assert (first.of("post").pages, first.more) == (20, True)
    second = desk.round()
    assert (second.of("post").pages, second.more) == (5, False)


def test_a_stopped_crawler_starts_nothing(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver))
    in_reactor(lambda: desk.crawler.stop(1))
    assert desk.round().sources == {}


def test_failures_slow_a_source_down_and_success_restores_it(desk: Desk, httpserver: HTTPServer) -> None:
    add_source(desk.store, source_at(httpserver, every="10s"))
    no_robots(httpserver)
    httpserver.expect_request("/feed").respond_with_data("", status=404)
    waits = []
    for _ in range(3):
        desk.round(everything=True)
        waits.append((desk.one(pages.source_states)["next_visit_at"] - desk.clock()).total_seconds())
    assert waits == [20, 40, 80]
    serve_feed(httpserver, rss_item("/a"))
    serve_page(httpserver, "/a")
    desk.round(everything=True)
    state = desk.one(pages.source_states)
    assert (state["failures"], state["state"]) == (0, "recovered")
    assert state["next_visit_at"] - state["last_visit_at"] == timedelta(seconds=10)


def test_rounds_overlap_on_different_sites(desk: Desk, httpserver: HTTPServer) -> None:
    import asyncio
    import threading

    with HTTPServer(port=0) as slow:
        released = threading.Event()
        add_source(desk.store, source_at(slow, name="slow"))
        no_robots(slow)

        def hold(_: Request) -> Response:
            released.wait(30)
            return Response(rss())

        slow.expect_request("/feed").respond_with_handler(hold)

        async def both() -> tuple[RoundReport, RoundReport]:
            first = asyncio.create_task(desk.crawler.round())
            while not desk.crawler.busy:
                await asyncio.sleep(0)
            add_source(desk.store, source_at(httpserver))
            serve_feed(httpserver)
            second = await desk.crawler.round()
            released.set()
            return await first, second

        first, second = in_reactor(both)
        assert (list(first.sources), list(second.sources)) == (["slow"], ["post"])


def test_a_feed_that_is_wrapped_in_something_else_is_read_by_the_patient_parser(
    desk: Desk, httpserver: HTTPServer
) -> None:
    add_source(desk.store, source_at(httpserver))
    no_robots(httpserver)
    wrapped = f"<answer>{rss(rss_item('/a')).partition('?>')[2]}</answer>"
    httpserver.expect_request("/feed").respond_with_data(wrapped, content_type="text/xml")
    serve_page(httpserver, "/a")
    assert desk.round().of("post").new == 1


def test_a_crawl_writes_the_same_on_both_databases(store: Store, clock: FakeClock, httpserver: HTTPServer) -> None:
    crawler = Crawler(store, config(), clock)
    add_source(store, source_at(httpserver))
    serve_feed(httpserver, rss_item("/a", "T\x01", text="x", guid="g" * 3000), rss_item("/b"))
    serve_page(httpserver, "/a")
    serve_page(httpserver, "/b", "no", status=404)
    first, second = (in_reactor(lambda: crawler.round(everything=True)) for _ in range(2))
    crawler.close()
    assert (first.of("post").new, first.of("post").pages, first.of("post").refused) == (2, 1, 1)
    assert (second.of("post").new, second.pages) == (0, 0)
    with store.read() as db:
        states = db.execute(
            sa.select(pages.items.c.end_state, pages.items.c.end_reason).order_by(pages.items.c.id)
        ).all()
    assert [tuple(row) for row in states] == [("fetched", None), ("refused", "http_404")]
