"""Questions in SQL that people do ask: worked examples, named queries with parameters, a dialogue."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import UsageError
from nightdesk import queries
from nightdesk.adhoc import Asker
from nightdesk.cli.main import run
from nightdesk.console import Console
from store import views
from store.engine import Store
from store.placeholders import for_psycopg, named
from store.readonly import Answer, Bounds, Value, ask_postgres, ask_sqlite
from tests.conftest import START, FakeClock
from tests.deciding import Analyst
from tests.reports import Newsroom, count, place
from tests.test_nightdesk_sql import config_of

DOCS = Path(__file__).parents[1] / "docs" / "sql.md"
UTC_ZONE = ZoneInfo("UTC")

#: How many rows each example of docs/sql.md gives of the desk below.
EXAMPLES = {
    "What happened since October, newest first": 4,
    "How many people were freed or sent home, and according to whom": 2,
    "What happened in one town, in whatever language it was reported": 1,
    "Developments by country and month": 3,
    "Which nationalities are freed, held and sent home from scam centres": 1,
    "Where the articles of one development differ about a number": 1,
    "What an official source confirmed, and what one source alone reports": 2,
    "Raids and what followed them in the same case": 0,
    "Every training that China gave in the Pacific": 1,
    "Who helps the police of one state, and with what": 2,
    "What was given to police forces, and its worth": 1,
    "Agreements and patrols that were refused, reviewed or suspended": 0,
    "States that teach and states that are taught, as pairs": 1,
    "Articles on one beat and their languages": 1,
    "Articles on both beats at once": 1,
    "Who reported first, and how long the others took": 2,
    "What changed in what was known, figure by figure": 1,
    "Sources that have given nothing for a week": 2,
    "What became of the pages, and why": 4,
    "Alerts that did not arrive": 0,
}
#: The same for the named queries, with what is given to them.
NAMED = {
    "happened": ({"country": "sb"}, 2),
    "figures": ({"least": "100", "since": "2026-10-01"}, 2),
    "disputed": ({}, 1),
    "given": ({}, 2),
    "received": ({"host": "SB"}, 2),
    "nationalities": ({}, 1),
    "misses": ({"watch": "releases"}, 1),
    "pages": ({"source": "pier-post"}, 2),
}


def publish(analyst: Analyst) -> None:
    """Both beats: one release that two outlets count differently, a raid abroad, a course and a gift."""
    newsroom = analyst.newsroom
    pier, quay = newsroom.source("pier-post"), newsroom.source("quay-times")
    newsroom.watch("releases", topics=["scam_centres"], query="Kenyan OR 肯尼亚")
    scene = [place("Varlin", "MM")]
    newsroom.publish("https://pier.example/1", facts=[count(120, nationality="KE"), *scene], source_id=pier)
    rewritten = (
        "Militia lets 150 Kenyans go. " + "They had been made to write love letters in the Lotus Garden compound. " * 3
    )
    newsroom.publish(
        "https://quay.example/1", rewritten, [count(150, nationality="KE"), *scene], source_id=quay, after=2
    )
    newsroom.publish(
        "https://quay.example/2",
        "Police of two states raided a hotel in Korvin and held 52 people who wrote to strangers. " * 3,
        [count(52, status="done"), place("Korvin", "PW")],
        title="Visiting officers join raid on hotel",
        events=("raid",),
        topics=("scam_centres", "overseas_policing"),
        source_id=quay,
        after=30,
    )
    newsroom.publish(
        "https://pier.example/2",
        "HONIARA - Thirty-four officers of the Royal Solomon Islands Police Force began a three-week course with"
        " Chinese police instructors on Tuesday, the force said.",
        [place("Honiara", "SB")],
        title="China trains 34 Solomon Islands police officers in crowd control",
        events=("police_training",),
        topics=("overseas_policing",),
        source_id=pier,
        after=40,
    )
    newsroom.publish(
        "https://pier.example/3",
        "HONIARA - China handed over 30 motorcycles and two water trucks to the Royal Solomon Islands Police Force on"
        " Wednesday, the Chinese embassy said.",
        [place("Honiara", "SB")],
        title="China gives 30 motorcycles to Solomon Islands police",
        events=("equipment_aid",),
        topics=("overseas_policing",),
        source_id=pier,
        after=90,
    )
    analyst.clock.advance(days=5)
    analyst.process()


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Store:
    publish(Analyst(Newsroom(store), clock))
    return store


def asked(store: Store, query: str, values: dict[str, Value] | None = None) -> Answer:
    if store.is_sqlite:
        return ask_sqlite(str(store.path), query, views.NAMES, Bounds(), values)
    return ask_postgres(
        store.url.set(drivername="postgresql").render_as_string(False), query, views.NAMES, Bounds(), values
    )


def test_examples_and_named_queries_answer_on_both_beats(desk: Store) -> None:
    examples = re.findall(r"^([^\n]+):\n\n```sql\n(.*?)```", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    answers = {heading: asked(desk, query) for heading, query in examples}
    assert {heading: answer.refused or len(answer.rows) for heading, answer in answers.items()} == EXAMPLES
    known = queries.load(None)
    told = {
        name: asked(desk, known[name].sql, known[name].values(given, START, UTC_ZONE))
        for name, (given, _) in NAMED.items()
    }
    assert {name: answer.refused or len(answer.rows) for name, answer in told.items()} == {
        name: rows for name, (_, rows) in NAMED.items()
    }
    assert set(known) == set(NAMED)


@pytest.mark.parametrize(
    ("query", "names", "converted"),
    [
        ("SELECT :a, :b_2, :a", ("a", "b_2"), "SELECT %(a)s, %(b_2)s, %(a)s"),
        ("SELECT ':a' || x::text, ':it''s :b', \":c\"", (), "SELECT ':a' || x::text, ':it''s :b', \":c\""),
        ("SELECT 1 -- :a\n, /* :b */ :c", ("c",), "SELECT 1 -- :a\n, /* :b */ %(c)s"),
        ("SELECT $x$ :a $x$ LIKE '5%' AND :b", ("b",), "SELECT $x$ :a $x$ LIKE '5%%' AND %(b)s"),
    ],
)
def test_places_are_found_outside_texts_and_comments(query: str, names: tuple[str, ...], converted: str) -> None:
    assert (named(query), for_psycopg(query)) == (names, converted)


@pytest.mark.parametrize(
    "value", ["'; DELETE FROM sources; --", "x' OR '1'='1", "pg_sleep(9)", "%s %(a)s", "\\'; --", '"', "名前", "0012"]
)
def test_a_value_is_never_part_of_the_query(store: Store, value: str) -> None:
    assert asked(store, "SELECT :a AS a WHERE '5%' <> :a", {"a": value}).rows == ((value,),)
    assert asked(store, "SELECT name FROM sources_v WHERE name = :a OR title LIKE '%' || :a", {"a": value}).rows == ()


@pytest.fixture
def asker(store: Store, tmp_path: Path) -> Iterator[Asker]:
    with Asker(config_of(store, tmp_path)) as asker:
        yield asker


def test_a_number_is_compared_as_a_number(asker: Asker) -> None:
    query = (
        "SELECT n FROM (SELECT 9 AS n UNION ALL SELECT 80 UNION ALL SELECT 100) AS numbers WHERE n >= :least ORDER BY n"
    )
    assert asker.ask(query, {"least": "80"}).rows == ((80,), (100,))


def test_a_place_without_a_value_and_a_value_without_a_place_are_named(asker: Asker) -> None:
    with pytest.raises(UsageError, match="needs :since, :least; give --param since=VALUE"):
        asker.ask("SELECT 1 WHERE :since <> :least")
    with pytest.raises(UsageError, match="no parameter :sicne; it has :since"):
        asker.ask("SELECT :since", {"sicne": "x"})


def test_parameters_are_read_by_their_kind() -> None:
    query = queries.Named("x", "", tuple(queries.Parameter(kind, kind, None) for kind in ("day", "number", "text")), "")
    now = datetime(2026, 10, 13, 6, tzinfo=UTC)
    given = {"day": "2d", "number": "1,200", "text": "1,200"}
    assert query.values(given, now, UTC_ZONE) == {"day": "2026-10-11T06:00:00Z", "number": 1200, "text": "1,200"}
    assert query.values(given | {"day": "2026-10-01"}, now, ZoneInfo("Asia/Bangkok"))["day"] == "2026-09-30T17:00:00Z"
    for wrong, said in (
        ({"day": "soon"}, "--param day"),
        ({"number": "many"}, "is no number"),
        ({"colour": "red"}, "has no parameter colour"),
    ):
        with pytest.raises(UsageError, match=said):
            query.values(given | wrong, now, UTC_ZONE)
    with pytest.raises(UsageError, match="needs text"):
        query.values({"day": "2d", "number": "1"}, now, UTC_ZONE)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("SELECT 1", "line 1: a query begins with its name"),
        ("-- name: A\nSELECT 1", "line 1: 'A' is no name"),
        ("\n-- name: a\n-- only words\n", "line 2: a has no query"),
        ("-- name: a\n-- param b: colour\nSELECT :b", "line 2: 'colour' is none of day, number, text"),
        ("-- name: a\nSELECT :b", "line 1: a has no line `-- param` for b"),
        ("-- name: a\n-- param b: text\nSELECT 1", "line 1: a has no place in the query for b"),
        ("-- name: a\nSELECT 1\n-- name: a\nSELECT 2", "line 3: there is a query a above already"),
    ],
)
def test_a_mistake_in_a_file_of_queries_is_named_with_its_line(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "queries.sql").write_text(written)
    with pytest.raises(UsageError, match=re.escape(said)):
        queries.load(tmp_path)


OWN = """-- name: titles
-- Titles of sources.
-- param begins: text = R
SELECT title FROM sources_v WHERE title LIKE :begins || '%';
"""


def command(store: Store, folder: Path, *words: str) -> int:
    return run(["--config", str(config_of(store, folder).file), "sql", *words])


def test_the_command_asks_a_named_query(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Newsroom(store).source("river-daily")
    (tmp_path / "queries.sql").write_text(OWN)
    assert command(store, tmp_path, "titles", "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out) == {"title": "River-Daily"}
    assert command(store, tmp_path, "titles", "--param", "begins=X", "--format", "jsonl") == 0
    assert capsys.readouterr().out == ""
    assert command(store, tmp_path, "SELECT name FROM sources_v WHERE kind = :kind", "--param", "kind=feed") == 0
    assert "river-daily" in capsys.readouterr().out


def test_the_command_lists_named_queries_and_says_what_is_unknown(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "queries.sql").write_text(OWN)
    assert command(store, tmp_path, "--names", "--format", "jsonl") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"name": "titles", "parameters": "begins (text) = R", "about": "Titles of sources."}
    assert command(store, tmp_path, "title") == 2
    assert "there is no query title; there are happened, figures" in capsys.readouterr().err


def test_a_column_of_words_may_be_called_value(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(store, tmp_path, "SELECT 'red' AS value, 1200 AS low", "--format", "table") == 0
    assert re.search(r"red\s+1,200", capsys.readouterr().out)


Talk = Callable[..., tuple[list[Answer], str]]


@pytest.fixture
def talk(asker: Asker) -> Talk:
    """What a dialogue answers and says to some lines; an exception in their place is raised where one is read."""

    def say(*lines: str | type[BaseException]) -> tuple[list[Answer], str]:
        answers: list[Answer] = []
        out = io.StringIO()
        left = iter(lines)

        def read(_prompt: str) -> str:
            line = next(left, EOFError)
            if isinstance(line, str):
                return line
            raise line()

        def ask(query: queries.Named, given: Any) -> Answer:
            return asker.ask(query.sql, query.values(given, START, UTC_ZONE))

        Console(asker, queries.load(None), ask, answers.append, out).run(read)
        return answers, out.getvalue()

    return say


def test_a_statement_may_run_over_lines_and_ends_with_a_semicolon(talk: Talk) -> None:
    answers, _ = talk("SELECT 1 AS a,", "", "  2 AS b;", "SELECT 3 AS c;", "SELECT 4")
    assert [(answer.columns, answer.rows) for answer in answers] == [(("a", "b"), ((1, 2),)), (("c",), ((3,),))]


def test_a_mistake_ends_an_answer_and_not_the_dialogue(talk: Talk) -> None:
    answers, said = talk("SELECT nmae FROM sources_v;", "DELETE FROM sources;", "SELECT 1 AS a;")
    assert [answer.rows for answer in answers] == [((1,),)]
    assert "nmae" in said and said.count("nightdesk: ") == 2


def test_an_interrupt_drops_what_was_begun(talk: Talk) -> None:
    answers, _ = talk("SELECT nonsense", KeyboardInterrupt, "SELECT 1 AS a;")
    assert [answer.rows for answer in answers] == [((1,),)]


def test_the_dialogue_helps_with_views_and_named_queries(talk: Talk) -> None:
    answers, said = talk(
        "\\d", "\\d watches_v", "\\d channels", "\\n", "\\n given actor=au", "\\n lost", "\\x", "\\q", "x;"
    )
    assert "facts_v                 Stated facts, each with its quote." in said
    assert "watches_v: Standing questions.\n  name\n  origin\n  mode\n" in said
    assert "there is no view channels" in said and "there is no query lost" in said
    assert "  given           What one state's police give" in said
    assert said.count("\\q            leaves") == 2
    assert [answer.columns[0] for answer in answers] == ["development_id"]


def test_the_help_on_views_says_what_the_documentation_says() -> None:
    told = dict(re.findall(r"^### (\w+)\n\n(.*)$", DOCS.read_text("utf-8"), re.MULTILINE))
    assert set(views.ABOUT) == set(views.NAMES)
    for name, about in views.ABOUT.items():
        assert told[name].startswith(about.rstrip(".")), name
