"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from nightdesk.output import Format

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="How rows are written; a table on a terminal, jsonl elsewhere."),
]
Topic = Annotated[str | None, typer.Option("--topic", metavar="TOPIC", help="Of this topic, as scam_centres.")]
Event = Annotated[str | None, typer.Option("--event", metavar="TYPE", help="Of this event type, as raid.")]
Country = Annotated[str | None, typer.Option("--country", metavar="CC", help="Of this country, as TH.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="From then on: 90d, or 2026-10-01.")]
Until = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Up to then, that day included.")]
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="From this source.")]
Lang = Annotated[str | None, typer.Option("--lang", metavar="CODE", help="In this language; zh is zh-Hant too.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many.")]
#: What narrows a listing or an export, by the names of their options.
FILTERS = ("topic", "event", "country", "since", "until", "source", "lang", "limit")

Restricted = Annotated[bool, typer.Option("--restricted", help="Restricted reports too, marked as such.")]


def family(app: typer.Typer, name: str, help: str) -> typer.Typer:
    """A command with commands of its own."""
    inner = typer.Typer(no_args_is_help=True, help=help, pretty_exceptions_enable=False)
    app.add_typer(inner, name=name)
    return inner
