"""The ping to a dead man's switch: when it is sent, where it may go, and that it never disturbs anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from alerts.config import OperatorConfig
from alerts.senders.heartbeat import ping
from nightdesk.wellbeing import trouble
from store import findings
from store.engine import Store
from tests.conftest import START
from tests.receivers import Behaviour, answer, begin_and_break, drip, hang, reset, webhook


@dataclass
class Stage:
    name: str = "decide"
    failures: int = 0
    turned_at: datetime | None = START


def ago(**span: float) -> datetime:
    return START - timedelta(**span)


def test_all_is_well_while_the_loops_turn_and_nothing_should_wake_anybody() -> None:
    assert trouble([Stage(), Stage("deliver")], [], ago(days=9), START) == ""


@pytest.mark.parametrize(
    ("stage", "wake", "words"),
    [
        (Stage(failures=1), [], "the stage decide fails"),
        (Stage(turned_at=ago(minutes=16)), [], "the stage decide stands still"),
        (Stage(turned_at=None), [], "the stage decide stands still"),
        (Stage(), ["channel_dead", "disk_full"], "an open finding: channel_dead, disk_full"),
    ],
)
def test_what_keeps_all_from_being_well_is_said(stage: Stage, wake: list[str], words: str) -> None:
    assert trouble([Stage("crawl"), stage], wake, ago(hours=1), START) == words


def test_a_daemon_that_has_just_begun_is_well() -> None:
    assert trouble([Stage(turned_at=None)], [], ago(minutes=1), START) == ""


def test_only_open_findings_that_wake_somebody_count(store: Store) -> None:
    with store.write() as db:
        for kind, severity in (("channel_dead", "wake"), ("source_silent", "daily"), ("channel_gone", "wake")):
            for subject in ("one", "two"):
                findings.note(db, kind, subject, severity, "detail", START)
        findings.end(db, "channel_gone", "one", START)
        findings.end(db, "channel_gone", "two", START)
        assert findings.open_kinds(db, "wake") == ["channel_dead"]


def test_a_switch_hears_one_plain_request() -> None:
    with webhook() as switch:
        assert ping(f"http://127.0.0.1:{switch.port}/k3y?x=1", START) == ""
    request = switch.requests[0]
    assert (request.method, request.path, request.body) == ("GET", "/k3y?x=1", b"")


@pytest.mark.parametrize("behaviour", [answer(500), answer(404), hang, reset, drip])
def test_a_switch_in_trouble_is_a_word_in_the_log(behaviour: Behaviour) -> None:
    with webhook(behaviour) as switch:
        said = ping(f"http://127.0.0.1:{switch.port}/k3y", START, 0.3)
    assert said and "k3y" not in said


def test_a_switch_that_said_yes_has_heard_whatever_came_of_the_rest() -> None:
    with webhook(begin_and_break) as switch:
        assert ping(f"http://127.0.0.1:{switch.port}/", START, 0.3) == ""


def test_no_redirect_of_a_switch_is_followed() -> None:
    with webhook() as elsewhere, webhook(answer(302, Location=f"http://127.0.0.1:{elsewhere.port}/")) as switch:
        assert "not followed" in ping(f"http://127.0.0.1:{switch.port}/", START, 0.3)
    assert not elsewhere.requests


@pytest.mark.parametrize(
    "url",
    ["ftp://switch.example.org/k3y", "file:///etc/k3y", "k3y", "http://u:k3y@h/", "http://[k3y", "http://h/k3y\nX: y"],
)
def test_an_address_that_cannot_be_pinged_is_a_mistake_that_does_not_show_it(url: str) -> None:
    assert ping(url, START) == "ValueError"
    with pytest.raises(ValidationError) as caught:
        OperatorConfig(heartbeat=url)
    assert "k3y" not in str(caught.value.errors(include_input=False))
