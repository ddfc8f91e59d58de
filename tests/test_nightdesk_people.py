"""Who may log in, what their roles let them do, how long a session holds, and how many guesses anybody has."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from core.errors import NotFound, UsageError
from nightdesk import belongings, doctor, handover, people
from nightdesk import tokens as keys
from nightdesk.cli.main import run
from nightdesk.web.access import COOKIE
from nightdesk.web.desk.deeds import is_ours
from nightdesk.web.logins import BY_CLIENT, SPAN
from store import definitions, saved, silences, tokens
from store import people as kept
from store.engine import Store
from tests.alerting import Newsroom
from tests.asking import PASSWORD, Answer, Asker, listening
from tests.conftest import START, FakeClock

WRONG = "wrong horse battery"


def add(store: Store, name: str = "ana", role: str = "editor", password: str = PASSWORD) -> None:
    store.unit(lambda db: people.add(db, name, role, password, "ben", START))


def test_whoever_has_the_password_is_logged_in_and_nobody_else(store: Store) -> None:
    add(store)
    cookie = people.log_in(store, "ana", PASSWORD, None, START)
    assert cookie is not None
    person = people.check(store, cookie, START)
    assert person is not None and (person.name, person.role) == ("ana", "editor")
    assert people.log_in(store, "ana", WRONG, None, START) is None
    assert people.log_in(store, "nobody", PASSWORD, None, START) is None
    assert people.check(store, cookie + "x", START) is None


def test_neither_password_nor_cookie_is_kept(store: Store) -> None:
    add(store)
    cookie = people.log_in(store, "ana", PASSWORD, None, START)
    assert cookie is not None
    with store.read() as db:
        held = str(db.exec_driver_sql("SELECT * FROM users").all() + db.exec_driver_sql("SELECT * FROM sessions").all())
    assert PASSWORD not in held and cookie not in held


def test_the_password_of_the_configuration_makes_the_first_operator_for_as_long_as_it_stands(store: Store) -> None:
    cookie = people.log_in(store, "operator", "of the file 1", "of the file 1", START)
    assert cookie is not None
    person = people.check(store, cookie, START)
    assert person is not None and person.may("operator")
    assert people.log_in(store, "operator", WRONG, "of the file 1", START) is None
    assert people.log_in(store, "operator", "of the file 1", None, START) is None
    assert people.log_in(store, "operator", "", "", START) is None
    store.unit(lambda db: people.set_password(db, "operator", PASSWORD, "operator", START))
    assert people.log_in(store, "operator", "of the file 1", "of the file 1", START) is None
    assert people.log_in(store, "operator", PASSWORD, "of the file 1", START) is not None


def test_a_session_ends_unused_or_old_or_by_its_owner(store: Store) -> None:
    add(store)
    clock = FakeClock()
    first = people.log_in(store, "ana", PASSWORD, None, clock())
    second = people.log_in(store, "ana", PASSWORD, None, clock())
    assert first and second
    for _ in range(4):  # used every day
        clock.advance(days=6)
        assert people.check(store, first, clock()) is not None
    assert people.check(store, second, clock()) is None, "nobody used it for a week"
    clock.advance(days=6, hours=1)
    assert people.check(store, first, clock()) is None, "older than any session"
    third = people.log_in(store, "ana", PASSWORD, None, clock())
    assert third
    people.log_out(store, third, clock())
    assert people.check(store, third, clock()) is None


def test_a_new_password_and_a_removal_end_every_session(store: Store) -> None:
    add(store)
    cookie = people.log_in(store, "ana", PASSWORD, None, START)
    assert cookie
    store.unit(lambda db: people.set_password(db, "ana", "another horse", "ben", START))
    assert people.check(store, cookie, START) is None
    cookie = people.log_in(store, "ana", "another horse", None, START)
    assert cookie
    store.unit(lambda db: people.remove(db, "ana", "ben", START))
    assert people.check(store, cookie, START) is None
    assert people.log_in(store, "ana", "another horse", None, START) is None
    add(store)  # the name is free again, and whoever has it now is somebody else
    assert people.check(store, cookie, START) is None


def test_a_role_changes_with_the_next_request(store: Store) -> None:
    add(store)
    cookie = people.log_in(store, "ana", PASSWORD, None, START)
    assert cookie
    store.unit(lambda db: people.set_role(db, "ana", "reader", "ben", START))
    person = people.check(store, cookie, START)
    assert person is not None and person.may("reader") and not person.may("editor")


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [("Ana B", "reader", PASSWORD), ("", "reader", PASSWORD), ("ana", "boss", PASSWORD), ("ana", "reader", "short")],
)
def test_what_is_no_user_is_refused_with_its_reason(store: Store, name: str, role: str, password: str) -> None:
    with pytest.raises(UsageError):
        add(store, name, role, password)
    with store.read() as db:
        assert not kept.everybody(db)


def test_a_stand_in_sees_what_waits_for_who_is_away_and_only_meanwhile(store: Store) -> None:
    add(store, "ana")
    add(store, "ben")
    until = START + timedelta(days=14)
    store.unit(lambda db: people.go_away(db, "ana", START, until, "ben", "ana", START))
    with store.read() as db:
        assert people.acts_for(db, "ben", START) == ["ben", "ana"]
        assert people.acts_for(db, "ana", START) == ["ana"]
        assert people.acts_for(db, "ben", until) == ["ben"]
    for stand_in in ("ana", "nobody"):
        with pytest.raises(UsageError):
            store.unit(lambda db, who=stand_in: people.go_away(db, "ana", START, until, who, "ana", START))
    store.unit(lambda db: people.come_back(db, "ana", "ana", START))
    with store.read() as db:
        assert people.acts_for(db, "ben", START) == ["ben"]


def test_who_stands_in_is_replaced_when_they_leave_and_a_newcomer_of_the_name_sees_nothing(store: Store) -> None:
    for name in ("ana", "ben", "carla"):
        add(store, name)
    until = START + timedelta(days=14)
    for away in ("ana", "carla"):
        store.unit(lambda db, away=away: people.go_away(db, away, START, until, "ben", away, START))
    store.unit(lambda db: people.remove(db, "ben", "ana", START, "carla"))
    add(store, "ben")
    with store.read() as db:
        assert people.acts_for(db, "ben", START) == ["ben"]
        assert people.acts_for(db, "carla", START) == ["carla", "ana"], "and nobody stands in for themselves"
        removed = next(row for row in kept.deeds_about(db, "ben") if row.what == "user removed")
        assert removed.detail == {"tokens": [], "stood_in_for": ["ana", "carla"], "to": "carla"}
    store.unit(lambda db: people.remove(db, "carla", "ana", START))
    add(store, "carla")
    with store.read() as db:
        assert people.acts_for(db, "carla", START) == ["carla"]


def test_a_newcomer_gets_no_absence_that_an_earlier_release_left(store: Store) -> None:
    add(store, "ana")
    add(store, "ben")
    until = START + timedelta(days=14)
    store.unit(lambda db: people.go_away(db, "ana", START, until, "ben", "ana", START))
    store.unit(lambda db: kept.change(db, "ben", {"removed_at": START}))
    add(store, "ben")
    with store.read() as db:
        assert people.acts_for(db, "ben", START) == ["ben"]


def test_watches_that_a_predecessor_made_are_not_the_newcomers(store: Store, clock: FakeClock) -> None:
    later = START + timedelta(days=1)
    add(store)
    Newsroom(store, clock).watch("releases")
    store.unit(lambda db: db.execute(sa.update(definitions.watches).values(origin="desk")))
    store.unit(lambda db: kept.note_deed(db, "ana", "watch added", "releases", START))
    assert owned(store, "ana") == [("watch", "releases")]
    store.unit(lambda db: people.remove(db, "ana", "ben", START))
    assert owned(store, "ana") == [("watch", "releases")], "what they leave behind"
    store.unit(lambda db: people.add(db, "ana", "editor", PASSWORD, "ben", later))
    assert owned(store, "ana") == []


def test_who_leaves_leaves_a_list_of_what_they_owned(store: Store) -> None:
    add(store)
    later = START + timedelta(days=3)

    def fill(db: object) -> None:
        silences.add(db, "ana", "a drill", START, later, {"topic": "scam_centres"}, START)  # type: ignore[arg-type]
        silences.add(db, "ben", "not theirs", START, later, {"topic": "scam_centres"}, START)  # type: ignore[arg-type]
        tokens.add(db, "anas-sheet", "sheet", "0" * 64, "ana", START)  # type: ignore[arg-type]

    store.unit(fill)
    with store.read() as db:
        assert [(row["what"], row["name"]) for row in belongings.of(db, "ana", START)] == [
            ("silence", "s1"),
            ("token", "anas-sheet"),
        ]
        assert not belongings.of(db, "ana", later)[0]["what"] == "silence"


def leave(store: Store, development: int) -> None:
    """Ana has a query, a silence, a key, and a development that waits for her."""
    later = START + timedelta(days=3)
    with store.write() as db:
        saved.add(db, {"name": "lately", "about": "", "parameters": "", "sql": "SELECT 1"}, "ana", START)
        silences.add(db, "ana", "a drill", START, later, {"topic": "scam_centres"}, START)
        tokens.add(db, "anas-sheet", "sheet", "0" * 64, "ana", START)
        kept.mark(db, development, {"person": "ana"}, "ana", START)


def owned(store: Store, name: str) -> list[tuple[str, str]]:
    with store.read() as db:
        return [(row["what"], row["name"]) for row in belongings.of(db, name, START)]


def test_what_a_leaver_owns_is_handed_over_and_their_keys_end(store: Store, clock: FakeClock) -> None:
    add(store)
    add(store, "ben")
    development = Newsroom(store, clock).story()
    leave(store, development)
    for to in ("ana", "nobody"):
        with pytest.raises(UsageError, match="cannot take over"):
            store.unit(lambda db, to=to: handover.hand_over(db, "ana", to, "ben", START))
    store.unit(lambda db: people.remove(db, "ana", "ben", START))
    assert [what for what, _ in owned(store, "ana")] == ["silence", "development", "query"]
    handed = store.unit(lambda db: handover.hand_over(db, "ana", "ben", "ben", START))
    assert handed == ["lately", f"d{development}", "s1"]
    assert owned(store, "ana") == []
    assert owned(store, "ben") == [("silence", "s1"), ("development", f"d{development}"), ("query", "lately")]
    with store.read() as db:
        assert [row.revoked_by for row in tokens.every(db)] == ["ben"]
    with pytest.raises(NotFound):
        store.unit(lambda db: handover.hand_over(db, "carla", "ben", "ben", START))


def test_tokens_end_with_their_owner_and_not_with_who_made_them(store: Store) -> None:
    add(store)
    add(store, "ben", "operator")

    def make(name: str, by: str, owner: str) -> str:
        return store.unit(lambda db: keys.add(db, name, "read", by, START, owner))

    anas, programs = make("anas-reader", "ben", "ana"), make("prometheus", "ana", "prometheus")
    assert ("token", "anas-reader") in owned(store, "ana") and ("token", "prometheus") not in owned(store, "ana")
    assert store.unit(lambda db: people.remove(db, "ana", "ben", START)) == ["anas-reader"]
    assert keys.check(store, anas, START) is None
    assert keys.check(store, programs, START) == keys.Token("prometheus", "read")
    with store.read() as db:
        done = {row.what: row.detail for row in kept.deeds_about(db, "ana")}
    assert done["user removed"]["tokens"] == ["anas-reader"]
    with pytest.raises(UsageError, match="ana was removed"):
        make("another", "ben", "ana")


def test_a_token_that_its_removed_owner_still_has_is_named(store: Store) -> None:
    later = START + timedelta(days=1)
    add(store)
    store.unit(lambda db: keys.add(db, "anas-reader", "read", "ana", START))
    store.unit(lambda db: kept.change(db, "ana", {"removed_at": later}))  # as a release did that knew no owners
    with store.read() as db:
        assert [row.name for row in tokens.of_leavers(db)] == ["anas-reader"]
    store.unit(lambda db: kept.add(db, "ana", "reader", None, "ben", later + timedelta(days=1)))
    store.unit(lambda db: keys.add(db, "new-reader", "read", "ana", later + timedelta(days=2)))
    with store.read() as db:
        assert [row.name for row in tokens.of_leavers(db)] == ["anas-reader"], "not that of the newcomer"
    (check,) = doctor.tokens_check(["anas-reader"])
    assert check.state == "warn" and "anas-reader" in check.text
    assert doctor.tokens_check([]) == []


def test_a_newcomer_of_a_name_takes_nothing_over(store: Store, clock: FakeClock) -> None:
    add(store)
    leave(store, Newsroom(store, clock).story())
    store.unit(lambda db: people.remove(db, "ana", "ben", START))
    add(store)
    assert owned(store, "ana") == [("silence", "s1")]  # it says who muted, until it ends
    with store.read() as db:
        assert [(row.name, row.owner) for row in saved.everyone(db)] == [("lately", "")]
        assert kept.marked_for(db, ["ana"]) == []
        done = {row.what: row.detail for row in kept.deeds_about(db, "ana")}
    assert done["set free"]["what"] == ["lately", "d1"]


def test_everything_done_to_users_is_on_record(store: Store) -> None:
    add(store)
    store.unit(lambda db: people.set_role(db, "ana", "operator", "ben", START))
    with store.read() as db:
        done = [(row.by, row.what, row.about, row.detail) for row in kept.deeds_about(db, "ana")]
    assert done == [
        ("ben", "role set", "ana", {"role": "operator"}),
        ("ben", "user added", "ana", {"role": "editor"}),
    ]
    with pytest.raises(NotFound):
        store.unit(lambda db: people.set_role(db, "nobody", "reader", "ben", START))


def test_users_are_added_listed_and_removed_by_command(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nightdesk.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.chdir(tmp_path)

    def given(word: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(word + "\n"))

    given(PASSWORD)
    assert run(["users", "add", "ana", "--role", "editor", "--by", "ben"]) == 0
    given(PASSWORD)
    assert run(["users", "add", "ana"]) == 2
    given(PASSWORD)
    assert run(["users", "add", "ben"]) == 0
    assert run(["users", "role", "ana", "operator"]) == 0
    assert run(["users", "away", "ana", "--for", "14d", "--stand-in", "ben"]) == 0
    assert run(["users", "back", "ana"]) == 0
    given("short")
    assert run(["users", "password", "ana"]) == 2
    assert run(["users", "hand-over", "ana", "--to", "nobody"]) == 2
    assert run(["users", "hand-over", "ana", "--to", "ben"]) == 0
    assert run(["users", "remove", "ana", "--to", "ana"]) == 2
    assert run(["tokens", "add", "anas-reader", "--for", "ana", "--by", "ben"]) == 0
    assert run(["tokens", "add", "prometheus", "--for", "prometheus", "--by", "ana"]) == 0
    said = capsys.readouterr().err
    assert "it ends with the login of ana" in said and "prometheus is no user" in said
    assert run(["users", "remove", "ana", "--to", "ben", "--by", "ben"]) == 0
    assert "ana: tokens that ended: anas-reader\n" in capsys.readouterr().err
    assert run(["tokens", "add", "anas-other", "--for", "ana"]) == 2
    assert run(["tokens", "add", "other", "--for", "No Name"]) == 2
    assert run(["users", "remove", "ana"]) == 1
    capsys.readouterr()
    assert run(["users", "list", "--format", "json"]) == 0
    listed = capsys.readouterr().out
    rows = {row["name"]: row for row in json.loads(listed)}
    assert (rows["ana"]["role"], rows["ana"]["state"], rows["ana"]["removed_by"]) == ("operator", "removed", "ben")
    assert (rows["ben"]["role"], rows["ben"]["state"]) == ("reader", "stands")
    assert PASSWORD not in listed and "scrypt" not in listed


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as opened:
        add(opened.app.store)
        yield opened


def try_login(desk: Asker, name: str, password: str, wanted: str = "/", host: str = "") -> Answer:
    """As the form of the page sends it."""
    place = desk.address.removeprefix("http://")
    with closing(HTTPConnection(place, timeout=20)) as connection:
        body = urlencode({"name": name, "password": password, "next": wanted})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection.request("POST", "/login", body, {"Host": host or place, **headers})
        response = connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)


def test_the_login_sets_a_cookie_that_scripts_and_other_sites_never_see(desk: Asker) -> None:
    answer = try_login(desk, "Ana ", PASSWORD, "/?topic=scam_centres")
    assert answer.status == 303 and answer.headers["location"] == "/?topic=scam_centres"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "Secure" not in cookie, "a browser would not send it back over plain HTTP on this machine"
    word = cookie.split(";")[0]
    assert "ana" in desk.ask("/", Cookie=word).text


def test_a_wrong_password_says_no_more_than_that(desk: Asker) -> None:
    wrong, unknown = try_login(desk, "ana", WRONG), try_login(desk, "nobody", WRONG)
    assert wrong.status == unknown.status == 401
    assert wrong.text == unknown.text.replace("nobody", "ana")
    assert "set-cookie" not in wrong.headers


def test_after_too_many_wrong_passwords_nobody_is_asked_for_a_while(desk: Asker) -> None:
    for _ in range(BY_CLIENT):
        assert try_login(desk, "ana", WRONG).status == 401
    assert try_login(desk, "ana", PASSWORD).status == 429
    desk.room.clock.advance(seconds=SPAN.total_seconds() + 1)
    assert try_login(desk, "ana", PASSWORD).status == 303


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", ""])
def test_the_login_leads_nowhere_but_here(desk: Asker, wanted: str) -> None:
    assert try_login(desk, "ana", PASSWORD, wanted).headers["location"] == "/"
    assert not is_ours(wanted)


def test_logging_out_ends_the_session_itself(desk: Asker) -> None:
    word = try_login(desk, "ana", PASSWORD).headers["set-cookie"].split(";")[0]
    person = people.check(desk.app.store, word.partition("=")[2], desk.app.clock())
    assert person is not None
    place = desk.address.removeprefix("http://")
    with closing(HTTPConnection(place, timeout=20)) as connection:
        headers = {"Host": place, "Cookie": word, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/logout", urlencode({"form": person.form}), headers)
        assert connection.getresponse().status == 303
    assert people.check(desk.app.store, word.partition("=")[2], desk.app.clock()) is None


def test_without_any_login_the_page_says_how_to_make_one(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as opened:
        text = opened.ask("/login").text
        assert "nightdesk users add" in text and "<form" not in text
        add(opened.app.store)
        assert "<form" in opened.ask("/login").text
