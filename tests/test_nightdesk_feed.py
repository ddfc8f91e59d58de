"""`/feed.atom`: read as feed readers read it, ours and another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from lxml import etree, html

from core.text import clean
from crawler import feeds
from nightdesk.atom import Entry, Report, write
from nightdesk.web.feed import read_entries
from store import search
from store.engine import Store
from tests.alerting import Newsroom
from tests.asking import PUBLIC, Asker, listening
from tests.conftest import FakeClock


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Asker]:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock()) as asker:
        for number in range(3):
            asker.room.clock.advance(hours=1)
            asker.room.story(title=f"Gate {number} opened", lede="Guards opened the gate at dawn.")
            with asker.app.store.write() as db:
                if number == 1:
                    db.exec_driver_sql("UPDATE article_versions SET title = 'Bridge closed' WHERE article_id = 2")
                search.index_article(db, number + 1, "Bridge closed", "Guards opened the gate at dawn.")
        yield asker


def read(desk: Asker, path: str = "/feed.atom", **headers: str) -> Any:
    """The feed as feedparser has it, after our own reader found the same in it."""
    answer = desk.ask(path, **headers)
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    parsed = feedparser.parse(answer.text.encode())
    assert not parsed.bozo
    ours = feeds.parse(answer.text.encode(), url="http://127.0.0.1/feed.atom").entries if parsed.entries else ()
    assert [(one.guid, one.title) for one in ours] == [(one.id, one.title) for one in parsed.entries]
    return parsed


def test_developments_come_last_changed_first(desk: Asker) -> None:
    assert [entry.title for entry in read(desk).entries] == ["Gate 2 opened", "Gate 1 opened", "Gate 0 opened"]
    desk.room.change(2, "update", what="figure", old="215", new="400")
    first, *others = read(desk).entries
    assert first.title == "Gate 1 opened" and len(others) == 2
    assert "update: figure: 215 to 400" in first.content[0].value


def test_a_change_moves_the_time_of_an_entry_and_never_its_name(desk: Asker) -> None:
    before = {entry.title: entry for entry in read(desk).entries}
    desk.room.clock.advance(hours=5)
    desk.room.change(1, "correction", what="place", old="Myawaddy", new="Mae Sot")
    after = {entry.title: entry for entry in read(desk).entries}
    assert {title: one.id for title, one in before.items()} == {title: one.id for title, one in after.items()}
    assert len({one.id for one in after.values()}) == 3
    moved = [title for title in after if after[title].updated != before[title].updated]
    assert moved == ["Gate 0 opened"] and after["Gate 0 opened"].published == before["Gate 0 opened"].published


def test_the_time_of_the_feed_is_that_of_its_newest_entry(desk: Asker) -> None:
    parsed = read(desk)
    assert parsed.feed.updated == parsed.entries[0].updated


def test_a_query_and_filters_leave_what_they_leave_elsewhere(desk: Asker) -> None:
    assert len(read(desk, "/feed.atom?q=gate").entries) == 3
    assert [entry.title for entry in read(desk, "/feed.atom?q=title:bridge").entries] == ["Gate 1 opened"]
    assert len(read(desk, "/feed.atom?topic=scam_centres&limit=2").entries) == 2
    nothing = read(desk, "/feed.atom?q=elsewhere")
    assert not nothing.entries and nothing.feed.updated == "1970-01-01T00:00:00Z"


def test_two_questions_are_two_feeds_and_the_key_is_in_neither(desk: Asker) -> None:
    key = desk.token("reader", "feed")
    parsed = [read(desk, path) for path in ("/feed.atom", f"/feed.atom?token={key}", f"/feed.atom?q=gate&token={key}")]
    assert parsed[0].feed.id == parsed[1].feed.id != parsed[2].feed.id
    assert all(key not in link.href for one in parsed for link in one.feed.links)
    assert parsed[2].feed.links[0].href.endswith("/feed.atom?q=gate")


def test_what_has_not_changed_is_not_sent_again(desk: Asker) -> None:
    tag = desk.ask("/feed.atom").headers["etag"]
    again = desk.ask("/feed.atom", If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.text) == (304, "")
    desk.room.change(2, "update", what="figure", old="215", new="400")
    assert desk.ask("/feed.atom", If_None_Match=tag).status == 200


def test_an_entry_leads_to_the_report_or_to_the_desk_where_others_reach_it(desk: Asker) -> None:
    assert all(entry.link.startswith("https://news.example.org/") for entry in read(desk).entries)
    with desk.app.store.read() as db:
        row = dict(db.exec_driver_sql("SELECT * FROM developments_v WHERE id = 1").mappings().one())
        (entry,) = read_entries(db, [row], "https://desk.example.org")
    assert entry.page == "https://desk.example.org/developments/1"


def test_what_is_merged_is_told_by_the_one_it_is_now(desk: Asker) -> None:
    with desk.app.store.write() as db:
        db.exec_driver_sql("UPDATE development_articles SET development_id = 1 WHERE development_id = 2")
        db.exec_driver_sql("UPDATE developments SET merged_into = 1 WHERE id = 2")
    for path in ("/feed.atom", "/feed.atom?q=gate"):
        assert {entry.title for entry in read(desk, path).entries} == {"Gate 0 opened", "Gate 2 opened"}


def test_victims_names_and_phones_are_masked_and_the_record_keeps_them(desk: Asker) -> None:
    with desk.app.store.write() as db:
        db.exec_driver_sql(
            "UPDATE developments SET title = 'Anna Example freed', lede = 'Call +66 2 123 4567' WHERE id = 1"
        )
        db.exec_driver_sql("UPDATE article_versions SET title = 'Anna Example is home' WHERE article_id = 1")
    desk.room.fact(1, kind="person", name="Anna Example", role="a trafficking victim", quote="Anna Example")
    desk.room.change(1, "correction", what="name", old="Ana Example", new="Anna Example")
    entry = next(one for one in read(desk).entries if one.title.endswith("freed"))
    said = entry.title + entry.content[0].value
    assert entry.title == "A. E. freed" and "A. E. is home" in said and "to A. E." in said
    assert "Anna Example" not in said and "4567" not in said
    assert "Ana Example" not in said, "a name that was taken back is a victim's still"
    assert desk.ask("/api/v1/developments/1").json["title"] == "Anna Example freed"


def test_mistakes_are_named(desk: Asker) -> None:
    for path, parameter in (("q=(gate", "q"), ("limit=x", "limit"), ("colour=red", "colour")):
        answer = desk.ask(f"/feed.atom?{path}")
        assert answer.status == 400 and answer.json["parameter"] == parameter


def test_hostile_words_stay_words() -> None:
    report = Report("<img src=x onerror=alert(1)>", "javascript:alert(1)", "Post</title>\x00\ufffe")
    entry = Entry(
        1, "2026-10-13T06:00:00Z", "2026-10-13T06:00:00Z", "<b>a</b>\x07", "en", "]]><script>", "", reports=(report,)
    )
    body = write("t", "q", "http://127.0.0.1/feed.atom", [entry])
    tree = etree.fromstring(body)
    content = str(tree.findtext(".//{*}entry/{*}content"))
    assert "<script" not in content and "<img" not in content and "javascript:" not in body.decode()
    assert tree.findtext(".//{*}entry/{*}title") == "<b>a</b>"
    assert not tree.findall(".//{*}entry/{*}link")


_WORDS = some.one_of(
    some.text(max_size=40),
    some.sampled_from(
        ["<script>alert(1)</script>", "<svg/onload=x>", "]]>", "&#x3c;b&#x3e;", '"><img src=x onerror=y>', "</p>"]
    ),
)
_ADDRESSES = some.one_of(
    some.sampled_from(["javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", "//evil.example", ""]),
    _WORDS.map(lambda word: f"https://news.example.org/{word}"),
)


@settings(max_examples=100, deadline=None)
@given(_WORDS, _WORDS, _WORDS, _ADDRESSES)
def test_whatever_a_publisher_wrote_makes_no_markup_and_no_broken_feed(
    title: str, lede: str, outlet: str, url: str
) -> None:
    times = ("2026-10-13T06:00:00Z", "2026-10-13T06:00:00Z")
    entry = Entry(1, *times, title, "en", lede, "", (lede,), (title,), (Report(title, url, outlet),), 1)
    (node,) = etree.fromstring(write(title, lede, "http://127.0.0.1/feed.atom", [entry])).findall("{*}entry")
    assert node.findtext("{*}title") == clean(title)
    content = html.fragment_fromstring(str(node.findtext("{*}content")), create_parent="div")
    assert {str(one.tag) for one in content.iterdescendants()} <= {"p", "ul", "li", "a"}
    links = [one.get("href") for one in content.iter("a")] + [one.get("href") for one in node.findall("{*}link")]
    assert all(str(link).startswith("https://news.example.org/") for link in links)
    assert all(set(one.attrib) <= {"href"} for one in content.iterdescendants())


def test_entries_are_read_on_both_engines(store: Store, clock: FakeClock) -> None:
    room = Newsroom(store, clock)
    room.story(title="Gate opened")
    clock.advance(minutes=1)
    room.change(1, "update", what="figure", old="215", new="400")
    with store.read() as db:
        row = dict(db.exec_driver_sql("SELECT * FROM developments_v").mappings().one())
        (entry,) = read_entries(db, [row], "")
    assert (entry.updated, entry.changes) == ("2026-10-13T06:01:00Z", ("update: figure: 215 to 400",))
    assert entry.labels == ("scam_centres", "rescue_release", "MM")
    assert entry.reports[0].outlet == "Border Post" and entry.language == "en"


def test_it_needs_a_token_where_others_reach_it(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    with listening(tmp_path, f"sqlite:///{tmp_path}/desk.db", FakeClock(), PUBLIC) as public:
        assert public.ask("/feed.atom").status == 401
        assert (
            read(public, f"/feed.atom?token={public.token('reader', 'feed')}")
            .feed.links[0]
            .href.startswith("https://desk")
        )
