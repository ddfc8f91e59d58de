"""What a command starts from: the configuration, read when first asked for, and the rooms it needs."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nightdesk.terminal import plain

if TYPE_CHECKING:
    from nightdesk.config import Config


class Session:
    """One command's view of the program."""

    def __init__(self, option: Path | None) -> None:
        self._option = option

    @cached_property
    def config(self) -> Config:
        """The configuration; its warnings are said once. Raises ConfigError."""
        from nightdesk.config import find_config, load_config

        config = load_config(find_config(self._option, Path.cwd()), os.environ)
        for warning in config.warnings:
            print(plain(f"warning: {warning}"), file=sys.stderr)
        return config


def session(context: typer.Context) -> Session:
    """The session that the global options made."""
    found = context.find_object(Session)
    assert found is not None
    return found
