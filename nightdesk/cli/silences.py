"""`silences`: mutes with owner, reason and end."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption, family
from nightdesk.terminal import plain


def add_to(app: typer.Typer) -> None:
    silences = family(app, "silences", "Add, list and end silences: what fits one is decided and not sent.")
    silences.command("add")(add)
    silences.command("list")(list_silences)
    silences.command("end")(end)


def add(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for who finds it later.")],
    watch: Annotated[str | None, typer.Option(metavar="NAME", help="What this watch would tell.")] = None,
    topic: Annotated[str | None, typer.Option(metavar="TOPIC", help="Developments of this topic.")] = None,
    event: Annotated[str | None, typer.Option(metavar="TYPE", help="Of this kind.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CC", help="In this country.")] = None,
    development: Annotated[str | None, typer.Option(metavar="ID", help="This one, and those merged with it.")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="What this source alone reports.")] = None,
    lasts: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="How long: 8h, 2d.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Or its end: 2026-12-01.")] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="WHEN", help="Its beginning; now.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Who answers for it; the user here.")] = None,
) -> None:
    """Hold back what fits all that is named, until then. It is decided and listed at the end, and not sent again."""
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from core.ids import show_id
    from nightdesk import silences
    from nightdesk.analyst import signed

    asking = session(context)
    now = utc_now()
    starts_at, ends_at = silences.span(until, lasts, begin, now, ZoneInfo(asking.config.timezone))
    matcher = {"watch": watch, "topic": topic, "event": event, "country": country}
    matcher |= {"development_id": development, "source": source}
    wanted = silences.Wanted(signed(owner, None).by, reason, starts_at, ends_at, matcher)
    with asking.reading() as store:
        made = store.unit(lambda db: silences.add(db, asking.config, wanted, now))
    name = show_id("silence", made)
    said = f"{name}: until {ends_at:%Y-%m-%d %H:%M %Z}; nightdesk silences list counts what it holds"
    typer.echo(plain(said), err=True)


def list_silences(context: typer.Context, format: FormatOption = None) -> None:
    """List the silences, those that are over too, with how many alerts each held back."""
    from core.clock import utc_now
    from nightdesk import silences
    from nightdesk.output import choose_format, write

    with session(context).reading() as store, store.read() as db:
        rows = silences.rows(db, utc_now())
    write(
        rows,
        list(silences.COLUMNS),
        choose_format(format, sys.stdout),
        sys.stdout,
        shown=silences.SHOWN,
        noun="silence",
    )


def end(context: typer.Context, silence: Annotated[str, typer.Argument(metavar="ID", help="As in s3.")]) -> None:
    """End a silence now. What it held back is listed once on the channels that it was held from."""
    from core.clock import utc_now
    from nightdesk import silences

    with session(context).reading() as store:
        name = store.unit(lambda db: silences.end(db, silence, utc_now()))
    typer.echo(f"{name}: over; what it held back is listed with the next look of the daemon", err=True)
