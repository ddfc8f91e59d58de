"""The pages of the sources: their health at a glance, one source, and adding, importing and retiring by a form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from sqlalchemy.exc import OperationalError

from crawler.discover import Candidate
from crawler.feeds import Entry, Feed
from nightdesk import newsource
from nightdesk.app import App
from nightdesk.newsource import Sight
from store import findings, pages, people, yields
from store.definitions import sources
from store.engine import Store
from tests.alerting import Newsroom
from tests.asking import PRIVATE, Asker, listening
from tests.conftest import FakeClock
from tests.crawling import in_reactor

FEED = """<rss><channel><title>Border Post</title><item><title>215 freed at dawn</title>
<link>http://127.0.0.1/a</link><pubDate>Mon, 12 Oct 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
OPML = """<opml version="1.0"><body><outline text="Listed Post" xmlUrl="https://listed.example/feed"/>
<outline text="Bad" xmlUrl="ftp://x.example/f"/></body></opml>"""


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer() as opened:
        opened.expect_request("/robots.txt").respond_with_data("", status=404)
        opened.expect_request("/feed").respond_with_data(FEED, content_type="application/rss+xml")
        yield opened


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, server: HTTPServer) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    post = f'[[source]]\nname = "post"\nurl = "{server.url_for("/feed")}"\nlanguage = "th"\nallow_private = true\n'
    quiet = '[[source]]\nname = "quiet"\nurl = "https://quiet.example/feed"\nlanguage = "zh"\ncountry = "CN"\n'
    in_reactor(_nothing)  # in the daemon it is at work
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock(), PRIVATE + post + quiet) as opened:
        yield opened


async def _nothing() -> None:
    pass


def _id(db: sa.Connection, name: str) -> int:
    return int(db.execute(sa.select(sources.c.id).where(sources.c.name == name)).scalar_one())


def test_the_list_says_what_cannot_be_read_and_what_mends_it(desk: Asker) -> None:
    def trouble(db: sa.Connection) -> None:
        row = {"source_id": _id(db, "quiet"), "state": "failing", "cause": "http_403", "last_error": "HTTP 403"}
        db.execute(sa.insert(pages.source_states).values(memory={}, failures=7, **row))

    desk.app.store.unit(trouble)
    page = desk.see("/sources", "reader")
    assert "the site refuses us (403)" in page and "crawl.contact" in page and "New source" not in page
    assert 'href="/sources/post"' in page
    narrowed = desk.see("/sources?state=failing&lang=zh", "reader")
    assert "1 of " in narrowed and 'href="/sources/post"' not in narrowed
    assert "None with these filters" in desk.see("/sources?name=nothing+such", "reader")


def test_one_source_shows_its_visits_its_findings_and_what_it_brought(desk: Asker) -> None:
    now = desk.app.clock()
    article = desk.room.article(desk.room.development(), "Forty freed")

    def write(db: sa.Connection) -> None:
        post = _id(db, "post")
        visit = {"started_at": now, "finished_at": now, "outcome": "failed", "error": "timeout while reading"}
        db.execute(sa.insert(pages.visits).values(source_id=post, entries=0, new_items=0, **visit))
        db.execute(sa.text("UPDATE articles SET source_id = :post WHERE id = :id"), {"post": post, "id": article})
        findings.note(db, "source_silent", "post", "daily", "Nothing new has come for 3 days.", now)

    desk.app.store.unit(write)
    page = desk.see("/sources/post", "reader")
    for said in ("timeout while reading", "Forty freed", "Nothing new has come", "in the configuration file", "Thai"):
        assert said in page, said
    assert desk.ask("/sources/nothing-such").status == 404


def test_a_look_at_a_source_shows_its_items_and_keeps_nothing(desk: Asker) -> None:
    page = desk.do("/sources/post/test", "operator").text
    assert "215 freed at dawn" in page and "feed: 1 items" in page
    with desk.app.store.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(pages.items)) == 0


def test_an_address_of_this_machine_is_not_looked_at(desk: Asker, server: HTTPServer) -> None:
    before = len(server.log)
    answer = desk.do("/sources/find", "operator", [("address", server.url_for("/feed"))])
    assert answer.status == 422 and "private" in answer.text and len(server.log) == before
    way = f"feed 1 {server.url_for('/feed')} Post"
    sent = [("address", "x"), ("candidate", way), ("chosen", "0"), ("name", "inside")]
    assert desk.do("/sources/look", "operator", sent).status == 422 and len(server.log) == before


