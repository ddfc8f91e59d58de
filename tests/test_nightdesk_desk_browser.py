"""Every page in a real browser: with news in many scripts, empty, on a phone, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.asking import PASSWORD, Asker
from tests.browsing import HEADLINES, PHONE, desk_in, opened_browser, opened_desk, sitting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Each page with what its heading says.
PAGES = (
    "/",
    "/developments/1",
    "/articles/1",
    "/facts/1",
    "/threads/1",
    "/charts",
    "/map",
    "/watches",
    "/watches/releases",
    "/new-watch",
)


browser = pytest.fixture(scope="module")(opened_browser)
desk = pytest.fixture(scope="module")(opened_desk)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    with desk_in(tmp_path_factory.mktemp("empty"), migrated_sqlite) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_accessible_in_light_and_dark(browser: Browser, desk: Asker, path: str) -> None:
    for scheme in ("light", "dark"):
        with sitting(browser, desk, color_scheme=scheme) as reader:
            reader.log_in("editor")
            reader.open(path)
            assert reader.status == 200 and reader.page.locator("h1").count() == 1
            assert reader.complaints == []
            assert reader.faults() == []


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(browser: Browser, desk: Asker, path: str) -> None:
    with sitting(browser, desk, viewport=PHONE) as reader:
        reader.log_in("editor")
        reader.open(path)
        assert reader.runs_over <= 0


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_without_scripts(browser: Browser, desk: Asker, path: str) -> None:
    with sitting(browser, desk, java_script_enabled=False) as reader:
        reader.open(path)
        assert reader.status == 200 and reader.page.inner_text("main").strip()


def test_headlines_of_every_script_are_marked_with_their_language(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk) as reader:
        page = reader.open("/")
        for language, title in HEADLINES.items():
            shown = page.locator(f'span[lang="{language}"]', has_text=title)
            assert shown.count() >= 1, language
        arabic = page.locator('span[lang="ar"]').first
        assert arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_an_empty_desk_says_what_will_be_here(browser: Browser, empty: Asker) -> None:
    with sitting(browser, empty) as reader:
        page = reader.open("/")
        assert "Nothing here yet" in page.inner_text("main") and reader.faults() == []


def test_the_keyboard_alone_leads_from_the_desk_to_a_development(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk) as reader:
        page = reader.open("/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/developments/*")
        page.keyboard.press("g")
        page.keyboard.press("d")
        page.wait_for_url(desk.address + "/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"


def test_news_appears_without_a_reload(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk) as reader:
        page = reader.open("/")
        page.evaluate("window.stayed = true")
        desk.room.story(title="A raid that nobody saw coming")
        page.evaluate("htmx.ajax('GET', '/', {target: '#stories', swap: 'innerHTML'})")
        page.locator("text=A raid that nobody saw coming").first.wait_for()
        assert page.evaluate("window.stayed") is True
        assert page.locator("#stories #stories, #stories nav").count() == 0, "only the list comes again"


def test_an_editor_corrects_a_figure_and_whoever_reads_finds_who_did_it_and_why(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk) as reader:
        reader.log_in("editor")
        page = reader.open("/developments/2")
        page.click(".ledger td a")
        page.fill("#c-value", "1,218")
        page.fill("#c-why", "the ministry's own list")
        page.click("text=Correct it")
        page.wait_for_url("**/developments/2")
        assert "1,218" in page.inner_text(".ledger")
        assert reader.complaints == []
    with sitting(browser, desk) as anybody:
        told = anybody.open("/developments/2").inner_text("main")
        assert "editor.one" in told and "the ministry's own list" in told


def test_somebody_logs_in_where_they_wanted_to_go_and_out_again(browser: Browser, desk: Asker) -> None:
    desk.log_in("reader")
    with sitting(browser, desk) as reader:
        page = reader.open("/login?next=/developments/1")
        assert reader.faults() == []
        page.fill("#name", "reader.one")
        page.fill("#password", "not the password")
        page.click("main button")
        assert "do not fit" in page.inner_text("[role=alert]")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/developments/1")
        assert "reader.one" in page.inner_text("header")
        page.click("text=Log out")
        page.wait_for_url("**/login")
        assert "reader.one" not in reader.open("/").inner_text("header")
