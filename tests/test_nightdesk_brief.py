"""Briefs: every figure with a footnote that resolves, case by case, and nothing that a publisher wrote comes alive."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest
from lxml import etree, html

from alerts.language import speak
from core.errors import NotFound, UsageError
from nightdesk.brief.compose import Frame, compose
from nightdesk.brief.formats import Form, form_of, written
from nightdesk.brief.gather import gather
from nightdesk.brief.references import authors
from nightdesk.brief.values import Brief
from nightdesk.cli.main import run
from nightdesk.listing import Filters
from store import articles, definitions, developments, pages
from store.engine import Store
from tests.alerting import Newsroom
from tests.conftest import FakeClock

BANGKOK = ZoneInfo("Asia/Bangkok")
EVIL = "<script>alert(1)</script> [x](javascript:alert(1)) **215** freed | =1+1"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def room(store: Store, clock: FakeClock) -> Newsroom:
    return Newsroom(store, clock)


def brief_of(room: Newsroom, watch: str | None = None, **filters: Any) -> Brief:
    with room.store.read() as db:
        told, cases = gather(db, Filters(**filters), watch)
    return compose(told, cases, Frame(speak("en"), BANGKOK, None, room.clock()))


def source(room: Newsroom, name: str, type: str) -> int:
    row: dict[str, Any] = {"definition": {}, "created_at": room.clock(), "edited_at": room.clock(), "type": type}
    url = f"https://{name}.example.org/rss"
    return room.insert(definitions.sources, name=name, title=name, kind="feed", origin="file", url=url, **row)


def told(
    room: Newsroom, title: str = "215 freed from compound", development: int | None = None, **version: Any
) -> tuple[int, int]:
    """A development of one report with one figure: its id and the article's."""
    development = development or room.development(event_date="2026-10-12")
    article = room.article(development, title=title, **version)
    room.fact(article, value=215, unit="people", status="done", bound="at_least", leading=True, quote="215")
    return development, article


def test_a_figure_has_a_footnote_with_all_that_a_citation_needs(room: Newsroom) -> None:
    told(room, byline="Ann Lee", url="https://news.example.org/215", language="th")
    (chapter,) = brief_of(room).chapters
    (line,) = chapter.entries[0].figures
    (note,) = line.notes
    assert line.text == "at least 215 people — Border Post"
    assert "".join(note.parts) == (
        "Border Post, Ann Lee: 215 freed from compound (in Thai)."
        " Published 13 Oct 2026, 12:40 (05:40 UTC); accessed 13 Oct 2026, 13:00 (06:00 UTC). "
    )
    assert (note.source.url, note.said) == ("https://news.example.org/215", "“215 freed from compound”")


def test_the_hash_of_the_page_is_cited(room: Newsroom) -> None:
    told(room)
    with room.store.write() as db:
        db.execute(pages.pages.update().values(sha256="ab" * 32))
    assert [note.source.sha256 for note in brief_of(room).notes()] == ["ab" * 32]
    for form in (Form.MD, Form.HTML, Form.RIS, Form.CSL):
        assert "ab" * 32 in written(brief_of(room), form).decode()


def test_a_date_that_nobody_stated_is_not_made_up(room: Newsroom) -> None:
    told(room, published_from="found")
    (cited,) = brief_of(room).sources()
    assert cited.dates.startswith("Date not stated; accessed") and cited.published_on is None


def test_official_sources_come_first_and_copies_are_not_counted(room: Newsroom) -> None:
    official = source(room, "moi", "government")
    development, first = told(room)
    ministry = room.article(development, outlet="Ministry", title="At least 215 people came home")
    copy = room.article(development, outlet="Copy Cat", title="215 freed from compound")
    with room.store.write() as db:
        table = articles.articles
        changes = {ministry: {"source_id": official}, copy: {"duplicate_of": first}}
        for article, values in changes.items():
            db.execute(table.update().where(table.c.id == article).values(**values))
    for article in (ministry, copy):
        room.fact(article, value=215, unit="people", status="done", bound="at_least", quote="215")
    (entry,) = brief_of(room).chapters[0].entries
    assert [line.text for line in entry.figures] == ["at least 215 people — Ministry, Border Post"]
    assert [line.text for line in entry.reports] == ["Border Post", "Ministry"]


