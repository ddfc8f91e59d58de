"""The tables follow the configuration: added, edited, retired, revived, and the desk's own left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.source import Source
from nightdesk.config import Config, load_config
from nightdesk.definitions import add_source, sync
from store import definitions
from store.engine import Store
from tests.conftest import FakeClock

WATCH = '[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\n'
SOURCE = '[[source]]\nname = "river-daily"\nurl = "https://river.example/rss"\n'
NONE = "[crawl]\nsources = []\n"


def config(folder: Path, text: str) -> Config:
    path = folder / "nightdesk.toml"
    path.write_text(text)
    return load_config(path, {})


def row(store: Store, table: sa.Table, name: str) -> Any:
    with store.read() as db:
        return db.execute(sa.select(table).where(table.c.name == name)).one()


def apply(store: Store, folder: Path, text: str, clock: FakeClock) -> None:
    value = config(folder, text)
    store.unit(lambda db: sync(db, value, clock()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


def test_doing_it_twice_changes_nothing(store: Store, folder: Path, clock: FakeClock) -> None:
    apply(store, folder, WATCH + SOURCE + NONE, clock)
    before = row(store, definitions.watches, "releases"), row(store, definitions.sources, "river-daily")
    clock.advance(hours=1)
    apply(store, folder, WATCH + SOURCE + NONE, clock)
    assert (row(store, definitions.watches, "releases"), row(store, definitions.sources, "river-daily")) == before


def test_an_edited_watch_counts_its_revisions(store: Store, folder: Path, clock: FakeClock) -> None:
    apply(store, folder, WATCH + NONE, clock)
    clock.advance(hours=1)
    apply(store, folder, WATCH + 'events = ["raid"]\n' + NONE, clock)
    found = row(store, definitions.watches, "releases")
    assert (found.revision, found.edited_at, found.created_at < found.edited_at) == (2, clock(), True)


def test_examples_of_a_watch_are_no_edit(store: Store, folder: Path, clock: FakeClock) -> None:
    apply(store, folder, WATCH + NONE, clock)
    clock.advance(hours=1)
    apply(store, folder, WATCH + 'must_not_match = ["Three call centres open"]\n' + NONE, clock)
    found = row(store, definitions.watches, "releases")
    assert (found.revision, found.edited_at == found.created_at) == (1, True)
    assert found.definition["must_not_match"] == ["Three call centres open"]


def test_what_the_file_no_longer_names_is_retired_and_may_return(store: Store, folder: Path, clock: FakeClock) -> None:
    apply(store, folder, WATCH + SOURCE + NONE, clock)
    clock.advance(hours=1)
    apply(store, folder, "watch = []\n" + NONE, clock)
    assert row(store, definitions.watches, "releases").retired_at == clock()
    assert row(store, definitions.sources, "river-daily").retired_at == clock()
    clock.advance(hours=1)
    apply(store, folder, WATCH + SOURCE + NONE, clock)
    found = row(store, definitions.watches, "releases")
    assert (found.retired_at, found.edited_at, found.revision) == (None, clock(), 2)


def test_a_source_of_the_desk_stays_and_wins_over_the_catalogue(store: Store, folder: Path, clock: FakeClock) -> None:
    own = Source(name="hill-times", url="https://hill.example/rss")
    store.unit(lambda db: add_source(db, own, clock()))
    apply(store, folder, "watch = []\n" + NONE, clock)
    found = row(store, definitions.sources, "hill-times")
    assert (found.origin, found.retired_at) == ("desk", None)


def test_a_channel_row_carries_no_address(store: Store, folder: Path, clock: FakeClock) -> None:
    apply(store, folder, '[channel.desk]\nurl = "json://user:Zaubernuss@hook.example/"\n' + WATCH + NONE, clock)
    assert "Zaubernuss" not in repr(row(store, definitions.channels, "desk"))
