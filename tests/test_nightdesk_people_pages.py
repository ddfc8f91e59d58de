"""The pages of people: one's own, those of all, and the list of the first hour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from nightdesk import firsthour, people, tokens
from nightdesk.config import load_config
from store import definitions, firsts, pages, silences
from store import people as kept
from store.engine import Store
from tests.alerting import Newsroom, alerter
from tests.asking import PASSWORD, Asker, listening
from tests.conftest import FakeClock
from tests.receivers import Webhook


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("people")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as opened:
        yield opened


def _add(desk: Asker, name: str, role: str = "reader") -> None:
    sent = [("name", name), ("role", role), ("password", PASSWORD)]
    assert desk.do("/people/add", "operator", sent).status == 303


def test_somebody_is_added_gets_a_role_and_leaves_with_a_list(desk: Asker) -> None:
    _add(desk, "ana", "editor")
    clock, store = desk.app.clock, desk.app.store
    assert people.log_in(store, "ana", PASSWORD, None, clock()) is not None
    store.unit(lambda db: tokens.add(db, "anas-sheet", "sheet", "ana", clock()))
    assert desk.do("/people/ana/role", "operator", [("role", "reader")]).status == 303
    assert "anas-sheet" in desk.see("/people/ana", "operator")
    removed = desk.do("/people/ana/remove", "operator")
    assert removed.status == 303 and "anas-sheet" in unquote(removed.headers["set-cookie"])
    with store.read() as db:
        assert {row["name"]: row["revoked_by"] for row in tokens.rows(db)}["anas-sheet"] == "operator.one"
    page = desk.see("/people/ana", "operator")
    for said in ("What they left behind", "role set", "user removed", "operator.one"):
        assert said in page, said
    assert people.log_in(store, "ana", PASSWORD, None, clock()) is None
    assert "Removed (" in desk.see("/people", "operator")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("name", "No Name"), ("role", "reader"), ("password", PASSWORD)], "is no name for a user"),
        ([("name", "cy"), ("role", "reader"), ("password", "short")], "10 characters at least"),
        ([("name", "operator.one"), ("role", "reader"), ("password", PASSWORD)], "There is a user"),
        ([("name", "cy"), ("role", "king"), ("password", PASSWORD)], "There is no role"),
    ],
)
def test_who_cannot_be_added_is_said_why(desk: Asker, fields: list[tuple[str, str]], said: str) -> None:
    answer = desk.do("/people/add", "operator", fields)
    assert answer.status == 409 and said in answer.text and PASSWORD not in answer.text


def test_nobody_locks_themselves_out(desk: Asker) -> None:
    for deed in ("role", "password", "remove"):
        sent = [("role", "reader"), ("password", PASSWORD)]
        assert desk.do(f"/people/operator.one/{deed}", "operator", sent).status == 409
    assert desk.do("/people/nobody/remove", "operator").status == 404


def test_one_sets_ones_own_password_who_knows_the_one_that_holds(desk: Asker) -> None:
    new = [("new", "another long one"), ("again", "another long one")]
    wrong = desk.do("/me/password", "reader", [("old", "not the password"), *new])
    assert wrong.status == 409 and "is another" in wrong.text
    twice = desk.do(
        "/me/password", "reader", [("old", PASSWORD), ("new", "another long one"), ("again", "a typo here")]
    )
    assert twice.status == 409 and "in two ways" in twice.text
    assert desk.do("/me/password", "reader", [("old", PASSWORD), *new]).status == 303
    assert people.log_in(desk.app.store, "reader.one", "another long one", None, desk.app.clock()) is not None
    assert desk.do("/me/back", "reader").status == 401, "every session by the old one has ended"
    desk.app.store.unit(lambda db: people.set_password(db, "reader.one", PASSWORD, "test", desk.app.clock()))
    desk.forget("reader")


def test_whoever_is_away_has_somebody_who_stands_in(desk: Asker) -> None:
    _add(desk, "ben", "editor")
    assert desk.do("/me/away", "editor", [("stand_in", "ben"), ("until", "2026-12-24")]).status == 303
    with desk.app.store.read() as db:
        assert people.acts_for(db, "ben", desk.app.clock()) == ["ben", "editor.one"]
    assert "ben stands in" in desk.see("/me", "editor")
    assert desk.do("/me/back", "editor").status == 303
    assert "Who stands in" in desk.see("/me", "editor")
    for sent in ([("stand_in", "editor.one"), ("until", "2026-12-24")], [("stand_in", "ben"), ("until", "2020-01-01")]):
        assert desk.do("/me/away", "editor", sent).status == 409


def test_a_key_is_made_shown_once_and_revoked_by_whoever_made_it(desk: Asker) -> None:
    shown = desk.do("/me/tokens", "editor", [("name", "my-feed"), ("scope", "feed")])
    start = shown.text.index("<code>nd_") + len("<code>")
    key = shown.text[start : shown.text.index("</code>", start)]
    assert tokens.check(desk.app.store, key, desk.app.clock()) == tokens.Token("my-feed", "feed")
    page = desk.see("/me", "editor")
    assert "my-feed" in page and key not in page
    assert desk.do("/me/tokens/my-feed/revoke", "operator").status == 404
    assert desk.do("/me/tokens/my-feed/revoke", "editor").status == 303
    assert tokens.check(desk.app.store, key, desk.app.clock()) is None
    assert desk.do("/me/tokens", "editor", [("name", "Bad name"), ("scope", "feed")]).status == 409


def test_the_first_hour_says_what_is_still_to_do(desk: Asker) -> None:
    page = desk.see("/start", "reader")
    assert "A test message arrived" in page and "nightdesk db backup FILE" in page and 'href="/watches"' in page


def test_the_first_hour_is_done_step_by_step(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    file = tmp_path / "nightdesk.toml"
    file.write_text(
        'watch = []\n[crawl]\nsources = []\n[operator]\nchannels = ["desk"]\n[channel.desk]\nurl = "json://x/"\n'
    )
    config = load_config(file, {})

    def done() -> list[str]:
        with store.read() as db:
            return [step.title for step in firsthour.steps(db, config) if step.done]

    assert done() == ["Somebody hears what is wrong"]
    room, hook = Newsroom(store, clock), Webhook()
    entry = {"origin": "file", "title": "A", "kind": "feed", "type": "newspaper", "url": "https://a.example/"}
    source = room.insert(definitions.sources, name="a", **entry, definition={}, created_at=clock(), edited_at=clock())
    with store.read() as db:
        assert firsts.sources_read(db) == (1, 0)
    with store.write() as db:
        row = {"source_id": source, "last_ok_at": clock(), "memory": {}}
        db.execute(sa.insert(pages.source_states).values(failures=0, state="ok", **row))
    watch = room.watch(channels=("desk",))
    room.story(watch)
    store.unit(lambda db: people.add(db, "ana", "editor", PASSWORD, "test", clock()))
    telling = alerter(room, desk=hook.url)
    telling.decide()
    telling.deliver()
    telling.test_message("desk")
    hook.close()
    telling.close()
    rest = {"Something watches the desk from outside", "There is a backup"}
    with store.read() as db:
        assert {step.title for step in firsthour.steps(db, config) if not step.done} == rest
        assert kept.standing(db, "ana") is not None


def test_times_are_read_and_days_written_in_a_zone_of_ones_own(desk: Asker) -> None:
    assert desk.do("/me/timezone", "editor", [("timezone", "Pacific/Apia")]).status == 303
    mine, theirs = desk.see("/alerts", "editor"), desk.see("/alerts", "operator")
    assert "Times are of Pacific/Apia" in mine and "Times are of UTC" in theirs
    given = [("watch", "releases"), ("reason", "a drill"), ("until", "2026-10-20")]
    assert desk.do("/silences/add", "editor", given).status == 303
    with desk.app.store.read() as db:
        (row,) = silences.standing(db, desk.app.clock())
    assert f"{row.ends_at:%Y-%m-%d %H:%M}" == "2026-10-20 11:00", "the end of that day in Samoa, 13 hours ahead"
    assert desk.do("/me/timezone", "editor", [("timezone", "")]).status == 303
    assert "Times are of UTC" in desk.see("/alerts", "editor")


def test_a_zone_that_is_none_is_refused_where_it_was_typed(desk: Asker) -> None:
    answer = desk.do("/me/timezone", "editor", [("timezone", "Asia/Bangkock")])
    assert answer.status == 409 and "Asia/Bangkok" in answer.text and 'value="Asia/Bangkock"' in answer.text