def test_cases_come_first_with_their_earlier_stages(room: Newsroom, clock: FakeClock) -> None:
    case = room.insert(developments.threads, title="x", created_at=clock())
    old, _ = told(room)
    room.touch(old, thread_id=case)
    room.clock.advance(days=10)
    for _ in range(2):
        room.touch(told(room)[0], thread_id=case)
        room.clock.advance(hours=1)
    told(room)
    brief = brief_of(room, since=room.clock() - timedelta(days=7))
    assert [len(chapter.entries) for chapter in brief.chapters] == [2, 1]
    assert brief.chapters[0].title == "Case t1: At least 215 people freed in Myanmar, 12 Oct 2026"
    assert brief.chapters[0].earlier == ("d1, 13 Oct 2026: At least 215 people freed in Myanmar, 12 Oct 2026",)
    assert brief.chapters[1].title == "Developments of their own"


def test_what_changed_since_is_said(room: Newsroom) -> None:
    development, article = told(room)
    room.change(development, "update", what="figure", old="120", new="at least 215", cause_article_id=article)
    (entry,) = brief_of(room).chapters[0].entries
    assert entry.changes == ("Update, 13 Oct 2026, 13:00 (06:00 UTC): Figure from 120 to at least 215",)


def test_names_of_victims_in_quotes_are_masked(room: Newsroom) -> None:
    _, article = told(room, text="Somchai Dee, 24, said guards hit him.")
    room.fact(article, value=1, unit="victims", status="done", quote="Somchai Dee, 24, said guards hit him.")
    notes = [note.said for note in brief_of(room).notes()]
    assert "“S. D., 24, said guards hit him.”" in notes


def test_a_figure_of_an_analyst_says_so(room: Newsroom) -> None:
    development = room.development()
    room.fact(room.article(development), value=7, unit="people", status="done", quote="", origin="analyst")
    (line,) = brief_of(room).chapters[0].entries[0].figures
    assert [note.said for note in line.notes] == ["Set by an analyst; the article does not say it."]


def test_a_limit_leaves_the_newest(room: Newsroom) -> None:
    for _ in range(3):
        told(room, development=room.development(last_found_at=room.clock()))
        room.clock.advance(hours=1)
    assert [entry.development_id for entry in brief_of(room, limit=2).chapters[0].entries] == [3, 2]


def test_a_watch_chooses_what_it_asks_for(room: Newsroom) -> None:
    watch = room.watch()
    told(room)
    development, article = told(room)
    room.match(watch, article)
    assert [entry.development_id for chapter in brief_of(room, "releases").chapters for entry in chapter.entries] == [
        development
    ]
    with pytest.raises(NotFound, match="no watch nobody"):
        brief_of(room, "nobody")


# -- formats ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def brief(sqlite_store: Store, clock: FakeClock) -> Brief:
    """Of two reports, one of them by somebody who means harm."""
    room = Newsroom(sqlite_store, clock)
    development, _ = told(room, title=EVIL, byline="By Ann Lee and Bo Chan", url="https://news.example.org/a?b=<i>&c=1")
    article = room.article(
        development, outlet="ข่าวชายแดน", title="ช่วยเหลือ ๒๑๕ คน", language="th", url="javascript:alert(1)"
    )
    room.fact(article, value=215, unit="people", status="done", bound="at_least", quote="๒๑๕ คน")
    return brief_of(room)


def test_every_footnote_of_markdown_resolves(brief: Brief) -> None:
    text = written(brief, Form.MD).decode()
    marks = re.findall(r"\[\^(\d+)\](?!:)", text)
    assert marks == re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE) == [str(n) for n in range(1, len(marks) + 1)]
    assert len(marks) == len(list(brief.notes())) == 2
    assert r"\<script\>" in text and r"\[x\](javascript" in text and "<javascript" not in text


