"""`reprocess`: pages to developments once more."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption
from nightdesk.cli.work import progress_bar
from nightdesk.output import Format


def add_to(app: typer.Typer) -> None:
    app.command()(reprocess)


def reprocess(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="Only what was found since then: 30d, or 2026-10-01.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would change, and change nothing; a daemon may go on.")
    ] = False,
    format: FormatOption = None,
) -> None:
    """Take every stored page to articles and developments again, with today's code, topics and watches.

    Ids stay, analysts' decisions too, and no alert is repeated. The daemon must be stopped.
    """
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk.listing import read_moment

    working = session(context)
    working.require_database()
    moment = read_moment(since, "--since", utc_now(), ZoneInfo(working.config.timezone)) if since else None
    if dry_run:
        from nightdesk.again import COLUMNS, differences
        from nightdesk.output import choose_format, write

        with working.app("reprocess --dry-run") as app, progress_bar("") as bar:
            rows = [vars(one) for one in differences(app, moment, bar)]
        write(rows, COLUMNS, choose_format(format, sys.stdout), sys.stdout)
        named = {row["development_id"] for row in rows if row["development_id"] is not None}
        typer.echo(f"{len(rows)} differences in {len(named)} developments. Nothing was changed.", err=True)
        return
    from nightdesk.again import carry_out

    with working.app("reprocess", alone=True) as app, progress_bar("") as bar:
        done = carry_out(app, moment, bar)
    if format in (Format.JSON, Format.JSONL):
        typer.echo(json.dumps({"pages": done.pages, "unread": done.unread, **done.changed}))
    changed = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in done.changed.items())
    typer.echo(f"{done.pages} pages read again. Changed: {changed or 'nothing'}.", err=True)
    if done.unread:
        typer.echo(f"{done.unread} pages could not be read this time; their articles are as they were.", err=True)
