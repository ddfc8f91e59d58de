"""The command line: exit codes, where words go, and what --help promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from nightdesk.cli.main import app, run
from nightdesk.terminal import plain

COMMANDS = (
    "init check run crawl process deliver ingest try explain label merge split fact reprocess search developments show"
    " facts sql export brief sources watches channels alerts silences db"
)
PAGE = """<html lang="en"><head><title>Harbour office opens a new pier for ferries</title></head><body><article>
<h1>Harbour office opens a new pier for ferries</h1><p>The harbour office of Port Lumen opened a new pier for ferries on
Monday morning, and the first boat left with ninety passengers on board.</p><p>Two more boats will serve the islands
from next week, the office said, and tickets are sold at the pier and in the town hall.</p></article></body></html>"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a configuration that visits nothing."""
    (tmp_path / "nightdesk.toml").write_text("[crawl]\nsources = []\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nightdesk(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nightdesk", *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_help_names_the_commands_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS.split() if f" {name} " not in said] == []


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS.split():
        assert run([name, "--help"]) == 0
        assert "Usage" in capsys.readouterr().out


def test_the_version_is_said_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("nightdesk 0.")


def test_help_imports_no_heavy_room() -> None:
    program = "import sys; from nightdesk.cli.main import run; run(['--help']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for room in ("sqlalchemy", "scrapy", "twisted", "apprise", "trafilatura", "pydantic"):
        assert f"'{room}'" not in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["nonsense"], ["crawl", "--nonsense"], ["export", "articles"], ["show"]])
def test_a_wrong_command_line_is_exit_2(arguments: list[str], desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().out == ""


def test_reading_without_a_database_says_how_to_get_one(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["developments"]) == 1
    assert "nightdesk run makes it" in capsys.readouterr().err
    assert not (desk / "data").exists()


def test_the_whole_way_of_one_page_by_hand(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "pier.html").write_text(PAGE)
    taken = nightdesk("ingest", "pier.html", "--url", "https://post.example/pier", "--no-alerts", folder=desk)
    assert (taken.returncode, json.loads(taken.stdout)["state"]) == (0, "article")
    article = json.loads(taken.stdout)["article_id"]
    assert run(["search", "ferries", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["id"], "[ferries]" in found["snippet"]) == (article, True)
    assert run(["show", f"a{article}", "--format", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == "https://post.example/pier"
    assert run(["search", 'ferries AND "']) == 2
    assert "at character" in capsys.readouterr().err


def test_try_needs_and_makes_no_database(desk: Path) -> None:
    (desk / "pier.html").write_text(PAGE)
    tried = nightdesk("try", "pier.html", "--url", "https://post.example/pier", folder=desk)
    assert (tried.returncode, "Harbour office opens a new pier" in tried.stdout) == (0, True)
    assert not (desk / "data").exists()


def test_the_database_can_be_made_checked_and_copied(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "upgrade"]) == 0
    assert run(["db", "check"]) == 0
    assert run(["db", "check", "--repair"]) == 0
    assert run(["db", "backup", "copy.db"]) == 0
    assert (desk / "copy.db").exists()
    assert run(["db", "backup", "copy.db"]) == 1
    assert run(["show", "d99"]) == 1
    assert "there is no development d99" in capsys.readouterr().err


def test_an_address_that_no_service_has_is_a_mistake_of_the_configuration(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "nightdesk.toml").write_text('[channel.desk]\nurl = "slakc://Zaubernuss4711/token"\n')
    assert run(["check"]) == 78
    assert run(["run", "--for", "0"]) == 78
    said = capsys.readouterr().err
    assert "channel.desk.url" in said
    assert "Zaubernuss" not in said


def test_examples_of_a_watch_are_checked(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch = '[crawl]\nsources = []\n[[watch]]\nname = "pier"\nquery = "pier"\n'
    (desk / "nightdesk.toml").write_text(watch + 'must_match = ["A pier opens"]\nmust_not_match = ["A peer opens"]\n')
    assert run(["check"]) == 0
    (desk / "nightdesk.toml").write_text(watch + 'must_match = ["A peer opens"]\nmust_not_match = ["A pier opens"]\n')
    assert run(["check"]) == 78
    said = capsys.readouterr().err
    assert "watch.pier.must_match[1]" in said and "watch.pier.must_not_match[1]" in said


def test_something_unforeseen_is_one_line(
    monkeypatch: pytest.MonkeyPatch, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the moon\nfell \x1b[2Jdown")

    monkeypatch.setattr("nightdesk.config.load_config", broken)
    assert run(["check"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError: the moon" in said
    assert "Traceback" not in said and "\x1b" not in said


def test_control_c_is_quiet(monkeypatch: pytest.MonkeyPatch, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nightdesk.config.load_config", stopped)
    assert run(["check"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(desk: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m nightdesk --help | true", shell=True, cwd=desk, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""


def test_what_came_from_outside_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2Jb\u202ec\x9bd", lines=False) == "a\\x1b[2Jb\\u202ec\\x9bd"


def test_no_command_is_registered_twice() -> None:
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("status", "code"), [(200, 0), (403, 1)])
def test_testing_a_channel_exits_by_what_the_service_answered(
    desk: Path, httpserver: HTTPServer, status: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=status)
    address = f"json://{httpserver.host}:{httpserver.port}/hook"
    (desk / "nightdesk.toml").write_text(f'[crawl]\nsources = []\n[channel.web]\nurl = "{address}"\n')
    assert run(["channels", "test", "web"]) == code
    assert f"HTTP {status}" in capsys.readouterr().out
