"""One HTTP request and what its answer means, within a limit, without following anybody anywhere."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from alerts.senders.answers import classify, reason
from alerts.senders.parcel import Answer


class Where(NamedTuple):
    """What to connect to, and what to ask there."""

    secure: bool
    host: str
    port: int | None
    path: str  # with its query
    verify: bool = True  # whether the certificate is checked


def ask(
    where: Where, method: str, body: bytes | None, headers: Mapping[str, str], seconds: float, now: datetime
) -> Answer:
    """Send one request; what became of it is known within `seconds`."""
    connection = _connect_lazily(where, seconds)
    left = False
    watchdog = threading.Timer(seconds, _hang_up, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.connect()
        connection.request(method, where.path, body, dict(headers))
        left = True
        response = connection.getresponse()
        return classify(response.status, response.headers, now)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if left:
            return Answer("unknown", f"no answer after the request left: {reason(error)}")
        return Answer("failed", f"not reached: {reason(error)}")
    finally:
        watchdog.cancel()
        connection.close()


def _connect_lazily(where: Where, seconds: float) -> http.client.HTTPConnection:
    timeout = min(seconds, 15.0)
    if not where.secure:
        return http.client.HTTPConnection(where.host, where.port or 80, timeout=timeout)
    context = ssl.create_default_context()
    if not where.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(where.host, where.port or 443, timeout=timeout, context=context)


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """The end of all patience: a receiver that sends a byte a second never runs into a read time-out."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
