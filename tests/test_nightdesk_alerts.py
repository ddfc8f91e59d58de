"""`alerts list|show|preview|retry`: what was told, to whom, what is held back, and another try."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.config import Channel
from alerts.style import House
from alerts.templating import Templates
from core.clock import utc_now
from nightdesk.cli.main import run
from store import silences
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.asking import CONFIG, NOWHERE, PUBLIC
from tests.conftest import FakeClock
from tests.receivers import answer, webhook

PHONE = """
[channel.phone]
url = "json://127.0.0.1:9/phone"
language = "th"
detail = "link"
"""


class Desk:
    """A folder with a configuration and a database, and the commands asked of it."""

    def __init__(self, folder: Path, store: Store, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.room = Newsroom(store, clock)
        self._capsys = capsys
        self.configure(NOWHERE)

    def configure(self, url: str) -> None:
        (self.folder / "nightdesk.toml").write_text(CONFIG.replace(NOWHERE, url) + PHONE + PUBLIC)

    def template(self, name: str, text: str) -> None:
        (self.folder / "templates").mkdir(exist_ok=True)
        (self.folder / "templates" / name).write_text(text)

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = run(["--config", str(self.folder / "nightdesk.toml"), *arguments])
        out, err = self._capsys.readouterr()
        return code, out, err

    def tell(self, **opened: Channel | str) -> int:
        """One alert, decided and tried; its development."""
        desk = alerter(self.room, **opened)
        development = self.room.story(self.room.watch(f"w-{'-'.join(opened)}", channels=tuple(opened)))
        desk.decide()
        desk.deliver()
        return development


@pytest.fixture
def desk(tmp_path: Path, sqlite_store: Store, clock: FakeClock, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, sqlite_store, clock, capsys)


def test_the_list_says_what_became_of_each(desk: Desk) -> None:
    with webhook() as hook, webhook(answer(404)) as shut:
        desk.tell(desk=hook.url)
        desk.tell(gone=shut.url)
    code, out, _ = desk.ask("alerts", "list", "--format", "table")
    assert code == 0
    assert "desk: sent" in out and "gone: dead (HTTP 404 Not Found)" in " ".join(out.split())
    code, out, _ = desk.ask("alerts", "list", "--state", "dead")
    assert [json.loads(line)["watch"] for line in out.splitlines()] == ["w-gone"]
    code, out, _ = desk.ask("alerts", "list", "--channel", "desk")
    assert [json.loads(line)["watch"] for line in out.splitlines()] == ["w-desk"]
    code, out, _ = desk.ask("alerts", "list", "--watch", "w-gone", "--channel", "desk")
    assert (code, out) == (0, "")


def test_what_quiet_hours_hold_is_seen_with_its_time(desk: Desk) -> None:
    desk.tell(night=Channel(url=("json://127.0.0.1:9/",), quiet_hours="00:00-23:59"))  # type: ignore[arg-type]
    _, out, _ = desk.ask("alerts", "list", "--state", "pending", "--format", "table")
    assert "night: pending until 2026-10-13T23:59:00Z" in " ".join(out.split())


def test_what_a_silence_holds_is_seen_with_its_reason(desk: Desk) -> None:
    now = desk.room.clock()
    with desk.room.store.write() as db:
        silences.add(db, "ana", "too many", now, now + timedelta(days=2), {"country": "MM"}, now)
    with webhook() as hook:
        desk.tell(desk=hook.url)
    assert not hook.requests
    _, out, _ = desk.ask("alerts", "list", "--state", "suppressed", "--format", "table")
    assert "desk: suppressed (silenced by s1 (ana: too many))" in " ".join(out.split())


def test_an_alert_is_shown_with_its_tries_and_its_words(desk: Desk) -> None:
    with webhook(answer(404)) as shut:
        desk.tell(gone=shut.url)
    code, out, _ = desk.ask("alerts", "show", "n1", "--format", "json")
    shown = json.loads(out)
    assert code == 0
    assert shown["reason"] == "a new development that the watch asked for"
    assert [(one["state"], one["reason"]) for one in shown["deliveries"]] == [("dead", "HTTP 404 Not Found")]
    assert [one["outcome"] for one in shown["tries"]] == ["refused"]
    assert shown["text"].startswith("At least 215 Chinese nationals freed")
    _, out, _ = desk.ask("alerts", "show", "1", "--format", "table")
    assert "refused  HTTP 404 Not Found" in out


def test_what_was_given_up_is_sent_again_when_asked(desk: Desk) -> None:
    with webhook(answer(404), answer(200)) as shut:
        desk.tell(desk=shut.url)
        assert desk.room.states() == ["dead"]
        desk.configure(shut.url)
        code, out, _ = desk.ask("alerts", "retry", "n1", "--channel", "desk")
        assert code == 0 and "tried again; it was dead" in out
        assert desk.room.states() == ["pending"]
        desk.room.clock.now = max(desk.room.clock.now, utc_now())  # the command goes by the wall clock
        again = alerter(desk.room, desk=shut.url)
        assert again.deliver().sent == 1
    first, second = (request.headers["idempotency-key"] for request in shut.requests)
    assert first == second


def test_what_arrived_is_not_sent_again(desk: Desk) -> None:
    with webhook() as hook:
        desk.tell(desk=hook.url)
    code, _, err = desk.ask("alerts", "retry", "n1")
    assert code == 2 and "n1 has nothing that was given up or may not have arrived: desk sent" in err
    assert desk.ask("alerts", "retry", "n9")[0] == 1
    assert desk.room.states() == ["sent"]


def test_a_preview_is_drawn_as_its_channel_wants_it(desk: Desk) -> None:
    desk.tell(desk="json://127.0.0.1:9/")
    code, out, _ = desk.ask("alerts", "preview", "n1")
    assert code == 0 and out.startswith("At least 215 Chinese nationals freed in Myawaddy")
    assert "https://desk.example.org/developments/1" in out
    _, little, _ = desk.ask("alerts", "preview", "d1", "--channel", "phone")
    assert little.startswith("Nightdesk: 1 เหตุการณ์") and "Myawaddy" not in little
    _, html, _ = desk.ask("alerts", "preview", "--part", "html")
    assert html.startswith("<!doctype html>") and "48 Filipino nationals" in html
    assert desk.ask("alerts", "preview", "--channel", "phne")[2].endswith('did you mean "phone"?\n')


@pytest.mark.parametrize(
    ("part", "begins"),
    [("slack", "*At least 48 Filipino"), ("telegram", "<b>At least 48"), ("matrix", "<p><strong>At least 48")],
)
def test_a_preview_shows_a_chat_services_own_markup(desk: Desk, part: str, begins: str) -> None:
    code, out, _ = desk.ask("alerts", "preview", "--part", part)
    assert code == 0 and out.startswith(begins)


def test_a_template_of_ones_own_is_used(desk: Desk) -> None:
    desk.template("alert.txt", "OURS: {{ title }} ({{ watch }})\n")
    assert desk.ask("alerts", "preview")[1].startswith("OURS: At least 48 Filipino nationals freed")
    assert desk.ask("check")[0] == 0


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("alert.txt", "{{ title }}\n{{ tilte }}\n", "alert.txt:2: 'tilte' is undefined"),
        ("alert.html", "{% if title %}", "alert.html:1: Unexpected end of template"),
        ("digest.chat", "a\nb\n{{ items[99].title }}", "digest.chat:3: "),
        ("base.html", "{{ ''.__class__ }}", "base.html:1: access to attribute '__class__'"),
        ("alert.chat", "{% for i in range(9) %}{% endfor %}", "alert.chat:1: 'range' is undefined"),
        ("alert.md", "{% include '../nightdesk.toml' %}", "alert.md:1: there is no template ../nightdesk.toml"),
        ("alret.txt", "x", "alret.txt: is the name of no template"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_file_and_line(desk: Desk, name: str, text: str, problem: str) -> None:
    desk.template(name, text)
    code, _, err = desk.ask("check")
    assert code == 78 and problem in err


def test_a_template_that_fails_all_the_same_is_told_plain_and_reported(desk: Desk) -> None:
    desk.template("alert.txt", "{{ 1 // 0 }}")
    with webhook() as hook:
        telling = alerter(desk.room, desk=hook.url, house=House(Templates(desk.folder / "templates")))
        desk.room.story(desk.room.watch(channels=("desk",)))
        telling.decide()
        telling.deliver()
    assert hook.requests[0].json["title"].startswith("At least 215 Chinese nationals freed")
    assert "https://news.example.org/" in hook.requests[0].json["message"]
    details = [row.detail for row in desk.room.rows("SELECT detail FROM findings WHERE kind = 'message_not_rendered'")]
    assert len(details) == 1 and "alert.txt:1: " in details[0]
