"""The page of what comes in by hand: why something was not told, with the fix that fits, and what is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from nightdesk import newwatch
from nightdesk.explain.mending import Mend
from nightdesk.web.desk import watchform
from store import definitions, history, misses, pages, people
from store.articles import articles, claim_page, end_page
from tests.asking import Answer, Asker, listening
from tests.conftest import FakeClock
from tests.crawling import in_reactor
from tests.explaining import Story

TEXT = "Forty freed at the river\nPolice freed 40 people from a scam compound in Myawaddy on Monday, Colonel Anan said."
HANDED = [("outlet", "Border Command"), ("date", "2026-10-12"), ("speaker", "Colonel Anan"), ("note", "by telephone")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("intake")
    (folder / "desk.db").write_bytes(migrated_sqlite.read_bytes())
    in_reactor(_nothing)  # in the daemon it is at work
    with listening(folder, f"sqlite:///{folder}/desk.db", FakeClock()) as opened:
        yield opened


async def _nothing() -> None:
    pass


def _page_ids(answer: Answer) -> list[int]:
    assert answer.status == 303, answer.text
    return [int(one) for one in parse_qs(urlsplit(answer.headers["location"]).query)["pages"][0].split(",")]


def test_an_address_nobody_covers_can_be_added_or_taken_in(desk: Asker) -> None:
    page = desk.see("/intake?what=https://pier.example/raid", "operator")
    assert "no source covers pier.example" in page
    assert 'href="/new-source?url=https%3A%2F%2Fpier.example"' in page and "nightdesk sources add" not in page
    assert 'name="address" value="https://pier.example/raid"' in page
    reader = desk.see("/intake?what=https://pier.example/raid", "reader")
    assert "nightdesk sources add https://pier.example" in reader and "Take this in" not in reader


def test_a_source_of_the_catalogue_is_followed_with_one_button(desk: Asker) -> None:
    page = desk.see("/intake?what=https://www.bangkokpost.com/thailand/general/1/x", "operator")
    assert 'action="/sources/bangkok-post/follow"' in page
    assert desk.do("/sources/bangkok-post/follow", "operator").status == 303
    with desk.app.store.read() as db:
        assert definitions.origin_of(db, definitions.sources, "bangkok-post") == "desk"
        (deed,) = people.deeds_about(db, "bangkok-post")
    assert (deed.by, deed.what) == ("operator.one", "source added")
    assert desk.do("/sources/nothing-such/follow", "operator").status == 404


def test_a_word_that_is_absent_leads_to_the_watch_with_the_word_in_it(desk: Asker, tmp_path: Path) -> None:
    store, config, clock = desk.app.store, desk.app.config, desk.room.clock
    story = Story(store, clock, tmp_path)
    asked = {"name": "boats", "topics": ["overseas_policing"], "query": "ferry"}
    newwatch.add(store, config, newwatch.read(config, store, asked), False, clock())
    article = story.told_of(topic="overseas_policing", event="police_training")
    assert 'href="/watches/boats/edit"' in desk.see(f"/intake?what=a{article}", "editor")
    story.fact(article, kind="place", place="Myawaddy", country="MM", quote="Myawaddy")
    page = desk.see(f"/intake?what=a{article}", "editor")
    start = page.index('href="/watches/boats/edit?word=') + len('href="')
    link = page[start : page.index('"', start)].replace("&amp;", "&")
    word = parse_qs(urlsplit(link).query)["word"][0]
    assert f">ferry\n{word.strip(chr(34))}</textarea>" in desk.see(link, "editor")
    assert "/new-watch?like=releases" not in page


def test_what_is_no_address_and_no_id_is_said_so(desk: Asker) -> None:
    assert "is not an id; write a12 (article)" in desk.see("/intake?what=what+happened", "reader")


def test_what_somebody_missed_is_kept_when_they_say_so(desk: Asker) -> None:
    what = "https://missed.example/one"
    desk.see(f"/intake?what={what}", "reader")
    with desk.app.store.read() as db:
        assert what not in [row.asked for row in misses.all_misses(db, 50)], "looking changes nothing"
    assert desk.do("/intake/missed", "reader", [("what", what)]).status == 303
    assert "missed.example/one" in desk.see("/intake", "reader")


def test_a_text_is_taken_in_read_with_the_next_look_and_signed(desk: Asker) -> None:
    (page,) = _page_ids(desk.do("/intake", "editor", [("text", TEXT), *HANDED]))
    waiting = desk.see(f"/intake/taken?pages={page}", "editor")
    assert "Forty freed at the river" in waiting and "next look" in waiting and "every 2s" in waiting
    article = desk.room.article(desk.room.development(), "Forty freed at the river")

    def read_it(db: sa.Connection) -> None:
        claim_page(db, page, 0, 1, desk.app.clock())
        end_page(db, page, "article", "", article, desk.app.clock())

    desk.app.store.unit(read_it)
    read = desk.see(f"/intake/taken?pages={page}", "editor")
    assert 'href="/articles/' in read and "every 2s" not in read
    with desk.app.store.read() as db:
        given = db.execute(sa.select(pages.pages.c.given, pages.pages.c.origin).where(pages.pages.c.id == page)).one()
        deed = people.last_deeds(db, 1)[0]
    assert (given.given["speaker"], given.given["outlet"], given.origin) == ("Colonel Anan", "Border Command", "live")
    assert (deed.by, deed.what, deed.reason) == ("editor.one", "taken in", "by telephone")


def test_a_restricted_file_for_the_archive_is_kept_apart(desk: Asker) -> None:
    more = [*HANDED, ("restricted", "yes"), ("quiet", "yes")]
    answer = desk.send_file("/intake", "editor", "file", "call.txt", b"A quiet word\nOf a raid to come.", more)
    (page,) = _page_ids(answer)
    with desk.app.store.read() as db:
        row = db.execute(sa.select(pages.pages).where(pages.pages.c.id == page)).one()
        assert (row.restricted, row.origin) == (True, "backfill")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], "there is nothing to take in"),
        ([("text", "Whose is this?\nNobody says.")], "does not say whose it is"),
        ([("text", TEXT), ("outlet", "x"), ("date", "2030-01-01")], "is not yet"),
        ([("address", "ftp://x.example/a")], "ftp"),
        ([("text", "\n".join(f"https://x.example/{n}" for n in range(20)))], "more than 10 addresses"),
    ],
)
def test_what_cannot_be_taken_in_says_why_and_keeps_what_was_typed(
    desk: Asker, fields: list[tuple[str, str]], said: str
) -> None:
    answer = desk.do("/intake", "editor", fields)
    assert answer.status == 422 and said in answer.text.lower()
    assert all(value.split("\n")[0] in answer.text for _, value in fields)


def test_no_file_of_this_machine_is_read_and_no_page_of_its_network(desk: Asker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("What stands here is nobody's matter.\nNor this.")
    for address in (str(secret), f"file://{secret}", "-"):
        answer = desk.do("/intake", "editor", [("address", address), *HANDED])
        assert answer.status in (303, 422)
    ids = _page_ids(desk.do("/intake", "editor", [("address", f"{desk.address}/healthz"), *HANDED]))
    with desk.app.store.read() as db:
        rows = db.execute(sa.select(pages.pages.c.given, pages.pages.c.refused, pages.pages.c.id)).all()
        assert not any("nobody's matter" in str(row.given) for row in rows)
        assert [row.refused for row in rows if row.id in ids] == ["address"]
        assert db.scalar(sa.select(sa.func.count()).select_from(articles).where(articles.c.url.like("%healthz%"))) == 0


MAIL = """From: =?utf-8?b?4LiB4Lit4LiH4Lia4Lix4LiN4LiK4Liy4LiB4Liy4Lij?= <press@border.example>
To: ana@desk.example
Subject: Forty freed at the
 river