def test_every_footnote_of_the_page_leads_there_and_back(brief: Brief) -> None:
    content = written(brief, Form.HTML)
    page = html.fromstring(content)
    ids = set(page.xpath("//@id"))
    inside = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]
    assert set(inside) <= ids and len(inside) == 4
    assert page.xpath("//script") == [] and page.xpath("//bdi[@lang='th']")
    assert page.xpath("//ol//a[not(starts-with(@href, '#'))]/@href") == ["https://news.example.org/a?b=<i>&c=1"]


def test_every_footnote_of_the_document_is_a_true_one(brief: Brief) -> None:
    content = written(brief, Form.DOCX)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        body = etree.fromstring(opened.read("word/document.xml"))
        notes = etree.fromstring(opened.read("word/footnotes.xml"))
        relations = opened.read("word/_rels/footnotes.xml.rels").decode()
        assert b"footnotes+xml" in opened.read("[Content_Types].xml")
        assert b"footnotePr" in opened.read("word/settings.xml")
    marks = [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")]
    kept = {note.get(f"{W}id"): "".join(note.itertext()) for note in notes if note.get(f"{W}type") is None}
    assert marks == list(kept) == ["1", "2"]
    assert "<script>alert(1)</script>" in kept["1"] and "ช่วยเหลือ ๒๑๕ คน" in kept["2"]
    assert "https://news.example.org/a?b=&lt;i&gt;&amp;c=1" in relations and "javascript" not in relations
    assert docx.Document(io.BytesIO(content)).paragraphs[0].text == brief.title


def test_the_same_brief_has_the_same_words_in_word(brief: Brief) -> None:
    first, second = (zipfile.ZipFile(io.BytesIO(written(brief, Form.DOCX))) for _ in range(2))
    assert {name: first.read(name) for name in first.namelist()} == {
        name: second.read(name) for name in second.namelist()
    }


def test_ris_is_what_reference_managers_read(brief: Brief) -> None:
    text = written(brief, Form.RIS).decode()
    records = [record.split("\r\n") for record in text.split("ER  - \r\n") if record]
    assert [record[0] for record in records] == ["TY  - NEWS", "TY  - NEWS"]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for record in records for line in record if line)
    assert {"AU  - Ann Lee", "AU  - Bo Chan", "DA  - 2026/10/13", "T2  - Border Post"} <= set(records[0])


def test_csl_is_a_list_of_items(brief: Brief) -> None:
    first, second = json.loads(written(brief, Form.CSL))
    assert (first["type"], first["title"], first["issued"]) == (
        "article-newspaper",
        EVIL,
        {"date-parts": [[2026, 10, 13]]},
    )
    assert (second["language"], second["container-title"], "URL" in second) == ("th", "ข่าวชายแดน", False)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Bo Chan", ["Ann Lee", "Bo Chan"]),
        ("", []),
        ("Anders And", ["Anders And"]),
    ],
)
def test_bylines_are_names(byline: str, names: list[str]) -> None:
    assert authors(byline) == names


def test_the_name_of_the_file_says_the_format() -> None:
    assert [form_of(name, None) for name in ("a.docx", "a.MD", "a.json", "-")] == [
        Form.DOCX,
        Form.MD,
        Form.CSL,
        Form.MD,
    ]
    assert form_of("a.txt", Form.RIS) is Form.RIS
    with pytest.raises(UsageError, match=r"\.ris or \.json, or use --format"):
        form_of("a.txt", None)


def test_a_brief_of_nothing_says_so(sqlite_store: Store, clock: FakeClock) -> None:
    text = written(brief_of(Newsroom(sqlite_store, clock)), Form.MD).decode()
    assert "0 developments, 0 articles by 0 outlets" in text


def test_the_command_writes_the_file(
    sqlite_store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(Newsroom(sqlite_store, clock))
    monkeypatch.chdir(tmp_path)
    Path("nightdesk.toml").write_text('data_dir = "data"\ntimezone = "Asia/Bangkok"\n[crawl]\nsources = []\n')
    assert run(["brief", "--since", "2026-10-01", "-o", "week.html"]) == 0
    assert "At least 215 people freed" in Path("week.html").read_text()
    assert run(["brief", "-o", "week.pdf"]) == 2
