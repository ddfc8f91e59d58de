"""A morning of somebody without a shell, in a browser: a watch, its test message, a mute, a figure, and who did it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from nightdesk import people
from store import search
from store.definitions import watches
from tests.asking import PASSWORD, PRIVATE, Asker, listening
from tests.browsing import chromium, sitting
from tests.conftest import FakeClock
from tests.receivers import Webhook

#: What the archive has before anybody asks: one report a language, and one of something else.
ARCHIVE = {
    "215 rescued from a compound at dawn": "en",
    "妙瓦底园区213人获救": "zh",
    "ตำรวจช่วยเหลือ 210 คน": "th",
    "A market opens at the pier": "en",
}


@pytest.fixture
def hook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path, hook: Webhook) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    channel = f'{PRIVATE}[channel.newsroom]\nurl = "{hook.url}"\n'
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), channel) as opened:
        for title, language in ARCHIVE.items():
            article = opened.room.article(opened.room.development(title=title), title, language=language)
            opened.app.store.unit(
                lambda db, article=article, title=title: search.index_article(db, article, title, "At dawn.")  # type: ignore[misc]
            )
        opened.app.store.unit(lambda db: people.add(db, "ana", "editor", PASSWORD, "test", opened.app.clock()))
        yield opened


def news(desk: Asker, watch: str, title: str) -> int:
    """A development that the watch is told of; its article states 215 people."""
    desk.room.clock.advance(minutes=5)
    with desk.app.store.read() as db:
        asked = db.execute(sa.select(watches.c.id).where(watches.c.name == watch)).scalar_one()
    development = desk.room.story(asked, title=title)
    tell(desk)
    return development


def tell(desk: Asker) -> None:
    """What the daemon does each second."""
    desk.app.alerter.decide()
    desk.room.clock.advance(minutes=20)
    desk.app.alerter.deliver()


def kinds(hook: Webhook) -> list[str]:
    return [request.json["nightdesk"]["kind"] for request in hook.requests]


@pytest.mark.slow  # each of its deeds has a test of its page
def test_somebody_without_a_shell_runs_the_desk(desk: Asker, hook: Webhook) -> None:
    with chromium() as browser, sitting(browser, desk) as ana:
        page = ana.open("/login?next=/watches")
        page.fill("#name", "ana")
        page.fill("#password", PASSWORD)
        page.click("main button")

        # a watch in three languages, with what it would have told
        page.click("text=New watch")
        page.fill("#w-name", "rescues-three")
        page.fill("#w-words", "rescued\n获救\nช่วยเหลือ")
        page.locator("form[action='/watches/save'] label", has_text="newsroom").click()
        page.click("text=See what it would have told")
        page.wait_for_url("**/watches/try#trial")
        trial = page.inner_text("#trial")
        assert "It would have told of 3 developments" in trial
        assert all((title in trial) is ("market" not in title) for title in ARCHIVE)
        assert page.input_value("#w-words") == "rescued\n获救\nช่วยเหลือ"
        page.fill("#w-reason", "for the night shift")
        page.click("text=Keep it")
        page.wait_for_url("**/watches/rescues-three")
        assert ana.faults() == []

        # its test message
        page.click("text=Send a test message")
        page.wait_for_selector("[role=status]")
        assert "accepted" in page.inner_text("[role=status]") and kinds(hook) == ["test"]

        # a false alert, muted
        drill, freed = news(desk, "rescues-three", "A drill at the pier"), news(desk, "rescues-three", "215 rescued")
        assert kinds(hook) == ["test", "alert", "alert"]
        page = ana.open("/alerts?watch=rescues-three")
        page.locator("main li a[href^='/alerts/']").last.click()
        page.click("text=Mute")
        page.fill("#f-reason", "it was a drill")
        page.locator("#new button").click()
        page.wait_for_url("**/silences")
        assert "it was a drill" in page.inner_text("main") and "ana" in page.inner_text("main article")
        desk.room.change(drill, kind="update", what="figures", old="215", new="300")
        tell(desk)
        assert kinds(hook) == ["test", "alert", "alert"], "what is muted is told no more"

        # a figure, corrected
        page = ana.open(f"/developments/{freed}")
        page.locator("main a[href^='/facts/']").first.click()
        page.fill("#c-value", "218")
        page.fill("#c-why", "the ministry's list")
        page.click("text=Correct it")
        page.wait_for_url(f"**/developments/{freed}")

        # and who did it
        decided = page.inner_text("main")
        assert "218" in decided and "ana" in decided and "the ministry's list" in decided
        page = ana.open("/watches/rescues-three")
        assert "ana: watch added" in page.inner_text("main") and "for the night shift" in page.inner_text("main")
        page = ana.open("/me")
        done = page.inner_text("main")
        for deed in ("figure corrected", "silence added", "test sent", "watch added"):
            assert f"ana: {deed}" in done, deed
        assert ana.complaints == []