def test_a_site_is_found_looked_at_and_added(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = [
        Candidate("https://river.example/rss", "River", 2),
        Candidate("https://river.example/map.xml", kind="sitemap"),
    ]
    entry = Entry("1", "https://river.example/a", "A raid at the pier", None, None, desk.app.clock())

    def found(app: App, address: str) -> list[Candidate]:
        return ways

    def seen(app: App, source: object) -> Sight:
        return Sight("feed", Feed("River", (entry,), 1))

    monkeypatch.setattr(newsource, "find", found)
    monkeypatch.setattr(newsource, "visit", seen)
    page = desk.do("/sources/find", "operator", [("address", "river.example")]).text
    assert "https://river.example/map.xml" in page and 'value="river"' in page
    carried = [("candidate", f"feed 2 {ways[0].url} River"), ("candidate", f"sitemap - {ways[1].url} ")]
    sent = [
        *carried,
        ("address", "river.example"),
        ("chosen", "0"),
        ("name", "river"),
        ("country", "th"),
        ("language", "th"),
    ]
    assert "A raid at the pier" in desk.do("/sources/look", "operator", sent).text
    assert desk.do("/sources/add", "operator", sent).headers["location"] == "/sources/river"
    with desk.app.store.read() as db:
        row = db.execute(sa.select(sources).where(sources.c.name == "river")).one()
        (deed,) = people.deeds_about(db, "river")
    assert (row.origin, row.kind, row.country, row.title) == ("desk", "feed", "TH", "River")
    assert (deed.by, deed.what) == ("operator.one", "source added")
    wrong = desk.do("/sources/add", "operator", [*sent, ("name", "post")])
    assert wrong.status in (303, 422)
    none = desk.do("/sources/add", "operator", [*carried, ("chosen", "9"), ("country", "th")])
    assert none.status == 422 and "Choose one of the ways" in none.text
    assert (
        'value="sitemap - https://river.example/map.xml "' in none.text
        and 'name="country" size="6" value="TH"' in none.text
    )

    def refuse(*_: object) -> object:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(newsource, "add", refuse)
    busy = desk.do("/sources/add", "operator", [*sent, ("chosen", "0")])
    assert busy.status == 503 and "send it once more" in busy.text and 'name="chosen" value="1"' in busy.text


def test_the_desks_own_source_is_retired_with_a_reason_and_no_other(desk: Asker) -> None:
    newsource.add(desk.app, Candidate("https://old.example/rss"), {"name": "old"}, "ana")
    assert desk.do("/sources/old/retire", "operator", [("reason", "it closed")]).status == 303
    page = desk.see("/sources/old", "operator")
    assert "retired" in page and "it closed" in page
    assert desk.do("/sources/post/retire", "operator").status == 409
    assert desk.do("/sources/old/retire", "operator").status == 404


def test_a_list_is_taken_in_but_for_what_reaches_into_this_machine(desk: Asker) -> None:
    page = desk.send_file("/sources/import", "operator", "list", "mine.opml", OPML.encode()).text
    assert "1 of 2 entries are fine" in page and "Listed Post" not in page
    inside = b'[[source]]\nname = "inside"\nurl = "http://127.0.0.1/"\nallow_private = true\n'
    page = desk.send_file("/sources/import", "operator", "list", "mine.toml", inside).text
    assert "allow_private: set it in the file" in page
    assert desk.send_file("/sources/import", "operator", "list", "mine.opml", b"<rss/>").status == 422


def test_sources_are_written_as_lists(desk: Asker) -> None:
    assert "quiet.example" in desk.ask("/sources.opml").text
    assert 'name = "quiet"' in desk.ask("/sources.toml?which=own").text


def test_what_a_source_brings_is_counted_and_listed(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    entry = {
        "name": "a",
        "origin": "file",
        "title": "A",
        "kind": "feed",
        "type": "newspaper",
        "url": "https://a.example/",
    }
    source = room.insert(sources, **entry, definition={}, created_at=clock(), edited_at=clock())
    for title in ("first", "second"):
        article = room.article(room.development(), title)
        with store.write() as db:
            db.execute(sa.text("UPDATE articles SET source_id = :s WHERE id = :id"), {"s": source, "id": article})
        clock.advance(days=5)
    with store.read() as db:
        assert yields.articles_since(db, clock() - timedelta(days=7)) == {source: 1}
        assert [row.title for row in yields.last_articles(db, source, 10)] == ["second", "first"]
        assert yields.last_visits(db, source, 10) == [] and yields.findings_of(db, "a", 10) == []
