"""`sources health` and `doctor`: how the sources and the installation fare."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption


def add_to(app: typer.Typer) -> None:
    _sources(app).command("health")(health)
    app.command()(doctor)


def _sources(app: typer.Typer) -> typer.Typer:
    """The family `sources`, whose other commands are in nightdesk.cli.manage."""
    for group in app.registered_groups:
        if group.name == "sources" and group.typer_instance is not None:
            return group.typer_instance
    raise AssertionError("register nightdesk.cli.manage first")


def health(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those that are well, too.")] = False,
    format: FormatOption = None,
) -> None:
    """Say how each source fares, why, and what mends it; those in trouble unless --all."""
    from nightdesk.health import COLUMNS, SHOWN, source_rows, summary
    from nightdesk.output import Format, choose_format, write

    with session(context).reading() as store, store.read() as db:
        rows = source_rows(db)
    chosen = choose_format(format, sys.stdout)
    listed = [row for row in rows if everything or row["state"] in ("failing", "silent", "degraded")]
    if chosen is not Format.TABLE and not everything:
        listed = rows  # programs filter by themselves
    write(listed, list(SHOWN if chosen is Format.TABLE else COLUMNS), chosen, sys.stdout)
    typer.echo(summary(rows), err=True)


def doctor(context: typer.Context, format: FormatOption = None) -> None:
    """Look at machine, database, daemon, sources and channels; exit 1 if something must be mended."""
    from core.clock import utc_now
    from nightdesk.doctor import examine
    from nightdesk.output import Format, write

    found = examine(session(context), utc_now())
    if format in (None, Format.TABLE):
        for one in found:
            typer.echo(one.line())
    else:
        write([one.as_dict() for one in found], ["name", "state", "text", "advice"], format, sys.stdout)
    if any(one.state == "bad" for one in found):
        raise typer.Exit(1)
