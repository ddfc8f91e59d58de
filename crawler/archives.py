"""WARC files: their pages one by one, in little memory however large the file is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.dates import read_date
from crawler.headers import tame_headers

ENDINGS = (".warc", ".warc.gz")
_LARGEST_PAGE = 16 * 1024 * 1024
_SHOWN = 3  # addresses named for each kind of what is left out
_HTML = ("text/html", "application/xhtml+xml")


class ArchiveBroken(Exception):
    """The file ends early, or is no WARC from here on."""


@dataclass(frozen=True)
class ArchivedPage:
    """One page that was there, as it was answered."""

    url: str
    body: bytes
    content_type: str
    headers: Mapping[str, str]
    fetched_at: datetime | None


@dataclass
class LeftOut:
    """Records that no page can be made of: how many of each kind, and the first addresses of each."""

    counts: Counter[str] = field(default_factory=Counter)
    named: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, url: str) -> None:
        self.counts[kind] += 1
        if url and len(self.named.setdefault(kind, [])) < _SHOWN:
            self.named[kind].append(url[:200])

    def __str__(self) -> str:
        return f"{self.counts.total():,} records: " + "; ".join(
            f"{count:,} {kind}{self._names(kind, count)}" for kind, count in self.counts.most_common()
        )

    def _names(self, kind: str, count: int) -> str:
        named = self.named.get(kind, [])
        return f" ({', '.join(named)}{', ...' if count > len(named) else ''})" if named else ""


def is_archive(place: Path) -> bool:
    return place.name.lower().endswith(ENDINGS)


def pages_in(place: Path, left_out: LeftOut) -> Iterator[ArchivedPage]:
    """Every page answered with 200 and HTML; the rest is counted in `left_out`. Raises ArchiveBroken."""
    from warcio.archiveiterator import ArchiveIterator

    # Exceptions of whatever decoder the archive names, all of them: a broken record must end as a sentence.
    with place.open("rb") as file:
        try:
            for record in ArchiveIterator(file):
                found = _page_of(record, left_out)
                if found is not None:
                    yield found
        except ArchiveBroken:
            raise
        except Exception as error:
            raise ArchiveBroken(f"cannot be read further: {str(error).strip() or type(error).__name__}") from error


def _page_of(record: Any, left_out: LeftOut) -> ArchivedPage | None:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip().strip("<>")
    kind = _unfit(record)
    if kind:
        left_out.add(kind, url if record.rec_type == "response" else "")
        return None
    body = record.content_stream().read(_LARGEST_PAGE + 1)
    if len(body) > _LARGEST_PAGE:
        left_out.add("too large", url)
        return None
    if record.raw_stream.limit > 0 and not record.raw_stream.read(1):
        raise ArchiveBroken(f"the file ends within {url[:200]}")
    if not body.strip():
        left_out.add("empty", url)
        return None
    headers = tame_headers({name.lower(): value for name, value in record.http_headers.headers})
    when = read_date(record.rec_headers.get_header("WARC-Date"))
    return ArchivedPage(url, body, headers.get("content-type", "text/html")[:200], headers, when)


def _unfit(record: Any) -> str | None:
    """The kind of a record that is no page, or nothing."""
    if record.rec_type != "response":
        return str(record.rec_type or "unnamed")
    if record.http_headers is None:
        return "not http"
    status = str(record.http_headers.get_statuscode() or "").strip()
    if status != "200":
        return f"http {status[:3] or 'without status'}"
    media = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return None if not media or media in _HTML else media[:60]
