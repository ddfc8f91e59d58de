"""`run`, `crawl`, `process`, `deliver`, `ingest`: the job, by the daemon or by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption
from nightdesk.output import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[str, int, int], None]

_CRAWLED = ("source", "visited", "new", "pages", "refused", "known", "error")
_TAKEN = ("url", "article_id", "state", "reason")


def add_to(app: typer.Typer) -> None:
    for command in (run, crawl, process, deliver, ingest):
        app.command()(command)


def run(
    context: typer.Context,
    demo: Annotated[bool, typer.Option("--demo", help="Serve an embedded newsroom and show the whole job.")] = False,
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, metavar="SECONDS", help="Stop by itself, counted from ready.")
    ] = None,
    format: FormatOption = None,
) -> None:
    """Watch the sources and tell people, until stopped."""
    from nightdesk import signals

    signals.while_starting()  # before all that takes long to load
    from nightdesk.check import require_channels
    from nightdesk.config import load_config
    from nightdesk.daemon import run_daemon
    from nightdesk.settings.sections import LogConfig

    working = session(context)
    # The demo shows itself, whatever configuration lies in this folder.
    config = load_config(None, {}) if demo else working.config
    if not demo:
        working.warn()
    require_channels(config)
    # Between the alerts of the demo stand its articles; of the log only what is wrong.
    working.log_by(config.model_copy(update={"log": LogConfig(level="warning")}) if demo else config)
    chosen = (format or Format.TABLE).value
    raise typer.Exit(run_daemon(config, demo=demo, seconds=seconds, format=chosen, reread=working.reread))


def crawl(
    context: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Only these, due or not.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source, due or not.")] = False,
    alert_backlog: Annotated[
        bool, typer.Option("--alert-backlog", help="Tell also of what a source's first visit finds.")
    ] = False,
    format: FormatOption = None,
) -> None:
    """Visit what is due now, then read and tell."""
    from dataclasses import asdict

    from nightdesk import work
    from nightdesk.output import choose_format, write

    working = session(context)
    names = _known_sources(working.config.sources, sources or [], context)
    with working.app("crawl") as app, progress_bar("sources") as bar:
        of = len(names) or (len(working.config.sources) if everything else 0)
        report = work.crawl(
            app,
            names,
            everything=everything,
            alert_backlog=alert_backlog,
            progress=lambda now: bar(f"{now.new} new, {now.pages} pages", now.visited, of),
        )
    rows = [{"source": name, **asdict(counts)} for name, counts in sorted(report.sources.items())]
    columns = ["source", "visited", "new", "pages", "refused", "known", "later", "baseline", "error"]
    write(rows, columns, choose_format(format, sys.stdout), sys.stdout, shown=_CRAWLED)
    if report.more:
        typer.echo("More is due than one round takes; run it again for the rest.", err=True)
    if rows and report.failed == len(rows):
        raise typer.Exit(1)


def _known_sources(active: Sequence[Any], names: list[str], context: typer.Context) -> list[str]:
    """The names, all of active sources or of the desk's own. Raises UsageError."""
    from core.errors import UsageError
    from nightdesk.settings.mistakes import did_you_mean
    from store import definitions

    if not names:
        return []
    known = {source.name for source in active}
    if set(names) - known:
        with session(context).app("crawl") as app, app.store.read() as db:
            known |= definitions.names(db, definitions.sources, "desk")
    for name in names:
        if name not in known:
            raise UsageError(f'there is no active source "{name}" {did_you_mean(name, known)}'.rstrip())
    return names


def process(context: typer.Context) -> None:
    """Read every page that is due."""
    from nightdesk import work

    with session(context).app("process") as app:
        _say(work.process(app))


def deliver(context: typer.Context) -> None:
    """Decide on every change and deliver what is due."""
    from nightdesk import work

    with session(context).app("deliver") as app:
        report = work.deliver(app)
        _say(report)
    if report.failed:
        raise typer.Exit(1)


def ingest(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL|-...",
            help="HTML, feed, JSONL, WARC, PDF, mail, text or picture files, addresses; - is stdin.",
        ),
    ],
    url: Annotated[str | None, typer.Option("--url", help="Its address, where the file does not say it.")] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", help="Who published it.")] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="WHEN", help="When it was published or said: 2026-10-13, 3d.")
    ] = None,
    speaker: Annotated[str | None, typer.Option("--speaker", help="Who says what it says.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Its headline, where it has none.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="How it came here, for whoever reads it.")] = None,
    text: Annotated[
        Path | None, typer.Option("--text", metavar="FILE", help="The words of a picture; else tesseract reads it.")
    ] = None,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Not to be passed on: kept out of alerts, exports, briefs and pages.")
    ] = False,
    no_alerts: Annotated[bool, typer.Option("--no-alerts", help="Take it in as an archive: tell nobody.")] = False,
    format: FormatOption = None,
) -> None:
    """Take pages, feeds and articles in without crawling, and what you have in hand: texts, documents, pictures."""
    from dataclasses import asdict
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk import handing, work
    from nightdesk.output import choose_format, write, write_jsonl

    chosen = choose_format(format, sys.stdout)
    rows: list[dict[str, Any]] = []
    failed = 0

    def on_row(taken: work.TakenIn) -> None:
        nonlocal failed
        failed += taken.state == "failed"
        if chosen is Format.JSONL:  # at once, so that whoever reads along sees it come
            write_jsonl([asdict(taken)], sys.stdout)
            sys.stdout.flush()
        else:
            rows.append(asdict(taken))
        count(taken.url)

    working = session(context)
    said = handing.Said(url, outlet, date, speaker, title, note, text, restricted)
    about = handing.about(said, inputs, utc_now(), ZoneInfo(working.config.timezone))
    with working.app("ingest") as app, counter("taken in") as count:
        work.ingest(app, inputs, on_row, about=about, no_alerts=no_alerts)
    if chosen is not Format.JSONL:
        write(rows, _TAKEN, chosen, sys.stdout)
    if failed:
        raise typer.Exit(1)


@contextmanager
def counter(what: str) -> Iterator[Callable[[str], None]]:
    """Counts on stderr where that is a terminal; nothing elsewhere."""
    with progress_bar(what) as bar:
        done = 0

        def count(name: str) -> None:
            nonlocal done
            done += 1
            bar(name, done, 0)

        yield count


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """A bar on stderr where that is a terminal: it is given a name, how many are done, of how many."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from nightdesk.terminal import plain

    words = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(what))
    with Progress(*words, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(name: str, done: int, of: int) -> None:
            bar.update(
                task, description=plain(name, lines=False)[:40].replace("[", "\\["), completed=done, total=of or None
            )

        yield show


def _say(report: Any) -> None:
    """What a stage did, on stderr."""
    from dataclasses import asdict, is_dataclass

    reports = report if isinstance(report, list) else [report]
    sums: dict[str, Any] = {}
    for one in reports:
        for key, value in (asdict(one) if is_dataclass(one) and not isinstance(one, type) else {}).items():
            sums[key] = sums.get(key, 0) + value if isinstance(value, int | float) else value
    typer.echo(json.dumps(sums, default=str) if sums else "nothing was due", err=True)
