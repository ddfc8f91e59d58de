"""Developments as an Atom feed (RFC 4287). Pure: entries in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from uuid import UUID, uuid5

from lxml import etree

from core.text import clean

#: What names in the feed are derived from; never changed, or readers see everything anew.
_OURS = UUID("6e694768-7464-4573-a6b0-61746f6d0001")
_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NEVER = "1970-01-01T00:00:00Z"  # a feed without entries says it never changed


@dataclass(frozen=True)
class Report:
    """One article that reports a development."""

    title: str
    url: str
    outlet: str

    @property
    def is_link(self) -> bool:
        return self.url.startswith(("http://", "https://"))


@dataclass(frozen=True)
class Entry:
    """One development as it stands. `began` is when it came on record: with its number it makes the name it keeps."""

    number: int
    began: str
    updated: str
    title: str
    language: str | None
    lede: str
    page: str  # where the desk shows it; empty where it shows it to nobody
    labels: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()  # since it was new, oldest first
    reports: tuple[Report, ...] = ()
    sources: int = 0  # independent ones

    @property
    def name(self) -> str:
        return uuid5(_OURS, f"development {self.number} {self.began}").urn


def write(title: str, question: str, address: str, entries: Sequence[Entry]) -> bytes:
    """The feed of a question, which its name is made of; `address` is where it was asked, without a key."""
    newest = sorted(entries, key=lambda entry: (entry.updated, entry.number), reverse=True)
    feed = etree.Element("feed", nsmap={None: _ATOM})
    _add(feed, "id", uuid5(_OURS, f"feed {question}").urn)
    _add(feed, "title", title)
    _add(feed, "updated", newest[0].updated if newest else _NEVER)
    _add(feed, "generator", "Nightdesk")
    _add(etree.SubElement(feed, "author"), "name", "Nightdesk")
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    for entry in newest:
        _write_entry(etree.SubElement(feed, "entry"), entry)
    body: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return body


def _write_entry(node: etree._Element, entry: Entry) -> None:
    links = [report for report in entry.reports if report.is_link]
    if entry.language:
        node.set(_LANG, entry.language)
    _add(node, "id", entry.name)
    _add(node, "title", entry.title)
    _add(node, "published", entry.began)
    _add(node, "updated", entry.updated)
    if where := entry.page or (links[0].url if links else ""):
        _add(node, "link", rel="alternate", type="text/html", href=where)
    for report in links:
        _add(node, "link", rel="related", href=report.url, title=report.outlet)
    if entry.reports:
        _add(etree.SubElement(node, "author"), "name", entry.reports[0].outlet)
    for label in entry.labels:
        _add(node, "category", term=label)
    _add(node, "content", _content(entry), type="html")


def _content(entry: Entry) -> str:
    """Paragraphs whose every word is escaped: nothing that a publisher wrote is markup."""
    parts = [_paragraph(entry.lede)] if entry.lede else []
    if entry.changes:
        parts.append(f"<ul>{''.join(f'<li>{escape(change)}</li>' for change in entry.changes)}</ul>")
    if entry.sources:
        parts.append(_paragraph(f"Independent sources: {entry.sources}"))
    parts += [f"<p>{_report(report)}</p>" for report in entry.reports]
    return "".join(parts)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _report(report: Report) -> str:
    said = escape(f"{report.outlet}: {report.title}")
    return f'<a href="{escape(report.url)}">{said}</a>' if report.is_link else said


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> None:
    node = etree.SubElement(parent, tag, {name: clean(value) for name, value in attributes.items()})
    node.text = clean(text) if text is not None else None
