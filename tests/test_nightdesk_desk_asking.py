"""The pages that answer questions: search with its facets and mistakes, and the SQL console with drawings and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from nightdesk.web.desk.sql import draw
from store.developments import development_countries
from store.index import index_article
from tests.asking import Answer, Asker, listening
from tests.conftest import FakeClock

TITLE = "Guards free 215 <b>near</b> Myawaddy"
TEXT = "It was KK Park, <script>alert(1)</script> they said."
COUNTED = "SELECT country, count(*) AS developments FROM development_countries_v GROUP BY country ORDER BY country"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    """A desk with an article that search knows."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as opened:
        development = opened.room.story(title=TITLE)
        opened.room.insert(development_countries, development_id=development, country="MM")
        article = opened.room.article(development, title=TITLE, text=TEXT)
        opened.app.store.unit(lambda db: index_article(db, article, TITLE, TEXT))
        yield opened


def search(desk: Asker, query: str, **more: str) -> Answer:
    return desk.ask("/search?q=" + quote(query) + "".join(f"&{name}={quote(value)}" for name, value in more.items()))


def test_a_hit_shows_where_the_words_stand_and_the_publishers_markup_is_only_text(desk: Asker) -> None:
    text = search(desk, '"KK Park"').text
    assert "<mark>KK Park</mark>" in text
    assert "&lt;script&gt;" in text and "<script>alert" not in text
    assert "&lt;b&gt;near&lt;/b&gt;" in text and "<b>near" not in text


def test_facets_narrow_the_same_question(desk: Asker) -> None:
    text = search(desk, "KK").text
    assert 'href="/search?q=KK&amp;lang=en"' in text and 'href="/search?q=KK&amp;country=' not in text
    narrowed = search(desk, "KK", lang="th").text
    assert "Nothing found" in narrowed and "Without lang th" in narrowed


@pytest.mark.parametrize(("query", "place"), [("foo AND (bar", "<mark>(</mark>"), ("count:[x TO 5]", "<mark>")])
def test_a_bad_query_is_shown_with_the_place_of_its_mistake(desk: Asker, query: str, place: str) -> None:
    answer = search(desk, query)
    assert answer.status == 200 and place in answer.text and 'role="alert"' in answer.text
    assert f'value="{query}"' in answer.text, "what was typed is still there"


def test_a_page_that_does_not_continue_this_search_is_said(desk: Asker) -> None:
    assert "does not continue this search" in search(desk, "KK", after="x").text


def test_the_console_answers_with_table_drawing_and_a_way_to_csv(desk: Asker) -> None:
    text = desk.ask("/sql?q=" + quote(COUNTED)).text
    assert '<th scope="col">country</th>' in text and ">MM</td>" in text
    assert "/sql.csv?q=SELECT" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM articles", "read"),
        ("SELECT * FROM users", "users"),
        ("SELECT password FROM users", "users"),
        ("SELECT 1; SELECT 2", "one"),
        ("SELEC 1", "syntax"),
        ("PRAGMA table_info(sessions)", ""),
        ("ATTACH DATABASE '/etc/passwd' AS x", ""),
    ],
)
def test_what_the_console_refuses_it_says_and_does_not_do(desk: Asker, query: str, said: str) -> None:
    answer = desk.ask("/sql?q=" + quote(query))
    assert answer.status == 400 and 'role="alert"' in answer.text
    assert said in answer.text.partition('role="alert"')[2].partition("</p>")[0]
    assert desk.ask("/sql.csv?q=" + quote(query)).status == 400


def test_a_named_query_asks_for_what_it_needs_first(desk: Asker) -> None:
    form = desk.ask("/sql?name=happened").text
    assert 'name="country"' in form and 'name="since" size="12" value="90d"' in form and "<tbody>" not in form
    assert "needs country" in desk.ask("/sql?name=happened&run=1").text
    answered = desk.ask("/sql?name=happened&run=1&country=mm&since=3650d").text
    assert "1 row<" in answered
    told = desk.ask("/sql?q=" + quote("SELECT id AS development_id FROM developments_v")).text
    assert 'href="/developments/1"' in told


def test_csv_is_for_spreadsheets_and_holds_no_formula(desk: Asker) -> None:
    answer = desk.ask("/sql.csv?q=" + quote("SELECT '=1+1' AS a, '@x' AS b"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[1] == '"\'=1+1","\'@x"'


def test_an_answer_with_words_and_numbers_is_drawn_and_no_other() -> None:
    rows = [{"country": "MM", "n": 12}, {"country": "<b>", "n": 3}]
    drawn = draw(["country", "n"], rows)
    assert 'aria-label="n by country"' in drawn and "&lt;b&gt;" in drawn
    assert draw(["n"], rows) == "" and draw(["country"], rows) == "" and draw(["country", "n"], rows[:1]) == ""
    assert draw(["country", "article_id"], [{"country": "MM", "article_id": 1}] * 3) == "", "an id is no amount"
