"""What was missed is kept when somebody asks, and shows as mended once the same thing would be told."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotFound
from core.watch import Watch
from nightdesk import misses
from nightdesk.cli.main import run
from store.definitions import watches
from store.engine import Store
from tests.conftest import FakeClock
from tests.explaining import Story

URL = "https://www.example.org/2026/boats"


@pytest.fixture
def story(store: Store, clock: FakeClock, tmp_path: Path) -> Story:
    return Story(store, clock, tmp_path)


def ask(story: Story, what: str) -> int | None:
    return misses.keep(story.store, story.explain(what), story.clock())


def states(story: Story) -> list[tuple[str, str]]:
    return [(row["state"], row["outcome"]) for row in misses.look_again(story.store, story.config, story.clock())]


def edit(story: Story, watch: int, **definition: Any) -> None:
    row = Watch(name="boats", **definition).model_dump(mode="json")
    with story.store.write() as db:
        mine = sa.update(watches).where(watches.c.id == watch)
        db.execute(mine.values(definition=row, revision=watches.c.revision + 1, edited_at=story.clock()))


def test_what_was_told_is_no_miss(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    assert ask(story, f"a{article}") is None
    assert states(story) == []


def test_an_article_by_its_id_and_by_its_address_is_one_miss(story: Story) -> None:
    story.asks(query="ferry")
    article = story.told_of(url="https://news.example.org/7")
    with story.store.write() as db:
        db.execute(sa.text(f"UPDATE articles SET url_key = 'news.example.org/7' WHERE id = {article}"))
    first = ask(story, f"a{article}")
    assert first == ask(story, "https://news.example.org/7?utm_source=mail")
    (row,) = misses.look_again(story.store, story.config, story.clock())
    assert (row["times"], row["title"], row["watch"]) == (2, "Rowers freed", "boats")


def test_a_watch_that_would_take_it_now_mends_a_near_miss(story: Story) -> None:
    watch, article = story.asks(query="ferry rowers"), story.told_of()
    ask(story, f"a{article}")
    assert states(story) == [("open", "near_miss")]
    edit(story, watch, query="rowers")
    assert states(story) == [("mended", "past")]
    edit(story, watch, query="elephants")
    assert states(story)[0][0] == "open"


def test_a_source_of_the_site_mends_what_nobody_covered(story: Story) -> None:
    ask(story, URL)
    assert states(story) == [("open", "uncovered")]
    story.source(url="https://www.example.org/rss", last_visit_at=story.clock())
    assert states(story) == [("mended", "unlisted")]
    assert states(story) == [("mended", "unlisted")]


def test_what_a_source_never_showed_is_not_mended_by_that_source(story: Story) -> None:
    story.source(url="https://www.example.org/rss", last_visit_at=story.clock())
    ask(story, URL)
    assert states(story) == [("open", "unlisted")]


def test_what_was_told_in_the_end_is_mended(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    alert = story.alert(watch, article, state="dead", reason="HTTP 410")
    ask(story, f"a{article}")
    assert states(story) == [("open", "dead")]
    story.send(alert, state="sent", sent_at=story.clock())
    assert states(story) == [("mended", "told")]


def test_what_can_be_found_no_more_stays_as_it_was(story: Story) -> None:
    story.asks(query="ferry rowers")
    ask(story, f"a{story.told_of()}")
    with story.store.write() as db:
        db.execute(sa.text("UPDATE known_misses SET asked = 'a99'"))
    story.clock.advance(hours=1)
    assert states(story) == [("open", "near_miss")]


def test_one_that_was_no_miss_is_forgotten(story: Story) -> None:
    number = ask(story, URL)
    assert number is not None
    misses.forget(story.store, number)
    assert states(story) == []
    with pytest.raises(NotFound):
        misses.forget(story.store, number)


def test_the_time_since_when_it_is_mended_is_kept(story: Story) -> None:
    watch, article = story.asks(query="ferry rowers"), story.told_of()
    ask(story, f"a{article}")
    edit(story, watch, query="rowers")
    at = story.clock.advance(hours=1)
    states(story)
    story.clock.advance(hours=1)
    (row,) = misses.look_again(story.store, story.config, story.clock())
    assert row["mended_at"] == at and row["asked_at"] == at - timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one article taken in, as its user would have it."""
    monkeypatch.chdir(tmp_path)
    watch = '[[watch]]\nname = "boats"\nquery = "ferry rowers"\n'
    (tmp_path / "nightdesk.toml").write_text(f"[crawl]\nsources = []\n{watch}")
    line = {"url": "https://news.example.org/7", "title": "Rowers freed", "text": "Forty rowers crossed the river."}
    (tmp_path / "one.jsonl").write_text(json.dumps(line))
    import sys

    command = [sys.executable, "-m", "nightdesk", "ingest", "one.jsonl"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    return tmp_path


def test_the_commands_ask_keep_list_and_forget(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "news.example.org/7"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Near miss for the watch “boats”: ferry is absent.")
    assert "Kept as known miss 1" in said.err
    assert run(["explain", "a1", "--no-keep", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["watches"][0]["lacks"][0]["absent"]) == ("near_miss", ["ferry"])
    assert run(["explain", "--misses", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["asked"], row["state"], row["times"]) == ("news.example.org/7", "open", 1)
    assert run(["explain", "--forget", "1"]) == 0
    assert run(["explain", "--forget", "1"]) == 1
    assert run(["explain"]) == 2
    assert "name an address" in capsys.readouterr().err
