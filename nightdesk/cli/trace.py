"""`try` and `explain`: what would become of a page, and what became of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption
from nightdesk.output import Format
from nightdesk.terminal import plain

if TYPE_CHECKING:
    from nightdesk.explain import Explanation


def add_to(app: typer.Typer) -> None:
    app.command("try")(try_)
    app.command()(explain)


def try_(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|FILE", help="An address, or a saved page.")],
    url: Annotated[str | None, typer.Option("--url", help="The address of a saved page.")] = None,
    format: FormatOption = None,
) -> None:
    """Take one page through every stage and say why; saves and sends nothing."""
    from nightdesk.trial import try_page

    trying = session(context)
    trying.log_by(trying.config)
    _print(try_page(trying.config, what, url), format)


def explain(
    context: typer.Context,
    what: Annotated[
        str | None,
        typer.Argument(metavar="URL|ID", help="An address, a12 (article, the default), d34, or n56 (alert)."),
    ] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Instead: what was asked about and not told.")] = False,
    forget: Annotated[int | None, typer.Option("--forget", metavar="N", help="Instead: this was no miss.")] = None,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Keep it as a known miss where it was one.")] = True,
    format: FormatOption = None,
) -> None:
    """Say in a sentence what became of a page, then why each watch did or did not fire, and what would mend it."""
    from core.clock import utc_now
    from core.errors import UsageError
    from nightdesk.explain import explain
    from nightdesk.misses import keep as keep_miss

    if [what is not None, misses, forget is not None].count(True) != 1:
        raise UsageError("name an address or an id, or give --misses or --forget N alone")
    if what is None:
        _known_misses(context, forget, format)
        return
    asking = session(context)
    now = utc_now()
    with asking.reading() as store:
        with store.read() as db:
            found = explain(db, asking.config, what, now)
        miss = keep_miss(store, found, now) if keep else None
    _print(found, format)
    if miss is not None:
        typer.echo(f"Kept as known miss {miss}; nightdesk explain --misses lists them.", err=True)


def _known_misses(context: typer.Context, forget: int | None, format: Format | None) -> None:
    """List what was asked about and not told, each looked at again, or take one out."""
    from core.clock import utc_now
    from nightdesk import misses
    from nightdesk.output import choose_format, write

    asking = session(context)
    with asking.reading() as store:
        if forget is not None:
            misses.forget(store, forget)
            return
        rows = misses.look_again(store, asking.config, utc_now())
    chosen = choose_format(format, sys.stdout)
    if chosen is Format.TABLE:
        rows = [{**row, "title": row["title"] or row["asked"]} for row in rows]
    write(rows, misses.COLUMNS, chosen, sys.stdout, shown=misses.SHOWN)
    waiting = sum(row["state"] == "open" for row in rows)
    typer.echo(f"{len(rows)} known misses, {waiting} open", err=True)


def _print(explanation: Explanation, format: Format | None) -> None:
    if format in (None, Format.TABLE):  # prose reads well through a pipe too
        for line in explanation.lines():
            typer.echo(plain(line))
    else:
        indent = 2 if format is Format.JSON else None
        typer.echo(json.dumps(explanation.as_dict(), ensure_ascii=False, default=str, indent=indent))
