"""Bytes of feeds and text files to text, whatever their declarations claim. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What is meant by a name is often its later, larger set.
_LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.I)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of `body`: by its byte order mark, else the first of declaration, header and guess that fits."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for name in _candidates(body, content_type):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body.decode(_guess(body) or "cp1252", "replace")


def declared_in_header(content_type: str | None) -> str | None:
    found = _HEADER.search(content_type or "")
    return _larger(found[1]) if found else None


def _candidates(body: bytes, content_type: str | None) -> Iterator[str]:
    if b"\x00" in body[:4]:
        yield "utf-16-be" if body[:1] == b"\x00" else "utf-16-le"
    found = _DECLARED.search(body[:400])
    declared = _larger(found[1].decode("ascii")) if found else None
    header = declared_in_header(content_type)
    for name in (declared, header):
        if name and name.startswith(("iso-2022", "hz")):  # seven bits, so they would pass as UTF-8
            yield name
    # Few texts in another set happen to be valid UTF-8, so it comes before any one-byte claim.
    yield "utf-8"
    if declared and not declared.startswith(("utf-16", "utf-32")):
        yield declared
    if header:
        yield header


def _larger(name: str) -> str:
    return _LARGER.get(name.lower(), name.lower())


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:50_000], steps=3, chunk_size=256).best()
    return best.encoding if best else None
