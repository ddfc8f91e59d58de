"""`watches`: what is asked, by whom it was defined, how it fares, and what a change of it would tell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption, family
from nightdesk.output import Format
from nightdesk.terminal import plain

_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    watches = family(app, "watches", "List, test, add, remove and export watches.")
    watches.command("list")(list_watches)
    watches.command("test")(test)
    watches.command("add")(add)
    watches.command("follow")(follow)
    watches.command("remove")(remove)
    watches.command("export")(export)


def list_watches(context: typer.Context, format: FormatOption = None) -> None:
    """List the watches, those that are retired too: what each asks, and how it fares."""
    from core.clock import utc_now
    from nightdesk import watchlist
    from nightdesk.output import choose_format, write

    with session(context).reading() as store, store.read() as db:
        columns, rows = watchlist.columns(db), watchlist.rows(db, utc_now())
    write(rows, columns, choose_format(format, sys.stdout), sys.stdout, shown=watchlist.SHOWN)


def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A watch of the file, or one made by command.")],
    since: Annotated[str, typer.Option("--since", metavar="WHEN", help="From then on: 90d, or 2026-10-01.")] = "90d",
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="So many cases of each kind.")] = _SHOWN,
    format: FormatOption = None,
) -> None:
    """Try a watch on the archive: what it would have told, and what its change newly tells and no longer tells."""
    from dataclasses import asdict
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk.backtest import backtest
    from nightdesk.backtest.words import lines
    from nightdesk.listing import read_moment
    from nightdesk.output import write

    asking = session(context)
    config, now = asking.config, utc_now()
    zone = ZoneInfo(config.timezone)
    moment = read_moment(since, "--since", now, zone)
    with asking.reading() as store, store.read() as db:
        found = backtest(db, config, name, moment, now)
    if format in (None, Format.TABLE):  # prose reads well through a pipe too
        for line in lines(found, limit, str(config.file or "the configuration"), zone):
            typer.echo(plain(line))
    elif format is Format.JSON:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        new = {case.id for case in found.new} if found.changed else set()
        rows = [{"change": "new" if one.id in new else "kept", **asdict(one)} for one in found.told]
        rows += [{"change": "dropped", **asdict(one)} for one in found.dropped]
        write(rows, list(rows[0]) if rows else ["change"], format or Format.JSONL, sys.stdout)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, - and _.")],
    topic: Annotated[list[str] | None, typer.Option(metavar="TOPIC", help="One of these topics.")] = None,
    event: Annotated[list[str] | None, typer.Option(metavar="TYPE", help="One of these kinds of news.")] = None,
    query: Annotated[str | None, typer.Option(metavar="QUERY", help="As docs/query-language.md says.")] = None,
    country: Annotated[list[str] | None, typer.Option(metavar="CC", help="Happened in one of these.")] = None,
    language: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Written in one of these.")] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="NAME", help="From one of these.")] = None,
    minimum_sources: Annotated[int | None, typer.Option(metavar="N", help="Independent sources needed.")] = None,
    channel: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Told there; the console if none.")] = None,
    mode: Annotated[str | None, typer.Option(metavar="MODE", help="immediate or digest.")] = None,
    digest_at: Annotated[str | None, typer.Option(metavar="WHEN", help="07:30, or Mon 07:30.")] = None,
    digest_empty: Annotated[bool, typer.Option("--digest-empty", help="A digest without news too.")] = False,
    group_wait: Annotated[str | None, typer.Option(metavar="SPAN", help="How long an alert gathers company.")] = None,
    update_interval: Annotated[str | None, typer.Option(metavar="SPAN", help="Between updates of one story.")] = None,
    updates: Annotated[str | None, typer.Option(metavar="WHICH", help="all, figures, official or none.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also in quiet hours.")] = False,
    show_names: Annotated[bool, typer.Option("--show-names", help="Victims' names and phone numbers too.")] = False,
    must_match: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="A text that it must take.")] = None,
    must_not_match: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="One that it must not.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Instead of the one of that name.")] = False,
) -> None:
    """Store a watch in the database, checked as those of the file are. Texts may be options several times."""
    from core.clock import utc_now
    from nightdesk import hearing, newwatch
    from nightdesk.analyst import signed

    lists = {"topics": topic, "events": event, "countries": country, "languages": language, "sources": source}
    lists |= {"channels": channel, "must_match": must_match, "must_not_match": must_not_match}
    single = {"query": query, "minimum_sources": minimum_sources, "mode": mode, "digest_at": digest_at}
    single |= {"group_wait": group_wait, "update_interval": update_interval, "updates": updates}
    given: dict[str, Any] = {"name": name, **{key: one for key, one in (lists | single).items() if one is not None}}
    truths = {"urgent": urgent, "digest_empty": digest_empty, "show_names": show_names}
    given |= {key: True for key, one in truths.items() if one}
    asking = session(context)
    with asking.reading() as store:
        watch = newwatch.read(asking.config, store, given)
        done = newwatch.add(store, asking.config, watch, replace, utc_now(), signed(None, None).by)
    for _, warning in hearing.warnings([watch], asking.config.sources):
        typer.echo(plain(f"warning: {name}: {warning}"), err=True)
    asked = "nothing changes" if done == "same" else "it is asked of every article from now on"
    typer.echo(f"{name}: {done}; {asked}. On the archive: nightdesk watches test {name}", err=True)


def follow(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="THREAD", help="As show names it: t7, or d34 for the case it is of.")],
    channel: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Told there; the console if none.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Of the watch; follow-t7.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also in quiet hours.")] = False,
) -> None:
    """Be told of every further stage of a case, and of updates of the earlier ones. Ended by watches remove."""
    from core.clock import utc_now
    from nightdesk import newwatch
    from nightdesk.analyst import signed

    asking = session(context)
    with asking.reading() as store:
        thread = newwatch.case(store, case)
        given: dict[str, Any] = {"name": name or f"follow-{thread}", "threads": [thread], "urgent": urgent}
        given |= {"channels": channel} if channel else {}
        watch = newwatch.read(asking.config, store, given)
        done = newwatch.add(store, asking.config, watch, False, utc_now(), signed(None, None).by)
    typer.echo(f"{watch.name}: {done}; nightdesk show {thread} lists the stages so far", err=True)


def remove(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="One made by command.")]
) -> None:
    """Retire a watch that was made by command; what it told stays on record."""
    from core.clock import utc_now
    from nightdesk import newwatch
    from nightdesk.analyst import signed

    asking = session(context)
    with asking.reading() as store:
        newwatch.remove(store, asking.config, name, utc_now(), signed(None, None).by)
    typer.echo(f"{name}: retired; it is asked of nothing more", err=True)


def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Where to; stdout if left out.")] = None,
    desk: Annotated[
        bool, typer.Option("--desk", help="Only those made by command, to take them into the file.")
    ] = False,
) -> None:
    """Write the watches as TOML that a configuration may have as it is."""
    from nightdesk import newwatch

    asking = session(context)
    with asking.reading() as store, store.read() as db:
        watches, broken = newwatch.active(db, asking.config, desk), newwatch.broken(db, asking.config)
    channels = newwatch.channels_of(watches)
    text = newwatch.left_out(broken) + newwatch.as_toml(watches) + ("" if desk else newwatch.stand_ins(channels))
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    needs = f", which tell the channels {', '.join(channels)}" if channels else ""
    typer.echo(f"watches: {len(watches)}{needs}", err=True)
    for one in broken:
        typer.echo(f"not valid and left out: {one.name}: {one.in_words()}; {newwatch.to_mend(one.name)}", err=True)
