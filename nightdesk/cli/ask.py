"""`sql`: the record in the asker's own terms."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import UsageError
from nightdesk.cli.context import Session, session
from nightdesk.cli.options import FormatOption

if TYPE_CHECKING:
    from nightdesk.adhoc import Asker
    from nightdesk.output import Format
    from nightdesk.queries import Named
    from store.readonly import Answer, Value


def add_to(app: typer.Typer) -> None:
    app.command()(sql)


def sql(
    context: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[QUERY|NAME]", help="A SELECT, or a named query; from stdin if left out or -."),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="For a place such as :since; repeatable.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="List the named queries and their parameters.")] = False,
    format: FormatOption = None,
) -> None:
    """Ask the views in SQL: reading only, with limits on time and rows; in a dialogue on a terminal without a query."""
    from nightdesk.adhoc import Asker
    from nightdesk.console import find, pairs
    from nightdesk.queries import NAME

    asking = session(context)
    queries = _known(asking)
    if names:
        _write_names(queries, format)
        return
    asking.require_database()
    given = pairs(param or [])
    with Asker(asking.config) as asker:
        if query is None and sys.stdin.isatty():
            if given:
                raise UsageError("--param goes with a query or the name of one")
            _converse(asking, asker, queries, format)
            return
        written = sys.stdin.read() if query in (None, "-") else str(query)
        values: Mapping[str, Value] = given
        if NAME.fullmatch(written.strip()):
            known = find(queries, written.strip())
            written, values = known.sql, _values(asking, known, given)
        _write(asker.ask(written, values), format)


def _known(asking: Session) -> Mapping[str, Named]:
    """The named queries; those of the files alone while there is no database to ask."""
    from sqlalchemy.exc import SQLAlchemyError

    from core.errors import StoreError
    from nightdesk import savedqueries

    try:
        with asking.reading() as store, store.read() as db:
            return savedqueries.known(db, asking.config)
    except (StoreError, SQLAlchemyError) as error:
        reason = str(error).partition("\n")[0]
        typer.echo(f"queries that were saved by the page were not read: {reason}", err=True)
        return savedqueries.of_files(asking.config)


def _values(asking: Session, query: Named, given: Mapping[str, str]) -> dict[str, Value]:
    from zoneinfo import ZoneInfo

    from core.clock import utc_now

    return query.values(given, utc_now(), ZoneInfo(asking.config.timezone))


def _write(answer: Answer, format: Format | None) -> None:
    from nightdesk.answers import rows as rows_of
    from nightdesk.output import choose_format, write

    names, rows = rows_of(answer)
    write(rows, names, choose_format(format, sys.stdout), sys.stdout)
    if answer.cut:
        typer.echo(answer.cut, err=True)


def _write_names(queries: Mapping[str, Named], format: Format | None) -> None:
    from nightdesk.output import choose_format, write

    rows = [
        {
            "name": query.name,
            "parameters": ", ".join(
                f"{each.name} ({each.kind})" + (f" = {each.default}" if each.default is not None else "")
                for each in query.parameters
            ),
            "about": query.about,
        }
        for query in queries.values()
    ]
    write(rows, ("name", "parameters", "about"), choose_format(format, sys.stdout), sys.stdout)


def _converse(asking: Session, asker: Asker, queries: Mapping[str, Named], format: Format | None) -> None:
    from nightdesk.console import Console, remember
    from store import views

    def ask(query: Named, given: Mapping[str, str]) -> Answer:
        return asker.ask(query.sql, _values(asking, query, given))

    save = remember([*views.NAMES, *queries])
    try:
        Console(asker, queries, ask, lambda answer: _write(answer, format), sys.stderr).run()
    finally:
        save()
