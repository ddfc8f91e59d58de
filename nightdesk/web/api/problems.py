"""What went wrong with a request, as JSON (RFC 9457) that names the parameter."""

from __future__ import annotations

import json

import structlog
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.responses import Response

from core.errors import NightdeskError, NotFound, QueryError, TookTooLong, UsageError

log = structlog.get_logger(__name__)

TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    404: "There is no such thing",
    503: "The database does not answer",
}


class BadParameter(UsageError):
    """A parameter that cannot be read, and why."""

    def __init__(self, parameter: str, reason: str) -> None:
        self.parameter = parameter
        self.reason = reason
        super().__init__(f"{parameter}: {reason}")


def answer(error: Exception) -> Response | None:
    """What a client is told of an error; None where it is none of theirs."""
    if isinstance(error, BadParameter):
        return problem(400, error.reason, parameter=error.parameter)
    if isinstance(error, QueryError):
        return problem(400, error.reason, parameter="q", position=error.position)
    if isinstance(error, NotFound):
        return problem(404, str(error))
    if isinstance(error, UsageError):
        return problem(400, str(error))
    if isinstance(error, TookTooLong):
        return problem(503, str(error))
    if isinstance(error, OperationalError | TimeoutError):
        log.warning("reading_failed", error=str(error).partition("\n")[0])
        return problem(503, "It is away, or the question took too long. Try again, or ask for less.")
    return problem(400, str(error)) if isinstance(error, NightdeskError) else None


def problem(status: int, detail: str, **more: str | int) -> Response:
    told = {"title": TITLES[status], "status": status, "detail": detail, **more}
    return Response(json.dumps(told, ensure_ascii=False), status, media_type=TYPE)
