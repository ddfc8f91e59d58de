"""`/readyz`: whether the desk can work: its database answers with the right schema, and the daemon's pulse beats."""

from __future__ import annotations

import json
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from nightdesk.app import App
from nightdesk.web.reading import Reading
from store import migrate, runs

log = structlog.get_logger(__name__)

#: The daemon says that it lives every 10 seconds.
PULSE = timedelta(minutes=1)


class Ready:
    """The readiness of one App."""

    def __init__(self, app: App, reading: Reading) -> None:
        self._app = app
        self._reading = reading

    async def show(self, _: Request) -> Response:
        wrong = await self._reading.aside(self._wrong)
        told = {name: wrong.get(name, "ok") for name in ("database", "schema", "pulse")}
        body = json.dumps({"ready": not wrong, **told})
        return Response(body, 503 if wrong else 200, media_type="application/json")

    def _wrong(self) -> dict[str, str]:
        """What is not as it should be, without a word of where the database is."""
        try:
            if not migrate.is_current(self._app.store):
                return {"schema": "of another version", "pulse": "not asked"}
            with self._app.store.read() as db:
                seen = runs.last_seen(db)
        except SQLAlchemyError as error:
            log.warning("not_ready", error=str(error).partition("\n")[0])
            return {"database": "does not answer", "schema": "not asked", "pulse": "not asked"}
        if seen is None:
            return {"pulse": "never"}
        age = self._app.clock() - seen
        return {"pulse": f"{age.total_seconds():.0f} s ago"} if age > PULSE else {}
