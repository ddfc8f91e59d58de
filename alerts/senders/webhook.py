"""`json://` and `jsons://`: one POST, no redirect followed, an answer that means what it says."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from alerts.senders import signature
from alerts.senders.http import Where, ask
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
    path = service.fullpath or "/"
    if service.params:
        path += "?" + urlencode(service.params)
    where = Where(service.secure, service.host, service.port, path, bool(service.verify_certificate))
    return ask(where, service.method, body, {**_headers(service, parcel), **signed}, seconds, now)


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
