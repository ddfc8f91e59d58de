"""`tokens`: what opens the feed and the API from outside."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption, family

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose it is and what for, as in anas-reader.")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it; the user here.")]


def add_to(app: typer.Typer) -> None:
    tokens = family(app, "tokens", "Add, list and revoke tokens for the feed and the API.")
    tokens.command("add")(add)
    tokens.command("list")(list_tokens)
    tokens.command("revoke")(revoke)


def add(
    context: typer.Context,
    name: _Name,
    scope: Annotated[
        str, typer.Option(metavar="SCOPE", help="read opens all, feed only /feed.atom, sheet only queries as CSV.")
    ] = "read",
    owner: Annotated[
        str | None,
        typer.Option("--for", metavar="OWNER", help="The user it ends with, or a program; who makes it, if left out."),
    ] = None,
    by: _By = None,
) -> None:
    """Make a token and print its key, this once: only its hash is kept."""
    from core.clock import utc_now
    from nightdesk import tokens
    from nightdesk.analyst import signed

    maker = signed(by, None).by
    with session(context).reading() as store:
        key = store.unit(lambda db: tokens.add(db, name, scope, maker, utc_now(), owner))
        with store.read() as db:
            end = tokens.ends_with(db, owner or maker)
    typer.echo(key)
    typer.echo(f"{name}: keep the key now, it cannot be shown again; nightdesk tokens revoke {name} ends it", err=True)
    typer.echo(f"{name}: {end}", err=True)


def list_tokens(context: typer.Context, format: FormatOption = None) -> None:
    """List the tokens with whose they are, who made them and when each was used last, revoked ones too."""
    from nightdesk import tokens
    from nightdesk.output import choose_format, write

    with session(context).reading() as store, store.read() as db:
        rows = tokens.rows(db)
    write(rows, tokens.COLUMNS, choose_format(format, sys.stdout), sys.stdout)


def revoke(context: typer.Context, name: _Name, by: _By = None) -> None:
    """End a token. From the next request on it opens nothing."""
    from core.clock import utc_now
    from nightdesk import tokens
    from nightdesk.analyst import signed

    with session(context).reading() as store:
        store.unit(lambda db: tokens.revoke(db, name, signed(by, None).by, utc_now()))
    typer.echo(f"{name}: revoked; it opens nothing any more", err=True)
