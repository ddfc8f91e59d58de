"""`try` and `explain`: what would become of a page, and what became of it."""

from __future__ import annotations

import json
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
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="An address, a12 (article, the default) or d34.")],
    format: FormatOption = None,
) -> None:
    """Say what became of a page, why each watch did or did not fire, and what would mend it."""
    from nightdesk.explain import explain

    with session(context).app("explain") as app:
        _print(explain(app, what), format)


def _print(explanation: Explanation, format: Format | None) -> None:
    if format in (None, Format.TABLE):  # prose reads well through a pipe too
        for line in explanation.lines():
            typer.echo(plain(line))
    else:
        indent = 2 if format is Format.JSON else None
        typer.echo(json.dumps(explanation.as_dict(), ensure_ascii=False, default=str, indent=indent))
