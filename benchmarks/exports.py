"""What an export costs: rows a second and the peak of memory of `nightdesk export`, for each format.

    python benchmarks/exports.py [FACTS] [--formats jsonl,csv,xlsx,parquet,sqlite] [--database URL] [--keep FOLDER]

FACTS (default 100,000) figures with quotes in many scripts are written straight into the tables, ten an article, on
SQLite unless a database is named, which must be an empty one. Each format is written by the command itself in a process
of its own; `sqlite` is the snapshot, of all views. `peak` is the most memory that the process held (VmHWM), with all
that it loads to begin with; `bare` is that of a command that only lists one row.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import sqlalchemy as sa

from store import articles, developments, facts, pages
from store.engine import Store, open_store
from store.migrate import upgrade

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_AN_ARTICLE = 10  # facts
_A_DEVELOPMENT = 5  # articles
_QUOTES = (
    "Police freed {n} workers from the compound on Monday, the embassy said.",
    "警方突袭园区，抓获{n}名犯罪嫌疑人，缴获作案手机和电脑。",
    "เจ้าหน้าที่ช่วยเหลือคนงาน {n} คน จากอาคารใกล้ชายแดน",
    '=HYPERLINK("http://x.example") sebanyak {n} WNI dipulangkan ke Jakarta',
)
_FORMATS = ("jsonl", "csv", "xlsx", "parquet", "sqlite")
#: Runs one command as the program does, and says how much memory that took.
_CHILD = """
import json, sys
from nightdesk.cli.main import run
code = run(sys.argv[1:])
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"code": code, "peak_mb": round(peak / 1024)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", nargs="?", type=int, default=100_000)
    parser.add_argument("--formats", default=",".join(_FORMATS))
    parser.add_argument("--database")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nightdesk-exports-") as made:
        folder = asked.keep or Path(made)
        folder.mkdir(exist_ok=True)
        url = asked.database or f"sqlite:///{folder / 'nightdesk.db'}"
        (folder / "nightdesk.toml").write_text(f'data_dir = "data"\n[crawl]\nsources = []\n[database]\nurl = "{url}"\n')
        began = time.perf_counter()
        store = open_store(url, folder / "data")
        upgrade(store, _NOW)
        fill(store, asked.facts)
        store.close()
        print(f"{asked.facts:,} facts made in {time.perf_counter() - began:.0f} s, on {url.partition(':')[0]}")
        print(f"{'format':<10}{'seconds':>9}{'rows/s':>10}{'peak MB':>9}{'file MB':>9}")
        measure(folder, "bare", ["facts", "--limit", "1", "--format", "jsonl"], 1)
        for ending in asked.formats.split(","):
            subject = "snapshot" if ending == "sqlite" else "facts"
            measure(folder, ending, ["export", subject, "-o", f"facts.{ending}"], asked.facts)


def measure(folder: Path, name: str, command: list[str], rows: int) -> None:
    began = time.perf_counter()
    ended = subprocess.run([sys.executable, "-c", _CHILD, *command], cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if ended.returncode or not ended.stdout:
        sys.exit(f"{name}: {ended.stderr}")
    said: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    if said["code"]:
        sys.exit(f"{name}: {ended.stderr}")
    file = folder / f"facts.{name}"
    size = file.stat().st_size / 1e6 if file.exists() else 0
    print(f"{name:<10}{seconds:>9.1f}{rows / seconds:>10,.0f}{said['peak_mb']:>9}{size:>9.1f}", flush=True)


# -- made-up facts ----------------------------------------------------------------------------------------------------


def fill(store: Store, count: int) -> None:
    """Facts with all that they belong to."""
    written = -(-count // _AN_ARTICLE)
    tables = (
        (pages.pages, (_page(number) for number in range(1, written + 1))),
        (articles.articles, (_article(number) for number in range(1, written + 1))),
        (articles.article_versions, (_version(number) for number in range(1, written + 1))),
        (developments.developments, (_development(number) for number in range(1, written // _A_DEVELOPMENT + 2))),
        (developments.development_articles, (_member(number) for number in range(1, written + 1))),
        (facts.facts, (_fact(number) for number in range(1, count + 1))),
    )
    for table, rows in tables:
        while batch := list(islice(rows, 5_000)):
            with store.write() as db:
                db.execute(sa.insert(table), batch)


def _at(number: int) -> datetime:
    return _NOW - timedelta(minutes=number)


def _page(number: int) -> dict[str, Any]:
    at = _at(number)
    url = f"https://news.example.org/{number}"
    return {"id": number, "url": url, "fetched_at": at, "found_at": at, "origin": "live", "given": {}}


def _article(number: int) -> dict[str, Any]:
    url = f"https://news.example.org/{number}"
    row = {"id": number, "page_id": number, "url": url, "canonical_url": url, "url_key": f"news.example.org/{number}"}
    return row | {"outlet": f"Outlet {number % 300}", "found_at": _at(number), "origin": "live"}


def _version(number: int) -> dict[str, Any]:
    title = _quote(number)
    text = "\n\n".join(_quote(number + line) for line in range(20))
    row = {"id": number, "article_id": number, "seq": 1, "page_id": number, "is_current": True, "title": title}
    row |= {"text": text, "language": "en", "published_at": _at(number), "published_from": "page", "paywalled": False}
    return row | {"words": 200, "text_sha256": f"{number:064}", "pipeline_version": 1, "created_at": _at(number)}


def _development(number: int) -> dict[str, Any]:
    at = _at(number * _A_DEVELOPMENT)
    times = ("first_found_at", "last_found_at", "first_news_at", "last_news_at", "updated_at")
    row = {"id": number, "title": _quote(number), "topics": ["scam_centres"], "event_types": ["rescue_release"]}
    row |= {"countries": ["MM"], "articles": 5, "sources": 1, "independent_sources": 1, "baseline": False}
    return row | dict.fromkeys(times, at)


def _member(number: int) -> dict[str, Any]:
    row = {"article_id": number, "development_id": (number - 1) // _A_DEVELOPMENT + 1, "joined_at": _at(number)}
    return row | {"reason": "made up"}


def _fact(number: int) -> dict[str, Any]:
    row = {"id": number, "version_id": (number - 1) // _AN_ARTICLE + 1, "kind": "count", "value": float(number % 900)}
    row |= {"bound": "at_least", "unit": "people", "status": "done", "nationality": "KE", "country": "MM"}
    row |= {"speaker": "the embassy", "quote": _quote(number), "position": 0, "leading": False, "confidence": 0.9}
    return row | {"created_at": _NOW}


def _quote(number: int) -> str:
    return _QUOTES[number % len(_QUOTES)].format(n=number)


if __name__ == "__main__":
    main()
