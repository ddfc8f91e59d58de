"""The scripts: whole in themselves, from any folder, and clear about what they need."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ("script/_env", "script/check", "script/demo", "script/nightdesk", "script/test", ".ci/run")
TOOLS = ("bash", "dirname", "cat", "cksum", "tr", "flock", "mkdir", "rm", "mv", "ls", "cp")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the scripts beside a project file, in a folder with a space in its name."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "script", root / "script")
    (root / "pyproject.toml").write_text("[project]\n")
    return root


def start(script: Path, *arguments: str, path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments], env={"PATH": str(path), **env}, cwd="/", capture_output=True, text=True, timeout=60
    )


def tools(folder: Path, **programs: str) -> Path:
    """A PATH with the system's small tools and the given programs, and without any Python."""
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    for name, text in programs.items():
        (folder / name.replace("_", ".")).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name.replace("_", ".")).chmod(0o755)
    return folder


#: Stands for a Python: recent, makes environments, and notes what it was asked to do.
PYTHON = """
echo "$0 $*" >> "$LOG"
case "$*" in
    "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo home > "$3/pyvenv.cfg";;
    *"pip install"*) [[ -z "${FAIL:-}" ]];;
    --version) echo Python 3.11.9;;
    "-m nightdesk "*) echo "ran: $*";;
esac
"""


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_executable_and_can_be_parsed(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)


def test_without_a_python_it_says_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    done = start(checkout / "script" / "demo", path=tools(tmp_path / "bin"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (checkout / ".venv").exists()


def test_the_first_use_makes_the_environment_and_later_ones_only_use_it(checkout: Path, tmp_path: Path) -> None:
    path, log = tools(tmp_path / "bin", python3_11=PYTHON), str(tmp_path / "log")
    first = start(checkout / "script" / "nightdesk", "check", "a b", path=path, LOG=log)
    assert (first.returncode, first.stdout) == (0, "ran: -m nightdesk check a b\n")
    assert "pip install" in Path(log).read_text()
    Path(log).write_text("")
    second = start(checkout / "script" / "nightdesk", "check", path=path, LOG=log)
    assert (second.returncode, second.stderr) == (0, "")
    assert "pip install" not in Path(log).read_text()


def test_a_changed_project_file_is_installed_again(checkout: Path, tmp_path: Path) -> None:
    path, log = tools(tmp_path / "bin", python3_11=PYTHON), str(tmp_path / "log")
    start(checkout / "script" / "nightdesk", "check", path=path, LOG=log)
    (checkout / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    Path(log).write_text("")
    start(checkout / "script" / "nightdesk", "check", path=path, LOG=log)
    assert "pip install" in Path(log).read_text()


def test_an_environment_cut_off_half_way_is_made_whole_by_the_next_try(checkout: Path, tmp_path: Path) -> None:
    path, log = tools(tmp_path / "bin", python3_11=PYTHON), str(tmp_path / "log")
    failed = start(checkout / "script" / "demo", path=path, LOG=log, FAIL="1")
    assert failed.returncode == 1
    assert "could not be made" in failed.stderr
    done = start(checkout / "script" / "demo", "--for", "5", path=path, LOG=log)
    assert (done.returncode, done.stdout) == (0, "ran: -m nightdesk run --demo --for 5\n")


def test_an_environment_for_tests_serves_running_and_stays_one(checkout: Path, tmp_path: Path) -> None:
    path, log = tools(tmp_path / "bin", python3_11=PYTHON), str(tmp_path / "log")
    start(checkout / "script" / "test", path=path, LOG=log)
    assert f"--editable {checkout}[dev]" in Path(log).read_text()
    Path(log).write_text("")
    start(checkout / "script" / "demo", path=path, LOG=log)
    assert "pip install" not in Path(log).read_text()


def test_uv_is_used_where_it_is_found(checkout: Path, tmp_path: Path) -> None:
    uv = 'echo "uv $*" >> "$LOG"; [[ "$1" != venv ]] || python3.11 -m venv "${!#}"'
    path, log = tools(tmp_path / "bin", python3_11=PYTHON, uv=uv), str(tmp_path / "log")
    assert start(checkout / "script" / "nightdesk", "check", path=path, LOG=log).returncode == 0
    assert "uv pip install" in Path(log).read_text()


def test_a_folder_that_is_no_environment_is_never_removed(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "thesis.txt").write_text("years of work")
    path = tools(tmp_path / "bin", python3_11=PYTHON)
    done = start(checkout / "script" / "demo", path=path, LOG=str(tmp_path / "log"))
    assert done.returncode == 1
    assert "no Python environment" in done.stderr
    assert (checkout / ".venv" / "thesis.txt").read_text() == "years of work"
