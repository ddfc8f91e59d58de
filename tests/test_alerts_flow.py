"""From a change to a delivered message."""

from __future__ import annotations

import io

import pytest

from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import mailbox, webhook

TITLE = "Rescue or release: at least 215 people (China), Myawaddy, Myanmar, 12 Oct 2026"


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def test_a_matching_development_is_told_once_on_the_console(room: Newsroom) -> None:
    room.story(room.watch())
    screen = io.StringIO()
    desk = alerter(room, console=screen)

    assert desk.decide().alerts == 1
    assert desk.deliver().sent == 1
    assert desk.decide().decided == 0
    assert desk.deliver().sent == 0

    shown = screen.getvalue()
    assert " ".join(shown.split()).count(TITLE) == 1
    assert "https://news.example.org/" in shown
    assert shown.count("Why you get this") == 1
    assert contents(room)[0]["facts"][0] == "215"


def test_a_development_arrives_once_at_a_webhook_and_by_mail(room: Newsroom) -> None:
    with webhook() as hook, mailbox() as box:
        desk = alerter(room, web=hook.url, post=box.url("ana@example.org", "bo@example.org"))
        room.story(room.watch(channels=("web", "post")))
        desk.decide()
        desk.deliver()
        desk.deliver()

    assert [request.json["title"] for request in hook.requests] == [TITLE]
    assert hook.requests[0].headers["idempotency-key"] == room.deliveries()[0].idempotency_key
    assert sorted(box.recipients) == ["ana@example.org", "bo@example.org"]
    assert {mail["Subject"] for mail in box.mails} == {TITLE}
    assert room.states() == ["sent"] * 3
