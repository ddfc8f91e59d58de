"""A crawl that is killed at any of its points loses nothing and doubles nothing."""

from __future__ import annotations

import signal

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from core.faults import POINTS
from store import pages
from store.engine import Store
from tests.crawling import add_source, no_robots, page, rss, rss_item, source_at
from tests.victims import Victims

#: One for each transaction; the long suite kills at every point.
_EVERY_DAY = ("crawl.in_visit", "crawl.after_body", "crawl.in_page")


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=[] if point in _EVERY_DAY else [pytest.mark.slow])
        for point in POINTS
        if point.startswith("crawl.")
    ],
)
def test_a_killed_crawl_is_taken_up_again(
    point: str, sqlite_store: Store, httpserver: HTTPServer, victims: Victims
) -> None:
    no_robots(httpserver)
    feed = rss(rss_item("/a"), rss_item("/b"))
    httpserver.expect_request("/feed").respond_with_data(feed, headers={"ETag": '"v1"'})
    for path in ("/a", "/b"):
        httpserver.expect_request(path).respond_with_data(page(path), content_type="text/html")
    add_source(sqlite_store, source_at(httpserver))
    crawl = ("tests.crawling", "crawl_in_this_process", str(sqlite_store.url), str(sqlite_store.data_dir))
    assert victims.run(*crawl, fault=point) == -signal.SIGKILL
    assert victims.run(*crawl) == 0
    with sqlite_store.read() as db:
        rows = db.execute(sa.select(pages.pages.c.url, pages.pages.c.origin).order_by(pages.pages.c.url)).all()
        ends = db.scalars(sa.select(pages.items.c.end_state)).all()
    assert [(row.url, row.origin) for row in rows] == [(httpserver.url_for(p), "baseline") for p in ("/a", "/b")]
    assert list(ends) == ["fetched", "fetched"]
