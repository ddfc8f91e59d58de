"""The pages behind the links of a message: what opening one does not do, and what its button does."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from alerts.links import Wish
from core.errors import ConfigError
from nightdesk.app import App
from nightdesk.config import load_config
from nightdesk.house import signer
from nightdesk.page import Page
from nightdesk.web.server import CannotListen, Server, _open
from nightdesk.web.site import make_site
from tests.alerting import Newsroom
from tests.asking import CONFIG as DESK
from tests.asking import PUBLIC, Answer, send
from tests.conftest import START, FakeClock

CONFIG = f"""{DESK}
[channel.phone]
url = "json://127.0.0.1:9/phone"
language = "zh"
detail = "link"
{PUBLIC}listen = "127.0.0.1:0"
"""


class Visitor:
    """A browser without a script, and the desk that it visits."""

    def __init__(self, app: App, room: Newsroom, server: Server) -> None:
        self.app = app
        self.room = room
        self.server = server

    def token(self, action: str = "not_relevant", alert: int = 1, channel: str = "desk") -> str:
        signing = signer(self.app.config)
        assert signing is not None
        return signing.token(Wish(action, alert, channel, self.room.clock() + timedelta(days=30)))  # type: ignore[arg-type]

    def ask(self, method: str, path: str, body: str | None = None, host: str = "", **headers: str) -> Answer:
        sent = headers | ({"Host": host} if host else {})
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return send(self.server.address, method, path, body, sent)

    def open(self, token: str) -> Answer:
        return self.ask("GET", f"/a/{token}")

    def press(self, token: str, **headers: str) -> Answer:
        return self.ask("POST", f"/a/{token}", urlencode({"form": self.open(token).form}), **headers)

    def rulings(self) -> list[tuple[str, str, str, str]]:
        rows = self.room.rows("SELECT kind, what, by, reason FROM rulings ORDER BY id")
        return [tuple(row) for row in rows]

    def silences(self) -> list[tuple[str, int, str, str]]:
        rows = self.room.rows("SELECT watch, development_id, owner, reason FROM silences ORDER BY id")
        return [tuple(row) for row in rows]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def visitor(tmp_path: Path, migrated_sqlite: Path, clock: FakeClock) -> Iterator[Visitor]:
    """A desk with one alert of a development of two articles."""
    file = tmp_path / "nightdesk.toml"
    file.write_text(CONFIG)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nightdesk.db").write_bytes(migrated_sqlite.read_bytes())
    with App.open(load_config(file, {}), "test", clock) as app:
        room = Newsroom(app.store, clock)
        clock.advance(hours=1)
        watch = int(room.rows("SELECT id FROM watches")[0][0])
        development = room.story(watch)
        room.article(development, title="Elsewhere, another matter", outlet="River Times")
        app.alerter.decide()
        server = Server(make_site(app), "127.0.0.1:0")
        server.start()
        try:
            yield Visitor(app, room, server)
        finally:
            server.stop()


def test_opening_a_link_changes_nothing(visitor: Visitor) -> None:
    for action in ("not_relevant", "wrong_development", "mute"):
        answer = visitor.open(visitor.token(action))
        assert answer.status == 200 and answer.form
        assert "At least 215 Chinese nationals freed in Myawaddy" in answer.text
    assert not visitor.rulings() and not visitor.silences()


def test_the_button_says_that_it_is_not_relevant_and_who_said_so(visitor: Visitor) -> None:
    answer = visitor.press(visitor.token())
    assert answer.status == 200 and "nightdesk label d1 --relevant --watch releases" in answer.text
    assert visitor.rulings() == [
        ("relevance", "not relevant for releases", "a reader of desk", "by the link in alert n1")
    ]


def test_who_pressed_is_logged_by_the_word_of_a_trusted_proxy(visitor: Visitor) -> None:
    for trusted in ((), ("127.0.0.1",)):
        web = visitor.app.config.web.model_copy(update={"trusted_proxies": trusted})
        visitor.app.config = visitor.app.config.model_copy(update={"web": web})
        with capture_logs() as logged:
            visitor.press(visitor.token(), X_Forwarded_For="203.0.113.9")
        (asked,) = [line["client"] for line in logged if line["event"] == "reader_asked"]
        assert asked == ("203.0.113.9" if trusted else "127.0.0.1")


def test_pressing_twice_is_pressing_once(visitor: Visitor) -> None:
    for action in ("not_relevant", "mute", "wrong_development"):
        first, second = visitor.press(visitor.token(action)), visitor.press(visitor.token(action))
        assert (first.status, second.status) == (200, 200)
    assert [kind for kind, *_ in visitor.rulings()] == ["relevance", "split", "split"]  # a split is of two developments
    assert len(visitor.silences()) == 1


def test_a_report_in_the_wrong_development_is_taken_out(visitor: Visitor) -> None:
    assert visitor.press(visitor.token("wrong_development")).status == 200
    where = visitor.room.rows("SELECT article_id, development_id FROM development_articles ORDER BY article_id")
    assert [row.development_id for row in where] == [2, 1]
    assert {by for _, _, by, _ in visitor.rulings()} == {"a reader of desk"}


def test_the_only_report_has_nothing_to_be_taken_out_of(visitor: Visitor) -> None:
    visitor.room.story(1)
    visitor.app.alerter.decide()
    token = visitor.token("wrong_development", alert=2)
    answer = visitor.open(token)
    assert "the only report of d2" in answer.text and not answer.form
    assert visitor.press(token).status == 403
    assert len(visitor.room.rows("SELECT id FROM developments")) == 2


def test_a_mute_is_a_silence_with_owner_reason_and_end(visitor: Visitor) -> None:
    answer = visitor.press(visitor.token("mute"))
    assert "nightdesk silences end s1" in answer.text
    assert visitor.silences() == [("releases", 1, "a reader of desk", "by the link in alert n1")]
    visitor.room.change(1, "update", what="figure", old="215", new="400")
    visitor.room.clock.advance(minutes=20)
    visitor.app.alerter.decide()
    assert visitor.room.states()[1:] == ["suppressed"]


def test_without_its_form_a_link_does_nothing(visitor: Visitor) -> None:
    token = visitor.token()
    for body in ("", "form=", "form=x", f"form={token}", urlencode({"form": visitor.open(visitor.token("mute")).form})):
        assert visitor.ask("POST", f"/a/{token}", body).status == 403
    assert not visitor.rulings()


def test_another_site_cannot_press_the_button(visitor: Visitor) -> None:
    assert visitor.press(visitor.token(), Sec_Fetch_Site="cross-site").status == 403
    assert visitor.press(visitor.token(), Sec_Fetch_Site="same-origin").status == 200


def test_a_page_offers_the_other_wishes(visitor: Visitor) -> None:
    answer = visitor.open(visitor.token())
    others = re.findall(r'<a href="([^"]+)">', answer.text)
    assert len(others) == 2
    assert all(visitor.open(other).status == 200 for other in others)


def test_a_channel_that_may_be_told_little_is_shown_little_in_its_language(visitor: Visitor) -> None:
    answer = visitor.open(visitor.token(channel="phone"))
    assert '<html lang="zh">' in answer.text and "是，不相关" in answer.text
    assert "Myawaddy" not in answer.text and "妙瓦底" not in answer.text


def test_an_old_link_says_that_it_is_old(visitor: Visitor) -> None:
    token = visitor.token()
    visitor.room.clock.advance(days=31)
    answer = visitor.open(token)
    assert answer.status == 410 and "expired" in answer.text
    assert visitor.press(token).status == 410
    assert not visitor.rulings()


@pytest.mark.parametrize("path", ["/a/x", "/a/", "/a/r1.desk.6b31a680.xxxxxxxxxxxxxxxxxxxxxxxxxxx", "/b", "/a/b/c"])
def test_what_is_no_link_of_ours_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.ask("GET", path).status == 404


def test_a_link_to_an_alert_that_is_not_there_is_not_found(visitor: Visitor) -> None:
    assert visitor.open(visitor.token(alert=99)).status == 404


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/a/x"), ("PUT", "/healthz"), ("POST", "/healthz")])
def test_other_methods_are_refused(visitor: Visitor, method: str, path: str) -> None:
    assert visitor.ask(method, path).status == 405


@pytest.mark.parametrize("host", ["evil.example", "desk.example.org.evil.example", "", "127.0.0.1.nip.io"])
def test_another_name_is_not_answered(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", "/healthz", host=host or "-").status == 400


@pytest.mark.parametrize("host", ["desk.example.org", "DESK.example.org:443", "localhost:8400", "[::1]:8400"])
def test_its_own_names_are(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", "/healthz", host=host).status == 200


def test_every_answer_lets_a_page_do_nothing_but_this(visitor: Visitor) -> None:
    for path in ("/healthz", "/nothing", f"/a/{visitor.token()}"):
        headers = visitor.ask("GET", path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';")
        assert "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
    assert "<script" not in visitor.open(visitor.token()).text


def test_the_link_to_the_desk_leads_a_stranger_to_the_login_and_no_further(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/developments/1", Accept="text/html")
    assert answer.status == 303 and answer.headers["location"] == "/login?next=%2Fdevelopments%2F1"
    assert "Myawaddy" not in answer.text
    assert visitor.ask("GET", "/developments/x").status == 404


def test_a_page_finds_its_style(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/desk.css")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/css")


def test_hostile_words_stay_words(visitor: Visitor) -> None:
    with visitor.app.store.write() as db:
        db.exec_driver_sql("UPDATE article_versions SET title = '<script>alert(1)</script>'")
        db.exec_driver_sql("UPDATE facts SET place = '<img src=x>' WHERE kind = 'place'")
    text = visitor.open(visitor.token()).text
    assert "<img" not in text and "<script" not in text and "&lt;img" in text


def test_a_large_body_is_not_read(visitor: Visitor) -> None:
    assert visitor.ask("POST", f"/a/{visitor.token()}", "form=" + "x" * 70_000).status == 413


def test_an_address_that_is_taken_is_named(visitor: Visitor) -> None:
    taken = visitor.server.address.removeprefix("http://")
    with pytest.raises(CannotListen, match=rf"web\.listen {taken}: Address already in use"):
        Server(make_site(visitor.app), taken).start()


def test_it_stops(visitor: Visitor) -> None:
    visitor.server.stop()
    assert not visitor.server.is_alive
    with pytest.raises(ConnectionRefusedError):
        visitor.ask("GET", "/healthz")


def test_a_page_that_cannot_open_is_a_finding_until_it_can(visitor: Visitor) -> None:
    taken = visitor.server.address.removeprefix("http://")
    web = visitor.app.config.web.model_copy(update={"listen": taken})
    visitor.app.config = visitor.app.config.model_copy(update={"web": web})
    page = Page(visitor.app)
    asyncio.run(page.open())
    findings = "SELECT kind, subject, severity, ended_at FROM findings WHERE kind = 'web_closed'"
    assert [tuple(row) for row in visitor.room.rows(findings)] == [("web_closed", taken, "daily", None)]
    visitor.server.stop()
    asyncio.run(page.open())
    assert visitor.ask("GET", "/healthz").status == 200
    assert [row.ended_at is not None for row in visitor.room.rows(findings)] == [True]
    asyncio.run(page.close())


@pytest.mark.parametrize("listen", ["0.0.0.0:8400", "192.168.1.5:80", "[::]:8400", "desk.example.org:443"])
def test_listening_beyond_this_machine_needs_a_password(tmp_path: Path, listen: str) -> None:
    file = tmp_path / "nightdesk.toml"
    file.write_text(f'[crawl]\nsources = []\n[web]\nlisten = "{listen}"\n')
    with pytest.raises(ConfigError, match="listens beyond this machine") as raised:
        load_config(file, {})
    assert "set web.password" in str(raised.value)
    file.write_text(f'[crawl]\nsources = []\n[web]\nlisten = "{listen}"\npassword = "correct horse"\n')
    assert load_config(file, {}).web.listen == listen


def test_no_answer_is_held_back_until_its_head_is_acknowledged() -> None:
    with closing(_open("127.0.0.1", 0, "127.0.0.1:0")) as door:
        client = socket.create_connection(door.getsockname())
        with closing(client), closing(door.accept()[0]) as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
