"""Real pages with what is known of them: the sets of `testdata/html`, read into one form."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml.html import fromstring

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Case:
    """One page and what is known to be true of it."""

    set: str
    name: str
    url: str
    body: bytes
    text: str = ""
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    title: str | None = None
    days: tuple[str, ...] = ()  # the day as the page says it, and the same in UTC where it names an hour and zone

    @property
    def half(self) -> int:
        """0 or 1 by a hash of the host: what is fitted looks at one half, the other tells what it is worth."""
        host = (urlsplit(self.url).hostname or self.name).removeprefix("www.")
        return hashlib.sha256(host.encode()).digest()[0] % 2


def _aeb(root: Path, _: Path) -> Iterator[dict[str, Any]]:
    truth = json.loads((root / "ground-truth.json").read_text())
    for name, gold in truth.items():
        body = gzip.decompress((root / "html" / f"{name}.html.gz").read_bytes())
        url = gold["url"] if "://" in gold["url"] else f"https://{gold['url']}"
        yield {"name": name, "url": url, "body": body, "text": gold["articleBody"]}


def _segments(root: Path, unpacked: Path) -> Iterator[dict[str, Any]]:
    pages = {path.name: path for path in unpacked.rglob("*.html")}
    for url, gold in json.loads((root / "evaldata.json").read_text()).items():
        if gold["file"] in pages:
            yield {
                "name": gold["file"],
                "url": url,
                "body": pages[gold["file"]].read_bytes(),
                "present": tuple(gold["with"]),
                "absent": tuple(gold["without"]),
                "title": gold.get("title") or None,
                "days": _days(gold.get("date")),
            }


def _newspaper(_: Path, unpacked: Path) -> Iterator[dict[str, Any]]:
    folder = unpacked / "tests/data"
    for path in sorted((folder / "html").glob("*.html")):
        text = folder / "txt" / f"{path.stem}.txt"
        about = folder / "metadata" / f"{path.stem}.json"
        known = json.loads(about.read_text()) if about.exists() else {}
        if text.exists():
            yield {
                "name": path.stem,
                "url": known.get("url") or f"https://{path.stem}.example/a/1",
                "body": path.read_bytes(),
                "text": text.read_text(),
                "title": known.get("title"),
                "days": _days(known.get("publish_date")),
            }


def _readability(_: Path, unpacked: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(unpacked.rglob("source.html")):
        known = json.loads((path.parent / "expected-metadata.json").read_text())
        expected = fromstring((path.parent / "expected.html").read_text())
        yield {
            "name": path.parent.name,
            "url": f"https://{path.parent.name}.example/a/1",
            "body": path.read_bytes(),
            "text": expected.text_content(),
            "title": known.get("title"),
            "days": _days(known.get("publishedTime")),
        }


def _goose(_: Path, unpacked: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(unpacked.rglob("*/*.json")):
        known = json.loads(path.read_text())
        gold, page = known.get("expected", {}), path.with_suffix(".html")
        if page.exists() and not path.stem.endswith("_config"):  # `_config` pages are read with settings of their own
            text = gold.get("cleaned_text") or ""
            yield {
                "name": path.stem,
                "url": known.get("url") or "https://example.com/a/1",
                "body": page.read_bytes(),
                "text": text if page.stat().st_size > 5_000 else "",
                "title": gold.get("title") or None,
                "days": _days(gold.get("publish_date")),
            }


SETS: dict[str, tuple[str, Callable[[Path, Path], Iterator[dict[str, Any]]]]] = {
    "aeb": ("article-extraction-benchmark", _aeb),
    "trafilatura": ("trafilatura", _segments),
    "newspaper4k": ("newspaper4k", _newspaper),
    "readability": ("readability", _readability),
    "goose3": ("goose3", _goose),
}


def load(testdata: Path, name: str) -> list[Case]:
    """Every page of one set."""
    folder, read = SETS[name]
    root = testdata / "html" / folder
    with tempfile.TemporaryDirectory() as scratch:
        for archive in root.glob("*.tar.xz"):
            with tarfile.open(archive) as packed:
                packed.extractall(scratch, filter="data")
        return [Case(set=name, **known) for known in read(root, Path(scratch))]


def _days(written: str | None) -> tuple[str, ...]:
    """The day that `written` names, and that same moment's day in UTC."""
    if not written:
        return ()
    found = [match[0]] if (match := _DAY.match(written)) else []
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with contextlib.suppress(ValueError, TypeError):
            moment = read(written)
            found.append(moment.date().isoformat())
            if moment.tzinfo is not None:
                found.append(moment.astimezone(UTC).date().isoformat())
            break
    return tuple(dict.fromkeys(found))
