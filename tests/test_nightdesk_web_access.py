"""Who may read from outside: every route of the table, asked in every way that must not open it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.routing import Route

from core.errors import NotFound, UsageError
from nightdesk import people, tokens
from nightdesk.cli.main import run
from nightdesk.settings.sections import WebConfig
from nightdesk.web.access import BY_ADDRESS, COOKIE, FORWARDING, OPEN, Asked, decide, is_private
from nightdesk.web.desk.deeds import Deed, Look
from store.engine import Store
from tests.asking import PUBLIC, Asker, listening
from tests.conftest import START, FakeClock

#: A way to fill each kind of parameter that a path has.
_FILLED = {"{id:int}": "1", "{token:str}": "x", "{id:str}": "1", "{name:str}": "x", "{form:str}": "md"}
_READ, _FEED = tokens.Token("ana", "read"), tokens.Token("ana", "feed")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[Asker, Asker]]:
    """A desk for this machine alone, and one that has an address for others."""
    with ExitStack() as opened:
        made = []
        for more in ("", PUBLIC):
            folder = tmp_path_factory.mktemp("desk")
            (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
            url = f"sqlite:///{folder}/desk.db"
            made.append(opened.enter_context(listening(folder, url, FakeClock(), more)))
        yield made[0], made[1]


def every_path(desk: Asker) -> list[tuple[str, str]]:
    """Each address of the table: as it stands there, and as one asks for it."""
    return sorted({(route.path, path) for route, path in every_route(desk)})


def pages(desk: Asker) -> list[tuple[str, str]]:
    """What anybody may read who may read at all."""
    return [
        (route.path, path)
        for route, path in every_route(desk)
        if route.path not in OPEN and "GET" in (route.methods or ()) and getattr(route, "role", None) is None
    ]


def deeds(desk: Asker) -> list[tuple[Deed, str]]:
    """What changes something."""
    return [(route, path) for route, path in every_route(desk) if isinstance(route, Deed)]


def every_route(desk: Asker) -> list[tuple[Route, str]]:
    """Each route of the table, and how one asks for it."""
    found = []
    for route in desk.site.routes:
        assert isinstance(route, Route), f"{route}: access knows only plain routes"
        path = route.path
        for name, value in _FILLED.items():
            path = path.replace(name, value)
        assert "{" not in path, f"{route.path}: say how to fill it in _FILLED"
        found.append((route, path))
    return found


def test_little_is_open_and_all_of_it_is_there(desks: tuple[Asker, Asker]) -> None:
    table = {path for path, _ in every_path(desks[1])}
    assert table >= OPEN and table >= BY_ADDRESS.keys()
    assert not OPEN & BY_ADDRESS.keys()


def test_no_route_opens_without_a_token_that_holds(desks: tuple[Asker, Asker]) -> None:
    _, public = desks
    revoked = public.token("gone")
    public.app.store.unit(lambda db: tokens.revoke(db, "gone", "ana", START))
    for route, path in pages(public):
        for key in ("", "nd_wrong", "wrong", revoked, revoked[:-1]):
            answer = public.ask(path, key)
            assert answer.status == 401 and "token" in answer.text, (route, key)
            assert "Bearer" in answer.headers["www-authenticate"]
            assert public.ask(f"{path}?token={key}").status == 401, (route, key)


def test_on_this_machine_alone_reading_is_free_but_not_with_a_wrong_token(desks: tuple[Asker, Asker]) -> None:
    private, _ = desks
    for route, path in pages(private):
        assert private.ask(path).status not in (401, 403), route
        assert private.ask(path, "nd_wrong").status == 401, route


def test_a_forwarding_header_makes_everything_need_a_token(desks: tuple[Asker, Asker]) -> None:
    private, _ = desks
    key = private.token("proxied")
    for route, path in pages(private):
        for header in FORWARDING:
            assert private.ask(path, **{header: "203.0.113.9"}).status == 401, (route, header)
            assert private.ask(path, key, **{header: "203.0.113.9"}).status not in (401, 403), (route, header)


def test_no_route_answers_to_another_name(desks: tuple[Asker, Asker]) -> None:
    private, public = desks
    for desk in (private, public):
        key = desk.token("named")
        for route, path in every_path(desk):
            for host in ("evil.example", "127.0.0.1.evil.example", "-"):
                assert desk.ask(path, key, Host=host).status == 400, (route, host)


def test_no_route_takes_a_post_from_another_site(desks: tuple[Asker, Asker]) -> None:
    private, public = desks
    for desk in (private, public):
        key = desk.token("posting")
        for route, path in every_path(desk):
            for headers in (
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Origin": "http://e.x"},
            ):
                assert desk.ask(path, key, "POST", **headers).status == 403, (route, headers)
                assert desk.ask(path, "", "POST", **headers).status == 403, (route, headers)


def test_nothing_that_reads_takes_a_post_at_all(desks: tuple[Asker, Asker]) -> None:
    private, _ = desks
    changing = {route.path for route, _ in deeds(private)}
    for route, path in pages(private):
        methods = ("PUT", "DELETE") if route in changing else ("POST", "PUT", "DELETE")
        assert {private.ask(path, "", method).status for method in methods} == {403}, route


def test_nobody_does_anything_without_a_login_not_even_here(desks: tuple[Asker, Asker]) -> None:
    for desk in desks:
        key = desk.token("doing")
        for route, path in deeds(desk):
            assert desk.ask(path, "", "POST").status == 401, route
            assert desk.ask(path, "", "POST", Cookie=f"{COOKIE}=made-up").status == 401, route
            assert desk.ask(path, key, "POST").status == 403, f"{route}: a token only reads"
            assert desk.ask(path, "nd_wrong", "POST").status == 401, route


def test_a_deed_needs_its_role_and_a_form_of_ours(desks: tuple[Asker, Asker]) -> None:
    for desk in desks:
        cookies = {role: desk.log_in(role) for role in people.ROLES}
        for route, path in deeds(desk):
            for role in people.ROLES:
                answer = desk.ask(path, "", "POST", Cookie=f"{COOKIE}={cookies[role]}")
                enough = people.ROLES.index(role) >= people.ROLES.index(route.role)
                assert answer.status == 403, (route, role)
                assert ("form is too old" in answer.text) is enough, (route, role)


def test_no_deed_is_done_for_another_site_whoever_is_logged_in(desks: tuple[Asker, Asker]) -> None:
    for desk in desks:
        cookie = desk.log_in("operator")
        for route, path in deeds(desk):
            sent = {"Cookie": f"{COOKIE}={cookie}", "Sec_Fetch_Site": "cross-site"}
            answer = desk.ask(path, "", "POST", **sent)
            assert answer.status == 403 and "Another site" in answer.text, route


def test_a_page_for_some_is_for_nobody_else(desks: tuple[Asker, Asker]) -> None:
    private, _ = desks
    reader = private.log_in("reader")
    for route, path in every_route(private):
        if isinstance(route, Look):
            assert private.ask(path).status == 401, route
            if route.role != "reader":
                assert private.ask(path, Cookie=f"{COOKIE}={reader}").status == 403, route


def test_another_site_cannot_embed_what_this_machine_may_read(desks: tuple[Asker, Asker]) -> None:
    private, _ = desks
    for route, path in pages(private):
        assert private.ask(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403, route


def test_a_browser_that_may_not_read_is_led_to_the_login_and_back(desks: tuple[Asker, Asker]) -> None:
    _, public = desks
    answer = public.ask("/?topic=scam_centres", Accept="text/html")
    assert answer.status == 303 and answer.headers["location"] == "/login?next=%2F%3Ftopic%3Dscam_centres"
    linked = public.ask("/", Accept="text/html", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert linked.status == 200 and 'http-equiv="refresh"' in linked.text, "a mail's link comes without the cookie"
    assert public.ask("/", Accept="text/html", Cookie=f"{COOKIE}={public.log_in('reader')}").status == 200


def test_every_route_has_its_headers_whatever_it_answers(desks: tuple[Asker, Asker]) -> None:
    for desk in desks:
        for route, path in every_path(desk):
            headers = desk.ask(path).headers
            assert headers["content-security-policy"].startswith("default-src 'none'"), route
            assert headers["x-content-type-options"] == "nosniff", route


def test_what_is_not_there_is_not_there_for_anybody(desks: tuple[Asker, Asker]) -> None:
    assert [desk.ask("/nothing").status for desk in desks] == [404, 404]


@pytest.mark.parametrize(
    ("web", "private"),
    [
        ({}, True),
        ({"listen": "[::1]:80"}, True),
        ({"public_url": "https://desk.example.org"}, False),
        ({"trusted_proxies": ["127.0.0.1"]}, False),
        ({"listen": "0.0.0.0:80", "password": "correct horse"}, False),
    ],
)
def test_only_a_desk_that_nobody_else_can_reach_is_private(web: dict[str, str], private: bool) -> None:
    assert is_private(WebConfig.model_validate(web)) is private


@pytest.mark.parametrize(
    ("asked", "token", "status"),
    [
        (Asked("/metrics", "GET", {}), _READ, None),
        (Asked("/metrics", "GET", {}), _FEED, 403),
        (Asked("/feed.atom", "GET", {}), _FEED, None),
        (Asked("/feed.atom", "GET", {}), tokens.Token("ana", "sheet"), 403),
        (Asked("/api/v1/queries/{name:str}.csv", "GET", {}), tokens.Token("ana", "sheet"), None),
        (Asked("/api/v1/queries/{name:str}.csv", "GET", {}), _FEED, 403),
        (Asked("/feed.atom", "GET", {}), None, 401),
        (Asked("/feed.atom", "POST", {}), _READ, 403),
        (Asked("", "GET", {}), None, 401),  # a route of a kind that nobody thought of
        (Asked("/healthz", "GET", {}), None, None),
        (Asked("/healthz", "GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}), None, None),
        (Asked("/a/{token:str}", "POST", {"origin": "null"}), None, None),
        (
            Asked("/a/{token:str}", "POST", {"origin": "https://desk.example.org", "host": "desk.example.org"}),
            None,
            None,
        ),
        (Asked("/a/{token:str}", "POST", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}), None, 403),
    ],
)
def test_one_place_decides(asked: Asked, token: tokens.Token | None, status: int | None) -> None:
    refused = decide(asked, False, token)
    assert (refused.status if refused else None) == status


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer nd_x", "nd_x"),
        ("bearer  nd_x ", "nd_x"),
        ("Basic " + base64.b64encode(b"anybody:nd_x").decode(), "nd_x"),
        ("Basic " + base64.b64encode(b"nd_x").decode(), ""),
        ("Basic %%%", ""),
        ("Digest username=x", ""),
        ("", None),
    ],
)
def test_a_key_comes_as_bearer_or_as_the_password_of_anybody(header: str, key: str | None) -> None:
    assert Asked("/feed.atom", "GET", {"authorization": header} if header else {}).key == key


def test_a_key_in_the_address_counts_where_a_feed_reader_asks() -> None:
    assert Asked("/feed.atom", "GET", {}, "q=x&token=nd_x").key == "nd_x"
    assert Asked("/metrics", "GET", {}, "token=nd_x").key is None


def test_a_feed_reader_may_have_the_key_in_its_address(desks: tuple[Asker, Asker]) -> None:
    _, public = desks
    for scope in ("read", "feed"):
        key = public.token(f"by-address-{scope}", scope)
        assert public.ask(f"/feed.atom?token={key}").status == 200
        assert public.ask(f"/api/v1/sources?token={key}").status == 401


def test_a_key_is_kept_only_as_its_hash(store: Store) -> None:
    key = store.unit(lambda db: tokens.add(db, "anas-reader", "read", "ana", START))
    with store.read() as db:
        kept = str(db.exec_driver_sql("SELECT * FROM tokens").all()) + str(tokens.rows(db))
    assert key.startswith("nd_") and len(key) > 40
    assert key not in kept and key.removeprefix("nd_") not in kept


def test_a_token_holds_until_it_is_revoked_and_its_last_use_is_known(store: Store) -> None:
    clock = FakeClock()
    key = store.unit(lambda db: tokens.add(db, "anas-reader", "feed", "ana", clock()))
    for _ in range(3):
        clock.advance(seconds=50)
        assert tokens.check(store, key, clock()) == tokens.Token("anas-reader", "feed")
    assert tokens.check(store, key + "x", clock()) is None
    store.unit(lambda db: tokens.revoke(db, "anas-reader", "ben", clock()))
    assert tokens.check(store, key, clock()) is None
    with store.read() as db:
        (row,) = tokens.rows(db)
    assert (row["state"], row["created_by"], row["revoked_by"], row["revoked_at"]) == ("revoked", "ana", "ben", clock())
    assert (row["used_at"] - START).total_seconds() == 150  # the second use came too soon to be written


def test_a_name_stands_once_and_is_free_again(store: Store) -> None:
    def make(name: str, scope: str = "read") -> str:
        return store.unit(lambda db: tokens.add(db, name, scope, "ana", START))

    first = make("sheet")
    for name, scope in (("sheet", "read"), ("Ana's", "read"), ("", "read"), ("other", "write")):
        with pytest.raises(UsageError):
            make(name, scope)
    store.unit(lambda db: tokens.revoke(db, "sheet", "ana", START))
    with pytest.raises(NotFound):
        store.unit(lambda db: tokens.revoke(db, "sheet", "ana", START))
    assert make("sheet") != first
    assert tokens.check(store, first, START) is None


def test_tokens_are_made_listed_and_revoked_by_command(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nightdesk.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run(["tokens", "add", "anas-reader", "--scope", "feed", "--by", "ana"]) == 0
    said = capsys.readouterr()
    key = said.out.strip()
    assert key.startswith("nd_") and key not in said.err
    assert run(["tokens", "add", "anas-reader"]) == 2
    assert run(["tokens", "revoke", "anas-reader", "--by", "ben"]) == 0
    assert run(["tokens", "revoke", "anas-reader"]) == 1
    capsys.readouterr()
    assert run(["tokens", "list", "--format", "json"]) == 0
    listed = capsys.readouterr().out
    (row,) = json.loads(listed)
    assert (row["name"], row["scope"], row["state"], row["used_at"]) == ("anas-reader", "feed", "revoked", None)
    assert (row["owner"], row["created_by"], row["revoked_by"]) == ("ana", "ana", "ben")
    assert key not in listed
