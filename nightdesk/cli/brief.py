"""`brief`: what happened, case by case and with its sources, as a document to hand on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nightdesk.brief.formats import Form
from nightdesk.cli.context import session
from nightdesk.cli.look import filters
from nightdesk.cli.options import Country, Event, Lang, Limit, Restricted, Source, Topic, Until


def add_to(app: typer.Typer) -> None:
    app.command()(brief)


def brief(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Ends in .docx, .md, .html, .ris or .json (CSL); - is Markdown."
        ),
    ],
    format: Annotated[Form | None, typer.Option("--format", help="Where the name of the file does not say it.")] = None,
    watch: Annotated[str | None, typer.Option("--watch", metavar="NAME", help="What this watch asks for.")] = None,
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="From then on: 90d, or 2026-10-01; else of 7 days.")
    ] = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = None,
    restricted: Restricted = False,
) -> None:
    """Write a brief: developments by case, with a footnote for every figure; or its articles for reference managers."""
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk.brief.ask import ask
    from nightdesk.brief.formats import form_of, written
    from nightdesk.whole import whole

    form = form_of(target, format)
    looking = session(context)
    chosen = filters(looking.config, topic, event, country, since, until, source, lang, limit)
    zone = ZoneInfo(looking.config.timezone)
    with looking.reading() as store, store.read() as db:
        made, count = ask(db, chosen, watch, zone, utc_now(), restricted=restricted)
    content = written(made, form)
    if target == "-":
        sys.stdout.buffer.write(content)
    else:
        with whole(Path(target)) as out:
            out.write(content)
    typer.echo(f"brief of {count} developments written{'' if target == '-' else f' to {target}'}", err=True)
