"""`db`: the schema, copies, and whether the database is sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nightdesk.cli.context import Session, session
from nightdesk.cli.options import family

if TYPE_CHECKING:
    from store.engine import Store


def add_to(app: typer.Typer) -> None:
    db = family(app, "db", "Upgrade, back up and check the database.")
    for command in (upgrade, backup, check):
        db.command()(command)


@contextmanager
def _store(working: Session, *, make: bool = False) -> Iterator[Store]:
    """The database as it is, of whatever schema."""
    from store.engine import open_store

    working.log_by(working.config)
    if not make:
        working.require_database()
    store = open_store(working.config.database_url, working.config.data_dir)
    try:
        yield store
    finally:
        store.close()


def upgrade(context: typer.Context) -> None:
    """Bring the database to this program's schema, with a backup first."""
    from core.clock import utc_now
    from nightdesk.app import holder
    from store import lock, migrate

    with _store(session(context), make=True) as store:
        held = lock.hold(store, holder("db upgrade"))
        try:
            done = migrate.upgrade(store, utc_now())
            _repair(store)
        finally:
            held.release()
    if done.backup:
        typer.echo(f"Backup before the upgrade: {done.backup}", err=True)
    typer.echo(
        f"Schema {done.after}" + ("" if done.before == done.after else f", before {done.before or 'none'}"), err=True
    )


def _repair(store: Store) -> None:
    from nightdesk.cli.work import progress_bar
    from store import reindexing

    with progress_bar("articles") as bar:
        mended = reindexing.repair(store, lambda done, of: bar("indexed", done, of))
    if mended:
        typer.echo(f"{mended} {'article was' if mended == 1 else 'articles were'} indexed anew", err=True)


def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; beside the database if left out.")
    ] = None,
) -> None:
    """Copy a SQLite database while others work on it."""
    from core.clock import utc_now
    from store import migrate

    with _store(session(context)) as store:
        beside = store.path or Path("nightdesk.db")
        made = migrate.backup(store, target or beside.with_name(f"{beside.name}.{utc_now():%Y%m%dT%H%M%SZ}.backup"))
    typer.echo(str(made))


def check(
    context: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Index anew what search has otherwise than it should.")
    ] = False,
) -> None:
    """Say whether the database is sound; exit 1 if not."""
    from nightdesk.app import holder
    from store import lock, migrate

    with _store(session(context)) as store:
        if repair:
            migrate.require_current(store)
            held = lock.hold(store, holder("db check --repair"))
            try:
                _repair(store)
            finally:
                held.release()
        problems = migrate.check(store)
        where = store.shown_url()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{where} is sound", err=True)
