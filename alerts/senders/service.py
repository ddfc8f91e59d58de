"""Every other service, through Apprise, in a child process that can be killed. Runs without a database."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import apprise

from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import open_service, recipients_attribute, recipients_of
from alerts.senders.wire import Wire, watched
from alerts.senders.words import Words, reshape_for, words

#: Of the limit of a call, what is left for all but waiting for an answer.
_SPARE = 3.0
_CONNECT = 10.0


def is_ready() -> bool:
    """Something to ask a child for, so that what it is forked from has loaded everything."""
    return True


def send(parcel: Parcel, seconds: float, now: datetime) -> Answer:
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
    # Apprise hangs up after 4 s; a service that answers after 5 would get the message again and again.
    service.socket_connect_timeout = min(_CONNECT, seconds / 2)
    service.socket_read_timeout = max(seconds - _SPARE, seconds / 2)
    if "overflow=" not in parcel.target.address:
        service.overflow_mode = apprise.OverflowMode.SPLIT
    return _notify(service, parcel, now)


def _notify(service: apprise.NotifyBase, parcel: Parcel, now: datetime) -> Answer:
    said, taken = _Said(), _count_parts(service)
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(said)
    protocol = str(service.secure_protocol or "")
    told, sent, broke = words(parcel, protocol, str(getattr(service, "mode", ""))), False, ""
    with watched(now, parcel.key, reshape_for(protocol, told)) as wire:
        try:
            for part in told.parts:
                sent = _tell(service, part, told)
                if not sent or wire.says_no():
                    break
        except Exception as error:
            sent, broke = False, type(error).__name__
        finally:
            logger.removeHandler(said)
    if sent and not wire.says_no():
        return Answer("accepted", "accepted by the service")
    if taken() > int(sent):  # the last of them was no part taken, but a polite no
        return Answer("unknown", "the service took a part of the message and not the rest")
    return _failure(wire, said, broke)


def _tell(service: Any, part: str, told: Words) -> bool:
    """One part by the plugin's own `send` where it is final: `notify` would convert it once more."""
    options = {"notify_type": apprise.NotifyType.INFO, "body_format": apprise.NotifyFormat(told.form)}
    return bool((service.send if told.final else service.notify)(body=part, title=told.title, **options))


def _failure(wire: Wire, said: _Said, broke: str) -> Answer:
    """What a call came to that Apprise did not call a success."""
    met = wire.answer()
    if broke:  # the plugin met something that it did not expect, perhaps in an answer to a message that arrived
        went = met is not None and (met.result == "unknown" or 200 <= wire.status < 300)
        return Answer("unknown" if went else "failed", f"{broke} in the service's plugin")
    return met or said.answer()


def _count_parts(service: Any) -> Callable[[], int]:
    """Count what the service takes of a message that is too long for one."""
    taken: list[str] = []

    def counting(plain: Callable[..., bool]) -> Callable[..., bool]:
        def send(*args: Any, **options: Any) -> bool:
            done = plain(*args, **options)
            if done:
                taken.append("one")
            return done

        return send

    for name in ("send", "send_text", "send_html", "send_markdown"):
        if callable(plain := getattr(service, name, None)):
            setattr(service, name, counting(plain))
    return lambda: len(taken)


class _Said(logging.Handler):
    """What Apprise warned of, read for a status code; its words stay here, since they may hold a secret."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record.getMessage())

    def answer(self) -> Answer:
        """Of a service that does not speak HTTP."""
        for record in self._records:
            code = re.search(r"error=(\d{3})\b|\b(?:HTTP|code:?)\s*(\d{3})\b", record)
            status = int(code[1] or code[2]) if code else 0
            if status in (401, 403, 404, 410):
                return Answer("refused", f"the service answered {status}")
            if status:
                return Answer("failed", f"the service answered {status}")
        if any("onnection error" in record or "timed out" in record for record in self._records):
            return Answer("unknown", "the connection to the service broke; whether it took the message is not known")
        return Answer("failed", "the service did not take the message")
