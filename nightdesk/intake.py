"""What somebody hands in by the page: an address, a text, or a file; kept at once and read with the next look."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from core.errors import NightdeskError, UsageError
from core.urls import normalise_url
from crawler import addresslist
from nightdesk import handing
from nightdesk.app import App
from nightdesk.handing import Said
from store import history, people

if TYPE_CHECKING:
    from crawler.ingest import Taken

#: Endings of files that the page takes; feeds, archives and sheets have commands.
ENDINGS = (".txt", ".md", ".html", ".htm", ".pdf", ".png", ".jpg", ".jpeg", ".webp", ".eml")
#: Addresses of a pasted list: each waits for its site.
_MOST_ADDRESSES = 10
#: Seconds for which somebody waits until an address has answered.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Handed:
    """One of three: an address, a text that was pasted, or a file with its name."""

    address: str = ""
    text: str = ""
    body: bytes = b""
    name: str = ""


def take(app: App, handed: Handed, said: Said, by: str, zone: ZoneInfo, alerts: bool = True) -> list[Taken]:
    """Write its pages, which the next look reads, and note who handed them in; `zone` is theirs.

    Raises UsageError, NightdeskError.
    """
    with tempfile.TemporaryDirectory(prefix="nightdesk-intake-") as folder:
        path, is_fetched = _input(handed, said, Path(folder))
        about = handing.about(said, [path], app.clock(), zone)
        taken = _taken(app, path, about, alerts, is_fetched)
    kept = [one for one in taken if one.page_id is not None]
    if not kept:
        raise NightdeskError("; ".join(one.error or "nothing was in it" for one in taken) or "nothing was in it")

    def note(db: Connection) -> None:
        for one in kept:
            people.note_deed(db, by, "taken in", one.url, app.clock(), said.note, {"restricted": said.restricted})

    app.store.unit(note)
    return taken


def _input(handed: Handed, said: Said, folder: Path) -> tuple[str, bool]:
    """What the crawler is given, and whether it asks sites for it. Never a path that somebody typed."""
    if handed.address:
        address = handed.address if "://" in handed.address else f"https://{handed.address}"
        try:
            return normalise_url(address), True
        except ValueError as error:
            raise UsageError(f"this is no address of the web: {handed.address}: {error}") from error
    if handed.text:
        return _file(handed.text.encode(), ".txt", said, folder)
    if not handed.body:
        raise UsageError("there is nothing to take in: give an address, a text or a file")
    ending = next((one for one in ENDINGS if handed.name.lower().endswith(one)), None)
    if ending is None:
        raise UsageError(f"{handed.name}: the page takes {', '.join(ENDINGS)}; nightdesk ingest takes more")
    return _file(handed.body, ending, said, folder)


def _file(body: bytes, ending: str, said: Said, folder: Path) -> tuple[str, bool]:
    file = folder / f"handed{ending}"
    file.write_bytes(body)
    is_text = ending in (".txt", ".md") and said.url is None and said.title is None
    text = body.decode("utf-8", "replace") if is_text else ""
    if not addresslist.is_list(text):
        return str(file), False
    if len(list(addresslist.lines(text))) > _MOST_ADDRESSES:
        raise UsageError(f"more than {_MOST_ADDRESSES} addresses: nightdesk ingest FILE takes such a list its time")
    return str(file), True


def _taken(app: App, path: str, about: Any, alerts: bool, is_fetched: bool) -> list[Taken]:
    from crawler import reactor
    from crawler.ingest import ingest

    async def go() -> list[Taken]:
        return [one async for one in ingest(app.store, app.config.crawl, app.clock, [path], about=about, alerts=alerts)]

    return reactor.call(go, _PATIENCE) if is_fetched else asyncio.run(go())


def outcomes(db: Connection, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What became of pages that were handed in; those that are not read yet wait."""
    known = history.outcomes_of(db, page_ids)
    return [_outcome(row, known.get(row.id)) for row in history.pages_with(db, page_ids)]


def _outcome(row: Any, known: Any) -> dict[str, Any]:
    waits = known is None or known.state == "retry"
    return {
        "url": row.url,
        "title": (row.given or {}).get("title"),
        "waits": waits,
        "state": "waits" if waits else known.state,
        "reason": "" if waits else known.reason,
        "article_id": None if waits else known.article_id,
    }
