"""The pages of the watches: what they say of each, and making, trying, changing and removing one by a form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nightdesk import newwatch
from nightdesk.readymade import READY_MADE
from nightdesk.web.access import COOKIE
from nightdesk.web.desk import watchform
from nightdesk.wordlist import as_query, as_words
from store import misses, precision, search
from store import people as kept
from store.definitions import watches
from store.engine import Store
from store.rulings import rulings
from tests.alerting import Newsroom
from tests.asking import PRIVATE, Asker, listening
from tests.conftest import FakeClock
from tests.receivers import Webhook

WORDS = "rescued\r\n获救\r\nช่วยเหลือ"


def form(name: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("name", name), ("topics", "scam_centres"), ("words", WORDS), ("channels", "hook"), *more]


@pytest.fixture(scope="module")
def hook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, hook: Webhook) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("watches")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    channel = f'{PRIVATE}[channel.hook]\nurl = "{hook.url}"\n'
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock(), channel) as opened:
        yield opened


def test_a_watch_in_three_languages_is_made_by_a_form_and_who_made_it_is_known(desk: Asker) -> None:
    answer = desk.do("/watches/save", "editor", form("myawaddy", ("reason", "the Thai desk asked")))
    assert (answer.status, answer.headers["location"]) == (303, "/watches/myawaddy")
    with desk.app.store.read() as db:
        watch = newwatch.find(db, desk.app.config, "myawaddy")
        (deed,) = kept.deeds_about(db, "myawaddy")
    assert (watch.query, watch.topics, watch.channels) == ("rescued OR 获救 OR ช่วยเหลือ", ("scam_centres",), ("hook",))
    assert (deed.by, deed.what, deed.reason) == ("editor.one", "watch added", "the Thai desk asked")
    page = desk.see("/watches/myawaddy", "reader")
    assert "“rescued”, “获救” or “ช่วยเหลือ”" in page and "editor.one" in page and "the Thai desk asked" in page
    assert "Change" not in page and "Log in" not in page


def test_the_archive_is_asked_before_a_watch_is_kept(desk: Asker) -> None:
    for title in ("215 rescued at dawn", "213名受害者获救", "A market opens"):
        article = desk.room.article(desk.room.development(title=title), title)
        desk.app.store.unit(
            lambda db, article=article, title=title: search.index_article(db, article, title, "At dawn.")
        )
    answer = desk.do("/watches/try", "editor", [("name", "words"), ("words", "rescued\n获救")])
    assert answer.status == 200 and "213名受害者获救" in answer.text and "A market opens" not in answer.text
    assert '<span class="big">2</span> developments' in answer.text
    assert ">rescued\n获救</textarea>" in answer.text, "what was typed stays"
    with desk.app.store.read() as db:
        assert not kept.deeds_about(db, "words"), "nothing is kept by that"


def test_every_mistake_stands_beside_its_field_and_the_form_keeps_what_was_typed(desk: Asker) -> None:
    wrong = [
        ("name", "No Name"),
        ("topics", "scam_centre"),
        ("query", "raid (arrest"),
        ("countries", "Thailand, Nowhere"),
        ("digest_at", "noon"),
        ("minimum_sources", "many"),
    ]
    answer = desk.do("/watches/save", "editor", wrong)
    assert answer.status == 422
    for said in (
        "must be a name of small letters",
        "did you mean &#34;scam_centres&#34;?",
        "at character 6: <code",
        "unknown country &#34;Nowhere&#34;",
        'id="e-digest_at"',
        "must be a whole number",
        'value="Thailand, Nowhere"',
        ">raid (arrest</textarea>",
    ):
        assert said in answer.text, said


def test_a_watch_is_changed_and_what_no_form_shows_stays(desk: Asker) -> None:
    full: dict[str, Any] = {"name": "full", "query": "pier AND dawn", "group_wait": "5m", "update_interval": "1h"}
    full |= {"digest_at": "Mon 07:30", "mode": "digest", "countries": ["TH"]}
    store, config = desk.app.store, desk.app.config
    newwatch.add(store, config, newwatch.read(config, store, full), False, desk.app.clock(), "ana")
    shown = desk.see("/watches/full/edit", "editor")
    assert "pier AND dawn</textarea>" in shown and 'value="Mon 07:30"' in shown and "readonly" in shown
    sent = [
        ("editing", "yes"),
        ("name", "full"),
        ("query", "pier AND dawn"),
        ("countries", "Myanmar"),
        ("updates", "none"),
    ]
    assert desk.do("/watches/save", "editor", sent).status == 303
    with store.read() as db:
        watch, deeds = newwatch.find(db, config, "full"), kept.deeds_about(db, "full")
    assert (watch.countries, watch.updates, watch.mode) == (("MM",), "none", "immediate")
    assert watch.group_wait == timedelta(minutes=5) and watch.update_interval == timedelta(hours=1)
    assert [deed.what for deed in deeds] == ["watch changed", "watch added"]
    assert deeds[0].detail["changed"]["countries"] == [["TH"], ["MM"]]
    page = desk.see("/watches/full", "reader")
    assert "<bdi>TH</bdi> → <bdi>MM</bdi>" in page


def test_ready_made_watches_are_taken_by_ticking_them(desk: Asker) -> None:
    chosen = [("ready", "rescues"), ("ready", "stations"), ("channels", "hook")]
    assert desk.do("/watches/ready-made", "editor", chosen).status == 303
    with desk.app.store.read() as db:
        assert newwatch.find(db, desk.app.config, "stations").channels == ("hook",)
    assert "is there already" in desk.see("/new-watch", "editor")
    assert desk.do("/watches/ready-made", "editor", chosen).status == 409


def test_what_is_ready_made_is_a_watch_and_survives_the_form(desk: Asker) -> None:
    for one in READY_MADE:
        watch = newwatch.read(desk.app.config, desk.app.store, one.given())
        assert newwatch.read(desk.app.config, desk.app.store, watchform.of_watch(watch).given()) == watch


def test_a_test_message_reaches_the_channels_of_the_watch(desk: Asker, hook: Webhook) -> None:
    desk.do("/watches/save", "editor", form("tested"))
    answer = desk.do("/watches/tested/send-test", "editor")
    assert answer.status == 303 and "accepted" in answer.headers["set-cookie"]
    (request,) = hook.requests
    assert request.json["nightdesk"]["kind"] == "test"
    with desk.app.store.read() as db:
        assert [deed.what for deed in kept.deeds_about(db, "tested")] == ["test sent", "watch added"]


def test_a_watch_is_removed_with_a_reason_and_its_page_stays(desk: Asker) -> None:
    desk.do("/watches/save", "editor", form("double"))
    assert desk.do("/watches/double/remove", "editor", [("reason", "twice the same")]).status == 303
    page = desk.see("/watches/double", "editor")
    assert "retired" in page and "twice the same" in page and "/edit" not in page
    assert desk.do("/watches/double/remove", "editor").status == 404


def test_what_the_file_defines_is_shown_as_such_and_not_changed_here(desk: Asker) -> None:
    page = desk.see("/watches/releases", "editor")
    assert "defined in nightdesk.toml" in page and "/watches/releases/edit" not in page
    assert desk.ask("/watches/releases/edit", Cookie=f"{COOKIE}={desk.log_in('editor')}").status == 400
    assert desk.do("/watches/releases/remove", "editor").status == 409
    for more in ([], [("editing", "yes")]):
        assert desk.do("/watches/save", "editor", form("releases", *more)).status == 422


def test_watches_are_shown_as_toml(desk: Asker) -> None:
    desk.do("/watches/save", "editor", form("exported"))
    whole, own = desk.ask("/watches.toml").text, desk.ask("/watches.toml?which=desk").text
    assert 'name = "releases"' in whole and 'name = "exported"' in whole
    assert "releases" not in own and "获救" in own


def test_names_and_codes_of_countries_and_languages_are_both_understood() -> None:
    fields = watchform.Fields(name="x", countries="thailand; MM\nlaos", languages="Thai, zh, Traditional Chinese")
    given = fields.given()
    assert given["countries"] == ["TH", "MM", "LA"] and given["languages"] == ["th", "zh", "zh-Hant"]


@pytest.mark.parametrize(
    ("lines", "query"),
    [
        (["rescued", "获救"], "rescued OR 获救"),
        (
            ["scam compound", 'the "boss"', "or", "place:Myawaddy"],
            '"scam compound" OR "the boss" OR "or" OR place:Myawaddy',
        ),
        (["traffick*", "", "(x)", "?!"], 'traffick* OR "(x)"'),
        ([], ""),
    ],
)
def test_lines_of_words_are_one_query_and_come_back(lines: list[str], query: str) -> None:
    assert as_query(lines) == query
    back = as_words(query)
    assert back is not None and as_query(back) == query


@pytest.mark.parametrize("query", ["a AND b", "lang:zh OR x", "-x", "(a OR b)", "raid arrest", '"a b"~4'])
def test_a_query_that_is_more_than_words_is_left_a_query(query: str) -> None:
    assert as_words(query) is None


def test_noise_is_what_an_editor_last_found_not_relevant(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    watch, noisy, cleared, other = room.watch(), room.development(), room.development(), room.development()
    for development, holds in ((noisy, False), (cleared, False), (cleared, True)):
        said = {"what": "relevance", "detail": {}, "by": "ana", "at": clock(), "standing": True}
        room.insert(rulings, kind="relevance", development_id=development, watch_id=watch, holds=holds, **said)
    with store.read() as db:
        assert precision.found_irrelevant(db, [noisy, cleared, other]) == {noisy}


def test_what_waits_to_be_mended_is_known_by_watch(store: Store, clock: FakeClock) -> None:
    found = {"title": "A raid", "outcome": "near_miss", "sentence": "Near.", "mend": []}
    for key, watch, mended in (("one", "raids", False), ("two", "raids", True), ("three", "other", False)):
        row = {**found, "watch": watch}
        store.unit(lambda db, key=key, row=row, mended=mended: misses.keep(db, key, key, row, mended, clock()))
    with store.read() as db:
        assert [row.asked for row in misses.open_of_watch(db, "raids", 10)] == ["one"]


@pytest.fixture
def broken(desk: Asker) -> Iterator[str]:
    """A watch of the desk's own that the database has, and that no version can read any more."""
    store, config = desk.app.store, desk.app.config
    given = {"name": "broken", "query": "militia", "countries": ["MM"]}
    newwatch.add(store, config, newwatch.read(config, store, given), False, desk.app.clock(), "ana")
    invalid = {"name": "broken", "query": 5, "countries": ["MM"], "topix": ["scam_centres"], "group_wait": "soon"}
    invalid |= {"channels": 5}
    with store.write() as db:
        db.execute(sa.update(watches).where(watches.c.name == "broken").values(definition=invalid))
    yield "broken"
    store.unit(lambda db: db.execute(sa.delete(watches).where(watches.c.name == "broken")))


