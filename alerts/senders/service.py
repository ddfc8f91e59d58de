"""Every other service, through Apprise, in a child process that can be killed. Runs without a database."""

from __future__ import annotations

import logging
import re

import apprise

from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import open_service, recipients_attribute, recipients_of


def send(parcel: Parcel) -> Answer:
    """One call to one recipient: Apprise's own retries and its pauses between messages are off."""
    service = open_service(parcel.target.address)
    if service is None:
        return Answer("refused", "the address cannot be read")
    name = recipients_attribute(service)
    if name and len(recipients_of(service)) > 1:
        if parcel.target.index >= len(recipients_of(service)):
            return Answer("refused", "the recipient is no longer in the address")
        setattr(service, name, [recipients_of(service)[parcel.target.index]])
    service.request_rate_per_sec = 0
    service.retry = 0
    return _notify(service, parcel)


def _notify(service: apprise.NotifyBase, parcel: Parcel) -> Answer:
    said = _Said()
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(said)
    try:
        sent = service.notify(
            body=_body(parcel),
            title=str(parcel.content.get("title", "")),
            notify_type=apprise.NotifyType.INFO,
            body_format=apprise.NotifyFormat.TEXT,
        )
    except Exception as error:
        return Answer("failed", f"{type(error).__name__} in the service's plugin")
    finally:
        logger.removeHandler(said)
    return Answer("accepted", "accepted by the service") if sent else said.answer()


def _body(parcel: Parcel) -> str:
    """The short text, without its first line, which is the title."""
    chat = str(parcel.content.get("chat") or parcel.text)
    title = str(parcel.content.get("title", ""))
    body = chat.removeprefix(title).strip() or chat
    return f"{body}\n(may be a repeat)" if parcel.repeat else body


class _Said(logging.Handler):
    """What Apprise warned of, read for a status code; its words stay here, since they may hold a secret."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record.getMessage())

    def answer(self) -> Answer:
        for words in self._records:
            code = re.search(r"error=(\d{3})\b|\b(?:HTTP|code:?)\s*(\d{3})\b", words)
            status = int(code[1] or code[2]) if code else 0
            if status in (401, 403, 404, 410):
                return Answer("refused", f"the service answered {status}")
            if status:
                return Answer("failed", f"the service answered {status}")
        if any("onnection error" in words or "timed out" in words for words in self._records):
            return Answer("unknown", "the connection to the service broke; whether it took the message is not known")
        return Answer("failed", "the service did not take the message")
