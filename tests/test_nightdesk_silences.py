"""`silences add`, `list` and `end`, as people type them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import UsageError
from nightdesk import silences
from nightdesk.cli.main import run

NOW = datetime(2026, 10, 13, 6, 0, tzinfo=UTC)
BANGKOK = ZoneInfo("Asia/Bangkok")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = '[crawl]\nsources = []\n[[watch]]\nname = "releases"\ntopics = ["scam_centres"]\n'
    (tmp_path / "nightdesk.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert run(["process"]) == 0  # makes the database, and the watch
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    capsys.readouterr()
    assert run(["silences", "list", "--format", "json"]) == 0
    found: list[Any] = json.loads(capsys.readouterr().out)
    return found


def test_one_is_added_listed_and_ended(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ["silences", "add", "--watch", "releases", "--country", "th", "--for", "2d", "--reason", "trial week"]
    assert run([*add, "--owner", "ana"]) == 0
    assert "s1: until" in capsys.readouterr().err
    (row,) = listed(capsys)
    assert (row["id"], row["state"], row["matcher"], row["hits"]) == (1, "in force", "watch releases, country TH", 0)
    assert (row["owner"], row["reason"]) == ("ana", "trial week")
    assert run(["silences", "list", "--format", "table"]) == 0
    assert " s1 " in capsys.readouterr().out
    assert run(["silences", "end", "s1"]) == 0
    assert [row["state"] for row in listed(capsys)] == ["over"]
    assert run(["silences", "end", "s1"]) == 1
    assert "no silence s1 in force" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--for", "2d"], "limit it by --watch"),
        (["--for", "2d", "--watch", "release"], 'did you mean "releases"?'),
        (["--for", "2d", "--event", "raids"], 'did you mean "raid"?'),
        (["--for", "2d", "--topic", "scam_centers"], 'did you mean "scam_centres"?'),
        (["--for", "2d", "--country", "Burma"], "write two letters"),
        (["--for", "2d", "--development", "d99"], "there is no development d99"),
        (["--for", "2d", "--development", "a9"], "--development takes d34"),
        (["--watch", "releases"], "say when it ends"),
        (["--watch", "releases", "--for", "2d", "--until", "2026-12-01"], "say when it ends"),
        (["--watch", "releases", "--for", "soon"], "--for: 'soon' is not a duration"),
        (["--watch", "releases", "--until", "soon"], "--until: 'soon' is no time"),
        (["--watch", "releases", "--until", "2020-01-01"], "end before it begins"),
        (["--watch", "releases", "--for", "2d", "--owner", " "], "--owner is empty"),
    ],
)
def test_mistakes_say_what_to_write(
    desk: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert run(["silences", "add", "--reason", "why", *given]) in (1, 2)
    assert said in capsys.readouterr().err


def test_one_without_a_reason_is_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["silences", "add", "--watch", "releases", "--for", "2d"]) == 2
    assert run(["silences", "add", "--watch", "releases", "--for", "2d", "--reason", " "]) == 2


def test_a_day_that_ends_one_means_its_end_where_the_users_are() -> None:
    starts, ends = silences.span("2026-10-14", None, None, NOW, BANGKOK)
    assert (starts, ends) == (NOW, datetime(2026, 10, 15, tzinfo=BANGKOK))


def test_one_may_begin_later() -> None:
    starts, ends = silences.span(None, "8h", "2026-10-14T08:00", NOW, BANGKOK)
    assert (starts, ends) == (datetime(2026, 10, 14, 8, tzinfo=BANGKOK), datetime(2026, 10, 14, 16, tzinfo=BANGKOK))


def test_a_beginning_in_the_past_is_now() -> None:
    assert silences.span(None, "8h", "2026-10-01", NOW, BANGKOK)[0] == NOW


def test_a_span_without_an_end_is_refused() -> None:
    with pytest.raises(UsageError):
        silences.span(None, None, None, NOW, BANGKOK)
