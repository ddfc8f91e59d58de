"""Runs somebody's SQL in a child process with the configured limits."""

from __future__ import annotations

from sqlalchemy.engine import make_url

from core.errors import UsageError
from core.pool import Limits, Pool
from nightdesk.config import Config
from store import views
from store.readonly import Answer, Bounds, ask_postgres, ask_sqlite

#: The database stops a query first; the child is killed where it cannot.
_GRACE = 2.0


def ask(config: Config, query: str) -> Answer:
    """The answer to one query on the views. Raises UsageError that says why there is none."""
    database = config.database
    bounds = Bounds(database.sql_rows, database.sql_seconds)
    query = query.strip().rstrip(";").strip()
    if not query:
        raise UsageError("an empty query; write one, as in: nightdesk sql 'SELECT * FROM developments_v'")
    with Pool(1, Limits(bounds.seconds + _GRACE, database.sql_megabytes)) as pool:
        if config.database_url.startswith("sqlite"):
            path = make_url(config.database_url).database
            outcome = pool.run(ask_sqlite, path, query, views.NAMES, bounds)
        else:
            outcome = pool.run(ask_postgres, _dsn(config), query, bounds)
    if outcome.value is None:
        raise UsageError(f"the query {outcome.error}")
    answer: Answer = outcome.value
    if answer.refused:
        raise UsageError(answer.refused)
    return answer


def _dsn(config: Config) -> str:
    """The connection of the role that may only read, where there is one."""
    readonly = config.database.readonly_url
    url = readonly.get_secret_value() if readonly is not None else config.database_url
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
