"""Second looks at articles that matched: when, how often, and what they leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawler import revisit
from crawler.answer import Answer
from crawler.run import Crawler
from store import articles, definitions, matches, pages, revisits
from store.engine import Store
from store.revisits import RevisitDue
from tests.conftest import START, FakeClock
from tests.crawling import add_source, config, in_reactor, no_robots, page, source_at

DUE = RevisitDue(1, START, START, 0, None, '"a"', None, "0" * 64, "https://news.example/a", 1, None, START, {})


class Desk:
    """A crawler, and articles as the pipeline would have left them."""

    def __init__(self, store: Store, clock: FakeClock, server: HTTPServer) -> None:
        self.store, self.clock, self.server = store, clock, server
        self.crawler = Crawler(store, config(), clock)
        self.source = add_source(store, source_at(server, every="90d"), clock())
        no_robots(server)
        server.expect_request("/feed").respond_with_data("<rss version='2.0'><channel/></rss>")
        self.watch = self.insert(
            definitions.watches,
            name="w",
            origin="file",
            mode="immediate",
            definition={},
            revision=1,
            created_at=clock(),
            edited_at=clock(),
        )

    def insert(self, table: sa.Table, **values: Any) -> int:
        with self.store.write() as db:
            return int(db.execute(sa.insert(table).values(**values).returning(table.c.id)).scalar_one())

    def article(self, path: str, body: str, fired: bool = True, **page_values: Any) -> int:
        now, url = self.clock(), self.server.url_for(path)
        values = {"source_id": self.source, "origin": "live", "given": {"title": "T", "text": "from the feed"}}
        values |= {"sha256": self.store.bodies.put(body.encode()), "headers": {"etag": '"one"'}, **page_values}
        page_id = self.insert(pages.pages, url=url, fetched_at=now, found_at=now, **values)
        own = {"page_id": page_id, "url": url, "canonical_url": url, "url_key": url, "found_at": now, "origin": "live"}
        article_id = self.insert(articles.articles, **own)
        version = {"article_id": article_id, "seq": 1, "page_id": page_id, "is_current": True, "title": "T"}
        version |= {"text": "x", "published_at": now, "published_from": "page", "words": 1, "text_sha256": "x"}
        version_id = self.insert(
            articles.article_versions, **version, paywalled=False, pipeline_version=1, created_at=now
        )
        with self.store.write() as db:
            row = {"version_id": version_id, "watch_id": self.watch, "revision": 1, "fired": fired, "reason": "r"}
            db.execute(sa.insert(matches.matches).values(**row, created_at=now))
        return article_id

    def round(self) -> None:
        in_reactor(lambda: self.crawler.round())

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self.store.read() as db:
            return [dict(row) for row in db.execute(sa.select(table).order_by(*table.primary_key)).mappings()]

    def asked(self, path: str) -> list[Request]:
        return [request for request, _ in self.server.log if request.path == path]


@pytest.fixture
def desk(sqlite_store: Store, clock: FakeClock, httpserver: HTTPServer) -> Iterator[Desk]:
    made = Desk(sqlite_store, clock, httpserver)
    made.round()
    yield made
    made.crawler.close()


def test_the_ladder_counts_from_the_first_fetch_and_ends() -> None:
    at, steps = START, []
    while (at_next := revisit.next_look(START, at)) is not None:
        steps.append(at_next - START)
        at = at_next
    assert tuple(steps) == revisit.LADDER


def test_missed_rungs_are_not_made_up_for() -> None:
    assert revisit.next_look(START, START + timedelta(hours=2)) == START + timedelta(hours=3)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer("u", status=304), "same"),
        (Answer("u", status=404), "gone"),
        (Answer("u", status=410), "gone"),
        (Answer("u", status=403), "refused"),
        (Answer("u", status=503), "unreachable"),
        (Answer("u", error="timeout"), "unreachable"),
        (Answer("u", status=200, body=b"<html>other"), "different"),
    ],
)
def test_what_an_answer_says_of_a_page(answer: Answer, state: str) -> None:
    assert revisit.judge(DUE, answer, START).state == state


NOT_FOUND = b"<html><title>Page not found</title><h1>Page not found</h1>"
CHALLENGE = b"<html><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (Answer("u", status=200, body=NOT_FOUND), "gone", "soft_404"),
        (Answer("u", "https://news.example/", 200, body=b"<html><title>Today</title>"), "gone", "home_page"),
        (Answer("u", status=200, body=CHALLENGE), "refused", "challenge"),
    ],
)
def test_what_stands_in_place_of_an_article_is_no_edit_of_it(answer: Answer, state: str, reason: str) -> None:
    assert revisit.judge(DUE, answer, START) == revisit.Seen(state, reason)


def test_news_of_something_not_found_is_still_there() -> None:
    due = replace(DUE, given={"title": "Plane not found after a week"})
    body = b"<html><title>Plane not found after a week</title><h1>Plane not found after a week</h1><p>New words."
    assert revisit.judge(due, Answer("u", status=200, body=body), START).state == "different"


def test_a_site_that_does_not_answer_is_asked_again_soon_and_not_for_ever() -> None:
    now, answer = START + timedelta(hours=5), Answer("u", status=503)
    seen = revisit.judge(DUE, answer, now)
    assert revisit.remembered(DUE, seen, answer, now)["due_at"] == now + timedelta(minutes=10)
    last = revisit.remembered(replace(DUE, tries=2), seen, answer, now)
    assert last["due_at"] == START + timedelta(days=1)


def test_what_matched_is_asked_again_with_its_validators(desk: Desk) -> None:
    desk.article("/a", page())
    desk.article("/b", page(), fired=False)
    desk.server.expect_request("/a").respond_with_data("", status=304)
    desk.round()
    assert desk.asked("/a") == []
    for minutes in (16, 50, 130):
        desk.clock.advance(minutes=minutes)
        desk.round()
    assert [request.headers["If-None-Match"] for request in desk.asked("/a")] == ['"one"'] * 3
    assert desk.asked("/b") == []
    (row,) = desk.rows(revisits.revisits)
    assert (row["state"], row["times"], row["due_at"] - row["first_at"]) == ("same", 3, timedelta(days=1))
    assert len(desk.rows(pages.pages)) == 2


def test_other_bytes_are_kept_as_a_page_of_the_same_article(desk: Desk) -> None:
    desk.article("/a", page())
    desk.server.expect_request("/a").respond_with_data(
        page(text="Other words."), content_type="text/html", headers={"ETag": '"two"'}
    )
    desk.clock.advance(minutes=16)
    desk.round()
    first, second = desk.rows(pages.pages)
    assert second["url"] == first["url"] and second["sha256"] != first["sha256"]
    assert second["given"] == {"title": "T"}
    assert second["headers"]["etag"] == '"two"'
    assert second["request"]["if-none-match"] == '"one"' and "user-agent" in second["request"]
    assert desk.rows(revisits.revisits)[0]["etag"] == '"two"'


def test_a_page_that_is_gone_is_recorded_and_asked_for_again(desk: Desk) -> None:
    desk.article("/a", page())
    answers = iter([Response("", 410), Response(page(), 200, content_type="text/html")])
    desk.server.expect_request("/a").respond_with_handler(lambda _: next(answers))
    desk.clock.advance(minutes=16)
    desk.round()
    (row,) = desk.rows(revisits.revisits)
    gone_at = row["gone_at"]
    assert (row["state"], row["reason"], gone_at) == ("gone", "http_410", desk.clock())
    assert len(desk.rows(articles.article_versions)) == 1
    desk.clock.advance(hours=1)
    desk.round()
    (row,) = desk.rows(revisits.revisits)
    assert (row["state"], row["gone_at"]) == ("same", gone_at)


def test_the_first_looks_after_a_long_absence_come_a_few_at_a_time(desk: Desk) -> None:
    for number in range(7):
        desk.article(f"/n{number}", page())
    desk.clock.advance(minutes=2)
    desk.round()
    desk.clock.advance(days=2)
    desk.round()
    looked = [row for row in desk.rows(revisits.revisits) if row["times"]]
    assert len(looked) == revisit.AT_A_SITE
