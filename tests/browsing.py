"""A real browser and a desk with news in many languages to look at with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from nightdesk.web.access import COOKIE
from store import threads
from store.articles import article_versions
from store.developments import development_articles
from tests.asking import Asker, listening
from tests.conftest import FakeClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Nothing that Chromium does by itself leaves the machine.
ALONE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}

#: A headline of each language as publishers write them, in scripts that lay out differently.
HEADLINES = {
    "en": "Thai police free 215 from scam compound in Myawaddy",
    "zh": "泰国警方从妙瓦底诈骗园区解救215人",
    "zh-Hant": "泰國警方從妙瓦底詐騙園區解救215人",
    "th": "ตำรวจไทยช่วยเหลือ 215 คนจากแหล่งสแกมเมอร์ในเมียวดี",
    "km": "ប៉ូលិស​ថៃ​ជួយ​សង្គ្រោះ​មនុស្ស ២១៥ នាក់​ពី​មជ្ឈមណ្ឌល​ឆបោក​នៅ​មៀវ៉ាឌី",
    "my": "မြဝတီ လိမ်လည်မှုစခန်းမှ ၂၁၅ ဦးကို ထိုင်းရဲများ ကယ်တင်",
    "vi": "Cảnh sát Thái Lan giải cứu 215 người khỏi khu lừa đảo ở Myawaddy",
    "ko": "태국 경찰, 먀와디 사기 단지에서 215명 구출",
    "ja": "タイ警察、ミャワディの詐欺拠点から215人を救出",
    "ar": "الشرطة التايلاندية تحرر 215 شخصا من مجمع احتيال في مياوادي",
    "id": "Polisi Thailand membebaskan 215 orang dari kompleks penipuan di Myawaddy",
}


def require_browser() -> str:
    """Where Chromium is; a skip with its reason where there is none, or a failure where one was asked for."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("NIGHTDESK_REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine, and NIGHTDESK_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system, without a screen."""
    path = require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ALONE))
        try:
            yield browser
        finally:
            browser.close()


def opened_browser() -> Iterator[Browser]:
    """The fixture `browser` of whoever asks for it, of a module: while it is open the thread has a running loop."""
    with chromium() as browser:
        yield browser


def opened_desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    """The fixture `desk` of whoever asks for it: with what `newspaper` puts on it."""
    with desk_in(tmp_path_factory.mktemp("desk"), migrated_sqlite) as desk:
        newspaper(desk)
        yield desk


@contextmanager
def desk_in(folder: Path, migrated: Path, more: str = "") -> Iterator[Asker]:
    """An empty desk in `folder`; `more` is of its configuration."""
    (folder / "desk.db").write_bytes(migrated.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock(), more) as desk:
        yield desk


def newspaper(desk: Asker) -> list[int]:
    """A development for each language, of one article with a figure, and all of one case; ids in HEADLINES' order."""
    made = []
    for language, title in HEADLINES.items():
        development = desk.room.story(title=title)
        mine = sa.select(development_articles.c.article_id).where(development_articles.c.development_id == development)
        with desk.app.store.write() as db:
            theirs = sa.update(article_versions).where(article_versions.c.article_id.in_(mine))
            db.execute(theirs.values(language=language, title=title))
        made.append(development)
    with desk.app.store.write() as db:
        case = threads.add_thread(db, HEADLINES["en"], desk.room.clock())
        for development in made:
            threads.put_in_thread(db, development, case, f"the same figure: as d{made[0]}")
    return made


@dataclass
class Sitting:
    """Somebody before the browser. What the page complains of, and what it asks of elsewhere, is kept."""

    desk: Asker
    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.desk.room.clock.advance(seconds=60)  # nobody is asked to be patient here
        answer = self.page.goto(self.desk.address + path)
        assert answer is not None
        self.status = answer.status
        return self.page

    def log_in(self, role: str) -> None:
        """Come back with the session of somebody who has that role."""
        cookie = {"name": COOKIE, "value": self.desk.log_in(role), "url": self.desk.address, "sameSite": "Strict"}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    @property
    def runs_over(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def faults(self) -> list[str]:
        """What axe-core calls serious or critical, each with where it is."""
        from axe_playwright_python.sync_playwright import Axe

        found: dict[str, Any] = Axe().run(self.page).response
        return [
            f"{one['id']}: {node['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


@contextmanager
def sitting(browser: Browser, desk: Asker, **options: Any) -> Iterator[Sitting]:
    """A window of its own: `options` are Playwright's, as viewport, color_scheme or java_script_enabled."""
    context = browser.new_context(**options)
    try:
        made = Sitting(desk, context.new_page())
        made.page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on(
            "request",
            lambda asked: None if asked.url.startswith(desk.address) else made.complaints.append(f"asks {asked.url}"),
        )
        yield made
    finally:
        context.close()


def save(page: Page, path: Path) -> None:
    """A picture of the whole page."""
    page.screenshot(path=str(path), full_page=True)
