"""`verify`: whether a pack of evidence is whole. `export evidence` makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    app.command()(verify)


def verify(pack: Annotated[Path, typer.Argument(metavar="PACK", help="A zip file made by export evidence.")]) -> None:
    """Check a pack of evidence: its manifest, every hash, every record of its archive."""
    from nightdesk.terminal import plain
    from nightdesk.verify import verify as check

    faults = check(pack)
    for fault in faults:
        typer.echo(plain(f"{fault.member}: {fault.reason}", lines=False), err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{pack} is whole")
