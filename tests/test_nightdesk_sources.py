"""`sources add`, `test`, `import`, `export` and the outlets that nobody follows yet."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.source import Source
from nightdesk.app import App
from nightdesk.cli.main import run
from nightdesk.config import load_config
from nightdesk.sourcelist import outlets_met, read_list, written
from store import pages, people
from store.pages import NewItem
from tests.sections import section, sitemap_of, url_of

SLUGS = ("police-free-forty-from-compound", "ministers-sign-police-pact", "court-jails-five-for-fraud")
LIST = """<opml version="1.0"><body><outline text="Pacific">
<outline text="River Post" xmlUrl="https://river.example/feed" language="english"/>
<outline text="Nothing"/><outline text="Bad" xmlUrl="ftp://x.example/f"/>
<outline text="River Two" xmlUrl="https://river.example/two"/>
<outline text="Again" xmlUrl="http://www.river.example/two?utm_source=x"/></outline></body></opml>"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nightdesk.toml").write_text("[crawl]\nsources = []\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_good_entries_are_stored_and_bad_ones_named(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "list.opml").write_text(LIST)
    assert run(["sources", "import", "list.opml"]) == 1
    taken = rows(capsys)
    assert [(row["entry"], row["done"]) for row in taken] == [
        ("river", "added"),
        ("Nothing", "refused"),
        ("Bad", "refused"),
        ("river-2", "added"),
        ("Again", "known"),
    ]
    assert all(row["reason"] for row in taken if row["done"] != "added")


@pytest.mark.parametrize("name", ["out.toml", "out.opml"])
def test_what_is_exported_is_the_same_when_it_is_imported(
    desk: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "list.toml").write_text(
        '[[source]]\nname = "board"\nkind = "posts"\nurl = "https://m.example/n"\nitem = "div.n"\nevery = "15m"\n'
        'title = "The \\"Board\\""\nbeats = ["scam_centres"]\nexpect = { min_per_week = 2 }\nverified = false\n'
    )
    assert run(["sources", "import", "list.toml"]) == 0
    assert run(["sources", "export", "--own", "-o", name]) == 0
    capsys.readouterr()
    assert run(["sources", "import", name]) == 0
    assert [row["done"] for row in rows(capsys)] == ["same"]


def test_a_source_of_ones_own_is_retired_and_one_of_the_file_is_not(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = '[[source]]\nname = "{0}"\nurl = "https://{0}.example/feed"\n'
    (desk / "list.toml").write_text(entry.format("board"))
    (desk / "nightdesk.toml").write_text(f"[crawl]\nsources = []\n{entry.format('post')}")
    assert run(["sources", "import", "list.toml"]) == 0
    assert run(["sources", "retire", "board", "--reason", "it closed"]) == 0
    assert run(["sources", "retire", "board"]) == 1
    assert run(["sources", "retire", "post"]) == 2
    assert "is of the configuration" in capsys.readouterr().err
    with App.open(load_config(desk / "nightdesk.toml", {}), "test") as app, app.store.read() as db:
        (deed,) = people.deeds_about(db, "board")
        standing = [row.name for row in db.exec_driver_sql("SELECT name FROM sources WHERE retired_at IS NULL")]
    assert (deed.what, deed.reason, standing) == ("source retired", "it closed", ["post"])


def test_every_key_goes_through_toml() -> None:
    source = Source.model_validate(
        {
            "name": "a",
            "title": 'A "b" \\ \x7f ก',
            "url": "https://a.example/",
            "delay": "2s",
            "expect": {"min_per_week": 1},
        }
    )
    (entry,) = tomllib.loads(written([source], ".toml").decode())["source"]
    assert Source.model_validate(entry) == source


def test_a_file_that_is_no_list_stores_nothing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "list.opml").write_text("<rss/>")
    assert run(["sources", "import", "list.opml"]) == 1
    assert "not <opml>" in capsys.readouterr().err
    assert not (desk / "data" / "nightdesk.db").exists()


def test_a_single_source_in_a_file_is_a_list_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nurl = "https://a.example/"\n')
    assert read_list(tmp_path / "a.toml") == [{"name": "a", "url": "https://a.example/"}]


@pytest.mark.parametrize(
    ("name", "body", "kind", "count"),
    [
        (
            "map.xml",
            sitemap_of(url_of("https://r.example/a", title="A", at=datetime(2026, 10, 13, tzinfo=UTC))),
            "sitemap",
            1,
        ),
        ("page.html", section(*SLUGS), "listing", 3),
        (
            "feed.xml",
            "<rss><channel><item><title>A</title><link>https://r.example/a</link></item></channel></rss>",
            "feed",
            1,
        ),
    ],
)
def test_a_saved_copy_shows_its_items(
    desk: Path, name: str, body: str, kind: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / name).write_text(body)
    assert run(["sources", "test", name, "--url", "https://r.example/x"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == count
    assert f"{kind}: {count} items, {count} with a title" in said.err


def test_outlets_of_aggregators_that_are_no_source_are_listed(desk: Path) -> None:
    config = load_config(desk / "nightdesk.toml", {})
    now = datetime(2026, 10, 13, tzinfo=UTC)
    with App.open(config, "test", clock=lambda: now) as app:
        from nightdesk import definitions

        alerts = Source(name="alerts", url="https://search.example/alerts", type="aggregator")
        known = Source(name="hill", url="https://hill.example/feed", title="Hill Times")
        for source in (alerts, known):
            app.store.unit(lambda db, source=source: definitions.add_source(db, source, now))  # type: ignore[misc]
        items = [
            NewItem("1", "https://river.example/a", None, "A", None, None, now, "River Post"),
            NewItem("2", "https://www.hill.example/b", None, "B", None, None, now, "Hill Times"),
        ]
        visit = {"started_at": now, "finished_at": now, "outcome": "new", "baseline": False, "entries": 2}

        def work(db):  # type: ignore[no-untyped-def]
            (due,) = [one for one in pages.sources_to_visit(db, now, 10) if one.name == "alerts"]
            pages.record_visit(db, due.id, visit, items, {"failures": 0, "state": "ok"})

        app.store.unit(work)
        from datetime import timedelta

        assert [(one.outlet, one.items) for one in outlets_met(app, timedelta(days=7))] == [("River Post", 1)]
