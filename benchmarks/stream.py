"""Labelled articles streamed in the order of their publication, with a clock in hand: who is told of what, how often.

    python benchmarks/stream.py LABELLED.jsonl ... [--each] [--limit N]

Each article is taken in ten minutes after it was published, read, decided about and delivered through the stages of the
daemon, on SQLite, to one channel of one watch on both topics. The figures set what was told beside the labels: `story`
is one development and so one alert, `update_of` an update, `copy_of` nothing, and an article without a topic nothing.
`--each` names what went otherwise. Give articles that nothing was learned from where the figures are to mean something.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa
import structlog

from alerts.config import Channel, OperatorConfig
from alerts.run import Alerter
from core.watch import Watch
from crawler.config import CrawlConfig
from crawler.ingest import ingest
from nightdesk.definitions import watch_entry
from pipeline.config import PipelineConfig
from pipeline.run import Pipeline
from pipeline.vocabulary import load_vocabulary
from store import definitions, migrate
from store.engine import Store, open_store

TOPICS = ("scam_centres", "overseas_policing")
MAX_AGE = timedelta(days=7)
FOUND_AFTER = timedelta(minutes=10)
TOLD = sa.text(
    "SELECT n.id, n.level, a.url, n.created_at, n.development_id FROM alerts n"
    " JOIN development_changes c ON c.id = n.change_id"
    " LEFT JOIN articles a ON a.id = coalesce(c.cause_article_id, n.article_id) ORDER BY n.id"
)


class Clock:
    """Moves only forward, and only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime) -> None:
        self.now = max(self.now, moment)


@dataclass(frozen=True)
class Told:
    """One alert."""

    level: str
    url: str  # of the article that caused it
    at: datetime  # when it was decided
    development: int


@dataclass
class Stream:
    """What was told, by the article that caused it."""

    alerts: list[Told] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # url -> levels
    sent: Counter[str] = field(default_factory=Counter)  # messages by kind
    seconds: float = 0.0


def read(paths: Iterable[Path]) -> list[dict[str, Any]]:
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    return sorted(rows, key=lambda row: (row["published"], row["id"]))


def published(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["published"].replace("Z", "+00:00"))


def stream(rows: list[dict[str, Any]]) -> Stream:
    """Take the articles through all stages one after another."""
    with tempfile.TemporaryDirectory(prefix="stream-") as folder:
        place = Path(folder)
        store = open_store(f"sqlite:///{place / 'desk.db'}", place)
        clock = Clock(published(rows[0]) - timedelta(days=1))
        migrate.upgrade(store, clock())
        watch = Watch(name="all", topics=TOPICS, channels=("out",))
        with store.write() as db:
            definitions.put(db, definitions.watches, watch_entry(watch, "file"), clock())
        try:
            return _stream(store, place, rows, clock)
        finally:
            store.close()


def _stream(store: Store, place: Path, rows: list[dict[str, Any]], clock: Clock) -> Stream:
    began = time.process_time()
    out = {"out": Channel(url="console://", storm_cap=1_000_000)}
    desk = Alerter(store, out, OperatorConfig(), clock, "stream", console=io.StringIO(), max_age=MAX_AGE)
    config = PipelineConfig()
    pipeline = Pipeline(store, config, clock, MAX_AGE, vocabulary=load_vocabulary())
    for number, row in enumerate(rows, 1):
        _let_go(desk, clock, published(row) + FOUND_AFTER)
        _take(store, place, row, clock)
        while pipeline.run(limit=10).pages:
            pass
        desk.decide()
        if number % 50 == 0:
            print(f"{number} of {len(rows)}", file=sys.stderr)
    _let_go(desk, clock, clock() + timedelta(hours=1))
    desk.close()
    found = Stream(seconds=time.process_time() - began)
    with store.read() as db:
        for alert in db.execute(TOLD):
            found.told[alert.url].append(alert.level)
            found.alerts.append(Told(alert.level, alert.url, _moment(alert.created_at), alert.development_id))
        kinds = "SELECT kind, count(*) AS n FROM deliveries_v WHERE state = 'sent' GROUP BY kind"
        found.sent.update({row.kind: row.n for row in db.execute(sa.text(kinds))})
    return found


