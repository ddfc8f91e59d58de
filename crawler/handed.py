"""What a person hands in: a text, a document or a picture, with whose it is, from when, and who says it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.clock import iso
from crawler import documents, mails, pictures
from crawler.charsets import decode
from crawler.mails import Mail
from crawler.plain import plain_line, tidy
from crawler.values import BadInput, Input

_LONGEST_TITLE = 200


@dataclass(frozen=True)
class About:
    """What whoever hands something in says of it. None says nothing."""

    url: str | None = None  # where it was published
    outlet: str | None = None
    published: datetime | None = None
    speaker: str | None = None  # who says what it says
    title: str | None = None
    note: str | None = None
    words: str | None = None  # what stands in a picture
    restricted: bool = False  # kept from everybody who does not ask for it
    latest: datetime | None = None  # nothing says of itself that it is from later

    def given(self, whole: bool = False, **known: Any) -> dict[str, Any]:
        """What goes with a page; what is `known` of the page itself stands before what was said."""
        said = {
            "title": plain_line(self.title),
            "outlet": plain_line(self.outlet),
            "published_at": iso(self.published) if self.published else None,
            "speaker": plain_line(self.speaker),
            "note": tidy(self.note),
        }
        values = {**said, **{name: value for name, value in known.items() if value is not None}}
        return {name: value for name, value in values.items() if value is not None} | {"whole": whole}

    def address(self, body: bytes) -> str | None:
        """Where it was published; what was not published there goes by its hash. None where it is nobody's."""
        if self.url is not None:
            return self.url
        if self.outlet is None or self.published is None:
            return None
        return f"urn:sha256:{hashlib.sha256(body).hexdigest()}"

    def of_mail(self, mail: Mail) -> About:
        """What was not said of a mail, its head says."""
        return replace(
            self,
            title=self.title or mail.subject[:400] or None,
            outlet=self.outlet or mail.sender[:200] or None,
            published=self.published or mail.sent_at,
        )

    def without_address(self) -> About:
        """Of one among several, whose address is its own."""
        return replace(self, url=None)


def of_text(body: bytes, about: About, where: str) -> Input | BadInput:
    """A pasted text. Without a title its first line is the headline, where more follows."""
    text = tidy(decode(body))
    if text is None:
        return BadInput(about.url or where, "it is empty", where)
    address = about.address(body)
    if address is None:
        return BadInput(where, f"{_nobodys('text')}; a list of addresses has one a line", where)
    title, rest = _headed(text) if about.title is None else (about.title, text)
    given = about.given(True, title=plain_line(title), text=rest)
    return Input(address, body, "text/plain; charset=utf-8", given, where=where)


def of_mail(body: bytes, about: About, where: str) -> Mail | BadInput:
    """A saved mail. One that says that it was sent tomorrow may say anything."""
    mail = mails.read(body)
    if isinstance(mail, str):
        return BadInput(about.url or where, mail, where)
    at = about.of_mail(mail).published
    if at is not None and about.latest is not None and at > about.latest:
        day = at.date().isoformat()
        return BadInput(about.url or where, f"it says that it was sent on {day}, which is not yet: give --date", where)
    return mail


def of_document(body: bytes, about: About, where: str) -> Input | BadInput:
    """A PDF with its words; one without any is kept as it is, and its page says so."""
    address = about.address(body)
    if address is None:
        return BadInput(where, _nobodys("PDF"), where)
    found = documents.read_in_child(body)
    if isinstance(found, str):
        return BadInput(address, found, where)
    if found.text:
        title = about.title or found.title or found.text.partition("\n")[0][:_LONGEST_TITLE]
        given = about.given(True, title=plain_line(title), text=found.text)
    else:
        given = about.given(no_text=f"{found.pages} pages, none with text: a scan")
    return Input(address, body, "application/pdf", given, where=where)


def of_picture(body: bytes, kind: str, about: About, where: str) -> Input | BadInput:
    """A screenshot or photograph with the words that stand in it: given, or read where the machine can."""
    address = about.address(body)
    if address is None:
        return BadInput(where, _nobodys("picture"), where)
    known: dict[str, Any] = {}
    text = tidy(about.words)
    if text is None:
        found = pictures.read_words(body)
        text = tidy(found.text)
        known = {"read_by": found.read_by} if text else {"no_text": found.reason}
    if text is None:
        return Input(address, body, kind, about.given(**known), where=where)
    title, rest = _headed(text) if about.title is None else (about.title, text)
    return Input(address, body, kind, about.given(True, title=plain_line(title), text=rest, **known), where=where)


def _nobodys(kind: str) -> str:
    return f"a {kind} does not say whose it is: give --outlet and --date, or its address with --url"


def _headed(text: str) -> tuple[str, str]:
    """The headline of a text, and the text."""
    first, _, rest = text.partition("\n")
    title = first.lstrip("# ")  # of Markdown
    if rest and title and len(title) <= _LONGEST_TITLE:
        return title, rest
    return text[:_LONGEST_TITLE].split("\n")[0].rpartition(" ")[0] or text[:_LONGEST_TITLE], text
