"""Small PDFs and WARC files of our own making."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def pdf(*pages: Sequence[str], title: str = "") -> bytes:
    """A PDF with a line of text for each string; a page without strings is as empty as a scan."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        words = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        stream = f"BT /F1 11 Tf 40 700 Td {words} ET"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R {fonts} /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>"
    return (
        out + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )


def response(
    writer: WARCWriter, url: str, body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> None:
    """One answered request, as a crawler of archives writes it down."""
    headers = StatusAndHeaders(status, [("Content-Type", kind), ("Set-Cookie", "id=1"), ("ETag", '"a"')], "HTTP/1.1")
    record = writer.create_warc_record(
        url,
        "response",
        io.BytesIO(body),
        length=len(body),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": "2026-10-12T04:05:06Z"},
    )
    writer.write_record(record)


def warc(path: Path, *records: tuple[str, bytes, str, str], zipped: bool = True) -> Path:
    """A file of (address, body, status line, content type)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=zipped)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for url, body, status, kind in records:
            response(writer, url, body, status, kind)
    return path