_WRONG = ("<code>query</code> must be a text in quotes", "did you mean &#34;topics&#34;?", "<code>group_wait</code>")


@pytest.mark.parametrize("path", ["/watches", "/watches/broken"])
def test_a_broken_watch_is_named_with_what_is_wrong_and_what_mends_it(desk: Asker, broken: str, path: str) -> None:
    page = desk.see(path, "editor")
    assert all(said in page for said in _WRONG), page
    assert 'href="/watches/broken/edit"' in page and "is asked of no article and tells nobody" in page


def test_a_broken_watch_hides_no_other(desk: Asker, broken: str) -> None:
    assert '<a href="/watches/releases">releases</a>' in desk.see("/watches", "reader")
    toml = desk.see("/watches.toml", "reader")
    assert "releases" in {one["name"] for one in tomllib.loads(toml)["watch"]}
    assert "# the watch broken is not valid and left out: query must be a text in quotes;" in toml
    listed = {one["name"]: one["asks"] for one in desk.ask("/api/v1/watches", desk.token("broken")).json["items"]}
    assert listed["releases"] == "topics scam_centres"
    assert listed["broken"].startswith("nothing, for it is not valid: query must be a text in quotes;")
    assert "watches tell a channel" in desk.see("/start", "operator")
    article = desk.room.article(desk.room.development(title="Pier opens"), "Pier opens")
    assert "it is not valid: query must be" in desk.see(f"/intake?what=a{article}", "reader")


def test_the_form_of_a_broken_watch_keeps_what_can_be_read_and_mends_the_rest(desk: Asker, broken: str) -> None:
    page = desk.see("/watches/broken/edit", "editor")
    assert 'value="MM"' in page and "must be a text in quotes" in page and "topix is not a key" in page
    fields = [("editing", "yes"), ("name", "broken"), ("query", "militia"), ("countries", "MM")]
    assert desk.do("/watches/save", "editor", fields).status == 303
    with desk.app.store.read() as db:
        assert newwatch.find(db, desk.app.config, "broken").query == "militia"
    assert "is not valid" not in desk.see("/watches", "editor")


def test_a_broken_watch_can_be_removed_and_not_copied_or_tested(desk: Asker, broken: str) -> None:
    tested, copied = desk.do("/watches/broken/send-test", "editor"), desk.look("/new-watch?like=broken", "editor")
    assert (tested.status, copied.status) == (409, 400)
    assert all("is not valid: query must be a text in quotes" in answer.text for answer in (tested, copied))
    assert desk.do("/watches/broken/remove", "editor").status == 303
    assert "Its definition is not valid any more" in desk.see("/watches/broken", "reader")
