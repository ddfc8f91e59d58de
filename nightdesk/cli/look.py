"""`search`, `developments`, `show`, `facts`: what is on record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nightdesk.cli.context import Session, session
from nightdesk.cli.options import Country, Event, FormatOption, Lang, Limit, Restricted, Since, Source, Topic, Until

if TYPE_CHECKING:
    from nightdesk.config import Config
    from nightdesk.listing import Filters, View
    from nightdesk.output import Format
    from nightdesk.search import Question

_ROWS = 50


def add_to(app: typer.Typer) -> None:
    app.command()(search)
    app.command()(developments)
    app.command()(show)
    app.command()(facts)


def filters(
    config: Config,
    topic: str | None = None,
    event: str | None = None,
    country: str | None = None,
    since: str | None = None,
    until: str | None = None,
    source: str | None = None,
    lang: str | None = None,
    limit: int | None = None,
) -> Filters:
    """The options of a listing as values."""
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk.listing import Filters, read_moment, read_until

    now, zone = utc_now(), ZoneInfo(config.timezone)
    return Filters(
        topic=topic,
        event=event,
        country=country,
        source=source,
        lang=lang,
        since=read_moment(since, "--since", now, zone) if since else None,
        until=read_until(until, now, zone) if until else None,
        limit=limit,
    )


def list_view(
    context: typer.Context, view: View, chosen: Filters, format: Format | None, restricted: bool = False
) -> None:
    """Print the rows of a view that pass."""
    from nightdesk import listing
    from nightdesk.output import choose_format, write

    view = listing.with_restricted(view) if restricted else view
    with session(context).reading() as store, store.read() as db:
        columns = listing.columns(db, view)
        found = listing.rows(db, view, chosen)
        write(found, columns, choose_format(format, sys.stdout), sys.stdout, noun=view.noun, shown=view.shown)


def developments(
    context: typer.Context,
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = _ROWS,
    format: FormatOption = None,
) -> None:
    """List what happened, newest first."""
    from nightdesk.listing import DEVELOPMENTS

    chosen = filters(session(context).config, topic, event, country, since, until, source, lang, limit)
    list_view(context, DEVELOPMENTS, chosen, format)


def facts(
    context: typer.Context,
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = _ROWS,
    restricted: Restricted = False,
    format: FormatOption = None,
) -> None:
    """List stated figures, places, routes, dates and names, each with its quote."""
    from nightdesk.listing import FACTS

    chosen = filters(session(context).config, topic, event, country, since, until, source, lang, limit)
    list_view(context, FACTS, chosen, format, restricted)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="As docs/query-language.md says.")],
    rank: Annotated[bool, typer.Option("--rank", help="The best of the newest 200 first.")] = False,
    facets: Annotated[bool, typer.Option("--facets", help="Count by topic, event, country, ... instead.")] = False,
    after: Annotated[str, typer.Option("--after", metavar="CURSOR", help="Go on where a page ended.")] = "",
    topic: Topic = None,
    event: Event = None,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    source: Source = None,
    lang: Lang = None,
    limit: Limit = _ROWS,
    restricted: Restricted = False,
    format: FormatOption = None,
) -> None:
    """Find articles, newest first, with the words found in their context."""
    from core.errors import UsageError
    from nightdesk.output import choose_format, write
    from nightdesk.restricted import find_all
    from nightdesk.search import SHOWN, Question, columns, find

    looking = session(context)
    chosen = filters(looking.config, topic, event, country, since, until, source, lang, limit)
    question = Question(query, chosen, rank, after)
    if facets and restricted:
        raise UsageError("--facets counts what everybody may see; leave out --restricted")
    if facets:
        _write_facets(looking, question, format)
        return
    with looking.reading() as store, store.read() as db:
        found = find_all(db, question) if restricted else find(db, question)
        rows = (hit.as_row() for hit in found.hits)
        shown = (*SHOWN, "restricted") if restricted else SHOWN
        names = [*columns(db), *(["restricted"] if restricted else [])]
        write(rows, names, choose_format(format, sys.stdout), sys.stdout, noun="article", shown=shown)
    if found.next:
        typer.echo(f"there is more: --after {found.next}", err=True)


def _write_facets(looking: Session, question: Question, format: Format | None) -> None:
    """One row for each value of each facet."""
    from core.errors import UsageError
    from nightdesk.output import choose_format, write
    from nightdesk.search import facets

    if question.ranked or question.after:
        raise UsageError("--facets counts hits and lists none; leave out --rank and --after")
    with looking.reading() as store, store.read() as db:
        counted = facets(db, question)
    rows = [
        {"facet": facet, "name": name, "articles": articles}
        for facet, names in counted.counts.items()
        for name, articles in names.items()
    ]
    write(rows, ("facet", "name", "articles"), choose_format(format, sys.stdout), sys.stdout)
    which = "" if counted.whole else ", the newest; there are more"
    typer.echo(f"{counted.articles:,} articles counted{which}", err=True)


def show(
    context: typer.Context,
    id: Annotated[
        str,
        typer.Argument(metavar="ID", help="a12 article, d34 development (the default), f9 fact, n56 alert, t7 thread."),
    ],
    restricted: Restricted = False,
    format: FormatOption = None,
) -> None:
    """Show one article, development, alert or thread with all that belongs to it."""
    from core.ids import read_id
    from nightdesk.output import Format, choose_format
    from nightdesk.show import as_json, in_words, load

    noun, number = read_id(id, "development")
    with session(context).reading() as store, store.read() as db:
        found = load(db, noun, number, restricted)
    if choose_format(format, sys.stdout) is Format.TABLE:
        typer.echo(in_words(found))
    else:
        indent = 2 if format is Format.JSON else None
        typer.echo(json.dumps(as_json(found), ensure_ascii=False, indent=indent))
