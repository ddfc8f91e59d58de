"""`label`, `merge`, `split`, `fact`, `reprocess` on the command line."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightdesk.cli.main import run
from store import lock
from store.engine import Store
from tests.conftest import FakeClock
from tests.deciding import Analyst
from tests.reports import Newsroom
from tests.test_pipeline_analyst import two_acts


@pytest.fixture
def desk(sqlite_store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Analyst]:
    """A folder with a record of two acts, and a configuration that names it."""
    desk = Analyst(Newsroom(sqlite_store), clock)
    two_acts(desk)
    (tmp_path / "nightdesk.toml").write_text(
        '[crawl]\nsources = []\n[pipeline]\nworkers = 1\n[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\n'
    )
    monkeypatch.chdir(tmp_path)
    yield desk


def test_what_was_decided_is_said(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["label", "a4", "--event", "demolition", "--not-event", "raid", "--reason", "only walls", "--by", "bo"])
        == 0
    )
    assert capsys.readouterr().out == "a4: scam_centres; demolition (before: scam_centres; raid)\n"
    assert desk.rows("SELECT by, reason FROM rulings LIMIT 1") == [("bo", "only walls")]


def test_who_decides_is_the_user_unless_said_otherwise(desk: Analyst) -> None:
    assert run(["merge", "d1", "d2"]) == 0
    assert desk.rows("SELECT DISTINCT by FROM rulings") == [(getpass.getuser(),)]


def test_a_development_is_labelled_by_all_its_articles(desk: Analyst) -> None:
    assert run(["label", "d1", "--off-topic"]) == 0
    assert desk.homes() == {1: None, 2: None, 3: None, 4: 2}


def test_facts_are_edited_rejected_and_added(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    first = desk.fact(1, 120)
    assert run(["fact", "edit", f"f{first}", "--value", "102", "--nationality", "", "--everywhere"]) == 0
    assert [row[:2] for row in desk.counts()] == [(1, 102), (2, 102), (3, 102), (4, 31)]
    assert desk.rows("SELECT DISTINCT nationality FROM facts_v WHERE value = 102") == [(None,)]
    assert run(["fact", "reject", str(desk.fact(4, 31))]) == 0
    assert (
        run(["fact", "add", "d1", "--kind", "count", "--value", "4", "--unit", "guards", "--quote", "Four guards"]) == 0
    )
    assert (1, 4, "analyst") in desk.counts()
    assert run(["fact", "add", "d1", "--kind", "person", "--name", "Sok Vanna", "--speaker", "the embassy"]) == 0
    assert desk.rows("SELECT name, quote, speaker FROM facts_v WHERE name = 'Sok Vanna'") == [
        ("Sok Vanna", "", "the embassy")
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("label a4", "say what it is"),
        ("label a4 --topic scam_centre", 'did you mean "scam_centres"?'),
        ("label a4 --event raids", 'did you mean "raid"?'),
        ("label a4 --off-topic --topic scam_centres", "leave --topic and --event out"),
        ("label a4 --event raid --not-event raid", "both name raid"),
        ("label f4 --off-topic", "is no article (a12) or development (d12)"),
        ("label a4 --watch releases", "goes with --relevant"),
        ("label d1 --not-relevant", "none has told of it"),
        ("label d1 --not-relevant --watch release", 'did you mean "releases"?'),
        ("merge d1", "one development already"),
        ("merge a1 a2", "is no development (d12)"),
        ("split d1", "is no article (a12)"),
        ("fact edit f1", "say what is right"),
        ("fact edit f1 --status finished", "is none of done, started"),
        ("fact edit f1 --nationality Kenya", "write its two letters"),
        ("fact add a1 --kind thing --name x", "is none of count, place"),
        ("fact add a1 --kind count --unit people", "a count needs --value or --low or --high"),
        ("fact add a1 --kind date --date yesterday", "is no date"),
        ("fact add a1 --kind route --place x", "a route needs --from or --to"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    desk: Analyst, command: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command.split()) == 2
    assert said in capsys.readouterr().err
    assert desk.rows("SELECT count(*) FROM rulings") == [(0,)]


@pytest.mark.parametrize(
    "command", ["label a99 --off-topic", "merge d1 d99", "split a99", "fact reject f999", "show f999"]
)
def test_what_there_is_not_is_said(desk: Analyst, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command.split()) == 1
    assert "there is no" in capsys.readouterr().err


def test_relevance_is_counted_by_watch(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["label", "d1", "--not-relevant", "--watch", "releases"]) == 0
    assert capsys.readouterr().out == "d1 is not relevant for releases; releases hears no more of it\n"
    assert run(["watches", "list", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)[0]
    assert (listed["name"], listed["told"], listed["judged"], listed["precision"]) == ("releases", 0, 0, None)


def test_decisions_are_shown_with_what_they_are_about(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    fact = desk.fact(4, 31)
    run(["fact", "edit", f"f{fact}", "--value", "33", "--reason", "asked the court", "--by", "ana"])
    capsys.readouterr()
    for what in ("a4", "d2", f"f{fact}"):
        assert run(["show", what, "--format", "table"]) == 0
        shown = capsys.readouterr().out
        assert f"f{fact}: figure 31 is 33  asked the court" in shown
    assert run(["explain", "a4"]) == 0
    explained = capsys.readouterr().out
    assert f"ana decided: f{fact}: figure 31 is 33 (asked the court)" in explained
    assert "correction figure: 31 to 33 (analyst by ana" in explained
    assert run(["show", "d2", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rulings"][0]["by"] == "ana"
    assert found["changes"][-1]["what"] == "figure"


def test_what_was_merged_is_not_listed_and_leads_on(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    run(["merge", "d2", "d1"])
    capsys.readouterr()
    assert run(["developments", "--format", "jsonl"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [1]
    assert run(["show", "d2", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["merged_into"] == 1
    assert run(["export", "developments", "-o", "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_decisions_may_be_made_beside_a_daemon_and_reprocessing_may_not(
    desk: Analyst, capsys: pytest.CaptureFixture[str]
) -> None:
    held = lock.hold(desk.store, "the daemon")
    try:
        assert run(["merge", "d1", "d2"]) == 0
        assert run(["reprocess"]) == 75
        assert "the daemon" in capsys.readouterr().err
    finally:
        held.release()


def test_reprocessing_says_what_it_did(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reprocess", "--dry-run", "--format", "jsonl"]) == 0
    said = capsys.readouterr()
    assert "Nothing was changed" in said.err
    listed = [json.loads(line) for line in said.out.splitlines()]
    assert {"development_id", "article_id", "what", "old", "new"} == set(listed[0])
    assert run(["reprocess", "--format", "json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["pages"] == 4
    assert done["articles"] > 0
    assert run(["reprocess", "--dry-run", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out == ""
    assert not list(desk.store.data_dir.glob("reprocess.db-*"))


def test_a_development_is_put_into_a_thread_and_taken_out(desk: Analyst, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["label", "d2", "--thread", "d1", "--reason", "the same hotel"]) == 0
    assert run(["label", "d2", "--thread", "none"]) == 0
    assert run(["label", "a1", "--thread", "t1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "d1 is in thread t1",
        "d2 is in thread t1",
        "d2 is in no thread (before: t1)",
        "d1 is in thread t1",
    ]
    assert desk.rows("SELECT id, thread_id FROM developments_v ORDER BY id") == [(1, 1), (2, None)]


@pytest.mark.parametrize(
    ("thread", "code", "said"), [("t9", 1, "there is no thread t9"), ("n4", 2, "'n4' is no thread (t12)")]
)
def test_a_thread_that_there_is_not_is_refused(
    desk: Analyst, capsys: pytest.CaptureFixture[str], thread: str, code: int, said: str
) -> None:
    assert run(["label", "d2", "--thread", thread]) == code
    assert said in capsys.readouterr().err
