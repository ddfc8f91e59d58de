"""A correction reaches everybody who was told the wrong value, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
import sqlalchemy as sa

from alerts import message
from alerts.config import Channel
from alerts.language import speak
from alerts.run import Alerter
from alerts.story import Told
from alerts.style import Style
from store import definitions
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import Webhook, webhook
from tests.telling import STORY


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def _settle(desk: Alerter) -> None:
    desk.decide()
    desk.deliver()


def _correct(room: Newsroom, development: int, old: str = "at least 215", new: str = "at least 115") -> None:
    room.clock.advance(minutes=20)
    room.change(development, "correction", what="figure", old=old, new=new)


def _told(hook: Webhook) -> list[tuple[str, str]]:
    return [(request.path.rpartition("/")[2], request.json["nightdesk"]["kind"]) for request in hook.requests]


def test_every_channel_is_corrected_in_its_language_whatever_detail_and_updates_say(room: Newsroom) -> None:
    with webhook() as hook:
        named: dict[str, Channel] = {
            "english": Channel(url=f"{hook.url}/english"),  # type: ignore[arg-type]
            "chinese": Channel(url=f"{hook.url}/chinese", language="zh", detail="figures"),  # type: ignore[arg-type]
            "little": Channel(url=f"{hook.url}/little", detail="link"),  # type: ignore[arg-type]
        }
        desk = alerter(room, **named)
        development = room.story(room.watch(channels=tuple(named), updates="none"))
        _settle(desk)
        _correct(room, development)
        _settle(desk)
    assert sorted(_told(hook)) == [
        ("chinese", "alert"),
        ("chinese", "correction"),
        ("english", "alert"),
        ("english", "correction"),
        ("little", "alert"),  # it was told no figure
    ]
    titles = {path: request.json["title"] for (path, _), request in zip(_told(hook), hook.requests, strict=True)}
    assert titles["english"].startswith("Correction: At least 115 Chinese nationals (was at least 215) freed")
    assert titles["chinese"].startswith("更正：") and "至少115名中国公民（此前为至少215）" in titles["chinese"]


def test_a_figure_that_only_an_update_told_is_corrected_too(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, hook=hook.url)
        development = room.story(room.watch(channels=("hook",)))
        _settle(desk)
        room.clock.advance(minutes=20)
        room.change(development, "update", what="figure", old="at least 215", new="400")
        _settle(desk)
        _correct(room, development, old="400", new="40")
        _settle(desk)
    assert [kind for _, kind in _told(hook)] == ["alert", "alert", "correction"]


def test_who_was_never_told_the_value_is_left_alone(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, hook=hook.url)
        development = room.story(room.watch(channels=("hook",), updates="none"))
        _settle(desk)
        _correct(room, development, old="9,999", new="9")
        _settle(desk)
    assert [kind for _, kind in _told(hook)] == ["alert"]


def test_a_channel_that_the_watch_has_left_since_is_corrected_as_well(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, old=f"{hook.url}/old", new=f"{hook.url}/new")
        watch = room.watch(channels=("old",))
        development = room.story(watch)
        _settle(desk)
        with room.store.write() as db:
            table = definitions.watches
            definition = db.execute(sa.select(table.c.definition)).scalar_one()
            changed = {**definition, "channels": ["new"]}
            db.execute(sa.update(table).where(table.c.id == watch).values(definition=changed, edited_at=room.clock()))
        _correct(room, development)
        _settle(desk)
    assert _told(hook) == [("old", "alert"), ("old", "correction")]


def test_a_channel_that_is_gone_is_not_missed(room: Newsroom) -> None:
    with webhook() as hook:
        watch = room.watch(channels=("old",))
        development = room.story(watch)
        _settle(alerter(room, old=f"{hook.url}/old"))
        _correct(room, development)
        with room.store.write() as db:
            table = definitions.watches
            definition = db.execute(sa.select(table.c.definition)).scalar_one()
            db.execute(sa.update(table).where(table.c.id == watch).values(definition={**definition, "channels": []}))
        _settle(alerter(room, owner="desk:2:b"))
    assert _told(hook) == [("old", "alert")]
    assert not room.rows("SELECT id FROM findings WHERE kind = 'channel_gone'")


RETRACTED = {
    "en": ("Retracted: ", "Figure: 215 → withdrawn"),
    "th": ("ถอนข่าว: ", "ตัวเลข: 215 → ถอนแล้ว"),
    "zh": ("撤回：", "数字：215 → 已撤回"),
}


@pytest.mark.parametrize("language", RETRACTED)
def test_an_article_that_is_taken_back_is_said_to_be(room: Newsroom, language: str) -> None:
    with webhook() as hook:
        desk = alerter(room, desk=Channel(url=hook.url, language=language))  # type: ignore[arg-type]
        development = room.story(room.watch(channels=("desk",), updates="none"))
        _settle(desk)
        _correct(room, development, "215", "withdrawn")
        _settle(desk)
    told = hook.requests[-1].json
    begins, line = RETRACTED[language]
    assert told["title"].startswith(begins) and line in told["message"]


def test_whoever_was_told_a_headline_hears_that_its_article_was_taken_back(room: Newsroom) -> None:
    with webhook() as hook:
        channels = {
            "full": Channel(url=f"{hook.url}/full"),  # type: ignore[arg-type]
            "figures": Channel(url=f"{hook.url}/figures", detail="figures"),  # type: ignore[arg-type]
        }
        desk = alerter(room, **channels)
        development = room.story(room.watch(channels=tuple(channels), updates="none"))
        _settle(desk)
        told = next(request.json for request in hook.requests if request.path.endswith("/full"))
        headline = told["nightdesk"]["stories"][0]["headline"]
        room.article(development, title="Elsewhere it stands", outlet="River Times")
        room.clock.advance(minutes=20)
        room.change(development, "correction", what="article", old=headline, new="retracted")
        _settle(desk)
    assert _told(hook)[2:] == [("full", "correction")]
    last = hook.requests[-1].json
    assert last["title"].startswith("Correction: ")  # another report stands
    assert f"Article: {headline} → retracted" in " ".join(last["message"].split())


def test_what_an_analyst_withdraws_is_no_retraction(room: Newsroom) -> None:
    with webhook() as hook:
        desk = alerter(room, desk=hook.url)
        development = room.story(room.watch(channels=("desk",)))
        _settle(desk)
        room.clock.advance(minutes=20)
        room.change(development, "correction", "analyst", what="figure", old="215", new="withdrawn")
        _settle(desk)
    assert hook.requests[-1].json["title"].startswith("Correction: ")


def test_the_headline_that_is_taken_back_is_no_word_for_a_phone_that_may_be_searched() -> None:
    told = Told(alert_id=57, level="correction", seq=2, what="article", old="Over 200 walk out", new="retracted")
    style = Style(speak("en"), "figures")
    content = message.compose("alert", (replace(STORY, told=(told,)),), UTC, style).as_json()
    assert "walk out" not in str(content) and content["title"].startswith("Retracted: ")
