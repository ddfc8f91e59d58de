"""`mailto://` and `mailtos://`: one mail to one recipient, with a Message-ID that a second attempt repeats."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, NamedTuple

from alerts.plain import safe
from alerts.senders.answers import reason
from alerts.senders.parcel import Answer, Parcel
from alerts.senders.targets import mailboxes_of, open_service

#: A greylisting server wants a pause; sooner only makes it longer.
_GREYLIST = timedelta(minutes=5)
_GREY_CODES = (450, 451, 452)


def send(parcel: Parcel, seconds: float, now: datetime) -> Answer:
    """Deliver `parcel`, or say within `seconds` what became of it."""
    service = open_service(parcel.target.address)
    if service is None or parcel.target.index >= len(mailboxes_of(service)):
        return Answer("refused", "the address cannot be read")
    name, recipient = mailboxes_of(service)[parcel.target.index]
    mail = build(parcel, service, Mailbox(name, recipient), now)
    return _Session(service, seconds).deliver(service.from_addr[1], recipient, mail)


class Mailbox(NamedTuple):
    name: str
    address: str


def build(parcel: Parcel, service: Any, to: Mailbox, now: datetime) -> EmailMessage:
    """A mail of a text and an HTML part, threaded by development."""
    content, mail = parcel.content, EmailMessage(policy=SMTP)
    sender_name, sender = service.from_addr
    domain = sender.partition("@")[2] or "nightdesk.invalid"
    mail["Subject"] = safe(content.get("title"), 200)
    mail["From"] = _address(sender_name or "Nightdesk", sender)
    mail["To"] = _address(to.name, to.address)
    mail["Date"] = now
    mail["Message-ID"] = f"<{parcel.key}@{domain}>"
    if content.get("thread") is not None:
        root = f"<development-{content['thread']}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = (
        f"Nightdesk {parcel.channel} <{re.sub(r'[^a-z0-9-]+', '-', parcel.channel.lower())}.nightdesk.{domain}>"
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Nightdesk-Kind"] = safe(str(content.get("kind", "")), 20)
    if parcel.repeat:
        mail["X-Nightdesk-Repeat"] = "possible"
    _add_extra_headers(mail, service.headers)
    mail.set_content(parcel.text)
    mail.add_alternative(parcel.html, subtype="html")
    for file in parcel.files:
        maintype, _, subtype = file.type.partition("/")
        mail.add_attachment(file.body, maintype=maintype, subtype=subtype, filename=safe(file.name, 120))
    return mail


def _add_extra_headers(mail: EmailMessage, headers: dict[str, str]) -> None:
    """Headers that the address asks for, where they are not ours already."""
    for name, value in headers.items():
        if re.fullmatch(r"[A-Za-z0-9-]{1,60}", name) and name not in mail:
            mail[name] = safe(value, 500)


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=safe(name, 80), username=local, domain=domain)


class _Session:
    """One conversation with a mail server, hung up at the end of its time."""

    def __init__(self, service: Any, seconds: float) -> None:
        self._service = service
        self._seconds = seconds
        self._smtp: smtplib.SMTP | None = None
        self._hung_up = False
        self._left = False  # the mail was sent whole: from here no answer means that it may have arrived

    def deliver(self, sender: str, recipient: str, mail: EmailMessage) -> Answer:
        watchdog = threading.Timer(self._seconds, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._talk(sender, recipient, mail)
        except smtplib.SMTPAuthenticationError as error:
            permanent = error.smtp_code >= 500
            return Answer("refused" if permanent else "failed", f"SMTP {error.smtp_code}: the login was not accepted")
        except smtplib.SMTPResponseException as error:
            return _answer(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if self._left:
                return Answer("unknown", f"no answer after the mail left: {_reason(error)}")
            return Answer("failed", f"not delivered: {_reason(error)}")
        finally:
            watchdog.cancel()
            self._close()

    def _talk(self, sender: str, recipient: str, mail: EmailMessage) -> Answer:
        smtp = self._open()
        smtp.ehlo_or_helo_if_needed()
        wants_utf8 = not (sender + recipient).isascii()
        if wants_utf8 and not smtp.has_extn("smtputf8"):
            return Answer("refused", "the mail server takes no address outside ASCII")
        for step in (lambda: smtp.mail(sender, ["SMTPUTF8"] if wants_utf8 else []), lambda: smtp.rcpt(recipient)):
            answer = _ask(step)
            if answer is not None:
                return answer
        code, words = smtp.docmd("DATA")
        if code != 354:
            return _answer(code, words)
        smtp.send(_dotted(mail.as_bytes(policy=SMTP.clone(utf8=wants_utf8))) + b".\r\n")
        self._left = True
        code, words = smtp.getreply()
        if self._hung_up or not 200 <= code < 600:  # a reply that was cut short, or none at all, says nothing
            return Answer("unknown", "no answer after the mail left: its reply cannot be read")
        return Answer("accepted", f"SMTP {code}") if code < 300 else _answer(code, words)

    def _open(self) -> smtplib.SMTP:
        service, timeout = self._service, min(self._seconds, 15.0)
        context = ssl.create_default_context()
        if not service.verify_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if service.secure_mode == "ssl":
            self._smtp = smtplib.SMTP_SSL(timeout=timeout, context=context)
        else:
            self._smtp = smtplib.SMTP(timeout=timeout)
        # The name is kept because STARTTLS checks the certificate against it.
        self._smtp._host = service.smtp_host  # type: ignore[attr-defined]
        code, words = self._smtp.connect(service.smtp_host, service.port or 25)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        if service.secure_mode == "starttls":
            self._smtp.starttls(context=context)
        if service.user and service.password:
            self._smtp.login(service.user, service.password)
        return self._smtp

    def _hang_up(self) -> None:
        self._hung_up = True
        sock = getattr(self._smtp, "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _close(self) -> None:
        if self._smtp is not None:
            # QUIT is a courtesy that a slow server could abuse; the answer is known already.
            self._smtp.close()


def _ask(step: Callable[[], tuple[int, bytes]]) -> Answer | None:
    code, words = step()
    return None if 200 <= code < 300 else _answer(code, words)


def _answer(code: int, words: bytes | str) -> Answer:
    """What a refusal means: 4xx later, 5xx never."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    detail = f"SMTP {code} {safe(re.sub(r'[^ ]+@', '…@', said), 160)}".strip()
    if code >= 500:
        return Answer("refused", detail)
    return Answer("failed", detail, _GREYLIST if code in _GREY_CODES else None)


def _dotted(raw: bytes) -> bytes:
    """The mail with lines that begin with a dot escaped, as DATA wants it."""
    raw = re.sub(rb"(?m)^\.", b"..", raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server offers no STARTTLS"
    return reason(error)