def _moment(stored: Any) -> datetime:
    """A time of the database as raw SQL gives it: text in SQLite."""
    return datetime.fromisoformat(stored) if isinstance(stored, str) else stored


def _let_go(desk: Alerter, clock: Clock, until: datetime) -> None:
    """Deliver what waits for its group, or for the interval between updates, before the next article comes."""
    for wait in (timedelta(minutes=1), timedelta(minutes=15)):
        if clock() + wait < until:
            clock.move_to(clock() + wait)
            desk.decide()
            desk.deliver()
    clock.move_to(until)
    desk.deliver()


def _take(store: Store, place: Path, row: dict[str, Any], clock: Clock) -> None:
    file = place / "article.jsonl"
    keys = ("url", "title", "text", "published", "outlet", "language")
    file.write_text(json.dumps({key: row[key] for key in keys}) + "\n", encoding="utf-8")

    async def take() -> None:
        async for taken in ingest(store, CrawlConfig(), clock, [str(file)]):
            assert taken.page_id is not None, taken

    asyncio.run(take())


# --- Figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One thing that was to be told so often, and how often it was."""

    kind: str
    name: str
    wanted: str
    levels: tuple[str, ...]
    right: bool


def judge(rows: list[dict[str, Any]], told: dict[str, list[str]]) -> Iterator[Case]:
    by_story: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["story"] and row["topic"]:
            by_story[row["story"]].append(row)
        elif not row["topic"]:
            levels = tuple(told.get(row["url"], ()))
            kind = "no topic, a look-alike: nothing" if row["hard_negative"] else "no topic: nothing"
            yield Case(kind, row["id"], "nothing", levels, not levels)
    for story, articles in by_story.items():
        levels = tuple(level for row in articles for level in told.get(row["url"], ()))
        yield Case("development: one alert", story, "new once", levels, levels.count("new") == 1)
    for row in rows:
        levels = tuple(told.get(row["url"], ()))
        if not row["topic"]:
            continue
        if row["copy_of"]:  # of an update too
            # The first of a story that matches raises its alert, a copy too; it must not raise an update.
            yield Case("copy or translation: no update", row["id"], "no update", levels, "update" not in levels)
        elif row["update_of"]:
            yield Case("labelled update: told", row["id"], "told", levels, bool(levels))
        else:
            yield Case("first report: no update", row["id"], "no update", levels, "update" not in levels)


def say(rows: list[dict[str, Any]], found: Stream, each: bool) -> None:
    cases = list(judge(rows, found.told))
    levels = Counter(level for told in found.told.values() for level in told)
    print(f"{len(rows)} articles, {found.seconds:.1f} s of CPU in this process")
    print("alerts: " + ", ".join(f"{count} {level}" for level, count in sorted(levels.items())))
    print("messages sent: " + ", ".join(f"{count} {kind}" for kind, count in sorted(found.sent.items())) + "\n")
    for kind in dict.fromkeys(case.kind for case in cases):
        mine = [case for case in cases if case.kind == kind]
        right = sum(case.right for case in mine)
        print(f"{kind:38} {right:4} of {len(mine):4}  {right / len(mine):6.1%}")
    stories = [case for case in cases if case.kind.startswith("development")]
    never = sum("new" not in case.levels for case in stories)
    often = sum(case.levels.count("new") > 1 for case in stories)
    print(f"\ndevelopments never told {never}, told as new more than once {often}")
    for case in cases if each else ():
        if not case.right:
            print(f"{case.kind}: {case.name}: wanted {case.wanted}, told {list(case.levels)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="LABELLED.jsonl")
    parser.add_argument("--each", action="store_true", help="name what went otherwise")
    parser.add_argument("--limit", type=int, default=None, help="only the first so many articles")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rows = read(given.files)[: given.limit]
    say(rows, stream(rows), given.each)


if __name__ == "__main__":
    main()
