"""`init` and `check`: a configuration to begin with, and whether one is right."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from core.errors import NightdeskError
from nightdesk.cli.context import session


def add_to(app: typer.Typer) -> None:
    app.command()(init)
    app.command()(check)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write it; here if left out.")] = Path("."),
) -> None:
    """Write a commented nightdesk.toml. Never overwrites one."""
    target = folder / "nightdesk.toml"
    text = files("nightdesk").joinpath("template.toml").read_text("utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise NightdeskError(
            f"{target if target.exists() else folder} is there already; nothing was changed"
        ) from error
    except OSError as error:
        raise NightdeskError(f"cannot write {target}: {error.strerror}") from error
    typer.echo(f"Wrote {target}. Next: edit it, then nightdesk check.", err=True)


def check(context: typer.Context) -> None:
    """Check configuration, sources, topics, watches and channels. Nothing is sent."""
    from nightdesk.check import check_all, language_warnings
    from nightdesk.terminal import plain

    session(context).warn()
    config = session(context).config
    lines = list(check_all(config))
    for warning in language_warnings(config):
        typer.echo(plain(f"warning: {warning}"), err=True)
    for line in lines:
        typer.echo(line)
