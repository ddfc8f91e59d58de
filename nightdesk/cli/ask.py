"""`sql`: the record in the asker's own terms."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption


def add_to(app: typer.Typer) -> None:
    app.command()(sql)


def sql(
    context: typer.Context,
    query: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="A SELECT; read from stdin if left out or -.")
    ] = None,
    format: FormatOption = None,
) -> None:
    """Ask the views in SQL: reading only, with limits on time and rows. docs/sql.md names them all."""
    from nightdesk.adhoc import ask
    from nightdesk.output import choose_format, write

    asking = session(context)
    asking.require_database()
    if query is None and sys.stdin.isatty():
        _show_views(asking.config.database_url)
        return
    answer = ask(asking.config, sys.stdin.read() if query in (None, "-") else str(query))
    names = unique(answer.columns)
    rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
    write(rows, names, choose_format(format, sys.stdout), sys.stdout)
    if answer.cut:
        typer.echo(answer.cut, err=True)


def unique(columns: tuple[str, ...]) -> list[str]:
    """Column names as keys: a second `id` becomes `id_2`."""
    names: list[str] = []
    for column in columns:
        count = 1
        name = column
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    return names


def _show_views(_url: str) -> None:
    from store import views

    typer.echo("Write a query, as in: nightdesk sql 'SELECT title FROM developments_v LIMIT 5'", err=True)
    for name in views.NAMES:
        typer.echo(name)
