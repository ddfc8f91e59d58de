"""PDF to text with its pages marked. Runs in a child that may be killed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.pool import Limits, Pool

#: For one document, before its child is killed.
LIMITS = Limits(seconds=60, megabytes=1024)
_PAGES = 500
_CHARACTERS = 400_000
_FEWEST = 40  # characters: less than that is a stamp on a scan

_SENTENCE_END = re.compile(r"[.!?:;。！？：」”\"’)]\s*$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Document:
    """A PDF's words, each page after the first under its mark. No text: a scan."""

    title: str | None
    text: str
    pages: int


def is_pdf(body: bytes) -> bool:
    return body[:1024].lstrip().startswith(b"%PDF-")


def read_in_child(body: bytes) -> Document | str:
    """The document, or why it cannot be read."""
    pool = Pool(1, LIMITS)
    try:
        outcome = pool.run(read_pdf, body)
    finally:
        pool.close(wait=0)
    if outcome.value is not None:
        return outcome.value
    return f"the PDF cannot be read: {outcome.error or 'it took too long'}"


def read_pdf(body: bytes) -> Document:
    """Title, text and number of pages. Raises what pypdf raises."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it complains of every odd byte
    reader = PdfReader(io.BytesIO(body), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is locked with a password")
    parts: list[str] = []
    size = 0
    for number, page in enumerate(reader.pages, start=1):
        if number > _PAGES or size > _CHARACTERS:
            break
        words = "\n".join(paragraphs(page.extract_text() or ""))
        size += len(words)
        parts.append(words if number == 1 else f"{page_mark(number)}\n{words}")
    has_text = sum(len(part) for part in parts) - sum(len(page_mark(n)) + 1 for n in range(2, len(parts) + 1))
    text = "\n".join(parts)[:_CHARACTERS].strip() if has_text >= _FEWEST else ""
    title = str((reader.metadata.title if reader.metadata else None) or "").strip()
    return Document(title or None, text, len(reader.pages))


def page_mark(number: int) -> str:
    """What stands in the text where a page begins; `pipeline.filing` reads it."""
    return f"[page {number}]"


def paragraphs(text: str) -> Iterator[str]:
    """Lines as they were set, joined to paragraphs: a sentence must not end where the line did."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    longest = max(map(len, lines), default=0)
    paragraph = ""
    for line in lines:
        if not line:
            if paragraph:
                yield paragraph
            paragraph = ""
            continue
        paragraph = _joined(paragraph, line)
        if len(line) < 0.75 * longest and _SENTENCE_END.search(line):
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


def _joined(before: str, line: str) -> str:
    if not before:
        return line
    if before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower():
        return before[:-1] + line
    apart = "" if _UNSPACED.match(before[-1]) and _UNSPACED.match(line[0]) else " "
    return f"{before}{apart}{line}"
