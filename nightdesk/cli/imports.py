"""`import`: sheets of events that were kept elsewhere, tried, taken in, listed and taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption, family
from nightdesk.cli.work import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nightdesk.importing.events import Event, Problem
    from nightdesk.importing.run import Plan
    from nightdesk.output import Format

_PLANNED = ("row", "key", "state", "date", "title", "topics", "event_types", "countries", "place", "figures",
            "nationality", "agency", "person", "speaker", "outlet", "url", "column", "reason")  # fmt: skip
_SHOWN = ("row", "state", "date", "title", "event_types", "countries", "place", "figures", "column", "reason")
_DONE = ("row", "key", "state", "article_id", "development_id")
_LISTED = ("id", "name", "file", "rows", "by", "made_at", "changed_at", "undone_at", "sha256")


def add_to(app: typer.Typer) -> None:
    imports = family(app, "import", "Sheets of events become developments; nobody is told.")
    for command, name in ((events, "events"), (list_imports, "list"), (undo, "undo")):
        imports.command(name)(command)


def events(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .csv or .xlsx.")],
    map: Annotated[Path, typer.Option("--map", metavar="MAP", help="A TOML file: which column says what.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what each row becomes; write nothing.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Take in the good rows where others are bad.")] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; you, if left out.")] = None,
    format: FormatOption = None,
) -> None:
    """Make developments of the rows of a sheet; a row that was imported before is corrected where it changed."""
    from nightdesk.analyst import signed
    from nightdesk.importing import run

    with session(context).app("import") as app:
        planned = run.plan(app, file, map)
        if dry_run:
            _write([*_planned(planned), *_wrong(planned.problems)], _PLANNED, format, _SHOWN)
            _sum_up(planned)
            raise typer.Exit(1 if planned.problems else 0)
        if planned.problems and not skip_bad:
            _write(_wrong(planned.problems), ("row", "column", "value", "reason"), format)
            typer.echo("nothing is imported; mend these rows, or leave them out with --skip-bad", err=True)
            raise typer.Exit(1)
        with progress_bar("rows") as bar:
            done = run.carry_out(app, planned, signed(by, None).by, lambda read, of: bar(planned.name, read, of))
    _write((vars(one) for one in done), _DONE, format)
    for problem in planned.problems:
        typer.echo(f"left out: row {problem.row}, column {problem.column}: {problem.problem}", err=True)
    _sum_up(planned)
    if planned.problems:
        raise typer.Exit(1)


def list_imports(context: typer.Context, format: FormatOption = None) -> None:
    """List what was imported."""
    from nightdesk.importing import run

    with session(context).reading() as store, store.read() as db:
        rows = run.listed(db)
    _write(rows, _LISTED, format, _LISTED[:-1])


def undo(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As import list shows it.")],
    reason: Annotated[str | None, typer.Option("--reason", help="Why.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; you, if left out.")] = None,
) -> None:
    """Take a whole import back: its developments are withdrawn, what others report stays."""
    from nightdesk.analyst import signed
    from nightdesk.importing import run

    with session(context).app("import") as app, progress_bar("rows") as bar:
        count = run.undo(app, name, signed(by, reason), lambda gone, of: bar(name, gone, of))
    typer.echo(f"the import {name} is taken back: {count} rows", err=True)


def _planned(plan: Plan) -> Iterable[Mapping[str, Any]]:
    for one in plan.rows:
        yield {**_in_words(one.event), "row": one.event.row, "key": one.event.key, "state": one.state}


def _in_words(event: Event) -> dict[str, Any]:
    """An event as a line of a listing."""
    from nightdesk.importing.words import in_words

    return in_words(event)


def _wrong(problems: Iterable[Problem]) -> Iterable[Mapping[str, Any]]:
    for one in problems:
        yield {"row": one.row, "state": "bad", "column": one.column, "value": one.value, "reason": one.problem}


def _write(
    rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...], format: Format | None, shown: tuple[str, ...] = ()
) -> None:
    from nightdesk.output import choose_format, write

    filled = ({column: row.get(column) for column in columns} for row in rows)
    write(filled, columns, choose_format(format, sys.stdout), sys.stdout, shown=shown or columns)


def _sum_up(plan: Plan) -> None:
    from collections import Counter

    states = Counter(one.state for one in plan.rows)
    bad = len({problem.row for problem in plan.problems})
    counts = f"{states['new']} new, {states['changed']} changed, {states['same']} the same, {bad} bad"
    gone = f"; {plan.missing} of the import before are not in the file and stay" if plan.missing else ""
    typer.echo(f"{plan.name}: {counts}{gone}", err=True)
