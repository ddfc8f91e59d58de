"""Kill the real program at random moments while news comes in, and count what was lost, doubled or left behind.

    python benchmarks/kills.py [--kills N] [--points N] [--seed N] [--postgres] [--beside] [--keep]

A scripted site publishes matching stories, updates of their figure, copies at other addresses and news off the beat;
a webhook and a mail server on loopback take the messages. `--beside` also runs `crawl`, `process` and `deliver` beside
the daemon and kills some of them. `--points N` kills it N times at each point of core/faults.py as well, at its first
to third passage. The same seed gives the same stories and moments. `--kills 2000 --points 50` takes many hours;
benchmarks/crashes.py does it for deciding and delivering alone. Exit 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.faults import POINTS
from store.engine import open_store
from tests.desk import Desk
from tests.newsdesk import CONFIG
from tests.receivers import Mailbox, Webhook, mailbox, webhook
from tests.site import Site

#: One place of each country, so that no two stories of one nationality can be taken for one development.
_PLACES = ("Myawaddy", "Poipet", "Manila", "Boten", "Hanoi", "Phuket")
_PEOPLE = ("Kenyan", "Indonesian", "Brazilian", "Nepali", "Pakistani", "Ethiopian", "Ugandan", "Sri Lankan", "Indian")
_PATIENCE = 180.0
_POINT_PATIENCE = 60.0


@dataclass
class Newsroom:
    """What was published, and so what must have been told."""

    site: Site
    dice: random.Random
    figures: list[int] = field(default_factory=list)  # of each development, the latest
    stories: list[tuple[str, str]] = field(default_factory=list)  # title, text
    urls: list[set[str]] = field(default_factory=list)  # of each development, every article that reports it
    counts: Counter[str] = field(default_factory=Counter)
    number: int = 0

    def publish(self) -> None:
        """One article of a random kind."""
        kind = self.dice.choices(["new", "update", "copy", "off"], [5, 2, 2, 1])[0]
        if not self.stories or (kind == "new" and len(self.stories) == len(_PLACES) * len(_PEOPLE)):
            kind = "off" if self.stories else "new"
        self.counts[kind] += 1
        self.number += 1
        getattr(self, f"_{kind}")()

    def _new(self) -> None:
        which = len(self.stories)
        self.figures.append(self.dice.randint(20, 60))
        self.stories.append(self._story(which))
        self.urls.append(set())
        self._put(which)

    def _update(self) -> None:
        which = self.dice.randrange(len(self.stories))
        if self.figures[which] > 50_000:  # more than that nobody would believe
            self._put(which)
            return
        self.figures[which] *= 2
        self.stories[which] = self._story(which)
        self._put(which)

    def _copy(self) -> None:
        self._put(self.dice.randrange(len(self.stories)))

    def _off(self) -> None:
        text = f"{self.number} boats took part in the harbour regatta number {self.number}, the club said.\n\n" + (
            "The race was won by a crew from the northern quay after a calm start. Light winds kept the fleet together."
        )
        self.site.publish(f"regatta-{self.number}", f"Harbour regatta draws {self.number} boats", text)

    def _put(self, which: int) -> None:
        title, text = self.stories[which]
        self.urls[which].add(self.site.publish(f"story-{self.number}", title, text))

    def _story(self, which: int) -> tuple[str, str]:
        place, people, count = _PLACES[which % 6], _PEOPLE[(which // 6 + which) % 9], self.figures[which]
        title = f"{count} {people} workers freed from scam compound in {place}"
        text = (
            f"{count} {people} nationals were freed from an online scam centre in {place}, the embassy said.\n\n"
            f"The {people} workers had been forced to run online fraud behind high walls, an official said. "
            f"All {count} are being cared for in a shelter run by charity house {which + 1}.\n\n"
            f"Guards at the compound in {place} fled when soldiers arrived, neighbours said."
        )
        return title, text


@dataclass
class Ordeal:
    """One run of the program after another, each killed."""

    config: Path
    newsroom: Newsroom
    dice: random.Random
    beside: bool
    starts: list[float] = field(default_factory=list)
    moments: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    crashes: list[str] = field(default_factory=list)
    beside_exits: Counter[str] = field(default_factory=Counter)
    unreached: Counter[str] = field(default_factory=Counter)

    def survive_points(self, times: int) -> None:
        """Die at every named point, in a random order, so that no point always meets the same state."""
        points = [point for point in POINTS for _ in range(times)]
        self.dice.shuffle(points)
        for number, point in enumerate(points):
            self._at(point)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {len(points)} kills at points", end="", file=sys.stderr, flush=True)

    def _at(self, point: str) -> None:
        """News until the program passes the point and dies of it."""
        fault = f"{point}:{self.dice.randint(1, 3)}"
        with Desk(self.config, env={"NIGHTDESK_FAULT": fault}) as desk:
            group, patience = desk.process.pid, time.monotonic() + _POINT_PATIENCE
            while desk.process.poll() is None and time.monotonic() < patience:
                self.newsroom.publish()
                self._wait_for_death(desk, self.dice.uniform(0.3, 1.5))
            if desk.process.poll() is None:
                self.unreached[point] += 1
                desk.kill()
            elif (code := desk.ended()) != -signal.SIGKILL:
                self.crashes.append(f"{fault}: exit {code}")
            self.moments[point] += 1
            self.crashes.extend(_complaints(desk))
            self.orphans += not _is_gone(group)

    @staticmethod
    def _wait_for_death(desk: Desk, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            desk.process.wait(seconds)

    def survive(self, kills: int) -> None:
        for number in range(kills):
            when = self.dice.choices(["at work", "starting", "stopping"], [7, 2, 1])[0]
            self.moments[when] += 1
            self._one(when)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {kills} kills", end="", file=sys.stderr, flush=True)

    def _one(self, when: str) -> None:
        began = time.monotonic()
        with Desk(self.config) as desk:
            group = desk.process.pid
            for _ in range(self.dice.randint(0, 3)):
                self.newsroom.publish()
            if when == "starting":
                time.sleep(self.dice.uniform(0, statistics.mean(self.starts) if self.starts else 2))
            else:
                desk.wait_for("ready")
                self.starts.append(time.monotonic() - began)
                with self._commands_beside() if self.beside else contextlib.nullcontext():
                    self._publish_for(self.dice.uniform(0, 6))
                if when == "stopping":
                    desk.process.send_signal(signal.SIGTERM)
                    time.sleep(self.dice.uniform(0, 1))
            if desk.process.poll() is None:
                desk.kill()
            elif desk.ended() != 0:
                self.crashes.append(f"{when}: exit {desk.process.returncode}")
            self.crashes.extend(_complaints(desk))
            self.orphans += not _is_gone(group)

    def _publish_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self.dice.uniform(0.2, 2)))
            if self.dice.random() < 0.7:
                self.newsroom.publish()

    @contextlib.contextmanager
    def _commands_beside(self) -> Iterator[None]:
        words = self.dice.choice([("crawl", "--all"), ("process",), ("deliver",)])
        command = [sys.executable, "-m", "nightdesk", "--config", str(self.config), *words]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        patience = self.dice.uniform(0.5, 6)
        try:
            yield
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)
        finally:
            if child.poll() is None:
                child.kill()
            _, said = child.communicate()
            self.beside_exits[f"{words[0]} {child.returncode}"] += 1
            if child.returncode not in (0, -signal.SIGKILL):
                self.crashes.append(f"{words[0]} beside: exit {child.returncode}: {said[-300:]}")

    def finish(self, told: threading.Event) -> int:
        """Run undisturbed until everything is told; the exit code of the end."""
        with Desk(self.config) as desk:
            desk.wait_for("ready")
            told.wait(_PATIENCE)
            code = desk.stop()
            self.crashes.extend(_complaints(desk))
        return code


def _complaints(desk: Desk) -> list[str]:
    """Errors of ours in the log."""
    known = ("error", "critical")
    return [str(entry)[:600] for entry in desk.log if entry.get("level") in known or "Traceback" in str(entry)]


def _is_gone(group: int) -> bool:
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


@dataclass
class Verdict:
    """What the record and the receivers say in the end."""

    figures: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def hold(self, promise: str, kept: bool, figure: object = "") -> None:
        self.figures[promise] = figure if figure != "" else ("kept" if kept else "BROKEN")
        if not kept:
            self.broken.append(f"{promise}: {figure}")


_QUESTIONS = {
    "undecided": (
        "SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'suppressed')"
        " OR (state = 'suppressed' AND reason NOT LIKE 'folded%')"
    ),
    "decisions twice": (
        "SELECT count(*) FROM (SELECT development_id, watch_id FROM alerts WHERE level = 'new'"
        " GROUP BY development_id, watch_id HAVING count(*) > 1) AS twice"
    ),
    "pages without an end": "SELECT count(*) FROM pages_v WHERE state IS NULL OR state IN ('due', 'pending', 'retry')",
    "items without an end": "SELECT count(*) FROM items WHERE ended_at IS NULL",
    "runs of one page twice": (
        "SELECT count(*) FROM (SELECT page_id FROM article_versions GROUP BY page_id HAVING count(*) > 1) AS twice"
    ),
}


def judge(database: str, folder: Path, newsroom: Newsroom, hook: Webhook, mail: Mailbox, ordeal: Ordeal) -> Verdict:
    verdict, kills = Verdict(), sum(ordeal.moments.values())
    store = open_store(database, folder / "data")
    try:
        with store.read() as db:
            for name, question in _QUESTIONS.items():
                count = db.scalar(sa.text(question))
                verdict.hold(name, count == 0, count)
            levels: Counter[str] = Counter(
                dict(db.execute(sa.text("SELECT level, count(*) FROM alerts GROUP BY level")).all())
            )
            # A figure that doubled is an update or, where too little else agrees, a development of its own.
            most = len(newsroom.urls) + newsroom.counts["update"]
            kept = len(newsroom.urls) <= levels["new"] and levels.total() <= most
            verdict.hold("alerts", kept, f"{dict(levels)}, between {len(newsroom.urls)} and {most} expected")
            doubtful: Counter[str] = Counter(
                dict(
                    db.execute(
                        sa.text(
                            "SELECT d.channel, count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id"
                            " WHERE a.outcome IS NULL OR a.outcome IN ('unknown', 'interrupted') GROUP BY d.channel"
                        )
                    ).all()
                )
            )
            if store.is_sqlite:
                verdict.hold("integrity", db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok")
    finally:
        store.close()
    _judge_channel(verdict, "hook", newsroom, _posted(hook), doubtful, kills)
    _judge_channel(verdict, "mail", newsroom, _mailed(mail), doubtful, kills)
    verdict.hold("orphans", ordeal.orphans == 0, ordeal.orphans)
    verdict.hold("crashes and errors", not ordeal.crashes, len(ordeal.crashes))
    if ordeal.starts:
        verdict.figures["start, median s"] = round(statistics.median(ordeal.starts), 2)
        verdict.figures["start, longest s"] = round(max(ordeal.starts), 2)
    return verdict


def _judge_channel(
    verdict: Verdict,
    name: str,
    newsroom: Newsroom,
    received: list[tuple[str, str]],
    doubtful: Counter[str],
    kills: int,
) -> None:
    lost = _untold(newsroom, received)
    verdict.hold(f"{name}: developments lost", not lost, len(lost))
    repeats = len(received) - len({key for key, _ in received})
    verdict.figures[f"{name}: messages"] = len(received)
    verdict.figures[f"{name}: attempts of unknown end"] = doubtful[name]
    verdict.hold(f"{name}: repeats", repeats <= min(doubtful[name], kills), repeats)


def _names(url: str, text: str) -> bool:
    at = text.find(url)
    while at >= 0:
        if not text[at + len(url) : at + len(url) + 1].isdigit():
            return True
        at = text.find(url, at + 1)
    return False


@contextlib.contextmanager
def _database(postgres: bool, folder: Path) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{folder}/data/nightdesk.db"
        return
    from tests.postgres import OwnServer, _system_binaries, _wheel_binaries

    cluster = Path(tempfile.mkdtemp(prefix="nightdesk-pg-"))
    binaries = _system_binaries() or _wheel_binaries(cluster)
    if binaries is None:
        raise SystemExit("there is no Postgres here")
    with OwnServer(binaries, cluster, folder) as server, server.database(empty=True) as url:
        yield url


def _wait_until_told(newsroom: Newsroom, hook: Webhook, mail: Mailbox, told: threading.Event) -> None:
    """Set `told` when every story was named on both channels and nothing more has come for a while."""
    quiet, before = 0, (0, 0)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and quiet < 10:
        time.sleep(1)
        now = (len(hook.requests), len(mail.mails))
        calm = now == before and not _untold(newsroom, _posted(hook)) and not _untold(newsroom, _mailed(mail))
        quiet, before = (quiet + 1 if calm else 0), now
    told.set()


def _posted(hook: Webhook) -> list[tuple[str, str]]:
    """Key and text of each message."""
    return [(request.headers["idempotency-key"], str(request.json)) for request in hook.requests]


def _mailed(mail: Mailbox) -> list[tuple[str, str]]:
    return [(str(one["message-id"]), one.get_body(("plain",)).get_content()) for one in mail.mails]  # type: ignore[union-attr]


def _untold(newsroom: Newsroom, received: list[tuple[str, str]]) -> list[set[str]]:
    """Developments of which no article was named."""
    texts = [text for _, text in received]
    return [urls for urls in newsroom.urls if not any(_names(url, text) for url in urls for text in texts)]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    words.add_argument("--kills", type=int, default=40)
    words.add_argument("--points", type=int, default=0, help="kills at each named point")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--postgres", action="store_true")
    words.add_argument("--beside", action="store_true")
    words.add_argument("--keep", action="store_true", help="leave the folder with the database behind")
    asked = words.parse_args()
    dice = random.Random(asked.seed)
    folder = Path(tempfile.mkdtemp(prefix="nightdesk-kills-"))
    with _database(asked.postgres, folder) as database, Site() as site, webhook() as hook, mailbox() as mail:
        config = folder / "nightdesk.toml"
        text = CONFIG.format(
            site=site.url,
            hook=hook.url,
            mail=mail.url("desk@example.org"),
            database=f'[database]\nurl = "{database}"\n',
        )
        text = text.replace("query = 'Myawaddy OR Poipet OR Sihanoukville'\n", "")
        text = text.replace("[channel.hook]", "[channel.hook]\nstorm_cap = 100000")
        config.write_text(text.replace("[channel.mail]", "[channel.mail]\nstorm_cap = 100000"), encoding="utf-8")
        newsroom = Newsroom(site, random.Random(asked.seed))
        ordeal = Ordeal(config, newsroom, dice, asked.beside)
        with Desk(config) as desk:  # the baseline is empty
            desk.wait_for("baseline_taken")
            desk.stop()
        began = time.monotonic()
        ordeal.survive(asked.kills)
        ordeal.survive_points(asked.points)
        told = threading.Event()
        threading.Thread(target=_wait_until_told, args=(newsroom, hook, mail, told), daemon=True).start()
        code = ordeal.finish(told)
        verdict = judge(database, folder, newsroom, hook, mail, ordeal)
    verdict.hold("last exit", code == 0, code)
    done = sum(ordeal.moments.values())
    print(f"{done} kills in {time.monotonic() - began:.0f} s, seed {asked.seed}: {dict(ordeal.moments)}")
    if asked.points:
        print(f"points that were not passed in time, killed there instead: {dict(ordeal.unreached)}")
    print(f"published: {dict(newsroom.counts)}, {len(newsroom.urls)} developments")
    if asked.beside:
        print(f"commands beside, by exit code: {dict(ordeal.beside_exits)}")
    for name, figure in verdict.figures.items():
        print(f"  {name}: {figure}")
    for complaint in ordeal.crashes[:10]:
        print(f"  ! {complaint}")
    if asked.keep or verdict.broken:
        print(f"kept: {folder}")
    return 1 if verdict.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
