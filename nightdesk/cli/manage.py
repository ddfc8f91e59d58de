"""`sources`, `watches`, `channels`, `alerts`: what is defined, and what it told."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from nightdesk.cli.context import session
from nightdesk.cli.look import filters, list_view
from nightdesk.cli.options import Country, FormatOption, Limit, Since, Until, family

_ROWS = 50


def add_to(app: typer.Typer) -> None:
    sources = family(app, "sources", "List, add and test sources.")
    sources.command("list")(list_sources)
    sources.command("add")(add_source)
    sources.command("test")(test_source)
    family(app, "watches", "List watches.").command("list")(list_watches)
    channels = family(app, "channels", "List and test channels.")
    channels.command("list")(list_channels)
    channels.command("test")(test_channel)
    family(app, "alerts", "List alerts.").command("list")(list_alerts)


def list_sources(context: typer.Context, format: FormatOption = None) -> None:
    """List the sources, how they fare and when they are visited next."""
    from nightdesk.listing import SOURCES, Filters

    list_view(context, SOURCES, Filters(), format)


def add_source(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, or a site whose feeds are looked for.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it; from the address if left out.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Its language, as th.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Its country, as TH.")] = None,
    kind: Annotated[str, typer.Option("--type", help="newspaper, wire, police, ...")] = "newspaper",
    yes: Annotated[bool, typer.Option("--yes", help="Take the best feed without asking.")] = False,
) -> None:
    """Find a site's feeds and store one as a source in the database."""
    from nightdesk import newsource

    with session(context).app("sources add") as app:
        found = newsource.find_feeds(app, url)
        chosen = found[0] if yes or len(found) == 1 else _choose(found)
        given = {"name": name, "language": language, "country": country, "type": kind}
        source, done = newsource.add(app, chosen, given)
    typer.echo(f"{source.name}: {done}; {source.url}", err=True)


def _choose(found: list[Any]) -> Any:
    from core.errors import UsageError

    for number, feed in enumerate(found, start=1):
        typer.echo(f"{number}. {feed.title or 'without a title'}  {feed.url}", err=True)
    if not sys.stdin.isatty():
        raise UsageError("there are several feeds; name one of these, or take the first with --yes")
    number = typer.prompt("Which one", default=1, type=int, err=True)
    if not 1 <= number <= len(found):
        raise UsageError(f"there is no feed {number}")
    return found[number - 1]


def test_source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SOURCE", help="Its name.")],
    format: FormatOption = None,
) -> None:
    """Visit one source once and show its items; saves nothing."""
    from nightdesk import newsource
    from nightdesk.output import choose_format, write

    columns = ["published_at", "title", "url"]
    with session(context).app("sources test") as app:
        write(newsource.look(app, name), columns, choose_format(format, sys.stdout), sys.stdout)


def list_watches(context: typer.Context, format: FormatOption = None) -> None:
    """List the watches, those that are retired too."""
    from nightdesk.listing import WATCHES, Filters

    list_view(context, WATCHES, Filters(), format)


def list_channels(context: typer.Context, format: FormatOption = None) -> None:
    """List the channels, with the kind of service but never the address."""
    from nightdesk.output import choose_format, write

    config = session(context).config
    rows = [
        {
            "name": name,
            "service": ", ".join(sorted({a.get_secret_value().partition(":")[0] for a in channel.url})),
            "language": channel.language,
            "storm_cap": channel.storm_cap,
            "rate": channel.rate,
            "on_unknown": channel.on_unknown,
            "watches": [watch.name for watch in config.watches if name in watch.channels],
        }
        for name, channel in config.channels.items()
    ]
    columns = ["name", "service", "language", "storm_cap", "rate", "on_unknown", "watches"]
    write(rows, columns, choose_format(format, sys.stdout), sys.stdout)
    if not rows:
        typer.echo("No channel is set: alerts are shown on the console of nightdesk run.", err=True)


def test_channel(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name.")],
    format: FormatOption = None,
) -> None:
    """Send a message marked as a test and show what the service answered."""
    from nightdesk.output import choose_format, write

    with session(context).app("channels test") as app:
        results = app.alerter.test_message(name)
    rows = [{"recipient": result.recipient, "state": result.state, "detail": result.detail} for result in results]
    write(rows, ["recipient", "state", "detail"], choose_format(format, sys.stdout), sys.stdout)
    if any(result.state != "accepted" for result in results):
        raise typer.Exit(1)


def list_alerts(
    context: typer.Context,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _ROWS,
    format: FormatOption = None,
) -> None:
    """List the alerts, newest first."""
    from nightdesk.listing import ALERTS

    chosen = filters(session(context).config, country=country, since=since, until=until, limit=limit)
    list_view(context, ALERTS, chosen, format)
