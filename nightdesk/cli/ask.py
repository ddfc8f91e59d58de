"""`sql` and `export`: the record in the asker's own terms."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from core.errors import UsageError
from nightdesk.cli.context import session
from nightdesk.cli.look import filters
from nightdesk.cli.options import Country, Event, FormatOption, Lang, Limit, Since, Source, Topic, Until


class Subject(StrEnum):
    ARTICLES = "articles"
    DEVELOPMENTS = "developments"
    FACTS = "facts"
    INTERACTIONS = "interactions"
    DELIVERIES = "deliveries"
    EVIDENCE = "evidence"


def add_to(app: typer.Typer) -> None:
    app.command()(sql)
    app.command()(export)


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


def export(
    context: typer.Context,
    subject: Annotated[Subject, typer.Argument(metavar="articles|developments|facts|interactions|deliveries|evidence")],
    target: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help="Ends in .jsonl or .csv, for evidence .zip; - is stdout."),
    ],
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="For evidence: the development, as d34.")] = None,
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = None,
) -> None:
    """Write a whole view to a file, oldest first; or the evidence of one development as a pack."""
    from nightdesk.export import export as write

    if subject is Subject.EVIDENCE:
        _export_evidence(context, id, target)
        return
    if id is not None:
        raise UsageError(f"export {subject.value} takes no id; only evidence does")
    looking = session(context)
    chosen = filters(looking.config, topic, event, country, since, until, source, lang, limit)
    with looking.reading() as store:
        count = write(store, subject.value, target, chosen)
    typer.echo(f"{count} {subject.value} written{'' if target == '-' else f' to {target}'}", err=True)


def _export_evidence(context: typer.Context, id: str | None, target: str) -> None:
    from core.ids import read_id
    from nightdesk.evidence import export_evidence

    if id is None:
        raise UsageError("export evidence needs a development, as in: nightdesk export evidence d34 -o pack.zip")
    noun, number = read_id(id, "development")
    if noun != "development":
        raise UsageError(f"evidence is of a development (d34), not of {id!r}")
    with session(context).reading() as store:
        count = export_evidence(store, number, target)
    typer.echo(f"evidence of d{number} with {count} pages written to {target}", err=True)
