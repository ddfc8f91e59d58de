"""The pages by which people run the desk, in a real browser: accessible in light and dark, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store.definitions import watches
from tests.asking import PRIVATE, Asker
from tests.browsing import PHONE, desk_in, newspaper, opened_browser, sitting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

PAGES = (
    *(
        "/sources",
        "/sources/post",
        "/new-source",
        "/alerts",
        "/alerts/1",
        "/silences",
        "/intake?what=https://x.example/a",
    ),
    *("/start", "/me", "/people", "/people/editor.one"),
    *("/sql?name=lately&run=1", "/new-query?q=SELECT+1", "/queries/lately"),
)
SOURCE = '[[source]]\nname = "post"\ntitle = "ข่าวชายแดน"\nurl = "https://post.example/feed"\nlanguage = "th"\n'


browser = pytest.fixture(scope="module")(opened_browser)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    with desk_in(tmp_path_factory.mktemp("managing"), migrated_sqlite, PRIVATE + SOURCE) as opened:
        newspaper(opened)
        opened.room.clock.advance(hours=1)
        with opened.app.store.read() as db:
            watch = db.scalar(sa.select(watches.c.id))
        opened.room.story(watch, title="แก๊งคอลเซ็นเตอร์ถูกทลาย")
        opened.app.alerter.decide()
        query = {"name": "lately", "sql": "SELECT id, title FROM developments_v", "about": "ล่าสุด", "places": ""}
        opened.do("/new-query", "operator", query.items())
        opened.do("/silences/add", "editor", [("watch", "releases"), ("reason", "تدريب"), ("lasts", "1d")])
        yield opened


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_accessible_in_light_and_dark_and_fits_a_phone(
    browser: Browser, desk: Asker, path: str
) -> None:
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": PHONE}):
        with sitting(browser, desk, **look) as reader:
            reader.log_in("operator")
            reader.open(path)
            assert reader.status == 200 and reader.page.locator("h1").count() == 1
            assert reader.complaints == [] and reader.runs_over <= 0
            assert reader.faults() == []


def test_every_page_reads_without_scripts(browser: Browser, desk: Asker) -> None:
    with sitting(browser, desk, java_script_enabled=False) as reader:
        reader.log_in("operator")
        for path in PAGES:
            reader.open(path)
            assert reader.status == 200 and reader.page.inner_text("main").strip(), path


def test_an_empty_desk_says_on_each_page_what_is_to_be_done(tmp_path: Path, migrated_sqlite: Path) -> None:
    with desk_in(tmp_path, migrated_sqlite) as desk:
        said = {
            "/sources": "No source is visited",
            "/alerts": "Nobody was told of anything yet",
            "/silences": "Nothing is muted",
            "/watches/releases": "Nothing so far",
            "/start": "No source is visited yet",
        }
        for path, words in said.items():
            assert words in desk.ask(path).text, path
