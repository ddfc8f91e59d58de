"""`users`: who may log in to the page, and as what."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nightdesk.cli.context import session
from nightdesk.cli.options import FormatOption, family

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As they log in, as in ana.")]
_Role = Annotated[
    str,
    typer.Option(metavar="ROLE", help="reader looks and marks; editor decides on news and watches; operator all."),
]
_MOVES = "queries, developments that wait for them, silences that stand; watches have no owner and stay"
_To = Annotated[str, typer.Option("--to", metavar="OTHER", help=f"Who takes over: {_MOVES}.")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it; the user here.")]


def add_to(app: typer.Typer) -> None:
    users = family(app, "users", "Add, list and remove those who may log in to the page.")
    users.command("add")(add)
    users.command("list")(list_users)
    users.command("role")(role)
    users.command("password")(password)
    users.command("away")(away)
    users.command("back")(back)
    users.command("hand-over")(hand_over)
    users.command("remove")(remove)


def add(context: typer.Context, name: _Name, role: _Role = "reader", by: _By = None) -> None:
    """Make a user. The password is asked for, or read from stdin where that is no terminal."""
    from core.clock import utc_now
    from nightdesk import people
    from nightdesk.analyst import signed

    word = _password()
    with session(context).reading() as store:
        store.unit(lambda db: people.add(db, name, role, word, signed(by, None).by, utc_now()))
    typer.echo(f"{name}: may log in as {role}", err=True)


def list_users(context: typer.Context, format: FormatOption = None) -> None:
    """List the users with their roles, those who were removed too."""
    from nightdesk import people
    from nightdesk.output import choose_format, write

    with session(context).reading() as store, store.read() as db:
        rows = people.rows(db)
    write(rows, people.COLUMNS, choose_format(format, sys.stdout), sys.stdout)


def role(
    context: typer.Context,
    name: _Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, editor or operator.")],
    by: _By = None,
) -> None:
    """Let somebody do more, or less, from their next request on."""
    from core.clock import utc_now
    from nightdesk import people
    from nightdesk.analyst import signed

    with session(context).reading() as store:
        store.unit(lambda db: people.set_role(db, name, role, signed(by, None).by, utc_now()))
    typer.echo(f"{name}: {role} now", err=True)


def password(context: typer.Context, name: _Name, by: _By = None) -> None:
    """Set a new password; what was logged in with the old one is logged out."""
    from core.clock import utc_now
    from nightdesk import people
    from nightdesk.analyst import signed

    word = _password()
    with session(context).reading() as store:
        store.unit(lambda db: people.set_password(db, name, word, signed(by, None).by, utc_now()))
    typer.echo(f"{name}: logs in with the new password now", err=True)


def away(
    context: typer.Context,
    name: _Name,
    stand_in: Annotated[str, typer.Option("--stand-in", metavar="NAME", help="Who sees what is theirs meanwhile.")],
    lasts: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="How long: 14d.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Or the end: 2026-12-01.")] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="WHEN", help="The beginning; now.")] = None,
    by: _By = None,
) -> None:
    """Let somebody stand in: they find what is assigned to the one who is away among their own."""
    from zoneinfo import ZoneInfo

    from core.clock import utc_now
    from nightdesk import people, silences
    from nightdesk.analyst import signed

    here = session(context)
    now, zone = utc_now(), ZoneInfo(here.config.timezone)
    first, last = silences.span(until, lasts, begin, now, zone)
    with here.reading() as store:
        store.unit(lambda db: people.go_away(db, name, first, last, stand_in, signed(by, None).by, now))
    typer.echo(f"{name}: {stand_in} stands in until {last.astimezone(zone):%Y-%m-%d %H:%M}", err=True)


def back(context: typer.Context, name: _Name, by: _By = None) -> None:
    """End an absence."""
    from core.clock import utc_now
    from nightdesk import people
    from nightdesk.analyst import signed

    with session(context).reading() as store:
        store.unit(lambda db: people.come_back(db, name, signed(by, None).by, utc_now()))
    typer.echo(f"{name}: is back", err=True)


def hand_over(context: typer.Context, name: _Name, to: _To, by: _By = None) -> None:
    """Give somebody's saved queries, the developments that wait for them and their silences to somebody else."""
    from core.clock import utc_now
    from nightdesk import handover
    from nightdesk.analyst import signed

    with session(context).reading() as store:
        handed = store.unit(lambda db: handover.hand_over(db, name, to, signed(by, None).by, utc_now()))
    typer.echo(f"{to}: has {', '.join(handed) or 'nothing'} of {name} now", err=True)


def remove(
    context: typer.Context,
    name: _Name,
    to: Annotated[str | None, typer.Option("--to", metavar="OTHER", help=f"Who takes over: {_MOVES}.")] = None,
    by: _By = None,
) -> None:
    """End a login with its sessions and tokens, and list what its owner leaves behind."""
    from core.clock import utc_now
    from nightdesk import belongings, people
    from nightdesk.analyst import signed
    from nightdesk.output import choose_format, write

    now = utc_now()
    with session(context).reading() as store:
        ended = store.unit(lambda db: people.remove(db, name, signed(by, None).by, now, to))
        with store.read() as db:
            left = belongings.of(db, name, now)
    if ended:
        typer.echo(f"{name}: tokens that ended: {', '.join(ended)}", err=True)
    typer.echo(f"{name}: removed; {len(left) or 'nothing'} left behind{':' if left else ''}", err=True)
    if left:
        write(left, belongings.COLUMNS, choose_format(None, sys.stdout), sys.stdout)


def _password() -> str:
    """As it is typed twice, or the first line of stdin."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
