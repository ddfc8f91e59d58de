"""`alerts`: the log of what was told, what a message looks like, and another try."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.look import filters
from nightdesk.cli.options import Country, FormatOption, Limit, Since, Until, family
from nightdesk.terminal import plain

_ROWS = 50

Channel = Annotated[str | None, typer.Option("--channel", metavar="NAME", help="Of this channel.")]
Alert = Annotated[str, typer.Argument(metavar="ID", help="n56.")]


def add_to(app: typer.Typer) -> None:
    alerts = family(app, "alerts", "List, show, preview and retry alerts.")
    alerts.command("list")(list_alerts)
    alerts.command("show")(show)
    alerts.command("preview")(preview)
    alerts.command("retry")(retry)


def list_alerts(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", metavar="NAME", help="Of this watch.")] = None,
    channel: Channel = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="With a delivery in it: suppressed, dead, sent ...")
    ] = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _ROWS,
    format: FormatOption = None,
) -> None:
    """List the alerts, newest first, and what became of each; what a silence holds is `--state suppressed`."""
    from nightdesk import alertlog, listing
    from nightdesk.output import Format, choose_format, write

    looking = session(context)
    chosen = filters(looking.config, country=country, since=since, until=until, limit=limit)
    wanted = choose_format(format, sys.stdout)
    with looking.reading() as store, store.read() as db:
        columns = listing.columns(db, listing.ALERTS)
        found = alertlog.listed(db, chosen, alertlog.Narrowed(watch, channel, state))
        if wanted is Format.TABLE:
            columns, found = [*columns, "told"], alertlog.with_fate(db, found)
        write(found, columns, wanted, sys.stdout, noun="alert")


def show(context: typer.Context, id: Alert, format: FormatOption = None) -> None:
    """Show one alert: why it was decided, whom it reached, each try, and what was said."""
    from core.errors import UsageError
    from core.ids import read_id
    from nightdesk import alertlog
    from nightdesk.output import Format, choose_format
    from nightdesk.show import as_json, in_words

    noun, number = read_id(id, "alert")
    if noun != "alert":
        raise UsageError(f"alerts show takes n56, not {id!r}; nightdesk show has the others")
    with session(context).reading() as store, store.read() as db:
        found = alertlog.load(db, number)
    if choose_format(format, sys.stdout) is Format.TABLE:
        typer.echo(in_words(found))
    else:
        typer.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2 if format is Format.JSON else None))


def preview(
    context: typer.Context,
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="n56 (alert), d34 (development); an invented one if left out.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="NAME", help="As this channel wants it; the first if left out.")
    ] = None,
    part: Annotated[
        str, typer.Option("--part", metavar="PART", help="text, title, html, chat, markdown, slack, telegram, matrix.")
    ] = "text",
) -> None:
    """Draw a message by today's configuration and templates. Sends nothing."""
    from core.errors import UsageError
    from core.ids import read_id
    from nightdesk import preview as drawing

    if part not in drawing.PARTS:
        raise UsageError(f'there is no part "{part}"; there are {", ".join(drawing.PARTS)}')
    looking = session(context)
    if id is None:
        content = drawing.sample(looking.config, channel)
    else:
        noun, number = read_id(id, "alert")
        if noun not in ("alert", "development"):
            raise UsageError(f"alerts preview takes n56 or d34, not {id!r}")
        draw = drawing.of_alert if noun == "alert" else drawing.of_development
        with looking.reading() as store, store.read() as db:
            content = draw(db, looking.config, number, channel)
    drawn = drawing.part_of(content, part)
    typer.echo(drawn if part == "html" else plain(drawn), nl=not drawn.endswith("\n"))


def retry(context: typer.Context, id: Alert, channel: Channel = None) -> None:
    """Send again what was given up or may not have arrived."""
    from core.errors import UsageError
    from core.ids import read_id
    from nightdesk import alertlog

    noun, number = read_id(id, "alert")
    if noun != "alert":
        raise UsageError(f"alerts retry takes n56, not {id!r}")
    trying = session(context)
    trying.require_database()
    with trying.app("alerts retry") as app:
        for line in alertlog.retry(app, number, channel):
            typer.echo(plain(line, lines=False))
    typer.echo("The daemon sends it now; without one: nightdesk deliver", err=True)
