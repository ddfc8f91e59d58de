"""Runs somebody's SQL in a child process with the configured limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType

from sqlalchemy.engine import make_url

from core.errors import UsageError
from core.pool import Limits, Pool
from nightdesk.config import Config
from store import views
from store.placeholders import named
from store.readonly import Answer, Bounds, Value, ask_postgres, ask_sqlite

#: The database stops a query first; the child is killed where it cannot.
_GRACE = 2.0
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,15})?")


def ask(config: Config, query: str, values: Mapping[str, Value] | None = None) -> Answer:
    """The answer to one query on the views. Raises UsageError that says why there is none."""
    with Asker(config) as asker:
        return asker.ask(query, values)


class Asker:
    """Asks one query after another without starting a child for each."""

    def __init__(self, config: Config) -> None:
        database = config.database
        self._config = config
        self._bounds = Bounds(database.sql_rows, database.sql_seconds)
        self._pool = Pool(1, Limits(database.sql_seconds + _GRACE, database.sql_megabytes))

    def __enter__(self) -> Asker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> Answer:
        """The answer to one query on the views. Raises UsageError that says why there is none."""
        query = query.strip().rstrip(";").strip()
        if not query:
            raise UsageError("an empty query; write one, as in: nightdesk sql 'SELECT * FROM developments_v'")
        values = dict(values or {})
        _check_places(query, values)
        if self._config.database_url.startswith("sqlite"):
            path = make_url(self._config.database_url).database
            numbered = {name: _as_number(value) for name, value in values.items()}
            outcome = self._pool.run(ask_sqlite, path, query, views.NAMES, self._bounds, numbered)
        else:
            is_reader = self._config.database.readonly_url is not None
            dsn = _dsn(self._config)
            outcome = self._pool.run(ask_postgres, dsn, query, views.NAMES, self._bounds, values, is_reader)
        if outcome.value is None:
            raise UsageError(f"the query {outcome.error}")
        answer: Answer = outcome.value
        if answer.refused:
            raise UsageError(answer.refused)
        return answer


def _check_places(query: str, values: Mapping[str, Value]) -> None:
    places = named(query)
    if unknown := [name for name in values if name not in places]:
        raise UsageError(f"the query has no parameter :{unknown[0]}; it has {_listed(places)}")
    if missing := [name for name in places if name not in values]:
        raise UsageError(f"the query needs {_listed(missing)}; give --param {missing[0]}=VALUE")


def _as_number(value: Value) -> Value:
    """SQLite compares a figure with "100" as texts; Postgres takes a text for what it is compared with."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f":{name}" for name in names) or "none"


def _dsn(config: Config) -> str:
    """The connection of the role that may only read, where there is one."""
    readonly = config.database.readonly_url
    url = readonly.get_secret_value() if readonly is not None else config.database_url
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
