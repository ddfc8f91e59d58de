"""`label`, `merge`, `split`, `fact`: what an analyst decides, beside the machine's answer and over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import family

if TYPE_CHECKING:
    from nightdesk.app import App
    from pipeline.analyst import Signed

Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; the user of this machine.")]
FactId = Annotated[str, typer.Argument(metavar="FACT", help="As show and facts name it: f12.")]
Everywhere = Annotated[
    bool, typer.Option("--everywhere", help="In every article of its development that says the same.")
]
Number = Annotated[float | None, typer.Option(metavar="N")]
Word = Annotated[str | None, typer.Option(metavar="TEXT")]
Code = Annotated[str | None, typer.Option(metavar="CC", help="Two letters, as TH.")]
Leading = Annotated[bool | None, typer.Option("--leading/--not-leading", help="The figure the news is about.")]
FromCode = Annotated[str | None, typer.Option("--from", metavar="CC", help="Of a route.")]
ViaCode = Annotated[str | None, typer.Option("--via", metavar="CC", help="Of a route.")]
ToCode = Annotated[str | None, typer.Option("--to", metavar="CC", help="Of a route.")]
Date = Annotated[str | None, typer.Option("--date", metavar="DATE", help="2026-10-13, 2026-10 or 2026.")]
Bound = Annotated[str | None, typer.Option(metavar="BOUND", help="exact, about, at_least, over, up_to, under, range.")]
Status = Annotated[str | None, typer.Option(metavar="STATUS", help="done, started, expected, waiting, background, ...")]
Quote = Annotated[str | None, typer.Option(metavar="TEXT", help="The article's own words.")]


def add_to(app: typer.Typer) -> None:
    for command in (label, merge, split):
        app.command()(command)
    fact = family(app, "fact", "Edit, reject and add single facts.")
    fact.command("edit")(edit_fact)
    fact.command("reject")(reject_fact)
    fact.command("add")(add_fact)


def label(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ID", help="a12 (article, the default), or d34: all its articles.")],
    topic: Annotated[list[str] | None, typer.Option(metavar="TOPIC", help="It is on that topic.")] = None,
    not_topic: Annotated[list[str] | None, typer.Option(metavar="TOPIC", help="It is not.")] = None,
    event: Annotated[list[str] | None, typer.Option(metavar="TYPE", help="It is that kind of news.")] = None,
    not_event: Annotated[list[str] | None, typer.Option(metavar="TYPE", help="It is not.")] = None,
    off_topic: Annotated[bool, typer.Option("--off-topic", help="It is on no topic at all.")] = False,
    relevant: Annotated[
        bool | None,
        typer.Option("--relevant/--not-relevant", help="Its development was worth telling by a watch, or was not."),
    ] = None,
    watch: Annotated[str | None, typer.Option("--watch", metavar="NAME", help="For --relevant: which watch.")] = None,
    thread: Annotated[
        str | None,
        typer.Option(
            "--thread", metavar="THREAD", help="Its development is a stage of t7, of what d12 is, or of none."
        ),
    ] = None,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Say what an article is about, of which case its development is, or whether that was worth telling by a watch."""
    from core.errors import UsageError
    from nightdesk import analyst

    labels = analyst.Labels(
        tuple(topic or ()), tuple(not_topic or ()), tuple(event or ()), tuple(not_event or ()), off_topic
    )
    if watch is not None and relevant is None:
        raise UsageError("--watch goes with --relevant or --not-relevant")
    if not labels and relevant is None and thread is None:
        raise UsageError("say what it is, as in: nightdesk label a12 --topic scam_centres --not-event raid")

    def work(app: App, word: Signed) -> list[str]:
        done = analyst.label(app, what, labels, word) if labels else []
        # A bare number means an article here, as for the labels.
        shown = f"a{what}" if what.isdecimal() else what
        if thread is not None:
            done += analyst.thread(app, shown, thread, word)
        if relevant is not None:
            done += analyst.relevance(app, shown, watch, relevant, word)
        return done

    _decide(context, "label", work, by, reason)


def merge(
    context: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="DEVELOPMENT...", help="Two or more, as d12 d34.")],
    into: Annotated[
        str | None, typer.Option("--into", metavar="DEVELOPMENT", help="Which one stays; the oldest if left out.")
    ] = None,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Make developments one: they report the same act."""
    from nightdesk import analyst

    _decide(context, "merge", lambda app, word: analyst.merge(app, what, into, word), by, reason)


def split(
    context: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="Of one development, as a12 a13.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="DEVELOPMENT", help="Where they belong; a new one if left out.")
    ] = None,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Take articles out of their development; the majority keeps its id."""
    from nightdesk import analyst

    _decide(context, "split", lambda app, word: analyst.split(app, what, to, word), by, reason)


def edit_fact(
    context: typer.Context,
    fact: FactId,
    value: Number = None,
    low: Number = None,
    high: Number = None,
    bound: Bound = None,
    unit: Word = None,
    status: Status = None,
    nationality: Code = None,
    name: Word = None,
    role: Word = None,
    place: Word = None,
    country: Code = None,
    from_country: FromCode = None,
    via_country: ViaCode = None,
    to_country: ToCode = None,
    currency: Word = None,
    event_date: Date = None,
    speaker: Word = None,
    leading: Leading = None,
    everywhere: Everywhere = False,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Correct a fact; an empty text takes a value away, as in --nationality ''."""
    given = _given(locals())
    from nightdesk import analyst

    _decide(context, "fact edit", lambda app, word: analyst.edit_fact(app, fact, given, word, everywhere), by, reason)


def reject_fact(
    context: typer.Context, fact: FactId, everywhere: Everywhere = False, reason: Reason = None, by: By = None
) -> None:
    """Say that a fact is none: a year taken for a figure, a reporter for a suspect."""
    from nightdesk import analyst

    _decide(context, "fact reject", lambda app, word: analyst.reject_fact(app, fact, word, everywhere), by, reason)


def add_fact(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ID", help="d34 (development, the default) or a12 (article).")],
    kind: Annotated[str, typer.Option("--kind", help="count, place, route, date, agency, org, person or money.")],
    value: Number = None,
    low: Number = None,
    high: Number = None,
    bound: Bound = None,
    unit: Word = None,
    status: Status = None,
    nationality: Code = None,
    name: Word = None,
    role: Word = None,
    place: Word = None,
    country: Code = None,
    from_country: FromCode = None,
    via_country: ViaCode = None,
    to_country: ToCode = None,
    currency: Word = None,
    event_date: Date = None,
    speaker: Word = None,
    quote: Quote = None,
    leading: Leading = None,
    reason: Reason = None,
    by: By = None,
) -> None:
    """State a fact that the machine did not see."""
    given = _given(locals())
    from nightdesk import analyst

    _decide(context, "fact add", lambda app, word: analyst.add_fact(app, what, kind, given, word), by, reason)


#: Arguments of a fact command that are no values of the fact.
_NO_VALUES = frozenset({"context", "fact", "what", "kind", "everywhere", "reason", "by"})


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    """The values of a fact that the command line named."""
    return {name: value for name, value in arguments.items() if name not in _NO_VALUES and value is not None}


def _decide(
    context: typer.Context, command: str, work: Callable[[App, Signed], list[str]], by: str | None, reason: str | None
) -> None:
    """Do it, and say what came of it."""
    from nightdesk.analyst import signed
    from nightdesk.terminal import plain

    deciding = session(context)
    deciding.require_database()
    with deciding.app(command) as app:
        for line in work(app, signed(by, reason)):
            typer.echo(plain(line, lines=False))
