"""Watches made by command are checked as those of the file are, listed, and exported as `check` reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotFound, UsageError
from core.watch import Watch
from nightdesk import definitions, newwatch, watchlist
from nightdesk.cli.main import run
from nightdesk.config import load_config
from store.definitions import watches
from store.engine import Store
from tests.conftest import FakeClock
from tests.explaining import Story

FILE = '[crawl]\nsources = []\n[channel.desk]\nurl = "json://127.0.0.1/x"\n[[watch]]\nname = "filed"\nquery = "pier"\n'


@pytest.fixture
def story(store: Store, clock: FakeClock, tmp_path: Path) -> Story:
    story = Story(store, clock, tmp_path)
    (tmp_path / "nightdesk.toml").write_text(FILE)
    story.config = load_config(tmp_path / "nightdesk.toml", {})
    return story


def add(story: Story, name: str = "boats", replace: bool = False, **given: Any) -> str:
    watch = newwatch.read(story.config, story.store, {"name": name, **given})
    return newwatch.add(story.store, story.config, watch, replace, story.clock())


def breaks(story: Story, name: str, definition: Any) -> None:
    """As an older version, or somebody by SQL, may have left it."""
    with story.store.write() as db:
        db.execute(sa.update(watches).where(watches.c.name == name).values(definition=definition))


def active(story: Story, desk_only: bool = False) -> list[Watch]:
    with story.store.read() as db:
        return newwatch.active(db, story.config, desk_only)


def test_a_watch_is_stored_and_asked_from_then_on(story: Story) -> None:
    assert add(story, query="rowers", channels=["desk"], group_wait="5s") == "added"
    assert [watch.name for watch in active(story)] == ["boats", "filed"]
    (boats,) = active(story, desk_only=True)
    assert (boats.query, boats.channels, boats.group_wait.total_seconds()) == ("rowers", ("desk",), 5)


def test_every_mistake_of_a_watch_is_told_at_once(story: Story) -> None:
    given = {"topics": ["scam_centers"], "query": "(raid", "countries": ["th"], "channels": ["desc"], "mode": "x"}
    with pytest.raises(UsageError) as error:
        add(story, **given)
    said = str(error.value)
    for words in (
        'boats.topics: unknown topic "scam_centers" (did you mean "scam_centres"?)',
        'boats.countries: unknown country "th" (did you mean "TH"?)',
        'boats.channels: unknown channel "desc" (did you mean "desk"?)',
        "boats.query: ( is never closed",
        "boats.mode: must be 'immediate' or 'digest'",
    ):
        assert words in said


def test_a_watch_without_a_filter_is_refused(story: Story) -> None:
    with pytest.raises(UsageError, match="at least one filter"):
        add(story)


def test_its_examples_must_hold(story: Story) -> None:
    with pytest.raises(UsageError, match=r"must_match\[1\]: 'A ferry sails' does not match"):
        add(story, query="rowers", must_match=["A ferry sails"])
    with pytest.raises(UsageError, match=r"must_not_match\[1\]: 'Rowers rest' matches"):
        add(story, query="rowers", must_not_match=["Rowers rest"])
    assert add(story, query="rowers", must_match=["Rowers rest"], must_not_match=["A ferry sails"]) == "added"


def test_a_name_that_is_taken_needs_replace(story: Story) -> None:
    add(story, query="rowers")
    with pytest.raises(UsageError, match="--replace"):
        add(story, query="ferry")
    assert add(story, replace=True, query="ferry") == "edited"
    assert add(story, replace=True, query="ferry") == "same"


def test_a_watch_of_the_file_is_changed_there(story: Story) -> None:
    for change in (lambda: add(story, "filed", replace=True, query="x"), lambda: remove(story, "filed")):
        with pytest.raises(UsageError, match=r"is defined in .*; change it there"):
            change()


def remove(story: Story, name: str) -> None:
    newwatch.remove(story.store, story.config, name, story.clock())


def test_a_watch_that_was_removed_is_retired_and_may_come_back(story: Story) -> None:
    add(story, query="rowers")
    remove(story, "boats")
    assert active(story, desk_only=True) == []
    with pytest.raises(NotFound):
        remove(story, "boats")
    assert add(story, query="rowers") == "revived"


FULL = Watch(
    name="full",
    topics=("scam_centres",),
    events=("raid",),
    query='place:Myawaddy OR "KK \\"Park" OR US$ OR "${HOME}"',
    countries=("MM",),
    languages=("zh-Hant",),
    minimum_sources=2,
    channels=("desk",),
    mode="digest",
    digest_at="07:30",
    group_wait="90s",
    update_interval="0s",
    updates="figures",
    urgent=True,
    must_match=("Zeile eins\nline two\tend",),
)


def test_what_is_exported_is_read_as_it_was(tmp_path: Path) -> None:
    text = newwatch.as_toml([FULL, Watch(name="short", query="pier")]) + newwatch.stand_ins(["desk"])
    (tmp_path / "nightdesk.toml").write_text(text)
    read = load_config(tmp_path / "nightdesk.toml", {})
    assert read.watches == (FULL, Watch(name="short", query="pier"))
    assert "group_wait" not in text.partition('name = "short"')[2]


def test_the_list_tells_what_each_asks_and_how_it_fares(story: Story) -> None:
    watch, article = story.asks(query="rowers", topics=("scam_centres",), minimum_sources=2), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    with story.store.read() as db:
        columns = watchlist.columns(db)
        (row,) = watchlist.rows(db, story.clock())
    assert set(columns) == set(row)
    assert row["asks"] == "topics scam_centres; query rowers; from 2 sources"
    assert (row["matched_30d"], row["alerts_30d"], row["last_alert_at"]) == (1, 1, story.clock())
    assert (row["told"], row["judged"], row["precision"]) == (1, 0, None)


def test_a_broken_one_is_listed_with_what_is_wrong_and_the_others_stand(story: Story) -> None:
    add(story, query="rowers")
    add(story, "sound", query="pier")
    breaks(story, "boats", {"query": 5})
    with story.store.read() as db:
        asks = {row["name"]: row["asks"] for row in watchlist.rows(db, story.clock())}
        left_out = newwatch.left_out(newwatch.broken(db, story.config))
        with pytest.raises(UsageError, match=r"boats.*is not valid: name is missing; query must be a text in quotes"):
            newwatch.find(db, story.config, "boats")
    wrong = "name is missing; query must be a text in quotes"
    assert asks == {"boats": f"nothing, for it is not valid: {wrong}", "sound": "query pier"}
    assert left_out == f"# the watch boats is not valid and left out: {wrong}\n"
    assert [watch.name for watch in active(story)] == ["filed", "sound"]


@pytest.mark.parametrize("definition", [[], "rowers", {"name": "boats"}])
def test_a_broken_one_is_replaced_by_a_valid_one(story: Story, definition: Any) -> None:
    add(story, query="rowers")
    breaks(story, "boats", definition)
    assert add(story, replace=True, query="rowers") == "edited"
    assert [watch.name for watch in active(story, desk_only=True)] == ["boats"]


def test_a_broken_one_of_the_file_is_written_anew_from_there(story: Story) -> None:
    story.store.unit(lambda db: definitions.sync(db, story.config, story.clock()))
    breaks(story, "filed", {"name": "filed", "topix": []})
    story.store.unit(lambda db: definitions.sync(db, story.config, story.clock()))
    with story.store.read() as db:
        assert [row["asks"] for row in watchlist.rows(db, story.clock())] == ["query pier"]


def test_counts_of_the_list_are_those_of_thirty_days(story: Story) -> None:
    watch, article = story.asks(query="rowers"), story.told_of()
    story.alert(watch, article, state="sent", sent_at=story.clock())
    told_at = story.clock()
    story.clock.advance(days=31)
    with story.store.read() as db:
        (row,) = watchlist.rows(db, story.clock())
    assert (row["matched_30d"], row["alerts_30d"], row["last_alert_at"]) == (0, 0, told_at)


def test_the_commands_add_list_export_and_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nightdesk.toml").write_text(FILE)
    assert run(["db", "upgrade"]) == 0
    assert run(["watches", "add", "boats", "--query", "(", "--topic", "x"]) == 2
    assert run(["watches", "add", "boats", "--query", "rowers", "--must-match", "Rowers", "--channel", "desk"]) == 0
    capsys.readouterr()
    assert run(["watches", "list", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["origin"], row["query"]) == ("boats", "desk", "rowers")
    Path("out").mkdir()
    assert run(["watches", "export", "-o", "out/nightdesk.toml"]) == 0
    assert run(["--config", "out/nightdesk.toml", "check"]) == 0
    capsys.readouterr()
    assert run(["watches", "export", "--desk"]) == 0
    Path("nightdesk.toml").write_text(FILE + capsys.readouterr().out)
    assert run(["check"]) == 0
    Path("nightdesk.toml").write_text(FILE)
    assert run(["watches", "remove", "boats"]) == 0
    assert run(["watches", "remove", "boats"]) == 1
