"""What a plugin of Apprise says and hears over HTTP, which it tells nobody: statuses, broken connections, redirects.

Apprise answers yes or no. Whether a no means never, later or perhaps decides what becomes of a delivery, so the
requests that a call makes are watched where all of them pass, for as long as the call lasts.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import exceptions as urllib3

from alerts.senders.answers import Headers, classify, retry_after
from alerts.senders.parcel import Answer

#: Never reached the service, so nothing can have arrived.
_NOT_REACHED = (
    urllib3.NewConnectionError,
    urllib3.NameResolutionError,
    urllib3.ConnectTimeoutError,
    urllib3.ProxyError,
    urllib3.SSLError,
)
#: Of services that answer 200 and say no in the body: asking again would get the same answer.
_NEVER = frozenset(
    "account_inactive channel_not_found invalid_auth is_archived no_permission not_authed not_in_channel "
    "restricted_action token_expired token_revoked user_not_found".split()
)
_CODE = re.compile(r"[a-z][a-z_]{2,40}")
_TRANSACTION = re.compile(r"(/_matrix/client/v3/rooms/[^/]+/send/m\.room\.\w+/)[^/?]+$")


@dataclass
class Wire:
    """The requests of one call, as far as they decide what it came to."""

    now: datetime
    asks: bool = False  # the last request only asked for something: no message was in it
    status: int = 0  # of the last answer
    headers: Headers = field(default_factory=CaseInsensitiveDict)
    said: dict[str, Any] = field(default_factory=dict)  # its body, where that is a JSON object
    broken: Exception | None = None  # why the last request has no whole answer

    def says_no(self) -> bool:
        """Whether the last answer says in its body that nothing was taken, whatever its status."""
        return self.said.get("ok") is False

    def answer(self) -> Answer | None:
        """What the last request of a call that failed came to; None where there was none."""
        if self.broken is not None and not self.status:
            return self._broken(self.broken)
        if not self.status:
            return None
        if self.broken is not None:
            return Answer("unknown", f"HTTP {self.status}, then the answer broke off")
        verdict = classify(self.status, self.headers, self.now)
        if verdict.result == "accepted":
            return self._denied_politely()
        if verdict.result == "failed" and verdict.retry_after is None:
            return Answer("failed", verdict.detail, self._patience(), verdict.everybody)
        return verdict

    def _broken(self, error: Exception) -> Answer:
        why = type(error).__name__
        if _is_not_reached(error):
            return Answer("failed", f"the service was not reached: {why}")
        if self.asks:
            return Answer("failed", f"the service did not answer a question before the message: {why}")
        return Answer("unknown", f"no answer after the message left: {why}")

    def _denied_politely(self) -> Answer:
        code = str(self.said.get("error", ""))
        if not _CODE.fullmatch(code):
            return Answer("failed", f"HTTP {self.status}, but the service did not take the message")
        wait = self._patience()
        limited = code in ("ratelimited", "rate_limited")
        return Answer("refused" if code in _NEVER else "failed", f"the service answered {code}", wait, limited)

    def _patience(self) -> timedelta | None:
        """How long the service asks to wait, wherever it says so."""
        asked = retry_after(self.headers.get("Retry-After"), self.now)
        if asked is not None:
            return asked
        parameters = self.said.get("parameters")
        seconds = parameters.get("retry_after") if isinstance(parameters, dict) else self.said.get("retry_after")
        if seconds is None and isinstance(self.said.get("retry_after_ms"), int | float):
            seconds = self.said["retry_after_ms"] / 1000
        return timedelta(seconds=min(float(seconds), 1e7)) if isinstance(seconds, int | float) else None


@contextmanager
def watched(
    now: datetime, key: str = "", reshape: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> Iterator[Wire]:
    """Watch every request of this process, and follow no redirect; in a child that serves one call alone.

    Matrix takes one message once for each transaction id, so its requests carry `key` there. `reshape` changes
    what is posted.
    """
    wire, parts = Wire(now), itertools.count(1)
    plain_send, plain_adapter = requests.Session.send, HTTPAdapter.send

    def send(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        url = request.url or ""
        tells_matrix = _TRANSACTION.search(url) is not None
        wire.asks = request.method in ("GET", "HEAD") or ("/_matrix/client/" in url and not tells_matrix)
        if key and tells_matrix:
            request.url = _TRANSACTION.sub(rf"\g<1>{key}-{next(parts)}", url)
        if reshape is not None:
            _change(request, reshape)
        wire.status, wire.headers, wire.said, wire.broken = 0, CaseInsensitiveDict(), {}, None
        try:
            response = plain_send(session, request, **{**options, "allow_redirects": False})
            wire.said = _object(response)
            return response
        except (requests.RequestException, OSError) as error:
            wire.broken = error
            raise

    def adapt(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = plain_adapter(adapter, request, **options)
        wire.status, wire.headers = response.status_code, response.headers
        return response

    requests.Session.send, HTTPAdapter.send = send, adapt  # type: ignore[method-assign,assignment]
    try:
        yield wire
    finally:
        requests.Session.send, HTTPAdapter.send = plain_send, plain_adapter  # type: ignore[method-assign]


def _change(request: requests.PreparedRequest, reshape: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Post the changed object instead, where an object is posted."""
    try:
        posted = json.loads(request.body) if isinstance(request.body, str | bytes) else None
    except ValueError:  # a form
        return
    if isinstance(posted, dict):
        request.prepare_body(json.dumps(reshape(posted)).encode(), None)


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _is_not_reached(error: BaseException) -> bool:
    """Whether a connection that never stood is behind an error, however deeply it is wrapped."""
    seen: set[int] = set()
    todo: list[Any] = [error]
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, _NOT_REACHED):
            return True
        todo += [getattr(one, "reason", None), *one.args]
    return isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL)
