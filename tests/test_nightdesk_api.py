"""The API: what is on record for programs, page by page, and every mistake answered with the name of its parameter."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator
from sqlalchemy.exc import OperationalError

from nightdesk.web.api import parameters, problems, summaries
from nightdesk.web.api.parameters import PAGE
from nightdesk.web.api.resources import RESOURCES, Resource
from store import definitions, interactions, saved, search
from store.engine import Store
from tests.alerting import Newsroom
from tests.asking import PUBLIC, Asker, listening
from tests.conftest import START, FakeClock

BY_NAME = {resource.name: resource for resource in RESOURCES}
UTC = ZoneInfo("UTC")
FREED = "215 people were freed"


def furnish(room: Newsroom, watch: int, count: int = 7) -> None:
    """Developments with everything that the API tells of."""
    source = room.insert(
        definitions.sources,
        name="border-post",
        origin="desk",
        title="Border Post",
        kind="feed",
        type="newspaper",
        url="https://news.example.org/rss",
        language="en",
        country="TH",
        definition={},
        created_at=START,
        edited_at=START,
    )
    assert source
    for number in range(count):
        room.clock.advance(minutes=1)
        development = room.story(watch, title=f"{number} freed near the river")
        for stage in ("planned", "done"):
            room.insert(
                interactions.interactions,
                development_id=development,
                actor_country="CN",
                host_country="FJ",
                type="police_training",
                stage=stage,
                persons=12.0,
            )
        with room.store.write() as db:
            search.index_article(db, number + 1, "215 freed from compound", "Guards opened the gate at dawn.")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as asker:
        furnish(asker.room, int(asker.room.rows("SELECT id FROM watches")[0][0]))
        asker.app.alerter.decide()
        yield asker


def walk(desk: Asker, name: str, **asked: Any) -> list[dict[str, Any]]:
    """Every row of a listing, a page at a time."""
    found: list[dict[str, Any]] = []
    following: dict[str, str] = {}
    for _ in range(50):
        answer = desk.ask(f"/api/v1/{name}?{urlencode({**asked, **following})}")
        assert answer.status == 200, answer.text
        found += answer.json["items"]
        if answer.json["next"] is None:
            return found
        following = {"after": answer.json["next"]}
    raise AssertionError("it never ends")


def needs(name: str) -> dict[str, str]:
    return {"q": "gate"} if name == "search" else {}


@pytest.mark.parametrize("name", BY_NAME)
def test_pages_of_any_length_give_the_same_rows(desk: Asker, name: str) -> None:
    whole = desk.ask(f"/api/v1/{name}?{urlencode(needs(name))}").json
    assert whole["items"] and whole["next"] is None
    for limit in (1, 2, 3):
        assert walk(desk, name, limit=limit, **needs(name)) == whole["items"]
    if parameters.ORDER in BY_NAME[name].parameters and name != "interactions":
        assert walk(desk, name, limit=2, order="oldest") == whole["items"][::-1]


def test_what_comes_in_between_two_pages_neither_repeats_nor_hides_a_row(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    watch = room.watch()
    furnish(room, watch, 6)
    for name, resource in BY_NAME.items():
        if name in ("sources", "watches", "deliveries", "alerts"):
            continue
        seen: list[str] = []
        following: dict[str, str] = {}
        before = len(page_of(store, resource, {**needs(name), "limit": "500"}).items)
        while True:
            found = page_of(store, resource, {**needs(name), "limit": "2", **following})
            seen += [str(row) for row in found.items]
            if not found.next:
                break
            following = {"after": found.next}
            clock.advance(minutes=1)
            room.story(watch, title="Later news")
        assert len(seen) == len(set(seen)) == before, name


def page_of(store: Store, resource: Resource, asked: dict[str, str]) -> Any:
    given_ = parameters.read(asked.items(), resource.parameters, START, UTC)
    with store.read() as db:
        return resource.page(db, given_, START)


#: A value that each parameter can be read from.
_VALUES = {
    "topic": "scam_centres",
    "event": "rescue_release",
    "country": "mm",
    "source": "border-post",
    "lang": "en",
    "since": "90d",
    "until": "2026-12-01",
    "watch": "releases",
    "channel": "desk",
    "state": "sent",
    "order": "oldest",
    "limit": "3",
    "rank": "best",
    "q": "gate",
}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_parameter_of_every_listing_is_answered_on_both_engines(
    store: Store, clock: FakeClock, name: str
) -> None:
    room, resource = Newsroom(store, clock), BY_NAME[name]
    furnish(room, room.watch(), 2)
    for parameter in resource.parameters:
        if parameter.name != "after":
            page_of(store, resource, {**needs(name), parameter.name: _VALUES[parameter.name]})
    page_of(store, resource, {one.name: _VALUES[one.name] for one in resource.parameters if one.name != "after"})


def test_filters_leave_out_what_they_leave_out_for_the_command(desk: Asker) -> None:
    def count(path: str) -> int:
        return len(desk.ask(f"/api/v1/{path}").json["items"])

    assert count("developments?topic=scam_centres") == 7 and count("developments?topic=overseas_policing") == 0
    assert count("facts?country=MM") == 7 and count("interactions?event=police_training") == 14
    assert count("alerts?watch=releases") == 7 and count("alerts?watch=other") == 0
    assert count("developments?since=2026-10-13T06:03Z") == 5
    assert count("search?q=gate") == 7 and count("search?q=nothing") == 0


@pytest.mark.parametrize(
    "path",
    ["developments/1", "developments/d1", "articles/a2", "facts/f1", "alerts/n1", "changes/1", "deliveries/1",
     "watches/releases", "sources/border-post"],
)  # fmt: skip
def test_one_of_each_is_found_by_its_id_or_name(desk: Asker, path: str) -> None:
    answer = desk.ask(f"/api/v1/{path}")
    assert answer.status == 200
    assert re.sub(r"\D", "", path) in str(answer.json.get("id", ""))
    told = desk.ask("/api/v1/openapi.json").json
    name = path.partition("/")[0]
    (one,) = [what["get"] for at, what in told["paths"].items() if at.startswith(f"/api/v1/{name}/")]
    schema = one["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": told["components"]}).validate(answer.json)


def test_an_article_has_its_text_and_a_listing_has_not(desk: Asker) -> None:
    assert desk.ask("/api/v1/articles/1").json["text"] == "Guards opened the gate at dawn."
    assert all("text" not in row for row in desk.ask("/api/v1/articles").json["items"])


@pytest.mark.parametrize("path", ["developments/999", "changes/999", "sources/none", "watches/none", "alerts/n99"])
def test_what_is_not_there_is_said_to_be_missing(desk: Asker, path: str) -> None:
    answer = desk.ask(f"/api/v1/{path}")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert path.partition("/")[2].lstrip("n") in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("developments?colour=red", "colour"),
        ("developments?topic=a&topic=b", "topic"),
        ("developments?topic=", "topic"),
        ("developments?topic=%00", "topic"),
        ("developments?limit=0", "limit"),
        ("developments?limit=501", "limit"),
        ("developments?limit=ten", "limit"),
        ("developments?limit=%D9%A3", "limit"),
        ("developments?country=Thailand", "country"),
        ("developments?since=yesterday", "since"),
        ("developments?since=0001-01-01T00:00%2B14:00", "since"),
        ("developments?until=9999-12-31", "until"),
        ("developments?after=x", "after"),
        ("developments?after=99999999999999999999", "after"),
        ("developments?order=best", "order"),
        ("interactions?after=5", "after"),
        ("alerts?state=lost", "state"),
        ("sources?topic=x", "topic"),
        ("search", "q"),
        ("search?q=" + "x" * 2001, "q"),
        ("search?q=(freed", "q"),
        ("developments/x", "id"),
        ("developments/a1", "id"),
        ("developments/99999999999999999999", "id"),
        ("sources/%00", "name"),
        ("developments/1?topic=x", "topic"),
    ],
)
def test_a_mistake_is_answered_with_its_parameter(desk: Asker, path: str, parameter: str) -> None:
    answer = desk.ask(f"/api/v1/{path}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json["parameter"] == parameter and answer.json["detail"]


def test_a_mistake_in_a_query_has_its_position(desk: Asker) -> None:
    assert desk.ask("/api/v1/search?q=" + quote("freed AND (gate")).json["position"] == 10


def test_a_cursor_of_another_search_is_refused(desk: Asker) -> None:
    answer = desk.ask("/api/v1/search?q=gate&after=zzz")
    assert answer.status == 400 and answer.json["parameter"] == "after"


def test_a_database_that_does_not_answer_is_said_so_without_what_was_asked() -> None:
    told = problems.answer(OperationalError("SELECT secret", {}, Exception("server closed the connection")))
    assert told is not None and told.status_code == 503
    assert b"secret" not in told.body and b"closed" not in told.body
    assert problems.answer(ZeroDivisionError()) is None


def test_the_document_is_openapi_and_true(desk: Asker) -> None:
    told = desk.ask("/api/v1/openapi.json").json
    assert told["openapi"].startswith("3.1")
    routes = {route.path.replace(":str", "") for route in desk.site.routes if "/api/v1/" in route.path}  # type: ignore[attr-defined]
    assert set(told["paths"]) == routes - {"/api/v1/openapi.json"}
    for name, resource in BY_NAME.items():
        schema = told["paths"][f"/api/v1/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": told["components"]}
        Draft202012Validator.check_schema(whole)
        answer = desk.ask(f"/api/v1/{name}?{urlencode(needs(name))}").json
        assert answer["items"], name
        Draft202012Validator(whole).validate(answer)
        columns = set(
            told["components"]["schemas"]["Hit" if name == "search" else resource.noun.capitalize()]["properties"]
        )
        assert all(set(row) == columns for row in answer["items"]), name


def test_facets_count_what_a_search_finds(desk: Asker) -> None:
    told = desk.ask("/api/v1/openapi.json").json
    path = told["paths"]["/api/v1/facets"]["get"]
    answer = desk.ask("/api/v1/facets?q=gate").json
    schema = path["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": told["components"]}).validate(answer)
    assert (answer["articles"], answer["whole"]) == (7, True)
    assert answer["counts"]["language"] == {"en": 7} and answer["counts"]["month"] == {"2026-10": 7}
    assert desk.ask("/api/v1/facets?q=gate&since=2026-10-13T06:03Z").json["articles"] < 7
    assert desk.ask("/api/v1/facets").json["parameter"] == "q"
    assert desk.ask("/api/v1/facets?q=" + quote("freed AND (gate")).json["position"] == 10


def test_a_named_query_is_rows_too(desk: Asker) -> None:
    kept = {"name": "lately", "about": "", "parameters": "since: day = 9d", "sql": "SELECT title AS it, :since AS at"}
    kept["sql"] += " FROM developments_v ORDER BY id"
    desk.app.store.unit(lambda db: saved.add(db, kept, "ana", START))
    answer = desk.ask("/api/v1/queries/lately.json?since=2026-10-01").json
    assert answer["items"][0] == {"it": "0 freed near the river", "at": "2026-10-01T00:00:00Z"}
    assert (len(answer["items"]), answer["next"], answer["cut"]) == (7, None, None)
    assert desk.ask("/api/v1/queries/nobody.json").status == 404
    assert desk.ask("/api/v1/queries/lately.json?since=soon").json["parameter"] == "since"


@pytest.mark.parametrize("form", summaries.FORMS)
def test_a_brief_is_a_file_of_the_form_that_was_asked_for(desk: Asker, form: str) -> None:
    answer = desk.ask(f"/api/v1/brief.{form}?watch=releases")
    assert (answer.status, answer.headers["content-type"]) == (200, summaries.FORMS[form][1])
    assert re.fullmatch(rf'attachment; filename="brief-2026-10-13\.{form}"', answer.headers["content-disposition"])
    if form == "docx":
        assert answer.body.startswith(b"PK")
    else:
        assert "215 " in answer.text


def test_a_brief_is_of_seven_days_and_not_longer_than_anybody_waits_for(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = desk.ask("/api/v1/brief.md?watch=releases&topic=scam_centres").text
    assert "Watch: releases" in told and "Topic: scam" in told and "6 Oct 2026" in told
    assert desk.ask("/api/v1/brief.pdf").status == 404
    assert desk.ask("/api/v1/brief.md?watch=nobody").status == 404
    assert desk.ask("/api/v1/brief.md?since=soon").json["parameter"] == "since"
    monkeypatch.setattr(summaries, "MOST", 6)
    refused = desk.ask("/api/v1/brief.md")
    assert refused.status == 400 and "more than 6 developments" in refused.json["detail"]


def test_the_seven_days_of_a_brief_are_those_before_its_end(desk: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.room.clock, "now", START + timedelta(days=30))
    told = desk.ask("/api/v1/brief.md?until=2026-10-14").text
    assert FREED in told and "8 Oct 2026" in told
    assert FREED not in desk.ask("/api/v1/brief.md?until=2026-10-12").text
    assert FREED not in desk.ask("/api/v1/brief.md?until=2026-12-31").text  # which has not come yet: of the last seven
    assert desk.ask("/api/v1/brief.md?until=0001-01-02").status == 200


def test_the_desk_offers_a_brief_of_what_it_shows(desk: Asker) -> None:
    assert 'href="/api/v1/brief.docx"' in desk.ask("/", Accept="text/html").text
    shown = desk.ask("/?country=MM&since=2026-10-01").text
    assert 'href="/api/v1/brief.docx?country=MM&amp;since=2026-10-01T00%3A00%3A00Z"' in shown


def test_a_brief_is_of_the_days_that_its_reader_sees_in_a_zone_of_their_own(desk: Asker) -> None:
    assert desk.do("/me/timezone", "editor", [("timezone", "Asia/Bangkok")]).status == 303
    shown = desk.see("/?since=2026-10-02&until=2026-10-13", "editor")
    (link,) = re.findall(r'href="(/api/v1/brief\.md[^"]*)"', shown)
    assert parse_qsl(urlsplit(unescape(link)).query) == [
        ("since", "2026-10-01T17:00:00Z"),
        ("until", "2026-10-13T17:00:00Z"),
    ]
    assert FREED in desk.ask(unescape(link)).text


def test_the_page_of_the_document_names_everything_and_runs_nothing(desk: Asker) -> None:
    answer = desk.ask("/docs")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    assert "<script" not in answer.text and "http" not in answer.text
    for resource in RESOURCES:
        assert f"GET /api/v1/{resource.name}" in answer.text
        assert all(f"<code>{parameter.name}</code>" in answer.text for parameter in resource.parameters)


_WORDS = some.one_of(
    some.text(max_size=30),
    some.sampled_from(
        [*_VALUES.values(), "-1", "1-1", "NaN", "1e9", "a" * 3000, "NOT x", "x~5 AND", '"', "*", "count:[", "9" * 18]
    ),
    some.from_regex(r"[0-9dwa:TZ+-]{1,20}", fullmatch=True),
)


@settings(max_examples=60, deadline=None)
@given(
    some.sampled_from(sorted(BY_NAME)),
    some.lists(some.tuples(some.sampled_from([*_VALUES, "after", "else"]), _WORDS), max_size=4),
    some.one_of(some.none(), _WORDS.filter(lambda word: word not in ("", ".", ".."))),
)
def test_nothing_that_is_asked_makes_it_fail(
    desk: Asker, name: str, asked: list[tuple[str, str]], id: str | None
) -> None:
    path = f"/api/v1/{name}" + (f"/{quote(id, safe='')}" if id is not None else "")
    answer = desk.ask(f"{path}?{urlencode(asked, errors='replace')}"[:8000])
    assert answer.status in (200, 400, 404), answer.text
    if answer.status == 400:
        assert answer.json["status"] == 400 and answer.json["detail"]


class Hurrying(FakeClock):
    """A clock that moves whenever it is looked at, so that nobody has to be patient."""

    def __call__(self) -> datetime:
        return self.advance(seconds=1)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_schemathesis_finds_no_failure_and_no_answer_that_the_document_does_not_have(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    chosen = ["--phases", "coverage,fuzzing", "--max-examples", "8", "--seed", "1", "--no-color", "--checks"]
    chosen += ["not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"]
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", Hurrying()) as asker:
        furnish(asker.room, int(asker.room.rows("SELECT id FROM watches")[0][0]))
        asker.app.alerter.decide()
        told = asker.ask("/api/v1/openapi.json").json
        done = subprocess.run(
            [Path(sys.executable).with_name("st"), "run", f"{asker.address}/api/v1/openapi.json", *chosen],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=280,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert f"Tested: {len(told['paths'])}" in done.stdout


def test_a_page_has_fifty_rows_unless_told_otherwise() -> None:
    assert parameters.read((), (parameters.LIMIT,), START, UTC).limit == PAGE == 50


def test_with_an_address_for_others_the_api_needs_a_token(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), PUBLIC) as public:
        key, feed = public.token("ana"), public.token("reader", "feed")
        assert public.ask("/api/v1/developments").status == 401
        assert public.ask("/api/v1/developments", key).json == {"items": [], "next": None}
        assert public.ask("/api/v1/developments", feed).status == 403
