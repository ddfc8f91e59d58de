"""Kept pages as WARC/1.1: what was asked and what was answered, the same bytes for the same pages."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import urlsplit

from core.clock import iso

#: What the page's bytes no longer are: they were unpacked when they were read. Kept under a name of their own.
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_SPACE = uuid.UUID("6d1f1f0e-5f1c-5c1a-9a55-6e6967687464")


@dataclass(frozen=True)
class KeptPage:
    """A page as it was fetched."""

    id: int
    url: str
    fetched_at: datetime
    body: bytes
    status: int | None  # None: no server was asked for it
    headers: Mapping[str, str]
    request: Mapping[str, str]


def write_archive(file: IO[bytes], name: str, pages: Iterator[KeptPage]) -> int:
    """Write a request and a response record for each page, a resource where no server answered; how many pages."""
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(file, gzip=False, warc_version="1.1")
    count = 0
    for page in pages:
        if count == 0:
            about = f"software: nightdesk\r\nformat: WARC File Format 1.1\r\nisPartOf: {name}\r\n".encode()
            _write(writer, "warcinfo", "", about, page.fetched_at, f"{name}/info", None, {"WARC-Filename": name})
        if page.status is None or not page.url.startswith(("http://", "https://")):
            named = f"{name}/{page.id}/resource"
            _write(writer, "resource", page.url, page.body, page.fetched_at, named, None, {}, _kind(page))
            count += 1
            continue
        response_id = _id(f"{name}/{page.id}/response")
        path = _path(page.url)
        asked = _headers(f"GET {path} HTTP/1.1", {"Host": urlsplit(page.url).netloc, **page.request}, is_request=True)
        link = {"WARC-Concurrent-To": response_id}
        if page.request:
            _write(writer, "request", page.url, b"", page.fetched_at, f"{name}/{page.id}/request", asked, link)
        answered = _headers(f"{page.status} {_phrase(page.status)}", _unpacked(page))
        _write(writer, "response", page.url, page.body, page.fetched_at, f"{name}/{page.id}/response", answered, {})
        count += 1
    return count


def _kind(page: KeptPage) -> str:
    return page.headers.get("content-type") or "application/octet-stream"


def _write(
    writer: Any,
    kind: str,
    url: str,
    body: bytes,
    at: datetime,
    name: str,
    http: Any,
    more: Mapping[str, str],
    content_type: str = "",
) -> None:
    headers = {"WARC-Record-ID": _id(name), "WARC-Date": iso(at), **more}
    record = writer.create_warc_record(
        url,
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type=content_type or ("application/warc-fields" if kind == "warcinfo" else ""),
        http_headers=http,
        warc_headers_dict=headers,
    )
    writer.write_record(record)


def _id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_SPACE, name)}>"


def _headers(first: str, values: Mapping[str, str], is_request: bool = False) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    named = [("-".join(part.capitalize() for part in name.split("-")), value) for name, value in values.items()]
    return StatusAndHeaders(first, named, is_http_request=is_request, protocol="" if is_request else "HTTP/1.1")


def _unpacked(page: KeptPage) -> dict[str, str]:
    kept = {f"x-archive-orig-{name}" if name in _OF_THE_WIRE else name: v for name, v in page.headers.items()}
    return {**kept, "content-length": str(len(page.body))}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return "".join(letter if "!" <= letter <= "~" else "%20" if letter == " " else letter for letter in path)
