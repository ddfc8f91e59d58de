"""`export`: the record as files that others work with."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from core.errors import UsageError
from nightdesk.cli.context import session
from nightdesk.cli.look import filters
from nightdesk.cli.options import FILTERS, Country, Event, Lang, Limit, Restricted, Since, Source, Topic, Until


class Subject(StrEnum):
    ARTICLES = "articles"
    DEVELOPMENTS = "developments"
    FACTS = "facts"
    INTERACTIONS = "interactions"
    DELIVERIES = "deliveries"
    EVIDENCE = "evidence"
    SNAPSHOT = "snapshot"


def add_to(app: typer.Typer) -> None:
    app.command()(export)


def export(
    context: typer.Context,
    subject: Annotated[
        Subject, typer.Argument(metavar="articles|developments|facts|interactions|deliveries|evidence|snapshot")
    ],
    target: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Ends in .jsonl, .csv, .xlsx or .parquet; evidence in .zip, a snapshot in .sqlite; - is jsonl.",
        ),
    ],
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="For evidence: the development, as d34.")] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="QUERY", help="Only what the articles tell that it finds.")
    ] = None,
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = None,
    restricted: Restricted = False,
) -> None:
    """Write a view to a file, oldest first; one development with its evidence as a pack; or all views as a database."""
    from nightdesk.export import export as write

    looking = session(context)
    if subject in (Subject.EVIDENCE, Subject.SNAPSHOT):
        _refuse_filters(subject, context)
    if subject is Subject.EVIDENCE:
        _export_evidence(context, id, target, restricted)
        return
    if id is not None:
        raise UsageError(f"export {subject.value} takes no id; only evidence does")
    if subject is Subject.SNAPSHOT and restricted:
        raise UsageError("a snapshot is to hand on; it never has restricted reports in it")
    if subject is Subject.SNAPSHOT:
        _export_snapshot(context, target)
        return
    chosen = filters(looking.config, topic, event, country, since, until, source, lang, limit)
    with looking.reading() as store:
        count = write(store, subject.value, target, chosen, query, restricted)
    typer.echo(f"{count} {subject.value} written{'' if target == '-' else f' to {target}'}", err=True)


def _refuse_filters(subject: Subject, context: typer.Context) -> None:
    """What is always written whole must not look as if it had been chosen from."""
    for name in ("query", *FILTERS):
        if context.params[name] is not None:
            raise UsageError(f"export {subject.value} takes no --{name}; it is always whole")


def _export_evidence(context: typer.Context, id: str | None, target: str, restricted: bool) -> None:
    from core.ids import read_id
    from nightdesk.evidence import export_evidence

    if id is None:
        raise UsageError("export evidence needs a development, as in: nightdesk export evidence d34 -o pack.zip")
    noun, number = read_id(id, "development")
    if noun != "development":
        raise UsageError(f"evidence is of a development (d34), not of {id!r}")
    with session(context).reading() as store:
        count = export_evidence(store, number, target, restricted)
    typer.echo(f"evidence of d{number} with {count} pages written to {target}", err=True)


def _export_snapshot(context: typer.Context, target: str) -> None:
    from core.clock import utc_now
    from nightdesk.snapshot import export_snapshot

    with session(context).reading() as store:
        counts = export_snapshot(store, target, utc_now())
    told = ", ".join(f"{counts[f'{name}_v']:,} {name}" for name in ("articles", "developments", "facts"))
    typer.echo(f"snapshot with {told} written to {target}", err=True)
