"""A new configuration: what waits keeps its content and its target, and what is old is not told anew."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.config import Channel
from alerts.run import Alerter
from nightdesk.config import Config, load_config
from nightdesk.definitions import sync
from store import definitions
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import answer, webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def settle(desk: Alerter) -> int:
    desk.decide()
    return desk.deliver().sent


def reload(desk: Alerter, **channels: Any) -> None:
    desk.configure(channels, desk._settings, UTC)


def applied(room: Newsroom, folder: Path, text: str) -> Config:
    (folder / "nightdesk.toml").write_text("[crawl]\nsources = []\n" + text)
    config = load_config(folder / "nightdesk.toml", {})
    with room.store.write() as db:
        sync(db, config, room.clock())
    return config


def test_what_was_fixed_keeps_its_content(room: Newsroom) -> None:
    with webhook(answer(503), answer(200)) as hook:
        desk = alerter(room, web=Channel(url=hook.url))
        room.story(room.watch(channels=("web",)))
        assert settle(desk) == 0
        reload(desk, web=Channel(url=hook.url, language="th", detail="link"))
        room.clock.advance(minutes=5)
        assert settle(desk) == 1
    first, second = (request.json for request in hook.requests)
    assert first["title"] == second["title"]
    assert first["message"] in second["message"]


def test_what_waits_is_not_sent_to_who_came_in_place_of_its_recipient(room: Newsroom) -> None:
    with webhook() as old, webhook() as new:
        desk = alerter(room, web=old.url)
        room.story(room.watch(channels=("web",), group_wait="60s"))
        desk.decide()
        reload(desk, web=Channel(url=new.url))
        room.clock.advance(seconds=60)
        assert desk.deliver().sent == 0
    (ended,) = room.deliveries()
    assert (ended.state, ended.reason) == ("suppressed", "the recipient is no longer in the channel")
    assert (old.requests, new.requests) == ([], [])


def test_what_waits_for_a_channel_that_went_ends_with_a_finding(room: Newsroom) -> None:
    desk = alerter(room, web="console://")
    room.story(room.watch(channels=("web",), mode="digest", digest_at="07:30"))
    desk.decide()
    reload(desk)
    room.clock.advance(hours=2)
    assert desk.deliver().sent == 0
    assert [row.reason for row in room.deliveries()] == ["the channel is no longer configured"]
    assert [row.kind for row in room.rows("SELECT kind FROM findings")] == ["channel_gone"]


def test_a_watch_that_comes_by_reload_tells_nothing_older(room: Newsroom, tmp_path: Path) -> None:
    desk = alerter(room)
    old = room.story()
    room.clock.advance(minutes=1)
    applied(room, tmp_path, '[[watch]]\nname = "late"\ntopics = ["scam_centres"]\ngroup_wait = "0s"\n')
    (watch,) = [row.id for row in room.rows("SELECT id FROM watches WHERE name = 'late'")]
    # A further article of the old development is read with the new watch in force, and matches.
    room.clock.advance(minutes=1)
    room.match(watch, room.article(old))
    assert settle(desk) == 0
    room.story(watch)
    assert settle(desk) == 1


def test_an_edited_watch_tells_nothing_older_and_goes_on(room: Newsroom, tmp_path: Path) -> None:
    desk = alerter(room)
    watch = '[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\ngroup_wait = "0s"\n'
    applied(room, tmp_path, watch)
    room.clock.advance(minutes=1)
    told = room.story(1)
    assert settle(desk) == 1
    room.clock.advance(minutes=1)
    applied(room, tmp_path, watch + 'countries = ["MM"]\n')
    assert settle(desk) == 0
    room.clock.advance(minutes=20)
    room.change(told, "update", what="figure", old="215", new="400")
    assert settle(desk) == 1
    assert contents(room)[-1]["title"].startswith("Update: ")


def test_a_key_that_a_newer_version_brings_is_no_edit(room: Newsroom, tmp_path: Path) -> None:
    text = '[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\n'
    applied(room, tmp_path, text)
    with room.store.write() as db:
        row = db.execute(definitions.watches.select()).one()
        older = {key: value for key, value in row.definition.items() if key not in ("digest_empty", "threads")}
        db.execute(definitions.watches.update().values(definition=older))
    room.clock.advance(days=1)
    applied(room, tmp_path, text)
    with room.store.read() as db:
        now = db.execute(definitions.watches.select()).one()
    assert (now.revision, now.edited_at) == (row.revision, row.edited_at)
    assert now.definition["digest_empty"] is False


def test_quiet_hours_that_come_by_reload_hold_from_then_on(room: Newsroom) -> None:
    desk = alerter(room, web="console://")
    room.story(room.watch(channels=("web",), group_wait="60s"))
    desk.decide()
    reload(desk, web=Channel(url="console://", quiet_hours="06:00-08:00"))
    room.clock.advance(seconds=60)
    assert desk.deliver().sent == 0
    room.clock.advance(hours=2)
    assert desk.deliver().sent == 1


def test_a_digest_that_waits_is_not_moved_by_a_new_zone(room: Newsroom) -> None:
    from zoneinfo import ZoneInfo

    desk = alerter(room)
    room.story(room.watch(mode="digest", digest_at="07:30"))
    desk.decide()
    before = [row.not_before for row in room.deliveries()]
    desk.configure({}, desk._settings, ZoneInfo("Asia/Bangkok"), max_age=timedelta(days=3))
    desk.decide()
    assert [row.not_before for row in room.deliveries()] == before
