"""The command `nightdesk`: one module per family of commands, each thin."""

from __future__ import annotations

from nightdesk.cli.main import main

__all__ = ["main"]
