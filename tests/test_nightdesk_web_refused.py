"""A form that is refused comes again with the reason and with what was typed, whichever it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy.exc import OperationalError, TimeoutError

from core.errors import TookTooLong
from nightdesk.web.desk import refused
from nightdesk.web.desk.deeds import Deed
from nightdesk.web.desk.refused import SECRET, addresses, fill
from tests.asking import PASSWORD, Asker
from tests.browsing import PHONE, opened_browser, opened_desk, sitting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = """<!doctype html><html lang="en"><body><main id="main" class=""><h1>Case</h1>
<form method="post" action="/other"><input name="reason" value="kept"></form>
<form method="post" action="/x"><input type="hidden" name="form" value="w"><input type="hidden" name="watch" value="a">
<input name="reason" value=""></form>
<details><summary>More</summary>
<form id="mine" method="post" action="/x"><input type="hidden" name="form" value="w">
<input type="hidden" name="watch" value="b">
<input name="reason" value="old"><input name="secret" type="password"><textarea name="note">old</textarea>
<select name="lasts"><option value="1d" selected>a day</option><option value="7d">a week</option></select>
<input type="checkbox" name="topics" value="one" checked><input type="checkbox" name="topics" value="two">
</form></details>
<input form="mine" type="checkbox" name="articles" value="a1"><svg viewBox="0 0 4 4"><path d="M0 0"/></svg></main>
</body></html>"""
SENT = {
    "form": ["stale"],
    "watch": ["b"],
    "reason": ['<b>"why"</b>'],
    "secret": ["hunter2"],
    "note": ["two\nlines"],
    "lasts": ["7d"],
    "topics": ["two"],
    "articles": ["a1"],
}


def filled(**sent: list[str]) -> Any:
    return html.document_fromstring(fill(PAGE, "/x", {**SENT, **sent}, "no <i>box</i> was changed"))


def test_what_was_typed_stands_in_the_form_that_was_sent_and_in_no_other() -> None:
    other, first, mine = filled().forms
    assert (other.fields["reason"], first.fields["reason"]) == ("kept", "")
    assert mine.fields["reason"] == '<b>"why"</b>' and mine.fields["note"] == "\ntwo\nlines"  # browsers drop the first
    assert mine.fields["lasts"] == "7d"
    boxes = [box.get("value") for box in mine.xpath("//input[@type='checkbox'][@checked]")]
    assert boxes == ["two", "a1"]


def test_secrets_and_what_the_page_knows_better_do_not_come_back() -> None:
    (*_, mine) = filled().forms
    assert mine.fields["form"] == "w" and not mine.fields["secret"]
    assert "hunter2" not in fill(PAGE, "/x", SENT, "no")


def test_the_reason_is_said_once_aloud_and_once_beside_the_form_which_is_open() -> None:
    document = filled()
    (alert,) = document.xpath("//*[@role='alert']")
    assert alert.text.startswith("That was not done: no <i>box</i> was changed.")
    assert alert.xpath("a/@href") == ["#refused"]
    beside = document.get_element_by_id("refused")
    assert beside.getparent() is document.forms[-1] and beside.text == "No <i>box</i> was changed."
    assert document.xpath("//details/@open") == [""]
    assert not document.xpath("//main//i")


def test_where_the_form_is_gone_the_reason_is_said_all_the_same() -> None:
    document = html.document_fromstring(fill(PAGE, "/elsewhere", SENT, "no"))
    assert document.xpath("//*[@role='alert']/text()") == ["That was not done: no."]
    drawn = document.xpath("//main/svg")
    assert len(drawn) == 1 and len(drawn[0].xpath("path")) == 1


def test_what_no_page_can_hold_is_left_out_of_what_comes_back() -> None:
    pasted = {**SENT, "reason": ["page one\x0cpage two"], "note": ["\x00one\ntwo\x1b"]}
    document = html.document_fromstring(fill(PAGE, "/x", pasted, "'\x0cpage' is no name"))
    assert document.forms[-1].fields["reason"] == "page onepage two"
    assert document.forms[-1].fields["note"] == "\none\ntwo"
    assert document.get_element_by_id("refused").text == "'page' is no name."


browser = pytest.fixture(scope="module")(opened_browser)
desk = pytest.fixture(scope="module")(opened_desk)


#: Forms that a page has only while there is what they are about, and the two of what was found at an address.
SELDOM = {
    "/alerts/1/retry",
    "/developments/1/relevance",
    "/developments/1/split",
    "/developments/1/unmute",
    "/intake/missed",
    "/me/back",
    "/people/x/hand-over",
    "/silences/m1/end",
    "/sources/add",
    "/sources/look",
    "/sources/x/follow",
    "/sources/x/retire",
    "/sources/x/test",
}


def furnish(desk: Asker) -> None:
    """Something of the name x of each kind that people make."""
    saving = [("name", "x"), ("about", "One."), ("sql", "SELECT 1 AS one"), ("parameters", "")]
    desk.do("/new-query", "operator", saving)
    desk.do("/people/add", "operator", [("name", "x"), ("role", "reader"), ("password", "correct horse battery")])
    desk.do("/watches/save", "operator", [("name", "x"), ("topics", "scam_centres")])
    desk.do("/me/tokens", "operator", [("name", "x"), ("scope", "read")])


def test_every_form_has_a_page_that_it_comes_again_on(desk: Asker) -> None:
    furnish(desk)
    deeds = [route for route in desk.site.routes if isinstance(route, Deed)]
    assert len(deeds) > 30
    without = set()
    for deed in deeds:
        path = deed.path.replace("{id:int}", "1").replace("{id:str}", "m1").replace("{name:str}", "x")
        answer = desk.look(deed.page_of(path, {}), "operator")
        forms = html.document_fromstring(answer.text).forms if answer.status == 200 else ()
        if not any(path in addresses(form) for form in forms):
            without.add(path)
    assert without == SELDOM


def _refuse(_work: Any, tries: int = 5) -> Any:
    raise busy()


def test_a_query_comes_again_on_its_own_page_whatever_failed(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(desk)
    sent = [("name", "mine"), ("about", "Mine."), ("sql", "SELECT 2 AS two"), ("parameters", "")]

    with monkeypatch.context() as patched:
        patched.setattr(desk.app.store, "unit", _refuse)
        for path in ("/new-query", "/queries/x"):
            answer = desk.do(path, "operator", sent)
            assert answer.status == 503 and "SELECT 2 AS two" in answer.text, path
            (form,) = [one for one in html.document_fromstring(answer.text).forms if one.get("action") == path]
            assert form.fields["sql"].strip() == "SELECT 2 AS two"


def test_a_watch_that_is_changed_comes_again_as_one_that_is(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.see("/", "editor")  # logged in before anything fails
    furnish(desk)
    sent = [("name", "x"), ("editing", "yes"), ("topics", "scam_centres"), ("reason", "too much of it")]

    with monkeypatch.context() as patched:
        patched.setattr(desk.app.store, "unit", _refuse)
        answer = desk.do("/watches/save", "editor", sent)
    assert answer.status == 503
    (form,) = [one for one in html.document_fromstring(answer.text).forms if one.get("action") == "/watches/save"]
    assert (form.fields["editing"], form.fields["reason"]) == ("yes", "too much of it")


def busy() -> OperationalError:
    return OperationalError("UPDATE x", {}, Exception("database is locked"))


@pytest.mark.parametrize(
    "error", [busy(), TimeoutError("QueuePool limit of size 5 overflow 10 reached"), TookTooLong("it took too long")]
)
def test_what_was_typed_stands_on_a_plain_page_where_no_other_can_be_read(
    desk: Asker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk.see("/me", "editor")

    def refuse(*_: Any, **__: Any) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(desk.app.store, "unit", _refuse)
        patched.setattr(desk.app.store, "read_within", refuse)
        answer = desk.do("/developments/1/mark", "editor", [("state", "used"), ("note", "for <the> Friday\x0c brief")])
        secret = desk.do("/me/password", "editor", [("old", PASSWORD), ("new", "hunter2hunter2"), ("again", "hunter2")])
    assert answer.status in (409, 503) and "for &lt;the&gt; Friday brief" in answer.text
    assert 'href="/developments/1">Back to the page' in answer.text
    assert secret.status in (409, 503) and "hunter2" not in secret.text and PASSWORD not in secret.text


def test_no_field_for_a_secret_is_repeated() -> None:
    pages = Path(refused.__file__).parents[1] / "pages"
    fields = [field for page in pages.rglob("*.html") for field in re.findall(r"<input[^>]*>", page.read_text("utf-8"))]
    secret = {name for field in fields if 'type="password"' in field for name in re.findall(r' name="(\w+)"', field)}
    assert secret and secret <= SECRET


def test_what_is_not_there_is_said_on_the_page(desk: Asker) -> None:
    answer = desk.do("/developments/1/merge", "editor", [("other", "d999"), ("reason", "the same")])
    assert answer.status == 404 and "there is no development d999" in answer.text
    assert 'value="d999"' in answer.text and 'value="the same"' in answer.text
    gone = desk.do("/developments/999/merge", "editor", [("other", "d1")])
    assert gone.status == 404 and 'href="/developments/999">Back to the page' in gone.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "look",
    [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": PHONE}, {"java_script_enabled": False}],
    ids=["light", "dark on a phone", "without scripts"],
)
def test_one_mends_a_refused_form_where_one_is(browser: Browser, desk: Asker, look: dict[str, Any]) -> None:
    with sitting(browser, desk, **look) as reader:
        reader.log_in("editor")
        page = reader.open("/developments/1")
        page.on("dialog", lambda asked: asked.accept())  # whether one means it
        form = page.locator('form[action="/developments/1/merge"]')
        form.evaluate("form => form.closest('details')?.setAttribute('open', '')")
        form.locator('[name="other"]').fill("d999")
        form.locator('[name="reason"]').fill("เหตุผลเดียวกัน")
        form.locator("button").last.click()
        assert "There is no development d999." in page.inner_text("#refused")
        assert page.locator('[role="alert"]').count() == 1 and reader.runs_over <= 0
        assert form.locator('[name="reason"]').input_value() == "เหตุผลเดียวกัน"
        if look.get("java_script_enabled", True):
            assert reader.faults() == []
