"""Queries that people save by the page: whose they are, who changes them, and that command and API ask them too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette

from core.errors import UsageError
from nightdesk import adhoc, queries
from nightdesk.cli.main import run
from nightdesk.web.desk.frame import Frame
from nightdesk.web.desk.saving import Saving
from nightdesk.web.desk.sql import Sql
from nightdesk.web.reading import Reading
from store import people, saved
from store.engine import Store
from tests.asking import PASSWORD, Answer, Asker, listening
from tests.conftest import START, FakeClock
from tests.test_nightdesk_sql import config_of

SQL = "SELECT id, title FROM developments_v WHERE first_found_at >= :since"
FIELDS = {"name": "lately", "about": "What came on record lately.", "sql": SQL, "parameters": "since: day = 3650d"}


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    (tmp_path / "queries.sql").write_text("-- name: ofthefile\nSELECT 1 AS one\n")
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as asker:
        asker.room.story(title="Gate opened")
        yield asker


def save(desk: Asker, role: str = "reader", path: str = "/new-query", **fields: str) -> Answer:
    return desk.do(path, role, list({**FIELDS, **fields}.items()))


def test_one_that_is_saved_is_asked_by_page_command_and_api(
    desk: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert save(desk).headers["location"] == "/sql?name=lately"
    page = desk.see("/sql?name=lately&run=1", "reader")
    assert "Gate opened" in page and "Saved by reader.one" in page and 'href="/queries/lately"' in page
    listed = {one["name"]: one for one in desk.ask("/api/v1/queries").json["items"]}
    assert listed["lately"]["parameters"] == [{"name": "since", "kind": "day", "default": "3650d"}]
    assert "Gate opened" in desk.ask("/api/v1/queries/lately.csv").text
    monkeypatch.chdir(tmp_path)
    assert run(["sql", "lately", "--param", "since=3650d", "--format", "csv"]) == 0
    assert "Gate opened" in capsys.readouterr().out
    assert run(["sql", "--names", "--format", "csv"]) == 0
    assert '"lately","since (day) = 3650d","What came on record lately."' in capsys.readouterr().out


def test_whose_it_is_changes_and_removes_it_and_so_does_an_operator(desk: Asker) -> None:
    save(desk)
    assert "is reader.one&#39;s" in desk.do("/queries/lately", "editor", list(FIELDS.items())).text
    assert "is reader.one&#39;s" in desk.do("/queries/lately/remove", "editor").text
    assert save(desk, path="/queries/lately", about="Newer words.").status == 303
    assert "Newer words." in desk.see("/sql?name=lately", "editor")
    assert desk.do("/queries/lately/remove", "operator").status == 303
    assert desk.ask("/api/v1/queries/lately.csv").status == 404
    with desk.app.store.read() as db:
        did = [(row.by, row.what) for row in people.deeds_about(db, "lately")]
    expected = [("reader.one", "query saved"), ("reader.one", "query changed"), ("operator.one", "query removed")]
    assert sorted(did) == sorted(expected)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Lately!"}, "is no name"),
        ({"name": "ofthefile"}, "in a file already"),
        ({"sql": "SELECT * FROM users", "parameters": ""}, "users"),
        ({"sql": "SELEC 1", "parameters": ""}, "syntax"),
        ({"parameters": ""}, "no line such as `since: day = 90d`"),
        ({"parameters": "since day"}, "is no parameter"),
        ({"parameters": "since: moon = 90d"}, "is none of day, number, text"),
        ({"parameters": "since: day = soon"}, "soon"),
        ({"sql": " "}, "has no query"),
    ],
)
def test_what_could_not_be_asked_is_refused_beside_what_was_typed(
    desk: Asker, fields: dict[str, str], said: str
) -> None:
    answer = save(desk, **fields)
    assert answer.status == 422 and said in answer.text.replace("&#39;", "'")
    assert "What came on record lately." in answer.text and 'role="alert"' in answer.text
    with desk.app.store.read() as db:
        assert saved.everyone(db) == []


def test_a_name_is_taken_once(desk: Asker) -> None:
    save(desk)
    again = save(desk, role="editor", about="Another.")
    assert again.status == 422 and "There is a query lately already" in again.text


def test_what_a_query_needs_may_be_left_to_who_asks(desk: Asker) -> None:
    assert save(desk, parameters="since: day").status == 303
    assert "needs since" in desk.ask("/sql?name=lately&run=1").text


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT titel FROM developments_v WHERE first_found_at >= :since", "titel"),
        ("SELECT title FROM developements_v WHERE first_found_at >= :since", "developements_v"),
        ("SELECT title FROM developments_v WHERE first_found_at >= :since GRUOP BY 1", "GRUOP"),
    ],
)
def test_a_mistake_is_found_when_it_is_saved_though_its_parameters_are_left_to_who_asks(
    desk: Asker, sql: str, said: str
) -> None:
    answer = save(desk, sql=sql, parameters="since: day")
    assert answer.status == 422 and said in answer.text


#: With what is tried of each kind; a text may have to be a word that nobody knows here.
TRIED = (
    ("since: day", "SELECT title FROM developments_v WHERE first_found_at >= :since", ""),
    ("most: number", "SELECT title FROM developments_v LIMIT :most", ""),
    ("word: text", "SELECT title FROM developments_v WHERE title LIKE '%' || :word || '%'", ""),
    ("id: text\nsince: day = 30d", "SELECT id FROM developments_v WHERE id = :id AND first_found_at > :since", ""),
    ("most: number", "SELECT title FROM developments_v WHERE id < :mots LIMIT :most", "mots"),
    ("most: number", "SELECT titel FROM developments_v LIMIT :most", "titel"),
    ("word: text", "SELECT titel FROM developments_v WHERE title = :word", "titel"),
)


@pytest.mark.parametrize(("places", "sql", "said"), TRIED)
def test_a_query_is_tried_with_what_it_lacks_on_both_engines(
    store: Store, tmp_path: Path, places: str, sql: str, said: str
) -> None:
    refused = ""
    try:
        adhoc.ask(config_of(store, tmp_path), *queries.make("one", "", places, sql).trial(START, ZoneInfo("UTC")))
    except UsageError as error:
        refused = str(error)
    assert said in refused if said else not refused


def test_a_query_of_the_file_stands_as_such_and_is_not_changed_here(desk: Asker) -> None:
    page = desk.see("/sql?name=ofthefile", "operator")
    assert "Of the file <code>queries.sql</code>" in page and 'href="/queries/' not in page
    assert desk.do("/queries/ofthefile", "operator", list(FIELDS.items())).status == 404


def test_the_console_offers_to_save_what_was_written(desk: Asker) -> None:
    assert 'formaction="/new-query"' in desk.see("/sql", "reader")
    assert 'formaction="/new-query"' not in desk.ask("/sql").text
    assert "SELECT 1 AS one</textarea>" in desk.see("/new-query?q=SELECT+1+AS+one", "reader")


def test_who_leaves_leaves_their_queries_behind(desk: Asker) -> None:
    save(desk)
    assert 'query <a href="/sql?name=lately">lately</a>' in desk.see("/me", "reader")
    assert desk.do("/people/reader.one/remove", "operator").status == 303
    assert 'query <a href="/sql?name=lately">lately</a>' in desk.see("/people/reader.one", "operator")
    again = [("name", "reader.one"), ("role", "reader"), ("password", PASSWORD)]
    assert desk.do("/people/add", "operator", again).status == 303
    desk.forget("reader")
    assert "nobody&#39;s now" in desk.see("/sql?name=lately", "operator")
    assert 'query <a href="/sql?name=lately">lately</a>' not in desk.see("/me", "reader")
    assert "is nobody&#39;s any more" in desk.do("/queries/lately", "reader", list(FIELDS.items())).text
    assert save(desk, "operator", "/queries/lately").status == 303
    assert "Saved by operator.one" in desk.see("/sql?name=lately", "operator")


def test_an_operator_hands_a_leavers_queries_to_somebody_else(desk: Asker) -> None:
    save(desk)
    assert desk.look("/me", "editor").status == 200  # there is one
    assert desk.do("/people/reader.one/remove", "operator").status == 303
    assert "Hand over" in desk.see("/people/reader.one", "operator")
    for to, status in (("nobody", 409), ("reader.one", 409), ("editor.one", 303)):
        assert desk.do("/people/reader.one/hand-over", "operator", [("to", to)]).status == status, to
    assert "Saved by editor.one" in desk.see("/sql?name=lately", "editor")
    assert save(desk, "editor", "/queries/lately").status == 303
    assert "Hand over" not in desk.see("/people/reader.one", "operator")


def test_one_that_older_rules_let_in_hides_no_other(desk: Asker) -> None:
    save(desk)
    with desk.app.store.write() as db:
        saved.add(db, {"name": "odd", "about": "", "parameters": "q: text", "sql": "SELECT :q"}, "ana", START)
    page = desk.see("/sql", "reader")
    assert "lately" in page and "name=odd" not in page


def test_the_command_says_where_saved_queries_were_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nightdesk.toml").write_text('[database]\nurl = "sqlite:///none.db"\n[crawl]\nsources = []\n')
    (tmp_path / "none.db").write_text("no database")
    monkeypatch.chdir(tmp_path)
    assert run(["sql", "--names"]) == 0
    assert "saved by the page were not read" in capsys.readouterr().err


def test_a_saved_query_is_kept_and_found_on_both_engines(store: Store) -> None:
    with store.write() as db:
        values = {key: FIELDS[key] for key in ("name", "about", "parameters", "sql")}
        assert saved.add(db, values, "ana", START) and not saved.add(db, values, "ben", START)
        saved.change(db, "lately", {"about": "Newer."}, "ben", START)
        row = saved.one(db, "lately")
        assert row is not None and (row.owner, row.about, row.changed_by) == ("ana", "Newer.", "ben")
        saved.remove(db, "lately")
        assert saved.everyone(db) == []


def test_a_query_of_a_form_is_read_as_one_of_a_file(tmp_path: Path) -> None:
    made = queries.make("lately", "What came\non record lately.", "since: day = 3650d\n\n", f"{SQL};\n")
    written = f"-- name: lately\n-- {FIELDS['about']}\n-- param since: day = 3650d\n{SQL};\n"
    (tmp_path / "queries.sql").write_text(written)
    read = queries.load(tmp_path)["lately"]
    assert (made.about, made.parameters, made.sql) == (read.about, read.parameters, read.sql)
    with pytest.raises(UsageError, match="no place in the query"):
        queries.make("lately", "", "since: day", "SELECT 1")


@pytest.mark.parametrize(
    ("places", "sql", "said"),
    [
        ("q: text", "SELECT :q AS one", "addresses use otherwise"),
        ("token: text", "SELECT :token AS one", "addresses use otherwise"),
        ("a: text\na: number", "SELECT :a AS one", "the parameter a twice"),
    ],
)
def test_a_parameter_that_could_never_be_filled_is_refused(places: str, sql: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        queries.make("lately", "", places, sql)


def test_a_day_before_all_days_is_refused_with_its_name() -> None:
    with pytest.raises(UsageError, match="--param since: '0001-01-01'"):
        queries.Parameter("since", "day", None).read("0001-01-01", START, ZoneInfo("Asia/Bangkok"))


def test_nobody_waits_behind_a_running_question_but_who_asks_one(desk: Asker) -> None:
    save(desk)
    asked: list[str] = []

    class Taken(Reading):
        async def aside(self, work: Any) -> Any:
            asked.append("turn")
            return await super().aside(work)

    async def go() -> None:
        turns, frame = Taken(desk.app.store, at_once=1), Frame(desk.app, Reading(desk.app.store))
        client = Starlette(routes=[*Sql(frame, turns).routes(), *Saving(frame, turns).routes()])
        for path in ("/sql", "/sql?name=lately"):
            assert b"lately" in await answer(client, path)
        assert asked == []
        assert b"Gate opened" in await answer(client, "/sql?name=lately&run=1")
        assert asked == ["turn"]

    asyncio.run(go())


async def answer(site: Starlette, path: str) -> bytes:
    """What a site answers, without a server."""
    at, _, query = path.partition("?")
    scope = {"type": "http", "method": "GET", "path": at, "raw_path": at.encode(), "query_string": query.encode()}
    body = b""

    async def send(message: Any) -> None:
        nonlocal body
        body += message.get("body", b"")

    async def receive() -> Any:
        return {"type": "http.request"}

    await site({**scope, "headers": [], "state": {}}, receive, send)
    return body


def test_trying_a_query_takes_its_turn_and_whose_it_is_not_tries_none(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk)
    tried: list[str] = []

    def ask(_config: object, sql: str, values: object = None) -> None:
        tried.append(sql)

    monkeypatch.setattr("nightdesk.adhoc.ask", ask)
    assert desk.do("/queries/lately", "editor", list(FIELDS.items())).status == 409 and tried == []
    assert save(desk, path="/queries/lately").status == 303 and tried == [SQL]


def test_a_sheet_takes_days_by_the_desks_zone_and_the_page_by_ones_own(desk: Asker) -> None:
    save(desk, sql="SELECT :since AS began", parameters="since: day")
    desk.do("/me/timezone", "reader", [("timezone", "Asia/Bangkok")])
    asked = "name=lately&run=1&since=2026-10-01"
    assert "2026-09-30T17:00:00Z" in desk.see(f"/sql?{asked}", "reader")
    assert "2026-10-01T00:00:00Z" in desk.see(f"/sql.csv?{asked}", "reader")
