"""After an error or a stop each page says what happened, whether something was lost, what to do; in a browser too."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from starlette.routing import Route

from nightdesk.web.failing import failed, is_away, is_busy
from store.engine import Store
from tests.asking import Asker
from tests.browsing import PHONE, opened_browser, opened_desk, sitting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: What is not there, of each kind, with words of what the page says.
MISSING = {
    "/nowhere": "leads nowhere on this desk",
    "/developments/999": "d999",
    "/articles/999": "a999",
    "/facts/999": "f999",
    "/threads/999": "t999",
    "/alerts/999": "n999",
    "/sources/nobody": "nobody",
    "/watches/nobody": "nobody",
    "/people/nobody": "nobody",
    "/queries/nobody": "nobody",
    "/developments/x": "leads nowhere on this desk",
}
#: What cannot be asked.
BAD = {
    "/sql?q=" + quote("SELEC 1"): "syntax",
    "/search?q=" + quote("foo AND (bar"): "bar",
    "/charts?months=x": "months",
    "/map?view=moon": "moon",
}


browser = pytest.fixture(scope="module")(opened_browser)
desk = pytest.fixture(scope="module")(opened_desk)


def fail(desk: Asker, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """From now on nobody can read from the store, but for who has a session."""

    def refuse(_seconds: float) -> Any:
        raise error

    monkeypatch.setattr(desk.app.store, "read_within", refuse)


def locked() -> OperationalError:
    return OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "words"), [*MISSING.items(), *BAD.items()])
def test_what_is_not_there_or_cannot_be_asked_is_said_with_a_way_on(
    browser: Browser, desk: Asker, path: str, words: str
) -> None:
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": PHONE}):
        with sitting(browser, desk, **look) as reader:
            reader.log_in("operator")
            page = reader.open(path)
            assert reader.status in (200, 400, 404)
            assert words in page.inner_text("main") and page.locator("h1").count() == 1
            assert page.locator('a[href="/"]').count() > 0
            assert reader.runs_over <= 0 and reader.faults() == []


@pytest.mark.parametrize(
    ("error", "title", "words"),
    [
        (locked(), "The database is busy", "Nothing was changed or lost: wait a moment"),
        (
            OperationalError("SELECT 1", {}, Exception("connection refused")),
            "The database is away",
            "nightdesk doctor",
        ),
    ],
)
def test_a_database_that_does_not_answer_is_said_and_how_to_go_on(
    browser: Browser, desk: Asker, monkeypatch: pytest.MonkeyPatch, error: Exception, title: str, words: str
) -> None:
    with sitting(browser, desk) as reader:
        reader.log_in("editor")
        with monkeypatch.context() as patched:
            fail(desk, patched, error)
            page = reader.open("/developments/1")
            assert reader.status == 503 and page.inner_text("h1") == title
            assert words in page.inner_text("main") and reader.faults() == []
        page.get_by_role("link", name="Try again").click()
        assert page.url.endswith("/developments/1") and "215" in page.inner_text("h1")


def test_one_tries_again_with_what_was_asked_and_never_elsewhere(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(desk, monkeypatch, locked())
    assert 'href="/charts?topic=scam_centres&amp;by=week">Try again' in see(desk, "/charts?topic=scam_centres&by=week")

    def refuse(*_: Any) -> Any:
        raise locked()

    monkeypatch.setattr("nightdesk.people.log_in", refuse)
    posted = desk.ask("/login", method="POST", Accept="text/html")
    assert posted.status == 503 and 'href="/">To the desk' in posted.text and "Try again" not in posted.text
    scope = {"type": "http", "method": "GET", "path": "//evil.example", "query_string": b"", "headers": HTML}
    assert b"evil" not in bytes(failed(locked(), scope).body)


HTML = [(b"accept", b"text/html")]


def see(desk: Asker, path: str) -> str:
    return desk.ask(path, Accept="text/html").text


def test_a_question_that_the_database_refuses_is_a_mistake_of_ours_on_any_engine(
    store: Store, desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.see("/", "editor")  # logged in before anything fails
    with pytest.raises(DBAPIError) as found, store.read() as db:
        db.execute(sa.text("SELECT moon FROM users"))
    assert not is_away(found.value)
    for error in (found.value, IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))):
        with monkeypatch.context() as patched:
            fail(desk, patched, error)
            answer = desk.ask("/charts", Accept="text/html")
        assert answer.status == 500 and "mistake of the program" in answer.text
        with monkeypatch.context() as patched:
            patched.setattr(desk.app.store, "unit", refusing(error))
            answer = desk.do("/developments/1/mark", "editor", [("state", "used")])
        assert answer.status == 500 and "nothing was changed" not in answer.text


def refusing(error: Exception) -> Any:
    def refuse(_work: Any, tries: int = 5) -> Any:
        raise error

    return refuse


def test_a_page_is_read_though_it_cannot_be_noted_that_somebody_is_here(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.see("/", "editor")
    desk.room.clock.advance(hours=3)
    monkeypatch.setattr(desk.app.store, "unit", refusing(locked()))
    assert "215" in desk.see("/developments/1", "editor")


def test_nobody_is_told_that_nothing_was_changed_where_some_of_it_may_be(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise locked()

    monkeypatch.setattr("nightdesk.intake.take", refuse)
    answer = desk.do("/intake", "editor", [("text", "Forty were freed at the pier.")])
    assert answer.status == 503 and "it may not have been done" in answer.text
    assert "nothing was changed" not in answer.text and "Forty were freed at the pier." in answer.text


def test_every_page_says_that_the_database_is_busy_and_none_shows_a_trace(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {route.path for route in desk.site.routes if isinstance(route, Route)} & set(PAGES)
    assert pages == set(PAGES)
    fail(desk, monkeypatch, locked())
    for path in pages:
        answer = desk.ask(path, Accept="text/html")
        assert answer.status == 503 and "The database is busy" in answer.text, path
        assert "Traceback" not in answer.text and "SELECT 1" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        plain = desk.ask(path)
        assert plain.status == 503 and plain.text.startswith("The database is busy. ")


def test_a_question_that_takes_too_long_is_no_mistake_of_the_program_on_any_page(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.see("/", "operator")  # logged in before anything is slow
    within = desk.app.store.read_within
    monkeypatch.setattr(desk.app.store, "read_within", lambda _seconds: within(-1.0))
    stopped = set()
    for route in desk.site.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        answer = desk.look(re.sub(r"{\w+:(\w+)}", lambda found: _ONE.get(found[1], "x"), route.path), "operator")
        assert answer.status < 500 or answer.status == 503, (route.path, answer.status, answer.text)
        if "and was stopped" in answer.text:
            stopped.add(route.path)
    assert stopped > {
        "/",
        "/me",
        "/people",
        "/people/{name:str}",
        "/login",
        "/metrics",
        "/feed.atom",
        "/api/v1/articles",
    }
    assert "That did not work" in desk.look("/people", "operator").text


_ONE = {"int": "1"}


PAGES = ("/", "/charts", "/map", "/sources", "/watches", "/alerts", "/silences", "/intake", "/start")


def test_a_form_that_meets_a_busy_database_keeps_what_was_typed(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.see("/", "editor")

    def refuse(_work: Any, tries: int = 5) -> Any:
        raise locked()

    monkeypatch.setattr(desk.app.store, "unit", refuse)
    answer = desk.do("/developments/1/mark", "editor", [("state", "used"), ("note", "for the Friday brief")])
    assert answer.status == 503 and "send it once more" in answer.text and "for the Friday brief" in answer.text


def test_a_mistake_of_ours_is_a_page_and_in_the_log(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(desk, monkeypatch, ZeroDivisionError("secret of the program"))
    answer = desk.ask("/charts", Accept="text/html")
    assert answer.status == 500 and "mistake of the program" in answer.text and "secret" not in answer.text


def test_a_session_that_was_lost_leads_to_the_login_and_back(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk) as reader:
        reader.log_in("editor")
        page = reader.open("/me")
        reader.page.context.clear_cookies()
        page.goto(desk.address + "/me")
        assert page.url.endswith("/login?next=%2Fme") and "Log in" in page.inner_text("h1")


@pytest.mark.parametrize(
    ("said", "busy"),
    [
        ("database is locked", True),
        ("canceling statement due to lock timeout", True),
        ("canceling statement due to statement timeout", True),
        ("deadlock detected", True),
        ("connection refused", False),
    ],
)
def test_busy_is_what_waiting_helps(said: str, busy: bool) -> None:
    assert is_busy(OperationalError("SELECT 1", {}, Exception(said))) is busy
