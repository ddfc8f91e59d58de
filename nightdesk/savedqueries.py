"""Saved queries: those of the files, and those that people keep in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from core.errors import NotFound, UsageError
from nightdesk import queries
from nightdesk.config import Config
from nightdesk.people import Person
from nightdesk.queries import NAME, Named
from store import people, saved

log = structlog.get_logger(__name__)

_LONGEST = 60


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to keep, as they wrote it."""

    name: str
    about: str
    parameters: str
    sql: str

    def read(self) -> Named:
        """Raises UsageError for what could never be asked."""
        if not NAME.fullmatch(self.name) or len(self.name) > _LONGEST:
            raise UsageError(f"{self.name!r} is no name; write small letters, digits, - and _, beginning with a letter")
        return queries.make(self.name, self.about, self.parameters, self.sql)


def known(db: Connection, config: Config) -> Mapping[str, Named]:
    """All by name; one of a file comes before one of the page. Raises UsageError for a bad file."""
    kept = {}
    for row in saved.everyone(db):
        try:
            made = queries.make(row.name, row.about, row.parameters, row.sql)
        except UsageError as error:  # kept by older rules: the others are asked all the same
            log.warning("saved_query_skipped", name=row.name, error=str(error))
            continue
        kept[row.name] = Named(made.name, made.about, made.parameters, made.sql, "saved", row.owner)
    return kept | of_files(config)


def of_files(config: Config) -> dict[str, Named]:
    """Ours, and those of `queries.sql` beside the configuration. Raises UsageError."""
    return queries.load(config.file.parent if config.file is not None else None)


def add(db: Connection, config: Config, wanted: Wanted, by: str, now: datetime) -> None:
    """Raises UsageError."""
    wanted.read()
    if wanted.name in of_files(config):
        raise UsageError(f"there is a query {wanted.name} in a file already; take another name")
    if not saved.add(db, asdict(wanted), by, now):
        raise UsageError(f"there is a query {wanted.name} already; take another name")
    people.note_deed(db, by, "query saved", wanted.name, now, detail={"sql": wanted.sql})


def change(db: Connection, wanted: Wanted, who: Person, now: datetime) -> None:
    """What is nobody's is from then on whose who changes it. Raises UsageError, NotFound."""
    require(db, wanted.name, who)
    wanted.read()
    saved.take(db, wanted.name, who.name)
    saved.change(db, wanted.name, {key: value for key, value in asdict(wanted).items() if key != "name"}, who.name, now)
    people.note_deed(db, who.name, "query changed", wanted.name, now, detail={"sql": wanted.sql})


def remove(db: Connection, config: Config, name: str, who: Person, now: datetime) -> None:
    """Raises UsageError, NotFound."""
    kept = require(db, name, who)
    if asked := [report.name for report in config.reports if report.query == name]:
        raise UsageError(f"the report {asked[0]} of the configuration asks {name}; take that out first")
    saved.remove(db, name)
    people.note_deed(db, who.name, "query removed", name, now, detail={"sql": kept.sql})


def require(db: Connection, name: str, who: Person) -> Wanted:
    """One that this person may change: their own, for an operator everybody's. Raises UsageError, NotFound."""
    row = saved.one(db, name)
    if row is None:
        raise NotFound(f"there is no saved query {name}")
    if row.owner != who.name and not who.may("operator"):
        whose = f"{row.owner}'s" if row.owner else "nobody's any more"
        raise UsageError(f"{name} is {whose}; save it under a name of your own, or ask an operator")
    return Wanted(row.name, row.about, row.parameters, row.sql)
