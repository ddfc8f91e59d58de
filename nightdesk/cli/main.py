"""The entry point: global options, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

import nightdesk
from core.errors import ConfigError, NightdeskError
from nightdesk.cli import (
    again,
    alerts,
    analyst,
    ask,
    brief,
    control,
    database,
    evidence,
    export,
    health,
    imports,
    look,
    manage,
    setup,
    silences,
    tokens,
    trace,
    users,
    watches,
    work,
)
from nightdesk.cli.context import Session
from nightdesk.terminal import plain

#: Made before garbage is looked for. What a start makes is there to stay: Python's own number costs it a tenth.
_OBJECTS = 10_000

app = typer.Typer(
    name="nightdesk",
    help="Watches news sources and tells people once per development.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"nightdesk {nightdesk.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Configuration; nightdesk.toml here if there is one."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    context.obj = Session(config)


_ASKING = (look, trace, analyst, again, ask, export, brief, evidence)
_KEEPING = (manage, alerts, watches, silences, users, tokens, health, imports, database)
for family in (setup, work, control, *_ASKING, *_KEEPING):
    family.add_to(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    gc.set_threshold(_OBJECTS)
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    _flush()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error is said on stderr in its own words."""
    try:
        outcome = _command().main(args=list(arguments), prog_name="nightdesk", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except typer.Exit as leave:
        return leave.exit_code
    except typer.Abort:
        return 130
    except ConfigError as error:
        print(plain(str(error)), file=sys.stderr)  # file and line come first, as editors expect them
        return error.exit_code
    except NightdeskError as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _close_stdout()
        return 141
    except Exception as error:
        # Typer carries a copy of click's errors in newer versions and imports them from click in older ones.
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show(file=sys.stderr)
            return int(error.exit_code)
        return _unexpected(error)


@cache
def _command() -> Any:
    """Typer's own form of `app`, of which nobody outside it can name the type."""
    return typer.main.get_command(app)


def say(text: str) -> None:
    """A message for people: on stderr, with control characters shown instead of obeyed."""
    print(plain(f"nightdesk: {text}"), file=sys.stderr)


def _unexpected(error: Exception) -> int:
    if os.environ.get("NIGHTDESK_DEBUG"):
        traceback.print_exc()
    else:
        reason = str(error).strip().partition("\n")[0]
        say(f"something unforeseen went wrong: {type(error).__name__}{': ' if reason else ''}{reason}")
        print("Set NIGHTDESK_DEBUG=1 to see where.", file=sys.stderr)
    return 1


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()


def _close_stdout() -> None:
    """So that the interpreter does not complain again when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
