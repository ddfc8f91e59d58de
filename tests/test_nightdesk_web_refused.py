"""A form that is refused comes again with the reason and with what was typed, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from starlette.routing import Match, Route

from nightdesk.web.desk.deeds import Deed
from nightdesk.web.desk.refused import fill
from tests.asking import Asker, listening
from tests.browsing import PHONE, chromium, newspaper, sitting
from tests.conftest import FakeClock

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


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("refused")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as opened:
        newspaper(opened)
        yield opened


def test_every_form_has_a_page_that_it_comes_again_on(desk: Asker) -> None:
    deeds = [route for route in desk.site.routes if isinstance(route, Deed)]
    assert len(deeds) > 30
    for deed in deeds:
        path = deed.path.replace("{id:int}", "1").replace("{id:str}", "m1").replace("{name:str}", "x")
        scope = {"type": "http", "method": "GET", "path": deed.page_of(path), "headers": []}
        pages = [route for route in desk.site.routes if isinstance(route, Route)]
        assert any(route.matches(scope)[0] is Match.FULL for route in pages), deed.path


def test_what_is_not_there_is_said_on_the_page(desk: Asker) -> None:
    answer = desk.do("/developments/1/merge", "editor", [("other", "d999"), ("reason", "the same")])
    assert answer.status == 404 and "there is no development d999" in answer.text
    assert 'value="d999"' in answer.text and 'value="the same"' in answer.text
    gone = desk.do("/developments/999/merge", "editor", [("other", "d1")])
    assert gone.status == 404 and 'href="/developments/999">Back to the page' in gone.text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


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
