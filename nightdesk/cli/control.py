"""`reload`: a word to the daemon at work."""

from __future__ import annotations

import typer

from nightdesk.cli.context import session


def add_to(app: typer.Typer) -> None:
    app.command()(reload)


def reload(context: typer.Context) -> None:
    """Let the daemon at work read its configuration again; one with mistakes is refused here."""
    from nightdesk import work

    working = session(context)
    config = working.reread()
    with working.app("reload") as app:
        pid = work.ask_to_reload(app)
    typer.echo(
        f"The daemon (pid {pid}) reads {config.file or 'its environment'} again; its log says what came of it.",
        err=True,
    )
