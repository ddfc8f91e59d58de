"""The queries that reports ask: SQL as it is written, or by name one of a file or one that somebody saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from alerts.config import Report
from alerts.reporting import Period
from core.clock import iso
from core.errors import Mistake, StoreError, UsageError
from nightdesk import savedqueries
from nightdesk.config import Config
from nightdesk.queries import NAME, Named
from nightdesk.settings.mistakes import did_you_mean
from store import migrate
from store.engine import is_missing, open_store
from store.placeholders import named
from store.readonly import Value

_ALL = "nightdesk sql --names shows all"

Queries = Mapping[str, Named]
Question = tuple[str, dict[str, Value]]


def question(report: Report, known: Queries, periods: Sequence[Period], now: datetime, zone: ZoneInfo) -> Question:
    """The query and the values of its parameters: what is written down, and of `since` and `until` the period.

    Raises UsageError where nobody has a query of that name, or where it has other parameters.
    """
    span: dict[str, Value] = {"since": iso(periods[0][0]), "until": iso(periods[-1][1])}
    if not is_named(report):
        return report.query, _values(report, span)
    query = known.get(report.query)
    if query is None:
        raise UsageError(f"there is no named query {report.query}; {_ALL}")
    has = {parameter.name for parameter in query.parameters}
    given = {name: value for name, value in span.items() if name in has} | report.parameters
    return query.sql, query.values({name: str(value) for name, value in given.items()}, now, zone)


def _values(report: Report, span: Mapping[str, Value]) -> dict[str, Value]:
    """The values for the parameters of SQL that is written in the report itself. Raises UsageError."""
    wanted = named(report.query)
    if unknown := [name for name in report.parameters if name not in wanted]:
        has = ", ".join(f":{name}" for name in wanted) or "none"
        raise UsageError(f"the query has no parameter :{unknown[0]}; it has {has}")
    given = {**span, **report.parameters}
    if missing := [name for name in wanted if name not in given]:
        raise UsageError(
            f"the query has a parameter :{missing[0]} and no value for it; add {missing[0]} to the parameters"
        )
    return {name: given[name] for name in wanted}


def is_named(report: Report) -> bool:
    return NAME.fullmatch(report.query) is not None


def mistakes(config: Config, now: datetime) -> list[Mistake]:
    """What is wrong with the queries of reports, each with the key that it stands by, found beside a daemon.

    One of a name that no file has is let pass where the database cannot tell.
    """
    try:
        known, has_all = _known(config) if config.reports else ({}, True)
    except UsageError as error:
        return [Mistake(str(config.file), "report", str(error))]
    return [found for report in config.reports if (found := _mistake(config, report, known, has_all, now))]


def _mistake(config: Config, report: Report, known: Queries, has_all: bool, now: datetime) -> Mistake | None:
    file, key = str(config.file or "environment"), f"report.{report.name}"
    if is_named(report) and report.query not in known:
        advice = did_you_mean(report.query, known) or _ALL
        return Mistake(file, f"{key}.query", f'there is no named query "{report.query}"', advice) if has_all else None
    try:
        question(report, known, [(now, now)], now, ZoneInfo(config.timezone))
    except UsageError as error:
        return Mistake(file, f"{key}.parameters", str(error))
    return None


def _known(config: Config) -> tuple[Queries, bool]:
    """The named queries, and whether these are all. Raises UsageError for a bad file."""
    of_files = savedqueries.of_files(config)
    if is_missing(config.database_url):
        return of_files, True  # nobody saved any yet
    try:
        store = open_store(config.database_url, config.data_dir)
    except StoreError:
        return of_files, False
    try:
        if not migrate.is_current(store):
            return of_files, False
        with store.read() as db:
            return savedqueries.known(db, config), True
    except (StoreError, SQLAlchemyError):
        return of_files, False
    finally:
        store.close()
