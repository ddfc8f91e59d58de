"""docs/webhook.md and its schema tell what a webhook really gets."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alerts.config import Channel
from alerts.links import Links
from alerts.senders import signature, webhook
from alerts.style import House
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.conftest import FakeClock
from tests.receivers import webhook as receiver

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "webhook.md").read_text(encoding="utf-8")
SCHEMA = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))


def _check(payload: Any) -> None:
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    problems = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(payload)]
    assert problems == []


@pytest.fixture
def room(sqlite_store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(sqlite_store, clock)


@pytest.mark.parametrize("detail", ["full", "figures", "link"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_sent_fits_the_schema(room: Newsroom, detail: Any, language: str) -> None:
    house = House(public_url="https://desk.example.org", links=Links(b"k" * 32, "https://desk.example.org"))
    with receiver() as hook:
        channel = Channel(url=hook.url, detail=detail, language=language, storm_cap=3)  # type: ignore[arg-type]
        desk = alerter(room, house=house, hook=channel)
        watch = room.watch(channels=("hook",))
        first = room.story(watch)
        settle(desk)
        room.clock.advance(minutes=20)
        room.change(first, "update", what="figure", old="at least 215", new="400")
        settle(desk)
        room.clock.advance(minutes=20)
        room.change(first, "correction", what="figure", old="215", new=None)
        settle(desk)
        desk.test_message("hook")
        for _ in range(3):
            room.story(watch)
        settle(desk)
        room.clock.advance(hours=1)
        settle(desk)
    payloads = [request.json for request in hook.requests]
    for payload in payloads:
        _check(payload)
    assert {payload["nightdesk"]["kind"] for payload in payloads} >= {"alert", "test", "digest"}
    assert {key for payload in payloads for story in payload["nightdesk"]["stories"] for key in story["actions"]} == {
        "not_relevant",
        "wrong_development",
        "mute",
    }


def settle(desk: Any) -> None:
    desk.decide()
    desk.deliver()


def test_a_machine_is_told_the_same_in_every_language(room: Newsroom) -> None:
    with receiver() as hook:
        channels = {
            language: Channel(url=f"{hook.url}/{language}", language=language)  # type: ignore[arg-type]
            for language in ("en", "th")
        }
        desk = alerter(room, **channels)
        room.story(room.watch(channels=("en", "th")))
        settle(desk)
    one, other = (request.json["nightdesk"]["stories"][0] for request in hook.requests)
    words = {"title", "facts"}
    assert {key: value for key, value in one.items() if key not in words} == {
        key: value for key, value in other.items() if key not in words
    }
    assert one["facts"][0]["value"] == other["facts"][0]["value"] == 215
    assert one["title"] != other["title"]


def test_the_schema_refuses_what_is_not_sent() -> None:
    with pytest.raises(AssertionError):
        _check({"version": "1.0"})


def test_the_page_shows_a_payload_that_fits() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    _check(json.loads(example[1]))
    assert SCHEMA["properties"]["nightdesk"]["properties"]["schema"]["const"] == webhook.SCHEMA


def test_the_pages_receiver_knows_a_genuine_request(clock: FakeClock) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    secret, body = "a secret of more than 24 characters", b'{"title": "x"}'
    for written in (secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
        headers = signature.headers([secret, written], "key", clock() + timedelta(), body)
        assert names["is_genuine"](headers, body, written)
        assert not names["is_genuine"](headers, body + b" ", written)
        assert not names["is_genuine"](headers, body, "another secret of 24 characters")
