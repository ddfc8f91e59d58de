"""The articles of a brief for reference managers: RIS for EndNote and Zotero, CSL-JSON for Pandoc and Zotero."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from core.ids import show_id
from nightdesk.brief.values import Brief, Source

#: Whose articles are newspaper articles; those of ministries, police and others are pages of theirs.
_PRESS = (None, "newspaper", "wire", "state_media", "aggregator")
_BETWEEN = re.compile(r"\s*(?:[,;|、，]|\s(?:and|&)\s)\s*")
_BY = re.compile(r"^by\s+", re.IGNORECASE)


def write_ris(brief: Brief) -> bytes:
    """A record for each article that is cited."""
    return "".join(f"{line}\r\n" for source in brief.sources() for line in _record(source)).encode()


def _record(source: Source) -> Iterator[str]:
    yield f"TY  - {'NEWS' if source.type in _PRESS else 'ELEC'}"
    yield f"ID  - {show_id('article', source.article_id)}"
    yield f"TI  - {source.title}"
    yield from (f"AU  - {author}" for author in authors(source.byline))
    yield f"T2  - {source.outlet}"
    if source.published_on:
        yield f"PY  - {source.published_on.year}"
        yield f"DA  - {source.published_on:%Y/%m/%d}"
    if source.language:
        yield f"LA  - {source.language}"
    yield f"Y2  - {source.accessed_on:%Y/%m/%d}"
    if source.url:
        yield f"UR  - {source.url}"
    yield f"N1  - {_remark(source)}"
    yield "ER  - "


def write_csl(brief: Brief) -> bytes:
    """A list of items."""
    return (json.dumps([_item(source) for source in brief.sources()], ensure_ascii=False, indent=1) + "\n").encode()


def _item(source: Source) -> dict[str, Any]:
    item = {
        "id": f"nightdesk-{show_id('article', source.article_id)}",
        "type": "article-newspaper" if source.type in _PRESS else "webpage",
        "title": source.title,
        "author": [{"literal": author} for author in authors(source.byline)],
        "container-title": source.outlet,
        "issued": _date(source.published_on),
        "accessed": _date(source.accessed_on),
        "language": source.language,
        "URL": source.url,
        "note": _remark(source),
    }
    return {name: value for name, value in item.items() if value}


def _date(day: date | None) -> dict[str, Any] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None


def _remark(source: Source) -> str:
    digest = f"; SHA-256 of the page {source.sha256}" if source.sha256 else ""
    return f"Nightdesk {show_id('development', source.development_id)}{digest}"


def authors(byline: str) -> list[str]:
    """The names of a byline: `By Ann Lee and Bo Chan` is two."""
    return [name for name in _BETWEEN.split(_BY.sub("", byline)) if name]
