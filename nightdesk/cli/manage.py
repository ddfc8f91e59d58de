"""`sources`, `channels`: what is defined."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.look import list_view
from nightdesk.cli.options import FormatOption, family
from nightdesk.output import Format

if TYPE_CHECKING:
    from crawler.discover import Candidate


def add_to(app: typer.Typer) -> None:
    sources = family(app, "sources", "List, add, test, retire, import and export sources.")
    sources.command("list")(list_sources)
    sources.command("add")(add_source)
    sources.command("test")(test_source)
    sources.command("retire")(retire_source)
    sources.command("import")(import_sources)
    sources.command("export")(export_sources)
    channels = family(app, "channels", "List and test channels.")
    channels.command("list")(list_channels)
    channels.command("test")(test_channel)


def list_sources(
    context: typer.Context,
    unknown_outlets: Annotated[
        bool,
        typer.Option("--unknown-outlets", help="Instead: outlets that aggregators named and that are no source here."),
    ] = False,
    since: Annotated[str, typer.Option("--since", metavar="SPAN", help="For --unknown-outlets: how far back.")] = "7d",
    format: FormatOption = None,
) -> None:
    """List the sources, how they fare and when they are visited next."""
    if unknown_outlets:
        _list_outlets(context, since, format)
        return
    from nightdesk.listing import SOURCES, Filters

    list_view(context, SOURCES, Filters(), format)


def _list_outlets(context: typer.Context, since: str, format: Format | None) -> None:
    from core.duration import parse_duration
    from core.errors import UsageError
    from nightdesk import sourcelist
    from nightdesk.output import choose_format, write

    try:
        span = parse_duration(since)
    except ValueError as error:
        raise UsageError(f"--since: {error}") from error
    with session(context).app("sources list") as app:
        rows = [vars(one) | {"newest_at": one.newest} for one in sourcelist.outlets_met(app, span)]
    columns = ["outlet", "site", "items", "newest_at", "example"]
    rows = [{column: row[column] for column in columns} for row in rows]
    write(rows, columns, choose_format(format, sys.stdout), sys.stdout)


def add_source(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, a sitemap, a page, or a site to look through.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it; from the address if left out.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Its language, as th.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Its country, as TH.")] = None,
    kind: Annotated[str, typer.Option("--type", help="newspaper, wire, police, ...")] = "newspaper",
    yes: Annotated[bool, typer.Option("--yes", help="Take the best without asking.")] = False,
) -> None:
    """Find how a site can be read and store the best way as a source in the database."""
    from nightdesk import newsource

    with session(context).app("sources add") as app:
        found = newsource.find(app, url)
        chosen = found[0] if yes or len(found) == 1 else _choose(found)
        given = {"name": name, "language": language, "country": country, "type": kind}
        source, done = newsource.add(app, chosen, given)
    typer.echo(f"{source.name}: {done}; {source.kind} {source.url}", err=True)


def retire_source(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="One that was added by command or page.")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for who wonders later.")] = None,
) -> None:
    """Visit a source no longer; what it brought stays on record."""
    from nightdesk import newsource
    from nightdesk.analyst import signed

    with session(context).app("sources retire") as app:
        newsource.retire(app, name, signed(None, None).by, reason)
    typer.echo(f"{name}: retired; it is visited no longer, and what it brought stays", err=True)


def _choose(found: list[Candidate]) -> Candidate:
    from core.errors import UsageError
    from nightdesk.terminal import plain

    for number, one in enumerate(found, start=1):
        newest = f", newest {one.newest:%Y-%m-%d}" if one.newest else ""
        line = f"{number}. {one.kind}: {one.title or 'without a title'}  {one.url}  ({one.entries or 0} items{newest})"
        typer.echo(plain(line, lines=False), err=True)
    if not sys.stdin.isatty():
        raise UsageError("there are several ways; name one of these addresses, or take the first with --yes")
    wanted = int(typer.prompt("Which one", default=1, type=int, err=True))
    if not 1 <= wanted <= len(found):
        raise UsageError(f"there is no {wanted}")
    return found[wanted - 1]


def test_source(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="SOURCE", help="A name, an address, a source's file or a saved copy.")],
    base: Annotated[str | None, typer.Option("--url", help="Of a saved copy: the address it was saved from.")] = None,
    format: FormatOption = None,
) -> None:
    """Look at one source once and show its items; saves nothing."""
    from nightdesk import newsource
    from nightdesk.output import choose_format, write

    with session(context).app("sources test") as app:
        sight = newsource.look(app, what, base)
    write(sight.rows(), ["published_at", "title", "url", "outlet"], choose_format(format, sys.stdout), sys.stdout)
    typer.echo(sight.summary(), err=True)


def import_sources(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OPML, or TOML with [[source]].")],
    format: FormatOption = None,
) -> None:
    """Store every good entry of a list as a source; bad ones are named and left out."""
    from nightdesk import sourcelist
    from nightdesk.output import choose_format, write

    entries = sourcelist.read_list(file)
    with session(context).app("sources import") as app:
        taken = sourcelist.take_in(app, entries)
    rows = [{"entry": one.entry, "done": one.done, "reason": one.reason} for one in taken]
    write(rows, ["entry", "done", "reason"], choose_format(format, sys.stdout), sys.stdout)
    refused = sum(one.refused for one in taken)
    typer.echo(f"{len(taken) - refused} of {len(taken)} entries are fine, {refused} refused", err=True)
    if refused:
        raise typer.Exit(1)


def export_sources(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Ends in .opml or .toml; TOML if none.")
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="Only those that are not built in.")] = False,
) -> None:
    """Write the sources as OPML or TOML."""
    from nightdesk import sourcelist

    with session(context).app("sources export") as app:
        sources = sourcelist.active(app, own)
    body = sourcelist.written(sources, out.suffix.lower() if out else ".toml")
    if out is None:
        sys.stdout.write(body.decode())
    else:
        out.write_bytes(body)
    typer.echo(f"{len(sources)} sources", err=True)


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
