"""The page of one development: what it tells, what people decide by its forms, and that it says who did."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightdesk.dossier import fold, timeline
from nightdesk.passages import around, innermost, lines, span
from store import people
from tests.asking import Asker, listening
from tests.conftest import FakeClock

LEADING = {"unit": "people", "status": "done", "nationality": "CN", "leading": True}


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as opened:
        yield opened


def reported(desk: Asker) -> int:
    """A development that two outlets report, and a copy of the first; its id."""
    room = desk.room
    development = room.story(title="215 freed from compound", first_reporter="Border Post", lede="Guards opened it.")
    text = "The ministry said on Monday that 218 people were freed at dawn."
    second = room.article(development, "Ministry counts 218", "River Times", text=text, language="en")
    at = len("Ministry counts 218\n") + text.index("218")
    room.fact(second, value=218, quote="218 people were freed", position=at, speaker="the ministry", **LEADING)
    copy = room.article(development, "215 freed, wire says", "Copycat")
    room.fact(copy, value=215, bound="at_least", **LEADING)
    with desk.app.store.write() as db:
        db.exec_driver_sql(f"UPDATE articles SET duplicate_of = 1 WHERE id = {copy}")
        db.exec_driver_sql(f"UPDATE developments SET articles = 3 WHERE id = {development}")
    return development


def test_the_page_sets_outlets_side_by_side_with_range_quote_and_speaker(desk: Asker) -> None:
    page = desk.see(f"/developments/{reported(desk)}", "reader")
    assert "215 to 218 Chinese nationals" in page
    assert "The ministry said on Monday that <mark>218 people were freed</mark> at dawn." in page
    assert "says <span" in page and "the ministry" in page
    assert page.count("first reporter") >= 2 and "1 copy of it" in page
    assert "/articles/2" in page and 'rel="noopener noreferrer external"' in page


def test_who_is_not_logged_in_reads_and_sees_how_to_log_in_where_forms_would_be(desk: Asker) -> None:
    page = desk.ask(f"/developments/{reported(desk)}").text
    assert "215 to 218" in page and "Log in</a> to decide" in page and "<form" not in page


def test_what_was_merged_leads_to_what_it_is_now(desk: Asker) -> None:
    first, second = desk.room.story(), desk.room.story()
    answer = desk.do(f"/developments/{second}/merge", "editor", [("other", f"d{first}"), ("reason", "one release")])
    assert answer.status == 303, answer.text
    answer = desk.ask(f"/developments/{second}")
    assert (answer.status, answer.headers["location"]) == (303, f"/developments/{first}")
    page = desk.see(f"/developments/{first}", "editor")
    assert "editor.one" in page and "one release" in page and f"d{second} merged into" in page.replace("</a>", "")


def test_an_article_is_taken_out_and_its_new_development_says_by_whom(desk: Asker) -> None:
    development = reported(desk)
    none = desk.do(f"/developments/{development}/split", "editor", [])
    assert none.status == 409 and "tick the articles" in none.text
    fields = [("articles", "a2"), ("reason", "another gate")]
    assert desk.do(f"/developments/{development}/split", "editor", fields).status == 303
    page = desk.see(f"/developments/{development}", "editor")
    assert "another gate" in page and "Ministry counts 218" not in page


def test_labels_change_only_where_a_box_did(desk: Asker) -> None:
    development = desk.room.story()
    at = f"/developments/{development}/label"
    same = [("was_topics", "scam_centres"), ("topics", "scam_centres"), ("was_events", "raid"), ("events", "raid")]
    assert "no box was changed" in desk.do(at, "editor", same).text
    changed = [*same, ("events", "demolition"), ("reason", "walls fell")]
    assert desk.do(at, "editor", changed).status == 303
    assert desk.room.rows('SELECT kind, name, holds, reason, "by" FROM rulings') == [
        ("event", "demolition", True, "walls fell", "editor.one")
    ]
    assert "event demolition" in desk.see(f"/developments/{development}", "reader")


def test_a_missing_figure_is_added_in_the_words_of_its_article_or_refused(desk: Asker) -> None:
    development = desk.room.story()
    at = f"/developments/{development}/figure"
    figure = [("value", "1,250"), ("unit", "devices"), ("status", "done"), ("reason", "seen on film")]
    assert desk.do(at, "editor", figure).status == 303
    page = desk.see(f"/developments/{development}", "reader")
    assert "1,250 devices" in page and "set by an analyst" in page and "seen on film" in page
    assert "is no number" in desk.do(at, "editor", [("value", "many")]).text
    assert "quote their own words" in desk.do(at, "editor", [("value", "3"), ("quote", "not said")]).text


def test_a_mute_has_an_owner_a_reason_and_an_end_that_comes_when_asked(desk: Asker) -> None:
    development = desk.room.story()
    at = f"/developments/{development}"
    assert "reason is missing" in desk.do(f"{at}/mute", "editor", [("lasts", "7d")]).text
    assert desk.do(f"{at}/mute", "editor", [("lasts", "7d"), ("reason", "old news")]).status == 303
    page = desk.see(at, "editor")
    assert "Muted for every watch by <b>editor.one</b>" in page and "End s1 now" in page
    assert desk.do(f"{at}/unmute", "editor", [("silence", "s1")]).status == 303
    page = desk.see(at, "editor")
    assert "Was muted" in page and "silence ended" in page


def test_a_reader_marks_it_and_everybody_sees_who_did(desk: Asker) -> None:
    development = desk.room.story()
    desk.log_in("editor")
    fields = [
        ("state", "used"),
        ("person", "editor.one"),
        ("tags", "#front page,front"),
        ("note", "see d1"),
    ]
    assert desk.do(f"/developments/{development}/mark", "reader", fields).status == 303
    page = desk.ask(f"/developments/{development}").text
    assert "by reader.one" in page and "#front" in page and 'see <a href="/developments/1">d1</a>' in page
    with desk.app.store.read() as db:
        assert people.marks_of(db, [development])[development].tags == ["front", "page"]
        assert [row.what for row in people.deeds_about(db, f"d{development}")] == ["marked"]
    wrong = [("state", "used"), ("person", "nobody")]
    assert desk.do(f"/developments/{development}/mark", "reader", wrong).status == 409
    assert desk.do("/developments/99/mark", "reader", [("state", "used")]).status == 404


def test_it_was_not_worth_telling_for_a_watch(desk: Asker) -> None:
    development = desk.room.story()
    fields = [("watch", "releases"), ("relevant", "no"), ("reason", "a drill")]
    assert desk.do(f"/developments/{development}/relevance", "editor", fields).status == 303
    page = desk.see(f"/developments/{development}", "reader")
    assert "not relevant for releases" in page and "a drill" in page


def test_its_articles_go_to_reference_managers_and_its_evidence_to_who_is_logged_in(desk: Asker) -> None:
    development = reported(desk)
    at = f"/developments/{development}"
    ris = desk.ask(f"{at}/references.ris")
    assert ris.text.count("TY  - ") == 2 and "attachment" in ris.headers["content-disposition"]
    assert {item["container-title"] for item in json.loads(desk.ask(f"{at}/references.json").text)} == {
        "Border Post",
        "River Times",
    }
    assert desk.ask(f"{at}/evidence.zip").status == 401
    pack = desk.fetch(f"{at}/evidence.zip", "reader")
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        assert json.loads(opened.read("manifest.json"))["development"] == development


def test_a_development_without_articles_says_that_it_is_withdrawn(desk: Asker) -> None:
    development = desk.room.development(articles=0, independent_sources=0, status="withdrawn")
    page = desk.see(f"/developments/{development}", "editor")
    assert "no article reports it" in page and "No article counts anything" in page
    assert desk.ask(f"/developments/{development}/references.ris").status == 200
    assert desk.ask("/developments/99").status == desk.ask("/developments/99/references.ris").status == 404


EVIL = '"><img src=x onerror=alert(1)>{{7*7}}javascript:'


def test_nothing_that_a_publisher_wrote_is_markup_or_a_link_of_its_own_kind(desk: Asker) -> None:
    room = desk.room
    development = room.development(title=EVIL, lede=EVIL, first_reporter=EVIL, event_types=[], thread_reason=EVIL)
    article = room.article(development, EVIL, EVIL, text=f"{EVIL}\n{EVIL}", url="javascript:alert(1)", byline=EVIL)
    room.fact(article, value=2, quote=EVIL, speaker=EVIL, position=len(EVIL) + 1, **LEADING)
    fact = room.fact(article, kind="person", name=EVIL, role=EVIL, quote=EVIL)
    room.change(development, "correction", what="name", old=EVIL, new=EVIL, cause_article_id=article)
    for path in (f"/developments/{development}", f"/articles/{article}", f"/facts/{fact}"):
        page = desk.see(path, "editor")
        assert "<img" not in page and 'href="javascript' not in page and ">49" not in page, path
        assert "&lt;img src=x" in page, path


# --- what it is made of -----------------------------------------------------------------------------------------------


def test_copies_fold_under_the_first_original_even_in_a_chain(desk: Asker) -> None:
    from store import dossier

    development = reported(desk)
    with desk.app.store.write() as db:
        db.exec_driver_sql("UPDATE articles SET duplicate_of = 3 WHERE id = 2")
        rows = dossier.reports(db, development, 10)
    (report,) = fold(rows, "Border Post")
    assert report.row.id == 1 and {row.id for row in report.copies} == {2, 3} and report.is_first
    assert [moment.report for moment in timeline([report], [])] == [report]


def test_a_quote_is_found_where_it_was_read_or_at_its_next_like() -> None:
    whole = "Title\nOne  hundred people, and one hundred people more.\nEnd"
    assert span("One hundred people", 6, whole) == (6, 25)
    assert whole[slice(*(span("one hundred people", 0, whole) or (0, 0)))] == "one hundred people"
    assert span("two hundred", 0, whole) is None and span("", 0, whole) is None


def test_a_passage_stays_in_its_paragraph_and_is_cut_at_words() -> None:
    whole = "Title\nA long beginning of words that go on, and 215 people left in the early morning hours.\nNext"
    at = span("215 people", 0, whole)
    assert at is not None
    cut = around(whole, at, room=12)
    assert (cut.before, cut.quote, cut.after) == ("…go on, and ", "215 people", " left in…")
    assert around(whole, at, room=99).before.startswith("A long")


def test_a_quote_that_holds_another_is_not_marked() -> None:
    assert innermost({1: (0, 40), 2: (4, 9), 3: (4, 9), 4: (30, 50)}) == {2: (4, 9), 3: (4, 9), 4: (30, 50)}


def test_overlapping_quotes_mark_each_their_own_words() -> None:
    whole = "Raid\n215 people freed"
    title, text = lines(whole, {7: (5, 15), 8: (9, 21)})
    assert [piece.text for piece in title] == ["Raid"]
    assert [(piece.text, piece.facts, piece.begins) for piece in text] == [
        ("215 ", (7,), (7,)),
        ("people", (7, 8), (8,)),
        (" freed", (8,), ()),
    ]
