"""Taking pages in from files, feeds, lines and addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from core.addresses import Permit
from crawler.fetch import Manners
from crawler.handed import About
from crawler.ingest import Taken, ingest
from store import pages
from store.engine import Store
from tests.conftest import FakeClock
from tests.crawling import config, in_reactor, no_robots, page, rss, rss_item


def take(
    store: Store, clock: FakeClock, *paths: object, alerts: bool = True, manners: Manners | None = None, **about: Any
) -> list[Taken]:
    """Take `paths` in, with what is said of them."""

    async def all_of_it() -> list[Taken]:
        given = [str(path) for path in paths]
        said = About(**about)
        taking = ingest(store, config(), clock, given, about=said, alerts=alerts, manners=manners)
        return [one async for one in taking]

    return in_reactor(all_of_it)


def rows(store: Store) -> list[dict[str, Any]]:
    with store.read() as db:
        return [dict(row) for row in db.execute(sa.select(pages.pages).order_by(pages.pages.c.id)).mappings()]


def lines(folder: Path, *things: object) -> Path:
    path = folder / "in.jsonl"
    path.write_bytes(b"\n".join(thing if isinstance(thing, bytes) else json.dumps(thing).encode() for thing in things))
    return path


def test_a_line_with_text_becomes_a_whole_page(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    line = {
        "url": "https://Example.org/a?utm_source=x",
        "title": "T",
        "text": "One.\n\nTwo.",
        "outlet": "Post",
        "id": 4,
    }
    line |= {"published": "2026-10-13T05:05:00Z", "language": "en", "fetched_at": "2026-10-13T05:10:00Z"}
    (taken,) = take(store, clock, lines(tmp_path, line))
    (row,) = rows(store)
    assert (taken.url, taken.page_id) == (line["url"], row["id"])
    assert (row["url"], row["origin"], row["found_at"].minute) == (line["url"], "live", 10)
    assert row["given"] == {
        "title": "T",
        "text": "One.\nTwo.",
        "published_at": "2026-10-13T05:05:00Z",
        "outlet": "Post",
        "language": "en",
        "whole": True,
    }


def test_a_line_with_html_keeps_its_bytes(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    take(store, clock, lines(tmp_path, {"url": "https://example.org/a", "html": "<p>ข่าว"}), alerts=False)
    (row,) = rows(store)
    assert store.bodies.get(row["sha256"]) == "<p>ข่าว".encode()
    assert (row["origin"], row["given"]["whole"]) == ("backfill", False)


def test_a_bad_line_is_told_and_stops_nothing(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    good = {"url": "https://example.org/a", "text": "x"}
    bad: list[object] = [
        b"{not json",
        {"text": "no url"},
        {"url": 7},
        {"url": "file:///etc/passwd", "text": "x"},
        [1],
        b"\xff\xfe",
        b"[" * 9999,
    ]
    taken = take(store, clock, lines(tmp_path, *bad, b"", good))
    assert [one.error is None for one in taken] == [False] * len(bad) + [True]
    assert taken[3].url == "file:///etc/passwd"
    assert [one.where.rpartition(":")[2] for one in taken][-1] == str(len(bad) + 2)
    assert len(rows(store)) == 1


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x" * 300_000])
def test_odd_text_is_stored_on_both_databases(store: Store, clock: FakeClock, tmp_path: Path, value: str) -> None:
    (taken,) = take(
        store, clock, lines(tmp_path, {"url": "https://example.org/a", "text": "t" + value, "title": value})
    )
    assert taken.error is None


def test_an_address_taken_in_twice_is_two_pages(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    line = {"url": "https://example.org/a", "text": "x"}
    assert len({one.page_id for one in take(store, clock, lines(tmp_path, line, line))}) == 2


def test_a_page_file_says_its_own_address(sqlite_store: Store, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text('<html><head><link rel="canonical" href="https://example.org/a?x=1&amp;y=2"></head>', "utf-8")
    (taken,) = take(sqlite_store, clock, path)
    assert taken.url == "https://example.org/a?x=1&y=2"


def test_a_page_file_without_an_address_needs_one(sqlite_store: Store, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(), "utf-8")
    assert "--url" in str(take(sqlite_store, clock, path)[0].error)
    assert take(sqlite_store, clock, path, url="https://example.org/a", outlet="Post")[0].error is None
    assert rows(sqlite_store)[0]["given"] == {"outlet": "Post", "whole": False}


def test_each_entry_of_a_feed_file_is_a_page(sqlite_store: Store, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        rss(rss_item("https://example.org/a", "One", text="Text"), "<item><title>No link</title></item>"), "utf-8"
    )
    taken = take(sqlite_store, clock, path)
    assert [one.error for one in taken] == [None, "an entry without an address"]
    (row,) = rows(sqlite_store)
    assert row["given"] == {"title": "One", "text": "Text", "outlet": "Example Post", "whole": False}


def test_what_is_neither_is_told(sqlite_store: Store, clock: FakeClock, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list", "utf-8")
    assert [bool(one.error) for one in take(sqlite_store, clock, path, tmp_path / "none.html")] == [True, True]


def test_addresses_are_fetched_and_refusals_recorded(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path, httpserver: HTTPServer
) -> None:
    no_robots(httpserver)
    httpserver.expect_request("/a").respond_with_data(page(), content_type="text/html")
    httpserver.expect_request("/b").respond_with_data("no", status=403)
    manners = Manners(0, permit=Permit.of(httpserver.url_for("/")))
    path = lines(tmp_path, {"url": httpserver.url_for("/b"), "title": "Given"})
    take(sqlite_store, clock, httpserver.url_for("/a"), path, manners=manners)
    first, second = rows(sqlite_store)
    assert (first["http_status"], first["refused"]) == (200, None)
    assert (second["refused"], second["given"]["title"]) == ("http_403", "Given")


def test_a_private_address_is_not_fetched(sqlite_store: Store, clock: FakeClock, httpserver: HTTPServer) -> None:
    take(sqlite_store, clock, httpserver.url_for("/a"))
    assert (rows(sqlite_store)[0]["refused"], httpserver.log) == ("address", [])
