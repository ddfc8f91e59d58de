"""What an HTTP answer means for a delivery. Shared by the senders that speak HTTP; pure."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from alerts.senders.parcel import Answer

#: Asking again would get the same answer.
_GONE_FOR_GOOD = {400, 401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 501}
#: Answers to all who ask, not to this message: the others wait as well.
_BUSY = {429, 503}


class Headers(Protocol):
    """Looked up whatever case they are written in."""

    def get(self, name: str, /) -> Any: ...


def classify(status: int, headers: Headers, now: datetime) -> Answer:
    """The meaning of a status; no redirect is followed, since what is sent on may be lost or told to a stranger."""
    if 200 <= status < 300:
        return Answer("accepted", f"HTTP {status}")
    if 300 <= status < 400:
        place = urlsplit(headers.get("Location") or "")
        where = f" to {place.scheme}://{place.hostname}" if place.hostname else ""
        return Answer("refused" if status in (301, 308) else "failed", f"HTTP {status}: redirects{where}; not followed")
    detail = f"HTTP {status} {http.client.responses.get(status, '')}".strip()
    if status in _GONE_FOR_GOOD:
        return Answer("refused", detail)
    return Answer("failed", detail, retry_after(headers.get("Retry-After"), now), everybody=status in _BUSY)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date; nothing where it is neither."""
    if not value:
        return None
    if value.strip().isdecimal():
        return timedelta(seconds=min(int(value), 10**7))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))


def reason(error: Exception) -> str:
    """Why a connection failed, in words that hold no secret."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"bad certificate ({error.verify_message})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
