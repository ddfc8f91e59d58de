"""From a change to a delivered message."""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.desk import Desk
from store import findings
from store.decisions import Family
from store.engine import Store
from tests.alerting import Newsroom, alerter, contents
from tests.conftest import FakeClock
from tests.receivers import mailbox, webhook

TITLE = "At least 215 Chinese nationals freed in Myawaddy, Myanmar, 12 Oct 2026"


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
    assert {mail["Subject"].strip() for mail in box.mails} == {TITLE}  # folded, since it is long
    assert room.states() == ["sent"] * 3


def test_news_is_told_before_its_update_though_the_clock_was_set_back_between_them(
    room: Newsroom, clock: FakeClock
) -> None:
    development = room.story(room.watch(age=timedelta(days=2), update_interval="0s"))
    clock.advance(minutes=-41)
    room.change(development, "update", what="figure", old="100", new="200")
    alerter(room).decide()

    levels = room.rows("SELECT level FROM alerts ORDER BY id")
    assert [row.level for row in levels] == ["new", "update"]


def test_a_development_that_cannot_be_decided_rests_is_told_of_and_holds_up_no_other(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = room.watch()
    _, other = room.story(watch), room.story(watch)
    sound = Desk.settle
    broken, tried = [True], []

    def settle(desk: Desk, db: Connection, family: Family, now: datetime) -> Counter[str]:
        if family.root == other and broken:
            tried.append(now)
            raise ValueError("a fault of ours")
        return sound(desk, db, family, now)

    monkeypatch.setattr(Desk, "settle", settle)
    desk = alerter(room, console=io.StringIO())
    assert [desk.decide().failed for _ in range(5)] == [1] * 5
    assert len(tried) == 1
    for _ in range(2):
        room.clock.advance(minutes=6)
        desk.decide()
    assert desk.tell_findings() == 1
    broken.clear()
    room.clock.advance(minutes=6)
    assert desk.decide().alerts == 1
    with room.store.read() as db:
        assert not db.execute(sa.select(findings.findings).where(findings.findings.c.ended_at.is_(None))).all()
