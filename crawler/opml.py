"""Lists of sources as other readers keep them: OPML in and out. What OPML has no word for goes into own attributes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from core.errors import NightdeskError
from crawler.plain import tidy
from crawler.source import Source

MAX_BYTES = 15 * 1024 * 1024
MAX_ENTRIES = 20_000
_OWN = "urn:nightdesk:source"
#: Keys whose values are no text: written as JSON.
_STRUCTURED = frozenset({"beats", "expect", "priority", "allow_private", "verify_tls", "obey_robots", "verified"})


class OpmlError(NightdeskError):
    """The file is no OPML that could be read."""


def read_opml(body: bytes) -> list[dict[str, Any]]:
    """The entries of a list, as the keys of a source that they give; folders are passed through.

    An entry without an address has no `url`: naming it is the reader's part. Raises OpmlError.
    """
    if len(body) > MAX_BYTES:
        raise OpmlError("more than 15 MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"not XML: {str(error)[:200]}") from error
    if not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise OpmlError(f"the root element is <{str(root.tag)[:40]}>, not <opml>")
    outlines = [node for node in root.iter("outline") if not len(node) or _attribute(node, "xmlurl")]
    if len(outlines) > MAX_ENTRIES:
        raise OpmlError(f"more than {MAX_ENTRIES} entries")
    return [_entry(node) for node in outlines]


def write_opml(sources: Iterable[Source]) -> bytes:
    """A list that other readers take, and that `read_opml` gives back whole."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"nightdesk": _OWN})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Nightdesk"
    body = etree.SubElement(root, "body")
    for source in sources:
        title = _line(source.title) or source.name
        given = {"text": title, "title": title, "type": "rss", "xmlUrl": source.url}
        if source.language:
            given["language"] = source.language
        if source.beats:
            given["category"] = ",".join(f"/{beat}" for beat in source.beats)
        node = etree.SubElement(body, "outline", given)
        for key, value in own_keys(source).items():
            node.set(f"{{{_OWN}}}{key}", json.dumps(value, ensure_ascii=False) if key in _STRUCTURED else str(value))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def own_keys(source: Source) -> Mapping[str, Any]:
    """The keys of a source that say more than its defaults."""
    said = source.model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in said.items() if key not in ("url", "title", "language")}


def _entry(node: etree._Element) -> dict[str, Any]:
    title = _line(_attribute(node, "title") or _attribute(node, "text"))
    given: dict[str, Any] = {
        "title": title,
        "url": _attribute(node, "xmlurl"),
        "language": _attribute(node, "language"),
    }
    own = {
        key.partition("}")[2]: str(value) for key, value in node.attrib.items() if str(key).startswith(f"{{{_OWN}}}")
    }
    for key, value in own.items():
        given[key] = _value(value) if key in _STRUCTURED else value
    return {key: value for key, value in given.items() if value not in (None, "")}


def _line(text: str | None) -> str | None:
    return " ".join((tidy(text) or "").split()) or None


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text  # the source's own check says what is wrong with it


def _attribute(node: etree._Element, name: str) -> str | None:
    # Writers differ in the case of these names.
    return next((str(value).strip() for key, value in node.attrib.items() if str(key).lower() == name), None) or None
