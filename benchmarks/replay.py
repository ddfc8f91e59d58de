"""Real news streams replayed in their own time: what would have been told, when, and after which first item.

    python benchmarks/replay.py STREAM.jsonl.gz ... [--story WORDS] [--limit N]

STREAM has one item a line: title, description or text, url or link, published or first_seen, and where it came from
(feed, source or file). Each is taken in when it was published, read, decided about and delivered through the stages of
the daemon (`benchmarks/stream.py`), to one channel of one watch on both topics. Every alert is printed with its time,
its level and its headline, to be read one by one; there are no labels. `--story` names a known story by words that its
headlines hold, as many as wanted: for each the items, the alerts and the minutes from the first item to the first
alert are told.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import logging
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import structlog

from benchmarks.stream import stream


def read(path: Path) -> list[dict[str, Any]]:
    """The items of one stream in their order, each address once, as `stream` takes them."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        given = [json.loads(line) for line in lines]
    items: dict[str, dict[str, Any]] = {}
    for row in given:
        url = row.get("url") or row.get("link") or ""
        published = _moment(row.get("published") or row.get("first_seen"))
        if not url or published is None or not row.get("title"):
            continue
        text = _plain(row.get("text") or row.get("description") or row["title"])
        outlet = urlsplit(row.get("feed") or url).hostname or row.get("source") or row.get("file") or "unknown"
        language = str(row.get("lang") or "en").split("-")[0]
        key = hashlib.sha256(url.encode()).hexdigest()[:12]
        items.setdefault(
            url,
            {
                "id": key,
                "url": url,
                "title": row["title"],
                "text": text,
                "published": published.isoformat(),
                "outlet": outlet,
                "language": language,
            },
        )
    return sorted(items.values(), key=lambda row: (row["published"], row["id"]))


def _plain(text: str) -> str:
    """A description without its markup, as a feed's reader leaves it."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split()) if "<" in text else text


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def say(rows: list[dict[str, Any]], stories: list[str]) -> None:
    found = stream(rows)
    by_url = {row["url"]: row for row in rows}
    levels = Counter(alert.level for alert in found.alerts)
    print(f"  {len(rows)} items, {found.seconds:.0f} s of CPU; alerts: {dict(levels)}; messages: {dict(found.sent)}")
    for alert in found.alerts:
        row = by_url[alert.url]
        print(f"  {alert.at:%Y-%m-%d %H:%M} {alert.level:6} d{alert.development} {row['outlet']}: {row['title']}")
    for story in stories:
        mine = [row for row in rows if _is_of(row, story)]
        told = [alert for alert in found.alerts if _is_of(by_url[alert.url], story)]
        if not mine:
            continue
        first = datetime.fromisoformat(mine[0]["published"])
        after = f"{(told[0].at - first).total_seconds() / 60:.0f} minutes after the first item" if told else "never"
        outlets = len({row["outlet"] for row in mine})
        print(f"  story {story!r}: {len(mine)} items of {outlets} outlets, {len(told)} alerts, {after}")


def _is_of(row: dict[str, Any], story: str) -> bool:
    """Whether the headline holds every word of the story's name."""
    title = row["title"].casefold()
    return all(word in title for word in story.casefold().split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="STREAM.jsonl.gz")
    parser.add_argument("--story", action="append", default=[], help="a known story, by words that its headlines hold")
    parser.add_argument("--limit", type=int, default=None, help="only the first so many items of each stream")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for path in given.files:
        print(path.name)
        say(read(path)[: given.limit], given.story)


if __name__ == "__main__":
    main()
