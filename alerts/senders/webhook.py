"""`json://` and `jsons://`: one POST, no redirect followed, an answer that means what it says."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import threading
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from alerts.senders import signature
from alerts.senders.answers import classify, reason
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import open_service

#: Of `nightdesk` in the payload; a new number when a key changes its meaning or goes.
SCHEMA = 1


def send(parcel: Parcel, seconds: float, now: datetime) -> Answer:
    """Deliver `parcel`, or say within `seconds` what became of it."""
    service = open_service(parcel.target.address)
    if service is None:
        return Answer("refused", "the address cannot be read")
    body = json.dumps(payload(parcel, service.payload_extras), ensure_ascii=False).encode()
    signed = signature.headers(parcel.target.secrets, parcel.key, now, body)
    return _post(service, body, {**_headers(service, parcel), **signed}, seconds, now)


def payload(parcel: Parcel, extras: dict[str, Any]) -> dict[str, Any]:
    """Apprise's keys, so that its receivers understand, and ours under `nightdesk`."""
    content = parcel.content
    values: dict[str, Any] = {
        "version": "1.0",
        "title": content.get("title", ""),
        "message": parcel.text,
        "attachments": [],
        "type": "info",
        "nightdesk": {
            "schema": SCHEMA,
            "key": parcel.key,
            "kind": content.get("kind"),
            "channel": parcel.channel,
            "repeat": parcel.repeat,
            "links": content.get("links", []),
            "stories": content.get("stories", []),
        },
    }
    for key, value in extras.items():
        if key not in values:
            values[key] = value
        elif value:
            values[value] = values.pop(key)
        else:
            del values[key]
    return values


def _headers(service: Any, parcel: Parcel) -> dict[str, str]:
    headers = {"User-Agent": "Nightdesk", "Content-Type": "application/json; charset=utf-8", "Connection": "close"}
    if service.user:
        pair = f"{service.user}:{service.password or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    headers.update({str(name): str(value) for name, value in service.headers.items()})
    return {**headers, "Idempotency-Key": parcel.key}


def _post(service: Any, body: bytes, headers: dict[str, str], seconds: float, now: datetime) -> Answer:
    connection = _connect_lazily(service, seconds)
    path = service.fullpath or "/"
    if service.params:
        path += "?" + urlencode(service.params)
    left = False
    watchdog = threading.Timer(seconds, _hang_up, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.connect()
        connection.request(service.method, path, body, headers)
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


def _connect_lazily(service: Any, seconds: float) -> http.client.HTTPConnection:
    timeout = min(seconds, 15.0)
    if not service.secure:
        return http.client.HTTPConnection(service.host, service.port or 80, timeout=timeout)
    context = ssl.create_default_context()
    if not service.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(service.host, service.port or 443, timeout=timeout, context=context)


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """The end of all patience: a receiver that sends a byte a second never runs into a read time-out."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