Date: Mon, 12 Oct 2026 21:10:00 +0700
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=tis-620
Content-Transfer-Encoding: 8bit

plain
--b
Content-Type: text/html; charset=utf-8

<p>Forty people were freed at the river at dawn, the command said.</p><script>alert(1)</script>
--b--
"""


def test_a_saved_mail_is_taken_in_by_its_text_and_its_head_says_the_rest(desk: Asker) -> None:
    (page,) = _page_ids(desk.send_file("/intake", "editor", "file", "Release.EML", MAIL.encode()))
    with desk.app.store.read() as db:
        row = db.execute(sa.select(pages.pages).where(pages.pages.c.id == page)).one()
    assert (row.given["title"], row.given["outlet"]) == ("Forty freed at the river", "กองบัญชาการ")
    assert row.given["published_at"].startswith("2026-10-12T14:10")
    assert b"freed at the river at dawn" in (desk.app.store.bodies.get(row.sha256) or b"")
    typed = [("title", "What I call it"), ("outlet", "Border Command")]
    (second,) = _page_ids(desk.send_file("/intake", "editor", "file", "a.eml", MAIL.encode() + b"\n", typed))
    with desk.app.store.read() as db:
        given = db.scalar(sa.select(pages.pages.c.given).where(pages.pages.c.id == second))
    assert (given["title"], given["outlet"]) == ("What I call it", "Border Command")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "there is nothing to take in"),
        (b"From: a@x.example\n\n", "there is no text in this mail"),
        (b"Subject: x\nContent-Type: image/png\n\nPNG", "there is no text in this mail"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", "there is no text in this mail"),
    ],
)
def test_a_mail_without_text_is_refused_with_a_way_on(desk: Asker, body: bytes, said: str) -> None:
    answer = desk.send_file("/intake", "editor", "file", "a.eml", body, HANDED)
    assert answer.status == 422 and said in answer.text.lower()


def test_a_file_of_an_unknown_kind_is_left_to_the_command(desk: Asker) -> None:
    answer = desk.send_file("/intake", "editor", "file", "a.warc.gz", b"x", HANDED)
    assert answer.status == 422 and "nightdesk ingest takes more" in answer.text


@pytest.mark.parametrize(
    ("fields", "word", "clause", "instead", "words", "query"),
    [
        ({"words": "ferry\nboat"}, "barge", "ferry OR boat", False, "ferry\nboat\nbarge", ""),
        ({"words": "ferry\nscam centre"}, "barge", '"scam centre"', True, "ferry\nbarge", ""),
        ({"query": "raid AND ferry"}, "barge", "ferry", False, "", "raid AND (ferry OR barge)"),
        ({"query": "raid AND ferry"}, "place:Pier", "ferry", True, "", "raid AND place:Pier"),
        ({"query": "raid"}, "barge", "gone", False, "", "raid OR barge"),
    ],
)
def test_a_word_joins_its_clause(
    fields: dict[str, str], word: str, clause: str, instead: bool, words: str, query: str
) -> None:
    changed = watchform.with_word(watchform.Fields(**fields), word, clause, instead)  # type: ignore[arg-type]
    assert (changed.words, changed.query) == (words, query)


def test_a_mend_is_a_line_like_any_other() -> None:
    mend = Mend("do this", "take_in", url="https://x.example/")
    assert mend == "do this" and mend.needs == {"url": "https://x.example/"} and f"{mend}." == "do this."


def test_a_day_is_of_the_zone_of_whoever_hands_it_in(desk: Asker) -> None:
    desk.do("/me/timezone", "editor", [("timezone", "Asia/Bangkok")])
    typed = [("text", "Forty were freed at the pier.\nThey came home."), ("date", "2026-10-01"), ("outlet", "Post")]
    (page,) = _page_ids(desk.do("/intake", "editor", typed))
    with desk.app.store.read() as db:
        (row,) = history.pages_with(db, [page])
    assert str(row.given["published_at"]).startswith("2026-09-30T17:00")
