"""What a file, folder, address or standard input holds that pages can be made of, one by one."""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.clock import iso
from core.urls import normalise_url, resolve
from crawler import addresslist, archives, documents, feeds, handed, pictures
from crawler.charsets import decode
from crawler.dates import read_date
from crawler.handed import About
from crawler.plain import plain, plain_line, tidy
from crawler.values import BadInput, Input

STDIN = "-"

_LONGEST_LINE = 32 * 1024 * 1024
_LARGEST_FILE = 64 * 1024 * 1024
_TEXTS = (".txt", ".text", ".md", ".markdown")


def inputs(path: str, about: About) -> Iterator[Input | BadInput]:
    """Everything that can be taken in of `path`, and why the rest cannot."""
    if path == STDIN:
        yield from _of_stdin(about)
        return
    if re.match(r"https?://", path, re.I):
        yield from _checked(Input(path, given=about.given()))
        return
    place = Path(path)
    if place.is_dir():
        for child in sorted(one for one in place.rglob("*") if one.is_file() and not one.name.startswith(".")):
            yield from inputs(str(child), about.without_address())
        return
    if not place.is_file():
        yield BadInput(about.url or path, "no such file", path)
        return
    try:
        yield from _of_file(place, about)
    except (OSError, EOFError, zlib.error) as error:
        yield BadInput(about.url or path, f"cannot be read: {error}", path)


def _of_stdin(about: About) -> Iterator[Input | BadInput]:
    body = sys.stdin.buffer.read(_LARGEST_FILE + 1)
    yield from _of_body(body, "standard input", "", about)


def _of_file(place: Path, about: About) -> Iterator[Input | BadInput]:
    if place.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _of_lines(place, about)
    elif archives.is_archive(place):
        yield from _of_archive(place, about)
    else:
        yield from _of_body(_body_of(place), str(place), place.name.lower().removesuffix(".gz"), about)


def _of_body(body: bytes, where: str, name: str, about: About) -> Iterator[Input | BadInput]:
    """One file by what it is; without a name a text is one."""
    if len(body) > _LARGEST_FILE:
        yield BadInput(about.url or where, "too_large", where)
    elif documents.is_pdf(body):
        yield from _kept(handed.of_document(body, about, where))
    elif (kind := pictures.kind_of(body)) is not None:
        yield from _kept(handed.of_picture(body, kind, about, where))
    elif name.endswith(".eml"):
        yield from _of_mail(body, where, about)
    elif name.rpartition(".")[2] in ("html", "htm", "xhtml") or _is_html(body):
        yield from _of_page(body, where, about)
    elif not name or name.endswith(_TEXTS):
        yield from _of_text(body, where, about)
    else:
        yield from _of_feed(body, where, about)


def _of_text(body: bytes, where: str, about: About) -> Iterator[Input | BadInput]:
    """A list of addresses, each to be fetched, or a text to be read."""
    text = decode(body)
    if about.url is not None or about.title is not None or not addresslist.is_list(text):
        yield from _kept(handed.of_text(body, about, where))
        return
    for line in addresslist.lines(text):
        row = f"{where}:{line.row}"
        if line.repeats:
            yield BadInput(line.url, f"the same address as in row {line.repeats}", row, "left_out")
        elif line.error:
            yield BadInput(line.url, line.error, row)
        else:
            yield from _checked(Input(line.url, given=about.given(), where=row))


def _of_page(body: bytes, where: str, about: About) -> Iterator[Input | BadInput]:
    address = about.url or _own_address(body) or about.address(body)
    if address is None:
        lacking = "no address: the page names none, give it with --url, or whose it is with --outlet and --date"
        yield BadInput(where, lacking, where)
        return
    yield from _checked(Input(address, body, "text/html", about.given(), where=where))


def _of_mail(body: bytes, where: str, about: About) -> Iterator[Input | BadInput]:
    """One report, also where it is full of addresses."""
    mail = handed.of_mail(body, about, where)
    if isinstance(mail, BadInput):
        yield mail
    elif mail.is_page:
        yield from _of_page(mail.text, where, about.of_mail(mail))
    else:
        yield from _kept(handed.of_text(mail.text, about.of_mail(mail), where))


def _kept(one: Input | BadInput) -> Iterator[Input | BadInput]:
    if isinstance(one, BadInput):
        yield one
    else:
        yield from _checked(one)


