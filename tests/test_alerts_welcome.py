"""A channel is welcomed once, ever, when there is something to say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.config import Channel
from alerts.run import Alerter
from store import definitions, pages
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import Webhook, webhook


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def channel(room: Newsroom, name: str = "web") -> None:
    now = room.clock()
    room.insert(definitions.channels, name=name, origin="file", definition={}, created_at=now, edited_at=now)


def source(room: Newsroom, name: str, visited: bool = True) -> int:
    now = room.clock()
    row = {"name": name, "origin": "file", "title": name.title(), "kind": "feed", "type": "newspaper"}
    url, times = f"https://{name}.example/rss", {"created_at": now, "edited_at": now}
    made = room.insert(definitions.sources, **row, url=url, definition={}, **times)
    if visited:
        room.insert(pages.source_states, source_id=made, state="ok", last_visit_at=now, last_ok_at=now, failures=0)
    return made


def settle(desk: Alerter, room: Newsroom, **span: float) -> int:
    room.clock.advance(**(span or {"seconds": 15}))
    desk.decide()
    return desk.deliver().sent


def welcomes(hook: Webhook) -> list[dict[str, Any]]:
    return [request.json for request in hook.requests if request.json["nightdesk"]["kind"] == "welcome"]


def test_it_comes_once_and_never_again(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        channel(room)
        source(room, "post")
        assert [settle(desk, room) for _ in range(3)] == [1, 0, 0]
        again = alerter(room, owner="desk:2:b", web=hook.url)
        assert settle(again, room, days=30) == 0
        with room.store.write() as db:
            definitions.retire(db, definitions.channels, "web", room.clock())
            entry = definitions.Entry("web", "file", {}, {"storm_cap": 5})
            definitions.put(db, definitions.channels, entry, room.clock())
        assert settle(again, room) == 0
    assert len(welcomes(hook)) == 1


def test_it_waits_for_the_baseline(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        channel(room)
        assert settle(desk, room) == 0
        source(room, "post")
        late = source(room, "times", visited=False)
        assert settle(desk, room) == 0
        now = room.clock()
        room.insert(pages.source_states, source_id=late, state="ok", last_visit_at=now, last_ok_at=now, failures=0)
        page = {"fetched_at": now, "found_at": now, "given": {}, "origin": "baseline"}
        unread = room.insert(pages.pages, url="https://times.example/1", **page)
        assert settle(desk, room) == 0
        with room.store.write() as db:
            db.exec_driver_sql(
                "INSERT INTO page_outcomes (page_id, state, reason, attempts, pipeline_version, at)"
                f" VALUES ({unread}, 'not_article', 'list', 1, 1, '2026-10-13T06:00:00.000000Z')"
            )
        assert settle(desk, room) == 1


def test_it_waits_an_hour_at_most(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        channel(room)
        source(room, "post")
        source(room, "dead", visited=False)
        assert settle(desk, room, minutes=59) == 0
        assert settle(desk, room, minutes=1) == 1
    assert "Seen: 1 of 2 sources were read." in welcomes(hook)[0]["message"]
    assert "Not read: Dead." in welcomes(hook)[0]["message"]


def test_a_channel_that_comes_later_is_welcomed_too(room: Newsroom) -> None:
    with webhook() as hook, webhook() as other:
        desk = alerter(room, web=hook.url, other=other.url)
        channel(room)
        source(room, "post")
        assert settle(desk, room) == 1
        channel(room, "other")
        assert settle(desk, room, days=3) == 1
    assert (len(welcomes(hook)), len(welcomes(other))) == (1, 1)


def test_it_is_left_out_where_it_is_not_wanted(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, welcome=False))
        channel(room)
        source(room, "post")
        assert settle(desk, room) == 0


def test_it_tells_what_its_watches_would_have_told(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=hook.url)
        channel(room)
        source(room, "post")
        watch = room.watch("releases", channels=("web",))
        room.watch("other", channels=("elsewhere",))
        room.watch("daily", channels=("web",), mode="digest", digest_at="Mon 07:30")
        for _ in range(7):
            baseline(room, watch)
        baseline(room, watch, first_news_at=room.clock() - timedelta(days=8))
        assert settle(desk, room) == 1
    lines = welcomes(hook)[0]["message"].splitlines()
    text = " ".join(lines)
    assert "your watch “releases” would have told of 7 developments:" in text
    assert sum(line.startswith("- ") for line in lines) == 6
    assert "- and 2 more" in lines
    assert "your watch “daily” would have told of nothing" in text
    assert "The next digest of your watch “daily” comes 19 Oct 2026, 07:30 UTC." in text
    assert "other" not in text


def baseline(room: Newsroom, watch: int, **values: Any) -> int:
    development = room.development(baseline=True, **values)
    room.match(watch, room.article(development))
    room.change(development, origin="baseline")
    return development


def test_it_keeps_what_its_channel_wants_to_be_told(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, web=Channel(url=hook.url, language="th", detail="link"))
        channel(room)
        source(room, "post")
        baseline(room, room.watch(channels=("web",)))
        assert settle(desk, room) == 1
    (said,) = welcomes(hook)
    assert "ยินดีต้อนรับ" in said["title"]
    assert "freed" not in said["message"] and "https://" not in said["message"]
