"""A mail that was saved as a file: its text, and what its head says of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime

from core.text import clean
from crawler.charsets import decode

#: What the parser of the standard library runs into where a head or a part is malformed.
_STUMBLES = (AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Mail:
    """One mail. Its text is a page where it was written in HTML."""

    text: bytes
    is_page: bool
    subject: str
    sender: str
    sent_at: datetime | None


def read(body: bytes) -> Mail | str:
    """The best text of a mail: its HTML, else its plain part, attachments left out; or why there is none."""
    mail: EmailMessage = BytesParser(policy=default).parsebytes(body)
    try:
        part = mail.get_body(("html", "plain"))
        content = part.get_payload(decode=True) if part is not None else None
    except _STUMBLES as error:
        return f"this mail cannot be read: {error}"
    text = decode(content, _head(part, "content-type")) if part is not None and isinstance(content, bytes) else ""
    if not text.strip():
        return "there is no text in this mail; save what is attached to it, and take that in"
    is_page = part is not None and part.get_content_subtype() == "html"
    name, address = parseaddr(_head(mail, "from"))
    subject = " ".join(clean(_head(mail, "subject")).split())
    return Mail(text.encode("utf-8", "replace"), is_page, subject, clean(name or address), _sent(mail))


def _head(mail: MIMEPart, name: str) -> str:
    try:
        return str(mail.get(name, ""))
    except _STUMBLES:
        return ""


def _sent(mail: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(_head(mail, "date"))
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (*_STUMBLES, OverflowError):
        return None
