"""Restricted reports: in nothing that is not asked for them, marked where they are, on both engines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotFound, UsageError
from core.ids import read_id
from nightdesk import export, listing, search, show
from nightdesk.brief.compose import Frame, compose
from nightdesk.brief.formats import Form, written
from nightdesk.brief.gather import gather
from nightdesk.evidence import export_evidence
from nightdesk.listing import Filters
from nightdesk.restricted import find_all
from nightdesk.search import Question
from nightdesk.snapshot import export_snapshot
from nightdesk.verify import verify
from nightdesk.web.api.resources import RESOURCES
from nightdesk.web.feed import read_entries
from store import archive, history, pages, reindexing, restricted, views
from store.engine import Store
from tests.conftest import START, FakeClock
from tests.deciding import Analyst
from tests.reports import NOON, RELEASE, RELEASE_REWRITTEN, Newsroom, count, day, person, place
from tests.test_nightdesk_sql import asked
from tests.test_pipeline_reprocess import Desk

FREED = [count(120, nationality="KE"), place("Varlin", "MM"), day("2026-10-12"), person("Anan Wirot")]
#: A word that stands in the restricted report alone.
WORD = "Zanzabar"
TIP = f"{RELEASE_REWRITTEN} So says a letter from {WORD}."
PUBLIC, SECRET = "https://one.example/a", "https://tip.example/x"


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Desk:
    return Desk(Newsroom(store), clock)


def public(desk: Analyst, after: float = 0) -> None:
    desk.newsroom.publish(PUBLIC, facts=FREED, outlet="One", after=after)


def tip(desk: Analyst, after: float = 1, url: str = SECRET, text: str = TIP, **more: Any) -> None:
    facts = more.pop("facts", [count(300, nationality="KE"), *FREED[1:]])
    desk.newsroom.publish(
        url, text, facts, title=f"A letter from {WORD}", outlet=f"{WORD} Post", after=after, restricted=True, **more
    )


def test_by_itself_it_makes_no_development_and_matches_nothing(desk: Desk) -> None:
    desk.newsroom.watch("releases", topics=["scam_centres"])
    tip(desk)
    desk.process()
    for view in views.NAMES:
        if view != "watches_v":
            assert desk.rows(f"SELECT count(*) FROM {view}") == [(0,)], view
    assert desk.rows("SELECT count(*) FROM matches") == [(0,)]
    assert desk.rows("SELECT id, title, restricted FROM articles_all_v") == [(1, f"A letter from {WORD}", True)]
    assert desk.rows("SELECT reason FROM page_outcomes") == [
        ("restricted: told to nobody, kept beside no development yet",)
    ]


def test_beside_others_it_changes_and_counts_nothing(desk: Desk) -> None:
    public(desk)
    tip(desk)
    desk.process()
    assert desk.rows("SELECT articles, sources, independent_sources, status FROM developments_v") == [(1, 1, 1, "lead")]
    assert desk.rows("SELECT kind FROM changes_v") == [("new",)]
    assert desk.rows("SELECT value FROM facts_v WHERE kind = 'count'") == [(120.0,)]
    assert desk.rows("SELECT id, development_id FROM articles_all_v ORDER BY id") == [(1, 1), (2, 1)]
    with desk.store.read() as db:
        assert restricted.beside(db, 1) == [2]


def test_news_that_comes_after_it_finds_it_waiting(desk: Desk) -> None:
    tip(desk, after=0)
    public(desk, after=2)
    desk.process()
    assert desk.rows("SELECT id, development_id FROM articles_all_v ORDER BY id") == [(1, 1), (2, 1)]
    assert desk.homes() == {2: 1}
    public_again = f"{RELEASE_REWRITTEN} More soon."
    desk.newsroom.publish("https://two.example/b", public_again, FREED, after=3, outlet="Two")
    desk.process()
    assert desk.homes() == {2: 1, 3: 1}


def test_what_everybody_may_read_is_no_copy_and_no_edit_of_it(desk: Desk) -> None:
    tip(desk, text=RELEASE, url=PUBLIC, facts=FREED)
    desk.newsroom.publish(PUBLIC, RELEASE, FREED, after=2, outlet="One")
    desk.process()
    assert desk.rows("SELECT id, url, duplicate_of, development_id FROM articles_v") == [(2, PUBLIC, None, 1)]
    assert desk.rows("SELECT state FROM page_outcomes ORDER BY page_id") == [("article",), ("article",)]


def test_an_address_that_was_taken_in_restricted_is_fetched_where_a_source_lists_it(desk: Desk) -> None:
    tip(desk)
    item = pages.ItemDue(1, 1, "k", SECRET, None, None, None, None, START, False, 0)
    with desk.store.read() as db:
        assert not pages.is_known_elsewhere(db, item, [SECRET])


def test_the_same_report_again_is_known_and_another_text_of_it_an_edit(desk: Desk) -> None:
    public(desk)
    tip(desk)
    tip(desk, after=2)
    tip(desk, after=3, text=f"{TIP} And a postscript of some length on the matter.")
    desk.process()
    states = desk.rows("SELECT state, article_id FROM page_outcomes ORDER BY page_id")
    assert states == [("article", 1), ("article", 2), ("duplicate", 2), ("article", 2)]
    assert desk.rows("SELECT count(*) FROM changes_v") == [(1,)]


# --- Nowhere by default ----------------------------------------------------------------------------------------------


@pytest.fixture
def filled(desk: Desk) -> Desk:
    public(desk)
    tip(desk)
    desk.process()
    return desk


def test_no_listing_and_nothing_of_the_api_has_it(filled: Desk) -> None:
    with filled.store.read() as db:
        for resource in RESOURCES:
            assert not [name for name in resource.columns(db) if name == "restricted"], resource.name
        for view in (listing.ARTICLES, listing.FACTS, listing.DEVELOPMENTS, listing.INTERACTIONS):
            for row in listing.rows(db, view, Filters(whole=True)):
                assert WORD not in json.dumps(row, default=str)
        assert search.find(db, Question(WORD)).hits == ()
        assert search.facets(db, Question("Kenyans OR Kenyan")).articles == 1
        assert archive.candidates(db, archive.Wanted(NOON - timedelta(days=9)), None) == [1]
        assert history.article(db, 2) is None
        assert history.pages_at(db, [SECRET]) == []
        assert reindexing.amiss(db) == []
        entries = read_entries(db, list(listing.rows(db, listing.DEVELOPMENTS)), "")
        assert WORD not in repr(entries)


@pytest.mark.parametrize("id", ["a2", "f5"])
def test_one_is_shown_only_to_who_asks(filled: Desk, id: str) -> None:
    noun, number = read_id(id, "article")
    with filled.store.read() as db:
        with pytest.raises(NotFound):
            show.load(db, noun, number)
        assert show.load(db, noun, number, restricted=True).row["id"] == number


def test_a_development_shows_it_beside_itself_to_who_asks(filled: Desk) -> None:
    with filled.store.read() as db:
        assert WORD not in json.dumps(show.as_json(show.load(db, "development", 1)), default=str)
        shown = show.load(db, "development", 1, restricted=True)
    assert [row["id"] for row in shown.parts["articles"]] == [1]
    assert [row["id"] for row in shown.parts["restricted"]] == [2]
    assert WORD in show.in_words(shown)


def test_ad_hoc_sql_does_not_reach_it(filled: Desk) -> None:
    for twin in views.TWINS.values():
        assert "only reading the views" in asked(filled.store, f"SELECT * FROM {twin}").refused
    assert "only reading the views" in asked(filled.store, "SELECT * FROM articles WHERE restricted").refused


def test_a_snapshot_has_none_of_it(filled: Desk, tmp_path: Path) -> None:
    counts = export_snapshot(filled.store, str(tmp_path / "desk.sqlite"), START)
    assert (counts["articles_v"], counts["pages_v"], "articles_all_v" in counts) == (1, 1, False)
    assert WORD.encode() not in (tmp_path / "desk.sqlite").read_bytes()


def pack(desk: Desk, target: Path, asked_for: bool) -> bytes:
    export_evidence(desk.store, 1, str(target), asked_for)
    assert list(verify(target)) == []
    with zipfile.ZipFile(target) as members:
        return b"".join(members.read(name) for name in members.namelist())


def brief(desk: Desk, _target: Path, asked_for: bool) -> bytes:
    with desk.store.read() as db:
        told, cases = gather(db, Filters(), None, asked_for)
    from zoneinfo import ZoneInfo

    from alerts.language import speak

    return written(compose(told, cases, Frame(speak("en"), ZoneInfo("UTC"), None, START)), Form.MD)


def facts(desk: Desk, target: Path, asked_for: bool) -> bytes:
    path = target.with_suffix(".jsonl")
    export.export(desk.store, "facts", str(path), Filters(), WORD, asked_for)
    found = path.read_bytes()
    return found + (WORD.encode() if b'"restricted": true' in found else b"")


@pytest.mark.parametrize("made", [pack, brief, facts])
def test_what_is_handed_on_has_it_only_where_that_is_asked_for_and_marked(
    filled: Desk, tmp_path: Path, made: Callable[[Desk, Path, bool], bytes]
) -> None:
    with filled.store.write() as db:  # what was handed in is kept
        body = filled.store.bodies.put(TIP.encode())
        db.execute(sa.update(pages.pages).where(pages.pages.c.restricted).values(sha256=body, url="urn:sha256:ab"))
    assert WORD.encode() not in made(filled, tmp_path / "pack.zip", False)
    asked_for = made(filled, tmp_path / "asked.zip", True)
    assert WORD.encode() in asked_for
    assert b"restricted" in asked_for


def test_a_search_that_asks_for_it_finds_it_by_its_words_and_filters(filled: Desk) -> None:
    with filled.store.read() as db:
        (hit,) = find_all(db, Question(WORD)).hits
        assert (hit.row["id"], hit.row["restricted"], hit.as_row()["snippet"].count(f"[{WORD}]")) == (2, True, 1)
        both = find_all(db, Question("Kenyan", Filters(topic="scam_centres", country="mm")))
        assert [(hit.row["id"], hit.row["restricted"]) for hit in both.hits] == [(2, True), (1, False)]
        assert find_all(db, Question(WORD, Filters(country="KH"))).hits == ()


def test_what_never_has_any_says_so() -> None:
    with pytest.raises(UsageError, match="makes no development"):
        listing.with_restricted(listing.DEVELOPMENTS)


# --- What analysts and reprocessing make of it -----------------------------------------------------------------------


def test_a_label_puts_it_into_no_development(filled: Desk) -> None:
    filled.newsroom.watch("releases", topics=["scam_centres"])
    filled.label(2, event__raid=True)
    assert filled.homes() == {1: 1}
    assert filled.rows("SELECT count(*) FROM matches m JOIN article_versions v ON v.id = m.version_id"
                       " WHERE v.article_id = 2") == [(0,)]  # fmt: skip
    with pytest.raises(UsageError, match="a2 is restricted"):
        filled.split(2, to=1)


def test_reprocessing_leaves_it_where_it_is(filled: Desk) -> None:
    assert filled.dry_run() == []
    assert not filled.reprocess()
    filled.reads(SECRET, facts=[count(400, nationality="KE"), *FREED[1:]])
    filled.reprocess()
    assert filled.rows("SELECT value FROM facts_all_v WHERE kind = 'count' ORDER BY value") == [(120.0,), (400.0,)]
    assert filled.rows("SELECT count(*) FROM changes_v") == [(1,)]
    with filled.store.read() as db:
        assert search.find(db, Question(WORD)).hits == ()
        assert restricted.beside(db, 1) == [2]
