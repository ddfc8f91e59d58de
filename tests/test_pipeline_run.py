"""The pipeline from page to development, on both engines."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.pool import Limits, Pool
from pipeline.config import PipelineConfig
from pipeline.reader import Job, ReadPage
from pipeline.run import Pipeline, ProcessReport
from pipeline.values import Extract
from store.definitions import watches
from store.engine import Store
from tests.conftest import FakeClock
from tests.dying import read_or_die
from tests.reports import (
    NOON,
    RELEASE,
    RELEASE_IN_SPANISH,
    RELEASE_REWRITTEN,
    Newsroom,
    count,
    day,
    person,
    place,
)
from tests.victims import Victims

FREED = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]
_INVALID = {"name": "broken", "topix": [], "query": 5}
OTHER_TEXT = """Judges in the coastal town of Port Elling sent the owner of a glass factory to prison for eleven years
because he had sold two hundred tons of sand that belonged to the harbour. His lawyer will appeal before Christmas."""


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store)


def pipeline(newsroom: Newsroom, clock: FakeClock, **rest: Any) -> Pipeline:
    return Pipeline(newsroom.store, PipelineConfig(), clock, timedelta(days=7), read=newsroom.read, **rest)


def process(newsroom: Newsroom, clock: FakeClock) -> ProcessReport:
    return pipeline(newsroom, clock).run()


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.read() as db:
        return [tuple(row) for row in db.execute(sa.text(query))]


def test_a_page_becomes_an_article_of_a_development(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", facts=FREED)
    report = process(newsroom, clock)
    assert (report.articles, report.developments, report.changes) == (1, 1, {"new": 1})
    assert rows(newsroom.store, "SELECT url, development_id, duplicate_of FROM articles_v") == [
        ("https://one.example/a", 1, None)
    ]
    assert rows(newsroom.store, "SELECT kind, origin, cause_article_id FROM changes_v") == [("new", "live", 1)]
    assert rows(newsroom.store, "SELECT country FROM development_countries_v") == [("MM",)]


def test_rewrites_copies_and_translations_join_and_change_nothing(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", facts=FREED, outlet="One")
    newsroom.publish(
        "https://two.example/b", RELEASE_REWRITTEN, FREED, title="Kenyans leave Varlin", after=2, outlet="Two"
    )
    newsroom.publish("https://three.example/c", RELEASE + " Copied.", FREED, after=3, outlet="Three")
    newsroom.publish("https://cuatro.example/d", RELEASE_IN_SPANISH, FREED, language="es", after=5, outlet="Cuatro")
    report = process(newsroom, clock)
    assert (report.articles, report.developments, report.changes) == (4, 1, {"new": 1})
    assert rows(newsroom.store, "SELECT id FROM articles_v WHERE duplicate_of = 1") == [(3,)]
    assert rows(newsroom.store, "SELECT articles, sources, independent_sources, status FROM developments_v") == [
        (4, 4, 3, "corroborated")
    ]


def test_another_figure_is_an_update_and_a_near_one_is_not(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", facts=FREED)
    newsroom.publish("https://two.example/b", RELEASE_REWRITTEN, [count(124, nationality="KE"), *FREED[1:]], after=1)
    newsroom.publish("https://three.example/c", RELEASE_REWRITTEN, [count(180, nationality="KE"), *FREED[1:]], after=2)
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT kind, what, old, new, cause_article_id FROM changes_v ORDER BY id") == [
        ("new", None, None, None, 1),
        ("update", "figure", "124", "180", 3),
    ]


def test_an_edited_page_is_a_new_version_and_its_figure_a_correction(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", facts=FREED)
    newsroom.publish(
        "https://www.one.example/a?utm_source=x",
        RELEASE.replace("120", "102"),
        [count(102, nationality="KE"), *FREED[1:]],
        after=1,
    )
    report = process(newsroom, clock)
    assert (report.articles, report.versions, report.developments) == (1, 1, 1)
    assert rows(newsroom.store, "SELECT kind, what, old, new FROM changes_v WHERE seq = 2") == [
        ("correction", "figure", "120", "102")
    ]
    assert rows(newsroom.store, "SELECT value FROM facts_v WHERE kind = 'count'") == [(102.0,)]


def test_the_same_text_under_the_same_address_is_a_duplicate(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a")
    newsroom.publish("https://one.example/a?utm_campaign=x#top", RELEASE.replace("\n", " \n "))
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT state, reason FROM pages_v ORDER BY id")[1] == (
        "duplicate",
        "the same text as a1",
    )


def test_a_canonical_address_that_is_the_front_page_is_not_believed(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", canonical="https://one.example/")
    newsroom.publish("https://one.example/b", OTHER_TEXT, canonical="https://one.example/")
    assert process(newsroom, clock).articles == 2


def test_what_is_on_no_topic_has_no_development(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/sand", OTHER_TEXT, topics=(), events=())
    assert process(newsroom, clock).developments == 0


def test_what_a_watch_asked_for_has_one_whatever_its_topic(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.watch(query='"glass factory"')
    newsroom.publish("https://one.example/sand", OTHER_TEXT, topics=(), events=(), title="Sand")
    assert process(newsroom, clock).developments == 1
    assert rows(newsroom.store, "SELECT watch, fired, reason FROM matches_v") == [
        ("releases", True, "words glass factory")
    ]


def test_a_live_article_that_joins_a_baseline_development_raises_no_new_one(
    newsroom: Newsroom, clock: FakeClock
) -> None:
    newsroom.publish("https://one.example/a", facts=FREED, origin="baseline")
    newsroom.publish("https://two.example/b", RELEASE_REWRITTEN, FREED, after=1)
    newsroom.publish("https://two.example/c", RELEASE_REWRITTEN, [count(300, nationality="KE"), *FREED[1:]], after=2)
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT kind, origin FROM changes_v ORDER BY id") == [
        ("new", "baseline"),
        ("update", "live"),
    ]


def test_what_was_published_long_before_it_was_found_is_backfill(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a", published=NOON - timedelta(days=8))
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT origin FROM changes_v") == [("backfill",)]


@pytest.mark.parametrize("limit", [1, None])
def test_in_one_run_or_in_many_the_ids_are_the_same(newsroom: Newsroom, clock: FakeClock, limit: int | None) -> None:
    for number, text in enumerate([RELEASE, OTHER_TEXT, RELEASE_REWRITTEN, RELEASE_IN_SPANISH]):
        newsroom.publish(f"https://one.example/{number}", text, FREED if text is not OTHER_TEXT else [], after=number)
    for _ in range(4):
        pipeline(newsroom, clock).run(limit)
    assert rows(newsroom.store, "SELECT id, development_id FROM articles_v ORDER BY id") == [
        (1, 1),
        (2, 2),
        (3, 1),
        (4, 1),
    ]


def test_a_page_that_cannot_be_read_is_recorded_and_the_rest_goes_on(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a")
    broken = newsroom.publish("https://one.example/broken", "", title="")
    newsroom.publish("https://one.example/c", OTHER_TEXT)
    del newsroom.readings["https://one.example/broken", ""]
    report = process(newsroom, clock)
    assert (report.articles, report.failed) == (2, 1)
    assert rows(newsroom.store, f"SELECT state FROM pages_v WHERE id = {broken}") == [("failed",)]
    assert rows(newsroom.store, "SELECT kind FROM findings") == [("page_unreadable",)]


def test_a_refused_page_is_blocked_with_its_reason(newsroom: Newsroom, clock: FakeClock) -> None:
    page = newsroom.publish("https://one.example/a", "")
    newsroom.readings["https://one.example/a", ""] = ReadPage(Extract("empty", "no text came with it"))
    with newsroom.store.write() as db:
        db.execute(sa.text(f"UPDATE pages SET refused = 'robots' WHERE id = {page}"))
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT state, reason FROM pages_v") == [("blocked", "robots: no text came with it")]


def test_a_watch_that_cannot_be_read_is_noted_and_the_others_are_asked(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.watch("broken", query="(militia")
    newsroom.watch("sound", query="militia")
    newsroom.publish("https://one.example/a")
    process(newsroom, clock)
    assert rows(newsroom.store, "SELECT watch FROM matches_v WHERE fired") == [("sound",)]
    assert rows(newsroom.store, "SELECT kind, subject FROM findings") == [("watch_unreadable", "broken")]
    process(newsroom, clock)
    still = "SELECT subject FROM findings WHERE ended_at IS NULL"
    assert rows(newsroom.store, still) == [("broken",)]
    with newsroom.store.write() as db:
        db.execute(sa.update(watches).where(watches.c.name == "broken").values(retired_at=clock.advance(minutes=1)))
    process(newsroom, clock)
    assert rows(newsroom.store, still) == [], "though no page was due"


def test_a_watch_whose_definition_is_not_valid_is_noted_and_stops_no_other(
    newsroom: Newsroom, clock: FakeClock
) -> None:
    broken = newsroom.watch("broken", query="militia")
    newsroom.watch("sound", query="militia")
    with newsroom.store.write() as db:
        db.execute(sa.update(watches).where(watches.c.id == broken).values(definition=_INVALID))
    newsroom.publish("https://one.example/a")
    assert process(newsroom, clock).articles == 1
    assert rows(newsroom.store, "SELECT watch FROM matches_v WHERE fired") == [("sound",)]
    found = "SELECT subject, detail FROM findings WHERE kind = 'watch_unreadable' AND ended_at IS NULL"
    assert rows(newsroom.store, found) == [("broken", "its definition is not valid: 2 mistakes")]


def test_it_stops_when_told_and_goes_on_later(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a")
    newsroom.publish("https://one.example/b", OTHER_TEXT)
    answers: Iterator[bool] = iter([False, False, True, True, True, True])
    desk = pipeline(newsroom, clock)
    assert desk.run(stop=lambda: next(answers)).articles == 1
    assert desk.run().articles == 1


# --- Children that die ------------------------------------------------------------------------------------------


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(1, Limits(seconds=2, megabytes=2048)) as children:
        yield children


@pytest.mark.parametrize("body", [b"poison", pytest.param(b"endless", marks=pytest.mark.slow)])
def test_a_poisoned_page_is_tried_twice_then_kept_with_its_title(
    sqlite_store: Store, clock: FakeClock, pool: Pool, body: bytes
) -> None:
    newsroom = Newsroom(sqlite_store)
    newsroom.publish("https://one.example/a", "", title="What the feed said")
    newsroom.publish("https://one.example/b", OTHER_TEXT)
    with sqlite_store.write() as db:
        db.execute(sa.text("UPDATE pages SET sha256 = :sha WHERE id = 1"), {"sha": sqlite_store.bodies.put(body)})
    report = Pipeline(sqlite_store, PipelineConfig(), clock, timedelta(days=7), pool, read=read_or_die).run()
    assert (report.articles, report.retries) == (2, 1)
    assert rows(sqlite_store, "SELECT title FROM articles_v ORDER BY id DESC")[0] == ("What the feed said",)
    assert rows(sqlite_store, "SELECT attempts, state FROM page_outcomes WHERE page_id = 1") == [(2, "article")]
    assert rows(sqlite_store, "SELECT kind, times FROM findings") == [("page_unreadable", 1)]


@pytest.mark.parametrize(
    "point", ["process.before_extract", "process.after_extract", "process.in_article", "process.after_commit"]
)
def test_killed_at_any_point_it_goes_on_where_it_was(sqlite_store: Store, victims: Victims, point: str) -> None:
    newsroom = Newsroom(sqlite_store)
    for number in range(3):
        newsroom.publish(f"https://one.example/{number}", f"{OTHER_TEXT} {number}")

    def run(fault: str) -> int:
        return victims.run("tests.dying", "run_once", str(sqlite_store.url), str(sqlite_store.data_dir), fault=fault)

    assert run(f"{point}:2") == -signal.SIGKILL
    assert run("") == 0
    assert rows(sqlite_store, "SELECT count(*), count(DISTINCT article_id) FROM page_outcomes") == [(3, 3)]
    assert rows(sqlite_store, "SELECT count(*) FROM article_versions") == [(3,)]


def test_a_page_in_work_elsewhere_is_left_alone(newsroom: Newsroom, clock: FakeClock) -> None:
    newsroom.publish("https://one.example/a")
    first, second = pipeline(newsroom, clock), pipeline(newsroom, clock)
    original: Callable[[Job], ReadPage] = newsroom.read

    def meanwhile(job: Job) -> ReadPage:
        first.run()
        return original(job)

    second._read = meanwhile
    assert second.run().articles == 0
    assert rows(newsroom.store, "SELECT count(*) FROM articles_v") == [(1,)]
