"""The pages of an article, a fact and a case: what they tell, and what people decide there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from nightdesk.web.access import COOKIE
from nightdesk.web.desk.frame import _linked
from store import articles, people, threads
from tests.asking import Asker, listening
from tests.conftest import FakeClock

TEXT = "Guards opened the gate at dawn, and 215 people were freed.\nA <script>alert(1)</script> stood in the feed."


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as opened:
        yield opened


def read(desk: Asker, **version: object) -> tuple[int, int, int]:
    """A development of one article with one figure; the three ids."""
    room = desk.room
    development = room.development()
    article = room.article(development, "Gate opened", text=TEXT, **version)
    at = len("Gate opened\n") + TEXT.index("215")
    figure = {"value": 215, "unit": "people", "status": "done", "leading": True, "bound": "exact"}
    fact = room.fact(article, quote="215 people were freed", position=at, speaker="the guards", **figure)
    room.change(development, cause_article_id=article)
    return development, article, fact


# --- /articles/{id} ---------------------------------------------------------------------------------------------------


def test_an_article_is_shown_as_text_with_its_quotes_marked(desk: Asker) -> None:
    _, article, fact = read(desk, language="ar")
    page = desk.ask(f"/articles/{article}").text
    assert f'<mark id="f{fact}"><a href="/facts/{fact}">215 people were freed</a></mark>' in page
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert '<article class="card text" lang="ar"' in page and '<p dir="auto">' in page
    assert "the guards" in page and "/developments/1" in page


def test_an_article_says_which_watch_asked_for_it_what_was_fetched_and_what_changed(desk: Asker) -> None:
    development, article, _ = read(desk)
    room = desk.room
    room.match(room.watch("gates"), article)
    later = {"seq": 2, "title": "Gate opened", "text": TEXT.replace("215", "218"), "text_sha256": "b", "words": 9}
    with desk.app.store.write() as db:
        first = dict(db.execute(sa.select(articles.article_versions)).mappings().one())
        db.execute(sa.update(articles.article_versions).values(is_current=False))
        room_row = {name: value for name, value in first.items() if name != "id"} | later | {"is_current": True}
        db.execute(sa.insert(articles.article_versions).values(**room_row))
        page_id = first["page_id"]
        outcome = {"state": "article", "reason": "text", "article_id": article, "attempts": 1, "pipeline_version": 1}
        db.execute(sa.insert(articles.page_outcomes).values(page_id=page_id, at=room.clock(), **outcome))
        db.exec_driver_sql(f"UPDATE pages SET sha256 = 'abc123', http_status = 200 WHERE id = {page_id}")
    page = desk.ask(f"/articles/{article}").text
    assert "<del>Guards opened the gate at dawn, and 215 people" in page
    assert "<ins>Guards opened the gate at dawn, and 218 people" in page
    assert "abc123" in page and "Border Post" in page
    assert "edited, version 2" in desk.ask(f"/developments/{development}").text


def test_an_article_names_the_watches_that_asked_or_came_near(desk: Asker) -> None:
    _, article, _ = read(desk)
    desk.room.match(desk.room.watch("gates"), article)
    desk.room.match(desk.room.watch("walls"), article, fired=False)
    page = desk.ask(f"/articles/{article}").text
    assert page.index("asked for it") < page.index("came near")
    assert "/watches/gates" in page and "/watches/walls" in page


def test_an_article_is_labelled_on_its_own_page_and_says_by_whom(desk: Asker) -> None:
    _, article, _ = read(desk)
    fields = [("topics", "scam_centres"), ("events", "raid"), ("reason", "it is one")]
    answer = desk.do(f"/articles/{article}/label", "editor", fields)
    assert (answer.status, answer.headers["location"]) == (303, f"/articles/{article}")
    page = desk.see(f"/articles/{article}", "reader")
    assert "editor.one" in page and "it is one" in page and "event raid" in page
    with desk.app.store.read() as db:
        (deed,) = people.deeds_about(db, f"a{article}")
    assert (deed.by, deed.what, deed.reason) == ("editor.one", "labelled", "it is one")


def test_a_restricted_report_and_what_it_states_have_a_page_for_editors_alone(desk: Asker) -> None:
    _, article, fact = read(desk)
    with desk.app.store.write() as db:
        db.execute(sa.update(articles.articles).values(restricted=True))
    for path in (f"/articles/{article}", f"/facts/{fact}"):
        as_reader = desk.ask(path, Cookie=f"{COOKIE}={desk.log_in('reader')}")
        assert desk.ask(path).status == as_reader.status == 404
        assert "restricted: not to be passed on" in desk.see(path, "editor")
    assert desk.do(f"/articles/{article}/label", "editor", [("topics", "scam_centres")]).status == 303
    assert desk.do(f"/facts/{fact}/reject", "editor").status == 303


# --- /facts/{id} ------------------------------------------------------------------------------------------------------

FORM = [("value", "215"), ("bound", "exact"), ("unit", "people"), ("status", "done"), ("speaker", "the guards")]


def test_a_figure_is_corrected_and_the_development_says_what_by_whom_and_why(desk: Asker) -> None:
    development, article, fact = read(desk)
    assert "at dawn, and <mark>215 people were freed</mark>." in desk.see(f"/facts/{fact}", "editor")
    fields = [("value", "1,218"), *FORM[1:], ("nationality", "cn"), ("reason", "the ministry's list")]
    answer = desk.do(f"/facts/{fact}/correct", "editor", fields)
    assert (answer.status, answer.headers["location"]) == (303, f"/developments/{development}")
    page = desk.see(f"/developments/{development}", "reader")
    assert "1,218 Chinese nationals" in page and "set by an analyst" in page
    assert "<del>215</del>" in page and "editor.one" in page and "the ministry&#39;s list" in page
    old = desk.see(f"/facts/{fact}", "editor")
    assert "stands no longer" in old and "Correct it" not in old and f"/articles/{article}" in old
    with desk.app.store.read() as db:
        assert [row.what for row in people.deeds_about(db, f"d{development}")] == ["figure corrected"]


def test_a_correction_that_changes_nothing_or_is_no_figure_is_refused_with_its_reason(desk: Asker) -> None:
    _, _, fact = read(desk)
    assert "no field says otherwise" in desk.do(f"/facts/{fact}/correct", "editor", FORM).text
    assert "is no number" in desk.do(f"/facts/{fact}/correct", "editor", [("value", "some"), *FORM[1:]]).text
    wrong = desk.do(f"/facts/{fact}/correct", "editor", [*FORM, ("nationality", "XYZ")])
    assert wrong.status == 409 and "no country" in wrong.text
    assert "--nationality" not in wrong.text, "a page speaks of fields, not of options"
    assert desk.room.rows("SELECT what FROM deeds WHERE what <> 'user added'") == []


def test_a_fact_that_is_none_is_rejected(desk: Asker) -> None:
    development, _, fact = read(desk)
    assert desk.do(f"/facts/{fact}/reject", "editor", [("reason", "of last year")]).status == 303
    page = desk.see(f"/developments/{development}", "reader")
    assert "No article counts anything" in page and "of last year" in page


# --- /threads/{id} ----------------------------------------------------------------------------------------------------


def case(desk: Asker) -> tuple[int, list[int]]:
    """A case of two stages; its id and theirs."""
    room = desk.room
    made = [room.story(first_news_at=room.clock() + timedelta(days=day)) for day in (0, 3)]
    with desk.app.store.write() as db:
        thread = threads.add_thread(db, "The hotel", room.clock())
        for development in made:
            threads.put_in_thread(db, development, thread, "both at the hotel: as d1")
    return thread, made


def test_a_case_shows_its_stages_in_order_with_their_figures_and_why(desk: Asker) -> None:
    thread, (first, second) = case(desk)
    page = desk.ask(f"/threads/{thread}").text
    assert page.index(f'id="d{first}"') < page.index(f'id="d{second}"')
    assert page.count("215 Chinese nationals") >= 2 and "both at the hotel: as <a" in page
    assert f"/threads/{thread}" in desk.ask(f"/developments/{first}").text
    assert "After" in desk.ask(f"/developments/{first}").text and "Before" in desk.ask(f"/developments/{second}").text


def test_a_case_that_was_merged_leads_to_what_it_is_now(desk: Asker) -> None:
    thread, _ = case(desk)
    with desk.app.store.write() as db:
        other = threads.add_thread(db, "The same hotel", desk.room.clock())
        threads.merge(db, other, thread)
    answer = desk.ask(f"/threads/{other}")
    assert (answer.status, answer.headers["location"]) == (303, f"/threads/{thread}")
    assert desk.ask("/threads/99").status == 404


def test_a_case_is_followed_from_its_page_and_from_that_of_a_stage(desk: Asker) -> None:
    thread, (first, _) = case(desk)
    assert desk.do(f"/threads/{thread}/follow", "editor", [("channels", "desk")]).status == 303
    page = desk.see(f"/threads/{thread}", "reader")
    assert f"/watches/follow-t{thread}" in page
    again = desk.do(f"/developments/{first}/follow", "editor", [("channels", "desk")])
    assert again.status == 409 and f"follow-t{thread}" in again.text
    with desk.app.store.read() as db:
        (deed,) = people.deeds_about(db, f"follow-t{thread}")
    assert (deed.by, deed.what) == ("editor.one", "watch added")


# --- ids in texts -----------------------------------------------------------------------------------------------------


def test_ids_in_words_of_the_desk_lead_to_their_pages_and_nothing_else_does() -> None:
    said = _linked("a12 of d34, f5 by n6; s8 t7 <b> xa1 d34x a0 /d3 A12 d1-2")
    assert str(said) == (
        '<a href="/articles/12">a12</a> of <a href="/developments/34">d34</a>, <a href="/facts/5">f5</a> by '
        '<a href="/alerts/6">n6</a>; <a href="/silences">s8</a> <a href="/threads/7">t7</a> '
        "&lt;b&gt; xa1 d34x a0 /d3 A12 d1-2"
    )
