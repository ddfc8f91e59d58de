"""What is logged is one line an event, cannot steer a terminal, and holds no secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from nightdesk.config import load_config
from nightdesk.logs import configure, secrets_of
from nightdesk.settings.sections import LogConfig


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def said(config: LogConfig, secrets: tuple[str, ...] = (), **values: object) -> str:
    out = io.StringIO()
    configure(config, secrets, out)
    structlog.get_logger("crawler").warning("visit_failed", **values)
    return out.getvalue()


def test_away_from_a_terminal_an_event_is_one_json_object() -> None:
    event = json.loads(said(LogConfig(), source="post", status=503))
    assert (event["event"], event["level"], event["source"], event["status"]) == (
        "visit_failed",
        "warning",
        "post",
        503,
    )


def test_control_characters_are_shown_and_make_no_second_line() -> None:
    line = said(LogConfig(format="console"), title="\x1b[2Jgone\nfake\u202eline")
    assert "\x1b" not in line and "\u202e" not in line
    assert line.count("\n") == 1
    assert "\\x1b[2Jgone" in line


@pytest.mark.parametrize("format", ["json", "console"])
def test_secrets_are_masked_wherever_they_turn_up(format: str) -> None:
    try:
        raise ValueError("cannot reach json://user:Zaubernuss@hook.example")
    except ValueError as error:
        line = said(
            LogConfig.model_validate({"format": format}),
            ("Zaubernuss",),
            reason="401 for Zaubernuss",
            error=error,
            many=["a", {"b": "Zaubernuss"}],
            exc_info=True,
        )
    assert "Zaubernuss" not in line
    assert "***" in line


def test_a_library_that_logs_the_plain_way_is_treated_alike() -> None:
    out = io.StringIO()
    configure(LogConfig(), ("Zaubernuss",), out)
    logging.getLogger("some.library").error("token %s is wrong\x07", "Zaubernuss")
    assert json.loads(out.getvalue())["event"] == "token *** is wrong\\x07"


def test_the_telling_parts_of_addresses_are_known_as_secrets(tmp_path: Path) -> None:
    path = tmp_path / "nightdesk.toml"
    path.write_text(
        '[channel.desk]\nurl = "slack://TokenA12345678/TokenB12345678"\n[channel.mail]\n'
        'url = "mailto://desk:Zaubernuss@mail.example.org?to=editor@example.org"\n[crawl]\nsources = []\n'
    )
    secrets = secrets_of(load_config(path, {}))
    assert {"TokenB12345678", "Zaubernuss"} <= secrets
    assert "editor@example.org" not in secrets


def test_a_log_file_is_written_beside(tmp_path: Path) -> None:
    said(LogConfig(file=str(tmp_path / "logs" / "nightdesk.jsonl")), source="post")
    assert json.loads((tmp_path / "logs" / "nightdesk.jsonl").read_text())["source"] == "post"