def _of_archive(place: Path, about: About) -> Iterator[Input | BadInput]:
    left_out = archives.LeftOut()
    number = 0
    try:
        for number, page in enumerate(archives.pages_in(place, left_out), start=1):
            yield from _checked(
                Input(
                    page.url,
                    page.body,
                    page.content_type,
                    about.given(),
                    page.fetched_at,
                    f"{place}:page {number}",
                    http_status=200,
                    headers=page.headers,
                )
            )
    except archives.ArchiveBroken as error:
        yield BadInput(str(place), f"after {number:,} pages: {error}", str(place))
    if left_out.counts:
        yield BadInput(str(place), str(left_out), str(place), "left_out")


def _body_of(place: Path) -> bytes:
    """The bytes of a file, unpacked, and no more of them than one byte too many."""
    opened = gzip.open(place) if place.suffix.lower() == ".gz" else place.open("rb")
    with opened as file:
        return file.read(_LARGEST_FILE + 1)


def _of_feed(body: bytes, where: str, about: About) -> Iterator[Input | BadInput]:
    try:
        feed = feeds.parse(body, url="")
    except feeds.FeedError as error:
        yield BadInput(where, f"neither a page nor a feed: {error}", where)
        return
    for number, entry in enumerate(feed.entries, start=1):
        there = f"{where}:entry {number}"
        if entry.url is None:
            yield BadInput(entry.guid or entry.title or "", "an entry without an address", there)
            continue
        given = about.given(
            title=entry.title,
            text=entry.text or entry.title,
            byline=entry.byline,
            published_at=iso(entry.published) if entry.published else None,
            outlet=about.outlet or feed.title,
        )
        yield from _checked(Input(entry.url, given=given, where=there))


def _of_lines(place: Path, about: About) -> Iterator[Input | BadInput]:
    with place.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            where = f"{place}:{number}"
            if not line.endswith(b"\n") and len(line) >= _LONGEST_LINE:
                while (rest := file.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield BadInput("", "too_large", where)
            elif line.strip():
                yield from _of_line(line, where, about)


def _of_line(line: bytes, where: str, about: About) -> Iterator[Input | BadInput]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield BadInput("", f"not a line of JSON: {str(error)[:100]}", where)
        return
    if not isinstance(data, dict):
        yield BadInput("", "not a JSON object", where)
        return
    address = data.get("url")
    if not isinstance(address, str) or not address.strip():
        yield BadInput(str(address or ""), "url is missing", where)
        return
    published = data.get("published")
    when = read_date(published) if isinstance(published, str) else None
    text = tidy(_word(data, "text"))
    given = about.given(
        whole=text is not None,
        title=plain_line(_word(data, "title")),
        text=text,
        byline=plain_line(_word(data, "byline")),
        published_at=iso(when) if when else None,
        outlet=plain_line(_word(data, "outlet")),
        language=plain_line(_word(data, "language")),
        speaker=plain_line(_word(data, "speaker")),
        note=tidy(_word(data, "note")),
    )
    html = _word(data, "html")
    fetched = read_date(_word(data, "fetched_at"))
    body = html.encode("utf-8", "replace") if html else None
    content_type = "text/html; charset=utf-8" if html else None
    restricted = data.get("restricted") is True
    yield from _checked(Input(address, body, content_type, given, fetched, where, restricted=restricted))


def _checked(one: Input) -> Iterator[Input | BadInput]:
    try:
        if not one.url.startswith("urn:"):
            normalise_url(one.url)
    except ValueError as error:
        yield BadInput(one.url, str(error), one.where)
    else:
        yield one


def _word(data: dict[str, object], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _is_html(body: bytes) -> bool:
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return b"<html" in start or start.startswith((b"<!doctype html", b"<head", b"<body"))


_CANONICAL = re.compile(r"<link\s[^<>]{0,1000}rel\s*=\s*[\"']?canonical[^<>]{0,1000}>", re.I)
_OG_URL = re.compile(r"<meta\s[^<>]{0,1000}og:url[^<>]{0,1000}>", re.I)
_VALUE = re.compile(r"(?:href|content)\s*=\s*[\"']?(https?://[^\s\"'<>]{1,2000})", re.I)


def _own_address(body: bytes) -> str | None:
    """The address that a saved page gives for itself."""
    head = decode(body[:300_000])
    for form in (_CANONICAL, _OG_URL):
        if (tag := form.search(head)) and (value := _VALUE.search(tag[0])):
            return resolve("", plain(value[1]))
    return None
